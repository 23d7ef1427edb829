// Passes rows through models, piece by piece. Each rank reads and passes its share of a piece, through one model after
// the other; rank 0 joins and writes the results.
//
// A piece consists of whole chunks of PASS_ROWS rows for every thread of every rank. So each row is in the same chunk
// as in one pass over all rows, and the bits of its results do not depend on pieces, ranks or threads.
//
// Each rank has the outputs of the whole piece in memory, zero except for its own rows. comm_join_to_root joins them
// without arithmetic. The next piece begins when rank 0 has written this one and all ranks agree that nothing failed.
//
// Only rank 0 has the file. Every return of apply_run closes the streams, because a file with an open stream cannot be
// abandoned.
#include "apply/apply.h"

#include "base/mem.h"
#include "comm/comm.h"
#include "data/row_reader.h"
#include "store/schema.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>

int64_t apply_piece(const struct team *team, int64_t values)
{
    enum { PIECE_BYTES = 64 << 20, UNITS_MAX = 64 };
    int64_t unit = (int64_t)PASS_ROWS * team->threads * team->comm->size;
    ASSERT(values > 0 && unit > 0, "%ld values", (long)values);
    int64_t units = PIECE_BYTES / (int64_t)sizeof(float) / values / unit;
    if (units < 1)
        units = 1;
    return unit * (units < UNITS_MAX ? units : UNITS_MAX);
}

int apply_open(
    struct apply *a, const struct data_source *source, const struct row_fit *fit, int64_t width, struct err *e)
{
    int64_t columns = 1;
    for (int i = 0; i < fit->shape_rank; i++)
        columns *= fit->shape[i];
    a->piece_rows = apply_piece(a->team, columns + width);
    a->reader = row_reader_open(source, fit, a->piece_rows / a->team->comm->size, e);
    a->rows = a->reader ? a->reader->rows : 0;
    return a->reader ? 0 : -1;
}

int apply_add(struct apply *a, const struct apply_array *array)
{
    ASSERT(a->n_outputs < APPLY_OUTPUTS_MAX, "%s", array->name);
    ASSERT(array->rank >= 0 && array->rank <= 3, "%s: %d", array->name, array->rank);
    struct apply_output *o = &a->output[a->n_outputs];

    *o = (struct apply_output){.path = mem_format("%s/%s", array->group, array->name),
        .long_name = array->long_name,
        .width = 1,
        .rank = array->rank,
        .scales = {DATASET_SAMPLE},
        .is_inner = array->is_inner};
    for (int i = 0; i < array->rank; i++) {
        o->dims[i] = array->dims[i];
        o->width *= array->dims[i];
        o->scales[i + 1] = array->scales[i];
    }

    return a->n_outputs++;
}

void apply_free(struct apply *a)
{
    for (int i = 0; i < a->n_outputs; i++) {
        free(a->output[i].path);
        free(a->output[i].piece);
    }
    a->n_outputs = 0;
    row_reader_free(&a->reader);
}

// --- streams

struct store_stream *apply_begin_output(const struct apply *a, int number, struct store_file *f, struct err *e)
{
    const struct apply_output *o = &a->output[number];
    struct store_shape shape = {STORE_F32, o->rank + 1, {a->rows}};
    struct store_about about = {.long_name = o->long_name, .units = "1"};

    ASSERT(number < a->n_outputs && !o->is_inner, "%s", o->path);
    memcpy(about.scales, o->scales, sizeof about.scales);
    for (int k = 0; k < o->rank; k++)
        shape.dims[k + 1] = o->dims[k];
    return store_stream_begin(f, o->path, &shape, &about, e);
}

static int begin_outputs(struct apply *a, struct store_file *f, struct err *e)
{
    for (int i = 0; i < a->n_outputs; i++) {
        struct apply_output *o = &a->output[i];
        o->piece = mem_array((size_t)(a->piece_rows * o->width), sizeof *o->piece, o->path, e);
        if (!o->piece)
            return -1;
        if (f && !o->is_inner && !(o->stream = apply_begin_output(a, i, f, e)))
            return -1;
    }

    return 0;
}

// Closes all streams. After a failure (rc < 0), adds no errors, because rows are then missing from the streams anyway.
static int end_outputs(struct apply *a, int rc, struct err *e)
{
    struct err ignored = {0};
    for (int i = 0; i < a->n_outputs; i++)
        rc |= store_stream_end(&a->output[i].stream, rc < 0 ? &ignored : e);
    return rc;
}

// Collective. Rank 0 gets all rows of the piece and writes them.
static int join_piece(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    const struct comm *comm = a->team->comm;

    ASSERT(rows > 0 && rows <= a->piece_rows, "%ld of %ld", (long)rows, (long)a->piece_rows);
    for (int i = 0; i < a->n_outputs; i++) {
        struct apply_output *o = &a->output[i];
        if (comm->size > 1)
            comm_join_to_root(comm, o->piece, (size_t)(rows * o->width) * sizeof *o->piece);
        if (o->stream && !e->count)
            store_stream_write(o->stream, rows, o->piece, e);
    }
    if (comm->rank == 0 && a->finish_piece && !e->count)
        a->finish_piece(a, first, rows, e);

    return comm_agree(comm, e);
}

// --- the pass

struct piece_pass {
    const struct apply *a;
    int64_t at; // the first of this rank's rows in the piece
};

static void visit_piece_rows(void *context, struct workspace *ws, const struct row_chunk *chunk)
{
    const struct piece_pass *c = context;
    c->a->visit(c->a, ws, c->at + chunk->first, chunk->rows, chunk->x);
}

// Reads rows [from, to) of the current piece, or makes them.
static const struct dataset *read_piece_rows(struct apply *a, int64_t from, int64_t to, struct err *e)
{
    if (a->read)
        return a->read(a, a->first + from, to - from, e);
    return row_reader_read(a->reader, a->first + from, to - from, e);
}

// Passes this rank's share of a piece through the current model. Failures are stored in `e`.
static void pass_piece(struct apply *a, int64_t rows, struct workspace *const *ws, struct err *e)
{
    const struct comm self = {.size = 1};
    const struct team alone = {.comm = &self, .threads = a->team->threads};
    const struct apply_model *model = &a->models[a->model];
    int64_t from, to;

    pass_range(a->team->comm, rows, &from, &to);
    ASSERT(from >= 0 && to <= rows, "[%ld, %ld) of %ld", (long)from, (long)to, (long)rows);
    if (from >= to)
        return;

    const struct dataset *d = read_piece_rows(a, from, to, e);
    struct piece_pass c = {a, from};
    if (!d)
        return;
    a->visited = d;
    a->from = from;
    const struct row_pass pass = {.team = &alone, .model = model->m, .w = model->w, .data = d, .ws = ws};
    pass_run(&pass, visit_piece_rows, &c);
}

// Collective. Passes this rank's share of a piece through all models. ws (n_models): the workspaces of each model.
static void pass_models(struct apply *a, int64_t rows, struct workspace **const *ws, struct err *e)
{
    for (int i = 0; i < a->n_outputs && a->team->comm->size > 1; i++)
        memset(a->output[i].piece, 0, (size_t)(rows * a->output[i].width) * sizeof(float));

    for (a->model = 0; a->model < a->n_models; a->model++) {
        if (a->select)
            a->select(a);
        if (!e->count)
            pass_piece(a, rows, ws[a->model], e);
    }
}

// Collective. Returns the number of rows of the next piece, or 0 after the last one, or -1 and an error on all ranks.
static int64_t next_piece_rows(struct apply *a, struct err *e)
{
    if (!a->next) {
        int64_t left = a->rows - a->first;
        return left < a->piece_rows ? left : a->piece_rows;
    }

    int64_t rows = a->next(a, e);
    ASSERT(rows <= a->piece_rows, "%ld of %ld", (long)rows, (long)a->piece_rows);
    a->rows += rows > 0 ? rows : 0;
    return rows;
}

static int pass_all_pieces(struct apply *a, struct workspace **const *ws, struct err *e)
{
    int64_t rows = 0;
    int rc = 0;

    for (a->first = 0; rc == 0 && (rows = next_piece_rows(a, e)) > 0; a->first += rows) {
        pass_models(a, rows, ws, e);
        if (a->reader && !a->read && a->team->comm->rank == 0)
            row_reader_hash(a->reader, a->first, rows);
        rc = comm_agree(a->team->comm, e);
        if (rc == 0)
            rc = join_piece(a, a->first, rows, e);
    }

    return rows < 0 ? -1 : rc;
}

// Returns the workspaces of each model, (n_models), in new memory. Failures are stored in `e`.
static struct workspace ***make_workspaces(const struct apply *a, struct err *e)
{
    struct workspace ***ws = mem_new((size_t)a->n_models, sizeof *ws);

    for (int i = 0; i < a->n_models && !e->count; i++)
        ws[i] = team_workspaces_new(a->team, a->models[i].m, PASS_ROWS, false, e);
    return ws;
}

static void free_workspaces(const struct apply *a, struct workspace ***ws)
{
    for (int i = 0; i < a->n_models; i++)
        team_workspaces_free(a->team, &ws[i]);
    free(ws);
}

int apply_run(struct apply *a, struct store_file *f, struct err *e)
{
    ASSERT(a->visit && (a->reader || a->read) && a->n_outputs > 0);
    ASSERT(a->n_models > 0, "%d models", a->n_models);
    ASSERT(!f || a->team->comm->rank == 0);
    struct workspace ***ws = make_workspaces(a, e);

    begin_outputs(a, f, e);
    int rc = comm_agree(a->team->comm, e);
    if (rc == 0)
        rc = pass_all_pieces(a, ws, e);
    if (rc == 0 && a->reader && !a->read) { // check the data before the file of results gets its name
        row_reader_check(a->reader, e);
        rc = comm_agree(a->team->comm, e);
    }

    free_workspaces(a, ws);
    return end_outputs(a, rc, e);
}

// --- columns

struct store_stream *apply_begin_column(
    struct store_file *f, const char *path, enum store_type type, int64_t rows, const char *long_name, struct err *e)
{
    struct store_shape shape = {type, 1, {rows}};
    struct store_about about = {.long_name = long_name, .units = "1", .scales = {DATASET_SAMPLE}};
    return store_stream_begin(f, path, &shape, &about, e);
}

// Writes the numbers from 0 (`counts`) or zeros into a stream of `rows` integers, and ends the stream. Returns -1 on
// failure, also if the stream is NULL because it could not begin.
static int fill_column(struct store_stream *s, int64_t rows, bool counts, struct err *e)
{
    enum { PIECE = 1 << 16 };
    int rc = 0;

    if (!s)
        return -1;

    int64_t *v = mem_new(PIECE, sizeof *v);
    for (int64_t first = 0; first < rows && rc == 0; first += PIECE) {
        int64_t n = rows - first < PIECE ? rows - first : PIECE;
        for (int64_t i = 0; counts && i < n; i++)
            v[i] = first + i;
        rc = store_stream_write(s, n, v, e);
    }
    free(v);

    return store_stream_end(&s, e) | rc;
}

int apply_write_row_numbers(struct store_file *f, const char *path, int64_t rows, const char *long_name, struct err *e)
{
    return fill_column(apply_begin_column(f, path, STORE_I64, rows, long_name, e), rows, true, e);
}

int apply_write_zeros(
    struct store_file *f, const char *path, enum store_type type, int64_t rows, const char *long_name, struct err *e)
{
    return fill_column(apply_begin_column(f, path, type, rows, long_name, e), rows, false, e);
}

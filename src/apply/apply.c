// Pieces of rows through a model: each rank reads and passes its part of a piece, rank 0 joins and writes it.
#include "apply/apply.h"

#include "base/mem.h"
#include "store/schema.h"
#include <stdlib.h>
#include <string.h>

const char *const *sample_scales(int rank)
{
    static const char *const table[] = {DATASET_FEATURE};
    static const char *const image[] = {DATASET_HEIGHT, DATASET_WIDTH, DATASET_CHANNEL};
    return rank == 1 ? table : image;
}

// Whole chunks for every worker, so that the bits are those of one pass over all rows; about PIECE_BYTES of values.
int64_t apply_piece(const struct team *team, int64_t values)
{
    enum { PIECE_BYTES = 64 << 20 };
    int64_t unit = (int64_t)PASS_ROWS * team->threads * team->comm->size;
    int64_t units = PIECE_BYTES / (int64_t)sizeof(float) / values / unit;
    return unit * (units < 1 ? 1 : units > 64 ? 64 : units);
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

void apply_add(struct apply *a, const char *group, const char *name, const char *long_name, int rank, const int *dims,
    const char *const *scales)
{
    ASSERT(a->n_outputs < APPLY_OUTPUTS_MAX, "%s", name);
    struct apply_output *o = &a->output[a->n_outputs++];
    *o = (struct apply_output){.path = mem_format("%s/%s", group, name),
        .long_name = long_name,
        .width = 1,
        .rank = rank,
        .scales = {DATASET_SAMPLE}};
    for (int i = 0; i < rank; i++) {
        o->dims[i] = dims[i];
        o->width *= dims[i];
        o->scales[i + 1] = scales[i];
    }
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

static int begin(struct apply *a, struct store_file *f, struct err *e)
{
    for (int i = 0; i < a->n_outputs; i++) {
        struct apply_output *o = &a->output[i];
        struct store_shape shape = {STORE_F32, o->rank + 1, {a->rows}};
        struct store_about about = {.long_name = o->long_name, .units = "1"};
        memcpy(about.scales, o->scales, sizeof about.scales);
        for (int k = 0; k < o->rank; k++)
            shape.dims[k + 1] = o->dims[k];
        if (!(o->piece = mem_array((size_t)(a->piece_rows * o->width), sizeof *o->piece, o->path, e)))
            return -1;
        if (f && !(o->stream = store_stream_begin(f, o->path, &shape, &about, e)))
            return -1;
    }
    return 0;
}

// All are closed, whatever happened; after a failure that they lack rows is no news.
static int end(struct apply *a, int failed, struct err *e)
{
    struct err ignored = {0};
    for (int i = 0; i < a->n_outputs; i++)
        failed |= store_stream_end(&a->output[i].stream, failed ? &ignored : e);
    return failed;
}

// Collective. Rank 0 gets all rows of the piece and writes them.
static int join_piece(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    for (int i = 0; i < a->n_outputs; i++) {
        struct apply_output *o = &a->output[i];
        if (a->team->comm->size > 1)
            comm_join_to_root(a->team->comm, o->piece, (size_t)(rows * o->width) * sizeof *o->piece);
        if (o->stream && !e->count)
            store_stream_write(o->stream, rows, o->piece, e);
    }
    if (a->team->comm->rank == 0 && a->finish_piece && !e->count)
        a->finish_piece(a, first, rows, e);
    return comm_agree(a->team->comm, e);
}

// --- the pass

struct pass_context {
    const struct apply *a;
    int64_t at; // of this rank's rows in the piece
};

static void visit_rows(void *context, struct workspace *ws, const struct row_chunk *chunk)
{
    const struct pass_context *c = context;
    c->a->visit(c->a, ws, c->at + chunk->first, chunk->rows, chunk->x);
}

static int pass_piece(struct apply *a, int64_t rows, struct workspace *const *ws, struct err *e)
{
    const struct comm self = {.size = 1};
    const struct team alone = {.comm = &self, .threads = a->team->threads};
    int64_t from, to;
    pass_range(a->team->comm, rows, &from, &to);
    for (int i = 0; i < a->n_outputs && a->team->comm->size > 1; i++)
        memset(a->output[i].piece, 0, (size_t)(rows * a->output[i].width) * sizeof(float));
    if (from >= to)
        return 0;
    const struct dataset *d =
        a->read ? a->read(a, a->first + from, to - from, e) : row_reader_read(a->reader, a->first + from, to - from, e);
    struct pass_context c = {a, from};
    if (d && a->begin_piece)
        a->begin_piece(a, from);
    if (d)
        pass_run(&(struct row_pass){&alone, a->m, a->w, d, ws}, visit_rows, &c);
    return d ? 0 : -1;
}

static int pass_all(struct apply *a, struct workspace *const *ws, struct err *e)
{
    int failed = 0;
    for (a->first = 0; a->first < a->rows && !failed; a->first += a->piece_rows) {
        int64_t left = a->rows - a->first, rows = left < a->piece_rows ? left : a->piece_rows;
        pass_piece(a, rows, ws, e);
        if (a->reader && !a->read && a->team->comm->rank == 0)
            row_reader_hash(a->reader, a->first, rows);
        failed = comm_agree(a->team->comm, e);
        if (!failed)
            failed = join_piece(a, a->first, rows, e);
    }
    return failed;
}

int apply_run(struct apply *a, struct store_file *f, struct err *e)
{
    struct workspace **ws = team_workspaces_new(a->team, a->m, PASS_ROWS, false, e);
    begin(a, f, e);
    int failed = comm_agree(a->team->comm, e);
    if (!failed)
        failed = pass_all(a, ws, e);
    if (!failed && a->reader && !a->read) { // before anything that was made of the rows gets its name
        row_reader_check(a->reader, e);
        failed = comm_agree(a->team->comm, e);
    }
    team_workspaces_free(a->team, &ws);
    return end(a, failed, e);
}

int apply_write_numbers(struct store_file *f, const char *path, enum store_type type, int64_t rows, bool counts,
    const char *long_name, struct err *e)
{
    enum { PIECE = 1 << 16 };
    struct store_shape shape = {type, 1, {rows}};
    struct store_about about = {.long_name = long_name, .units = "1", .scales = {DATASET_SAMPLE}};
    struct store_stream *s = store_stream_begin(f, path, &shape, &about, e);
    int64_t *v = mem_new(PIECE, sizeof *v);
    int failed = s ? 0 : -1;
    for (int64_t first = 0; first < rows && !failed; first += PIECE) {
        int64_t n = rows - first < PIECE ? rows - first : PIECE;
        for (int64_t i = 0; counts && i < n; i++)
            v[i] = first + i;
        failed = store_stream_write(s, n, v, e);
    }
    free(v);
    return s ? store_stream_end(&s, e) | failed : -1;
}

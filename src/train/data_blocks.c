// Sets the blocks of a model that depend on the training data. Training sets them before its first step and never
// changes them.
#include "train/train_impl.h"

#include "base/mem.h"
#include "data/data_sample.h"
#include "data/gather.h"
#include <math.h>
#include <stdlib.h>

// --- the spacing

// The spacing of the training rows is the median distance of a row from its fifth nearest neighbour, divided by the
// square root of the number of values of a row. This is the typical difference of a value between neighbours. It is
// measured for SPACING_QUERIES evenly spaced rows at most. Their neighbours are sought among SPACING_ROWS rows at most.
enum { NEIGHBOUR = 5, SPACING_ROWS = 20000, SPACING_QUERIES = 500, SPACING_CHUNK = 256 };

// The mean squared differences between one row and its nearest neighbours among some other rows. A difference is
// infinite if there is no such neighbour.
struct nearest {
    float neighbour[NEIGHBOUR]; // ascending
    float different;            // to the nearest row that is not equal
};

struct spacing {
    const struct team *team;
    const struct dataset *rows; // (at most SPACING_ROWS)
    int64_t queries;
    real *query;          // (queries, columns), owned
    struct nearest *near; // (chunks, queries), owned: the nearest rows of each chunk
};

static int64_t spacing_chunks(const struct spacing *s)
{
    return (s->rows->rows + SPACING_CHUNK - 1) / SPACING_CHUNK;
}

static int32_t query_row(const struct spacing *s, int64_t query)
{
    return (int32_t)data_sample_row(s->rows, query, s->queries);
}

// Replaces missing values in x (n) by 0, as layers see them.
static void zero_missing(real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = isnan(x[i]) ? 0 : x[i];
}

// Gathers one row, with 0 for missing values.
static void gather_filled(const struct dataset *d, int32_t row, real *x)
{
    dataset_gather(d, &row, 1, x);
    zero_missing(x, (size_t)d->columns);
}

// Gathers n evenly spaced rows. If the data set has fewer, gathers some of them several times.
static void gather_spaced(const struct dataset *d, int n, real *x)
{
    for (int i = 0; i < n; i++) {
        int32_t row = (int32_t)data_sample_row(d, i, n);
        gather_filled(d, row, x + (size_t)i * (size_t)d->columns);
    }
}

static void clear_nearest(struct nearest *n)
{
    for (int i = 0; i < NEIGHBOUR; i++)
        n->neighbour[i] = INFINITY;
    n->different = INFINITY;
}

static void add_distance(struct nearest *n, float square)
{
    int i = NEIGHBOUR;

    if (square > 0 && square < n->different)
        n->different = square;
    for (; i > 0 && square < n->neighbour[i - 1]; i--)
        if (i < NEIGHBOUR)
            n->neighbour[i] = n->neighbour[i - 1];
    if (i < NEIGHBOUR)
        n->neighbour[i] = square;
}

// Finds the nearest rows of chunk `number` for every query, if the chunk belongs to this rank.
static void search_chunk(void *context, int64_t number)
{
    const struct spacing *s = context;
    const size_t columns = (size_t)s->rows->columns;
    const int64_t first = number * SPACING_CHUNK;
    if (number % s->team->comm->size != s->team->comm->rank)
        return;

    real *x = mem_new(SPACING_CHUNK * columns, sizeof *x);
    int n = dataset_gather_piece(s->rows, first, SPACING_CHUNK, x);
    zero_missing(x, (size_t)n * columns);

    for (int64_t q = 0; q < s->queries; q++) {
        struct nearest *near = &s->near[number * s->queries + q];
        clear_nearest(near);
        for (int i = 0; i < n; i++) {
            float square;
            const struct loss_batch pair = {.M = 1,
                .O = s->rows->columns,
                .y = x + (size_t)i * columns,
                .t = s->query + (size_t)q * columns,
                .row = &square};
            kernels()->loss[LOSS_MSE](&pair);
            if (first + i != query_row(s, q))
                add_distance(near, square);
        }
    }
    free(x);
}

static int compare_distances(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Returns the median of the positive and finite values, or 0 if there are none. Changes the order of the values.
static double median_distance(double *value, int64_t n)
{
    int64_t used = 0;
    for (int64_t i = 0; i < n; i++)
        if (value[i] > 0 && isfinite(value[i]))
            value[used++] = value[i];
    if (used == 0)
        return 0;

    qsort(value, (size_t)used, sizeof *value, compare_distances);
    return (value[(used - 1) / 2] + value[used / 2]) / 2;
}

// Returns the spacing, from the nearest rows of all chunks. Distances of 0, between equal rows, do not count. If all
// are 0, uses the nearest row that differs in place of the fifth neighbour. If no row differs, returns 1.
static double spacing_of_nearest(const struct spacing *s)
{
    double *fifth = mem_new((size_t)s->queries, sizeof *fifth), *different = mem_new((size_t)s->queries, sizeof *fifth);
    int64_t last = s->rows->rows - 1 < NEIGHBOUR ? s->rows->rows - 1 : NEIGHBOUR;

    for (int64_t q = 0; q < s->queries; q++) {
        struct nearest all;
        clear_nearest(&all);
        for (int64_t c = 0; c < spacing_chunks(s); c++) {
            const struct nearest *n = &s->near[c * s->queries + q];
            for (int i = 0; i < NEIGHBOUR; i++)
                add_distance(&all, n->neighbour[i]);
            all.different = n->different < all.different ? n->different : all.different;
        }
        fifth[q] = last > 0 ? sqrt((double)all.neighbour[last - 1]) : 0;
        different[q] = sqrt((double)all.different);
    }

    double spacing = median_distance(fifth, s->queries);
    if (spacing == 0)
        spacing = median_distance(different, s->queries);
    free(fifth);
    free(different);
    return spacing > 0 ? spacing : 1;
}

// Collective. Sets *spacing, to the same bits on all ranks. Returns 0, or -1 and an error if memory runs out.
static int measure_spacing(const struct train_task *task, double *spacing, struct err *e)
{
    const struct dataset *train = task->train;
    struct dataset rows = {0};
    struct spacing s = {.team = task->team, .rows = &rows};

    data_sample(train, train->rows < SPACING_ROWS ? train->rows : SPACING_ROWS, &rows, e);
    s.queries = rows.rows < SPACING_QUERIES ? rows.rows : SPACING_QUERIES;
    s.query = mem_array((size_t)(s.queries * rows.columns), sizeof *s.query, "rows whose neighbours are sought", e);
    s.near = mem_array((size_t)(spacing_chunks(&s) * s.queries), sizeof *s.near, "distances of training rows", e);

    int rc = comm_agree(task->team->comm, e);
    if (rc == 0) {
        for (int64_t q = 0; q < s.queries; q++) {
            gather_filled(&rows, query_row(&s, q), s.query + q * rows.columns);
        }
        team_each(task->team, spacing_chunks(&s), search_chunk, &s);
        comm_join_all(task->team->comm, s.near, (size_t)(spacing_chunks(&s) * s.queries) * sizeof *s.near);
        *spacing = spacing_of_nearest(&s);
    }

    free(s.query);
    free(s.near);
    data_sample_free(&rows);
    return rc;
}

// --- the center

struct center {
    const struct model *model;
    size_t size;
    double *sum; // (chunks, size), owned: the sum of the codes of each chunk's rows
};

// Adds up the codes that the initial weights give to the rows of a chunk.
static void sum_chunk_codes(void *context, struct workspace *ws, const struct row_chunk *chunk)
{
    const struct center *c = context;
    const real *code = model_code(c->model, ws);
    double *sum = c->sum + (size_t)(chunk->first / PASS_ROWS) * c->size;

    for (size_t i = 0; i < (size_t)chunk->rows * c->size; i++)
        sum[i % c->size] += (double)code[i];
}

// Collective. Sets center (size) to the mean code of the training rows. A value near 0 is moved away from 0, because a
// model whose weights are all 0 would reach a center of 0 (Ruff et al. 2018). Returns 0, or -1 and an error if memory
// runs out.
static int measure_center(struct trainer *t, size_t size, real *center, struct err *e)
{
    const real LEAST = (real)0.1;
    const struct train_task *task = &t->task;
    size_t chunks = (size_t)((task->train->rows + PASS_ROWS - 1) / PASS_ROWS);
    struct center c = {task->model, size, mem_array(chunks * size, sizeof *c.sum, "codes of the training rows", e)};
    const struct row_pass pass = {.team = task->team,
        .model = task->model,
        .w = t->memory.w,
        .data = task->train,
        .ws = t->workers.ws,
        .ignores_stop = true};
    int rc = comm_agree(task->team->comm, e);

    if (rc == 0) {
        pass_run(&pass, sum_chunk_codes, &c);
        comm_join_all(task->team->comm, c.sum, chunks * size * sizeof *c.sum);
    }
    for (size_t j = 0; j < size && rc == 0; j++) {
        double sum = 0;
        for (size_t k = 0; k < chunks; k++)
            sum += c.sum[k * size + j];
        center[j] = (real)(sum / (double)task->train->rows);
        if (center[j] > -LEAST && center[j] < LEAST)
            center[j] = center[j] < 0 ? -LEAST : LEAST;
    }

    free(c.sum);
    return rc;
}

static int set_block(struct trainer *t, const struct block *b, double *spacing, struct err *e)
{
    real *w = t->memory.w + b->offset;

    if (b->source == SOURCE_ROWS) {
        gather_spaced(t->task.train, b->dims[0], w);
        return 0;
    }
    if (b->source == SOURCE_CENTER)
        return measure_center(t, b->count, w, e);
    ASSERT(b->source == SOURCE_SPACING && b->count == 1, "%s from %d", b->name, (int)b->source);
    if (*spacing == 0 && measure_spacing(&t->task, spacing, e) != 0)
        return -1;
    *w = (real)*spacing;
    return 0;
}

int trainer_set_blocks(struct trainer *t, struct err *e)
{
    const struct model *m = t->task.model;
    double spacing = 0;

    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++) {
            const struct block *b = &m->layers[i].blocks[k];
            bool is_later = b->source == SOURCE_CODE_MEAN || b->source == SOURCE_CODE_WHITENING;
            if (b->source != SOURCE_NONE && !is_later && set_block(t, b, &spacing, e) != 0)
                return -1;
        }
    return 0;
}

// Passes all rows of a data set through a model, in chunks of one fixed size, which are spread over ranks and threads.
#include "train/train.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/request.h"
#include "comm/comm.h"
#include "data/dataset_stream.h"
#include "data/gather.h"
#include "kernels/kernels.h"
#include "nn/nn.h"
#include "train/read_ahead.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>

static int64_t pass_chunk_count(int64_t rows)
{
    return (rows + PASS_ROWS - 1) / PASS_ROWS;
}

// Sets [*first, *last) to the chunks of this rank.
static void chunks_of_rank(const struct comm *comm, int64_t rows, int64_t *first, int64_t *last)
{
    int64_t chunks = pass_chunk_count(rows);
    ASSERT(comm->rank >= 0 && comm->rank < comm->size, "rank %d of %d", comm->rank, comm->size);
    *first = chunks * comm->rank / comm->size;
    *last = chunks * (comm->rank + 1) / comm->size;
}

void pass_range(const struct comm *comm, int64_t rows, int64_t *first, int64_t *last)
{
    chunks_of_rank(comm, rows, first, last);
    *first *= PASS_ROWS;
    *last = *last * PASS_ROWS < rows ? *last * PASS_ROWS : rows;
}

static void pass_chunk(
    const struct row_pass *p, int64_t number, struct workspace *ws, pass_visitor visit, void *context)
{
    struct row_chunk chunk = {.first = number * PASS_ROWS, .rows = PASS_ROWS, .x = ws->x};
    int32_t list[PASS_ROWS];

    if (p->data->rows - chunk.first < PASS_ROWS)
        chunk.rows = (int)(p->data->rows - chunk.first);
    ASSERT(chunk.rows > 0 && chunk.rows <= ws->rows, "%d rows", chunk.rows);
    for (int i = 0; i < chunk.rows; i++)
        list[i] = (int32_t)(chunk.first + i);

    dataset_gather(p->data, list, chunk.rows, ws->x);
    ws->step = (struct step){
        .corrupts = p->corrupts, .seed = p->seed, .sample = p->corrupts ? list : NULL, .leaves_out = p->leaves_out};
    model_forward(p->model, p->w, ws, chunk.rows, ws->x);
    visit(context, ws, &chunk);
}

// --- chunks that are read ahead

// Returns the number of chunks in a piece of about PIECE_BYTES bytes.
static int64_t chunks_of_piece(const struct dataset *d)
{
    enum { PIECE_BYTES = 1 << 22 };
    int64_t chunks = PIECE_BYTES / ((int64_t)PASS_ROWS * d->columns * (int64_t)sizeof(float));
    return chunks > 0 ? chunks : 1;
}

// Sets [*first, *first + *n) to the rows of a piece. Pieces are counted from the start of the data set, so that one
// can begin before the rank's range.
static void rows_of_piece(const struct dataset *d, int64_t piece, int64_t *first, int64_t *n)
{
    int64_t rows = chunks_of_piece(d) * PASS_ROWS;
    *first = piece * rows;
    *n = d->rows - *first < rows ? d->rows - *first : rows;
}

static void fetch_piece(void *context, const struct read_ahead *r, int64_t piece)
{
    int64_t first, n;
    rows_of_piece(context, piece, &first, &n);
    if (!read_ahead_ends(r))
        dataset_fetch(context, first, n);
}

static void release_piece(void *context, int64_t piece)
{
    int64_t first, n;
    rows_of_piece(context, piece, &first, &n);
    dataset_release(context, first, n);
}

// Starts to read chunks [first, last) ahead. Returns NULL if the data set is not read in pieces, if there are no
// chunks, or if the thread cannot be started.
static struct read_ahead *read_chunks_ahead(const struct dataset *d, int64_t first, int64_t last)
{
    int64_t each = chunks_of_piece(d);
    const struct read_ahead_task task = {.first = first / each,
        .pieces = (last + each - 1) / each,
        .depth = 4,
        .fetch = fetch_piece,
        .release = release_piece,
        .context = (void *)(uintptr_t)d};
    return d->tables && first < last ? read_ahead_start(&task) : NULL;
}

bool pass_run(const struct row_pass *p, pass_visitor visit, void *context)
{
    const struct team *team = p->team;
    int64_t first, last, each = chunks_of_piece(p->data);
    double reported = clock_wall();
    bool is_whole = true;

    chunks_of_rank(team->comm, p->data->rows, &first, &last);
    struct read_ahead *reader = read_chunks_ahead(p->data, first, last);
#pragma omp parallel num_threads(team->threads)
    {
        int thread = omp_get_thread_num();
        flush_denormals();

#pragma omp for schedule(dynamic) reduction(&& : is_whole)
        for (int64_t chunk = first; chunk < last; chunk++) {
            is_whole = is_whole && (p->ignores_stop || request_pending() != REQUEST_STOP);
            if (!is_whole)
                continue;
            read_ahead_wait(reader, chunk / each);
            pass_chunk(p, chunk, p->ws[thread], visit, context);
            if (team->on_progress && thread == 0 && clock_wall() - reported > 1e-3) {
                team->on_progress(team->context, NAN);
                reported = clock_wall();
            }
        }
    }

    read_ahead_stop(&reader);
    return is_whole;
}

void team_each(const struct team *team, int64_t n, void (*work)(void *context, int64_t i), void *context)
{
    ASSERT(n >= 0 && team->threads > 0, "%lld parts for %d threads", (long long)n, team->threads);
#pragma omp parallel num_threads(team->threads)
    {
        flush_denormals();

#pragma omp for schedule(dynamic)
        for (int64_t i = 0; i < n; i++)
            work(context, i);
    }
}

struct loss_sums {
    const struct model *model;
    double *sum; // per chunk
};

static void sum_chunk_loss(void *context, struct workspace *ws, const struct row_chunk *chunk)
{
    const struct loss_sums *s = context;
    s->sum[chunk->first / PASS_ROWS] = model_loss(s->model, ws, chunk->rows, chunk->x, NULL);
}

bool pass_loss(const struct row_pass *p, double *loss)
{
    size_t chunks = (size_t)pass_chunk_count(p->data->rows);
    // The last element is not 0 if a rank was interrupted.
    struct loss_sums s = {p->model, mem_new(chunks + 1, sizeof *s.sum)};
    double sum = 0;

    ASSERT(p->data->rows > 0);
    s.sum[chunks] = !pass_run(p, sum_chunk_loss, &s);
    comm_join_all(p->team->comm, s.sum, (chunks + 1) * sizeof *s.sum);

    bool is_whole = s.sum[chunks] == 0;
    for (size_t i = 0; i < chunks; i++)
        sum += s.sum[i];
    free(s.sum);

    *loss = sum / (double)p->data->rows;
    return is_whole;
}

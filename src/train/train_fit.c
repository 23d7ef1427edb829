// Fits models that are not trained in steps: such a model keeps training rows and compares some of them with the
// others. Ranks and threads share the comparisons, whose results are joined without arithmetic.
#include "train/train_impl.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/request.h"
#include "data/gather.h"
#include "nn/neighbours.h"
#include <stdlib.h>

static int compare_row_numbers(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

// Copies into w the rows that the model keeps, in the order of the data. These are all rows, or rows that are drawn
// with the seed. Returns 0, or -1 and an error.
static int gather_kept_rows(const struct train_task *task, real *w, struct err *e)
{
    int32_t rows = (int32_t)task->train->rows;
    int kept = model_kept_rows(task->model);
    int32_t *order = mem_array((size_t)rows, sizeof *order, "rows to keep", e);
    if (!order)
        return -1;

    ASSERT(kept > 0 && kept <= rows, "%d of %d rows", kept, rows);
    for (int32_t i = 0; i < rows; i++)
        order[i] = i;
    if (kept < rows) {
        random_permutation((uint64_t)task->config->seed, RANDOM_KEPT_ROWS, 0, 0, rows, order);
        qsort(order, (size_t)kept, sizeof *order, compare_row_numbers);
    }
    dataset_gather(task->train, order, kept, model_rows(task->model, w));
    free(order);

    return 0;
}

struct fit {
    const struct trainer *trainer;
    real *w;
};

// Compares piece number i of this rank, unless there is no such piece or the run must stop.
static void fit_piece(void *context, int64_t i)
{
    const struct fit *f = context;
    const struct train_task *task = &f->trainer->task;
    int piece = (int)i * task->team->comm->size + task->team->comm->rank;

    if (piece < neighbours_pieces(task->model) && request_pending() != REQUEST_STOP)
        neighbours_measure(task->model, f->w, piece);
}

// Collective. Compares all pieces. Returns false, on all ranks, if REQUEST_STOP interrupted any of them.
static bool fit_all_pieces(const struct trainer *t, real *w)
{
    const struct train_task *task = &t->task;
    const struct comm *comm = task->team->comm;
    struct fit f = {t, w};
    size_t n = 0;

    neighbours_begin(task->model, w);
    team_each(task->team, (neighbours_pieces(task->model) + comm->size - 1) / comm->size, fit_piece, &f);
    bool is_cut = comm_max(comm, request_pending() == REQUEST_STOP) > 0;
    if (is_cut)
        return false;

    real *distances = neighbours_distances(task->model, w, &n);
    comm_join_all(comm, distances, n * sizeof *distances);
    neighbours_end(task->model, w);
    return true;
}

int trainer_fit(struct trainer *t, struct trained *out, struct err *e)
{
    const struct train_task *task = &t->task;
    double began = clock_wall();

    t->memory.all = mem_array(task->model->parameters, sizeof(real), "rows to keep", e);
    t->memory.w = t->memory.all;
    if (t->memory.all)
        gather_kept_rows(task, t->memory.w, e);
    if (comm_agree(task->team->comm, e) != 0)
        return -1;

    out->has_stopped = !fit_all_pieces(t, t->memory.w);
    out->w = t->memory.w;
    out->samples = task->train->rows;
    out->seconds = clock_wall() - began;
    return 0;
}

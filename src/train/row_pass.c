// Passes over all rows of a data set, in chunks of one fixed size that are spread over ranks and threads.
#include "train/train.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/request.h"
#include "data/gather.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>

static int64_t chunk_count(int64_t rows)
{
    return (rows + PASS_ROWS - 1) / PASS_ROWS;
}

static void chunk_range(const struct comm *comm, int64_t rows, int64_t *first, int64_t *last)
{
    int64_t chunks = chunk_count(rows);
    *first = chunks * comm->rank / comm->size;
    *last = chunks * (comm->rank + 1) / comm->size;
}

void pass_range(const struct comm *comm, int64_t rows, int64_t *first, int64_t *last)
{
    chunk_range(comm, rows, first, last);
    *first *= PASS_ROWS;
    *last = *last * PASS_ROWS < rows ? *last * PASS_ROWS : rows;
}

static void visit_chunk(const struct model *m, const real *w, const struct dataset *d, struct workspace *ws,
    int64_t chunk, pass_visitor visit, void *context)
{
    int64_t first = chunk * PASS_ROWS;
    int rows = d->rows - first < PASS_ROWS ? (int)(d->rows - first) : PASS_ROWS;
    int32_t list[PASS_ROWS];
    for (int i = 0; i < rows; i++)
        list[i] = (int32_t)(first + i);
    dataset_gather(d, list, rows, ws->x);
    ws->step = (struct step){0};
    model_forward(m, w, ws, rows, ws->x);
    visit(context, ws, first, rows, ws->x);
}

struct workspace **team_workspaces_new(
    const struct team *team, const struct model *m, int rows, bool trains, struct err *e)
{
    struct workspace **ws = mem_new((size_t)team->threads, sizeof *ws);
    for (int i = 0; i < team->threads; i++)
        if (!(ws[i] = workspace_new(m, rows, trains, e))) {
            team_workspaces_free(team, &ws);
            return NULL;
        }
    return ws;
}

void team_workspaces_free(const struct team *team, struct workspace ***ws)
{
    for (int i = 0; *ws && i < team->threads; i++)
        workspace_free(&(*ws)[i]);
    free(*ws);
    *ws = NULL;
}

bool pass_run(const struct team *team, const struct model *m, const real *w, const struct dataset *d,
    struct workspace *const *ws, pass_visitor visit, void *context)
{
    int64_t first, last;
    chunk_range(team->comm, d->rows, &first, &last);
    double called = clock_wall();
    bool is_whole = true;
#pragma omp parallel num_threads(team->threads)
    {
        flush_denormals();
#pragma omp for schedule(dynamic) reduction(&& : is_whole)
        for (int64_t chunk = first; chunk < last; chunk++) {
            is_whole = is_whole && request_pending() != REQUEST_STOP;
            if (!is_whole)
                continue;
            visit_chunk(m, w, d, ws[omp_get_thread_num()], chunk, visit, context);
            if (team->between && omp_get_thread_num() == 0 && clock_wall() - called > 1e-3) {
                team->between(team->context, NAN);
                called = clock_wall();
            }
        }
    }
    return is_whole;
}

struct loss_visit {
    const struct model *m;
    double *sum; // per chunk
};

static void visit_loss(void *context, struct workspace *ws, int64_t first, int rows, const real *x)
{
    struct loss_visit *v = context;
    v->sum[first / PASS_ROWS] = model_loss(v->m, ws, rows, x, NULL);
}

bool pass_loss(const struct team *team, const struct model *m, const real *w, const struct dataset *d,
    struct workspace *const *ws, double *loss)
{
    size_t chunks = (size_t)chunk_count(d->rows);
    struct loss_visit v = {m, mem_new(chunks + 1, sizeof *v.sum)}; // the last one: whether some rank was cut short
    v.sum[chunks] = !pass_run(team, m, w, d, ws, visit_loss, &v);
    comm_join_all(team->comm, v.sum, (chunks + 1) * sizeof *v.sum);
    bool is_whole = v.sum[chunks] == 0;
    double sum = 0;
    for (size_t i = 0; i < chunks; i++)
        sum += v.sum[i];
    free(v.sum);
    *loss = sum / (double)d->rows;
    return is_whole;
}

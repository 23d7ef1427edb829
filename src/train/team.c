// Creates the threads of a rank and their workspaces.
#include "train/train.h"

#include "base/err.h"
#include "base/mem.h"
#include "nn/nn.h"
#include <omp.h>
#include <stdlib.h>

int team_set_threads(int threads, struct err *e)
{
    int given = 0;

    ASSERT(threads >= 1, "%d threads", threads);
    omp_set_dynamic(0);
    omp_set_num_threads(threads);
#pragma omp parallel num_threads(threads)
#pragma omp single
    given = omp_get_num_threads();

    if (given == threads)
        return 0;
    return err_add(e, ERR_USAGE, "OpenMP provides %d of %d threads: is OMP_THREAD_LIMIT set?", given, threads);
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

// The threads of a rank: whether they are what was asked for.
#include "train/train.h"

#include <omp.h>

int team_check(int threads, struct err *e)
{
    int given = 0;
    omp_set_dynamic(0);
    omp_set_num_threads(threads);
#pragma omp parallel num_threads(threads)
#pragma omp single
    given = omp_get_num_threads();
    return given == threads
               ? 0
               : err_add(e, ERR_USAGE, "OpenMP gives %d of %d threads: is OMP_THREAD_LIMIT set?", given, threads);
}

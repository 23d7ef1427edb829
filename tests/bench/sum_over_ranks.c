// The sum over ranks alone: seconds of comm_tree_sum_aside of N parameters, the median of ROUNDS.
//   mpirun -n 2 build/tests/bench_sum_over_ranks N ROUNDS
// links: comm base
#include "base/clock.h"
#include "base/mem.h"
#include "comm/comm.h"
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    int rounds = argc > 2 ? atoi(argv[2]) : 20;
    struct comm world = {0};
    struct err e = {0};
    if (comm_start(&world, 1, &e) != 0)
        return err_print(&e);
    real *v = mem_new(n, sizeof *v), *room = mem_new(n / 2 + 1, sizeof *room);
    double *seconds = mem_new((size_t)rounds, sizeof *seconds);
    for (int i = -3; i < rounds; i++) { // the first ones open connections
        comm_barrier(&world);
        double start = clock_wall();
        comm_tree_sum_aside(&world, n, v, room);
        if (i >= 0)
            seconds[i] = clock_wall() - start;
    }
    qsort(seconds, (size_t)rounds, sizeof *seconds, compare);
    if (world.rank == 0)
        printf("%.6f\n", seconds[rounds / 2]);
    free(v);
    free(room);
    free(seconds);
    comm_stop(&world);
    return 0;
}

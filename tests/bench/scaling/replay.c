// A training step and a sweep replayed on simulated hosts: the messages are real, computing is sleeping.
//
//   replay step STEPS COMPUTE PARAMETERS:READY...   seconds of a step of data-parallel training: a rank computes for
//   COMPUTE
//                                                   seconds, and the gradient of so many parameters is there after
//                                                   READY
//   replay sweep TRIALS SECONDS SPREAD BUSY         seconds of a sweep: trials of a lognormal length with mean SECONDS
//   and
//                                                   deviation SPREAD of the logarithm; rank 0 trains too, and answers
//                                                   every BUSY seconds
//
// Compiled with src/comm/tree_sum.c, the sum over ranks of the program itself, by SimGrid's smpicc; scaling.sh runs it.
#include "comm/comm_impl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TAG_REQUEST = 1, TAG_ANSWER = 2 };

MPI_Comm comm_mpi(const struct comm *comm)
{
    return comm->handle->mpi;
}

static void sleep_until(double time)
{
    double left = time - MPI_Wtime();
    if (left > 0)
        usleep((useconds_t)(1e6 * left + 0.5));
}

// The ranks' gradients share one piece of memory: what is added does not matter here, only that it is sent.
static real *shared_vector(size_t n)
{
#ifdef SMPI_SHARED_MALLOC
    return SMPI_SHARED_MALLOC(n * sizeof(real));
#else
    return malloc(n * sizeof(real));
#endif
}

static double replay_step(const struct comm *comm, int steps, double compute, int n, char **layer)
{
    size_t parameters = 0;
    for (int i = 0; i < n; i++)
        parameters += strtoul(layer[i], NULL, 10);
    real *v = shared_vector(parameters), *room = shared_vector(parameters / 2 + 1);
    MPI_Barrier(comm_mpi(comm));
    double start = MPI_Wtime();
    for (int step = 0; step < steps; step++) {
        double begin = MPI_Wtime();
        real *at = v;
        for (int i = 0; i < n; i++) {
            char *end;
            size_t count = strtoul(layer[i], &end, 10);
            sleep_until(begin + strtod(end + 1, NULL));
            comm_tree_sum(comm, count, at, room);
            at += count;
        }
        sleep_until(begin + compute);
    }
    double seconds = (MPI_Wtime() - start) / steps;
    MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, comm_mpi(comm));
    return seconds;
}

// The length of trial i: the same on any number of ranks.
static double trial_seconds(int i, double mean, double spread)
{
    unsigned state = 2654435761u * (unsigned)(i + 1);
    double uniform[2];
    for (int k = 0; k < 2; k++) {
        state = state * 1664525u + 1013904223u;
        uniform[k] = (state / 256 + 1) / (double)(1 << 24);
    }
    double normal = sqrt(-2 * log(uniform[0])) * cos(2 * M_PI * uniform[1]);
    return mean * exp(spread * normal - spread * spread / 2);
}

static int compare_long(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (y > x) - (y < x);
}

// Rank 0 answers everybody who waits, as the queue does between batches.
static void serve(const struct comm *comm, int trials, int *next, int *told)
{
    for (int is_there = 1; is_there;) {
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, TAG_REQUEST, comm_mpi(comm), &is_there, &status);
        if (!is_there)
            break;
        char report[1024];
        MPI_Recv(report, sizeof report, MPI_BYTE, status.MPI_SOURCE, TAG_REQUEST, comm_mpi(comm), MPI_STATUS_IGNORE);
        int work = *next < trials ? (*next)++ : -1;
        *told += work < 0;
        MPI_Send(&work, 1, MPI_INT, status.MPI_SOURCE, TAG_ANSWER, comm_mpi(comm));
    }
}

static void work_first(const struct comm *comm, int trials, const double *seconds, double busy)
{
    int next = 0, told = 0;
    while (next < trials) {
        double end = MPI_Wtime() + seconds[next++];
        while (comm->size > 1 && MPI_Wtime() < end) {
            serve(comm, trials, &next, &told);
            double pause = MPI_Wtime() + busy;
            sleep_until(pause < end ? pause : end);
        }
        sleep_until(end);
    }
    while (told < comm->size - 1) {
        serve(comm, trials, &next, &told);
        sleep_until(MPI_Wtime() + 1e-3);
    }
}

static void work_other(const struct comm *comm, const double *seconds)
{
    char report[1024] = "";
    for (int work = 0; work >= 0;) {
        MPI_Sendrecv(report, sizeof report, MPI_BYTE, 0, TAG_REQUEST, &work, 1, MPI_INT, 0, TAG_ANSWER, comm_mpi(comm),
            MPI_STATUS_IGNORE);
        if (work >= 0)
            sleep_until(MPI_Wtime() + seconds[work]);
    }
}

static double replay_sweep(const struct comm *comm, int trials, double mean, double spread, double busy)
{
    double *seconds = malloc((size_t)trials * sizeof *seconds);
    for (int i = 0; i < trials; i++)
        seconds[i] = trial_seconds(i, mean, spread);
    qsort(seconds, (size_t)trials, sizeof *seconds, compare_long); // longest first
    double start = MPI_Wtime();
    if (comm->rank == 0)
        work_first(comm, trials, seconds, busy);
    else
        work_other(comm, seconds);
    double took = MPI_Wtime() - start;
    MPI_Allreduce(MPI_IN_PLACE, &took, 1, MPI_DOUBLE, MPI_MAX, comm_mpi(comm));
    free(seconds);
    return took;
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    struct comm_handle handle = {MPI_COMM_WORLD};
    struct comm comm = {.handle = &handle};
    MPI_Comm_rank(MPI_COMM_WORLD, &comm.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &comm.size);
    double seconds = -1;
    if (argc > 4 && strcmp(argv[1], "step") == 0)
        seconds = replay_step(&comm, atoi(argv[2]), atof(argv[3]), argc - 4, argv + 4);
    else if (argc == 6 && strcmp(argv[1], "sweep") == 0)
        seconds = replay_sweep(&comm, atoi(argv[2]), atof(argv[3]), atof(argv[4]), atof(argv[5]));
    if (comm.rank == 0)
        printf("%.9f\n", seconds);
    MPI_Finalize();
    return seconds < 0;
}

// Starting and ending MPI, groups of ranks, agreement on errors.
#include "comm/comm_mpi.h"

#include "base/mem.h"
#include "comm/launcher.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

MPI_Comm comm_mpi(const struct comm *comm)
{
    return comm->handle->mpi;
}

static int environment_int(const char *const *names, int standard)
{
    for (; *names; names++)
        if (getenv(*names))
            return atoi(getenv(*names));
    return standard;
}

int comm_launched_size(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_SIZE", "PMI_SIZE", NULL};
    bool is_step = getenv("SLURM_STEP_ID") != NULL && getenv("SLURM_PROCID") != NULL;
    int slurm = is_step && getenv("SLURM_STEP_NUM_TASKS") ? atoi(getenv("SLURM_STEP_NUM_TASKS")) : 1;
    return environment_int(names, slurm);
}

int comm_launched_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", NULL};
    bool is_step = getenv("SLURM_STEP_ID") != NULL && getenv("SLURM_PROCID") != NULL;
    return environment_int(names, is_step ? atoi(getenv("SLURM_PROCID")) : 0);
}

bool comm_has_launcher(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

// How many processes of this job share the node, as far as the launcher says.
static int local_size(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE", NULL};
    return environment_int(names, 1);
}

static void end_job(void)
{
    MPI_Abort(MPI_COMM_WORLD, ERR_SOFTWARE);
}

void comm_abort(int code)
{
    if (!comm_is_over())
        MPI_Abort(MPI_COMM_WORLD, code);
    _exit(code);
}

static int refuse_singletons(int size, struct err *e)
{
    return err_add(e, ERR_USAGE,
        "the launcher started %d processes, but each believes to be alone: use srun --mpi=%s, or mpirun of %s", size,
        launcher_srun_type(), comm_library());
}

static int thread_level;

bool comm_threads_take_turns(void)
{
    return thread_level >= MPI_THREAD_SERIALIZED;
}

int comm_start(struct comm *world, int threads, struct err *e)
{
    if (!comm_has_launcher() && comm_launched_size() > 1) // srun without PMIx: MPI would end us with a page of its own
        return refuse_singletons(comm_launched_size(), e);
    setenv(
        "OMPI_MCA_fs_ufs_lock_algorithm", "3", 0); // the default loses data of collective writes (ompi issue: fs/ufs)
    if ((long)local_size() * threads > sysconf(_SC_NPROCESSORS_ONLN))
        setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    if (!comm_has_launcher() &&
        comm_launched_size() == 1) { // nobody to talk to: no daemon, no search for a fast network (0.3 s become 0.05)
        setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
        setenv("OMPI_MCA_orte_create_session_dirs", "0", 0); // which lone processes remove under each other's hands
        setenv("OMPI_MCA_pml", "ob1", 0);
    }
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &thread_level) != MPI_SUCCESS)
        return err_add(e, ERR_SYSTEM, "MPI did not start");
    err_abort_hook = end_job;
    world->handle = mem_new(1, sizeof *world->handle);
    world->handle->mpi = MPI_COMM_WORLD;
    MPI_Comm_rank(MPI_COMM_WORLD, &world->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &world->size);
    if (world->size != comm_launched_size())
        return refuse_singletons(comm_launched_size(), e);
    return 0;
}

void comm_stop(struct comm *world)
{
    if (!world->handle)
        return;
    err_abort_hook = NULL;
    MPI_Finalize();
    free(world->handle);
    *world = (struct comm){0};
}

bool comm_is_over(void)
{
    int is_over;

    MPI_Finalized(&is_over);
    return is_over;
}

// Open MPI:   "Open MPI v4.1.4, package: ..."
// MPICH:      "MPICH Version:\t4.0.2\nMPICH Release date: ..."
// Cray MPICH: "MPI VERSION    : CRAY MPICH version 8.1.25.17 (ANL base 3.4a2)\n..."
const char *comm_library(void)
{
    static char name[MPI_MAX_LIBRARY_VERSION_STRING];
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;

    MPI_Get_library_version(text, &length);
    text[strcspn(text, ",\n")] = 0;
    const char *start = strncmp(text, "MPI VERSION", 11) == 0 ? text + strcspn(text, ":") : text;
    start += strspn(start, ": ");
    snprintf(name, sizeof name, "%s", start);

    char *v = strstr(name, " v"), *version = strstr(name, " Version:");
    if (version)
        memmove(version + 1, version + 10, strlen(version + 10) + 1); // and its tab
    else if (v && v[2] >= '0' && v[2] <= '9')
        memmove(v + 1, v + 2, strlen(v + 2) + 1);
    return name;
}

void comm_split(const struct comm *from, int color, struct comm *group)
{
    group->handle = mem_new(1, sizeof *group->handle);
    MPI_Comm_split(comm_mpi(from), color, from->rank, &group->handle->mpi);
    MPI_Comm_rank(group->handle->mpi, &group->rank);
    MPI_Comm_size(group->handle->mpi, &group->size);
}

void comm_free(struct comm *comm)
{
    if (!comm->handle)
        return;
    MPI_Comm_free(&comm->handle->mpi);
    free(comm->handle);
    *comm = (struct comm){0};
}

int comm_agree(const struct comm *comm, struct err *e)
{
    if (!comm->handle)
        return e->count ? -1 : 0;
    int mine = e->count, most;
    MPI_Allreduce(&mine, &most, 1, MPI_INT, MPI_MAX, comm_mpi(comm));
    if (most == 0)
        return 0;
    struct err *all = mem_new((size_t)comm->size, sizeof *all);
    MPI_Allgather(e, (int)sizeof *e, MPI_BYTE, all, (int)sizeof *all, MPI_BYTE, comm_mpi(comm));
    *e = (struct err){0};
    for (int i = 0; i < comm->size; i++)
        err_merge(e, &all[i]);
    free(all);
    return -1;
}

enum { PIECE = 1 << 30 }; // counts of MPI 3 are int

void comm_broadcast(const struct comm *comm, int root, void *data, size_t bytes)
{
    for (char *at = data; bytes > 0;) {
        size_t n = bytes < PIECE ? bytes : PIECE;
        MPI_Bcast(at, (int)n, MPI_BYTE, root, comm_mpi(comm));
        at += n;
        bytes -= n;
    }
}

void comm_barrier(const struct comm *comm)
{
    MPI_Barrier(comm_mpi(comm));
}

int comm_local_size(const struct comm *comm)
{
    MPI_Comm node;
    int size;
    MPI_Comm_split_type(comm_mpi(comm), MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
    MPI_Comm_size(node, &size);
    MPI_Comm_free(&node);
    return size;
}

double comm_max(const struct comm *comm, double value)
{
    double all;
    MPI_Allreduce(&value, &all, 1, MPI_DOUBLE, MPI_MAX, comm_mpi(comm));
    return all;
}

double comm_sum(const struct comm *comm, double value)
{
    double all;
    MPI_Allreduce(&value, &all, 1, MPI_DOUBLE, MPI_SUM, comm_mpi(comm));
    return all;
}

void comm_join_all(const struct comm *comm, void *data, size_t bytes)
{
    for (char *at = data; bytes > 0 && comm->size > 1;) {
        size_t n = bytes < PIECE ? bytes : PIECE;
        MPI_Allreduce(MPI_IN_PLACE, at, (int)n, MPI_BYTE, MPI_BOR, comm_mpi(comm));
        at += n;
        bytes -= n;
    }
}

void comm_join_to_root(const struct comm *comm, void *data, size_t bytes)
{
    for (char *at = data; bytes > 0 && comm->size > 1;) {
        size_t n = bytes < PIECE ? bytes : PIECE;
        MPI_Reduce(comm->rank == 0 ? MPI_IN_PLACE : at, at, (int)n, MPI_BYTE, MPI_BOR, 0, comm_mpi(comm));
        at += n;
        bytes -= n;
    }
}

// Starts and ends MPI, forms groups of ranks, and makes ranks agree on errors.
//
// A struct comm owns its handle, which holds the MPI communicator. The world is made by comm_start and ended by
// comm_stop; groups are made by comm_split and freed by comm_free.
//
// MPI is started with MPI_THREAD_SERIALIZED: any thread may call MPI, but only one at a time. If the library does not
// support that, comm_threads_take_turns returns false and all communication stays on the main thread.
//
// Mistakes of the user and failures of the machine are values (struct err) that all ranks make equal by comm_agree, so
// that no rank waits for another one that has given up. Our own bugs end the job: err_bug calls job_abort through
// err_abort_hook. An error inside MPI ends the job, too, which is MPI's default.
#include "comm/comm_impl.h"

#include "base/mem.h"
#include "comm/mpi_library.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 30 }; // bytes per call of MPI: counts of MPI 3 are int

static int thread_level;

MPI_Comm comm_mpi(const struct comm *comm)
{
    ASSERT(comm->handle, "MPI has not started");
    return comm->handle->mpi;
}

// --- variables that the launcher sets

// Returns the value, as a number, of the first of the variables `names` that is set, or `fallback` if none is set.
static int environment_int(const char *const *names, int fallback)
{
    for (; *names; names++)
        if (getenv(*names))
            return atoi(getenv(*names));
    return fallback;
}

// Returns true if srun started this process. A batch script is not a step, although its environment has the number of
// tasks.
static bool is_slurm_step(void)
{
    return getenv("SLURM_STEP_ID") && getenv("SLURM_PROCID");
}

int comm_launched_size(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_SIZE", "PMI_SIZE", NULL};
    static const char *const of_slurm[] = {"SLURM_STEP_NUM_TASKS", NULL};
    return environment_int(names, is_slurm_step() ? environment_int(of_slurm, 1) : 1);
}

int comm_launched_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", NULL};
    static const char *const of_slurm[] = {"SLURM_PROCID", NULL};
    return environment_int(names, is_slurm_step() ? environment_int(of_slurm, 0) : 0);
}

bool comm_has_launcher(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

// Returns the number of processes of this job on this node, or 1 if the launcher does not set it.
static int launched_local_size(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE", NULL};
    return environment_int(names, 1);
}

// --- starting and ending

static void job_abort(void)
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
        "the launcher started %d processes, but each believes it is the only one: use srun --mpi=%s, or mpirun of %s",
        size, mpi_srun_type(), mpi_library());
}

bool comm_threads_take_turns(void)
{
    return thread_level >= MPI_THREAD_SERIALIZED;
}

// Sets variables of Open MPI and UCX before MPI starts. The user's own settings stay.
static void set_environment(int threads)
{
    if ((long)launched_local_size() * threads > sysconf(_SC_NPROCESSORS_ONLN))
        setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);

    setenv("UCX_DEBUG_SIGNO", "0", 0); // otherwise UCX takes SIGHUP to print what it does
    if (!comm_has_launcher()) {        // no daemon and no search for a fast network: 0.05 s instead of 0.3 s
        setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
        setenv("OMPI_MCA_orte_create_session_dirs", "0", 0); // else each process would remove the folders of others
        setenv("OMPI_MCA_pml", "ob1", 0);
    }
}

int comm_start(struct comm *world, int threads, struct err *e)
{
    ASSERT(threads >= 0, "%d threads", threads);
    const int launched = comm_launched_size();

    *world = (struct comm){0};
    if (!comm_has_launcher() && launched > 1) // srun without PMIx: MPI would end this process with a long message
        return refuse_singletons(launched, e);

    set_environment(threads);
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &thread_level) != MPI_SUCCESS)
        return err_add(e, ERR_SYSTEM, "MPI did not start");
    err_abort_hook = job_abort;

    world->handle = mem_new(1, sizeof *world->handle);
    world->handle->mpi = MPI_COMM_WORLD;
    MPI_Comm_rank(MPI_COMM_WORLD, &world->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &world->size);

    return world->size == launched ? 0 : refuse_singletons(launched, e);
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

// --- groups

void comm_split(const struct comm *from, int color, struct comm *group)
{
    ASSERT(color >= 0, "%d", color);
    group->handle = mem_new(1, sizeof *group->handle);
    MPI_Comm_split(comm_mpi(from), color, from->rank, &group->handle->mpi);
    MPI_Comm_rank(group->handle->mpi, &group->rank);
    MPI_Comm_size(group->handle->mpi, &group->size);
}

void comm_free(struct comm *comm)
{
    if (!comm->handle)
        return;
    ASSERT(comm->handle->mpi != MPI_COMM_WORLD, "the world is ended by comm_stop");
    MPI_Comm_free(&comm->handle->mpi);
    free(comm->handle);
    *comm = (struct comm){0};
}

int comm_local_size(const struct comm *comm)
{
    MPI_Comm node;
    int *known = &comm->handle->local_size; // the first call is collective, so all ranks know the number afterwards

    if (*known == 0) {
        MPI_Comm_split_type(comm_mpi(comm), MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
        MPI_Comm_size(node, known);
        MPI_Comm_free(&node);
    }

    ASSERT(*known >= 1 && *known <= comm->size, "%d of %d ranks", *known, comm->size);
    return *known;
}

// --- communication

int comm_agree(const struct comm *comm, struct err *e)
{
    ASSERT(e->count >= 0, "%d", e->count);
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

void comm_barrier(const struct comm *comm)
{
    MPI_Barrier(comm_mpi(comm));
}

double comm_max(const struct comm *comm, double value)
{
    double all = value;
    if (comm->handle)
        MPI_Allreduce(&value, &all, 1, MPI_DOUBLE, MPI_MAX, comm_mpi(comm));
    return all;
}

double comm_sum(const struct comm *comm, double value)
{
    double all = value;
    if (comm->handle)
        MPI_Allreduce(&value, &all, 1, MPI_DOUBLE, MPI_SUM, comm_mpi(comm));
    return all;
}

// Returns how many of the remaining `bytes` the next call of MPI transfers.
static int piece_bytes(size_t bytes)
{
    return (int)(bytes < PIECE ? bytes : PIECE);
}

void comm_broadcast(const struct comm *comm, int root, void *data, size_t bytes)
{
    ASSERT(root >= 0 && root < comm->size, "rank %d of %d", root, comm->size);
    char *const first = data;
    int n;

    for (size_t at = 0; at < bytes && comm->handle; at += (size_t)n) {
        n = piece_bytes(bytes - at);
        MPI_Bcast(first + at, n, MPI_BYTE, root, comm_mpi(comm));
    }
}

void comm_join_all(const struct comm *comm, void *data, size_t bytes)
{
    char *const first = data;
    int n;
    for (size_t at = 0; at < bytes && comm->size > 1; at += (size_t)n) {
        n = piece_bytes(bytes - at);
        MPI_Allreduce(MPI_IN_PLACE, first + at, n, MPI_BYTE, MPI_BOR, comm_mpi(comm));
    }
}

void comm_join_to_root(const struct comm *comm, void *data, size_t bytes)
{
    char *const first = data;
    int n;

    for (size_t at = 0; at < bytes && comm->size > 1; at += (size_t)n) {
        n = piece_bytes(bytes - at);
        const void *from = comm->rank == 0 ? MPI_IN_PLACE : first + at;
        MPI_Reduce(from, first + at, n, MPI_BYTE, MPI_BOR, 0, comm_mpi(comm));
    }
}

// How a run gets its ranks: by the launcher that started us, or by one that we start.
#include "cli/launch.h"

#include "base/mem.h"
#include "cli/supervise.h"
#include "comm/comm.h"
#include "sweep/beacon.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int launch_cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

int launch_threads(int local_ranks)
{
    const char *wish = getenv("OMP_NUM_THREADS"); // a list: the first number is that of the outermost region
    int cores = wish && atoi(wish) > 0 ? atoi(wish) : launch_cores() / local_ranks;
    return cores > 1 ? cores : 1;
}

int launch_wanted(int ranks, int threads, int ranks_per_trial, int64_t trials)
{
    int each = ranks_per_trial ? ranks_per_trial : 1, groups = launch_cores() / ((threads ? threads : 1) * each);
    if (ranks)
        return ranks;
    groups = groups < trials ? groups : (int)trials;
    return groups > 1 ? groups * each : each;
}

void launch_environment(int workers)
{
    if (geteuid() == 0) { // mpirun refuses root unless told twice; in a container root is the only user
        setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
    }
    setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
    setenv("OMPI_MCA_hwloc_base_binding_policy", "none",
        0); // its default would bind the threads of two ranks to one core each
    // mpirun sleeps through this second twice after an exit code that is not 0. supervise() asks ranks to stop
    // otherwise.
    setenv("OMPI_MCA_odls_base_sigkill_timeout", "0", 0);
    setenv("OMPI_MCA_pml", "ob1", 0); // all on this node: shared memory, no search for a fast network
    if (isatty(STDERR_FILENO))
        setenv("HOURGLASS_TERMINAL", "1", 0);
    if (workers > launch_cores()) {
        setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
        setenv("OMP_WAIT_POLICY", "passive", 0);
    }
}

static void describe(void *folder, int rank, char out[512])
{
    struct beacon b;
    struct err ignored = {0};
    if (!folder)
        return;
    if (beacon_of_rank(folder, 0, rank, &b, &ignored) == 0)
        beacon_describe(&b, out);
    beacon_free(&b);
}

// mpirun's command line, new memory.
static char **command_line(const struct launch *l, const char *self)
{
    char **arguments = mem_new((size_t)l->argc + 6, sizeof *arguments);
    int n = 0;
    arguments[n++] = mem_text("mpirun");
    arguments[n++] = mem_text("-q"); // our own messages say what is wrong
    arguments[n++] = mem_text("-n");
    arguments[n++] = mem_format("%d", l->ranks);
    arguments[n++] = mem_text(self);
    for (int i = 0; i < l->argc; i++)
        arguments[n++] = mem_text(l->argv[i]);
    return arguments;
}

int launch_ranks(const struct launch *l, struct err *e)
{
    int launched = comm_launched_size(), code;
    if (launched > 1 && l->is_wish && launched != l->ranks)
        return err_add(
            e, ERR_USAGE, "--ranks: found %d, but a launcher has started %d: leave it out", l->ranks, launched);
    if (l->ranks <= 1 || comm_has_launcher())
        return 0;
    launch_environment(l->ranks * (l->threads ? l->threads : 1));
    char self[4096] = "";
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return err_errno(e, "cannot find the program's own file");
    struct supervision s = {l->ranks, l->folder != NULL, describe, (void *)(size_t)l->folder};
    struct err why = {0};
    char **arguments = command_line(l, self);
    if (supervise(arguments, &s, &code, &why) == 0)
        exit(code);
    for (char **a = arguments; *a; a++)
        free(*a);
    free(arguments);
    if (!l->is_wish)
        return 0; // one rank does as well
    return err_add(e, ERR_SYSTEM, "%.*s (Debian: openmpi-bin)", (int)strcspn(why.text, "\n"), why.text);
}

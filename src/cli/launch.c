// How a run gets its ranks: by the launcher that started us, or by one that we start.
#include "cli/launch.h"

#include "base/mem.h"
#include "comm/comm.h"
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

// What Open MPI has to know. The user's own settings stay.
static void set_environment(int workers)
{
    if (geteuid() == 0) { // mpirun refuses root unless told twice; in a container root is the only user
        setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
    }
    setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
    setenv("OMPI_MCA_hwloc_base_binding_policy", "none",
        0);                           // its default would bind the threads of two ranks to one core each
    setenv("OMPI_MCA_pml", "ob1", 0); // all on this node: shared memory, no search for a fast network
    if (isatty(STDERR_FILENO))
        setenv("HOURGLASS_TERMINAL", "1", 0);
    if (workers > launch_cores()) {
        setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
        setenv("OMP_WAIT_POLICY", "passive", 0);
    }
}

int launch_ranks(int ranks, bool is_wish, int threads, int argc, char **argv, struct err *e)
{
    int launched = comm_launched_size();
    if (launched > 1 && is_wish && launched != ranks)
        return err_add(e, ERR_USAGE, "--ranks: found %d, but a launcher has started %d: leave it out", ranks, launched);
    if (ranks <= 1 || comm_has_launcher())
        return 0;
    set_environment(ranks * (threads ? threads : 1));
    char self[4096] = "";
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return err_errno(e, "cannot find the program's own file");
    char **arguments = mem_new((size_t)argc + 6, sizeof *arguments);
    int n = 0;
    arguments[n++] = mem_text("mpirun");
    arguments[n++] = mem_text("-q"); // our own messages say what is wrong
    arguments[n++] = mem_text("-n");
    arguments[n++] = mem_format("%d", ranks);
    arguments[n++] = self;
    for (int i = 0; i < argc; i++)
        arguments[n++] = argv[i];
    execvp("mpirun", arguments);
    if (!is_wish)
        return 0; // one rank does as well
    return err_errno(e, "cannot start mpirun (Debian: openmpi-bin)");
}

// Finds a launcher of the MPI library. If another library's launcher starts ranks, each of them believes that it is
// alone, trains everything and writes the same files. So we ask a launcher for its version before we use it.
#include "comm/launcher.h"

#include "base/command.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE = 10 }; // seconds that a launcher may take to print its version

#ifndef HOURGLASS_MPIEXEC // CMake sets it to the launcher that it found next to the library
#define HOURGLASS_MPIEXEC ""
#endif

// --- which one

static bool is_open_mpi(enum mpi_flavour f)
{
    return f == FLAVOUR_OPEN_MPI_4 || f == FLAVOUR_OPEN_MPI_5;
}

enum mpi_flavour launcher_parse(const char *answer, char release[64])
{
    const char *open = strstr(answer, "(Open MPI) ");
    const char *rte = strstr(answer, "(OpenRTE) "); // mpiexec of Open MPI 4
    const char *hydra = strstr(answer, "HYDRA build details");
    const char *number = hydra ? strstr(hydra, "Version:") : NULL;
    char word[40] = "";

    release[0] = 0;
    if ((open && sscanf(open, "(Open MPI) %39s", word) == 1) || (rte && sscanf(rte, "(OpenRTE) %39s", word) == 1)) {
        snprintf(release, 64, "Open MPI %s", word);
        return mpi_flavour_of_open_mpi(word);
    }
    if (number && sscanf(number, "Version: %39s", word) == 1) {
        snprintf(release, 64, "MPICH %s", word);
        return FLAVOUR_MPICH;
    }
    if (strstr(answer, "Intel(R) MPI")) {
        snprintf(release, 64, "Intel MPI");
        return FLAVOUR_MPICH;
    }

    return FLAVOUR_UNKNOWN;
}

// Returns true if a launcher belongs to the loaded library, or if either of them is unknown.
static bool belongs_to_library(enum mpi_flavour f)
{
    enum mpi_flavour library = mpi_flavour();
    return f == FLAVOUR_UNKNOWN || library == FLAVOUR_UNKNOWN || is_open_mpi(f) == is_open_mpi(library);
}

// Appends "COMMAND: TEXT" to the list of reasons.
static void add_reason(char **reasons, const char *command, const char *text)
{
    char *longer = mem_format("%s%s%s: %s", *reasons, **reasons ? ", " : "", command, text);
    free(*reasons);
    *reasons = longer;
}

// Fills *l and returns true if the command can be started and belongs to the library. If not, adds the reason to
// *reasons. A launcher that prints no name, such as a wrapper of a site, counts as one of the library's.
static bool try_command(const char *command, struct launcher *l, char **reasons)
{
    const char *const arguments[] = {command, "--version", NULL};
    char answer[4096];
    char release[64];

    if (command_output(arguments, NULL, PATIENCE, answer, sizeof answer) < 0) {
        add_reason(reasons, command, "not found");
        return false;
    }

    enum mpi_flavour f = launcher_parse(answer, release);
    if (!belongs_to_library(f)) {
        char of_release[80];
        snprintf(of_release, sizeof of_release, "of %s", release);
        add_reason(reasons, command, of_release);
        return false;
    }

    l->flavour = f ? f : mpi_flavour();
    l->path = mem_text(command);
    if (*release)
        snprintf(l->name, sizeof l->name, "%.80s (%s)", command, release);
    else
        snprintf(l->name, sizeof l->name, "%.80s", command);

    return true;
}

int launcher_find(struct launcher *l, struct err *e)
{
    const char *wish = getenv("HOURGLASS_MPIEXEC");
    const char *const commands[] = {wish ? wish : HOURGLASS_MPIEXEC, "mpirun", "mpiexec"};
    size_t n = wish ? 1 : sizeof commands / sizeof *commands;
    char *why = mem_text("");
    bool is_found = false;

    *l = (struct launcher){0};
    for (size_t i = 0; !is_found && i < n; i++)
        is_found = *commands[i] && try_command(commands[i], l, &why);

    if (!is_found)
        err_add(e, ERR_SYSTEM,
            "no launcher of %s, which this program uses (%s%s): load its module, or name its mpirun in "
            "HOURGLASS_MPIEXEC",
            mpi_library(), why, getenv("PATH") ? "" : "; PATH is not set");
    free(why);
    return is_found ? 0 : -1;
}

void launcher_free(struct launcher *l)
{
    free(l->path);
    *l = (struct launcher){0};
}

// --- options and variables of a launcher

const char *launcher_quiet_option(const struct launcher *l)
{
    return l->flavour == FLAVOUR_OPEN_MPI_4 ? "-q" : NULL; // the other launchers have none
}

int launcher_signal(enum mpi_flavour flavour, int code)
{
    if (flavour == FLAVOUR_MPICH) // hydra's exit code is the signal's number; our own codes are below 4, 10 or above 63
        return code > 3 && code < 64 ? code : 0;
    return code > 128 ? code - 128 : 0;
}

// Returns true if a batch system may have allocated other nodes to us.
static bool is_in_allocation(void)
{
    static const char *const signs[] = {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "PE_HOSTFILE", "FLUX_URI"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (getenv(signs[i]))
            return true;
    return false;
}

static void set_open_mpi_4(void)
{
    setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
    // By default, if there are two ranks, all threads of a rank are bound to one core.
    setenv("OMPI_MCA_hwloc_base_binding_policy", "none", 0);
    // If an exit code is not 0, mpirun would sleep twice for this time, one second by default. supervise() stops ranks
    // in another way.
    setenv("OMPI_MCA_odls_base_sigkill_timeout", "0", 0);
}

// Does the same as set_open_mpi_4, for Open MPI 5. Its launcher is PRRTE, which ignores the variables of Open MPI 4.
static void set_open_mpi_5(void)
{
    setenv("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe", 0);
    setenv("PRTE_MCA_hwloc_default_binding_policy", "none", 0);
    if (!is_in_allocation())
        setenv("OMPI_MCA_btl", "self,sm", 0); // without TCP, which reports problems of network cards that we do not use
}

void launcher_environment(enum mpi_flavour flavour, bool are_crowded)
{
    if (geteuid() == 0) { // mpirun refuses root unless both are set; in a container root is the only user
        setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
    }

    if (flavour == FLAVOUR_OPEN_MPI_4)
        set_open_mpi_4();
    if (flavour == FLAVOUR_OPEN_MPI_5)
        set_open_mpi_5();

    setenv("OMPI_MCA_pml", "ob1", 0);               // all ranks are on this node: no search for a fast network
    setenv("HWLOC_COMPONENTS", "-pci,-linuxio", 0); // ranks do not read the places of all devices of the node
    if (are_crowded)
        setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
}

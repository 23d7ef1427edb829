// Finds the launcher of the MPI library that this program uses. Knows the launcher's options and the meaning of its
// exit code.
#pragma once

#include "base/err.h"
#include "comm/mpi_library.h"
#include <stdbool.h>

struct launcher {
    char *path; // owned; for execvp
    enum mpi_flavour flavour;
    char name[160]; // "/usr/bin/mpirun (Open MPI 4.1.4)"
};

// Returns the flavour of the launcher that printed `answer` for --version, and writes its name and version ("Open MPI
// 5.0.7") to `release`. Returns FLAVOUR_UNKNOWN and writes an empty string if we do not know it.
enum mpi_flavour launcher_parse(const char *answer, char release[64]);

// Finds the launcher that starts ranks. If HOURGLASS_MPIEXEC is set, it is the only candidate; otherwise the candidates
// are the launcher of the build, and mpirun and mpiexec in PATH. Takes the first one that belongs to the loaded
// library. Returns -1 and an error that says of each candidate whether it was not found or belongs to another MPI,
// under which each rank would believe that it is the only one. The caller frees *l with launcher_free.
int launcher_find(struct launcher *l, struct err *e);
void launcher_free(struct launcher *l);

// Returns the option that makes the launcher print no explanation of an exit code other than 0, or NULL if it has none.
const char *launcher_quiet_option(const struct launcher *l);

// Returns the signal that killed a rank, according to the launcher's exit code, or 0 if no signal did. MPICH's launcher
// ends with 10 for SIGUSR1, and also for ERR_ALERT: the caller must know whether a rank has ended with that.
int launcher_signal(enum mpi_flavour flavour, int code);

// Sets the variables that the launcher and its ranks need when all ranks are on this node. Does not change variables
// that the user set. `are_crowded`: there are more threads than cores.
void launcher_environment(enum mpi_flavour flavour, bool are_crowded);

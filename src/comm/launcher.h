// The launchers of the MPI libraries: which one belongs to this program, how it is called, what its exit code means.
#pragma once

#include "base/err.h"
#include "comm/mpi_library.h"
#include <stdbool.h>

struct launcher {
    char *path; // owned; for execvp
    enum mpi_flavour flavour;
    char name[160]; // "/usr/bin/mpirun (Open MPI 4.1.4)"
};

// Returns the flavour that a launcher's answer to --version names, and writes name and version ("Open MPI 5.0.7") to
// `release`. Returns FLAVOUR_UNKNOWN, and writes an empty string, if it is none that we know.
enum mpi_flavour launcher_parse(const char *answer, char release[64]);

// Finds the launcher to start ranks with. The candidates are HOURGLASS_MPIEXEC only, if it is set, or else the launcher
// of the build, and mpirun and mpiexec in PATH; the first that belongs to the loaded library is taken. Returns -1 with
// an error that says why each does not do: it is not found, or it is of another MPI, each of whose ranks would believe
// it is the only one. The caller frees *l with launcher_free.
int launcher_find(struct launcher *l, struct err *e);
void launcher_free(struct launcher *l);

// Returns the option that keeps the launcher from explaining an exit code that is not 0; NULL if it has none.
const char *launcher_quiet_option(const struct launcher *l);

// Returns the signal that killed a rank, from the launcher's exit code; 0 if none did.
int launcher_signal(enum mpi_flavour flavour, int code);

// Sets the variables that the launcher and its ranks need when all ranks are on this node. The user's own settings
// stay. `are_crowded`: there are more threads than cores.
void launcher_environment(enum mpi_flavour flavour, bool are_crowded);

// The launchers of the MPI libraries: which one belongs to this program, how it is called, what its exit code means.
#pragma once

#include "base/err.h"
#include <stdbool.h>

enum mpi_flavour {
    FLAVOUR_UNKNOWN,
    FLAVOUR_OPEN_MPI_4,
    FLAVOUR_OPEN_MPI_5,
    FLAVOUR_MPICH
}; // Intel MPI and Cray MPICH are MPICH

struct launcher {
    char *path; // owned; as execvp takes it
    enum mpi_flavour flavour;
    char name[160]; // "/usr/bin/mpirun (Open MPI 4.1.4)"
};

// The flavour of the MPI library that this process has loaded. Works before MPI starts.
enum mpi_flavour mpi_flavour(void);

// The flavour and the version ("Open MPI 5.0.7") in what a launcher prints for --version. MPI_UNKNOWN and an empty
// version if it is none of those that we know.
enum mpi_flavour launcher_parse(const char *said, char version[64]);

// Finds the launcher to start ranks with: HOURGLASS_MPIEXEC, or else that of the build, or else mpirun or mpiexec in
// PATH, whichever first belongs to the loaded library. Returns -1 and why there is none: not found, or of another MPI,
// whose ranks would each believe to be alone. The caller frees l with launcher_free.
int launcher_find(struct launcher *l, struct err *e);
void launcher_free(struct launcher *l);

// The option that keeps the launcher from explaining an exit code that is not 0; NULL if it has none.
const char *launcher_quiet_option(const struct launcher *l);

// The signal that killed a rank, from the launcher's exit code; 0 if none did.
int launcher_signal(enum mpi_flavour flavour, int code);

// Sets what the launcher and its ranks must know when all ranks are on this node. The user's own settings stay.
// are_crowded: there are more threads than cores.
void launcher_environment(enum mpi_flavour flavour, bool are_crowded);

// What srun --mpi= must be given for this library: "pmix" or "pmi2".
const char *launcher_srun_type(void);

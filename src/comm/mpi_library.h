// Finds out which MPI library this process has loaded. All of this works before MPI starts.
#pragma once

enum mpi_flavour {
    FLAVOUR_UNKNOWN,
    FLAVOUR_OPEN_MPI_4,
    FLAVOUR_OPEN_MPI_5,
    FLAVOUR_MPICH // also Intel MPI and Cray MPICH
};

// Returns the name and version of the library, such as "Open MPI 4.1.4". Several threads must not call it at the same
// time.
const char *mpi_library(void);

enum mpi_flavour mpi_flavour(void);

// Returns the flavour of Open MPI whose version begins with `number`.
enum mpi_flavour mpi_flavour_of_open_mpi(const char *number);

// Returns the value of srun --mpi= that this library needs: "pmix" or "pmi2".
const char *mpi_srun_type(void);

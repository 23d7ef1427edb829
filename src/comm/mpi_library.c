// Asks the loaded MPI library for its name.
#include "comm/mpi_library.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Takes the name and the version from the library's description of itself:
//   Open MPI    "Open MPI v4.1.4, package: ..."
//   MPICH       "MPICH Version:\t4.0.2\nMPICH Release date: ..."
//   Cray MPICH  "MPI VERSION    : CRAY MPICH version 8.1.25.17 (ANL base 3.4a2)\n..."
const char *mpi_library(void)
{
    static char name[MPI_MAX_LIBRARY_VERSION_STRING];
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;

    MPI_Get_library_version(text, &length);
    text[strcspn(text, ",\n")] = 0;
    const char *start = strncmp(text, "MPI VERSION", 11) == 0 ? text + strcspn(text, ":") : text;
    start += strspn(start, ": ");
    snprintf(name, sizeof name, "%s", start);

    char *v = strstr(name, " v");
    char *label = strstr(name, " Version:");
    if (label)
        memmove(label + 1, label + 10, strlen(label + 10) + 1); // also moves the tab after the version
    else if (v && v[2] >= '0' && v[2] <= '9')
        memmove(v + 1, v + 2, strlen(v + 2) + 1);

    return name;
}

enum mpi_flavour mpi_flavour_of_open_mpi(const char *number)
{
    return atoi(number) >= 5 ? FLAVOUR_OPEN_MPI_5 : FLAVOUR_OPEN_MPI_4;
}

enum mpi_flavour mpi_flavour(void)
{
    static const char open_mpi[] = "Open MPI ";
    const char *name = mpi_library();
    if (strncmp(name, open_mpi, sizeof open_mpi - 1) == 0)
        return mpi_flavour_of_open_mpi(name + sizeof open_mpi - 1);
    return strcasestr(name, "MPICH") || strstr(name, "Intel(R) MPI") ? FLAVOUR_MPICH : FLAVOUR_UNKNOWN;
}

const char *mpi_srun_type(void)
{
    return mpi_flavour() == FLAVOUR_MPICH ? "pmi2" : "pmix";
}

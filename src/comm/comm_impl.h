// Declares what the files of comm/ share: the MPI communicator inside a struct comm. No other header includes mpi.h.
#pragma once

#include "comm/comm.h"
#include <mpi.h>

struct comm_handle {
    MPI_Comm mpi;
    int local_size; // ranks on this node; 0: not asked yet
};

// Returns the communicator, which still belongs to comm.
MPI_Comm comm_mpi(const struct comm *comm);

// How fast this machine trains: the costliest trial of a plan, for a fraction of a second.
#pragma once

#include "trial/plan.h"

struct calibration {
    double rate;       // floating-point operations per second of a team
    size_t bytes;      // that the largest trial needs on each rank of a team of `ranks`, in addition to the data
    size_t data_bytes; // of data that each rank converts for itself
};
// Trains on a part of the data with a team of one rank, after MPI has started, for a run with teams of `ranks`. Returns
// -1 and an error if there is not enough memory.
int calibrate(const struct experiment *x, const struct plan *p, const struct team *team, int ranks,
    struct calibration *out, struct err *e);

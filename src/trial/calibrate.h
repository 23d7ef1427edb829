// How fast this machine trains: the costliest trial of a plan, for a fraction of a second.
#pragma once

#include "trial/plan.h"

struct calibration {
    double rate;  // floating-point operations a second of a team
    size_t bytes; // that the largest trial needs on each rank of a team of `ranks`, in addition to the data
};
// Trains on a part of the data with `threads` of this process, after MPI has started. Returns -1 and an error if there
// is not enough memory.
int calibrate(const struct experiment *x, const struct plan *p, const struct comm *self, int ranks, int threads,
    struct calibration *out, struct err *e);

// Measures how fast this machine trains: runs the costliest trial of a plan for a fraction of a second.
#pragma once

#include "trial/plan.h"

struct calibration {
    double rate;       // floating-point operations per second of this team
    size_t bytes;      // memory of the largest trial on each rank of a team of `ranks`, without the data
    size_t data_bytes; // memory of the data that each rank converts for itself
};
// Trains on a part of the data, with a team of one rank; call it after MPI has started. `ranks` is the size of the
// run's teams. Returns -1 and an error if there is not enough memory.
int calibrate(const struct experiment *x, const struct plan *p, const struct team *team, int ranks,
    struct calibration *out, struct err *e);

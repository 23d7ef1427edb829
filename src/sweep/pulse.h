// A thread beside the main one that shows that this process lives.
#pragma once

#include "sweep/lease.h"

struct pulse;
// Begins to touch the lease (world rank 0; NULL: this rank has none) every second. Calls no MPI but to end the job when
// another run has taken the folder.
struct pulse *pulse_start(const struct lease *lease, struct err *e);
void pulse_stop(struct pulse **p); // NULL-safe

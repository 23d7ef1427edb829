// Shows on a terminal how far a run is: a bar with the time left.
#pragma once

#include "trial/work_order.h"

struct progress;
// Returns a bar for `trials` trials, which cost `operations` floating-point operations in total and run on `groups`
// groups in parallel.
struct progress *progress_new(int trials, double operations, int groups);
void progress_free(struct progress **p);
// Counts a trial that has ended and cost `operations`.
void progress_done(struct progress *p, double operations);
// Draws the bar, at most ten times per second. `order` is this rank's current trial, of which epochs_done epochs are
// done (NAN: it is being scored).
void progress_show(struct progress *p, const struct order *order, double epochs_done);

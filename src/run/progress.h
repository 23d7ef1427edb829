// How far a run is: a bar with the time left, on a terminal.
#pragma once

#include "trial/work_order.h"

struct progress;
// Returns a bar for that many trials, which cost `operations` floating-point operations in total, on `groups` groups at
// a time.
struct progress *progress_new(int trials, double operations, int groups);
void progress_free(struct progress **p);
// Notes that a trial has ended, whose cost is `operations`.
void progress_done(struct progress *p, double operations);
// Draws the bar, at most ten times per second. `order` is this rank's own trial; epochs_done is how far it is (NAN:
// scoring).
void progress_show(struct progress *p, const struct order *order, double epochs_done);

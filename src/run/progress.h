// How far a run is: a bar with the time left on a terminal.
#pragma once

#include "trial/work_order.h"

struct progress;
// `trials` trials of `operations` expected floating-point operations in all, on `groups` groups at a time.
struct progress *progress_new(int trials, double operations, int groups);
void progress_free(struct progress **p);
void progress_done(struct progress *p, double operations); // a trial ended
// Draws, at most ten times a second: `order` is this rank's own trial, epochs_done how far it is (NAN: scoring).
void progress_show(struct progress *p, const struct order *order, double epochs_done);

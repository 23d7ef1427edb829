// Writes the time steps of files that are not data sets to a file of scores. Their number is known only at the end, so
// they are kept in unnamed files.
#pragma once

#include "apply/score_pass.h"

// On rank 0 only. Prepares to keep the steps of the windows of a pass.
struct new_steps;
struct new_steps *new_steps_begin(struct score_pass *p);
// Adds the errors of the windows [first, first + n), in order. Returns -1 and an error on failure.
int new_steps_add(struct new_steps *s, int64_t first, int64_t n, const float *error, struct err *e);
// Completes the outcome of the pass, and writes the group of the steps with their metrics. Returns -1 and an error on
// failure.
int new_steps_write(struct new_steps *s, struct store_file *f, struct err *e);
void new_steps_free(struct new_steps **s); // NULL-safe

// Computes the error of each time step from the errors of the windows that cover it.
#pragma once

#include "base/err.h"
#include "data/dataset.h"
#include <stdint.h>

// The error of a step, from the errors of the windows that cover it. Windows without an error do not count.
enum step_rule {
    STEP_MEAN,   // the mean
    STEP_MAX,    // the largest
    STEP_CENTER, // the error of the window whose center is nearest; of two such windows, the earlier one
    STEP_LAST,   // the error of the window that ends first, usually at this step
};
extern const char *const step_rule_names[];

// Receives the errors of the next n steps; NaN for steps that no window with an error covers. Returns 0, or -1 and an
// error on failure.
typedef int (*step_sink)(void *context, int64_t n, const float *error, struct err *e);

// A stream that receives the errors of windows, in the order of the windows, and passes the errors of all steps to the
// sink, in order. It needs memory for one window.
struct step_errors;
struct step_errors *step_errors_new(enum step_rule rule, int64_t length, step_sink sink, void *context);
void step_errors_free(struct step_errors **s); // NULL-safe
// Adds the error of the next window, which begins at step `first`. Returns 0, or -1 and an error if the sink failed.
int step_errors_add(struct step_errors *s, int64_t first, float error, struct err *e);
// Ends the stream, which then has `steps` steps. Returns 0, or -1 and an error if the sink failed.
int step_errors_end(struct step_errors *s, int64_t steps, struct err *e);
// Of the steps that were passed to the sink, returns the number that no window covers.
int64_t step_errors_uncovered(const struct step_errors *s);

// Returns the errors of the time steps of `d` (d->steps->n), owned by the caller, from the errors of its windows
// (d->rows). Returns NULL and an error if memory runs out.
float *step_errors_of(const struct dataset *d, enum step_rule rule, const float *error, struct err *e);

// Errors of time steps: each step gets its error from those of the windows that cover it.
#pragma once

#include "base/err.h"
#include "data/dataset.h"
#include <stdint.h>

// What a step takes from the windows that cover it. Windows without an error do not count.
enum step_rule {
    STEP_MEAN,   // their mean
    STEP_MAX,    // the largest
    STEP_CENTER, // that of the window whose center is the nearest; the earlier one of two
    STEP_LAST,   // that of the window that ends first, mostly at this step
};
extern const char *const step_rule_names[];

// Takes the errors of the next n steps, NaN for those that no window with an error covers. Returns -1 and an error on
// failure.
typedef int (*step_sink)(void *context, int64_t n, const float *error, struct err *e);

// A stream: the errors of windows go in, in the order of the windows, and those of all steps come out, in order. It
// needs memory for one window.
struct step_errors;
struct step_errors *step_errors_new(enum step_rule rule, int64_t length, step_sink sink, void *context);
void step_errors_free(struct step_errors **s); // NULL-safe
// Adds the window that begins at step `first`, after the one before. Returns -1 and an error if the sink failed.
int step_errors_add(struct step_errors *s, int64_t first, float error, struct err *e);
// Ends the stream after step steps - 1. Returns -1 and an error if the sink failed.
int step_errors_end(struct step_errors *s, int64_t steps, struct err *e);
// Returns how many of the steps that came out no window covers.
int64_t step_errors_uncovered(const struct step_errors *s);

// Returns the errors of the steps of `d` (d->steps->n), owned by the caller, from those of its windows. Returns NULL
// and an error if memory runs out.
float *step_errors_of(const struct dataset *d, enum step_rule rule, const float *error, struct err *e);

// Names the kind of a trial: what its model learns, and how it is scored. Trials of one kind make similar mistakes, so
// an ensemble gives each kind one vote.
#pragma once

#include "spec/spec.h"
#include <stdbool.h>

// Returns the kind of the trial that a stored spec describes, in new memory, such as "swap_noise/mse".
// experiments/README.md has the table of kinds.
char *trial_kind(const struct node *spec);
// Returns true if the trial's errors are logarithms or ranks, so that their differences and not their ratios count.
bool trial_error_is_log(const struct node *spec);

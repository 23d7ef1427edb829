// Names the kind of a trial: what its model learns, and how it is scored. Trials of one kind make similar mistakes, so
// an ensemble gives each kind one vote.
#pragma once

#include "spec/spec.h"
#include <stdbool.h>

// Returns the kind of the trial that a stored spec describes, in new memory, such as "swap_noise/mse".
// experiments/README.md has the table of kinds.
char *trial_kind(const struct node *spec);
// Returns true if the logarithm of the trial's errors is taken before they are combined with others. Errors that are
// logarithms or ranks already are taken as they are.
bool trial_error_takes_log(const struct node *spec);

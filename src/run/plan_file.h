// Writes and reads state/plan-<part>, which lists the trials of a run for other processes that look at the folder. Each
// line holds the id of a trial and its expected cost in floating-point operations.
#pragma once

#include "trial/plan.h"

int plan_file_write(const struct plan *plan, const char *folder, int part, struct err *e);

struct plan_line {
    char id[TRIAL_ID_LENGTH + 1];
    double operations;
};
// Returns the lines (*n) in new memory, in the order of the sweep, or NULL if there is no such file. Returns NULL and
// an error if the file is damaged.
struct plan_line *plan_file_read(const char *folder, int part, int *n, struct err *e);

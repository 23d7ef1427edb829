// state/plan-<part>: what a run set out to do, for whoever looks at the folder: a line a trial, its id and the
// floating-point operations expected of it.
#pragma once

#include "trial/plan.h"

int plan_file_write(const struct plan *plan, const char *folder, int part, struct err *e);

struct plan_line {
    char id[TRIAL_ID_LENGTH + 1];
    double operations;
};
// Returns new memory (*n), in the order of the sweep; NULL if there is no such file. A file that holds anything else is
// not used: NULL and an error.
struct plan_line *plan_file_read(const char *folder, int part, int *n, struct err *e);

// Finds the rows of new data that a list of scores names, with their reconstructions.
#pragma once

#include "apply/explain.h"

// A row or, if samples are windows, a time step.
struct row_wish {
    int64_t place; // number of the row in all data; used only if samples are not windows
    int file;      // of a time step: number of its file, 0 in a split
    int64_t row;   // of a time step: its number in the file
};
struct row_wishes {
    struct row_wish *v; // (n), owned
    int n;
};

// Collective over team->comm. Scores the data and keeps, on rank 0, the rows of the wishes in their order. A time step
// is shown by the window with the largest error that covers it; each window appears once. Wishes for rows that the data
// does not have are left out. Returns -1 and an error on every rank on failure. The caller frees `out` in any case.
int pick_rows(const struct team *team, const struct score_job *job, const struct row_wishes *wishes,
    struct explained_rows *out, struct score_outcome *outcome, struct err *e);

// Writes to a file of scores which features explain the errors of single rows: the rows above the threshold, or all
// rows if no threshold is known. The number of these rows is known only at the end, so the features are kept in unnamed
// files until then.
#pragma once

#include "apply/score_pass.h"
#include "apply/spool.h"

// Zero it to start.
struct tops_file {
    struct spool sample, feature, share; // row numbers (int64); BLAME_TOP features (int32) and shares (float) per row
    int64_t n;                           // number of rows that are explained
};

// Adds the explained rows among rows [first, first + rows) of a piece. Returns -1 and an error on failure.
int tops_file_add(struct tops_file *t, const struct score_pass *p, int64_t first, int64_t rows, struct err *e);
// Writes the arrays, or nothing if no row is explained. Returns -1 and an error on failure.
int tops_file_write(struct tops_file *t, const struct score_pass *p, struct store_file *f, struct err *e);
void tops_file_close(struct tops_file *t);

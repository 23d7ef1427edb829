// What explains the errors of single rows most, in a file of scores: only rows above the threshold have it, or all if
// no threshold is known. Their number is known at the end, so they wait in unnamed files.
#pragma once

#include "apply/score_pass.h"
#include "apply/spool.h"

// Zero it to start.
struct tops_file {
    struct spool sample, feature, share; // int64; int32 and float, BLAME_TOP of each
    int64_t n;                           // rows that are explained
};

// Adds the rows [first, first + rows) of a piece that are explained. Returns -1 and an error on failure.
int tops_file_add(struct tops_file *t, const struct score_pass *p, int64_t first, int64_t rows, struct err *e);
// Writes the arrays; nothing if no row is explained.
int tops_file_write(struct tops_file *t, const struct score_pass *p, struct store_file *f, struct err *e);
void tops_file_close(struct tops_file *t);

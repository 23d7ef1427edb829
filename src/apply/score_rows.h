// The rows of files that are no data set, as the input of a pass.
#pragma once

#include "apply/score_pass.h"

// Opens the files of the job on rank 0, for outputs of `width` values per row. Not collective: each rank calls it and
// reports its own errors, and -1. score_rows_free frees what it made, also after a failure.
int score_rows_open(struct score_pass *s, int64_t width, struct err *e);
void score_rows_free(struct score_pass *s);
// Prints what was noted about the files since the last call.
void score_rows_print_notes(struct score_pass *s);

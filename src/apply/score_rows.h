// Makes the rows of files that are not data sets the input of a pass.
#pragma once

#include "apply/score_pass.h"

// Opens the files of the job on rank 0. All outputs together have `width` values per row. Not collective: each rank
// calls it and reports its own errors. Returns -1 and errors on failure. The caller calls score_rows_free in any case.
int score_rows_open(struct score_pass *s, int64_t width, struct err *e);
void score_rows_free(struct score_pass *s);
// Collective. Scales the rows of the piece for the current member of an ensemble, on all ranks.
void score_rows_select(struct apply *a);
// Collective over `team`. Scales the rows of the piece again, only on the ranks of a team that begins with rank 0.
void score_rows_rescale(struct score_pass *s, const struct scaling *scaling, const struct team *team);
// Prints the notes and warnings about the files since the last call; if the job is silent, only drops them.
void score_rows_print_notes(struct score_pass *s);

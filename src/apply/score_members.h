// The models of a pass that computes scores: a single one, or the members of an ensemble.
#pragma once

#include "apply/score_pass.h"

// Sets the models of the pass, s->member and s->apply.models, to those of the job.
void score_members_init(struct score_pass *s);
void score_members_free(struct score_pass *s);
// Returns the number of floats per row that an ensemble needs besides the outputs of the pass; 0 for a single model.
int64_t score_members_width(const struct score_pass *s);
// Prepares the open input of an ensemble for all of its members. Returns -1 and an error if its rows do not fit one of
// them, or if memory runs out.
int score_members_open(struct score_pass *s, struct err *e);

// Returns the errors that the current member of an ensemble stores for row `at` of the piece and those after it.
float *score_member_error_at(const struct score_pass *s, int64_t at);
// Called after each member. After the last one, combines the errors of rows [at, at + rows) of the piece.
void score_members_combine(struct score_pass *s, int64_t at, int rows);
// Adds the current member's shares of the errors of rows to s->member_shares, with the member's weight. y: its
// reconstructions; NULL: it has none.
void score_members_add_shares(struct score_pass *s, const real *y, int64_t at, int rows, const real *x);

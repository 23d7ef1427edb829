// What the members of an ensemble make of single rows, for explanations.
#pragma once

#include "apply/explain.h"

struct score_pass;

// On rank 0, after a piece has passed. Completes those of the n rows that are from this piece: passes each through all
// members and sets y, expected, member_x and member_y. original_rows_add comes first. Rows without x, and rows that are
// complete, are left out. Does nothing for a single model. Returns -1 and an error if the rows cannot be read, or if
// memory runs out.
int member_rows_add(struct score_pass *p, struct explained_row *row, int n, struct err *e);

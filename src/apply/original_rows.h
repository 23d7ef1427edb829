// What explained rows have, and what a model expects, in the units of the data.
#pragma once

#include "apply/explain.h"

struct scaling;
struct score_pass;

// On rank 0, after a piece has passed. Sets `value` and `expected` of those of the n rows that are from this piece; for
// an ensemble, `expected` is that of its lead. Rows without x, and rows that are complete, are left out. Rows whose
// values cannot be found from x, because the scaling smooths, normalizes or limits them, are read once more. Returns -1
// and an error if they cannot be read, or if memory runs out.
int original_rows_add(struct score_pass *p, struct explained_row *row, int n, struct err *e);
// Converts the reconstruction y (columns) of a row that has its `value` to the units of the data, out (columns). If the
// scaling smooths pictures, the result is that of the smoothed picture.
void original_rows_expect(
    const struct score_pass *p, const struct scaling *s, const struct explained_row *row, const float *y, float *out);

// Values of new data that lie far from those of the training data, which other units explain best.
#pragma once

#include "apply/score_pass.h"

// Sets where the training data lies after scaling. That is known only if it was scaled, or if the loss is a
// cross-entropy, whose data lies within [0, 1].
void score_limits_set(struct score_pass *s);
// Counts the values x (rows, columns) beyond the limits. Several threads may call it.
void score_limits_count(struct score_pass *s, int rows, const real *x);
// Collective. Adds up the counts of all ranks on rank 0. Returns -1 and an error if memory runs out.
int score_limits_join(struct score_pass *s, struct err *e);
// Names the columns with most values beyond the limits in out->beyond: "'LB', 'AC' and 9 more".
void score_limits_name_columns(const struct score_pass *s, struct score_outcome *out);

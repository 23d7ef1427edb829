// Finds values of new data that are so far from those of the training data that they probably have other units.
#pragma once

#include "apply/score_pass.h"

// Sets the limits between which the training data is after scaling. They are known only if the data was scaled, or if
// the loss is a cross-entropy, whose data is in [0, 1].
void score_limits_set(struct score_pass *s);
// Counts the values of x (rows, columns) that are beyond the limits, for each feature, and all values that the error
// clips to [0, 1]. Several threads may call it.
void score_limits_count(struct score_pass *s, int rows, const real *x);
// Collective. Adds up the counts of all ranks on rank 0. Returns -1 and an error if memory runs out.
int score_limits_join(struct score_pass *s, struct err *e);
// Writes the names of the columns in which most values are beyond the limits to out->beyond: "'LB', 'AC' and 9 more".
void score_limits_name_columns(const struct score_pass *s, struct score_outcome *out);

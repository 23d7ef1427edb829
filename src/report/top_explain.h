// Names the features that explain most of the errors of a trial's samples.
#pragma once

#include "base/text.h"
#include "data/dataset.h"
#include "leaderboard/row.h"

// Returns new memory, to be freed with top_explainer_free, or NULL if the samples are pictures or their features have
// no names.
struct top_explainer *top_explainer_new(const struct leaderboard_row *trial, const struct dataset *d);
void top_explainer_free(struct top_explainer **x);
// Returns the smallest share that is shown if the largest share is `largest`. If all shares are small, as among many
// features, this limit is lower.
double least_share_shown(double largest);
// Appends the largest shares of a row of the data set, such as "bytes 62 %, proto 20 %, port 9 %". Appends nothing if
// the row has no error.
void top_explain_row(struct top_explainer *x, const struct dataset *d, int32_t row, struct text *t);

// Scores rows with an isolation forest: rows that random splits separate early are anomalous (Liu, Ting and Zhou 2008,
// "Isolation forest").
#pragma once

#include "base/real.h"
#include "data/dataset.h"

struct isolation_forest;

// Grows 100 trees, each on 256 rows (all rows if there are fewer) that are drawn with the seed. Returns NULL and an
// error if memory runs out.
struct isolation_forest *isolation_forest_new(const struct dataset *train, uint64_t seed, struct err *e);
void isolation_forest_free(struct isolation_forest **f); // NULL-safe
// Returns the score of row x, from 0 to 1.
double isolation_forest_score(const struct isolation_forest *f, const real *x);

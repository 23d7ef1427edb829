// Computes principal components as a baseline. Serial: uses one rank and one thread.
#pragma once

#include "score/score.h"

struct pca;

// Returns the first `components` principal components of `train`, or all if it has fewer. Returns NULL and an error if
// memory is short or LAPACK fails.
struct pca *pca_new(const struct dataset *train, int components, struct err *e);
void pca_free(struct pca **p); // NULL-safe
// Returns the errors (d->rows) of the reconstruction from the components, owned by the caller; NaN for rows that are
// not scored. Computes mae or l2 if `error` is one of them, otherwise mse. Returns NULL and an error if memory runs
// out.
float *pca_errors(struct pca *p, const struct dataset *d, enum error error, struct err *e);
// Returns the bytes that pca_new and pca_errors need, without the data.
double pca_bytes(int64_t rows, int columns, int components);

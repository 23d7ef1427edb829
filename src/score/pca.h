// Principal components as a baseline.
#pragma once

#include "score/score.h"

struct pca;
// The first `components` principal components of `train`, or as many as it has. NULL and an error. Serial.
struct pca *pca_new(const struct dataset *train, int components, struct err *e);
void pca_free(struct pca **p);
// Errors (d->rows) of the reconstruction from the components, by the same error (by mse if there is none for them), NaN
// for rows that are not scored; owned by the caller. NULL and an error. Serial.
float *pca_errors(struct pca *p, const struct dataset *d, enum error error, struct err *e);
// Memory that both take, in bytes, beside the data.
double pca_bytes(int64_t rows, int columns, int components);

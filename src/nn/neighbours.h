// The model `neighbours` is not trained: it keeps training rows. The reconstruction of a sample is the mean of the
// nearest rows, and its error is the rank of its distance from them.
//
// It is a model of one layer. The parameters are the rows, their squared norms, and the sorted distances of some of the
// rows from their own neighbours. The caller gathers the rows, and calls neighbours_measure for each piece of
// distances.
#pragma once

#include "nn/nn.h"

extern const struct field neighbours_fields[]; // settings of the section model.neighbours

// Returns true if this is a model `neighbours`, which is fitted to the training rows and not trained.
bool model_is_fitted(const struct model *m);

// model_kept_rows returns the number of rows that the model keeps. model_rows returns their place in the parameters w:
// (rows, values).
int model_kept_rows(const struct model *m);
real *model_rows(const struct model *m, real *w);

// Replaces missing values of the rows in w by 0, computes the squared norms of the rows, and clears the distances.
void neighbours_begin(const struct model *m, real *w);
// neighbours_compared returns how many of the kept rows are compared with the others. neighbours_pieces returns the
// number of pieces in which this is done.
int neighbours_compared(const struct model *m);
int neighbours_pieces(const struct model *m);
// Measures the distances of one piece. Several threads or ranks may measure different pieces at the same time.
void neighbours_measure(const struct model *m, real *w, int piece);
// Returns the distances in w, and sets *n to their number. The caller joins them over the ranks. Each distance is 0
// until it is measured.
real *neighbours_distances(const struct model *m, real *w, size_t *n);
// Sorts the distances. Call it when all pieces were measured.
void neighbours_end(const struct model *m, real *w);

// Sets row (rows) to the error of each row that was last passed forward. For each k, the distance of the row gets a
// rank among the measured distances, from 0 to 1. A distance beyond the largest one gets the rank of the largest, plus
// log(distance / largest). If the largest is 0, the logarithm is log(1 + distance / unit) with a small unit. The error
// is the mean of the ranks over all k. It never falls as the distances grow.
void neighbours_errors(const struct model *m, const real *w, const struct workspace *ws, int rows, float *row);

// The model `neighbours`: no training, but the training rows themselves. Its reconstruction of a sample is the mean of
// the nearest of them, and its error the rank of the distance.
//
// It is a model of one layer, whose parameters are rows, their squared norms, and distances of some of the rows from
// their own neighbours, sorted. The caller gathers the rows, and has the distances measured in pieces.
#pragma once

#include "nn/nn.h"

extern const struct field neighbours_fields[]; // of the section model.neighbours

// Returns true if this is such a model: it is fitted to the training rows, not trained.
bool model_is_fitted(const struct model *m);

// Returns the number of rows that the model keeps, and where they are in the parameters w: (rows, values).
int model_kept_rows(const struct model *m);
real *model_rows(const struct model *m, real *w);

// Computes what follows from the rows in w.
void neighbours_begin(const struct model *m, real *w);
// Returns how many kept rows are compared with the others, and how many pieces they make.
int neighbours_compared(const struct model *m);
int neighbours_pieces(const struct model *m);
// Measures the distances of one piece. Several threads, or ranks, may each measure other pieces.
void neighbours_measure(const struct model *m, real *w, int piece);
// Returns the distances in w and sets *n to their number, to be joined over ranks. Each is 0 until it is measured.
real *neighbours_distances(const struct model *m, real *w, size_t *n);
// Sorts the distances when all are measured.
void neighbours_end(const struct model *m, real *w);

// Computes the error of each row that was last passed forward, into row (rows): for each k, the rank of its distance
// among those that were measured, from 0 to 1, and beyond the largest 1 + log(distance / largest); the mean over k.
void neighbours_errors(const struct model *m, const real *w, const struct workspace *ws, int rows, float *row);

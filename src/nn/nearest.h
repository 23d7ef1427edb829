// Finds the exact nearest rows of a set: candidates by a matrix product in single precision, distances in double.
#pragma once

#include "base/real.h"
#include <stdbool.h>
#include <stdint.h>

// The rows among which neighbours are searched for.
struct nearest_set {
    const real *row;    // (rows, columns), borrowed
    const real *square; // (rows), borrowed: squared norms of the rows
    int rows, columns;
};

struct nearest_row {
    double square; // squared distance
    int32_t number;
};

enum { NEAREST_QUERIES = 256 }; // most rows of one call

// square_norm returns the squared norm of x (n), and square_distance the squared distance of x and y (n). The order of
// the additions is fixed.
double square_norm(const real *x, int n);
double square_distance(const real *x, const real *y, int n);

// Finds the k <= set->rows rows that are nearest to each row of x (queries, columns), in order of distance and then of
// number. Writes them to out (queries, k). With `leaves_out`, the nearest row is left out if it is equal to the row of
// x; k must then be below set->rows. A row of x whose norm is not finite gets no neighbours: all its distances are
// infinite, and all its numbers are -1. The result is exact and does not depend on the instruction set.
void nearest_find(
    const struct nearest_set *set, int queries, const real *x, int k, bool leaves_out, struct nearest_row *out);

// The exact nearest rows of a set: candidates from a matrix product in single precision, distances in double.
#pragma once

#include "base/real.h"
#include <stdbool.h>
#include <stdint.h>

// The rows to search.
struct nearest_set {
    const real *row;    // (rows, columns), borrowed
    const real *square; // (rows), borrowed: their squared norms
    int rows, columns;
};

struct nearest_row {
    double square; // of its distance
    int32_t number;
};

enum { NEAREST_QUERIES = 256 }; // most rows of one call

// Returns the squared norm of x (n), or the squared distance of x and y (n), added in one fixed order.
double square_norm(const real *x, int n);
double square_distance(const real *x, const real *y, int n);

// Finds the k <= set->rows rows nearest to each of the rows x (queries, columns), in order of distance and then of
// number, and writes them to out (queries, k). With `leaves_out`, the nearest row does not count if it is equal to x;
// then k < set->rows. A row of x whose norm is not finite gets no neighbours: all its distances are infinite. The
// result is exact and does not depend on the instruction set.
void nearest_find(
    const struct nearest_set *set, int queries, const real *x, int k, bool leaves_out, struct nearest_row *out);

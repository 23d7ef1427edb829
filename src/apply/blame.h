// Finds the features that explain the error of a row best: those with the largest shares of the row's squared error.
// The features of one column of a table, such as its categories, count as one.
#pragma once

#include "base/real.h"
#include "trial/model_load.h"
#include <stdbool.h>

enum { BLAME_TOP = 3 };

// The things that can be blamed for an error: the columns of a table, the features of a time step, or the values of a
// picture.
struct blame {
    int values;             // values per sample
    int n;                  // number of things to blame
    int *thing;             // (values), owned: the thing that each value belongs to; NULL: each value is a thing
    bool has_column_errors; // the things are columns of a table, and the reference has quantiles of their errors
    float *weight;          // (n), owned: weight of the squared error of each thing; NULL: all are 1
    char **names;           // (n), owned
};

struct blame_share {
    int32_t thing; // -1: none
    float share;   // share of the weighted squared error, in [0, 1]; NaN: the row has no error
};

// Returns the name of a feature of a model in new memory: its name in the data, "feature_3", or the position of a value
// in a picture, such as "12:7".
char *blame_feature_name(const struct trained_model *t, int feature);
// Finds the things to blame, their names and weights. The caller frees `b`.
void blame_init(struct blame *b, const struct trained_model *t);
void blame_free(struct blame *b);
// Sets top (BLAME_TOP) to the largest shares of the error of a row x (values) with reconstruction y, the largest first.
// Missing values explain nothing. error (n) is working space, and holds the weighted squared errors afterwards.
void blame_row(const struct blame *b, const real *x, const real *y, struct blame_share *top, float *error);
// Sets top (BLAME_TOP) to the largest shares of the sum of n weighted squared errors, or of sums of shares.
void blame_largest(const float *error, int n, struct blame_share *top);

// A row, and what one of several models makes of it.
struct blamed_row {
    const real *x, *y; // (values)
    double weight;     // of the model
};
// Adds the share of each thing in the error of a row, times the weight of the model, to share (n). Adds nothing if the
// row has no error. error (n) is working space.
void blame_add_shares(const struct blame *b, const struct blamed_row *row, float *share, float *error);

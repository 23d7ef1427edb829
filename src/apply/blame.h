// Which features explain the error of a row most: their shares of its squared error. The features of one column of a
// table, such as its categories, count as one.
#pragma once

#include "base/real.h"
#include "trial/model_load.h"
#include <stdbool.h>

enum { BLAME_TOP = 3 };

// Something that can be blamed: a column of a table, or a value of a picture.
struct blame {
    int values;             // of a sample
    int n;                  // things to blame
    int *thing;             // (values), owned: of each value; NULL: each value is one
    bool has_column_errors; // each is a column of the table, of whose errors the reference has quantiles
    float *weight;          // (n), owned: of the squared error of each; NULL: all 1
    char **names;           // (n), owned
};

struct blame_share {
    int32_t thing; // -1: none
    float share;   // in [0, 1] of the weighted squared error; NaN: the row has no error
};

// Returns what a feature of a model is called, as new memory: its name in the data, "feature_3", or the place of a
// value in a picture, "12:7".
char *blame_feature_name(const struct trained_model *t, int feature);
// The caller frees `b`.
void blame_init(struct blame *b, const struct trained_model *t);
void blame_free(struct blame *b);
// Sets top (BLAME_TOP) to the largest shares of a row x (values) with reconstruction y, the largest first. Missing
// values explain nothing. error (n) is working space, and afterwards the weighted squared errors.
void blame_row(const struct blame *b, const real *x, const real *y, struct blame_share *top, float *error);

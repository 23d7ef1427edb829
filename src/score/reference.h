// What a model's errors are on the data that it was trained on: a summary that is stored with every model, so that new
// errors can be judged without that data. Thresholds, percentiles and drift are computed from it.
#pragma once

#include "data/dataset.h"
#include "metrics/quantiles.h"
#include "score/score.h"

// Quantiles of single features are computed from at most REFERENCE_ROWS evenly spaced training rows, or fewer if these
// have more than REFERENCE_VALUES values, and only if there are at most REFERENCE_FEATURES features.
enum {
    REFERENCE_FEATURES = 1000,
    REFERENCE_ROWS = 10000,
    REFERENCE_VALUES = 1 << 20,
    REFERENCE_LARGEST = 1000,
};

struct reference {
    int64_t rows;                        // training rows
    double mean, deviation, median, mad; // of their errors; mad: the median of |error - median|
    int levels;                          // 0: nothing is known, as of a file of an earlier version
    double *level;                       // (levels), owned; ascending, from 0 to 1
    double *error, *validation_error;    // (levels), owned: quantiles of the errors; NULL: no such data
    float *largest;                      // (n_largest), owned: the largest training errors, in descending order
    int64_t n_largest;                   // the 5 % largest ones, at least 50 and at most 1000 if there are as many
    int columns;                         // features of a sample; 0: their quantiles are not known
    double *feature_error;               // (columns, levels), owned: quantiles of the squared differences, scaled
    double *value;                       // (columns, levels), owned: quantiles of the values, in original units
    int table_columns;                   // of the table that the features are made of; 0: theirs are not known
    double *column_error; // (table_columns, levels), owned: quantiles of the sums of the squared differences, scaled
};
void reference_free(struct reference *r);

// Summarizes the errors (rows) of the training rows, which have no NaN, in a zeroed *r, except for features. Sets
// *threshold to their quantile at `quantile`. Returns 0, or -1 and an error if memory runs out, with what there is in
// *r.
int reference_add_errors(
    struct reference *r, const float *error, int64_t rows, double quantile, double *threshold, struct err *e);
// Adds the quantiles of the errors (rows) of the validation rows. Rows without an error do not count.
int reference_add_validation(struct reference *r, const float *error, int64_t rows, struct err *e);
// Returns how many evenly spaced rows of a data set the quantiles of features are computed from; 0: it has too many
// features.
int64_t reference_sample_rows(const struct dataset *d);
// Returns the quantiles (columns, levels) of each column of values (rows, columns), owned by the caller. NaN values do
// not count. Returns NULL and an error if memory runs out.
double *reference_column_quantiles(
    const struct reference *r, const float *values, int64_t rows, int columns, struct err *e);

// The tables of the errors, of feature `column`, and of a column of the table. They are empty (n = 0) if that is not
// known.
struct quantiles reference_errors(const struct reference *r);
struct quantiles reference_feature_errors(const struct reference *r, int column);
struct quantiles reference_column_errors(const struct reference *r, int number);
struct quantiles reference_values(const struct reference *r, int column);
// Returns the quantile of the training errors at `level`. It is exact among the stored largest errors and at stored
// levels, and interpolated elsewhere. NaN if nothing is known.
double reference_quantile(const struct reference *r, double level);

// Summarizes a model's errors on its training data. The summary is stored with every model, so that new errors can be
// judged without that data. Thresholds, percentiles and drift are computed from it.
#pragma once

#include "data/dataset.h"
#include "metrics/quantiles.h"
#include "score/score.h"

// Quantiles of single features are computed from evenly spaced training rows: at most REFERENCE_ROWS rows with at most
// REFERENCE_VALUES values in total. They are not computed if there are more than REFERENCE_FEATURES features.
enum {
    REFERENCE_FEATURES = 1000,
    REFERENCE_ROWS = 10000,
    REFERENCE_VALUES = 1 << 20,
    REFERENCE_LARGEST = 1000,
};

struct reference {
    int64_t rows;                        // training rows
    double mean, deviation, median, mad; // of the errors of these rows; mad: the median of |error - median|
    int levels;                          // 0: nothing is known, for example because an earlier version wrote the file
    double *level;                       // (levels), owned; ascending, from 0 to 1
    double *error, *validation_error;    // (levels), owned: quantiles of the errors; NULL: no such data
    float *largest;                      // (n_largest), owned: the largest training errors, in descending order
    int64_t n_largest;     // 5 % of the rows, but at least 50 and at most 1000; all rows if there are fewer
    int columns;           // features of a sample; 0: their quantiles are not known
    double *feature_error; // (columns, levels), owned: quantiles of the squared differences, scaled
    double *value;         // (columns, levels), owned: quantiles of the values, in original units
    int table_columns;     // columns of the table that the features are made of; 0: their quantiles are not known
    double *column_error;  // (table_columns, levels), owned: quantiles of a column's sum of squared differences, scaled
};
void reference_free(struct reference *r);

// Summarizes the errors (rows) of the training rows, none of which is NaN, in a zeroed *r. Does not add the quantiles
// of features. Sets *threshold to the quantile of the errors at level `quantile`. Returns 0, or -1 and an error if
// memory runs out. The caller frees *r in both cases.
int reference_add_errors(
    struct reference *r, const float *error, int64_t rows, double quantile, double *threshold, struct err *e);
// Adds the quantiles of the errors (rows) of the validation rows. Rows without an error do not count. Returns 0, or -1
// and an error if memory runs out.
int reference_add_validation(struct reference *r, const float *error, int64_t rows, struct err *e);
// Returns the number of evenly spaced rows of a data set from which the quantiles of its features are computed, or 0 if
// it has too many features.
int64_t reference_sample_rows(const struct dataset *d);
// Returns the quantiles (columns, levels) of each column of values (rows, columns), owned by the caller. NaN values do
// not count. Returns NULL and an error if memory runs out.
double *reference_column_quantiles(
    const struct reference *r, const float *values, int64_t rows, int columns, struct err *e);

// Return the quantiles of the errors of rows, of the errors of feature `column`, of the errors of table column
// `number`, and of the values of feature `column`. They are empty (n = 0) if they are not known.
struct quantiles reference_errors(const struct reference *r);
struct quantiles reference_feature_errors(const struct reference *r, int column);
struct quantiles reference_column_errors(const struct reference *r, int number);
struct quantiles reference_values(const struct reference *r, int column);
// Returns the share of the training errors that are above x. It is exact among the stored largest errors. Elsewhere it
// follows from the stored quantiles; of several levels with the same quantile, the highest counts. Returns NaN if
// nothing is known.
double reference_share_above(const struct reference *r, double x);
// Returns the quantile of the training errors at `level`. It is exact among the stored largest errors and at stored
// levels, and interpolated elsewhere. Returns NaN if nothing is known.
double reference_quantile(const struct reference *r, double level);

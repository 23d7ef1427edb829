// Scoring: the reconstruction error of every sample, and with labels how well it tells anomalies from normal samples.
#pragma once

#include "metrics/metrics.h"
#include "train/train.h"

// --- the section `score:`
enum threshold_method { THRESHOLD_QUANTILE, THRESHOLD_MEAN_STD, THRESHOLD_BEST_F1 };
enum baseline { BASELINE_NONE, BASELINE_PCA };
enum save { SAVE_CODE = 1, SAVE_RECONSTRUCTION = 2, SAVE_FEATURE_ERROR = 4 };
struct score_config {
    int error;       // enum error
    int64_t samples; // of the code, for errors of variational models
    int threshold;   // enum threshold_method
    double quantile, deviations;
    unsigned save; // of enum save
    int baseline;
};
extern const struct field score_fields[];
extern const char *const threshold_names[];
int score_config_read(const struct node *section, struct score_config *c, struct err *e);
struct node *score_config_write(const struct score_config *c);

// --- the error of a row
struct row_error {
    enum error error;
    int samples;
    uint64_t seed; // of the samples
};
struct row_error row_error_of(const struct score_config *c, const struct train_config *t);
// Errors into row (rows), at most PASS_ROWS, of rows that have passed forward; they are the rows `first`, ... of their
// data set, which is what their samples hang on. Afterwards model_reconstruct gives the reconstruction (of a
// variational model that of the mean code).
void row_errors(const struct row_error *r, const struct model *m, const real *w, struct workspace *ws, int64_t first,
    int rows, const real *x, float *row);

// Of rows whose errors are computed: NaN for those that the model cannot take (is_unscored (rows); NULL: none), and in
// `values` (rows, width; NULL: none) as well. A row that it can take and whose error is no number is beyond all bounds:
// INFINITY.
void row_errors_mark(const int8_t *is_unscored, int rows, float *row);
void row_values_mark(const int8_t *is_unscored, int rows, int64_t width, float *values);

// --- scores of one data set
// Every rank holds the bulk arrays of the rows [first, last) that it visited; rank 0 of the team holds all errors.
struct scores {
    const struct dataset *data; // borrowed
    int64_t first, last;        // this rank's rows
    int columns, code_size;
    float *error;          // (data->rows), owned; complete on rank 0
    float *code;           // (last - first, code_size), owned; NULL unless saved
    float *reconstruction; // (last - first, columns), owned; NULL unless saved
    float *feature_error;  // (last - first, columns), owned: squared difference; NULL unless saved
};
// Collective over team->comm. `save` as in the config. -1 and the same error on all ranks without memory; 1 where
// REQUEST_STOP cut it short on one.
int scores_compute(const struct team *team, const struct model *m, const real *w, const struct dataset *d,
    const struct row_error *error, unsigned save, struct scores *out, struct err *e);
void scores_free(struct scores *s);

// --- what the errors of one data set say, on rank 0
struct evaluation {
    double mean, largest; // error over the samples that have one
    int64_t unscored;     // samples whose error is NaN: they count in nothing else
    int64_t clipped;      // values that the cross-entropy took as 0 or 1, because they lie outside
    double threshold;     // a sample with a higher error is called anomalous; NaN: no threshold is known
    bool has_labels;      // all below is 0 or NaN without
    struct roc_auc roc_auc;
    double average_precision;
    struct best_f1 best_f1;
    struct confusion confusion; // at `threshold`; means nothing without one, as does `classification`
    struct classification classification;
    double baseline_roc_auc; // of the baseline's errors; NaN without baseline
    char failure[256];       // why metrics or the baseline are not there; "": they are
};
// What the errors of all training rows say: the threshold of the model, by the config's method, or by its quantile
// where the method needs labels (best_f1).
struct training_errors {
    int64_t rows;
    double mean, threshold; // NaN: not known
};
int evaluate_training(
    const struct score_config *c, const float *error, int64_t rows, struct training_errors *out, struct err *e);
int evaluate(const struct score_config *c, const struct scores *s, const struct training_errors *train,
    struct evaluation *out, struct err *e);
// The area under the ROC curve of a baseline's errors (d->rows) into *auc.
int evaluate_baseline(const float *error, const struct dataset *d, double *auc, struct err *e);
// The same at a threshold that is known (NaN: the one of the best F1, where it is known what is an anomaly); is_anomaly
// (rows) may be NULL.
int evaluate_at(double threshold, const float *error, const int8_t *is_anomaly, int64_t rows, struct evaluation *out,
    struct err *e);

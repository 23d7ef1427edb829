// Computes the reconstruction error of every sample and, with labels, measures how well it separates anomalies from
// normal samples.
#pragma once

#include "metrics/bootstrap.h"
#include "metrics/metrics.h"
#include "metrics/series.h"
#include "metrics/threshold.h"
#include "score/step_errors.h"
#include "train/train.h"

// --- the section `score:`

// What a sample is reconstructed from: itself, or noisy copies.
enum copies { COPIES_NONE, COPIES_NOISY };
// The rows whose errors are the reference for the errors of other rows.
enum judging_rows { JUDGED_BY_TRAIN, JUDGED_BY_VALIDATION };
enum baseline { BASELINE_NONE, BASELINE_PCA };
enum save { SAVE_CODE = 1, SAVE_RECONSTRUCTION = 2, SAVE_FEATURE_ERROR = 4 }; // flags

struct score_config {
    int error;       // enum error
    int64_t samples; // number of drawn codes of a variational model, or of noisy copies per level of noise
    int noise;       // enum copies
    int calibration; // enum judging_rows
    struct threshold_rule threshold;
    double quantile;    // of rule quantile, in [0, 1]; also the fallback of other rules
    double deviations;  // of rule mean_std
    unsigned save;      // flags of enum save
    int baseline;       // enum baseline
    unsigned baselines; // detectors to compare with: bit k is enum detector k (score/simple_detector.h)
    int window;         // enum step_rule: how time steps get their errors, if samples are windows
};
extern const struct field score_fields[];

// Reads and checks the section; NULL means all defaults. Returns 0, or -1 with every mistake in `e`.
int score_config_read(const struct node *section, struct score_config *c, struct err *e);
// Returns the section in canonical form; the caller owns it.
struct node *score_config_write(const struct score_config *c);

// --- the error of a row

struct row_error {
    enum error error;
    int samples;
    uint64_t seed; // of the drawn codes and the noise
    enum copies copies;
};
struct row_error row_error_of(const struct score_config *c, const struct train_config *t);

// Sets row (rows) to the errors of a chunk of at most PASS_ROWS rows, which has passed forward through ws. Codes and
// noise are drawn by the seed and by the rows' numbers in their data set. Afterwards model_reconstruct still returns
// the reconstruction of the rows (for a variational model that of the mean code).
void row_errors(const struct row_error *r, const struct model *m, const real *w, struct workspace *ws,
    const struct row_chunk *chunk, float *row);

// Sets the errors of rows that the model cannot score to NaN. is_unscored (rows) marks these rows; NULL: there are
// none. Sets any other error that is NaN to INFINITY, because the error of such a row is beyond all bounds.
void row_errors_mark(const int8_t *is_unscored, int rows, float *row);
// Sets the values (rows, width) of rows that the model cannot score to NaN. `values` may be NULL.
void row_values_mark(const int8_t *is_unscored, int rows, int64_t width, float *values);

// --- scores of one data set

// Every rank holds the codes, reconstructions and feature errors of the rows [first, last) that it visited; rank 0 of
// the team holds the errors of all rows.
struct scores {
    const struct dataset *data; // borrowed
    int64_t first, last;        // this rank's rows
    int columns, code_size;
    float *error;          // (data->rows), owned; complete on rank 0
    float *step_error;     // (data->steps->n), owned; on rank 0, if the data are windows
    float *code;           // (last - first, code_size), owned; NULL unless saved
    float *reconstruction; // (last - first, columns), owned; NULL unless saved
    float *feature_error;  // (last - first, columns), owned: squared difference; NULL unless saved
};

// What is scored, and how.
struct score_request {
    const struct model *model; // borrowed, like w
    const real *w;             // (parameters)
    struct row_error error;
    unsigned save;         // flags of enum save
    enum step_rule window; // how time steps get their errors
    bool is_training;      // the rows are training rows, all or some of them
};
enum { SCORES_STOPPED = 1 };

// Collective over team->comm. Scores all rows of d. Returns 0, or SCORES_STOPPED if REQUEST_STOP interrupted any rank,
// or -1 and an error if memory runs out. The result is the same on all ranks. Unless it is 0, *out owns nothing.
int scores_compute(const struct team *team, const struct score_request *request, const struct dataset *d,
    struct scores *out, struct err *e);
void scores_free(struct scores *s);

// --- what the errors of one data set mean, on rank 0

struct evaluation {
    double mean, largest; // of the errors of all samples that have one
    int64_t unscored;     // samples whose error is NaN, which count in nothing else
    int64_t clipped;      // values outside [0, 1], which the cross-entropy took as 0 or 1
    double threshold;     // a sample with a higher error is called anomalous; NaN: no threshold is known
    bool has_labels;      // without labels everything below is 0 or NaN
    struct roc_auc roc_auc;
    double average_precision;
    struct best_f1 best_f1;
    struct confusion confusion; // at `threshold`; if that is NaN, this and `classification` are meaningless
    struct classification classification;
    double baseline_roc_auc; // of the baseline's errors; NaN without a baseline
    char failure[256];       // why metrics or the baseline are missing; "": nothing is missing
};

// How well errors of time steps find anomalous ranges (metrics/series.h).
struct series_evaluation {
    struct series_volume volume; // with windows of up to SERIES_WINDOW steps, but no longer than a sample
    struct range_score range;    // of the steps above the threshold; NaN without a threshold
};
// Errors and labels of time steps. The arrays are borrowed.
struct judged_steps {
    const float *error;       // (steps); NaN: no window covers the step
    const int8_t *is_anomaly; // (steps)
    int64_t steps, length;    // steps of the set; steps of a window
};
enum { SERIES_WINDOW = 300 };
#define SERIES_EXISTENCE 0.2 // weight of finding a true range at all, in the recall of ranges

// A summary of the errors of all training rows or, with score.calibration: validation, of all validation rows. The
// model's threshold follows from the config's rule. If the rule needs labels (best_f1) or more errors than there are
// (pot), the threshold is the config's quantile of the errors.
struct training_errors {
    int64_t rows;
    double mean, threshold; // NaN: not known
};

// The functions below return 0, or -1 and an error if there is not enough memory or if there are too many rows for a
// ranking. All arrays are borrowed.

// Evaluates the errors (rows) of the training rows, and summarizes them in the zeroed *reference, which the caller
// frees (score/reference.h).
struct reference;
int evaluate_training(const struct score_config *c, const float *error, int64_t rows, struct training_errors *out,
    struct reference *reference, struct err *e);
// Does the same for errors of time steps. A step that no window covers has the error NaN and does not count.
int evaluate_training_steps(const struct score_config *c, const float *error, int64_t steps,
    struct training_errors *out, struct reference *reference, struct err *e);
// Evaluates the scores of a data set at the threshold of the training rows. If the rule depends on the judged errors or
// labels, computes the threshold from those of this data set.
int evaluate(const struct score_config *c, const struct scores *s, const struct training_errors *train,
    const struct reference *reference, struct evaluation *out, struct err *e);
// Does the same for the time steps of the data set. `train` and `reference` are those of time steps, too.
int evaluate_steps(const struct score_config *c, const struct scores *s, const struct training_errors *train,
    const struct reference *reference, struct evaluation *out, struct err *e);
// Evaluates errors of time steps as a series, at a threshold that may be NaN.
int evaluate_series(const struct judged_steps *s, double threshold, struct series_evaluation *out, struct err *e);
// Sets *auc to the area under the ROC curve of a baseline's errors (rows).
int evaluate_baseline(const float *error, const int8_t *is_anomaly, int64_t rows, double *auc, struct err *e);
// Evaluates errors (rows) at a given threshold. If that is NaN and there are labels, uses the threshold of the best F1.
// is_anomaly (rows) is NULL if there are no labels.
int evaluate_at(double threshold, const float *error, const int8_t *is_anomaly, int64_t rows, struct evaluation *out,
    struct err *e);
// Computes intervals of metrics of errors (rows) with labels, by resampling the rows that have an error.
int evaluate_intervals(double threshold, const float *error, const int8_t *is_anomaly, int64_t rows,
    struct bootstrap_intervals *out, struct err *e);

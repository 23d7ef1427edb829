// Scoring: the reconstruction error of every sample, and with labels how well it separates anomalies from normal
// samples.
#pragma once

#include "metrics/metrics.h"
#include "metrics/series.h"
#include "metrics/threshold.h"
#include "score/step_errors.h"
#include "train/train.h"

// --- the section `score:`

// What a sample is reconstructed from.
enum copies { COPIES_NONE, COPIES_NOISY };
// Whose errors the scores of other rows are judged by.
enum judging_rows { JUDGED_BY_TRAIN, JUDGED_BY_VALIDATION };
enum baseline { BASELINE_NONE, BASELINE_PCA };
enum save { SAVE_CODE = 1, SAVE_RECONSTRUCTION = 2, SAVE_FEATURE_ERROR = 4 }; // flags

struct score_config {
    int error;       // enum error
    int64_t samples; // of the code, for the errors of variational models; or of noisy copies
    int noise;       // enum copies
    int calibration; // enum judging_rows
    struct threshold_rule threshold;
    double quantile;    // of threshold quantile, in [0, 1]; of other rules the one that replaces them where they fail
    double deviations;  // of threshold mean_std
    unsigned save;      // flags of enum save
    int baseline;       // enum baseline
    unsigned baselines; // detectors to compare with: bit k is enum detector k (score/simple_detector.h)
    int window;         // enum step_rule: of the errors of time steps, if samples are windows
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
    uint64_t seed; // of the samples
    enum copies copies;
};
struct row_error row_error_of(const struct score_config *c, const struct train_config *t);

// Writes the errors of a chunk that has passed forward through ws into row (rows); at most PASS_ROWS rows. The samples
// of a variational model's code depend on the seed and on the rows' numbers in their data set. model_reconstruct gives
// the reconstruction afterwards (for a variational model that of the mean code).
void row_errors(const struct row_error *r, const struct model *m, const real *w, struct workspace *ws,
    const struct row_chunk *chunk, float *row);

// Sets the errors of rows that the model cannot take to NaN; is_unscored (rows) says which, NULL: none. Sets any other
// error that is NaN to INFINITY, because the row is beyond all bounds.
void row_errors_mark(const int8_t *is_unscored, int rows, float *row);
// Sets the values (rows, width) of rows that the model cannot take to NaN. `values` may be NULL.
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
    const struct model *model; // borrowed, as w
    const real *w;             // (parameters)
    struct row_error error;
    unsigned save;         // flags of enum save
    enum step_rule window; // of the errors of time steps
    bool is_training;      // the rows are training rows, all or some of them
};
enum { SCORES_STOPPED = 1 };

// Collective over team->comm. Scores all rows of d. Returns 0, SCORES_STOPPED if REQUEST_STOP cut it short on a rank,
// or -1 and an error if memory runs out; the same on all ranks. Unless it returns 0, *out owns nothing.
int scores_compute(const struct team *team, const struct score_request *request, const struct dataset *d,
    struct scores *out, struct err *e);
void scores_free(struct scores *s);

// --- what the errors of one data set mean, on rank 0

struct evaluation {
    double mean, largest; // error over the samples that have one
    int64_t unscored;     // samples whose error is NaN, which count in nothing else
    int64_t clipped;      // values outside [0, 1], which the cross-entropy took as 0 or 1
    double threshold;     // a sample with a higher error is called anomalous; NaN: no threshold is known
    bool has_labels;      // without labels everything below is 0 or NaN
    struct roc_auc roc_auc;
    double average_precision;
    struct best_f1 best_f1;
    struct confusion confusion; // at `threshold`; meaningless without one, as is `classification`
    struct classification classification;
    double baseline_roc_auc; // of the baseline's errors; NaN without a baseline
    char failure[256];       // why metrics or the baseline are missing; "": they are there
};

// How well errors of time steps find anomalous ranges (metrics/series.h).
struct series_evaluation {
    struct series_volume
        volume;               // with windows of up to SERIES_WINDOW steps, or the length of the samples if it is less
    struct range_score range; // of the steps above the threshold; NaN without one
};
// Errors of time steps and what is known of them; the arrays are borrowed.
struct judged_steps {
    const float *error;       // (steps); NaN: no window covers the step
    const int8_t *is_anomaly; // (steps)
    int64_t steps, length;    // of the set; of a window
};
enum { SERIES_WINDOW = 300 };
#define SERIES_EXISTENCE 0.2 // weight of finding a true range at all, in the recall of ranges

// What the errors of all training rows mean, or, as score.calibration says, those of all validation rows. The model's
// threshold follows from the config's rule. If the rule needs labels (best_f1) or more errors than there are (pot), it
// is the config's quantile of the errors.
struct training_errors {
    int64_t rows;
    double mean, threshold; // NaN: not known
};

// These return 0, or -1 and an error if there is not enough memory or if there are too many rows for a ranking. All
// arrays are borrowed.
// Evaluates the errors (rows) of the training rows, and summarizes them in the zeroed *reference, which the caller
// frees (score/reference.h).
struct reference;
int evaluate_training(const struct score_config *c, const float *error, int64_t rows, struct training_errors *out,
    struct reference *reference, struct err *e);
// The same for errors of time steps, of which those that no window covers are NaN and do not count.
int evaluate_training_steps(const struct score_config *c, const float *error, int64_t steps,
    struct training_errors *out, struct reference *reference, struct err *e);
// Evaluates the scores of a data set, at the threshold of the training rows or, if the rule depends on them, at that of
// its own errors and labels.
int evaluate(const struct score_config *c, const struct scores *s, const struct training_errors *train,
    const struct reference *reference, struct evaluation *out, struct err *e);
// The same for its time steps, at the threshold of the time steps of the training rows.
int evaluate_steps(const struct score_config *c, const struct scores *s, const struct training_errors *train,
    const struct reference *reference, struct evaluation *out, struct err *e);
// Evaluates errors of time steps as a series, at a threshold that may be NaN.
int evaluate_series(const struct judged_steps *s, double threshold, struct series_evaluation *out, struct err *e);
// Sets *auc to the area under the ROC curve of a baseline's errors (rows).
int evaluate_baseline(const float *error, const int8_t *is_anomaly, int64_t rows, double *auc, struct err *e);
// Evaluates errors (rows) at a given threshold. If it is NaN and there are labels, the threshold of the best F1 is
// used. is_anomaly (rows) may be NULL: no labels.
int evaluate_at(double threshold, const float *error, const int8_t *is_anomaly, int64_t rows, struct evaluation *out,
    struct err *e);

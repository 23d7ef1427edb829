// Scores of new data: the errors of a trained model, in a file of their own. An HDF5 file has the layout of a trial's
// file. Text, CSV or JSON lines, also says for each row which features explain its error most.
#pragma once

#include "apply/score_drift.h"
#include "apply/series_rows.h"
#include "apply/steps_file.h"
#include "trial/model_load.h"

struct csv_options;

struct score_job {
    const char *name;                  // of the model, as given
    const struct trained_model *model; // borrowed
    const struct data_source *source;  // borrowed; NULL: the rows are in files of other formats:
    const char *const *files;          // (n_files), borrowed
    int n_files;
    const struct csv_options *csv; // borrowed; how they are read
    struct row_error error;        // how the error of a row is computed
    double threshold;              // of that error; NaN: unknown
    char threshold_rule[48];       // that gave it; "": that of the model
    const float *p_value;          // (rows), borrowed; of rule conformal, on rank 0; NULL: none
    double step_threshold;         // the same for time steps, if samples are windows
    const char *output;            // FILE.h5, FILE.csv, FILE.jsonl, or "-": CSV on `output_fd`
    int output_fd;
    unsigned save;                    // of enum save
    const struct field_texts *normal; // labels that are normal; n = 0: the anomalies are unknown
    bool has_normal_option;           // `normal` comes from the user, not from the model's experiment
    bool force;                       // replace a file that exists
    bool is_silent;                   // another pass over the same rows prints notes and warnings
};

struct score_outcome {
    int64_t rows, above;              // samples; of these, with an error above the threshold
    int64_t unscored, first_unscored; // rows that the model cannot take, whose error is NaN; the first one
    int64_t bad_steps;                // of windows over files: time steps that the model cannot take
    struct series_place first_bad;    // the first of them; or the first step of the first window without an error
    int64_t clipped;                  // values outside [0, 1] that the cross-entropy took as 0 or 1
    int beyond_columns;               // columns with most values outside of:
    double limit_low, limit_high;     // where the training data lies after scaling
    char beyond[400];                 // their names
    struct evaluation evaluation;
    int64_t steps; // time steps, if samples are windows; 0: they are not
    struct steps_outcome of_steps;
    struct drift_report drift; // from the data that the model was trained on
};

// Collective over team->comm. Scores the data and writes the file, whole or not at all. The outcome is valid on rank 0.
// If the anomalies are known, the metrics need the errors of all rows in memory; otherwise memory does not grow with
// the rows. Returns -1 and an error on every rank.
int scores_write(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e);

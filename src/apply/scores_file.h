// Writes scores of new data, that is, the errors of a trained model, to a file. An HDF5 file has the layout of a trial
// file. Text (CSV or JSON lines) also gives for each row the features that explain its error most.
#pragma once

#include "apply/score_drift.h"
#include "apply/series_rows.h"
#include "apply/steps_file.h"
#include "trial/model_load.h"

struct csv_options;

struct score_job {
    const char *name;                  // name of the model, as the user gave it
    const struct trained_model *model; // borrowed
    const struct data_source *source;  // borrowed; NULL: the rows are in `files`
    const char *const *files;          // (n_files), borrowed: files of other formats
    int n_files;
    const struct csv_options *csv; // borrowed; how files are read
    struct row_error error;        // how the error of a row is computed
    double threshold;              // threshold of errors of rows; NaN: unknown
    char threshold_rule[48];       // the rule that gave the threshold; "": the threshold is that of the model
    const float *p_value;          // (rows), borrowed: p-values of the rule conformal, on rank 0; NULL: none
    double step_threshold;         // threshold of errors of time steps, if samples are windows; NaN: unknown
    const char *output;            // FILE.h5, FILE.csv, FILE.jsonl, or "-" for CSV on `output_fd`
    int output_fd;
    unsigned save;                    // flags of enum save
    const struct field_texts *normal; // labels that are normal; n = 0: it is unknown which rows are anomalies
    bool has_normal_option;           // `normal` comes from the user, not from the model's experiment
    bool force;                       // replace an existing file
    bool is_silent;                   // prints no notes or warnings: another pass over the same rows prints them
};

struct score_outcome {
    int64_t rows, above;              // number of samples; number of samples with an error above the threshold
    int64_t unscored, first_unscored; // number of rows that the model cannot take (error NaN); number of the first one
    int64_t bad_steps;                // for windows over files: number of time steps that the model cannot take
    struct series_place first_bad;  // the first such step; in a data set: first step of the first window without error
    int64_t unknown, unknown_below; // rows with unknown categories; of these, rows that are not above the threshold
    int64_t clipped;                // number of values outside [0, 1] that the cross-entropy took as 0 or 1
    int beyond_columns;             // number of columns in which most values are outside the limits
    double limit_low, limit_high;   // limits of the training data after scaling
    char beyond[400];               // names of the columns that `beyond_columns` counts, for a message
    struct evaluation evaluation;
    int64_t steps; // number of time steps; 0: samples are not windows
    struct steps_outcome of_steps;
    struct drift_report drift; // how the data differs from the training data
};

// Returns the name of the error that a job computes; "ensemble" for the score of an ensemble.
const char *score_job_error_name(const struct score_job *job);
// Collective over team->comm. Scores the data and writes the file, completely or not at all. *out is valid on rank 0.
// If the anomalies are known, the metrics need the errors of all rows in memory; otherwise memory does not grow with
// the rows. Returns -1 and an error on every rank on failure.
int scores_write(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e);

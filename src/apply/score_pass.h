// The pass of new data through a model that computes scores. What becomes of them is up to a sink: a file of scores,
// lines of text, or a list of the worst rows.
#pragma once

#include "apply/apply.h"
#include "apply/blame.h"
#include "apply/new_rows.h"
#include "apply/scores_file.h"
#include "apply/series_rows.h"
#include "data/label_choice.h"

struct score_pass;

// What takes the scores, on rank 0. Each function returns 0, or -1 and an error.
struct score_sink {
    int (*begin)(struct score_pass *p, struct err *e); // before the first piece
    // Takes the rows [first, first + rows), whose outputs are in p->apply.output[].piece.
    int (*piece)(struct score_pass *p, int64_t first, int64_t rows, struct err *e);
    int (*finish)(struct score_pass *p, struct err *e); // after the last piece: p->out is complete
    bool needs_shares;                                  // it uses p->shares
    bool needs_few_shares;                              // but only of rows above the threshold, if it is known
    bool needs_rows;                                    // it uses p->reconstruction and p->values
    void *context;
};

struct score_pass {
    const struct score_job *job;
    const struct score_sink *sink;
    struct score_outcome *out;
    struct apply apply;
    struct row_fit fit; // what rows have to be; the reader borrows it
    const char *name;   // borrowed; of the data, for messages
    char *group;        // owned; "scores/test"
    char error_about[64];
    int columns;
    int n_features; // columns of the data: `columns` of a window are these, once per time step

    // indices of outputs; 0: not requested
    int code, reconstruction, feature_error;
    int shares; // (2 BLAME_TOP): the things to blame, then their shares; only -1: the row is not explained
    int values; // (columns): rows as the model sees them
    struct blame blame;

    struct new_rows_request request; // of rows that are no data set
    struct new_rows *rows;           // owned; on rank 0
    struct series_rows series;       // owned: windows over these rows, if the model takes windows
    struct row_fit step_fit;         // what the rows are then
    struct dataset piece;            // owned: rows on every rank
    float *x;                        // (piece rows, columns); owned on ranks other than 0, as is the next
    int8_t *is_unscored;             // (piece rows)

    double limit_low, limit_high; // where the training data lies after scaling; both 0: unknown
    bool clips;                   // the error is a cross-entropy, which takes values within [0, 1]
    int64_t *beyond; // owned; (features + 1) of each feature, this rank's values beyond the limits; then those clipped

    struct score_drift drift;

    // on rank 0
    const struct coordinates *named; // borrowed: of the piece's rows, from row named_first of the split on; NULL: none
    int64_t named_first;
    struct store_file *f; // borrowed; gets the outputs if the number of rows is known; NULL: none
    int64_t *labels;      // owned; (piece rows); NULL: the data has none
    struct label_choice normal;
    int8_t *marks;       // owned; (rows); NULL: unknown
    int8_t *step_marks;  // owned; (steps); of windows: which of their time steps are anomalies; NULL: unknown
    float *errors;       // owned; (rows); only with marks
    double sum, largest; // of the errors of scored rows
};

enum { SCORE_ERROR }; // the first output

// Collective over team->comm. Scores the data. The outcome is valid on rank 0. Returns -1 and an error on every rank.
int score_pass_run(const struct team *team, const struct score_job *job, const struct score_sink *sink,
    struct score_outcome *out, struct err *e);

// The pass of new data through one or more models that computes scores. A sink receives them: a file of scores, lines
// of text, or a list of the worst rows.
#pragma once

#include "apply/apply.h"
#include "apply/blame.h"
#include "apply/new_rows.h"
#include "apply/scores_file.h"
#include "apply/series_rows.h"
#include "data/label_choice.h"

struct score_pass;

// Receives the scores, on rank 0. Each function returns 0, or -1 and an error.
struct score_sink {
    int (*begin)(struct score_pass *p, struct err *e); // called before the first piece
    // Receives rows [first, first + rows), whose outputs are in p->apply.output[].piece.
    int (*piece)(struct score_pass *p, int64_t first, int64_t rows, struct err *e);
    int (*finish)(struct score_pass *p, struct err *e); // called after the last piece; p->out is complete
    bool needs_shares;                                  // the sink uses p->shares
    bool needs_few_shares; // it uses them only for rows above the threshold, if that is known
    bool needs_rows;       // the sink uses p->reconstruction and p->values
    void *context;
};

// A model of the pass.
struct score_member {
    const struct trained_model *model; // borrowed
    struct row_error error;            // how the error of a row is computed
    struct row_fit fit;                // what rows must match; readers borrow it
    struct blame blame;                // owned
    int number;                        // its number in the ensemble
    double weight;                     // its share of the score
};

struct score_pass {
    const struct score_job *job;
    const struct score_sink *sink;
    struct score_outcome *out;
    struct apply apply;
    // (apply.n_models), owned: the lead of the job's model comes first. It also has the values, codes, reconstructions
    // and drift.
    struct score_member *member;
    struct apply_model *models;   // (apply.n_models), owned
    const struct scaling *groups; // borrowed: the scaling whose groups rows belong to
    float **member_errors;        // (apply.n_models), owned: each member's errors of this rank's rows of the piece, by
                                  // its number in the ensemble; NULL: a single model
    float *member_shares;         // (piece rows, things), owned: sums of the shares of the members; NULL: not needed
    const char *name;             // borrowed; name of the data, for messages
    char *group;                  // owned; "scores/test"
    char error_about[64];
    int columns;
    int n_features; // features of the data; a window holds each once per time step, so `columns` is larger

    // indices of outputs; 0: not computed
    int code, reconstruction, feature_error;
    int shares; // (2 BLAME_TOP): the things to blame, then their shares; first thing -1: the row is not explained
    int values; // (columns): the row as the model sees it

    struct new_rows_request request; // for rows that are not in a data set
    struct new_rows *rows;           // owned; on rank 0
    struct series_rows series;       // owned: windows over `rows`, if the model takes windows
    struct row_fit step_fit;         // what the rows must match if they are time steps of windows
    struct dataset piece;            // owned: the rows of a piece, on every rank
    float *x;                        // (piece rows, columns); owned on ranks other than 0, like is_unscored
    int8_t *is_unscored;             // (piece rows)

    double limit_low, limit_high; // limits of the training data after scaling; both 0: unknown
    bool clips;                   // the error is a cross-entropy, which clips values to [0, 1]
    int64_t *beyond; // owned; (features + 1): this rank's values beyond the limits, per feature; last: clipped values

    struct score_drift drift;

    // on rank 0
    const struct coordinates *named; // borrowed: coordinates of the rows of the piece; NULL: none
    int64_t named_first;             // number of the first of these rows in the split
    struct store_file *f;            // borrowed; receives the outputs if the number of rows is known; NULL: none
    int64_t *labels;                 // owned; (piece rows); NULL: the data has none
    struct label_choice normal;
    int8_t *marks;       // owned; (rows): which rows are anomalies; NULL: unknown
    int8_t *step_marks;  // owned; (steps), if samples are windows: which time steps are anomalies; NULL: unknown
    float *errors;       // owned; (rows); NULL unless the anomalies are known
    double sum, largest; // sum and largest of the errors of scored rows
};

enum { SCORE_ERROR }; // index of the first output

// On rank 0. Returns true if categories were looked up: the model has some, its samples are rows, and the data are
// files. A split of a data set holds features in place of categories.
bool score_pass_knows_unknown(const struct score_pass *p);
// On rank 0. Returns how many categories of row i of the piece the model does not know, or 0 if none were looked up.
int score_pass_unknown(const struct score_pass *p, int64_t i);

// Collective over team->comm. Scores the data. *out is valid on rank 0. Returns -1 and an error on every rank on
// failure.
int score_pass_run(const struct team *team, const struct score_job *job, const struct score_sink *sink,
    struct score_outcome *out, struct err *e);

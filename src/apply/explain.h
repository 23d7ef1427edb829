// Finds single rows of new data and their reconstructions: the rows with the largest errors, or one row that is named.
#pragma once

#include "apply/blame.h"
#include "apply/scores_file.h"

enum { EXPLAIN_MOST = 1000 };

struct explain_query {
    int64_t count;  // most rows to keep, up to EXPLAIN_MOST; with `id` or `row`, only rows that match are kept
    const char *id; // id of the row; NULL: any
    int64_t row;    // number of the row in its file; -1: any
};

struct explained_row {
    int64_t row, place;     // row: number in its file; place: number in all data
    char *file, *id, *time; // owned; NULL: the row has none
    int group;              // number of its group in the scaling; -1: none
    double error;
    float *x, *y; // (columns), owned: the row as the model sees it, and its reconstruction
};

struct explained_rows {
    struct explained_row *v; // (n), owned; the largest error comes first
    int n;
    int64_t found;      // number of rows that match the query
    struct blame blame; // owned
};

// Collective over team->comm. Scores the data and keeps the rows that the query asks for, on rank 0. Returns -1 and an
// error on every rank on failure, also if no row has the id or the number. The caller frees *out in any case.
int explain_rows(const struct team *team, const struct score_job *job, const struct explain_query *query,
    struct explained_rows *out, struct score_outcome *outcome, struct err *e);
void explained_rows_free(struct explained_rows *r);

// For sinks that set needs_rows. Sets *out to row i of the piece, with memory of its own.
struct score_pass;
struct score_place;
void explained_row_set(
    const struct score_pass *p, int64_t i, const struct score_place *place, struct explained_row *out);
void explained_row_free(struct explained_row *r);

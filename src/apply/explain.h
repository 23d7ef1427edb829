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
    // (columns), owned: the row as the model sees it, and its reconstruction. For an ensemble, its lead sees the row,
    // and the reconstruction is the weighted mean of those of the members, in the units of the lead. If the lead
    // smooths or normalizes pictures, it is the reconstruction of the lead.
    float *x, *y;
    // (columns), owned: what the row has, with missing values filled, and its reconstruction, in the units of the data.
    // For an ensemble, the latter is the weighted mean of those of the members.
    float *value, *expected;
    // (members, columns), owned: the row as each member of an ensemble sees it, and its reconstruction. NaN: the member
    // has no reconstruction. NULL: a single model.
    float *member_x, *member_y;
};

struct explained_rows {
    struct explained_row *v; // (n), owned; the largest error comes first
    int n;
    int64_t found;              // number of rows that match the query
    struct blame blame;         // owned
    struct blame *member_blame; // (n_members), owned: of the members of an ensemble
    int n_members;              // 0: a single model
};

// Collective over team->comm. Scores the data and keeps the rows that the query asks for, on rank 0. Returns -1 and an
// error on every rank on failure, also if no row has the id or the number. The caller frees *out in any case.
int explain_rows(const struct team *team, const struct score_job *job, const struct explain_query *query,
    struct explained_rows *out, struct score_outcome *outcome, struct err *e);
void explained_rows_free(struct explained_rows *r);
// Finds the things to blame of a model and, for an ensemble, of its members. explained_rows_free frees them.
void explained_rows_blame(struct explained_rows *r, const struct trained_model *t);

// For sinks that set needs_rows. Sets *out to row i of the piece, with memory of its own.
struct score_pass;
struct score_place;
void explained_row_set(
    const struct score_pass *p, int64_t i, const struct score_place *place, struct explained_row *out);
void explained_row_free(struct explained_row *r);

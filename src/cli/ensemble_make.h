// Makes the file of an ensemble: chooses members, judges them by their data, and writes them with their scores.
#pragma once

#include "base/field.h"
#include "base/output.h"
#include "leaderboard/candidate.h"

struct ensemble_request {
    const char *run; // a folder, or its run.h5
    enum combination_rule rule;
    int64_t top;              // at most this many members, the best first; 0: all
    struct field_texts where; // conditions that members must meet
    int threads;
};
// What was made, for the user.
struct ensemble_made {
    struct ensemble ensemble; // owned
    int64_t reference_rows;   // normal rows that the score was computed for; 0: their data was not there
    char *no_reference;       // owned: why; NULL: it was there
    bool chose_by_labels;     // --top chose by a metric that needs labels
    char *where_labels;       // owned: a metric that needs labels, by which --where chose; NULL: none
    char *where_loss;         // owned: a loss or mean error, by which --where chose; NULL: none
};
// Writes the ensemble of a run to `output`. Bad trial files of the run are left out: then it returns 0 and adds errors
// that name them. Returns -1 and an error if there is no ensemble. Free *out with ensemble_made_free in all cases.
int ensemble_make(
    const struct ensemble_request *q, const struct output *output, struct ensemble_made *out, struct err *e);
void ensemble_made_free(struct ensemble_made *m);

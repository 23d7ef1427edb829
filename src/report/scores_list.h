// Lists the rows of a file of scores with the largest errors. The memory that this needs does not grow with the file.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

enum { SCORES_TOP = 3 };

struct scored_row {
    char *file, *id, *time;    // owned; each NULL if the row has none
    int64_t row;               // number of the row in its file
    int source;                // number of its file, if the scores are HDF5
    double error;              // NaN: none; listed only if the row is anomalous, and then last
    bool is_anomalous;         // as the file says or, if it does not, whether the error is above the threshold
    char *feature[SCORES_TOP]; // owned; NULL: none
    double share[SCORES_TOP];  // NaN: none
    int64_t place;             // number of the row in the file of scores; of equal errors, the lower place comes first
};

// Selects the rows that are listed.
struct scores_query {
    int64_t most; // how many rows are listed; 0: all
    double above; // lists only rows with an error above this
    // lists only anomalous rows instead; if no threshold is known, also rows with an error above `above`
    bool is_above_threshold;
};

struct scores_list {
    struct scores_query query;
    struct scored_row *v; // (n), owned; when the file is read, sorted with the largest error first
    int64_t n, room;
    int64_t rows, unscored; // number of all rows of the file; number of its rows without an error
    // rows above its threshold; rows that are anomalous for another reason, such as unknown categories
    int64_t above, marked;
    double threshold; // of the file; NaN: it has none
};

// Reads a file of scores: CSV, JSON lines or HDF5. Returns -1 and an error if the file cannot be read as scores. The
// caller frees `l` in any case.
int scores_list_read(struct scores_list *l, const char *path, const struct scores_query *query, struct err *e);
void scores_list_free(struct scores_list *l);
// Returns true if a file looks like a file of scores, by the ending of its name or, for HDF5, by its format attribute,
// which a forked child reads.
bool scores_list_is_file(const char *path);

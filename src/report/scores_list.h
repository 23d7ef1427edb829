// The rows of a file of scores with the largest errors. Memory does not grow with the file.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

enum { SCORES_TOP = 3 };

struct scored_row {
    char *file, *id, *time; // owned; each NULL if the row has none
    int64_t row;            // in its file
    double error;
    char *feature[SCORES_TOP]; // owned; NULL: none
    double share[SCORES_TOP];  // NaN: none
    int64_t place;             // in the file of scores; decides between equal errors
};

// Which rows are listed.
struct scores_query {
    int64_t most;            // 0: all
    double above;            // only rows with an error above this
    bool is_above_threshold; // or above the threshold of the file, if it has one
};

struct scores_list {
    struct scores_query query;
    struct scored_row *v; // (n), owned; after reading the largest error first
    int64_t n, room;
    int64_t rows, above, unscored; // of the whole file; above its threshold; without an error
    double threshold;              // NaN: none is known
};

// Reads a file of scores, CSV, JSON lines or HDF5. Returns -1 and an error if it is none. The caller frees `l` in any
// case.
int scores_list_read(struct scores_list *l, const char *path, const struct scores_query *query, struct err *e);
void scores_list_free(struct scores_list *l);
// Returns whether a name can be that of a file of scores: its ending, or for HDF5 its format. Forks.
bool scores_list_is_file(const char *path);

// Stale trials: their data has changed since they were trained. state/stale of a run's folder lists them;
// run/earlier_results.c finds them by their versions (versions.h).
#pragma once

#include "base/err.h"
#include "leaderboard/row.h"
#include <stdbool.h>

// state/stale: trials that must not be the best one, each with the sources that have changed.
struct stale {
    struct stale_trial {
        char id[33];
        char *sources; // owned
    } * trial;         // (n), owned, in order of id
    int n;
    bool is_known; // the folder says which are
};
// Reads state/stale. Without such a file the list is empty and is_known is false.
void stale_read(const char *folder, struct stale *s);
// Writes state/stale. Returns -1 and ERR_IO on failure.
int stale_write(const char *folder, const struct stale *s, struct err *e);
void stale_add(struct stale *s, const char *id, char *sources); // takes `sources`
void stale_sort(struct stale *s);
const char *stale_find(const struct stale *s, const char *id); // the sources; NULL: not stale
// Marks the rows that are stale, and no others. Does nothing if the folder does not say which are.
void stale_mark(const struct stale *s, struct leaderboard_row *rows, int n);
void stale_free(struct stale *s);

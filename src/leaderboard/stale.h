// Stale trials are trials whose data has changed since they were trained. state/stale in a run's folder lists them.
// run/earlier_results.c finds them by the versions of their data (versions.h).
#pragma once

#include "base/err.h"
#include "leaderboard/row.h"
#include <stdbool.h>

// The content of state/stale: trials that must not be the best one, each with its sources that have changed.
struct stale {
    struct stale_trial {
        char id[33];
        char *sources; // owned
    } * trial;         // (n), owned, in order of id
    int n;
    bool is_known; // false: the folder has no such file
};
// Reads state/stale. If there is no such file, the list is empty and is_known is false.
void stale_read(const char *folder, struct stale *s);
// Writes state/stale. Returns -1 and ERR_IO on failure.
int stale_write(const char *folder, const struct stale *s, struct err *e);
void stale_add(struct stale *s, const char *id, char *sources); // owns `sources` from then on
void stale_sort(struct stale *s);
const char *stale_find(const struct stale *s, const char *id); // changed sources; NULL: not stale
// Marks the rows that are stale, and unmarks all others. Does nothing if is_known is false.
void stale_mark(const struct stale *s, struct leaderboard_row *rows, int n);
void stale_free(struct stale *s);

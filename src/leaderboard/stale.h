// Trials of data that has changed since: state/stale of a run's folder says which they are (trial/versions.h finds
// them).
#pragma once

#include "base/err.h"
#include "leaderboard/row.h"
#include <stdbool.h>

// state/stale: trials that are of no use as the best one, and which sources of theirs have changed.
struct stale {
    struct stale_trial {
        char id[33];
        char *sources; // owned
    } * trial;         // (n), owned, in order of id
    int n;
    bool is_known; // the folder says which are
};
void stale_read(const char *folder, struct stale *s);
int stale_write(const char *folder, const struct stale *s, struct err *e);
void stale_add(struct stale *s, const char *id, char *sources); // takes `sources`
void stale_sort(struct stale *s);
const char *stale_find(const struct stale *s, const char *id); // the sources; NULL: not stale
// Marks those rows that are stale, and no others, if the folder says which are.
void stale_mark(const struct stale *s, struct leaderboard_row *rows, int n);
void stale_free(struct stale *s);

// Versions of data: lines "KEY xxh3:CHECKSUM". KEY is FILE.h5:SPLIT as the experiment names it, or that and " labels".
//
// A trial's file says which versions it was trained and tested on. A run's folder says which the newest run has seen
// (state/data), and from that which finished trials are stale (state/stale): those of another version of the same
// source. Trials of other settings, or of sources that no later run has used, are not.
#pragma once

#include "base/text.h"
#include "data/dataset.h"
#include "sweep/summary.h"

// Appends the versions of all sources of a data set.
void versions_add(struct text *lines, const struct dataset *d);
// The lines of `newer`, and those of `older` with other keys; each key once. New memory.
char *versions_update(const char *older, const char *newer);
// The sources whose version in `current` is another than in `lines`, "a.h5:x, b.h5:y"; new memory, "" if there is none.
char *versions_changed(const char *lines, const char *current);

// Whether `a` and `b` have the same version of one of the `sources` ("a.h5:x, b.h5:y").
bool versions_share(const char *a, const char *b, const char *sources);

// --- a run's folder
// state/data; "" if there is none. New memory.
char *versions_read(const char *folder);
int versions_write(const char *folder, const char *lines, struct err *e);

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
void stale_mark(const struct stale *s, struct trial_summary *rows, int n);
void stale_free(struct stale *s);

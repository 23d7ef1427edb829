// Versions of data: lines "KEY xxh3:CHECKSUM". KEY is FILE.h5:SPLIT as the experiment names it, or that and " labels".
//
// A trial's file says which versions it was trained and tested on. A run's folder says which the newest run has seen
// (state/data), and from that which finished trials are stale (stale.h): those of another version of the same
// source. Trials of other settings, or of sources that no later run has used, are not.
#pragma once

#include "base/err.h"
#include <stdbool.h>

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

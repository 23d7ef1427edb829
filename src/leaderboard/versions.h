// Versions of data: lines "KEY xxh3:CHECKSUM". KEY is FILE.h5:SPLIT as the experiment names it, or that and " labels".
//
// A trial's file records the versions it was trained and tested on. A run's folder records the versions that the newest
// run has seen (state/data). A finished trial with another version of one of these sources is stale (stale.h). Trials
// of sources that no later run has used are not.
#pragma once

#include "base/err.h"
#include <stdbool.h>

// Returns the lines of `newer`, and those of `older` with other keys, each key once, in new memory.
char *versions_update(const char *older, const char *newer);
// Returns the sources whose version in `current` differs from that in `lines`, as "a.h5:x, b.h5:y" in new memory. "" if
// there is none.
char *versions_changed(const char *lines, const char *current);

// Returns true if `a` and `b` have the same version of one of the `sources` ("a.h5:x, b.h5:y").
bool versions_share(const char *a, const char *b, const char *sources);

// --- a run's folder
// Reads state/data into new memory. Returns "" if there is no such file.
char *versions_read(const char *folder);
// Writes state/data. Returns -1 and ERR_IO on failure.
int versions_write(const char *folder, const char *lines, struct err *e);

// Versions of data, as lines "KEY xxh3:CHECKSUM". KEY is FILE.h5:SPLIT as the experiment names it. The version
// of the labels has the key "FILE.h5:SPLIT labels".
//
// A trial's file records the versions of the data that it was trained and tested on. A run's folder records the
// versions that the newest run has seen (state/data). A finished trial is stale (stale.h) if it used another
// version of one of these sources. A trial whose sources no later run has used is not stale.
#pragma once

#include "base/err.h"
#include <stdbool.h>

// Returns the lines of `newer`, and the lines of `older` whose keys are not in `newer`. Each key occurs once. New
// memory.
char *versions_update(const char *older, const char *newer);
// Returns the sources whose version in `current` differs from the one in `lines`, as "a.h5:x, b.h5:y" in new memory.
// Returns "" if there are none.
char *versions_changed(const char *lines, const char *current);

// Returns true if `a` and `b` have the same version of at least one of `sources` ("a.h5:x, b.h5:y").
bool versions_share(const char *a, const char *b, const char *sources);

// --- a run's folder
// Reads state/data into new memory. Returns "" if there is no such file.
char *versions_read(const char *folder);
// Writes state/data. Returns -1 and ERR_IO on failure.
int versions_write(const char *folder, const char *lines, struct err *e);

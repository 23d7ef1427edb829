// The protocols by which the data of trials was split (data.split.protocol). Results of different protocols, or of a
// protocol and another split, must never be compared: their training and test rows differ in difficulty.
#pragma once

#include "leaderboard/row.h"

struct seen_protocols {
    const char *name[4]; // (n), borrowed from the rows; "": a split without a protocol
    int n;
};
// Notes the protocol of a row, unless it is that of an ensemble. The row must outlive *s.
void protocols_note(struct seen_protocols *s, const struct leaderboard_row *row);
// Warns if several protocols were noted in `where`, such as a run or a file. Returns true if it has warned.
bool protocols_warn(const struct seen_protocols *s, const char *where);
// Does both for the rows (n).
bool protocols_warn_rows(const struct leaderboard_row *rows, int n, const char *where);

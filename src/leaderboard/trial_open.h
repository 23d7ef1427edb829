// Opens a trial wherever it is: in a file of its own, in a run's file as a group or as a record, or in a journal.
#pragma once

#include "leaderboard/row.h"

// Returns true if PATH is the name of a journal, or the row was read from one.
bool path_is_journal(const char *path);
bool row_is_in_journal(const struct leaderboard_row *row);

// Opens the trial of a row, whose objects are in row->group. Walks what it reads (store_walk).
struct store_file *trial_open(const struct leaderboard_row *row, struct err *e);
// Opens a run's file of which only the leaderboard was walked.
struct store_file *run_open(const char *path, struct err *e);
// Walks the trial trials/KEY of a run's file, which is walked in its leaderboard and open as `f`.
int run_trial_walk(struct store_file *f, const char *group, struct err *e);
// Opens the records of a run's file, which stays open meanwhile. Returns NULL, without an error if it has none.
struct journal *run_records(struct store_file *f, struct err *e);
// Returns the file that holds the objects of trials/KEY: `f`, or a file in memory for a trial that is a record; then
// `f` is closed. On failure returns NULL and an error, and `f` is closed.
struct store_file *run_trial(struct store_file *f, const char *group, struct err *e);
// Opens the trial of a journal whose id begins with `id`. Sets *group, in new memory, to where its objects are seen.
// Returns NULL and an error if there is none or the beginning fits several.
struct store_file *journal_trial_open(const char *path, const char *id, char **group, struct err *e);

// Opens a trial from its own file, from a group or a record of a run's file, or from a journal.
#pragma once

#include "leaderboard/row.h"

// path_is_journal returns true if `path` is the name of a journal. row_is_in_journal returns true if the row was read
// from a journal.
bool path_is_journal(const char *path);
bool row_is_in_journal(const struct leaderboard_row *row);

// Opens the trial of a row. Its objects are in row->group. First walks what will be read of a run's file
// (store_walk_objects).
struct store_file *trial_open(const struct leaderboard_row *row, struct err *e);
// Opens a run's file, but walks only its leaderboard.
struct store_file *run_open(const char *path, struct err *e);
// Walks the trial `group` of a run's file, or all records if the trial is a record. `f` is the file that run_open has
// opened.
int run_trial_walk(struct store_file *f, const char *group, struct err *e);
// Opens the records in a run's file as a journal. The file must stay open until the journal is freed. Returns NULL
// without an error if there are none.
struct journal *run_records(struct store_file *f, struct err *e);
// Returns the file that holds the objects of `group`, which is trials/KEY. If the trial is a group of `f`, this is `f`.
// If it is a record, this is a file in memory, and `f` is closed. On failure returns NULL and an error, and closes `f`.
struct store_file *run_trial(struct store_file *f, const char *group, struct err *e);
// Opens the trial of a journal whose id begins with `id`. Sets *group, in new memory, to the group of its objects.
// Returns NULL and an error if no id, or more than one, begins with `id`.
struct store_file *journal_trial_open(const char *path, const char *id, char **group, struct err *e);

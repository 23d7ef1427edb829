// run.h5: all trials of a run, or of several, in one portable file, and its leaderboard with a column for each metric.
#pragma once

#include "base/output.h"
#include "leaderboard/stale.h"

// A run's file as it is made: trials one after the other, the leaderboard at the end.
struct run_writer;
struct run_writer *run_writer_new(const struct output *output, struct err *e);
// The trial `group` ("": the file's own) of an open file, as trials/KEY.
int run_writer_add(struct run_writer *w, struct store_file *from, const char *group, const char *key, struct err *e);
// A group of provenance as trials/KEY/also/NAME, unless it is there.
int run_writer_also(struct run_writer *w, struct store_file *from, const char *provenance, const char *key,
    const char *name, struct err *e);
// The rows of what was added so far, borrowed.
struct leaderboard_row *run_writer_rows(struct run_writer *w, int *n);
// Says which trials of those that were added are stale, by their keys.
void run_writer_mark(struct run_writer *w, const struct stale *stale);
// Nothing is left behind.
void run_writer_abandon(struct run_writer **w);
// Gives the file its name, and the rows, best first (the caller's). On failure -1 and nothing is left behind. Frees *w
// in every case.
int run_writer_end(struct run_writer **w, struct leaderboard_row **rows, int *n, struct err *e);

// The turn (base/output.h) for run.h5 of a folder, which is replaced whatever is in it. To be released in every case.
int run_file_take(struct output *o, const char *folder, struct err *e);
// OUTPUT, whose turn it is, of the trial files in FOLDER/trials by now, and its leaderboard, best first, into new
// memory (an owned array of *n); 0 and nothing where there is none. Trial files that are bad are left out: 0 and errors
// that name them. -1: no file was made. `is_ours`: this program has written the trial files a moment ago.
int run_file_collect(const char *folder, const struct output *output, bool is_ours, struct leaderboard_row **rows,
    int *n, struct err *e);

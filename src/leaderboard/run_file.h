// run.h5: all trials of one or more runs in one portable file, with a leaderboard that has a column for each metric.
#pragma once

#include "base/output.h"
#include "leaderboard/stale.h"

// Writes a run's file. Trials are added one by one; the leaderboard is written at the end.
struct run_writer;
struct journal;
// Creates the file. Returns NULL and an error on failure.
struct run_writer *run_writer_new(const struct output *output, struct err *e);
// Copies the trial `group` of an open file to the group trials/KEY. `group` is "" in a trial's file. Returns -1 and an
// error on failure. If the trial could not be read, nothing was added and the caller may add other trials.
int run_writer_add(struct run_writer *w, struct store_file *from, const char *group, const char *key, struct err *e);
// Gives the writer a journal whose records are added with run_writer_add_record. The writer owns and frees it.
void run_writer_take(struct run_writer *w, struct journal *j);
// Adds trial i of a journal as a record with the key `key`. The writer must own the journal when run_writer_end is
// called. Returns as run_writer_add does.
int run_writer_add_record(struct run_writer *w, struct journal *j, int i, const char *key, struct err *e);
// Makes a group, not a record, from each record that is added from now on.
void run_writer_make_groups(struct run_writer *w);
// Copies the group `provenance` to trials/KEY/also/NAME, unless that group exists.
int run_writer_also(struct run_writer *w, struct store_file *from, const char *provenance, const char *key,
    const char *name, struct err *e);
// Gives the file this ensemble, and not that of all trials that can be members. Borrows it until run_writer_end.
struct chosen_ensemble;
void run_writer_choose(struct run_writer *w, const struct chosen_ensemble *chosen);
// Returns the rows of the trials that were added so far. They are borrowed.
struct leaderboard_row *run_writer_rows(struct run_writer *w, int *n);
// Marks the added trials that are stale. Finds them by their keys.
void run_writer_mark(struct run_writer *w, const struct stale *stale);
// Removes the incomplete file and frees *w.
void run_writer_abandon(struct run_writer **w);
// Writes the leaderboard, commits the file, and gives the rows to the caller, best first. On failure returns -1 and an
// error, and no file remains. Frees *w even on failure.
int run_writer_end(struct run_writer **w, struct leaderboard_row **rows, int *n, struct err *e);

// Takes run.h5 of a folder as output (output_take). The commit replaces the file even if another program has changed
// it. The caller releases `o` even on failure.
int run_file_take(struct output *o, const char *folder, struct err *e);
struct collecting {
    enum store_check check; // STORE_OWN if this job has just written the trial files, otherwise STORE_CHECK
    bool only_groups;       // every trial becomes a group; none becomes a record
};
// Makes `output`, which run_file_take has taken, from the finished trials in FOLDER/trials and in the journals. Sets
// *rows to the leaderboard, best first, in new memory; *n is its length. If there is no trial, makes no file and
// returns 0. Bad trials are left out: then it returns 0 and adds errors that name them. Returns -1 and an error if the
// file could not be made.
int run_file_collect(const char *folder, const struct output *output, const struct collecting *how,
    struct leaderboard_row **rows, int *n, struct err *e);

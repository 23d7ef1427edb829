// run.h5: all trials of a run, or of several, in one portable file, and its leaderboard with a column for each metric.
#pragma once

#include "base/output.h"
#include "leaderboard/stale.h"

// A run's file that is being made: trials are added one by one, the leaderboard is written at the end.
struct run_writer;
struct journal;
// Returns NULL and an error if the file cannot be created.
struct run_writer *run_writer_new(const struct output *output, struct err *e);
// Copies the trial `group` of an open file ("" of a trial's file) to the group trials/KEY. On failure -1; if the trial
// could not be read, nothing was added, and others may follow.
int run_writer_add(struct run_writer *w, struct store_file *from, const char *group, const char *key, struct err *e);
// Takes a journal, from which records are added. It is freed with the writer.
void run_writer_take(struct run_writer *w, struct journal *j);
// Adds trial i of a journal that was taken as a record with the key KEY. Returns as run_writer_add.
int run_writer_add_record(struct run_writer *w, struct journal *j, int i, const char *key, struct err *e);
// From now on, every record that is added becomes a group.
void run_writer_make_groups(struct run_writer *w);
// Copies a group of provenance to trials/KEY/also/NAME, unless this exists.
int run_writer_also(struct run_writer *w, struct store_file *from, const char *provenance, const char *key,
    const char *name, struct err *e);
// Returns the rows of the trials added so far, borrowed.
struct leaderboard_row *run_writer_rows(struct run_writer *w, int *n);
// Marks those of the added trials that are stale, by their keys.
void run_writer_mark(struct run_writer *w, const struct stale *stale);
// Removes the unfinished file and frees *w.
void run_writer_abandon(struct run_writer **w);
// Writes the leaderboard, gives the file its name and hands the rows to the caller, best first. On failure -1 and no
// file is left. Frees *w in every case.
int run_writer_end(struct run_writer **w, struct leaderboard_row **rows, int *n, struct err *e);

// Takes the turn (base/output.h) to write run.h5 of a folder, which is replaced whatever is in it. The caller releases
// `o` in every case.
int run_file_take(struct output *o, const char *folder, struct err *e);
struct collecting {
    enum store_check check; // STORE_OWN if this job has just written the trial files, else STORE_CHECK
    bool only_groups;       // every trial becomes a group, none a record
};
// Makes `output`, whose turn it is, of the finished trials in FOLDER/trials and in the journals. Sets *rows to its
// leaderboard, best first, an array of *n that the caller owns. Without a trial it makes nothing and returns 0. Bad
// trials are left out: 0, and errors that name them. Returns -1 if no file was made.
int run_file_collect(const char *folder, const struct output *output, const struct collecting *how,
    struct leaderboard_row **rows, int *n, struct err *e);

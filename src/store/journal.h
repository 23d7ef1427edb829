// Journals: many small trials in one file, to which a process only appends. HDF5 is not involved.
//
// A journal begins with a line of text. Records follow; each has a header with a checksum, and bytes with a checksum. A
// trial is one record. A value that many trials share is a record of its own, and the trials refer to it by its
// checksum. If the process is killed, everything that write() gave to the kernel survives: only the last record can be
// torn. Only the process that made a journal appends to it. results/README.md is the reference of the format.
#pragma once

#include "store/store.h"

#define JOURNAL_SUFFIX ".hgj"

// --- writing
struct journal_writer;
// Makes a writer. Its file STEM-N.hgj is made when the first trial is added; N is the first number that is free.
struct journal_writer *journal_writer_new(const char *stem);
// Appends a trial, which is a file in memory. Syncs the journal to disk if the last sync was 100 ms ago or more. If the
// write fails, the journal is cut off where it ended before. After any failure, later trials go to a new journal.
int journal_add(struct journal_writer *w, const char *id, struct store_file *trial, struct err *e);
// Syncs what was appended since the last sync. With `is_due`, does so only if the last sync was 100 ms ago or more. On
// failure closes the journal, and later trials go to a new one.
int journal_sync(struct journal_writer *w, bool is_due, struct err *e);
// Syncs and closes the journal. Frees *w even on failure. NULL-safe.
int journal_writer_end(struct journal_writer **w, struct err *e);

// --- reading
struct journal;
// Opens a journal and compares all its records with their checksums. Returns NULL and an error if the file cannot be
// read or is of a newer version. Notes damaged records (journal_damages) and leaves them out. Ignores a torn record at
// the end, which a killed process leaves.
struct journal *journal_open(const char *path, struct err *e);
void journal_free(struct journal **j); // NULL-safe
const char *journal_path(const struct journal *j);

int journal_trials(const struct journal *j);
const char *journal_id(const struct journal *j, int i); // id of trial i
bool journal_has(const struct journal *j, int i);       // false: trial i is a group of the run's file
// Returns the number of the first trial with this id. Returns -1 if there is none.
int journal_find(const struct journal *j, const char *id);
// Opens trial i. The paths of its objects begin with `mount`. Returns NULL and an error if it is damaged.
struct store_file *journal_trial(struct journal *j, int i, const char *mount, struct err *e);
// Returns the number of messages about damage. journal_damage returns one: it names the journal, the place and, if
// known, the trial.
int journal_damages(const struct journal *j);
const char *journal_damage(const struct journal *j, int i);
// Writes the good records of a damaged journal to the new file FILE, which appears whole or not at all.
int journal_repair(struct journal *j, const char *file, struct err *e);

// --- records in a run's file
// A list of trials of journals that will be copied into a run's file.
struct journal_copy;
struct journal_copy *journal_copy_new(void);
void journal_copy_free(struct journal_copy **c); // NULL-safe
// Notes trial i of the journal under `key`, which must be new. The journal is borrowed.
void journal_copy_add(struct journal_copy *c, struct journal *j, int i, const char *key);
// Writes the noted records and, for each of the n keys, the place of its record. If a key has no record, its trial has
// a group of its own in the file.
int journal_copy_write(struct journal_copy *c, struct store_file *f, const char *const *keys, int n, struct err *e);
// Opens a trial that was noted, as journal_trial does.
struct store_file *journal_copy_trial(struct journal_copy *c, const char *key, const char *mount, struct err *e);
// Opens the records in a run's file, which must stay open until the journal is freed. The n keys are those of
// journal_copy_write. Returns NULL without an error if the file has no records.
struct journal *journal_open_run(struct store_file *f, char *const *keys, int n, struct err *e);

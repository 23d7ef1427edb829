// Journals: many small trials in one file, to which a process only appends. HDF5 is not involved.
//
// A journal begins with a line of text. Then follow records, each a header with a checksum and bytes with a checksum. A
// trial is one record; values that many trials share are records of their own, which the trials refer to by checksum.
// Whatever survives a kill of the process is what write() gave to the kernel: the records before the torn one are
// whole. Only the process that made a journal appends to it. results/README.md is the reference of the format.
#pragma once

#include "store/store.h"

#define JOURNAL_SUFFIX ".hgj"

// --- writing
struct journal_writer;
// Makes a writer whose file is made with its first trial: STEM-N.hgj, N being the first number that is free.
struct journal_writer *journal_writer_new(const char *stem);
// Appends the trial, a file in memory. After 100 ms or more since the last sync, syncs the journal to disk. On failure
// the journal is as it was, and later trials go to a new one.
int journal_add(struct journal_writer *w, const char *id, struct store_file *trial, struct err *e);
// Syncs what was appended and is not synced yet. `is_due`: only if the last sync was 100 ms ago or more.
int journal_sync(struct journal_writer *w, bool is_due, struct err *e);
// Syncs, closes and frees *w in every case. NULL-safe.
int journal_writer_end(struct journal_writer **w, struct err *e);

// --- reading
struct journal;
// Opens a journal and compares all its records with their checksums. Returns NULL and an error if the file cannot be
// read or is of a newer version. A torn record at the end, which a process left that was killed, is ignored.
struct journal *journal_open(const char *path, struct err *e);
void journal_free(struct journal **j); // NULL-safe
const char *journal_path(const struct journal *j);

int journal_trials(const struct journal *j);
const char *journal_id(const struct journal *j, int i); // of trial i
bool journal_has(const struct journal *j, int i);       // false: the trial is a group of the run's file
// Returns the first trial with this id, or -1.
int journal_find(const struct journal *j, const char *id);
// Opens trial i, whose objects have paths below `mount`. Returns NULL and an error if it is damaged.
struct store_file *journal_trial(struct journal *j, int i, const char *mount, struct err *e);
// Returns what is damaged: journal_damages(j) messages, which name the journal, the place and, if known, the trial.
int journal_damages(const struct journal *j);
const char *journal_damage(const struct journal *j, int i);
// Makes FILE of the good records of a damaged journal, whole or not at all.
int journal_repair(struct journal *j, const char *file, struct err *e);

// --- the records of a run's file
// Trials of journals that go into a run's file.
struct journal_copy;
struct journal_copy *journal_copy_new(void);
void journal_copy_free(struct journal_copy **c); // NULL-safe
// Notes trial i of the journal under a key, which is new. The journal is borrowed.
void journal_copy_add(struct journal_copy *c, struct journal *j, int i, const char *key);
// Writes the records, and where those of the n keys are. A key without a record is a trial in a group of its own.
int journal_copy_write(struct journal_copy *c, struct store_file *f, const char *const *keys, int n, struct err *e);
// Opens a trial that was noted, as journal_trial.
struct store_file *journal_copy_trial(struct journal_copy *c, const char *key, const char *mount, struct err *e);
// Opens the records of a run's file, which stays open meanwhile. The n keys are those of journal_copy_write. Returns
// NULL without an error if it has none.
struct journal *journal_open_run(struct store_file *f, char *const *keys, int n, struct err *e);

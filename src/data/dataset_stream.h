// Data sets that may be larger than memory (`data.shuffle: blocks`). Their rows stay in the mappings of their tables,
// as they are stored. A reader announces the rows that it needs next and those that it no longer needs, so that the
// disk is read in sequence and only a window of the rows is in memory.
#pragma once

#include "base/real.h"
#include "data/dataset.h"

struct data_table;

// Notes the tables of the rows of a set, and how stored rows are scaled.
void dataset_keep_tables(struct dataset *d, struct data_table *const *tables, const struct scaling *scaling);
// Completes such a set: finds the group of each row in the scaling. Call it when the rows are final, that is, after
// they were cut into windows. Returns -1 and an error if memory is short.
int dataset_stream_rows(struct dataset *d, struct err *e);
void dataset_stream_free(struct dataset *d); // does nothing for other sets

// Returns the size in bytes of a row of a source, or of a time step if rows are windows.
size_t dataset_row_bytes(const struct dataset *d, int source);

// Does the same as dataset_gather for a set of type DATASET_STORED.
void dataset_gather_stored(const struct dataset *d, const int32_t *rows, int n, real *out);

// Waits until rows [first, first + n) are in memory. Does nothing for sets that are completely in memory. Any thread
// may call it.
void dataset_fetch(const struct dataset *d, int64_t first, int64_t n);
// Releases this process's memory of these rows.
void dataset_release(const struct dataset *d, int64_t first, int64_t n);

// Gives a sample of `from` (data_sample.h) the sources of its rows and the rules by which they are converted. Returns
// -1 and an error if memory is short.
int dataset_sample_rules(const struct dataset *from, struct dataset *sample, struct err *e);
void dataset_rules_free(struct dataset_rules **rules); // NULL-safe

// Hashes that show whether two trials have bit-for-bit identical results, and whether they have the same provenance.
#pragma once

#include "store/store.h"

enum { RESULT_HASH_LENGTH = 16 };

// Hashes the results of a trial: its status, its history without seconds, its scores and its model. Leaves out
// attributes that only describe an array, that HDF5 itself adds, or that name files. `group` is the trial's group in an
// open file, or "" in a trial's file. Writes 16 hexadecimal digits to `out` and returns it.
char *result_hash(struct store_file *f, const char *group, char out[RESULT_HASH_LENGTH + 1]);
// Hashes the attributes of one group, such as the provenance of a trial.
char *attributes_hash(struct store_file *f, const char *group, char out[RESULT_HASH_LENGTH + 1]);

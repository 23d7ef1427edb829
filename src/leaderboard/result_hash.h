// Hashes that tell whether two trials have the same results bit by bit, and whether they ran at the same place and
// time.
#pragma once

#include "store/store.h"

enum { RESULT_HASH_LENGTH = 16 };

// Hashes the results of a trial: status, history except seconds, scores and model, by every checksum and attribute.
// Names of files and of the experiment are left out. `group` is the trial's in an open file, "" in a trial's file.
// Writes 16 hexadecimal digits and returns out.
char *result_hash(struct store_file *f, const char *group, char out[RESULT_HASH_LENGTH + 1]);
// Hashes the attributes of one group, such as the provenance of a trial.
char *attributes_hash(struct store_file *f, const char *group, char out[RESULT_HASH_LENGTH + 1]);

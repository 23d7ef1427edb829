// Whether two trials came to the same bits: the hash of all that training and scoring gave, and of where and when.
#pragma once

#include "store/store.h"

enum { RESULT_HASH_LENGTH = 16 };

// Of status, history but for its seconds, scores and model: every checksum and attribute. `group`: the trial's in an
// open file, "" of a trial's. Names of files and of the experiment are not in it. 16 hexadecimal digits; returns out.
char *result_hash(struct store_file *f, const char *group, char out[RESULT_HASH_LENGTH + 1]);
// Of the attributes of one group, such as a trial's provenance.
char *attributes_hash(struct store_file *f, const char *group, char out[RESULT_HASH_LENGTH + 1]);

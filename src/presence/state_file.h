// Records: small files of a run's folder that describe the run. They hold structs as YAML, by their tables of fields.
//
// A record in state/ is called KIND-<part>-<number>. Names come from the disk, so only names that this program could
// have written count: canonical decimals, neither negative nor above RECORD_NUMBER_MAX. All other files are left alone.
#pragma once

#include "spec/spec.h"

#define RECORD_NUMBER_MAX INT64_C(999999999999999) // far below overflow, and exact as a double

// Returns the name of such a file in new memory.
char *record_name(const char *kind, int part, int64_t number);
// Returns whether NAME is a name of that kind, and sets *part and *number if it is.
bool record_name_read(const char *name, const char *kind, int *part, int64_t *number);

// Returns the text of a record whose fields are in n tables, in new memory.
char *record_text(const struct spec_part *parts, int n);
// Reads it back; all structs must be zero before. Returns 0, or -1 and an error if there is no such file or it says
// something else. The caller frees the structs in either case.
int record_read(const char *path, const struct spec_part *parts, int n, struct err *e);
void record_free(const struct spec_part *parts, int n);

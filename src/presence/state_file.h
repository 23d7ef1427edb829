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

// A kind of records: a struct and what its file holds.
struct record_type {
    const struct field *fields;
    size_t size;      // of the struct
    bool has_process; // the struct begins with a struct process, whose process_fields are first in the file
};
// Returns the text of a record in new memory.
char *record_text(const struct record_type *type, const void *record);
// Reads it back. Returns 0, or -1 and an error if there is no such file or it says something else. The caller calls
// record_free in either case.
int record_read(const struct record_type *type, const char *path, void *record, struct err *e);
// Frees the strings that a record owns.
void record_free(const struct record_type *type, void *record);

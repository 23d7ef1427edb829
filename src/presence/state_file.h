// Records: small files of a run's folder that describe the run. Each holds a struct as YAML, by its table of fields.
//
// A record in state/ is called KIND-<part>-<number>. Only names that this program could have written count: their
// numbers are decimals from 0 to RECORD_NUMBER_MAX, without leading zeros. All other files are ignored.
#pragma once

#include "spec/spec.h"

#define RECORD_NUMBER_MAX INT64_C(999999999999999) // far below overflow, and exact as a double

// Returns the name of a record's file in new memory.
char *record_name(const char *kind, int part, int64_t number);
// If NAME is the name of a record of this kind, sets *part and *number and returns true.
bool record_name_read(const char *name, const char *kind, int *part, int64_t *number);

// A kind of records: a struct and the fields in its file.
struct record_type {
    const struct field *fields;
    size_t size;      // of the struct
    bool has_process; // the struct begins with a struct process, whose process_fields are the first fields of the file
};
// Returns the text of a record in new memory.
char *record_text(const struct record_type *type, const void *record);
// Reads a record. Returns 0, or -1 and an error if there is no such file or its content is not a valid record. The
// caller calls record_free in either case.
int record_read(const struct record_type *type, const char *path, void *record, struct err *e);
// Frees the strings that a record owns.
void record_free(const struct record_type *type, void *record);

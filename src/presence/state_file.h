// Small files of a run's folder that say something about the run: configs as YAML, by their tables of fields.
//
// A file in state/ is called KIND-<part>-<number>. Names come from the disk, so only those count that this program
// could have written: canonical decimals, neither negative nor above RECORD_NUMBER_MAX. All others are left alone.
#pragma once

#include "spec/spec.h"

#define RECORD_NUMBER_MAX INT64_C(999999999999999) // far below overflow, and exact as a double

// Makes the name of such a file, new memory.
char *record_name(const char *kind, int part, int64_t number);
// Whether NAME is one of that kind. Sets *part and *number if it is.
bool record_name_read(const char *name, const char *kind, int *part, int64_t *number);

// The text of a record whose fields stand in n tables, new memory.
char *record_text(const struct spec_part *parts, int n);
// Reads it back (all configs zero before). -1 and an error where there is no such file or it says something else; the
// configs are the caller's to free in every case.
int record_read(const char *path, const struct spec_part *parts, int n, struct err *e);
void record_free(const struct spec_part *parts, int n);

// Small files of a run's folder that say something about the run: configs as YAML, by their tables of fields.
#pragma once

#include "spec/spec.h"

// The text of a record whose fields stand in n tables, new memory.
char *record_text(const struct spec_part *parts, int n);
// Reads it back (all configs zero before). -1 and an error where there is no such file or it says something else; the
// configs are the caller's to free in every case.
int record_read(const char *path, const struct spec_part *parts, int n, struct err *e);
void record_free(const struct spec_part *parts, int n);

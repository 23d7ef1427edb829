// Small text files in the state/ of a run's folder.
#pragma once

#include "base/err.h"

// Returns the text of FOLDER/state/NAME in new memory, of at most 64 MiB; NULL if there is no such file.
char *state_text_read(const char *folder, const char *name);
// Replaces the file. Returns 0, or -1 and an error (ERR_IO).
int state_text_write(const char *folder, const char *name, const char *text, struct err *e);

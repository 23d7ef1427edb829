// Small text files in the state/ of a run's folder.
#pragma once

#include "base/err.h"

// Returns the text of FOLDER/state/NAME, at most 64 MiB, in new memory, or NULL if there is no such file.
char *state_text_read(const char *folder, const char *name);
// Replaces the file FOLDER/state/NAME. Returns 0, or -1 and an error (ERR_IO).
int state_text_write(const char *folder, const char *name, const char *text, struct err *e);

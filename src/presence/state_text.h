// Small texts in the state/ of a run's folder.
#pragma once

#include "base/err.h"

// The whole text of FOLDER/state/NAME as new memory; NULL if there is no such file.
char *state_text_read(const char *folder, const char *name);
// Replaces the file. -1 and ERR_IO.
int state_text_write(const char *folder, const char *name, const char *text, struct err *e);

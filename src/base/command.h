// Runs other programs, reads their output, and kills them if they take too long.
#pragma once

#include <stddef.h>

// Runs arguments[0] (found in PATH; NULL-terminated list) with `environment` (NULL: this process's own). Stores its
// standard output and standard error in `out` (size) and drops what does not fit. Returns its exit code, or -1 if the
// command could not start or was killed (we kill it after `seconds` without output). Does not fork this process,
// because MPI may have registered memory with a network card.
int command_output(const char *const *arguments, char *const *environment, int seconds, char *out, size_t size);

// Other programs: started, read, and killed if they take too long.
#pragma once

#include <stddef.h>

// Runs arguments[0] (found in PATH; NULL-terminated list) with `environment` (NULL: this process's own). Puts what it
// prints on both outputs into `out` (size); the rest is dropped. Returns its exit code, or -1 if the command could not
// start or was killed (we kill it after `seconds` without output). Copies no memory of this process, because MPI may
// have registered it with a network card.
int command_output(const char *const *arguments, char *const *environment, int seconds, char *out, size_t size);

// Other programs: started, listened to, and ended when they take too long.
#pragma once

#include <stddef.h>

// Runs arguments[0] (found in PATH; NULL-terminated list) with `environment` (NULL: this process's own) and puts what
// it says on both outputs, as much as has room, into `out`. Its exit code; -1 where it cannot be started, or was
// killed, be it by us after `seconds` of silence. No memory of this process is copied, which MPI may have registered
// with a network card.
int command_output(const char *const *arguments, char *const *environment, int seconds, char *out, size_t room);

// Trials that failed: failed/<id>.yaml holds the reason. Such a trial runs again only if the user asks for it.
#pragma once

#include "base/err.h"
#include <stdbool.h>

struct failure {
    char *reason; // owned
    char *when;   // owned; UTC
};

// Writes the reason and makes the file durable. Returns 0, or -1 and an error.
int failure_write(const char *folder, const char *id, const char *reason, struct err *e);
bool failure_exists(const char *folder, const char *id);
// Reads the file. Returns 0, or -1 and an error. The caller frees *f in either case.
int failure_read(const char *folder, const char *id, struct failure *f, struct err *e);
void failure_free(struct failure *f);
// Removes the file, so that the trial runs again. Returns 0, even if there was no file, or -1 and an error.
int failure_remove(const char *folder, const char *id, struct err *e);

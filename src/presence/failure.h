// Trials that failed: failed/<id>.yaml says why. Such a trial is not run again until somebody asks for it.
#pragma once

#include "base/err.h"
#include <stdbool.h>

struct failure {
    char *reason, *when; // owned; UTC
};
// Durable when it returns 0.
int failure_write(const char *folder, const char *id, const char *reason, struct err *e);
bool failure_exists(const char *folder, const char *id);
int failure_read(const char *folder, const char *id, struct failure *f, struct err *e); // to be freed in every case
void failure_free(struct failure *f);
int failure_forget(const char *folder, const char *id, struct err *e);

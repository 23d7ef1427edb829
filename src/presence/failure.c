// Writes, reads and removes the files of failed trials, one record each.
#include "presence/failure.h"

#include "base/clock.h"
#include "base/disk.h"
#include "base/field.h"
#include "base/mem.h"
#include "presence/state_file.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const struct field failure_fields[] = {
    {.key = "reason", .type = FIELD_TEXT, .offset = offsetof(struct failure, reason), .flags = FIELD_REQUIRED},
    FIELD_ROW(failure, when, "when", FIELD_TEXT, "UTC"),
    {0},
};
static const struct record_type failure_type = {failure_fields, sizeof(struct failure), .has_process = false};

static char *failure_path(const char *folder, const char *id)
{
    return mem_format("%s/failed/%s.yaml", folder, id);
}

int failure_write(const char *folder, const char *id, const char *reason, struct err *e)
{
    char date[32];
    char *path = failure_path(folder, id);
    struct failure f = {mem_text(reason), mem_text(clock_date(date))};
    char *text = record_text(&failure_type, &f);

    int rc = disk_write(path, text, e);
    failure_free(&f);
    free(text);
    free(path);
    return rc;
}

bool failure_exists(const char *folder, const char *id)
{
    char *path = failure_path(folder, id);
    bool exists = access(path, F_OK) == 0;
    free(path);
    return exists;
}

int failure_read(const char *folder, const char *id, struct failure *f, struct err *e)
{
    char *path = failure_path(folder, id);
    int rc = record_read(&failure_type, path, f, e);
    free(path);
    return rc;
}

void failure_free(struct failure *f)
{
    record_free(&failure_type, f);
}

int failure_remove(const char *folder, const char *id, struct err *e)
{
    char *path = failure_path(folder, id);
    int rc = 0;
    if (unlink(path) < 0 && errno != ENOENT)
        rc = disk_fail(e, path, errno, 0, "cannot remove it");
    free(path);
    return rc;
}

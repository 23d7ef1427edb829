// Files of trials that must run alone, one record each.
#include "presence/lone_trial.h"

#include "base/disk.h"
#include "base/field.h"
#include "base/mem.h"
#include "presence/state_file.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct lone_record {
    bool has_begun;
};
static const struct field lone_fields[] = {
    {.key = "has_begun",
        .type = FIELD_BOOL,
        .offset = offsetof(struct lone_record, has_begun),
        .default_text = "false"},
    {0},
};
static const struct record_type lone_type = {lone_fields, sizeof(struct lone_record), .has_process = false};

static char *lone_path(const char *folder, const char *id)
{
    ASSERT(*id, "no trial");
    return mem_format("%s/state/lone-%s", folder, id);
}

int lone_trial_set(const char *folder, const char *id, enum lone_state state, struct err *e)
{
    char *path = lone_path(folder, id);
    struct lone_record record = {.has_begun = state == LONE_BEGAN};
    int rc = 0;

    if (state == LONE_NOT) {
        if (unlink(path) < 0 && errno != ENOENT)
            rc = disk_fail(e, path, errno, 0, "cannot remove it");
    } else {
        char *text = record_text(&lone_type, &record);
        rc = disk_write(path, text, e);
        free(text);
    }
    free(path);

    return rc;
}

enum lone_state lone_trial_state(const char *folder, const char *id)
{
    char *path = lone_path(folder, id);
    struct lone_record record;
    struct err ignored = {0};
    enum lone_state state = LONE_NOT;

    if (access(path, F_OK) == 0) {
        bool has_begun = record_read(&lone_type, path, &record, &ignored) == 0 && record.has_begun;
        record_free(&lone_type, &record);
        state = has_begun ? LONE_BEGAN : LONE_WAITS;
    }
    free(path);

    return state;
}

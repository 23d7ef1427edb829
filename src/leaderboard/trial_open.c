// Opens trials. If a trial is a record, unpacks it into a file in memory. Its objects have the same paths there as if
// it were a group of a run's file, so code that reads a trial need not know where it is stored.
#include "leaderboard/trial_open.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdlib.h>
#include <string.h>

bool path_is_journal(const char *path)
{
    const size_t n = strlen(path), suffix = strlen(JOURNAL_SUFFIX);
    return n > suffix && strcmp(path + n - suffix, JOURNAL_SUFFIX) == 0;
}

bool row_is_in_journal(const struct leaderboard_row *row)
{
    ASSERT(row->path && row->group, "a row without a place");
    return *row->group && path_is_journal(row->path);
}

struct store_file *journal_trial_open(const char *path, const char *id, char **group, struct err *e)
{
    struct journal *j = journal_open(path, e);
    struct store_file *f = NULL;
    int found = -1, matches = 0;
    if (!j)
        return NULL;

    for (int i = 0; i < journal_trials(j); i++)
        if (strncmp(journal_id(j, i), id, strlen(id)) == 0 &&
            (found < 0 || strcmp(journal_id(j, i), journal_id(j, found)) != 0)) {
            found = i;
            matches++;
        }
    if (matches == 0)
        err_add(e, ERR_USAGE, "%s: no trial's id begins with '%s'", path, id);
    else if (matches > 1)
        err_add(e, ERR_USAGE, "%s: '%s' begins the ids of %d trials", path, id, matches);
    else {
        *group = mem_format(RUN_TRIALS "/%s", journal_id(j, found));
        f = journal_trial(j, found, *group, e);
    }
    journal_free(&j);
    return f;
}

struct store_file *run_open(const char *path, struct err *e)
{
    if (store_walk_objects(path, (const char *const[]){RUN_LEADERBOARD}, 1, e) != 0)
        return NULL;
    return store_open(path, FORMAT_RUN, STORE_CHECKED, e);
}

int run_trial_walk(struct store_file *f, const char *group, struct err *e)
{
    const char *objects[] = {store_has(f, group) ? group : RUN_RECORDS, RUN_LEADERBOARD};

    if (!store_has(f, objects[0]))
        return err_add(e, ERR_DATA, "%s: %s: not in the file", store_path(f), group);
    return store_walk_objects(store_path(f), objects, 2, e);
}

// Reads the keys of the leaderboard's rows into new memory. Sets *n to their number. Returns NULL and an error on
// failure.
static char **read_keys(struct store_file *f, int *n, struct err *e)
{
    static const char path[] = RUN_LEADERBOARD "/" LEADERBOARD_TRIAL;
    struct store_shape shape;
    char **keys = NULL;

    *n = 0;
    if (store_get_shape(f, path, &shape, e) != 0)
        return NULL;
    keys = mem_new((size_t)shape.dims[0] + 1, sizeof *keys);
    if (store_read(f, path, STORE_TEXT, store_entries(0, shape.dims[0]), keys, e) != 0) {
        free(keys);
        return NULL;
    }
    *n = (int)shape.dims[0];
    return keys;
}

struct journal *run_records(struct store_file *f, struct err *e)
{
    int n;
    if (!store_has(f, RUN_RECORDS))
        return NULL;

    char **keys = read_keys(f, &n, e);
    struct journal *j = keys ? journal_open_run(f, keys, n, e) : NULL;
    list_free(keys, n);
    return j;
}

struct store_file *run_trial(struct store_file *f, const char *group, struct err *e)
{
    struct store_file *record = NULL;
    if (store_has(f, group))
        return f;

    struct journal *j = run_records(f, e);
    const int i = j ? journal_find(j, strrchr(group, '/') + 1) : -1;
    if (i >= 0)
        record = journal_trial(j, i, group, e);
    else if (!e->count)
        err_add(e, ERR_DATA, "%s: %s: not in the file", store_path(f), group);
    journal_free(&j);
    store_close(&f);
    return record;
}

struct store_file *trial_open(const struct leaderboard_row *s, struct err *e)
{
    if (!*s->group)
        return store_open(s->path, FORMAT_TRIAL, STORE_CHECK, e);

    if (path_is_journal(s->path)) {
        char *group = NULL;
        struct store_file *f = journal_trial_open(s->path, strrchr(s->group, '/') + 1, &group, e);
        free(group);
        return f;
    }

    struct store_file *f = run_open(s->path, e);
    int rc = f ? run_trial_walk(f, s->group, e) : -1;
    store_close(&f);
    f = rc == 0 ? store_open(s->path, FORMAT_RUN, STORE_CHECKED, e) : NULL;
    return f ? run_trial(f, s->group, e) : NULL;
}

// Finds the file and the trial that the name of a model selects: a trial's file, or a trial of a run or of a journal.
#include "trial/model_open.h"

#include "base/err.h"
#include "base/mem.h"
#include "leaderboard/ensemble.h"
#include "leaderboard/stale.h"
#include "leaderboard/trial_open.h"
#include "store/schema.h"
#include "store/store.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *model_id(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon && colon != name && !strchr(colon, '/') && access(name, F_OK) != 0 ? colon + 1 : NULL;
}

static bool is_ensemble_id(const char *id)
{
    return id && strcmp(id, MODEL_ENSEMBLE_ID) == 0;
}

char *model_file(const char *name)
{
    const char *id = model_id(name);
    char *file = id ? mem_format("%.*s", (int)(id - 1 - name), name) : mem_text(name);
    struct stat status;
    if (stat(file, &status) != 0 || !S_ISDIR(status.st_mode))
        return file;
    char *of_run = mem_format("%s/%s.h5", file, is_ensemble_id(id) ? MODEL_ENSEMBLE_ID : "run");
    free(file);
    return of_run;
}

static void ids_free(char **texts, int64_t n)
{
    for (int64_t i = 0; texts && i < n; i++)
        free(texts[i]);
    free(texts);
}

// Returns which rows of the leaderboard are stale, in new memory (n). If the file is the run.h5 of a folder with a list
// state/stale, uses that list, which can be newer. Otherwise uses what the file itself says.
static bool *find_stale_ids(struct store_file *f, char *const *ids, int64_t n, struct err *e)
{
    static const char path[] = RUN_LEADERBOARD "/" LEADERBOARD_STATUS;
    struct store_shape shape;
    struct err absent = {0};
    char **status = mem_new((size_t)n + 1, sizeof *status);
    if (store_get_shape(f, path, &shape, &absent) == 0 && shape.type == STORE_TEXT && shape.rank == 1 &&
        shape.dims[0] == n)
        store_read(f, path, STORE_TEXT, store_entries(0, n), status, e);

    const char *slash = strrchr(store_path(f), '/');
    char *folder = slash ? mem_format("%.*s", (int)(slash - store_path(f)), store_path(f)) : mem_text(".");
    struct stale stale = {0};
    if (strcmp(slash ? slash + 1 : store_path(f), "run.h5") == 0)
        stale_read(folder, &stale);

    bool *is_stale = mem_new((size_t)n + 1, sizeof *is_stale);
    for (int64_t i = 0; i < n; i++) {
        bool is_marked = status[i] && strcmp(status[i], TRIAL_STALE) == 0;
        is_stale[i] = stale.is_known ? stale_find(&stale, ids[i]) != NULL : is_marked;
    }
    stale_free(&stale);
    free(folder);
    ids_free(status, n);
    return is_stale;
}

// Returns an id of the leaderboard, in new memory: the one that begins with `id` or, if `id` is NULL, the first one
// that is not stale. Returns NULL and an error if there is none. If `id` begins several ids, returns the first of them,
// but adds an error.
static char *find_id(struct store_file *f, const char *id, struct err *e)
{
    static const char path[] = RUN_LEADERBOARD "/" LEADERBOARD_TRIAL;
    struct store_shape shape;
    if (store_get_shape(f, path, &shape, e) != 0)
        return NULL;

    char **ids = mem_new((size_t)shape.dims[0], sizeof *ids), *found = NULL;
    int matches = 0;
    if (store_read(f, path, STORE_TEXT, store_entries(0, shape.dims[0]), ids, e) == 0) {
        bool *is_stale = find_stale_ids(f, ids, shape.dims[0], e);
        for (int64_t i = 0; i < shape.dims[0]; i++)
            if (id ? strncmp(ids[i], id, strlen(id)) == 0 : !is_stale[i]) {
                found = found ? found : mem_text(ids[i]);
                matches++;
            }
        free(is_stale);
        if (matches == 0 && !id && shape.dims[0] > 0)
            err_add(e, ERR_USAGE,
                "%s: every trial is stale: the data has changed since they were trained; hint: run the experiment "
                "again, or name a trial: RUN:ID",
                store_path(f));
        else if (matches == 0)
            err_add(e, ERR_USAGE, "%s: no trial's id begins with '%s'", store_path(f), id ? id : "");
        else if (id && matches > 1)
            err_add(e, ERR_USAGE, "%s: '%s' begins the ids of %d trials", store_path(f), id, matches);
    }

    ids_free(ids, shape.dims[0]);
    return found;
}

// Returns the prefix of the paths of the trial's objects, in new memory: "" in a trial file, "trials/ID/" in a run. It
// is
// "" for a whole ensemble, too.
// Returns NULL and an error if there is no such trial.
static char *find_prefix(struct store_file *f, const char *name, struct err *e)
{
    char *format = store_get_text(f, "", STORE_FORMAT), *prefix = NULL;
    const char *id = model_id(name);

    if (format && strcmp(format, FORMAT_RUN) == 0 && (!id || is_ensemble_id(id)) && ensemble_is_model(f)) {
        prefix = mem_text("");
    } else if (format && strcmp(format, FORMAT_RUN) == 0 && is_ensemble_id(id)) {
        err_add(e, ERR_USAGE,
            "%s: holds no models of an ensemble, allowed: a file of hourglass ensemble; hint: hourglass ensemble %s",
            name, store_path(f));
    } else if (format && strcmp(format, FORMAT_RUN) == 0) {
        char *whole = find_id(f, id, e);
        prefix = whole && !e->count ? mem_format(RUN_TRIALS "/%s/", whole) : NULL;
        free(whole);
    } else if (!format || strcmp(format, FORMAT_TRIAL) != 0) {
        err_add(e, ERR_DATA, "%s: found format %s, allowed: %s or %s", store_path(f), format ? format : "none",
            FORMAT_TRIAL, FORMAT_RUN);
    } else if (id) {
        err_add(e, ERR_USAGE, "%s: found ':%s' behind a trial file, allowed: behind run.h5", name, id);
    } else {
        prefix = mem_text("");
    }
    free(format);
    return prefix;
}

// Walks one trial of a run's file, not the whole file, which can hold thousands of trials.
int model_walk(const char *name, struct err *e)
{
    static const char *const leaderboard[] = {RUN_LEADERBOARD};
    char *path = model_file(name), *prefix = NULL;
    if (access(path, F_OK) != 0 && is_ensemble_id(model_id(name))) {
        err_add(e, ERR_DATA, "%s: no ensemble: %s; hint: hourglass ensemble %.*s makes it", path, strerror(errno),
            (int)(model_id(name) - 1 - name), name);
        free(path);
        return -1;
    }
    if (access(path, F_OK) != 0) {
        err_add(e, ERR_DATA,
            "%s: no model: %s, allowed: a run's folder, or a trial's file; hint: hourglass run EXPERIMENT.yaml makes "
            "results/NAME",
            path, strerror(errno));
        free(path);
        return -1;
    }
    if (path_is_journal(path)) { // HDF5 does not read journals
        free(path);
        return 0;
    }

    struct store_file *f =
        store_walk_objects(path, leaderboard, 1, e) == 0 ? store_open(path, NULL, STORE_CHECKED, e) : NULL;
    if (f)
        prefix = find_prefix(f, name, e);

    int failed = -1;
    if (prefix && !*prefix)
        failed = store_walk(path, e);
    else if (prefix) {
        char *group = mem_format("%.*s", (int)strlen(prefix) - 1, prefix);
        failed = run_trial_walk(f, group, e);
        free(group);
    }

    store_close(&f);
    free(prefix);
    free(path);
    return failed;
}

struct store_file *model_open(const char *name, char **prefix, struct err *e)
{
    char *path = model_file(name), *group = NULL;
    const char *id = model_id(name);
    struct store_file *f;

    *prefix = NULL;
    if (path_is_journal(path)) {
        f = journal_trial_open(path, id ? id : "", &group, e);
        *prefix = f ? mem_format("%s/", group) : NULL;
    } else {
        f = store_open(path, NULL, STORE_CHECKED, e);
        *prefix = f ? find_prefix(f, name, e) : NULL;
        group = *prefix && **prefix ? mem_format("%.*s", (int)strlen(*prefix) - 1, *prefix) : NULL;
        if (group)
            f = run_trial(f, group, e);
    }
    if (*prefix && !f) {
        free(*prefix);
        *prefix = NULL;
    }

    free(group);
    free(path);
    return f;
}

// The place that a new split goes to: a file of its own or one with other splits, which stay.
#include "data/dataset_target.h"

#include "base/mem.h"
#include "store/schema.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void dataset_target_free(struct dataset_target *t)
{
    free(t->path);
    free(t->split);
}

static bool is_split_name(const char *name)
{
    if (!*name || *name == '.')
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && !strchr("_-.", *name))
            return false;
    return true;
}

int dataset_target_parse(struct dataset_target *t, const char *output, struct err *e)
{
    const char *colon = output ? strrchr(output, ':') : NULL;
    if (!colon || colon == output || !is_split_name(colon + 1))
        return err_add(e, ERR_USAGE,
            "--output: found '%s', allowed: FILE.h5:SPLIT, such as experiments/data/x.h5:train; a "
            "split's name is of letters, digits, _ - .",
            output ? output : "");
    t->path = mem_format("%.*s", (int)(colon - output), output);
    t->split = mem_text(colon + 1);
    t->exists = stat(t->path, &t->before) == 0;
    return 0;
}

int dataset_target_check(const struct dataset_target *t, bool force, struct err *e)
{
    if (!t->exists)
        return 0;
    if (store_check_replace(t->path, FORMAT_DATASET, e) != 0)
        return -1;
    struct store_file *f = store_open(t->path, FORMAT_DATASET, false, e);
    if (!f)
        return -1;
    bool has = store_has(f, t->split);
    store_close(&f);
    return has && !force ? err_add(e, ERR_USAGE, "%s: has a split '%s' already; --force replaces it", t->path, t->split)
                         : 0;
}

static int copy_others(const struct dataset_target *t, struct store_file *to, struct err *e)
{
    if (!t->exists)
        return 0;
    struct store_file *from = store_open(t->path, FORMAT_DATASET, false, e);
    char **names = NULL;
    int n = 0, status = from ? store_list(from, "/", &names, &n, e) : -1;
    for (int i = 0; i < n && status == 0; i++)
        if (strcmp(names[i], t->split) != 0)
            status = store_copy(from, names[i], to, names[i], e);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    store_close(&from);
    return status;
}

// Another import that finished meanwhile would lose its split.
static int check_unchanged(const struct dataset_target *t, struct err *e)
{
    struct stat now;
    bool exists = stat(t->path, &now) == 0;
    if (exists == t->exists && (!exists || (now.st_ino == t->before.st_ino && now.st_mtime == t->before.st_mtime &&
                                               now.st_size == t->before.st_size)))
        return 0;
    return err_add(e, ERR_IO, "%s: another program wrote it meanwhile; nothing was changed: import again", t->path);
}

struct store_file *dataset_target_create(const struct dataset_target *t, struct err *e)
{
    struct store_file *file = store_create(t->path, FORMAT_DATASET, FORMAT_VERSION, e);
    if (file && copy_others(t, file, e) != 0)
        store_abandon(&file);
    return file;
}

int dataset_target_commit(const struct dataset_target *t, struct store_file **file, struct err *e)
{
    if (check_unchanged(t, e) == 0)
        return store_commit(file, e);
    store_abandon(file);
    return -1;
}

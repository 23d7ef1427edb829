// Creates a new file for a split, and copies the other splits of the old file into it.
#include "data/dataset_target.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/store.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void dataset_target_free(struct dataset_target *t)
{
    output_release(&t->output);
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
    return 0;
}

int dataset_target_check(const struct dataset_target *t, bool force, struct err *e)
{
    struct stat s;

    if (store_check_replace(t->path, FORMAT_DATASET, e) != 0)
        return -1;
    if (stat(t->path, &s) < 0)
        return 0; // the file does not exist yet
    struct store_file *f = store_open(t->path, FORMAT_DATASET, STORE_CHECK, e);
    if (!f)
        return -1;
    bool has = store_has(f, t->split);
    store_close(&f);

    return has && !force ? err_add(e, ERR_USAGE, "%s: has a split '%s' already; --force replaces it", t->path, t->split)
                         : 0;
}

// Verifies one split and copies it. Thus damage is reported for the old file, and not found later in the new one.
static int copy_one(struct store_file *from, const char *split, struct store_file *to, struct err *e)
{
    return store_verify_group(from, split, e) == 0 ? store_copy(from, split, to, split, e) : -1;
}

// Copies all splits except the one that will be written.
static int copy_others(const struct dataset_target *t, struct store_file *to, struct err *e)
{
    if (!t->output.seen.exists)
        return 0;

    struct store_file *from = store_open(t->path, FORMAT_DATASET, STORE_CHECK, e);
    char **names = NULL;
    int n = 0, status = from ? store_list(from, "/", &names, &n, e) : -1;
    for (int i = 0; i < n && status == 0; i++)
        if (strcmp(names[i], t->split) != 0)
            status = copy_one(from, names[i], to, e);

    list_free(names, n);
    store_close(&from);
    return status;
}

struct store_file *dataset_target_create(struct dataset_target *t, bool force, struct err *e)
{
    ASSERT(t->path && t->split, "the output was not parsed");
    if (output_take(&t->output, t->path, e) != 0 || dataset_target_check(t, force, e) != 0)
        return NULL;

    struct store_file *file = store_create_output(&t->output, FORMAT_DATASET, e);
    if (file && copy_others(t, file, e) != 0)
        store_abandon(&file);
    return file;
}

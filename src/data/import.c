// Importing: sources are paired, their rows stream into a new file, the other splits of an existing one are copied
// over, and the file takes its name when it is whole.
#include "data/import.h"

#include "base/mem.h"
#include "data/import_write.h"
#include "store/schema.h"
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const header_choices[] = {"auto", "yes", "no", NULL};
static const char *const type_choices[] = {"stored", "f4", "f8", NULL};

#define AT(member) offsetof(struct import_options, member)
const struct field import_fields[] = {
    {.key = "output",
        .type = FIELD_TEXT,
        .offset = AT(output),
        .help = "FILE.h5:SPLIT to write, such as data/x.h5:train"},
    {.key = "force",
        .type = FIELD_BOOL,
        .offset = AT(force),
        .standard = "false",
        .help = "replace a split that exists"},
    {.key = "label",
        .type = FIELD_TEXT,
        .offset = AT(label),
        .help = "the labels: a column (name or number), an array of an .npz, or a file"},
    {.key = "x", .type = FIELD_TEXT, .offset = AT(x), .help = "the array of an .npz that holds the data"},
    {.key = "columns",
        .type = FIELD_TEXT,
        .offset = AT(columns),
        .help = "keep these columns alone: names or numbers, A,B"},
    {.key = "drop", .type = FIELD_TEXT, .offset = AT(drop), .help = "leave these columns out: names or numbers, A,B"},
    {.key = "header",
        .type = FIELD_CHOICE,
        .offset = AT(header),
        .standard = "auto",
        .choices = header_choices,
        .help = "whether the first line names the columns; auto: if none of it is a number"},
    {.key = "delimiter",
        .type = FIELD_TEXT,
        .offset = AT(delimiter),
        .help = "between fields: one character, 'tab', or 'space' for runs of blanks; default: found out"},
    {.key = "missing",
        .type = FIELD_TEXT,
        .offset = AT(missing),
        .help = "tokens of missing values; a comma at the end adds the empty field; default NA,NaN,nan,?,"},
    {.key = "type",
        .type = FIELD_CHOICE,
        .offset = AT(type),
        .standard = "stored",
        .choices = type_choices,
        .help = "element type of the result; stored: the source's own, f8 for CSV"},
    {0},
};

struct target {
    char *path, *split; // owned
    struct stat before; // of the file that stood there
    bool exists;
};

static void target_free(struct target *t)
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

static int target_parse(struct target *t, const char *output, struct err *e)
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

// Refuses to replace what is there, before any data is read.
static int target_check(const struct target *t, bool force, struct err *e)
{
    if (!t->exists)
        return 0;
    struct store_file *f = store_open(t->path, FORMAT_DATASET, false, e);
    if (!f)
        return -1;
    bool has = store_has(f, t->split);
    store_close(&f);
    return has && !force ? err_add(e, ERR_USAGE, "%s: has a split '%s' already; --force replaces it", t->path, t->split)
                         : 0;
}

static int copy_others(const struct target *t, struct store_file *to, struct err *e)
{
    if (!t->exists)
        return 0;
    struct store_file *from = store_open(t->path, FORMAT_DATASET, false, e);
    char **names = NULL;
    int n = 0, status = from ? store_list(from, "/", &names, &n, e) : -1;
    for (int i = 0; i < n && status == 0; i++)
        if (strcmp(names[i], t->split) != 0)
            status = store_copy(from, names[i], to, names[i], e);
    source_free_list(names, n);
    store_close(&from);
    return status;
}

// Another import that finished meanwhile would lose its split.
static int check_unchanged(const struct target *t, struct err *e)
{
    struct stat now;
    bool exists = stat(t->path, &now) == 0;
    if (exists == t->exists && (!exists || (now.st_ino == t->before.st_ino && now.st_mtime == t->before.st_mtime &&
                                               now.st_size == t->before.st_size)))
        return 0;
    return err_add(e, ERR_IO, "%s: another program wrote it meanwhile; nothing was changed: import again", t->path);
}

// The new file beside the old one, until both splits and rows are in it.
static int write_all(const struct target *t, struct import_pair *pair, const struct import_options *o,
    struct import_summary *s, struct err *e)
{
    struct store_file *file = store_create(t->path, FORMAT_DATASET, FORMAT_VERSION, e);
    if (!file)
        return -1;
    if (copy_others(t, file, e) == 0 && import_write(file, t->split, pair, (enum import_type)o->type, s, e) == 0 &&
        check_unchanged(t, e) == 0)
        return store_commit(&file, e);
    store_abandon(&file);
    return -1;
}

int import_run(const struct import_options *o, struct import_summary *s, struct err *e)
{
    *s = (struct import_summary){0};
    if (o->n_sources < 1 || o->n_sources > 2)
        return err_add(e, ERR_USAGE, "found %d SRC, allowed: 1, or 2 (data and labels)", o->n_sources);
    struct target target = {0};
    struct import_pair pair = {0};
    // both, so that mistakes in both are seen
    int bad = target_parse(&target, o->output, e) != 0 || target_check(&target, o->force, e) != 0;
    bad |= import_pair_open(&pair, o, e) != 0;
    int status = bad ? -1 : write_all(&target, &pair, o, s, e);
    if (status != 0)
        import_summary_free(s);
    import_pair_free(&pair);
    target_free(&target);
    return status;
}

void import_summary_free(struct import_summary *s)
{
    source_free_list(s->label_names, s->n_label_names);
    free(s->label_name);
    free(s->counts);
    text_free(&s->warnings);
    *s = (struct import_summary){0};
}

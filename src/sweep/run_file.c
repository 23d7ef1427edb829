// run.h5: all trials of a run in one portable file, and its leaderboard with a column for each figure.
#include "sweep/run_file.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include "store/store.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_trial_file(const char *name)
{
    size_t n = strlen(name);
    return n > 3 && name[0] != '.' && strcmp(name + n - 3, ".h5") == 0;
}

int leaderboard_read(const char *folder, bool is_ours, struct trial_summary **rows, int *n, struct err *e)
{
    char *trials = mem_format("%s/trials", folder);
    DIR *dir = opendir(trials);
    *rows = NULL;
    *n = 0;
    if (!dir) {
        err_add(e, ERR_USAGE, "%s: no run: %s", trials, strerror(errno));
        free(trials);
        return -1;
    }
    int failed = 0;
    for (struct dirent *d; (d = readdir(dir));) {
        if (!is_trial_file(d->d_name))
            continue;
        char *path = mem_format("%s/%s", trials, d->d_name);
        *rows = mem_grow(*rows, (size_t)*n + 1, sizeof **rows);
        if (summary_read(path, is_ours, &(*rows)[*n], e) == 0)
            ++*n;
        else
            failed = -1;
        free(path);
    }
    closedir(dir);
    free(trials);
    if (*n > 1)
        qsort(*rows, (size_t)*n, sizeof **rows, summary_compare);
    if (failed) {
        leaderboard_free(rows, *n);
        *n = 0;
    }
    return failed;
}

void leaderboard_free(struct trial_summary **rows, int n)
{
    for (int i = 0; i < n; i++)
        summary_free(&(*rows)[i]);
    free(*rows);
    *rows = NULL;
}

// --- columns
struct columns {
    struct store_file *f;
    int n;
    struct err *e;
};

static int put(const struct columns *c, const char *name, enum store_type type, const void *data, const char *long_name,
    const char *units)
{
    char path[256];
    snprintf(path, sizeof path, RUN_LEADERBOARD "/%s", name);
    struct store_shape shape = {type, 1, {c->n}};
    struct store_about about = {long_name, units, {LEADERBOARD_TRIAL}};
    return store_write(c->f, path, &shape, data, &about, c->e);
}

static const char *varied_value(const struct trial_summary *s, const char *key)
{
    for (int i = 0; i < s->n_varied; i++)
        if (strcmp(s->key[i], key) == 0)
            return s->value[i];
    return "";
}

// A varied value is a column of numbers where all trials have one, else of texts. Users name variables as they like:
// one that is called like another column goes by varied.KEY.
static int put_varied(const struct columns *c, const struct trial_summary *rows, const char *key)
{
    double *number = mem_new((size_t)c->n, sizeof *number);
    const char **text = mem_new((size_t)c->n, sizeof *text);
    bool all_numbers = true;
    for (int i = 0; i < c->n; i++) {
        text[i] = varied_value(&rows[i], key);
        all_numbers = all_numbers && text_to_double(text[i], &number[i]) == 0;
    }
    char name[256];
    snprintf(name, sizeof name, RUN_LEADERBOARD "/%s", key);
    snprintf(name, sizeof name, "%s%s", store_has(c->f, name) ? LEADERBOARD_VARIED : "", key);
    int failed = all_numbers ? put(c, name, STORE_F64, number, key, NULL) : put(c, name, STORE_TEXT, text, key, NULL);
    free(number);
    free(text);
    return failed;
}

static bool was_seen(const struct trial_summary *rows, int row, const char *key)
{
    for (int i = 0; i < row; i++)
        for (int k = 0; k < rows[i].n_varied; k++)
            if (strcmp(rows[i].key[k], key) == 0)
                return true;
    return false;
}

static int put_all_varied(const struct columns *c, const struct trial_summary *rows)
{
    int failed = 0;
    for (int i = 0; i < c->n && !failed; i++)
        for (int k = 0; k < rows[i].n_varied && !failed; k++)
            if (!was_seen(rows, i, rows[i].key[k]))
                failed = put_varied(c, rows, rows[i].key[k]);
    return failed;
}

static const struct set_summary *find_set(const struct trial_summary *s, const char *name)
{
    for (int i = 0; i < s->n_sets; i++)
        if (strcmp(s->set[i].name, name) == 0)
            return &s->set[i];
    return NULL;
}

// A column of one figure: of the trials themselves (`set` NULL), or of what they say of one test set, whose name goes
// before it where there are several sets. A figure that no trial of a set has gets no column.
static int put_figure(
    const struct columns *c, const struct trial_summary *rows, const struct figure *f, const char *set, bool is_only)
{
    double *v = mem_new((size_t)c->n, sizeof *v);
    bool has_any = !set;
    for (int i = 0; i < c->n; i++) {
        const void *summary = set ? (const void *)find_set(&rows[i], set) : &rows[i];
        v[i] = summary ? figure_of(f, summary) : NAN;
        has_any = has_any || !isnan(v[i]);
    }
    char name[256];
    snprintf(name, sizeof name, "%s%s%s", is_only ? "" : set, is_only ? "" : ".", f->name);
    int failed = has_any ? put(c, name, STORE_F64, v, f->long_name, f->units) : 0;
    free(v);
    return failed;
}

// The names of all test sets of all trials, each once, into new memory (an array of *n borrowed texts).
static const char **list_sets(const struct trial_summary *rows, int n_rows, int *n)
{
    const char **names = NULL;
    *n = 0;
    for (int i = 0; i < n_rows; i++)
        for (int k = 0; k < rows[i].n_sets; k++) {
            int j = 0;
            while (j < *n && strcmp(names[j], rows[i].set[k].name) != 0)
                j++;
            if (j < *n)
                continue;
            names = mem_grow(names, (size_t)*n + 1, sizeof *names);
            names[(*n)++] = rows[i].set[k].name;
        }
    return names;
}

static int put_sets(const struct columns *c, const struct trial_summary *rows)
{
    int n, failed = 0;
    const char **sets = list_sets(rows, c->n, &n);
    for (int i = 0; i < n && !failed; i++)
        for (const struct figure *f = set_figures; f->name && !failed; f++)
            failed = put_figure(c, rows, f, sets[i], n == 1);
    free(sets);
    return failed;
}

static int put_leaderboard(const struct columns *c, const struct trial_summary *rows)
{
    const char **id = mem_new((size_t)c->n, sizeof *id), **status = mem_new((size_t)c->n, sizeof *status);
    int64_t *counts = mem_new(2 * (size_t)c->n, sizeof *counts), *parameters = counts + c->n;
    for (int i = 0; i < c->n; i++) {
        id[i] = rows[i].id;
        status[i] = rows[i].has_diverged ? TRIAL_DIVERGED : TRIAL_DONE;
        counts[i] = rows[i].epochs;
        parameters[i] = rows[i].parameters;
    }
    int failed = put(c, LEADERBOARD_TRIAL, STORE_TEXT, id, "identity of the trial", NULL);
    failed |= put(c, LEADERBOARD_STATUS, STORE_TEXT, status, "done or diverged", NULL);
    failed |= put(c, LEADERBOARD_EPOCHS, STORE_I64, counts, "epochs trained", "1");
    failed |= put(c, LEADERBOARD_PARAMETERS, STORE_I64, parameters, "trainable parameters", "1");
    for (const struct figure *f = trial_figures; f->name && !failed; f++)
        failed = put_figure(c, rows, f, NULL, true);
    failed |= put_sets(c, rows);
    failed |= put_all_varied(c, rows);
    free(id);
    free(status);
    free(counts);
    return failed;
}

static int copy_trial(struct store_file *to, const struct trial_summary *s, struct err *e)
{
    char name[64];
    snprintf(name, sizeof name, RUN_TRIALS "/%.32s", s->id);
    struct store_file *from = store_open(s->path, FORMAT_TRIAL, true, e);
    int failed = from ? store_copy(from, "/", to, name, e) : -1;
    store_close(&from);
    return failed;
}

int run_file_write(const char *folder, const struct trial_summary *rows, int n, struct err *e)
{
    char *path = mem_format("%s/run.h5", folder);
    struct store_file *f = store_create(path, FORMAT_RUN, FORMAT_VERSION, e);
    free(path);
    if (!f)
        return -1;
    struct columns columns = {f, n, e};
    int failed = put_leaderboard(&columns, rows);
    for (int i = 0; i < n && !failed; i++)
        failed = copy_trial(f, &rows[i], e);
    if (!failed)
        failed = store_commit(&f, e);
    store_abandon(&f);
    return failed;
}

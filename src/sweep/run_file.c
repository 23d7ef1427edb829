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
    struct store_about about = {long_name, units, {"trial"}};
    return store_write(c->f, path, &shape, data, &about, c->e);
}

static const char *varied_value(const struct trial_summary *s, const char *key)
{
    for (int i = 0; i < s->n_varied; i++)
        if (strcmp(s->key[i], key) == 0)
            return s->value[i];
    return "";
}

// A varied value is a column of numbers where all trials have one, else of texts.
static int put_varied(const struct columns *c, const struct trial_summary *rows, const char *key)
{
    double *number = mem_new((size_t)c->n, sizeof *number);
    const char **text = mem_new((size_t)c->n, sizeof *text);
    bool all_numbers = true;
    for (int i = 0; i < c->n; i++) {
        text[i] = varied_value(&rows[i], key);
        all_numbers = all_numbers && text_to_double(text[i], &number[i]) == 0;
    }
    int failed = all_numbers ? put(c, key, STORE_F64, number, key, NULL) : put(c, key, STORE_TEXT, text, key, NULL);
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

struct real_column {
    const char *name, *long_name, *units;
    size_t offset;
};

static int put_reals(
    const struct columns *c, const struct trial_summary *rows, const struct real_column *columns, int n)
{
    double *v = mem_new((size_t)c->n, sizeof *v);
    int failed = 0;
    for (int k = 0; k < n && !failed; k++) {
        for (int i = 0; i < c->n; i++)
            v[i] = *(const double *)(const void *)((const char *)&rows[i] + columns[k].offset);
        failed = put(c, columns[k].name, STORE_F64, v, columns[k].long_name, columns[k].units);
    }
    free(v);
    return failed;
}

static const struct set_summary *find_set(const struct trial_summary *s, const char *name)
{
    for (int i = 0; i < s->n_sets; i++)
        if (strcmp(s->set[i].name, name) == 0)
            return &s->set[i];
    return NULL;
}

// The metrics of one test set; its name goes before them where there are several sets.
static int put_set(const struct columns *c, const struct trial_summary *rows, const char *set, bool is_only)
{
    static const struct real_column metrics[] = {
        {"mean_error", "mean reconstruction error", "1", offsetof(struct set_summary, mean_error)},
        {"threshold", "error above which a sample is called anomalous", "1", offsetof(struct set_summary, threshold)},
        {"roc_auc", "area under the ROC curve", "1", offsetof(struct set_summary, roc_auc)},
        {"roc_auc_low", "its 95 % confidence interval (DeLong), lower end", "1",
            offsetof(struct set_summary, roc_auc_low)},
        {"roc_auc_high", "its 95 % confidence interval (DeLong), upper end", "1",
            offsetof(struct set_summary, roc_auc_high)},
        {"average_precision", "average precision", "1", offsetof(struct set_summary, average_precision)},
        {"best_f1", "best F1 over all thresholds", "1", offsetof(struct set_summary, best_f1)},
        {"accuracy", "accuracy at the threshold", "1", offsetof(struct set_summary, accuracy)},
        {"precision", "precision at the threshold", "1", offsetof(struct set_summary, precision)},
        {"recall", "recall at the threshold", "1", offsetof(struct set_summary, recall)},
        {"f1", "F1 at the threshold", "1", offsetof(struct set_summary, f1)},
        {"pca_roc_auc", "area under the ROC curve of principal components", "1",
            offsetof(struct set_summary, pca_roc_auc)},
    };
    double *v = mem_new((size_t)c->n, sizeof *v);
    int failed = 0;
    for (size_t k = 0; k < sizeof metrics / sizeof *metrics && !failed; k++) {
        bool has_any = false;
        for (int i = 0; i < c->n; i++) {
            const struct set_summary *s = find_set(&rows[i], set);
            v[i] = s ? *(const double *)(const void *)((const char *)s + metrics[k].offset) : NAN;
            has_any = has_any || !isnan(v[i]);
        }
        char name[256];
        snprintf(name, sizeof name, "%s%s%s", is_only ? "" : set, is_only ? "" : "_", metrics[k].name);
        if (has_any)
            failed = put(c, name, STORE_F64, v, metrics[k].long_name, metrics[k].units);
    }
    free(v);
    return failed;
}

static int put_sets(const struct columns *c, const struct trial_summary *rows)
{
    struct text seen = {0}; // names between newlines
    int sets = 0, failed = 0;
    for (int i = 0; i < c->n; i++)
        sets = rows[i].n_sets > sets ? rows[i].n_sets : sets;
    text_add(&seen, "\n");
    for (int i = 0; i < c->n && !failed; i++)
        for (int k = 0; k < rows[i].n_sets && !failed; k++) {
            char *name = mem_format("\n%s\n", rows[i].set[k].name);
            if (!strstr(seen.data, name)) {
                text_add(&seen, "%s\n", rows[i].set[k].name);
                failed = put_set(c, rows, rows[i].set[k].name, sets == 1);
            }
            free(name);
        }
    text_free(&seen);
    return failed;
}

static int put_leaderboard(const struct columns *c, const struct trial_summary *rows)
{
    static const struct real_column losses[] = {
        {"train_loss", "training loss of the last epoch", "1", offsetof(struct trial_summary, train_loss)},
        {"validation_loss", "validation loss of the last epoch", "1", offsetof(struct trial_summary, validation_loss)},
        {"seconds", "wall time of training", "s", offsetof(struct trial_summary, seconds)},
    };
    const char **id = mem_new((size_t)c->n, sizeof *id), **status = mem_new((size_t)c->n, sizeof *status);
    int64_t *counts = mem_new(2 * (size_t)c->n, sizeof *counts), *parameters = counts + c->n;
    for (int i = 0; i < c->n; i++) {
        id[i] = rows[i].id;
        status[i] = rows[i].has_diverged ? "diverged" : "done";
        counts[i] = rows[i].epochs;
        parameters[i] = rows[i].parameters;
    }
    int failed = put(c, "trial", STORE_TEXT, id, "identity of the trial", NULL);
    failed |= put(c, "status", STORE_TEXT, status, "done or diverged", NULL);
    failed |= put_all_varied(c, rows);
    failed |= put(c, "epochs", STORE_I64, counts, "epochs trained", "1");
    failed |= put(c, "parameters", STORE_I64, parameters, "trainable parameters", "1");
    failed |= put_reals(c, rows, losses, 3);
    failed |= put_sets(c, rows);
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

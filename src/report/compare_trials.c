// Reads the trials that are compared from all runs, without stale ones.
#include "report/compare_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "leaderboard/protocols.h"
#include "leaderboard/run_read.h"
#include "trial/experiment.h"
#include <stdlib.h>
#include <string.h>

static const char EXPERIMENT[] = "experiment";

// Compares two ids by their digits. After these, an id in a merged file may have a suffix, which distinguishes trials
// with the same id and different bits.
int compared_id_order(const struct leaderboard_row *a, const struct leaderboard_row *b)
{
    return strncmp(a->id, b->id, TRIAL_ID_LENGTH);
}

// --- reading

// Returns true if any run reports that the data of this trial has changed since it was trained. Another run may not
// know that.
static bool is_stale_anywhere(const struct compared_trials *t, const struct leaderboard_row *trial)
{
    for (int k = 0; k < t->runs; k++)
        for (int i = 0; i < t->n_rows[k]; i++)
            if (row_is_stale(&t->rows[k][i]) && compared_id_order(&t->rows[k][i], trial) == 0)
                return true;
    return false;
}

static void list_trials(struct compared_trials *t)
{
    int all = 0;
    for (int k = 0; k < t->runs; k++)
        all += t->n_rows[k];
    t->trial = mem_new((size_t)all + 1, sizeof *t->trial);
    t->run = mem_new((size_t)all + 1, sizeof *t->run);

    for (int k = 0; k < t->runs; k++)
        for (int i = 0; i < t->n_rows[k]; i++) {
            if (is_stale_anywhere(t, &t->rows[k][i]))
                continue;
            ASSERT(t->n < all, "%d of %d trials", t->n, all);
            t->trial[t->n] = &t->rows[k][i];
            t->run[t->n++] = k;
        }
}

int compared_trials_read(struct compared_trials *t, const char *const *runs, int n, struct err *e)
{
    int rc = 0;

    *t = (struct compared_trials){.runs = n};
    t->rows = mem_new((size_t)n, sizeof *t->rows);
    t->n_rows = mem_new((size_t)n, sizeof *t->n_rows);
    for (int k = 0; k < n; k++)
        if (run_read_rows(runs[k], STORE_CHECK, &t->rows[k], &t->n_rows[k], e) != 0)
            rc = -1; // continue: all mistakes are reported at once
    if (rc != 0)
        return -1;

    list_trials(t);
    struct seen_protocols seen = {0};
    for (int i = 0; i < t->n; i++)
        protocols_note(&seen, t->trial[i]);
    protocols_warn(&seen, n == 1 ? runs[0] : "the comparison");

    return t->n ? 0 : err_add(e, ERR_USAGE, "none of the runs has a finished trial");
}

void compared_trials_free(struct compared_trials *t)
{
    for (int k = 0; k < t->runs; k++)
        rows_free(&t->rows[k], t->n_rows[k]);
    free(t->rows);
    free(t->n_rows);
    free(t->trial);
    free(t->run);
}

// --- settings that vary

const char *compared_value(const struct leaderboard_row *trial, const char *key)
{
    if (strcmp(key, EXPERIMENT) == 0)
        return trial->experiment;
    const char *value = row_find_value(trial, key);
    return value ? value : "";
}

bool compared_key_is_seed(const char *key)
{
    const char *dot = strrchr(key, '.');
    return strcmp(dot ? dot + 1 : key, "seed") == 0;
}

static bool key_varies(const struct compared_trials *t, const char *key)
{
    for (int i = 1; i < t->n; i++)
        if (strcmp(compared_value(t->trial[i], key), compared_value(t->trial[0], key)) != 0)
            return true;
    return false;
}

// Adds a key unless it is already there or has the same value in all trials. Without `with_seeds`, does not add seeds.
static void add_key(const struct compared_trials *t, const char *key, bool with_seeds, char ***keys, int *n)
{
    for (int i = 0; i < *n; i++)
        if (strcmp((*keys)[i], key) == 0)
            return;
    if ((!with_seeds && compared_key_is_seed(key)) || !key_varies(t, key))
        return;
    *keys = mem_grow(*keys, (size_t)*n + 1, sizeof **keys);
    (*keys)[(*n)++] = mem_text(key);
}

static bool have_same_keys(const struct leaderboard_row *a, const struct leaderboard_row *b)
{
    if (a->n_varied != b->n_varied)
        return false;
    for (int k = 0; k < a->n_varied; k++)
        if (strcmp(a->key[k], b->key[k]) != 0)
            return false;
    return true;
}

int compared_keys(const struct compared_trials *t, bool with_seeds, char ***keys)
{
    int n = 0;

    *keys = NULL;
    add_key(t, EXPERIMENT, with_seeds, keys, &n);
    for (int i = 0; i < t->n; i++) {
        const struct leaderboard_row *trial = t->trial[i];
        if (i > 0 && have_same_keys(trial, t->trial[i - 1])) // true for most trials of most runs
            continue;
        for (int k = 0; k < trial->n_varied; k++)
            add_key(t, trial->key[k], with_seeds, keys, &n);
    }
    return n;
}

// Trials that differ only in train.seed, by their mean and spread.
#include "leaderboard/seed_statistics.h"

#include "base/mem.h"
#include "leaderboard/objective.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Trials of equal identity that another run or cluster did not get the same bits of are no repeats.
static bool may_repeat(const struct leaderboard_row *s)
{
    return *s->configuration && !strchr(s->id, '-');
}

static int by_configuration(const void *a, const void *b)
{
    const struct leaderboard_row *x = *(const struct leaderboard_row *const *)a,
                                 *y = *(const struct leaderboard_row *const *)b;
    int order = may_repeat(y) - may_repeat(x);
    order = order ? order : strcmp(x->configuration, y->configuration);
    return order ? order : strcmp(x->id, y->id);
}

// The head of a row, and space for its metrics.
static struct leaderboard_row begin(const struct leaderboard_row *s)
{
    struct leaderboard_row c = {.path = mem_text(s->path),
        .group = mem_text(s->group),
        .id = mem_text(s->configuration),
        .experiment = mem_text(s->experiment),
        .cluster = mem_text(s->cluster),
        .configuration = mem_text(s->configuration),
        .objective = mem_text(s->objective),
        .stale = mem_text(s->stale),
        .epochs = s->epochs,
        .parameters = s->parameters};
    c.key = mem_new((size_t)s->n_varied + 1, sizeof *c.key);
    c.value = mem_new((size_t)s->n_varied + 1, sizeof *c.value);
    for (int k = 0; k < s->n_varied; k++) {
        if (strcmp(s->key[k], "train.seed") == 0)
            continue;
        c.key[c.n_varied] = mem_text(s->key[k]);
        c.value[c.n_varied++] = mem_text(s->value[k]);
    }
    c.n_sets = s->n_sets;
    c.set = mem_new((size_t)s->n_sets, sizeof *c.set);
    for (int i = 0; i < s->n_sets; i++)
        c.set[i] = (struct set_results){.name = mem_text(s->set[i].name), .has_labels = s->set[i].has_labels};
    return c;
}

static const void *set_of(const struct leaderboard_row *s, const char *name)
{
    for (int i = 0; i < s->n_sets; i++)
        if (strcmp(s->set[i].name, name) == 0)
            return &s->set[i];
    return NULL;
}

// A metric of n trials, of the test set `set` (NULL: of the trials themselves).
static void reduce(const struct metric *m, const struct leaderboard_row *const *trial, int n, const char *set,
    void *mean, void *spread)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) {
        const void *s = set ? set_of(trial[i], set) : trial[i];
        sum += s ? metric_value(m, s) : NAN;
    }
    metric_set(m, mean, sum / n);
    for (int i = 0; i < n && !isnan(sum); i++) {
        double d = metric_value(m, set ? set_of(trial[i], set) : trial[i]) - sum / n;
        squares += d * d;
    }
    metric_set(m, spread, n > 1 && !isnan(sum) ? sqrt(squares / (n - 1)) : NAN);
}

static struct seed_statistics gather(const struct leaderboard_row *const *trial, int n)
{
    struct seed_statistics c = {begin(trial[0]), begin(trial[0]), n};
    for (int i = 0; i < n; i++)
        c.mean.has_diverged = c.mean.has_diverged || trial[i]->has_diverged;
    for (const struct metric *m = trial_metrics; m->name; m++)
        reduce(m, trial, n, NULL, &c.mean, &c.spread);
    for (int i = 0; i < c.mean.n_sets; i++)
        for (const struct metric *m = set_metrics; m->name; m++)
            reduce(m, trial, n, c.mean.set[i].name, &c.mean.set[i], &c.spread.set[i]);
    return c;
}

static int best_first(const void *a, const void *b)
{
    return objective_compare(&((const struct seed_statistics *)a)->mean, &((const struct seed_statistics *)b)->mean);
}

struct seed_statistics *seed_statistics_new(const struct leaderboard_row *rows, int n_rows, int *n)
{
    const struct leaderboard_row **sorted = mem_new((size_t)n_rows + 1, sizeof *sorted);
    struct seed_statistics *all = mem_new((size_t)n_rows + 1, sizeof *all);
    bool has_repeats = false;
    *n = 0;
    for (int i = 0; i < n_rows; i++)
        sorted[i] = &rows[i];
    qsort(sorted, (size_t)n_rows, sizeof *sorted, by_configuration);
    for (int i = 0, end; i < n_rows && may_repeat(sorted[i]); i = end) {
        for (end = i + 1; end < n_rows && may_repeat(sorted[end]) &&
                          strcmp(sorted[end]->configuration, sorted[i]->configuration) == 0;)
            end++;
        has_repeats = has_repeats || end > i + 1;
        all[(*n)++] = gather(sorted + i, end - i);
    }
    free(sorted);
    if (!has_repeats)
        seed_statistics_free(&all, *n);
    *n = has_repeats ? *n : 0;
    if (*n > 1)
        qsort(all, (size_t)*n, sizeof *all, best_first);
    return all;
}

void seed_statistics_free(struct seed_statistics **c, int n)
{
    for (int i = 0; i < n; i++) {
        row_free(&(*c)[i].mean);
        row_free(&(*c)[i].spread);
    }
    free(*c);
    *c = NULL;
}

static struct leaderboard *board_of(const struct seed_statistics *c, int n, bool spread)
{
    struct leaderboard_row *rows = mem_new((size_t)n + 1, sizeof *rows); // borrows all that they own
    for (int i = 0; i < n; i++)
        rows[i] = spread ? c[i].spread : c[i].mean;
    struct leaderboard *b = leaderboard_new(rows, n);
    free(rows);
    return b;
}

// Whether a column of trials says something of configurations: what it is, and metrics.
static bool is_of_configurations(const struct leaderboard_column *c)
{
    static const char *const others[] = {
        LEADERBOARD_TRIAL, LEADERBOARD_CLUSTER, LEADERBOARD_STATUS, PROVENANCE_RANKS, PROVENANCE_THREADS};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(c->name, others[i]) == 0)
            return false;
    return true;
}

static bool is_metric(const struct leaderboard *b, const struct leaderboard_column *c)
{
    for (const struct metric *m = trial_metrics; m->name; m++)
        if (strcmp(m->name, c->name) == 0)
            return true;
    const char *dot = strchr(b->sets, '\n') ? strchr(c->name, '.') : NULL; // "SET.METRIC" of several sets
    for (const struct metric *m = set_metrics; m->name; m++)
        if (strcmp(m->name, dot ? dot + 1 : c->name) == 0)
            return true;
    return false;
}

static void add_deviations(struct leaderboard *b, struct leaderboard *spread)
{
    for (int i = 0; i < spread->n_columns; i++) {
        struct leaderboard_column *from = &spread->column[i];
        if (from->type != STORE_F64 || !is_metric(spread, from))
            continue;
        char *name = mem_format("%s_deviation", from->name);
        char *long_name = mem_format("standard deviation of: %s", from->long_name);
        struct leaderboard_column *to = leaderboard_add_column(b, name, STORE_F64, long_name, from->units);
        memcpy(to->number, from->number, (size_t)b->n * sizeof *to->number);
        free(name);
        free(long_name);
    }
}

struct leaderboard *seed_statistics_leaderboard(const struct seed_statistics *c, int n)
{
    struct leaderboard *b = board_of(c, n, false), *spread = board_of(c, n, true);
    for (int i = b->n_columns - 1; i >= 0; i--)
        if (!is_of_configurations(&b->column[i]))
            leaderboard_drop_column(b, i);
    struct leaderboard_column *trials =
        leaderboard_add_column(b, CONFIGURATIONS_TRIALS, STORE_I64, "trials, each with its own seed", "1");
    for (int i = 0; i < n; i++)
        trials->number[i] = c[i].trials;
    add_deviations(b, spread);
    leaderboard_free(&spread);
    return b;
}

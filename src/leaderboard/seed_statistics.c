// Computes the statistics of configurations. Sorts rows by configuration. Each group of rows with the same
// configuration becomes a row of means and a row of deviations.
#include "leaderboard/seed_statistics.h"

#include "base/err.h"
#include "base/mem.h"
#include "leaderboard/objective.h"
#include "leaderboard/row.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Returns true if a trial counts as a repeat of its configuration. A trial called ID-DIGITS does not, because a merged
// file has several trials with this id and different results.
static bool may_repeat(const struct leaderboard_row *s)
{
    return *s->configuration && !strchr(s->id, '-');
}

static int compare_configurations(const void *a, const void *b)
{
    const struct leaderboard_row *x = *(const struct leaderboard_row *const *)a;
    const struct leaderboard_row *y = *(const struct leaderboard_row *const *)b;
    int order = may_repeat(y) - may_repeat(x);
    order = order ? order : strcmp(x->configuration, y->configuration);
    return order ? order : strcmp(x->id, y->id);
}

// Returns a row for the statistics of a configuration. It has the head of `s`, and space for the metrics of its sets.
static struct leaderboard_row row_begin_statistics(const struct leaderboard_row *s)
{
    struct leaderboard_row c = {.path = mem_text(s->path),
        .group = mem_text(s->group),
        .id = mem_text(s->configuration),
        .experiment = mem_text(s->experiment),
        .cluster = mem_text(s->cluster),
        .configuration = mem_text(s->configuration),
        .objective = mem_text(s->objective),
        .protocol = mem_text(s->protocol),
        .stale = mem_text(s->stale),
        .epochs = s->epochs,
        .parameters = s->parameters};

    c.key = mem_new((size_t)s->n_varied + 1, sizeof *c.key);
    c.value = mem_new((size_t)s->n_varied + 1, sizeof *c.value);
    for (int k = 0; k < s->n_varied; k++) {
        if (strcmp(s->key[k], "train.seed") == 0 || strcmp(s->key[k], "data.fold") == 0)
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

// The trials of one configuration.
struct seed_group {
    const struct leaderboard_row *const *trial; // (n), borrowed
    int n;
};

// Returns a metric of the trial's test set `set`, or of the trial itself if `set` is NULL. Returns NaN if the trial has
// no such test set.
static double trial_metric(const struct metric *m, const struct leaderboard_row *trial, const char *set)
{
    const void *results = set ? (const void *)row_find_set(trial, set) : trial;
    return results ? metric_value(m, results) : NAN;
}

// Sets mean and standard deviation (n - 1) of one metric. Both are NaN if a trial has no value. The deviation of a
// single trial is NaN, too.
static void metric_reduce(const struct metric *m, const struct seed_group *g, const char *set, void *mean, void *spread)
{
    double sum = 0;
    double squares = 0;

    for (int i = 0; i < g->n; i++)
        sum += trial_metric(m, g->trial[i], set);
    metric_set(m, mean, sum / g->n);

    for (int i = 0; i < g->n && !isnan(sum); i++) {
        double d = trial_metric(m, g->trial[i], set) - sum / g->n;
        squares += d * d;
    }
    metric_set(m, spread, g->n > 1 && !isnan(sum) ? sqrt(squares / (g->n - 1)) : NAN);
}

static struct seed_statistics seeds_gather(const struct seed_group *g)
{
    ASSERT(g->n > 0, "a configuration has a trial");
    struct seed_statistics c = {row_begin_statistics(g->trial[0]), row_begin_statistics(g->trial[0]), g->n};

    for (int i = 0; i < g->n; i++)
        c.mean.has_diverged = c.mean.has_diverged || g->trial[i]->has_diverged;
    for (const struct metric *m = trial_metrics; m->name; m++)
        metric_reduce(m, g, NULL, &c.mean, &c.spread);
    for (int i = 0; i < c.mean.n_sets; i++)
        for (const struct metric *m = set_metrics; m->name; m++)
            metric_reduce(m, g, c.mean.set[i].name, &c.mean.set[i], &c.spread.set[i]);
    return c;
}

static int compare_means(const void *a, const void *b)
{
    return objective_compare(&((const struct seed_statistics *)a)->mean, &((const struct seed_statistics *)b)->mean);
}

// Returns the end of the group of rows that have the configuration of row `first`.
static int group_end(const struct leaderboard_row *const *sorted, int n, int first)
{
    int end = first + 1;

    while (end < n && may_repeat(sorted[end]) && strcmp(sorted[end]->configuration, sorted[first]->configuration) == 0)
        end++;
    return end;
}

struct seed_statistics *seed_statistics_new(const struct leaderboard_row *rows, int n_rows, int *n)
{
    const struct leaderboard_row **sorted = mem_new((size_t)n_rows + 1, sizeof *sorted);
    struct seed_statistics *all = mem_new((size_t)n_rows + 1, sizeof *all);
    bool has_repeats = false;

    *n = 0;
    for (int i = 0; i < n_rows; i++)
        sorted[i] = &rows[i];
    qsort(sorted, (size_t)n_rows, sizeof *sorted, compare_configurations);

    for (int i = 0, end; i < n_rows && may_repeat(sorted[i]); i = end) {
        end = group_end(sorted, n_rows, i);
        has_repeats = has_repeats || end > i + 1;
        ASSERT(*n < n_rows, "%d configurations of %d trials", *n + 1, n_rows);
        all[(*n)++] = seeds_gather(&(struct seed_group){sorted + i, end - i});
    }
    free(sorted);

    if (!has_repeats) {
        seed_statistics_free(&all, *n);
        *n = 0;
    }
    if (*n > 1)
        qsort(all, (size_t)*n, sizeof *all, compare_means);
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

static struct leaderboard *statistics_leaderboard(const struct seed_statistics *c, int n, bool spread)
{
    struct leaderboard_row *rows = mem_new((size_t)n + 1, sizeof *rows); // borrows everything that `c` owns

    for (int i = 0; i < n; i++)
        rows[i] = spread ? c[i].spread : c[i].mean;
    struct leaderboard *b = leaderboard_new(rows, n);
    free(rows);
    return b;
}

// Returns true if a column of the leaderboard also makes sense for configurations.
static bool column_has_meaning(const struct leaderboard_column *c)
{
    static const char *const others[] = {
        LEADERBOARD_TRIAL, LEADERBOARD_CLUSTER, LEADERBOARD_STATUS, PROVENANCE_RANKS, PROVENANCE_THREADS};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(c->name, others[i]) == 0)
            return false;
    return true;
}

static bool column_is_metric(const struct leaderboard *b, const struct leaderboard_column *c)
{
    for (const struct metric *m = trial_metrics; m->name; m++)
        if (strcmp(m->name, c->name) == 0)
            return true;

    const char *dot = strchr(b->sets, '\n') ? strchr(c->name, '.') : NULL; // several sets: "SET.METRIC"
    for (const struct metric *m = set_metrics; m->name; m++)
        if (strcmp(m->name, dot ? dot + 1 : c->name) == 0)
            return true;
    return false;
}

static void add_deviations(struct leaderboard *b, struct leaderboard *spread)
{
    for (int i = 0; i < spread->n_columns; i++) {
        struct leaderboard_column *from = &spread->column[i];
        if (from->type != STORE_F64 || !column_is_metric(spread, from))
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
    struct leaderboard *b = statistics_leaderboard(c, n, false);
    struct leaderboard *spread = statistics_leaderboard(c, n, true);

    for (int i = b->n_columns - 1; i >= 0; i--)
        if (!column_has_meaning(&b->column[i]))
            leaderboard_drop_column(b, i);
    struct leaderboard_column *trials =
        leaderboard_add_column(b, CONFIGURATIONS_TRIALS, STORE_I64, "trials, each with its own seed", "1");
    for (int i = 0; i < n; i++)
        trials->number[i] = c[i].trials;

    ASSERT(spread->n == b->n, "%d deviations of %d means", spread->n, b->n);
    add_deviations(b, spread);
    leaderboard_free(&spread);

    return b;
}

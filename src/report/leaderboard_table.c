// Makes the leaderboard of a run as a text table.
//
// There are two tables: of trials, and of configurations (trials that differ only in train.seed or data.fold). Both
// begin with the identity of a row and the settings that vary. One column follows for each metric that has a header in
// the tables of leaderboard/row.h; the table of configurations omits costs. A metric for which larger or smaller values
// are better comes before the others, so that losses and scores precede costs such as seconds. A new metric is printed
// if its row in those tables has a header.
#include "report/leaderboard_table.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/row.h"
#include "leaderboard/seed_statistics.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// A column of a table: a metric of a trial or of a test set.
struct metric_column {
    const struct metric *metric;
    const char *set; // borrowed; NULL: the metric is of the trial
};

struct table_layout {
    const char **set; // (n_sets), owned array of borrowed names
    int n_sets;
    struct metric_column *column; // (n_columns), owned
    int n_columns;
    bool has_epochs;                    // trials have different numbers of epochs
    bool has_experiments, has_clusters; // there are several experiments, several clusters
    const char *const *key;             // (n_keys), borrowed from the trial with the most varied keys
    int n_keys;
};

// Returns the value of a column in a row, or NaN if the row has none.
static double column_value(const struct metric_column *c, const struct leaderboard_row *row)
{
    const void *results = c->set ? (const void *)row_find_set(row, c->set) : row;

    return results ? metric_value(c->metric, results) : NAN;
}

static bool column_is_shown(const struct metric_column *c, const struct leaderboard_row *rows, int n)
{
    bool is_shown = c->metric->shown == SHOWN_ALWAYS;

    for (int i = 0; i < n && !is_shown; i++) {
        const struct set_results *set = c->set ? row_find_set(&rows[i], c->set) : NULL;
        if (c->metric->shown == SHOWN_WITH_LABELS)
            is_shown = set && set->has_labels;
        else
            is_shown = !isnan(column_value(c, &rows[i]));
    }
    return is_shown;
}

// Adds the columns of those metrics of one table that have a header, for which `belongs` is true, and whose column is
// shown for these rows.
static void layout_add_metrics(struct table_layout *l, const struct metric *metrics, const char *set,
    bool (*belongs)(const struct metric *m), const struct leaderboard_row *rows, int n)
{
    for (const struct metric *m = metrics; m->name; m++) {
        struct metric_column c = {m, set};
        ASSERT(!m->header || m->format, "%s has a header, but no format", m->name);
        if (!m->header || !belongs(m) || !column_is_shown(&c, rows, n))
            continue;
        l->column = mem_grow(l->column, (size_t)l->n_columns + 1, sizeof *l->column);
        l->column[l->n_columns++] = c;
    }
}

static bool metric_is_any(const struct metric *m)
{
    (void)m;
    return true;
}

static bool metric_is_judged(const struct metric *m)
{
    return m->better != 0;
}

static bool metric_is_cost(const struct metric *m)
{
    return m->better == 0;
}

static void layout_note_set(struct table_layout *l, const char *name)
{
    for (int i = 0; i < l->n_sets; i++)
        if (strcmp(l->set[i], name) == 0)
            return;
    l->set = mem_grow(l->set, (size_t)l->n_sets + 1, sizeof *l->set);
    l->set[l->n_sets++] = name;
}

// Finds the columns of a table of `rows`, which are borrowed. A table of means has only metrics of which larger or
// smaller values are better.
static struct table_layout layout_find(const struct leaderboard_row *rows, int n, bool are_means)
{
    struct table_layout l = {0};

    for (int i = 0; i < n; i++) {
        l.has_experiments = l.has_experiments || strcmp(rows[i].experiment, rows[0].experiment) != 0;
        l.has_clusters = l.has_clusters || strcmp(rows[i].cluster, rows[0].cluster) != 0;
        l.has_epochs = l.has_epochs || rows[i].epochs != rows[0].epochs;
        if (rows[i].n_varied > l.n_keys) {
            l.n_keys = rows[i].n_varied;
            l.key = (const char *const *)rows[i].key;
        }
        for (int k = 0; k < rows[i].n_sets; k++)
            layout_note_set(&l, rows[i].set[k].name);
    }

    layout_add_metrics(&l, trial_metrics, NULL, metric_is_judged, rows, n);
    for (int i = 0; i < l.n_sets; i++)
        layout_add_metrics(&l, set_metrics, l.set[i], are_means ? metric_is_judged : metric_is_any, rows, n);
    if (!are_means)
        layout_add_metrics(&l, trial_metrics, NULL, metric_is_cost, rows, n);
    return l;
}

static void layout_free(struct table_layout *l)
{
    free(l->set);
    free(l->column);
    *l = (struct table_layout){0};
}

static void add_key_columns(struct table *t, const struct table_layout *l)
{
    for (int k = 0; k < l->n_keys; k++)
        table_column(t, l->key[k], TABLE_RIGHT);
    if (l->has_epochs)
        table_column(t, "epochs", TABLE_RIGHT);
}

static void add_metric_columns(struct table *t, const struct table_layout *l, bool are_means)
{
    for (int i = 0; i < l->n_columns; i++) {
        const struct metric_column *c = &l->column[i];
        const char *interval = c->metric->has_interval && !are_means ? " [95 % CI]" : "";
        struct text header = {0};
        if (c->set && l->n_sets > 1)
            text_add(&header, "%s ", c->set);
        text_add(&header, "%s%s", c->metric->header, interval);
        table_column(t, header.data, TABLE_RIGHT);
        text_free(&header);
    }
}

static void add_key_cells(struct table *t, const struct table_layout *l, const struct leaderboard_row *row)
{
    enum { SHOWN = 24 }; // a swept model or list can be long

    for (int k = 0; k < l->n_keys; k++) {
        const char *value = row_find_value(row, l->key[k]);
        if (!value)
            table_null(t);
        else
            table_cell(t, strlen(value) > SHOWN ? "%.21s..." : "%s", value);
    }
    if (l->has_epochs && row_is_ensemble(row))
        table_null(t);
    else if (l->has_epochs)
        table_cell(t, "%lld", (long long)row->epochs);
}

// Adds a cell such as "0.9312 [0.9101, 0.9523]", or only the number if the interval is unknown.
static void add_metric_cell(struct table *t, const struct metric_column *c, const struct leaderboard_row *row)
{
    ASSERT(!c->metric->has_interval || (c->metric[1].name && c->metric[2].name), "%s", c->metric->name);
    double v = column_value(c, row);
    double low = c->metric->has_interval ? column_value(&(struct metric_column){c->metric + 1, c->set}, row) : NAN;

    if (isnan(low)) {
        table_number(t, c->metric->format, v);
        return;
    }

    char number[32], low_number[32], high_number[32];
    snprintf(number, sizeof number, c->metric->format, v);
    snprintf(low_number, sizeof low_number, c->metric->format, low);
    snprintf(high_number, sizeof high_number, c->metric->format,
        column_value(&(struct metric_column){c->metric + 2, c->set}, row));
    table_cell(t, "%s [%s, %s]", number, low_number, high_number);
}

// Returns the mark after the id of a trial that cannot be the best, or "".
static const char *row_mark(const struct leaderboard_row *row)
{
    if (row_is_stale(row))
        return " stale";
    return row->has_diverged ? " diverged" : "";
}

// Adds the line of a trial, or of an ensemble if `position` is 0.
static void add_board_row(
    struct table *t, const struct table_layout *l, const struct leaderboard_row *row, int position)
{
    table_row(t);
    if (position)
        table_cell(t, "%d", position);
    else
        table_null(t);
    table_cell(t, "%.*s%s", strchr(row->id, '-') ? 32 : 8, row->id, row_mark(row));

    if (l->has_experiments)
        table_cell(t, "%s", row->experiment);
    if (l->has_clusters)
        table_cell(t, "%s", row->cluster);
    add_key_cells(t, l, row);
    for (int k = 0; k < l->n_columns; k++)
        add_metric_cell(t, &l->column[k], row);
}

struct table *leaderboard_table(
    const struct leaderboard_row *rows, int n, int count, const struct leaderboard_row *ensemble)
{
    ASSERT(n >= 0 && count >= 0, "%d rows, %d shown", n, count);
    struct table *t = table_new();
    struct table_layout l = layout_find(rows, n, false);

    table_column(t, "#", TABLE_RIGHT);
    table_column(t, "trial", TABLE_LEFT);
    if (l.has_experiments)
        table_column(t, "experiment", TABLE_LEFT);
    if (l.has_clusters)
        table_column(t, "cluster", TABLE_LEFT);
    add_key_columns(t, &l);
    add_metric_columns(t, &l, false);

    if (ensemble)
        add_board_row(t, &l, ensemble, 0);
    for (int i = 0; i < n && (count == 0 || i < count); i++)
        add_board_row(t, &l, &rows[i], i + 1);
    layout_free(&l);

    return t;
}

// --- configurations
// Adds "0.9312 ± 0.011", only the mean if the deviation is unknown, or null if the mean is unknown.
static void add_mean_cell(struct table *t, const char *format, double mean, double deviation)
{
    char number[32];

    snprintf(number, sizeof number, format, mean);
    if (isnan(mean))
        table_null(t);
    else if (isnan(deviation))
        table_cell(t, "%s", number);
    else
        table_cell(t, "%s ± %.2g", number, deviation);
}

static void add_statistics_row(struct table *t, const struct table_layout *l, const struct seed_statistics *s)
{
    table_cell(t, "%.8s%s", s->mean.id, row_mark(&s->mean));
    add_key_cells(t, l, &s->mean);
    table_cell(t, "%d", s->trials);
    for (int k = 0; k < l->n_columns; k++) {
        const struct metric_column *c = &l->column[k];
        add_mean_cell(t, c->metric->format, column_value(c, &s->mean), column_value(c, &s->spread));
    }
}

struct table *seed_statistics_table(const struct leaderboard_row *rows, int n, int count)
{
    int n_configurations;
    struct seed_statistics *s = seed_statistics_new(rows, n, &n_configurations);
    if (!s)
        return NULL;

    struct leaderboard_row *means = mem_new((size_t)n_configurations, sizeof *means); // borrows strings of `s`
    for (int i = 0; i < n_configurations; i++)
        means[i] = s[i].mean;
    struct table_layout l = layout_find(means, n_configurations, true);

    struct table *t = table_new();
    table_column(t, "#", TABLE_RIGHT);
    table_column(t, "configuration", TABLE_LEFT);
    add_key_columns(t, &l);
    table_column(t, "trials", TABLE_RIGHT);
    add_metric_columns(t, &l, true);

    for (int i = 0; i < n_configurations && (count == 0 || i < count); i++) {
        table_row(t);
        table_cell(t, "%d", i + 1);
        add_statistics_row(t, &l, &s[i]);
    }
    layout_free(&l);
    free(means);
    seed_statistics_free(&s, n_configurations);

    return t;
}

// Prints nothing if fewer than two trials that are not stale have a ROC AUC. Otherwise prints a line such as
// "ROC AUC over 10 trials: mean 0.9461, standard deviation 0.0378, from 0.8650 to 0.9983"
static void print_auc_spread(const struct leaderboard_row *rows, int n, const char *set, bool is_only, FILE *out)
{
    double sum = 0, squares = 0, least = INFINITY, most = -INFINITY;
    int found = 0;

    for (int i = 0; i < n; i++)
        for (int k = 0; k < rows[i].n_sets; k++) {
            double auc = rows[i].set[k].roc_auc;
            if (strcmp(rows[i].set[k].name, set) != 0 || isnan(auc) || row_is_stale(&rows[i]))
                continue;
            found++;
            sum += auc;
            squares += auc * auc;
            least = fmin(least, auc);
            most = fmax(most, auc);
        }
    if (found < 2)
        return;

    double mean = sum / found, deviation = sqrt(fmax(0, (squares - sum * mean) / (found - 1)));
    if (!is_only)
        fprintf(out, "%s ", set);
    fprintf(out, "ROC AUC over %d trials: mean %.4f, standard deviation %.4f, from %.4f to %.4f\n", found, mean,
        deviation, least, most);
}

void leaderboard_print_spread(const struct leaderboard_row *rows, int n, FILE *out)
{
    struct table_layout l = layout_find(rows, n, false);
    for (int i = 0; i < l.n_sets; i++)
        print_auc_spread(rows, n, l.set[i], l.n_sets == 1, out);
    layout_free(&l);
}

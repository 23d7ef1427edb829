// The leaderboard of a run as a text table.
#include "report/leaderboard_table.h"

#include "base/mem.h"
#include "leaderboard/seed_statistics.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// What one test set has columns for: whatever any trial has a value of.
struct set_columns {
    const char *name;
    bool has_labels, has_pca;
};

enum { SETS_MAX = 16 };
struct layout {
    int n_sets;
    struct set_columns set[SETS_MAX];
    bool has_validation, has_epochs;    // trials differ in epochs
    bool has_experiments, has_clusters; // several
    int n_keys;
    const char *const *key; // of the trial with most varied values
};

static struct set_columns *find_set(struct layout *l, const char *name)
{
    for (int i = 0; i < l->n_sets; i++)
        if (strcmp(l->set[i].name, name) == 0)
            return &l->set[i];
    if (l->n_sets == SETS_MAX)
        return NULL;
    l->set[l->n_sets] = (struct set_columns){.name = name};
    return &l->set[l->n_sets++];
}

static struct layout find_layout(const struct trial_summary *rows, int n)
{
    struct layout l = {0};
    for (int i = 0; i < n; i++) {
        l.has_validation = l.has_validation || !isnan(rows[i].validation_loss);
        l.has_experiments = l.has_experiments || strcmp(rows[i].experiment, rows[0].experiment) != 0;
        l.has_clusters = l.has_clusters || strcmp(rows[i].cluster, rows[0].cluster) != 0;
        l.has_epochs = l.has_epochs || rows[i].epochs != rows[0].epochs;
        if (rows[i].n_varied > l.n_keys) {
            l.n_keys = rows[i].n_varied;
            l.key = (const char *const *)rows[i].key;
        }
        for (int k = 0; k < rows[i].n_sets; k++) {
            struct set_columns *s = find_set(&l, rows[i].set[k].name);
            if (!s)
                continue;
            s->has_labels = s->has_labels || rows[i].set[k].has_labels;
            s->has_pca = s->has_pca || !isnan(rows[i].set[k].pca_roc_auc);
        }
    }
    return l;
}

static void set_header(struct table *t, const struct layout *l, const struct set_columns *s, const char *metric)
{
    char header[160];
    snprintf(header, sizeof header, "%s%s%s", l->n_sets > 1 ? s->name : "", l->n_sets > 1 ? " " : "", metric);
    table_column(t, header, TABLE_RIGHT);
}

static void add_columns(struct table *t, const struct layout *l)
{
    table_column(t, "#", TABLE_RIGHT);
    table_column(t, "trial", TABLE_LEFT);
    if (l->has_experiments)
        table_column(t, "experiment", TABLE_LEFT);
    if (l->has_clusters)
        table_column(t, "cluster", TABLE_LEFT);
    for (int k = 0; k < l->n_keys; k++)
        table_column(t, l->key[k], TABLE_RIGHT);
    if (l->has_epochs)
        table_column(t, "epochs", TABLE_RIGHT);
    table_column(t, "train loss", TABLE_RIGHT);
    if (l->has_validation)
        table_column(t, "val. loss", TABLE_RIGHT);
    for (int i = 0; i < l->n_sets; i++) {
        set_header(t, l, &l->set[i], "error");
        if (l->set[i].has_labels) {
            set_header(t, l, &l->set[i], "ROC AUC [95 % CI]");
            set_header(t, l, &l->set[i], "avg. prec.");
        }
        if (l->set[i].has_pca)
            set_header(t, l, &l->set[i], "PCA ROC AUC");
    }
    table_column(t, "seconds", TABLE_RIGHT);
}

static const char *varied_value(const struct trial_summary *s, const char *key)
{
    for (int i = 0; i < s->n_varied; i++)
        if (strcmp(s->key[i], key) == 0)
            return s->value[i];
    return NULL;
}

static void add_varied(struct table *t, const struct trial_summary *s, const char *key)
{
    enum { SHOWN = 24 }; // a swept model or list can be long
    const char *value = varied_value(s, key);
    if (!value)
        table_null(t);
    else
        table_cell(t, strlen(value) > SHOWN ? "%.21s..." : "%s", value);
}

static void add_set(struct table *t, const struct set_columns *c, const struct trial_summary *row)
{
    static const struct set_summary nothing = {
        .mean_error = NAN, .roc_auc = NAN, .roc_auc_low = NAN, .average_precision = NAN, .pca_roc_auc = NAN};
    const struct set_summary *s = &nothing;
    for (int i = 0; i < row->n_sets; i++)
        if (strcmp(row->set[i].name, c->name) == 0)
            s = &row->set[i];
    table_number(t, "%.5g", s->mean_error);
    if (c->has_labels && !isnan(s->roc_auc_low))
        table_cell(t, "%.4f [%.4f, %.4f]", s->roc_auc, s->roc_auc_low, s->roc_auc_high);
    else if (c->has_labels)
        table_number(t, "%.4f", s->roc_auc);
    if (c->has_labels)
        table_number(t, "%.4f", s->average_precision);
    if (c->has_pca)
        table_number(t, "%.4f", s->pca_roc_auc);
}

// What is said behind the id of a trial that cannot be the best.
static const char *mark(const struct trial_summary *s)
{
    if (summary_is_stale(s))
        return " stale";
    return s->has_diverged ? " diverged" : "";
}

struct table *leaderboard_table(const struct trial_summary *rows, int n, int count)
{
    struct table *t = table_new();
    struct layout l = find_layout(rows, n);
    add_columns(t, &l);
    for (int i = 0; i < n && (count == 0 || i < count); i++) {
        table_row(t);
        table_cell(t, "%d", i + 1);
        table_cell(t, "%.*s%s", strchr(rows[i].id, '-') ? 32 : 8, rows[i].id, mark(&rows[i]));
        if (l.has_experiments)
            table_cell(t, "%s", rows[i].experiment);
        if (l.has_clusters)
            table_cell(t, "%s", rows[i].cluster);
        for (int k = 0; k < l.n_keys; k++)
            add_varied(t, &rows[i], l.key[k]);
        if (l.has_epochs)
            table_cell(t, "%lld", (long long)rows[i].epochs);
        table_number(t, "%.5g", rows[i].train_loss);
        if (l.has_validation)
            table_number(t, "%.5g", rows[i].validation_loss);
        for (int k = 0; k < l.n_sets; k++)
            add_set(t, &l.set[k], &rows[i]);
        table_number(t, "%.1f", rows[i].seconds);
    }
    return t;
}

// --- configurations
static void add_mean(struct table *t, const char *format, double mean, double deviation)
{
    char cell[64];
    int n = isnan(mean) ? 0 : snprintf(cell, sizeof cell, format, mean);
    if (n && !isnan(deviation)) {
        n += snprintf(cell + n, sizeof cell - (size_t)n, " ± ");
        snprintf(cell + n, sizeof cell - (size_t)n, "%.2g", deviation);
    }
    if (n)
        table_cell(t, "%s", cell);
    else
        table_null(t);
}

static void add_mean_columns(struct table *t, const struct layout *l)
{
    table_column(t, "#", TABLE_RIGHT);
    table_column(t, "configuration", TABLE_LEFT);
    for (int k = 0; k < l->n_keys; k++)
        table_column(t, l->key[k], TABLE_RIGHT);
    if (l->has_epochs)
        table_column(t, "epochs", TABLE_RIGHT);
    table_column(t, "trials", TABLE_RIGHT);
    table_column(t, "train loss", TABLE_RIGHT);
    if (l->has_validation)
        table_column(t, "val. loss", TABLE_RIGHT);
    for (int i = 0; i < l->n_sets; i++) {
        set_header(t, l, &l->set[i], "error");
        if (l->set[i].has_labels) {
            set_header(t, l, &l->set[i], "ROC AUC");
            set_header(t, l, &l->set[i], "avg. prec.");
        }
    }
}

static void add_mean_set(struct table *t, const struct set_columns *c, const struct configuration *row)
{
    static const struct set_summary nothing = {.mean_error = NAN, .roc_auc = NAN, .average_precision = NAN};
    const struct set_summary *mean = &nothing, *spread = &nothing;
    for (int i = 0; i < row->mean.n_sets; i++)
        if (strcmp(row->mean.set[i].name, c->name) == 0) {
            mean = &row->mean.set[i];
            spread = &row->spread.set[i];
        }
    add_mean(t, "%.5g", mean->mean_error, spread->mean_error);
    if (c->has_labels) {
        add_mean(t, "%.4f", mean->roc_auc, spread->roc_auc);
        add_mean(t, "%.4f", mean->average_precision, spread->average_precision);
    }
}

static void add_configuration(struct table *t, const struct layout *l, const struct configuration *c)
{
    table_cell(t, "%.8s%s", c->mean.id, mark(&c->mean));
    for (int k = 0; k < l->n_keys; k++)
        add_varied(t, &c->mean, l->key[k]);
    if (l->has_epochs)
        table_cell(t, "%lld", (long long)c->mean.epochs);
    table_cell(t, "%d", c->trials);
    add_mean(t, "%.5g", c->mean.train_loss, c->spread.train_loss);
    if (l->has_validation)
        add_mean(t, "%.5g", c->mean.validation_loss, c->spread.validation_loss);
    for (int k = 0; k < l->n_sets; k++)
        add_mean_set(t, &l->set[k], c);
}

struct table *leaderboard_configurations(const struct trial_summary *rows, int n, int count)
{
    int n_configurations;
    struct configuration *c = configurations_new(rows, n, &n_configurations);
    if (!c)
        return NULL;
    struct trial_summary *means = mem_new((size_t)n_configurations, sizeof *means); // borrows all that they own
    for (int i = 0; i < n_configurations; i++)
        means[i] = c[i].mean;
    struct layout l = find_layout(means, n_configurations);
    struct table *t = table_new();
    add_mean_columns(t, &l);
    for (int i = 0; i < n_configurations && (count == 0 || i < count); i++) {
        table_row(t);
        table_cell(t, "%d", i + 1);
        add_configuration(t, &l, &c[i]);
    }
    free(means);
    configurations_free(&c, n_configurations);
    return t;
}

// "ROC AUC over 10 trials: mean 0.9461, standard deviation 0.0378, from 0.8650 to 0.9983"
static void print_spread(const struct trial_summary *rows, int n, const char *set, bool is_only, FILE *out)
{
    double sum = 0, squares = 0, least = INFINITY, most = -INFINITY;
    int found = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < rows[i].n_sets; k++) {
            double auc = rows[i].set[k].roc_auc;
            if (strcmp(rows[i].set[k].name, set) != 0 || isnan(auc) || summary_is_stale(&rows[i]))
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
    fprintf(out, "%s%sROC AUC over %d trials: mean %.4f, standard deviation %.4f, from %.4f to %.4f\n",
        is_only ? "" : set, is_only ? "" : " ", found, mean, deviation, least, most);
}

void leaderboard_print_spread(const struct trial_summary *rows, int n, FILE *out)
{
    struct layout l = find_layout(rows, n);
    for (int i = 0; i < l.n_sets; i++)
        print_spread(rows, n, l.set[i].name, l.n_sets == 1, out);
}

// What a sweep is to be best in.
#include "leaderboard/objective.h"

#include "base/mem.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct metric *find(const struct metric *m, const char *name)
{
    while (m->name && strcmp(m->name, name) != 0)
        m++;
    return m->name ? m : NULL;
}

static int add_names(const struct metric *m, const char **names, int n)
{
    for (; m->name; m++)
        if (m->better)
            names[n++] = m->name;
    return n;
}

static int refuse(const struct node *at, struct err *e)
{
    const char *names[32];
    int n = add_names(trial_metrics, names, add_names(set_metrics, names, 0));
    struct text all = {0};
    for (int i = 0; i < n; i++)
        text_add(&all, "%s%s", i ? ", " : "", names[i]);
    const char *near = text_nearest(at->text, names, n);
    node_error(at, e, "found '%.60s', allowed: one of %s%s%s%s", at->text, all.data, near ? "; did you mean '" : "",
        near ? near : "", near ? "'?" : "");
    text_free(&all);
    return -1;
}

int objective_read(const struct spec_sweep *sweep, struct objective *o, struct err *e)
{
    const struct sweep_config *c = spec_sweep_config(sweep);
    const struct node *section = spec_sweep_section(sweep);
    *o = (struct objective){.set = c->set};
    if (c->objective) {
        o->metric = find(set_metrics, c->objective);
        o->is_of_set = o->metric != NULL;
        o->needs_labels = o->is_of_set && strcmp(o->metric->name, SCORES_MEAN_ERROR) != 0;
        if (!o->metric)
            o->metric = find(trial_metrics, c->objective);
        if (!o->metric || !o->metric->better)
            return refuse(node_get(section, "objective"), e);
    }
    return !c->set || o->is_of_set ? 0
                                   : node_error(node_get(section, "test_set"), e,
                                         "the objective is no metric of a test set; add objective: roc_auc, say");
}

static double oriented(const struct metric *m, const void *results)
{
    double v = metric_value(m, results);
    return m->better < 0 ? v : -v;
}

double objective_loss(const struct objective *o, const struct leaderboard_row *s)
{
    if (s->has_diverged)
        return NAN;
    if (!o->metric)
        return row_loss(s);
    if (!o->is_of_set)
        return oriented(o->metric, s);
    for (int i = 0; i < s->n_sets; i++) {
        double loss = oriented(o->metric, &s->set[i]);
        if (o->set ? strcmp(o->set, s->set[i].name) == 0 : !isnan(loss))
            return loss;
    }
    return NAN;
}

// --- in results

char *objective_text(const struct objective *o)
{
    return mem_format("%s%s%s", o->set ? o->set : "", o->set ? "." : "", o->metric ? o->metric->name : "");
}

// What objective_text has written; `set` gets the name's room. False: no known metric.
static bool parse(const char *text, char set[256], struct objective *o)
{
    const char *dot = strrchr(text, '.');
    snprintf(set, 256, "%.*s", dot ? (int)(dot - text) : 0, text);
    *o = (struct objective){.set = dot ? set : NULL};
    const char *name = dot ? dot + 1 : text;
    o->metric = find(set_metrics, name);
    o->is_of_set = o->metric != NULL;
    if (!o->metric)
        o->metric = find(trial_metrics, name);
    return o->metric && o->metric->better;
}

int objective_compare(const struct leaderboard_row *x, const struct leaderboard_row *y)
{
    struct objective o;
    char set[256];
    if (!*x->objective || strcmp(x->objective, y->objective) != 0 || !parse(x->objective, set, &o))
        return row_compare(x, y);
    if (row_is_stale(x) != row_is_stale(y))
        return row_is_stale(x) ? 1 : -1;
    double a = objective_loss(&o, x), b = objective_loss(&o, y);
    if (isnan(a) != isnan(b))
        return isnan(a) ? 1 : -1;
    return a < b ? -1 : a > b ? 1 : row_compare(x, y);
}

static int by_objective(const void *a, const void *b)
{
    return objective_compare(a, b);
}

void rows_sort(struct leaderboard_row *rows, int n)
{
    bool is_common = true; // else the order of some would not be that of all
    for (int i = 1; i < n && is_common; i++)
        is_common = strcmp(rows[i].objective, rows[0].objective) == 0;
    if (n > 1)
        qsort(rows, (size_t)n, sizeof *rows, is_common ? by_objective : row_compare);
}

int rows_count_ties(const struct leaderboard_row *rows, int n)
{
    struct objective o = {0};
    char set[256];
    if (n == 0 || (*rows[0].objective && !parse(rows[0].objective, set, &o)))
        return 0;

    double best = objective_loss(&o, &rows[0]);
    int ties = 0;
    for (int i = 0; i < n; i++)
        ties += !row_is_stale(&rows[i]) && strcmp(rows[i].objective, rows[0].objective) == 0 &&
                objective_loss(&o, &rows[i]) == best;
    return ties;
}

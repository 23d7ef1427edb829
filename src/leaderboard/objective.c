// Finds objectives by name in the tables of metrics, turns them into losses, and sorts rows by them.
#include "leaderboard/objective.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/row.h"
#include "leaderboard/row_order.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct metric *metric_find(const struct metric *m, const char *name)
{
    while (m->name && strcmp(m->name, name) != 0)
        m++;
    return m->name ? m : NULL;
}

// Appends to `names` the names of the metrics that can be an objective. `names` holds n names and has space for `room`.
// Returns the new n.
static int metrics_add_names(const struct metric *m, const char **names, int n, int room)
{
    for (; m->name; m++)
        if (m->better) {
            ASSERT(n < room, "metric %s is one too many for %d names", m->name, room);
            names[n++] = m->name;
        }
    return n;
}

// Adds to `out` the names of the metrics that can be an objective, and a hint if one of them is similar to `name`.
static void list_objectives(const char *name, struct text *out)
{
    enum { ROOM = 32 };
    const char *names[ROOM];
    char hint[DID_YOU_MEAN_ROOM];
    int n = metrics_add_names(set_metrics, names, 0, ROOM);
    n = metrics_add_names(trial_metrics, names, n, ROOM);

    for (int i = 0; i < n; i++)
        text_add(out, "%s%s", i ? ", " : "", names[i]);
    text_add(out, "%s", text_did_you_mean(hint, name, names, n));
}

static int refuse_objective(const struct node *at, struct err *e)
{
    struct text all = {0};

    list_objectives(at->text, &all);
    node_error(at, e, "found '%.60s', allowed: one of %s", at->text, all.data);
    text_free(&all);
    return -1;
}

// Finds the metric called `name`, first in the metrics of test sets, then in those of trials. Returns false if there is
// none, or if it can be neither better nor worse.
static bool objective_find_metric(struct objective *o, const char *name)
{
    o->metric = metric_find(set_metrics, name);
    o->is_of_set = o->metric != NULL;
    if (!o->metric)
        o->metric = metric_find(trial_metrics, name);
    o->is_of_run = o->metric && !o->is_of_set && !o->metric->group;
    return o->metric && o->metric->better;
}

int objective_named(const char *name, const char *option, struct objective *o, struct err *e)
{
    struct text all = {0};

    *o = (struct objective){0};
    if (objective_find_metric(o, name))
        return 0;
    list_objectives(name, &all);
    err_add(e, ERR_USAGE, "%s: found '%.60s', allowed: one of %s", option, name, all.data);
    text_free(&all);
    return -1;
}

// Checks that a sweep can use an objective that is known only when all its trials are finished.
static int check_objective_of_run(const struct spec_sweep *sweep, const struct objective *o, struct err *e)
{
    const struct sweep_config *c = spec_sweep_config(sweep);
    const struct node *at = node_get(spec_sweep_section(sweep), "objective");
    bool learns = c->method == SWEEP_HALVING || c->method == SWEEP_HYPERBAND || c->method == SWEEP_TPE;

    if (learns)
        return node_error(at, e,
            "found '%s' with method %s, which learns from the results of each trial, allowed: with grid, random, sobol; "
            "it compares a trial with all others, so it is known only when all are finished",
            o->metric->name, sweep_method_name(c->method));
    if (strcmp(o->metric->name, LEADERBOARD_STABILITY) == 0 && c->repeats < 2 && spec_sweep_seed_key(sweep) < 0)
        return node_error(at, e,
            "found 'stability' without repeats, allowed: with trials that differ only in train.seed; hint: repeats: 3");
    return 0;
}

int objective_read(const struct spec_sweep *sweep, struct objective *o, struct err *e)
{
    const struct sweep_config *c = spec_sweep_config(sweep);
    const struct node *section = spec_sweep_section(sweep);

    *o = (struct objective){.set = c->set};
    if (c->objective && !objective_find_metric(o, c->objective))
        return refuse_objective(node_get(section, "objective"), e);
    if (o->is_of_run && check_objective_of_run(sweep, o, e) != 0)
        return -1;
    o->needs_labels = o->is_of_set && strcmp(o->metric->name, SCORES_MEAN_ERROR) != 0;

    if (c->set && !o->is_of_set)
        return node_error(
            node_get(section, "test_set"), e, "the objective is no metric of a test set; add objective: roc_auc, say");
    return 0;
}

static double metric_loss(const struct metric *m, const void *results)
{
    double v = metric_value(m, results);

    ASSERT(m->better, "metric %s is neither better nor worse", m->name);
    return m->better < 0 ? v : -v;
}

double objective_loss(const struct objective *o, const struct leaderboard_row *s)
{
    ASSERT(o->metric || !o->is_of_set, "an objective of a set has a metric");
    if (s->has_diverged)
        return NAN;
    if (!o->metric)
        return row_loss(s);
    if (!o->is_of_set)
        return metric_loss(o->metric, s);
    for (int i = 0; i < s->n_sets; i++) {
        double loss = metric_loss(o->metric, &s->set[i]);
        if (o->set ? strcmp(o->set, s->set[i].name) == 0 : !isnan(loss))
            return loss;
    }
    return NAN;
}

// --- in results

char *objective_text(const struct objective *o)
{
    const char *name = o->metric ? o->metric->name : "";
    return o->set ? mem_format("%s.%s", o->set, name) : mem_text(name);
}

// Reads a string of objective_text. Uses `set` as the buffer for the name of the set. Returns false if the metric is
// unknown, as in a file of another version.
static bool objective_parse(const char *text, char set[256], struct objective *o)
{
    const char *dot = strrchr(text, '.');

    snprintf(set, 256, "%.*s", dot ? (int)(dot - text) : 0, text);
    *o = (struct objective){.set = dot ? set : NULL};
    return objective_find_metric(o, dot ? dot + 1 : text);
}

int objective_compare(const struct leaderboard_row *x, const struct leaderboard_row *y)
{
    struct objective o;
    char set[256];

    if (!*x->objective || strcmp(x->objective, y->objective) != 0 || !objective_parse(x->objective, set, &o))
        return row_compare(x, y);
    if (row_is_stale(x) != row_is_stale(y))
        return row_is_stale(x) ? 1 : -1;
    double a = objective_loss(&o, x);
    double b = objective_loss(&o, y);
    if (isnan(a) != isnan(b))
        return isnan(a) ? 1 : -1;
    if (a != b && !isnan(a))
        return a < b ? -1 : 1;
    return o.is_of_run ? row_compare_losses(x, y) : row_compare(x, y);
}

static int rows_by_objective(const void *a, const void *b)
{
    return objective_compare(a, b);
}

void rows_sort(struct leaderboard_row *rows, int n)
{
    bool is_common = true; // with different objectives there is no total order

    for (int i = 1; i < n && is_common; i++)
        is_common = strcmp(rows[i].objective, rows[0].objective) == 0;

    if (n > 1)
        qsort(rows, (size_t)n, sizeof *rows, is_common ? rows_by_objective : row_compare);
}

const char *rows_chosen_by_loss(const struct leaderboard_row *rows, int n)
{
    struct objective o = {0};
    char set[256];
    int choices = 0;

    for (int i = 0; i < n; i++) {
        choices += !row_is_stale(&rows[i]) && !rows[i].has_diverged;
        for (int k = 0; k < rows[i].n_sets; k++)
            if (!isnan(rows[i].set[k].roc_auc))
                return NULL;
    }
    if (choices < 2 || (*rows[0].objective && !objective_parse(rows[0].objective, set, &o)))
        return NULL;
    if (o.metric && o.metric->better > 0)
        return NULL;

    if (o.metric && o.is_of_set)
        return "mean error";
    bool has_validation =
        o.metric ? strcmp(o.metric->name, HISTORY_VALIDATION_LOSS) == 0 : !isnan(rows[0].validation_loss);
    return has_validation ? "validation loss" : "training loss";
}

int rows_count_ties(const struct leaderboard_row *rows, int n)
{
    struct objective o = {0};
    char set[256];

    if (n == 0 || (*rows[0].objective && !objective_parse(rows[0].objective, set, &o)))
        return 0;

    double best = objective_loss(&o, &rows[0]);
    int ties = 0;
    for (int i = 0; i < n; i++)
        ties += !row_is_stale(&rows[i]) && strcmp(rows[i].objective, rows[0].objective) == 0 &&
                objective_loss(&o, &rows[i]) == best;
    return ties;
}

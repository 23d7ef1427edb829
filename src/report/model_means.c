// Makes a table of models and blocks from trials, and tests the models pair by pair.
#include "report/model_means.h"

#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/objective.h"
#include "metrics/significance.h"
#include "report/compare_impl.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL 0.05

// The trials as a table, before incomplete blocks are left out.
struct means_table {
    struct compared_trials t;
    char **key; // (n_keys), owned: all settings that vary
    int n_keys;
    bool *is_over; // (n_keys), owned: averaged over
    char **model;  // (models), owned: the values of a model's settings, each with a line feed at its end
    char **block;  // (blocks), owned: the values of a block's settings, in the same form
    int models, blocks;
    double *sum;       // (blocks, models), owned: sum of the metric over the trials of a cell
    int *count;        // (blocks, models), owned: number of these trials
    char **resultless; // (n_resultless), owned: models that were left out
    int n_resultless;
};

static void means_table_free(struct means_table *s)
{
    compared_trials_free(&s->t);
    list_free(s->key, s->n_keys);
    list_free(s->model, s->models);
    list_free(s->block, s->blocks);
    list_free(s->resultless, s->n_resultless);
    free(s->is_over);
    free(s->sum);
    free(s->count);
}

// --- settings

static int refuse_key(const struct means_table *s, const char *name, struct err *e)
{
    char hint[DID_YOU_MEAN_ROOM];
    struct text all = {0};

    for (int i = 0; i < s->n_keys; i++)
        text_add(&all, "%s%s", i ? ", " : "", s->key[i]);
    err_add(e, ERR_USAGE, "--mean-over: found '%.80s', allowed: settings that vary between the trials: %s%s", name,
        s->n_keys ? all.data : "none does", text_did_you_mean(hint, name, (const char *const *)s->key, s->n_keys));
    text_free(&all);
    return -1;
}

// Marks the settings that `over` names, which are averaged over. Returns -1 and an error if one of the names is not a
// setting that varies.
static int mark_keys(struct means_table *s, const char *over, struct err *e)
{
    int n, rc = 0;
    char **names = list_split(over, &n);

    s->n_keys = compared_keys(&s->t, true, &s->key);
    s->is_over = mem_new((size_t)s->n_keys + 1, sizeof *s->is_over);
    for (int k = 0; k < n; k++) {
        int i = 0;
        while (i < s->n_keys && strcmp(s->key[i], names[k]) != 0)
            i++;
        if (i < s->n_keys)
            s->is_over[i] = true;
        else
            rc = refuse_key(s, names[k], e);
    }

    list_free(names, n);
    return rc;
}

// Returns the values of some settings of a trial, in new memory. If `over` is true, these are the settings that are
// averaged over, otherwise all others except seeds.
static char *key_values(const struct means_table *s, const struct leaderboard_row *trial, bool over)
{
    struct text out = {0};

    for (int i = 0; i < s->n_keys; i++)
        if (s->is_over[i] == over && (over || !compared_key_is_seed(s->key[i])))
            text_add(&out, "%s\n", compared_value(trial, s->key[i]));
    return out.data ? out.data : mem_text("");
}

// --- cells

// Returns the index of a string in the list. Adds it if it is new. Takes ownership of `name`.
static int list_index(char ***list, int *n, char *name)
{
    for (int i = 0; i < *n; i++)
        if (strcmp((*list)[i], name) == 0) {
            free(name);
            return i;
        }
    *list = mem_grow(*list, (size_t)*n + 1, sizeof **list);
    (*list)[*n] = name;
    return (*n)++;
}

// Returns true if trial i is the same as an earlier one, which was read from another run.
static bool is_repeated(const struct compared_trials *t, int i)
{
    for (int k = 0; k < i; k++)
        if (t->run[k] != t->run[i] && compared_id_order(t->trial[k], t->trial[i]) == 0)
            return true;
    return false;
}

static void fill_cells(struct means_table *s, const struct objective *o)
{
    const struct compared_trials *t = &s->t;
    int *model = mem_new((size_t)t->n + 1, sizeof *model);
    int *block = mem_new((size_t)t->n + 1, sizeof *block);

    for (int i = 0; i < t->n; i++) {
        model[i] = list_index(&s->model, &s->models, key_values(s, t->trial[i], false));
        block[i] = list_index(&s->block, &s->blocks, key_values(s, t->trial[i], true));
    }

    s->sum = mem_new((size_t)s->blocks * (size_t)s->models + 1, sizeof *s->sum);
    s->count = mem_new((size_t)s->blocks * (size_t)s->models + 1, sizeof *s->count);
    for (int i = 0; i < t->n; i++) {
        double loss = objective_loss(o, t->trial[i]);
        if (isnan(loss) || is_repeated(t, i))
            continue;
        int cell = block[i] * s->models + model[i];
        s->sum[cell] += o->metric->better < 0 ? loss : -loss;
        s->count[cell]++;
    }
    free(model);
    free(block);
}

// Returns the settings of a model as KEY=VALUE in new memory.
static char *model_text(const struct means_table *s, int model)
{
    const char *at = s->model[model];
    struct text out = {0};

    for (int i = 0; i < s->n_keys; i++)
        if (!s->is_over[i] && !compared_key_is_seed(s->key[i])) {
            size_t n = strcspn(at, "\n");
            text_add(&out, "%s%s=%.*s", out.data ? ", " : "", s->key[i], (int)n, at);
            at += n + 1;
        }
    return out.data ? out.data : mem_text("the only model");
}

static bool model_has_result(const struct means_table *s, int model)
{
    for (int i = 0; i < s->blocks; i++)
        if (s->count[i * s->models + model] > 0)
            return true;
    return false;
}

// Leaves out the models without any result, such as those that always diverge. Otherwise no block would be complete.
static void leave_out_models(struct means_table *s)
{
    int *kept = mem_new((size_t)s->models + 1, sizeof *kept), n = 0;

    s->resultless = mem_new((size_t)s->models + 1, sizeof *s->resultless);
    for (int j = 0; j < s->models; j++)
        if (model_has_result(s, j))
            kept[n++] = j;
        else
            s->resultless[s->n_resultless++] = model_text(s, j);

    for (int i = 0; i < s->blocks; i++)
        for (int j = 0; j < n; j++) {
            s->sum[i * n + j] = s->sum[i * s->models + kept[j]];
            s->count[i * n + j] = s->count[i * s->models + kept[j]];
        }
    for (int j = 0, at = 0; j < s->models; j++)
        if (at < n && kept[at] == j)
            s->model[at++] = s->model[j];
        else
            free(s->model[j]);
    s->models = n;
    free(kept);
}

// Moves the complete blocks to the front, as means of their cells. Returns their number.
static int keep_complete_blocks(struct means_table *s)
{
    int kept = 0;

    for (int i = 0; i < s->blocks; i++) {
        int complete = 0;
        for (int j = 0; j < s->models; j++)
            complete += s->count[i * s->models + j] > 0;
        if (complete < s->models)
            continue;
        for (int j = 0; j < s->models; j++)
            s->sum[kept * s->models + j] = s->sum[i * s->models + j] / s->count[i * s->models + j];
        kept++;
    }
    return kept;
}

// --- the metric

static bool any_has_metric(const struct compared_trials *t, const struct objective *o)
{
    for (int i = 0; i < t->n; i++)
        if (!isnan(objective_loss(o, t->trial[i])))
            return true;
    return false;
}

static int choose_metric(const struct compared_trials *t, const char *name, struct objective *o, struct err *e)
{
    static const char *const usual[] = {"roc_auc", "validation_loss", "train_loss"};

    if (name)
        return objective_named(name, "--metric", o, e);
    for (int i = 0; i < 3; i++) {
        if (objective_named(usual[i], "--metric", o, e) != 0)
            return -1;
        if (any_has_metric(t, o))
            return 0;
    }
    return err_add(e, ERR_USAGE, "--mean-over: no trial has a result; all have diverged");
}

// --- the statistics

struct ranked_model {
    double rank, mean; // the mean as a score: larger is better
    int model;
};

static int compare_ranked_models(const void *a, const void *b)
{
    const struct ranked_model *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->mean != y->mean)
        return x->mean > y->mean ? -1 : 1;
    return x->model - y->model;
}

// Reorders the columns of score (n, k), so that the best mean rank comes first. order[j] := the model at place j.
static void sort_models(double *score, int n, int k, int *order)
{
    struct ranked_model *ranked = mem_new((size_t)k, sizeof *ranked);
    double *rank = mem_new((size_t)k, sizeof *rank), *row = mem_new((size_t)k, sizeof *row);

    mean_ranks(score, n, k, rank);
    for (int j = 0; j < k; j++) {
        ranked[j] = (struct ranked_model){.rank = rank[j], .model = j};
        for (int i = 0; i < n; i++)
            ranked[j].mean += score[i * k + j] / n;
    }
    qsort(ranked, (size_t)k, sizeof *ranked, compare_ranked_models);

    for (int i = 0; i < n; i++) {
        memcpy(row, score + (ptrdiff_t)i * k, (size_t)k * sizeof *row);
        for (int j = 0; j < k; j++)
            score[i * k + j] = row[ranked[j].model];
    }
    for (int j = 0; j < k; j++)
        order[j] = ranked[j].model;
    free(ranked);
    free(rank);
    free(row);
}

static void test_pairs(struct model_means *m, const double *score)
{
    int k = m->n_models, pairs = 0;
    double *p = mem_new((size_t)k * (size_t)k, sizeof *p);
    double *d = mem_new((size_t)m->n_blocks, sizeof *d);

    for (int a = 0; a < k; a++)
        for (int b = a + 1; b < k; b++) {
            for (int i = 0; i < m->n_blocks; i++)
                d[i] = score[i * k + a] - score[i * k + b];
            p[pairs++] = wilcoxon_signed_rank(d, m->n_blocks);
        }
    holm_adjust(p, pairs);

    pairs = 0;
    for (int a = 0; a < k; a++) {
        m->p[a * k + a] = 1;
        for (int b = a + 1; b < k; b++)
            m->p[a * k + b] = m->p[b * k + a] = p[pairs++];
    }
    free(p);
    free(d);
}

static void describe_models(struct model_means *m, const double *score)
{
    for (int j = 0; j < m->n_models; j++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < m->n_blocks; i++)
            sum += score[i * m->n_models + j];
        double mean = sum / m->n_blocks;
        for (int i = 0; i < m->n_blocks; i++)
            squares += (score[i * m->n_models + j] - mean) * (score[i * m->n_models + j] - mean);
        m->mean[j] = m->is_loss ? -mean : mean;
        m->deviation[j] = m->n_blocks > 1 ? sqrt(squares / (m->n_blocks - 1)) : NAN;
    }
}

// Names the models in their new order. A model's values are separated by line feeds.
static void name_models(struct model_means *m, const struct means_table *s, const int *order)
{
    for (int i = 0; i < s->n_keys; i++)
        if (!s->is_over[i] && !compared_key_is_seed(s->key[i])) {
            m->key = mem_grow(m->key, (size_t)m->n_keys + 1, sizeof *m->key);
            m->key[m->n_keys++] = mem_text(s->key[i]);
        }

    m->value = mem_new((size_t)(m->n_models * m->n_keys) + 1, sizeof *m->value);
    for (int j = 0; j < m->n_models; j++) {
        const char *at = s->model[order[j]];
        for (int i = 0; i < m->n_keys; i++) {
            size_t n = strcspn(at, "\n");
            m->value[j * m->n_keys + i] = mem_format("%.*s", (int)n, at);
            at += n + 1;
        }
    }
}

static struct model_means *means_summarize(
    struct means_table *s, int blocks, const struct objective *o, const char *over)
{
    struct model_means *m = mem_new(1, sizeof *m);
    size_t k = (size_t)s->models;
    int *order = mem_new(k, sizeof *order);

    m->metric = objective_text(o);
    m->is_loss = o->metric->better < 0;
    m->over = mem_text(over);
    m->n_blocks = blocks;
    m->n_left_out = s->blocks - blocks;
    m->n_models = s->models;
    m->mean = mem_new(k, sizeof *m->mean);
    m->deviation = mem_new(k, sizeof *m->deviation);
    m->rank = mem_new(k, sizeof *m->rank);
    m->p = mem_new(k * k, sizeof *m->p);

    for (int i = 0; m->is_loss && i < blocks * s->models; i++)
        s->sum[i] = -s->sum[i];
    sort_models(s->sum, blocks, s->models, order);
    describe_models(m, s->sum);
    mean_ranks(s->sum, blocks, s->models, m->rank);
    test_pairs(m, s->sum);
    m->difference = nemenyi_critical_difference(blocks, s->models, LEVEL);
    name_models(m, s, order);
    m->resultless = s->resultless;
    m->n_resultless = s->n_resultless;
    s->resultless = NULL;
    s->n_resultless = 0;
    free(order);
    return m;
}

struct model_means *model_means_new(const char *const *runs, int n, const char *over, const char *metric, struct err *e)
{
    struct means_table s = {0};
    struct objective o;
    struct model_means *m = NULL;

    int rc = compared_trials_read(&s.t, runs, n, e);
    rc = rc == 0 ? mark_keys(&s, over, e) : -1;
    rc = rc == 0 ? choose_metric(&s.t, metric, &o, e) : -1;
    if (rc == 0) {
        fill_cells(&s, &o);
        leave_out_models(&s);
        int blocks = s.models > 0 ? keep_complete_blocks(&s) : 0;
        if (s.models == 0)
            err_add(e, ERR_USAGE, "--mean-over %s: no trial has a result of %s", over, metric ? metric : "any metric");
        else if (blocks > 0)
            m = means_summarize(&s, blocks, &o, over);
        else
            err_add(e, ERR_USAGE,
                "--mean-over %s: found %d models with a result and %d values, allowed: at least one value for which every such model has one",
                over, s.models, s.blocks);
    }

    means_table_free(&s);
    return m;
}

void model_means_free(struct model_means **means)
{
    struct model_means *m = *means;
    if (!m)
        return;

    list_free(m->value, m->n_models * m->n_keys);
    list_free(m->key, m->n_keys);
    list_free(m->resultless, m->n_resultless);
    free(m->metric);
    free(m->over);
    free(m->mean);
    free(m->deviation);
    free(m->rank);
    free(m->p);
    free(m);
    *means = NULL;
}

int model_means_groups(const struct model_means *m, int *first, int *last)
{
    int n = 0;

    for (int i = 0, end = 0; i < m->n_models; i++) {
        int to = i;
        bool differs = false;
        while (to + 1 < m->n_models && !differs) {
            for (int j = i; j <= to && !differs; j++)
                differs = m->p[j * m->n_models + to + 1] < LEVEL;
            to += !differs;
        }
        if (to > i && to + 1 > end) {
            ASSERT(n < m->n_models, "group %d of %d models", n, m->n_models);
            first[n] = i;
            last[n++] = to;
        }
        end = to + 1 > end ? to + 1 : end;
    }
    return n;
}

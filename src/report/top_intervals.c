// Makes the rows of intervals: one for each metric of a test set.
#include "report/top_intervals.h"

#include "base/err.h"
#include "base/log.h"
#include "leaderboard/row.h"
#include "metrics/bootstrap.h"
#include "report/json.h"
#include "report/table.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_METRICS = 4 };

struct metric_interval {
    const char *name, *title; // as in files and --where; as in tables for reading
    double value;
    struct interval interval;
    int resamples; // 0: the interval does not come from resampling
};
struct set_intervals {
    const char *set;
    bool has_labels, has_many; // has_many: too many samples for a bootstrap
    struct metric_interval metric[SHOWN_METRICS];
    int n;
};

static int set_intervals_read(const struct leaderboard_row *trial, const char *set, const struct top_rule *rule,
    struct set_intervals *out, struct err *e)
{
    struct evaluation v;
    struct bootstrap_intervals b;

    *out = (struct set_intervals){.set = set};
    if (top_threshold_intervals(trial, set, rule, &v, &b, e) != 0)
        return -1;
    out->has_labels = v.has_labels;
    if (!v.has_labels)
        return 0;

    out->has_many = v.roc_auc.positives + v.roc_auc.negatives > BOOTSTRAP_SAMPLES_MOST;
    out->metric[out->n++] =
        (struct metric_interval){SCORES_ROC_AUC, "ROC AUC", v.roc_auc.auc, {v.roc_auc.low, v.roc_auc.high}, 0};
    out->metric[out->n++] = (struct metric_interval){
        SCORES_AVERAGE_PRECISION, "average precision", v.average_precision, b.average_precision, b.resamples};
    if (!isnan(v.threshold))
        out->metric[out->n++] =
            (struct metric_interval){SCORES_F1, "F1 at the threshold", v.classification.anomaly.f1, b.f1, b.resamples};
    out->metric[out->n++] = (struct metric_interval){SCORES_BEST_F1, "best F1", v.best_f1.f1, b.best_f1, b.resamples};

    ASSERT(out->n <= SHOWN_METRICS, "%d metrics", out->n);
    return 0;
}

static const char *method_of(const struct metric_interval *m)
{
    if (isnan(m->interval.low))
        return "";
    return m->resamples ? "bootstrap" : "delong";
}

// Prints the table of one set for reading.
static void print_set_table(const struct set_intervals *s)
{
    struct table *t = table_new();

    table_column(t, "", TABLE_LEFT);
    table_column(t, "value", TABLE_RIGHT);
    table_column(t, "95 % interval", TABLE_LEFT);
    for (int i = 0; i < s->n; i++) {
        const struct metric_interval *m = &s->metric[i];
        table_row(t);
        table_cell(t, "%s", m->title);
        table_number(t, "%.4f", m->value);
        if (isnan(m->interval.low))
            table_null(t);
        else
            table_cell(t, "%.4f to %.4f", m->interval.low, m->interval.high);
    }

    printf("\n");
    table_print(t, 2, stdout);
    table_free(&t);
    if (s->has_many)
        log_print("  no intervals by resampling: the set has more than %d samples\n", BOOTSTRAP_SAMPLES_MOST);
}

int top_intervals_print_set(
    const struct leaderboard_row *trial, const char *set, const struct top_rule *rule, struct err *e)
{
    struct set_intervals s;

    if (set_intervals_read(trial, set, rule, &s, e) != 0)
        return -1;
    if (s.has_labels)
        print_set_table(&s);
    return 0;
}

static struct table *intervals_table_new(void)
{
    static const char *const numbers[] = {"value", "low", "high"};
    struct table *t = table_new();

    table_column(t, "test_set", TABLE_LEFT);
    table_column(t, "metric", TABLE_LEFT);
    for (int i = 0; i < 3; i++)
        table_column(t, numbers[i], TABLE_RIGHT);
    table_column(t, "method", TABLE_LEFT);
    table_column(t, "resamples", TABLE_RIGHT);
    return t;
}

static void add_set_csv(struct table *t, const struct set_intervals *s)
{
    for (int i = 0; i < s->n; i++) {
        const struct metric_interval *m = &s->metric[i];
        table_row(t);
        table_cell(t, "%s", s->set);
        table_cell(t, "%s", m->name);
        table_exact_number(t, m->value);
        table_exact_number(t, m->interval.low);
        table_exact_number(t, m->interval.high);
        table_cell(t, "%s", method_of(m));
        table_cell(t, "%d", m->resamples);
    }
}

static void add_set_json(struct json *j, const struct set_intervals *s)
{
    for (int i = 0; i < s->n; i++) {
        const struct metric_interval *m = &s->metric[i];
        json_open(j, NULL, '{');
        json_text(j, "test_set", s->set);
        json_text(j, "metric", m->name);
        json_number(j, "value", m->value);
        json_number(j, "low", m->interval.low);
        json_number(j, "high", m->interval.high);
        json_text(j, "method", method_of(m));
        json_number(j, "resamples", m->resamples);
        json_close(j, '}');
    }
}

// Adds the metrics of a set to the output.
static void print_set(const struct set_intervals *s, enum scores_print how, struct table *t, struct json *j)
{
    if (how == PRINT_CSV)
        add_set_csv(t, s);
    else if (how == PRINT_JSON)
        add_set_json(j, s);
    else {
        log_line(LOG_QUIET, "\nset %s", s->set);
        print_set_table(s);
    }
}

static bool is_chosen(const struct set_results *s, const char *set)
{
    return s->has_labels && (!set || strcmp(s->name, set) == 0);
}

// Returns 0 if the trial has a test set for the output; else -1 and an error.
static int check_chosen_set(const struct leaderboard_row *trial, const char *set, struct err *e)
{
    for (int i = 0; i < trial->n_sets; i++)
        if (is_chosen(&trial->set[i], set))
            return 0;
    if (set && !row_find_set(trial, set))
        return err_add(e, ERR_USAGE, "--test-set: the trial has no test set '%s'", set);
    if (set)
        return err_add(e, ERR_USAGE, "--intervals: test set %s has no labels", set);
    return err_add(e, ERR_USAGE, "--intervals: trial %.8s has no test set with labels", trial->id);
}

int top_intervals_print(const struct leaderboard_row *trial, const char *set, const struct top_rule *rule,
    enum scores_print how, struct err *e)
{
    struct json j = {.out = stdout};
    int rc = 0;

    if (check_chosen_set(trial, set, e) != 0)
        return -1;
    struct table *t = intervals_table_new();
    if (how == PRINT_JSON)
        json_open(&j, NULL, '[');

    for (int i = 0; i < trial->n_sets && rc == 0; i++) {
        struct set_intervals s;
        if (!is_chosen(&trial->set[i], set))
            continue;
        rc = set_intervals_read(trial, trial->set[i].name, rule, &s, e);
        if (rc == 0)
            print_set(&s, how, t, &j);
    }

    if (how == PRINT_JSON)
        json_close(&j, ']');
    if (how == PRINT_CSV)
        table_print_csv(t, stdout);
    table_free(&t);
    return rc;
}

// Prints the comparison of two trials, and the doubt about the best trial of a leaderboard.
#include "report/compare_pair.h"

#include "base/err.h"
#include "leaderboard/row.h"
#include "report/json.h"
#include "report/table.h"
#include "store/schema.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LEVEL = 0.05; // of significance

static void print_named(const char *letter, const struct named_trial *t, FILE *out)
{
    fprintf(out, "%s  %s, trial %.8s", letter, t->name, t->row->id);
    for (int i = 0; i < t->row->n_varied; i++)
        fprintf(out, "  %s=%s", t->row->key[i], t->row->value[i]);
    fprintf(out, "\n");
}

static void print_verdict(const struct pair_set *s, FILE *out)
{
    if (s->unscored)
        fprintf(out, "set %s: %lld of %lld samples left out, because a trial has no error of them\n", s->name,
            (long long)s->unscored, (long long)(s->samples + s->unscored));
    if (isnan(s->auc.p))
        fprintf(out, "set %s: no test, because a class has fewer than two samples\n", s->name);
    else if (s->auc.p > LEVEL)
        fprintf(out, "set %s: the difference is not significant at level %g\n", s->name, LEVEL);
    else
        fprintf(
            out, "set %s: %s is significantly better at level %g\n", s->name, s->auc.difference > 0 ? "a" : "b", LEVEL);
}

static void pair_columns(struct table *t)
{
    static const char *const headers[] = {"samples", "anomalies", "ROC AUC of a", "of b", "a - b"};

    table_column(t, "test set", TABLE_LEFT);
    for (int i = 0; i < 5; i++)
        table_column(t, headers[i], TABLE_RIGHT);
    table_column(t, "95 % interval", TABLE_LEFT);
    table_column(t, "p", TABLE_RIGHT);
}

void trial_pair_print(const struct trial_pair *p, const struct named_trial *a, const struct named_trial *b, FILE *out)
{
    struct table *t = table_new();

    print_named("a", a, out);
    print_named("b", b, out);
    fprintf(out, "\nDifference of ROC AUC (DeLong's test for paired samples):\n");
    pair_columns(t);
    for (int i = 0; i < p->n; i++) {
        const struct pair_set *s = &p->set[i];
        table_row(t);
        table_cell(t, "%s", s->name);
        table_cell(t, "%lld", (long long)s->samples);
        table_cell(t, "%lld", (long long)s->anomalies);
        table_number(t, "%.4f", s->auc.a);
        table_number(t, "%.4f", s->auc.b);
        table_number(t, "%+.4f", s->auc.difference);
        if (isnan(s->auc.low))
            table_null(t);
        else
            table_cell(t, "%+.4f to %+.4f", s->auc.low, s->auc.high);
        table_number(t, "%.2g", s->auc.p);
    }
    table_print(t, 0, out);
    table_free(&t);

    for (int i = 0; i < p->n; i++)
        print_verdict(&p->set[i], out);
}

void trial_pair_print_csv(
    const struct trial_pair *p, const struct named_trial *a, const struct named_trial *b, FILE *out)
{
    static const char *const headers[] = {"trial_a", "trial_b", "test_set", "samples", "anomalies", "unscored",
        "roc_auc_a", "roc_auc_b", "difference", "low", "high", "p"};
    struct table *t = table_new();

    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        table_column(t, headers[i], TABLE_LEFT);
    for (int i = 0; i < p->n; i++) {
        const struct pair_set *s = &p->set[i];
        table_row(t);
        table_cell(t, "%s", a->row->id);
        table_cell(t, "%s", b->row->id);
        table_cell(t, "%s", s->name);
        table_cell(t, "%lld", (long long)s->samples);
        table_cell(t, "%lld", (long long)s->anomalies);
        table_cell(t, "%lld", (long long)s->unscored);
        const double numbers[] = {s->auc.a, s->auc.b, s->auc.difference, s->auc.low, s->auc.high, s->auc.p};
        for (int k = 0; k < 6; k++)
            table_exact_number(t, numbers[k]);
    }
    table_print_csv(t, out);
    table_free(&t);
}

void trial_pair_print_json(
    const struct trial_pair *p, const struct named_trial *a, const struct named_trial *b, FILE *out)
{
    struct json j = {.out = out};

    json_open(&j, NULL, '{');
    json_text(&j, "trial_a", a->row->id);
    json_text(&j, "trial_b", b->row->id);
    json_open(&j, "test_sets", '[');
    for (int i = 0; i < p->n; i++) {
        const struct pair_set *s = &p->set[i];
        json_open(&j, NULL, '{');
        json_text(&j, "test_set", s->name);
        json_number(&j, "samples", (double)s->samples);
        json_number(&j, "anomalies", (double)s->anomalies);
        json_number(&j, "unscored", (double)s->unscored);
        json_number(&j, "roc_auc_a", s->auc.a);
        json_number(&j, "roc_auc_b", s->auc.b);
        json_number(&j, "difference", s->auc.difference);
        json_number(&j, "low", s->auc.low);
        json_number(&j, "high", s->auc.high);
        json_number(&j, "p", s->auc.p);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

// --- the best trial of a leaderboard
// Returns the first test set of the row that has a ROC AUC, if this is what the sweep looks for; else NULL.
static const struct set_results *deciding_set(const struct leaderboard_row *row)
{
    if (*row->objective && strcmp(row->objective, SCORES_ROC_AUC) != 0)
        return NULL;
    for (int i = 0; i < row->n_sets; i++)
        if (!isnan(row->set[i].roc_auc))
            return &row->set[i];
    return NULL;
}

// Returns the first row of another configuration than rows[0] that can be compared with it, or NULL.
static const struct leaderboard_row *next_configuration(const struct leaderboard_row *rows, int n)
{
    for (int i = 1; i < n; i++)
        if (!row_is_stale(&rows[i]) && !rows[i].has_diverged && *rows[i].configuration &&
            strcmp(rows[i].configuration, rows[0].configuration) != 0)
            return &rows[i];
    return NULL;
}

void best_trial_print_doubt(const struct leaderboard_row *rows, int n, FILE *out)
{
    const struct set_results *best = n > 1 && !row_is_stale(&rows[0]) ? deciding_set(&rows[0]) : NULL;
    const struct leaderboard_row *next = best ? next_configuration(rows, n) : NULL;
    const struct set_results *other = next ? row_find_set(next, best->name) : NULL;
    struct err unreadable = {0}; // damage is reported where a trial is shown; without both trials there is no doubt
    struct pair_set s;

    if (!other || !(best->roc_auc > other->roc_auc)) // sorted by something else, or a tie
        return;
    if (pair_set_compare(&rows[0], next, best->name, &s, &unreadable) == 0 && s.auc.p > LEVEL)
        fprintf(out,
            "Close        trial %.8s is not significantly better than %.8s, the best of another configuration: ROC AUC of "
            "set %s %.4f and %.4f, p = %.2g\n",
            rows[0].id, next->id, best->name, s.auc.a, s.auc.b, s.auc.p);
    free(s.name);
}

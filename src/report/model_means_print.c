// Prints the means of models as a table, as CSV or as JSON.
#include "report/model_means.h"

#include "base/mem.h"
#include "report/json.h"
#include "report/table.h"
#include <math.h>
#include <stdlib.h>

static void add_model_cells(struct table *t, const struct model_means *m, int model)
{
    table_row(t);
    for (int k = 0; k < m->n_keys; k++)
        table_cell(t, "%.60s", m->value[model * m->n_keys + k]);
}

// Prints the groups by the numbers of their models.
static void print_groups(const struct model_means *m, FILE *out)
{
    int *first = mem_new((size_t)m->n_models, sizeof *first), *last = mem_new((size_t)m->n_models, sizeof *last);
    int n = model_means_groups(m, first, last);

    if (n == 0)
        fprintf(out, "All differences are significant");
    else
        fprintf(out, "No significant difference within");
    for (int i = 0; i < n; i++)
        fprintf(out, "%s %d to %d", i ? "," : "", first[i] + 1, last[i] + 1);
    fprintf(out, " (Wilcoxon's signed-rank test of each pair, Holm's correction, level 0.05)\n");
    free(first);
    free(last);
}

static void print_left_out(const struct model_means *m, FILE *out)
{
    if (m->n_resultless)
        fprintf(out, "%d model%s left out, because no trial of it has a result:\n", m->n_resultless,
            m->n_resultless == 1 ? " is" : "s are");
    for (int i = 0; i < m->n_resultless; i++)
        fprintf(out, "  %s\n", m->resultless[i]);
    if (m->n_left_out)
        fprintf(out, "%d other value%s left out, because a model has no result there\n", m->n_left_out,
            m->n_left_out == 1 ? " is" : "s are");
}

void model_means_print(const struct model_means *m, FILE *out)
{
    struct table *t = table_new();

    table_column(t, "#", TABLE_RIGHT);
    for (int k = 0; k < m->n_keys; k++)
        table_column(t, m->key[k], TABLE_LEFT);
    table_column(t, m->metric, TABLE_RIGHT);
    table_column(t, "deviation", TABLE_RIGHT);
    table_column(t, "mean rank", TABLE_RIGHT);
    table_column(t, "p to #1", TABLE_RIGHT);

    for (int j = 0; j < m->n_models; j++) {
        table_row(t);
        table_cell(t, "%d", j + 1);
        for (int k = 0; k < m->n_keys; k++)
            table_cell(t, "%.40s", m->value[j * m->n_keys + k]);
        table_number(t, m->is_loss ? "%.5g" : "%.4f", m->mean[j]);
        table_number(t, m->is_loss ? "%.2g" : "%.4f", m->deviation[j]);
        table_number(t, "%.2f", m->rank[j]);
        table_number(t, "%.2g", j ? m->p[j] : NAN);
    }

    fprintf(out, "Mean of %s over %d value%s of %s\n", m->metric, m->n_blocks, m->n_blocks == 1 ? "" : "s", m->over);
    table_print(t, 2, out);
    table_free(&t);
    print_left_out(m, out);
    if (m->n_models > 1) {
        print_groups(m, out);
        fprintf(out, "Critical difference of mean ranks (Nemenyi, level 0.05): %.3f\n", m->difference);
    }
}

void model_means_print_csv(const struct model_means *m, FILE *out)
{
    static const char *const columns[] = {"blocks", "mean", "deviation", "mean_rank", "p_to_first"};
    struct table *t = table_new();

    for (int k = 0; k < m->n_keys; k++)
        table_column(t, m->key[k], TABLE_LEFT);
    table_column(t, "metric", TABLE_LEFT);
    for (int i = 0; i < 5; i++)
        table_column(t, columns[i], TABLE_LEFT);

    for (int j = 0; j < m->n_models; j++) {
        add_model_cells(t, m, j);
        table_cell(t, "%s", m->metric);
        table_cell(t, "%d", m->n_blocks);
        table_exact_number(t, m->mean[j]);
        table_exact_number(t, m->deviation[j]);
        table_exact_number(t, m->rank[j]);
        table_exact_number(t, j ? m->p[j] : NAN);
    }
    table_print_csv(t, out);
    table_free(&t);
}

static void json_model(struct json *j, const struct model_means *m, int model)
{
    json_open(j, NULL, '{');
    json_open(j, "varied", '{');
    for (int k = 0; k < m->n_keys; k++)
        json_text(j, m->key[k], m->value[model * m->n_keys + k]);
    json_close(j, '}');

    json_number(j, "mean", m->mean[model]);
    json_number(j, "deviation", m->deviation[model]);
    json_number(j, "mean_rank", m->rank[model]);
    json_open(j, "p", '[');
    for (int other = 0; other < m->n_models; other++)
        json_number(j, NULL, m->p[model * m->n_models + other]);
    json_close(j, ']');
    json_close(j, '}');
}

void model_means_print_json(const struct model_means *m, FILE *out)
{
    struct json j = {.out = out};

    json_open(&j, NULL, '{');
    json_text(&j, "metric", m->metric);
    json_text(&j, "mean_over", m->over);
    json_number(&j, "blocks", m->n_blocks);
    json_number(&j, "blocks_left_out", m->n_left_out);
    json_number(&j, "critical_difference", m->difference);
    json_open(&j, "models", '[');
    for (int i = 0; i < m->n_models; i++)
        json_model(&j, m, i);
    json_close(&j, ']');
    json_open(&j, "models_left_out", '[');
    for (int i = 0; i < m->n_resultless; i++)
        json_text(&j, NULL, m->resultless[i]);
    json_close(&j, ']');
    json_close(&j, '}');
}

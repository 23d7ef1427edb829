// Fills the tables of a confusion matrix and of a classification report.
#include "report/table_metrics.h"

struct table *table_confusion(const struct confusion *c)
{
    struct table *t = table_new();

    table_column(t, "", TABLE_LEFT);
    table_column(t, "called normal", TABLE_RIGHT);
    table_column(t, "called anomalous", TABLE_RIGHT);

    table_row(t);
    table_cell(t, "normal");
    table_cell(t, "%lld", (long long)c->true_negatives);
    table_cell(t, "%lld", (long long)c->false_positives);
    table_row(t);
    table_cell(t, "anomaly");
    table_cell(t, "%lld", (long long)c->false_negatives);
    table_cell(t, "%lld", (long long)c->true_positives);

    return t;
}

static void add_class_row(struct table *t, const char *name, const struct class_metrics *c)
{
    table_row(t);
    table_cell(t, "%s", name);
    table_number(t, "%.4f", c->precision);
    table_number(t, "%.4f", c->recall);
    table_number(t, "%.4f", c->f1);
    table_cell(t, "%lld", (long long)c->support);
}

static void add_accuracy_row(struct table *t, double accuracy, int64_t support)
{
    table_row(t);
    table_cell(t, "accuracy");
    table_cell(t, "%s", "");
    table_cell(t, "%s", "");
    table_number(t, "%.4f", accuracy);
    table_cell(t, "%lld", (long long)support);
}

struct table *table_classification(const struct classification *c)
{
    static const char *const headers[] = {"precision", "recall", "F1", "support"};
    struct table *t = table_new();

    table_column(t, "", TABLE_LEFT);
    for (int i = 0; i < 4; i++)
        table_column(t, headers[i], TABLE_RIGHT);

    add_class_row(t, "normal", &c->normal);
    add_class_row(t, "anomaly", &c->anomaly);
    table_rule(t);
    add_accuracy_row(t, c->accuracy, c->macro.support);
    add_class_row(t, "macro average", &c->macro);
    add_class_row(t, "weighted average", &c->weighted);

    return t;
}

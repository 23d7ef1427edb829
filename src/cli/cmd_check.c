// hourglass check: validates an experiment and says what it would take; trains nothing.
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "report/table.h"
#include "sweep/plan.h"
#include <stdio.h>
#include <stdlib.h>

struct options {
    struct field_texts settings;
    char *results;
    int64_t count;
};

static const struct field fields[] = {
    {.key = "set",
        .type = FIELD_TEXTS,
        .offset = offsetof(struct options, settings),
        .help = "KEY=VALUE: overrides a setting of the experiment, such as train.epochs=3"},
    {.key = "results",
        .type = FIELD_TEXT,
        .offset = offsetof(struct options, results),
        .standard = "results",
        .help = "folder in which the run's folder would lie"},
    {.key = "count",
        .type = FIELD_INT,
        .offset = offsetof(struct options, count),
        .standard = "20",
        .min = 0,
        .max = 1e9,
        .help = "trials that are listed; 0: all"},
    {0},
};

static const struct command command = {
    .name = "check",
    .usage = "EXPERIMENT.yaml [OPTION]...",
    .about = "Reads the experiment and opens its data; reports every mistake with file, line and column; lists the "
             "trials with\n"
             "their parameters, memory and floating-point operations.\n",
    .footer = "Exit code: 0 valid; 2 the experiment is wrong; 3 a data file is bad.\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

static void add_values(struct table *t, const struct experiment *x, int number)
{
    int keys = spec_sweep_keys(x->sweep);
    double *value = mem_new((size_t)keys + 1, sizeof *value);
    char room[32];
    struct search_trial trial;
    search_trial(x->search, number, &trial, value);
    for (int k = 0; k < keys; k++)
        table_cell(t, "%.24s", spec_sweep_value(x->sweep, k, value[k], room));
    free(value);
}

static struct table *plan_table(const struct experiment *x, const struct plan *p, int64_t count)
{
    struct table *t = table_new();
    char memory[16];
    table_column(t, "trial", TABLE_LEFT);
    for (int k = 0; k < spec_sweep_keys(x->sweep); k++)
        table_column(t, spec_sweep_key(x->sweep, k), TABLE_RIGHT);
    static const char *const columns[] = {"parameters", "rows", "epochs", "shards", "memory", "TFLOP"};
    for (int i = 0; i < 6; i++)
        table_column(t, columns[i], TABLE_RIGHT);
    for (int i = 0; i < p->n && (count == 0 || i < count); i++) {
        const struct plan_entry *entry = &p->entry[i];
        table_row(t);
        table_cell(t, "%.8s%s", entry->id, entry->same_as >= 0 ? " (as before)" : "");
        add_values(t, x, entry->number);
        table_cell(t, "%lld", (long long)entry->parameters);
        table_cell(t, "%lld", (long long)entry->rows);
        table_cell(t, "%lld", (long long)entry->epochs);
        table_cell(t, "%lld", (long long)entry->shards);
        table_cell(t, "%s", text_bytes(memory, (double)entry->bytes));
        table_cell(t, "%.3g", 1e-12 * entry->operations);
    }
    return t;
}

static void print_plan(const struct experiment *x, const struct plan *p, int64_t count, const char *results)
{
    double operations = 0;
    int different = 0;
    for (int i = 0; i < p->n; i++)
        if (p->entry[i].same_as < 0) {
            operations += p->entry[i].operations;
            different++;
        }
    struct table *t = plan_table(x, p, count);
    table_print(t, 0, stdout);
    table_free(&t);
    if (count && p->n > count)
        printf("and %lld more\n", (long long)(p->n - count));
    printf("\n%s: valid; %d trial%s, %d different; %.3g TFLOP of training\n", x->path, p->n, p->n == 1 ? "" : "s",
        different, 1e-12 * operations);
    printf("Run folder   %s/%s\n", results, x->name);
}

int cmd_check(int argc, char **argv)
{
    struct options o = {0};
    struct err e = {0};
    struct experiment x = {0};
    struct plan p = {0};
    char **rest;
    int n, parsed = options_parse(&command, argc, argv, &o, &rest, &n, &e);
    if (parsed == 0)
        experiment_load(rest[0], (const char *const *)o.settings.v, o.settings.n, &x, &e);
    if (x.search)
        plan_make(&x, &p, &e);
    if (p.n > 0 && !e.count)
        print_plan(&x, &p, o.count, o.results);
    plan_free(&p);
    experiment_free(&x);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

// hourglass check: validates an experiment and shows what it would cost; trains nothing.
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/check_cost.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "report/table.h"
#include "run/run.h"
#include "search/search.h"
#include "spec/spec.h"
#include "trial/experiment.h"
#include "trial/knowledge.h"
#include "trial/plan.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check_options {
    struct field_texts settings;
    char *results;
    int64_t count, ranks, threads, ranks_per_trial;
};

static const struct field fields[] = {
    FIELD_ROW(check_options, settings, "set", FIELD_TEXTS,
        "KEY=VALUE: overrides a setting of the experiment, such as train.epochs=3"),
    FIELD_ROW(check_options, results, "results", FIELD_TEXT, "folder that would contain the run's folder",
        .default_text = "results"),
    FIELD_ROW(check_options, count, "count", FIELD_INT, "trials that are listed; 0: all", .default_text = "20",
        .min = 0, .max = 1e9),
    FIELD_ROW(check_options, ranks, "ranks", FIELD_INT,
        "MPI ranks to plan for, such as those of a cluster; default: those that run would start here", .min = 1,
        .max = 1 << 20),
    FIELD_ROW(
        check_options, threads, "threads", FIELD_INT, "OpenMP threads of each rank, as of run", .min = 1, .max = 1024),
    FIELD_ROW(check_options, ranks_per_trial, "ranks-per-trial", FIELD_INT,
        "ranks that train a trial together, as of run", .min = 1, .max = 1 << 20),
    {0},
};

static const struct command command = {
    .name = "check",
    .usage = "EXPERIMENT.yaml [OPTION]...",
    .about = "Reads the experiment, opens its data, and reports every mistake with file, line and column. Lists the\n"
             "trials with their parameters, memory and floating-point operations. Trains the costliest trial for a\n"
             "fraction of a second, and prints how many trials run at a time, how long all of them take, and the\n"
             "options of sbatch for them.\n",
    .shorts = "n:ranks t:threads",
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
        table_cell(t, "%.8s%s", entry->trial.id, entry->same_as >= 0 ? " (as before)" : "");
        add_values(t, x, entry->trial.number);
        table_cell(t, "%lld", (long long)entry->parameters);
        table_cell(t, "%lld", (long long)entry->rows);
        table_cell(t, "%lld", (long long)entry->epochs);
        table_cell(t, "%lld", (long long)entry->shards);
        table_cell(t, "%s", text_bytes(memory, (double)entry->bytes));
        table_cell(t, "%.3g", 1e-12 * entry->operations);
    }

    return t;
}

static void print_labels(const char *labels)
{
    char *visible = text_visible(labels);
    printf("Labels       %s\n", visible);
    free(visible);
}

// Prints the sizes of the models, one per line.
static void print_sizes(const char *sizes)
{
    const char *label = "Sizes        ";
    for (const char *line = sizes; *line; line = strchr(line, '\n') + 1) {
        printf("%s%.*s\n", label, (int)strcspn(line, "\n"), line);
        label = "             ";
    }
}

static void print_plan(const struct experiment *x, const struct plan *p, int64_t count, const char *results)
{
    double most, operations = check_operations(p, &most);
    int64_t bound = search_bound(p->search);
    struct table *t = plan_table(x, p, count);

    table_print(t, 0, stdout);
    table_free(&t);
    if (count && p->n > count)
        printf("and %lld more\n", (long long)(p->n - count));
    log_print("\n%s: valid; %d trial%s, %d different", x->path, p->n, text_plural(p->n), plan_different(p));
    if (bound > p->n)
        printf(", and up to %lld more that follow from their results", (long long)(bound - p->n));
    printf("; %.3g TFLOP of training\n", 1e-12 * operations);
    if (search_learned(p->search) > 0)
        printf("Learned      %lld configuration%s of %s\n", (long long)search_learned(p->search),
            text_plural(search_learned(p->search)), spec_sweep_config(x->sweep)->from);
    log_print("Run folder   %s/%s\n", results, x->name);
    if (plan_sizes(p))
        print_sizes(plan_sizes(p));
    if (plan_labels(p))
        print_labels(plan_labels(p));
}

static int check_run_folder(const struct experiment *x, const char *results, struct err *e)
{
    char *folder = mem_format("%s/%s", results, x->name);
    int rc = knowledge_check_folder(x, folder, e);
    free(folder);
    return rc;
}

int cmd_check(int argc, char **argv)
{
    struct check_options o = {0};
    struct err e = {0};
    struct experiment x = {0};
    struct plan p = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);

    if (parsed == 0)
        experiment_load(rest.v[0], (const char *const *)o.settings.v, o.settings.n, &x, &e);
    if (x.search && check_run_folder(&x, o.results, &e) == 0)
        plan_make(&x, &p, &e);
    err_print_warnings(&p.warnings);
    if (p.n > 0 && !e.count)
        print_plan(&x, &p, o.count, o.results);
    if (p.n > 0 && !e.count)
        check_cost(&x, &p, &(struct cost_wish){(int)o.ranks, (int)o.threads, (int)o.ranks_per_trial}, &e);

    plan_free(&p);
    experiment_free(&x);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

// hourglass top: the leaderboard of a run, and the samples that one of its trials finds most and least anomalous.
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/show.h"
#include "report/leaderboard.h"
#include <stdio.h>
#include <stdlib.h>

struct options {
    int64_t count, samples;
    char *trial, *set;
    bool by_class, csv;
};

static const struct field fields[] = {
    {.key = "count",
        .type = FIELD_INT,
        .offset = offsetof(struct options, count),
        .standard = "10",
        .min = 0,
        .max = 1e9,
        .help = "rows of the leaderboard; 0: all"},
    {.key = "trial",
        .type = FIELD_TEXT,
        .offset = offsetof(struct options, trial),
        .help = "whose samples are shown: the beginning of its id; default: the best"},
    {.key = "samples",
        .type = FIELD_INT,
        .offset = offsetof(struct options, samples),
        .standard = "5",
        .min = 1,
        .max = 50,
        .help = "at each end"},
    {.key = "by-class",
        .type = FIELD_BOOL,
        .offset = offsetof(struct options, by_class),
        .standard = "false",
        .help = "the samples with the highest and the lowest errors of every label"},
    {.key = "test-set",
        .type = FIELD_TEXT,
        .offset = offsetof(struct options, set),
        .help = "the test set whose samples are shown; default: the first"},
    {.key = "csv",
        .type = FIELD_BOOL,
        .offset = offsetof(struct options, csv),
        .standard = "false",
        .help = "print the leaderboard as CSV, and nothing else"},
    {0},
};

static const struct command command = {
    .name = "top",
    .usage = "RUN-FOLDER [OPTION]...",
    .about = "Prints the leaderboard of a run and the most and least anomalous samples of a trial, with confusion "
             "matrix and\n"
             "classification report where there are labels; draws the samples beside their reconstructions as a PNG.\n",
    .footer = "  hourglass top results/quickstart\n"
              "  hourglass top results/mnist-outliers --by-class\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

static int show(const struct options *o, const char *folder, struct err *e)
{
    struct trial_summary *rows;
    int n;
    if (leaderboard_read(folder, false, &rows, &n, e) != 0)
        return -1;
    int failed = n ? 0 : err_add(e, ERR_USAGE, "%s: no trial is finished yet", folder);
    if (!failed && o->csv) {
        struct table *t = leaderboard_table(rows, n, (int)o->count);
        table_print_csv(t, stdout);
        table_free(&t);
    } else if (!failed) {
        struct show_options s = {(int)o->count, (int)o->samples, o->by_class, o->trial, o->set};
        failed = show_run(folder, rows, n, &s, e);
    }
    leaderboard_free(&rows, n);
    return failed;
}

int cmd_top(int argc, char **argv)
{
    struct options o = {0};
    struct err e = {0};
    char **rest;
    int n, parsed = options_parse(&command, argc, argv, &o, &rest, &n, &e);
    if (parsed == 0)
        show(&o, rest[0], &e);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

// hourglass compare: architectures and clusters side by side, and how far equal trials drift apart.
#include "base/err.h"
#include "base/field.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "report/compare.h"

struct compare_options {
    bool csv, json, drift;
};

static const struct field fields[] = {
    FLAG_ROW(compare_options, csv, "csv", "print a line for each architecture on each side, with every digit"),
    FLAG_ROW(compare_options, drift, "drift", "with --csv: a line for each pair of trials of one spec instead"),
    FLAG_ROW(compare_options, json, "json", "print both as JSON"),
    {0},
};

static const struct command command = {
    .name = "compare",
    .usage = "RUN... [OPTION]...",
    .about =
        "Puts runs side by side: a row for each architecture (seeds are averaged), a column for each run, named\n"
        "after its cluster; for a single merged file, a column for each cluster. Shows quality, time, scaling\n"
        "efficiency and cost, and marks the front of quality against cost. For trials of one spec on two sides it\n"
        "reports whether their bits are equal, and how far the errors of their samples are apart. RUN is a run's\n"
        "folder, its run.h5, or a merged file.\n",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is bad.\n"
              "\n"
              "  hourglass compare results/mnist-shoe ../cluster/mnist-shoe/run.h5\n"
              "  hourglass compare both.h5 --json\n",
    .fields = fields,
    .least = 1,
    .most = -1,
};

static int compare_and_print(const struct compare_options *o, char *const *runs, int n, struct err *e)
{
    if (o->csv && o->json)
        return err_add(e, ERR_USAGE, "--csv: found with --json, allowed: one of them");
    if (o->drift && !o->csv)
        return err_add(e, ERR_USAGE, "--drift: found without --csv");
    struct comparison *c = compare_runs((const char *const *)runs, n, e);
    if (!c)
        return -1;
    if (o->json)
        compare_print_json(c, stdout);
    else if (o->csv && o->drift)
        compare_drift_csv(c, stdout);
    else if (o->csv)
        compare_print_csv(c, stdout);
    else
        compare_print(c, stdout);

    comparison_free(&c);
    return 0;
}

int cmd_compare(int argc, char **argv)
{
    struct compare_options o = {0};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);
    if (parsed == 0)
        compare_and_print(&o, rest.v, rest.n, &e);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

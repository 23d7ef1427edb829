// hourglass compare: shows architectures and clusters side by side, and how far equal trials drift apart.
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "report/compare.h"
#include "report/gallery_png.h"
#include "report/model_means.h"
#include <stdlib.h>
#include <string.h>

struct compare_options {
    bool csv, json, drift;
    char *mean_over, *metric, *picture; // owned; NULL: not given
};

static const struct field fields[] = {
    FLAG_ROW(compare_options, csv, "csv", "print a line for each architecture on each side, with every digit"),
    FLAG_ROW(compare_options, drift, "drift", "with --csv: a line for each pair of trials of one spec instead"),
    FLAG_ROW(compare_options, json, "json", "print both as JSON"),
    FIELD_ROW(compare_options, mean_over, "mean-over", FIELD_TEXT,
        "a row per model instead, with the mean of a metric over the values of these settings, such as data.train or "
        "data.normal (and over seeds), the mean rank, and which differences are significant"),
    FIELD_ROW(compare_options, metric, "metric", FIELD_TEXT,
        "with --mean-over: a metric of the leaderboard; default: roc_auc, without labels validation_loss"),
    FIELD_ROW(compare_options, picture, "picture", FIELD_TEXT,
        "with --mean-over: draw the mean ranks, and which models do not differ, into this PNG file"),
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
              "  hourglass compare both.h5 --json\n"
              "  hourglass compare results/mnist-one-class* --mean-over data.normal --picture ranks.png\n",
    .fields = fields,
    .least = 1,
    .most = -1,
};

static int check_compare_options(const struct compare_options *o, struct err *e)
{
    if (o->csv && o->json)
        return err_add(e, ERR_USAGE, "--csv: found with --json, allowed: one of them");
    if (o->drift && !o->csv)
        return err_add(e, ERR_USAGE, "--drift: found without --csv");
    if (o->drift && o->mean_over)
        return err_add(e, ERR_USAGE, "--drift: found with --mean-over, allowed: one of them");
    if ((o->metric || o->picture) && !o->mean_over)
        return err_add(e, ERR_USAGE, "--%s: found without --mean-over", o->metric ? "metric" : "picture");
    return o->picture ? picture_check_replace(o->picture, e) : 0;
}

static int compare_models(const struct compare_options *o, char *const *runs, int n, struct err *e)
{
    struct model_means *m = model_means_new((const char *const *)runs, n, o->mean_over, o->metric, e);
    if (!m)
        return -1;
    if (o->json)
        model_means_print_json(m, stdout);
    else if (o->csv)
        model_means_print_csv(m, stdout);
    else
        model_means_print(m, stdout);

    for (int i = 0; o->csv && i < m->n_resultless; i++)
        log_warning("a model is left out, because no trial of it has a result: %s", m->resultless[i]);
    int rc = o->picture ? model_means_draw(m, o->picture, e) : 0;
    model_means_free(&m);
    return rc;
}

static int compare_sides(const struct compare_options *o, char *const *runs, int n, struct err *e)
{
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
    if (parsed == 0 && check_compare_options(&o, &e) == 0)
        (o.mean_over ? compare_models : compare_sides)(&o, rest.v, rest.n, &e);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

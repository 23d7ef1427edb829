// hourglass compare: shows architectures and clusters side by side, and how far equal trials drift apart.
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "report/compare.h"
#include "report/compare_pair.h"
#include "report/gallery_png.h"
#include "report/model_means.h"
#include "trial/model_open.h"
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
    .usage = "RUN...|TRIAL TRIAL [OPTION]...",
    .about =
        "Puts runs side by side: a row for each architecture (seeds are averaged), a column for each run, named\n"
        "after its cluster; for a single merged file, a column for each cluster. Shows quality, time, scaling\n"
        "efficiency and cost, and marks the front of quality against cost. For trials of one spec on two sides it\n"
        "reports whether their bits are equal, and how far the errors of their samples are apart. RUN is a run's\n"
        "folder, its run.h5, or a merged file.\n"
        "\n"
        "Compares two trials if one of them is named as RUN:ID (RUN:ensemble is the run's ensemble, RUN its best\n"
        "trial): for each test set, the areas under both ROC curves, their difference with its 95 % interval, and\n"
        "the p-value of DeLong's test for paired samples. Both must have been tested on the same rows.\n",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is bad.\n"
              "\n"
              "  hourglass compare results/mnist-shoe ../cluster/mnist-shoe/run.h5\n"
              "  hourglass compare both.h5 --json\n"
              "  hourglass compare results/cardio:ensemble results/cardio\n"
              "  hourglass compare results/mnist-one-class* --mean-over data.normal --picture ranks.png\n",
    .fields = fields,
    .least = 1,
    .most = -1,
};

// Returns true if any argument names a trial and not a run.
static bool names_any_trial(char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (model_id(names[i]))
            return true;
    return false;
}

static int check_pair_options(const struct compare_options *o, int n, struct err *e)
{
    if (n != 2)
        return err_add(
            e, ERR_USAGE, "RUN:ID: found with %d arguments in total, allowed: two trials, such as RUN:ID RUN:ID", n);
    if (o->drift || o->mean_over)
        return err_add(e, ERR_USAGE, "--%s: found with RUN:ID, allowed: with runs", o->drift ? "drift" : "mean-over");
    return 0;
}

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

static int compare_two_trials(const struct compare_options *o, char *const *names, int n, struct err *e)
{
    struct named_trial a, b = {0};

    if (check_pair_options(o, n, e) != 0)
        return -1;
    int rc = named_trial_read(names[0], &a, e);
    if (rc == 0)
        rc = named_trial_read(names[1], &b, e);
    struct trial_pair *p = rc == 0 ? trial_pair_new(a.row, b.row, e) : NULL;

    if (p && o->json)
        trial_pair_print_json(p, &a, &b, stdout);
    else if (p && o->csv)
        trial_pair_print_csv(p, &a, &b, stdout);
    else if (p)
        trial_pair_print(p, &a, &b, stdout);

    trial_pair_free(&p);
    named_trial_free(&a);
    named_trial_free(&b);
    return e->count ? -1 : 0;
}

int cmd_compare(int argc, char **argv)
{
    struct compare_options o = {0};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);
    bool is_pair = parsed == 0 && names_any_trial(rest.v, rest.n);
    if (parsed == 0 && check_compare_options(&o, &e) == 0 && is_pair)
        compare_two_trials(&o, rest.v, rest.n, &e);
    else if (parsed == 0 && !e.count)
        (o.mean_over ? compare_models : compare_sides)(&o, rest.v, rest.n, &e);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

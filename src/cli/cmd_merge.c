// hourglass merge: joins several runs, or runs of several clusters, into one file.
#include "base/clock.h"
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/output.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "leaderboard/merge.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdio.h>
#include <unistd.h>

struct merge_options {
    char *output;
    bool force;
};

static const struct field fields[] = {
    FIELD_ROW(merge_options, output, "output", FIELD_TEXT, "FILE.h5 to write"),
    FLAG_ROW(merge_options, force, "force", "replace a run's file that exists and is none of the runs"),
    {0},
};

static const struct command command = {
    .name = "merge",
    .usage = "RUN... --output FILE.h5 [OPTION]...",
    .about = "Joins the trials of several runs, from several folders or clusters, in one file that opens wherever\n"
             "run.h5 does. RUN is a run's folder, its run.h5, or a merged file. A trial is known by the hash of what\n"
             "decides its results. Trials with equal bits become one, with the provenance of each; trials with\n"
             "different bits stay apart and are named. Merging again, or in another order, gives the same trials.\n",
    .shorts = "o:output",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is damaged; 74 writing failed.\n"
              "\n"
              "  hourglass merge results/mnist-shoe ../cluster/mnist-shoe/run.h5 -o both.h5\n"
              "  hourglass merge both.h5 third.h5 -o all.h5\n",
    .fields = fields,
    .least = 1,
    .most = -1,
};

static int check_merged_file(const struct merge_options *o, char *const *runs, int n, struct err *e)
{
    if (!o->output)
        return err_add(e, ERR_USAGE, "--output: missing, allowed: FILE.h5");
    if (store_check_output("--output", o->output, (const char *const *)runs, n, e) != 0)
        return -1;
    if (!o->force && access(o->output, F_OK) == 0)
        return err_add(e, ERR_USAGE, "--output: %s exists; --force replaces it", o->output);

    return store_check_replace(o->output, FORMAT_RUN, e);
}

static void print_merged(const char *output, const struct merge_counts *c, double seconds)
{
    char spent[48];
    log_print("%s: %d trials of %d that were found, %d with the same bits as another, in %s\n", output, c->trials,
        c->found, c->equal, text_seconds(spent, seconds));
    if (c->ids)
        printf("%d trial%s with different bits, kept apart as %d: hourglass compare shows how far they differ\n",
            c->ids, text_plural(c->ids), c->different);
}

// Merges the runs. Other commands that would write the file wait until this one has ended.
static int merge_into_file(
    const struct merge_options *o, char *const *runs, int n, struct merge_counts *counts, struct err *e)
{
    struct output output = {0};
    int failed = check_merged_file(o, runs, n, e);
    if (!failed)
        failed = output_take(&output, o->output, e);
    if (!failed)
        failed = check_merged_file(o, runs, n, e); // check again: another command may have written it
    if (!failed)
        failed = merge_runs((const char *const *)runs, n, &output, counts, e);
    output_release(&output);

    return failed;
}

int cmd_merge(int argc, char **argv)
{
    struct merge_options o = {0};
    struct err e = {0};
    struct merge_counts counts;
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);
    double begin = clock_wall();

    if (parsed == 0 && merge_into_file(&o, rest.v, rest.n, &counts, &e) == 0)
        print_merged(o.output, &counts, clock_wall() - begin);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

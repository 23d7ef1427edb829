// hourglass collect: builds run.h5 from the trial files that a run's folder has so far.
#include "base/clock.h"
#include "base/err.h"
#include "base/field.h"
#include "base/input.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "leaderboard/run_file.h"
#include "leaderboard/run_read.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct collect_options {
    char *output;
    bool force, groups;
};

static const struct field fields[] = {
    FIELD_ROW(collect_options, output, "output", FIELD_TEXT,
        "file to write; default: run.h5 in the folder, which is replaced"),
    FLAG_ROW(collect_options, groups, "groups",
        "store every trial as a group of arrays, also those of journals; larger and slower"),
    FLAG_ROW(collect_options, force, "force", "with --output: replace a run's file that exists"),
    {0},
};

static const struct command command = {
    .name = "collect",
    .usage = "RUN-FOLDER [OPTION]...",
    .about =
        "Builds run.h5 from the trials finished so far: one portable file with every trial and the leaderboard. A\n"
        "run builds it at its end; collect does so at any time, even during a run. It compares every array with\n"
        "its checksum, and leaves out a trial file that is damaged, with a message.\n",
    .shorts = "o:output",
    .footer = "Exit code: 0 done; 2 usage; 3 a trial file is damaged; 74 writing failed.\n"
              "\n"
              "  hourglass collect results/mnist-shoe\n"
              "  hourglass collect results/mnist-shoe -o shoe.h5\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

// Checks that the file may be replaced. The run.h5 of the folder may always be replaced, any other file only with
// --force and if it is a file of a run.
static int check_collected_file(const char *folder, const struct collect_options *o, struct err *e)
{
    char *own = mem_format("%s/run.h5", folder);
    const char *output = o->output ? o->output : own;
    bool is_own = !o->output || input_is_same(output, own);
    int failed = 0;
    if (!is_own && !o->force && access(output, F_OK) == 0)
        failed = err_add(e, ERR_USAGE, "--output: %s exists; --force replaces it", output);
    else if (!is_own)
        failed = store_check_replace(output, FORMAT_RUN, e);
    free(own);

    return failed;
}

// Checks that the output file may be replaced, and locks it, so that other commands that write it wait until this one
// has ended.
static int take_collected_file(
    struct output *output, const char *folder, const struct collect_options *o, struct err *e)
{
    if (!o->output)
        return run_file_take(output, folder, e);

    int failed = check_collected_file(folder, o, e);
    if (!failed)
        failed = output_take(output, o->output, e);
    return failed ? failed : check_collected_file(folder, o, e); // check again: another command may have written it
}

static void collect_trials(const char *folder, const struct output *output, bool only_groups, struct err *e)
{
    struct leaderboard_row *rows;
    struct stat s;
    int n;
    const struct collecting how = {STORE_CHECK, only_groups};
    double begin = clock_wall();

    if (run_file_collect(folder, output, &how, &rows, &n, e) != 0)
        return;
    char size[16], spent[48];
    if (n == 0)
        err_add(e, ERR_USAGE, "%s: no trial is finished yet", folder);
    else if (stat(output->path, &s) == 0)
        log_print("%s: %d trial%s, %s, in %s\n", output->path, n, text_plural(n), text_bytes(size, (double)s.st_size),
            text_seconds(spent, clock_wall() - begin));

    rows_free(&rows, n);
}

int cmd_collect(int argc, char **argv)
{
    struct collect_options o = {0};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);
    struct output output = {0};

    if (parsed == 0 && take_collected_file(&output, rest.v[0], &o, &e) == 0)
        collect_trials(rest.v[0], &output, o.groups, &e);
    output_release(&output);

    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

// hourglass ensemble: makes one model of the trials of a run.
#include "base/clock.h"
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/ensemble_make.h"
#include "cli/launch.h"
#include "cli/options.h"
#include "leaderboard/ensemble.h"
#include "leaderboard/ensemble_scores.h"
#include "metrics/combination.h"
#include "store/schema.h"
#include "store/store.h"
#include "train/train.h"
#include "trial/model_open.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ensemble_options {
    char *output;
    int combine; // enum combination_rule
    int64_t top, threads;
    struct field_texts where;
    bool force;
};

static const struct field fields[] = {
    FIELD_ROW(ensemble_options, output, "output", FIELD_TEXT,
        "file to write; default: ensemble.h5 in the run's folder, which is replaced"),
    FIELD_ROW(ensemble_options, combine, "combine", FIELD_CHOICE,
        "how the kinds of trials become one score: mean over the kinds; rank: mean of their ranks among normal rows; max: the "
        "largest; low2: mean of the two lowest",
        .default_text = "mean", .choices = combination_names),
    FIELD_ROW(ensemble_options, where, "where", FIELD_TEXTS,
        "'COLUMN OP VALUE', as in top: members must meet it, and every other --where"),
    FIELD_ROW(ensemble_options, top, "top", FIELD_INT, "at most this many members, the best of the leaderboard; 0: all",
        .default_text = "0", .min = 0, .max = 1e6),
    FIELD_ROW(ensemble_options, threads, "threads", FIELD_INT, "threads; 0: as many as there are cores",
        .default_text = "0", .min = 0, .max = 4096),
    FLAG_ROW(ensemble_options, force, "force", "with --output: replace a run's file that exists"),
    {0},
};

static const struct command command = {
    .name = "ensemble",
    .usage = "RUN [OPTION]...",
    .about =
        "Makes one model of the trials of a run: a file that holds them, and says how their errors become one score.\n"
        "RUN is a run's folder, its run.h5, or a merged file. Members are all finished trials with the same data,\n"
        "without those that are of no use, which are listed. Each kind of trial counts the same, however many trials\n"
        "it has. The normal rows are scored again, for the threshold and percentiles of the score.\n",
    .shorts = "o:output",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is damaged; 74 writing failed.\n"
              "\n"
              "  hourglass ensemble results/machine\n"
              "  hourglass ensemble results/machine --where 'code >= 8' --combine rank -o machine.h5\n"
              "  hourglass score results/machine/ensemble.h5 new.csv -o scores.csv\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

// Returns the file to write, in new memory. `file` is the run's file.
static char *output_path(const struct ensemble_options *o, const char *file)
{
    const char *slash = strrchr(file, '/');

    if (o->output)
        return mem_text(o->output);
    return slash ? mem_format("%.*s/ensemble.h5", (int)(slash - file), file) : mem_text("ensemble.h5");
}

static int check_ensemble_output(const struct ensemble_options *o, const char *file, const char *path, struct err *e)
{
    const char *const inputs[] = {file};

    if (store_check_output("--output", path, inputs, 1, e) != 0)
        return -1;
    if (o->output && !o->force && access(path, F_OK) == 0)
        return err_add(e, ERR_USAGE, "--output: %s exists; --force replaces it", path);
    return store_check_replace(path, FORMAT_RUN, e);
}

static void print_kinds(const struct ensemble *x)
{
    for (int k = 0; k < x->combination.kinds; k++) {
        int count = 0;
        for (int i = 0; i < x->n; i++)
            count += x->combination.kind[i] == k;
        log_print("  %-32s %d member%s\n", ensemble_kind_name(x, k), count, text_plural(count));
    }
    for (int i = 0; i < x->n_vetoes; i++)
        log_print("left out     trial %.8s: %s\n", x->veto[i].id, x->veto[i].reason);
}

// Prints the metrics of each test set with labels.
static void print_sets(const char *path)
{
    struct err unreadable = {0}; // this process has just written the file
    struct ensemble_row x;

    if (ensemble_row_read(path, &x, &unreadable) != 0)
        return;
    for (int i = 0; i < x.row.n_sets; i++)
        if (x.row.set[i].has_labels)
            log_print("set %s: ROC AUC %.4f [%.4f, %.4f], average precision %.4f\n", x.row.set[i].name,
                x.row.set[i].roc_auc, x.row.set[i].roc_auc_low, x.row.set[i].roc_auc_high,
                x.row.set[i].average_precision);
    ensemble_row_free(&x);
}

static void print_where_warnings(const struct ensemble_made *m)
{
    if (m->where_labels)
        log_warning(
            "--where: %s chose the members by the labels of a test set, so the metrics of the ensemble on that set are "
            "too good",
            m->where_labels);
    if (m->where_loss)
        log_warning(
            "--where: %s chose the members, but a low loss or error does not mean better detection; an ensemble of all "
            "trials is safer",
            m->where_loss);
}

static void print_warnings(const struct ensemble_options *o, const struct ensemble_made *m)
{
    const struct ensemble *x = &m->ensemble;

    if (o->top && m->chose_by_labels)
        log_warning(
            "--top: the members were chosen by the labels of a test set, so the metrics of the ensemble on that set "
            "are too good");
    else if (o->top)
        log_warning(
            "--top: choosing trials without labels is often no better than chance; an ensemble of all trials is safer");
    print_where_warnings(m);
    if (m->no_reference)
        log_warning(
            "the file has no threshold and no percentiles, and no member was tried on probes: %s; hint: hourglass "
            "score --calibrate, or --threshold NUMBER",
            m->no_reference);
    else if (!x->is_held_out)
        log_warning(
            "errors are compared with those of training rows, which the models have learned; hint: data.validation: "
            "0.15 in the experiment holds normal rows out");
}

static int make_and_print(const struct ensemble_options *o, const char *run, const struct output *output, struct err *e)
{
    const struct ensemble_request q = {
        run, (enum combination_rule)o->combine, o->top, o->where, o->threads ? (int)o->threads : launch_threads(1)};
    struct ensemble_made made = {0};
    const double begin = clock_wall();
    char spent[48];
    int rc = team_set_threads(q.threads, e) == 0 ? ensemble_make(&q, output, &made, e) : -1;

    if (rc == 0 && made.ensemble.n > 0) {
        const struct ensemble *x = &made.ensemble;
        log_print("%s: %d member%s of %d kind%s, in %s\n", output->path, x->n, text_plural(x->n), x->combination.kinds,
            text_plural(x->combination.kinds), text_seconds(spent, clock_wall() - begin));
        print_kinds(x);
        if (!isnan(x->threshold))
            log_print("threshold    %.5g, from %lld %s rows\n", x->threshold, (long long)made.reference_rows,
                x->is_held_out ? "validation" : "training");
        print_sets(output->path);
        print_warnings(o, &made);
    }
    ensemble_made_free(&made);
    return rc;
}

// Makes the ensemble. Other commands that would write the file wait until this one has ended.
static int run_command(const struct ensemble_options *o, const char *run, struct err *e)
{
    char *file = model_file(run), *path = output_path(o, file);
    struct output output = {0};
    int rc = check_ensemble_output(o, file, path, e);

    if (rc == 0)
        rc = output_take(&output, path, e);
    if (rc == 0)
        rc = check_ensemble_output(o, file, path, e); // again: another command may have written it
    if (rc == 0)
        rc = make_and_print(o, run, &output, e);
    output_release(&output);
    free(path);
    free(file);
    return rc;
}

int cmd_ensemble(int argc, char **argv)
{
    struct ensemble_options o = {0};
    struct err e = {0};
    struct arguments rest;

    if (options_parse(&command, argc, argv, &o, &rest, &e) == 0)
        run_command(&o, rest.v[0], &e);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

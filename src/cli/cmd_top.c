// hourglass top: shows the leaderboard of a run, filtered and sorted, and the most and least anomalous samples of one
// trial; or the anomalies in a file of scores.
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/show.h"
#include "cli/top_gallery.h"
#include "cli/top_rule.h"
#include "leaderboard/consensus.h"
#include "leaderboard/ensemble_scores.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/protocols.h"
#include "leaderboard/run_read.h"
#include "report/scores_list.h"
#include "report/select.h"
#include "report/top_scores.h"
#include "trial/model_open.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct top_command_options {
    int64_t count, samples, list;
    char *above;
    struct field_texts where;
    char *sort, *trial, *set;
    bool by_class, intervals, csv, json;
    struct top_rule_options rule;
    struct top_gallery gallery;
};

static const struct field fields[] = {
    FIELD_ROW(top_command_options, where, "where", FIELD_TEXTS,
        "'COLUMN OP VALUE', such as 'roc_auc > 0.9': rows that meet it, and every other --where"),
    FIELD_ROW(top_command_options, sort, "sort", FIELD_TEXT,
        "column to sort by, ascending; -COLUMN: descending; default: the best trial first. -consensus and -stability: "
        "the trial that agrees most with the others, computed from the stored errors; no labels are needed"),
    FIELD_ROW(top_command_options, count, "count", FIELD_INT, "rows of the leaderboard; 0: all", .default_text = "10",
        .min = 0, .max = 1e9),
    FIELD_ROW(top_command_options, trial, "trial", FIELD_TEXT,
        "whose samples are shown: the beginning of its id, or 'ensemble'; default: the best"),
    FIELD_ROW(
        top_command_options, samples, "samples", FIELD_INT, "at each end", .default_text = "5", .min = 1, .max = 50),
    FLAG_ROW(
        top_command_options, by_class, "by-class", "the samples with the highest and the lowest errors of every label"),
    FIELD_ROW(
        top_command_options, set, "test-set", FIELD_TEXT, "the test set whose samples are shown; default: the first"),
    FLAG_ROW(top_command_options, intervals, "intervals",
        "print only the 95 % intervals of ROC AUC, average precision and F1 of the trial; with --csv or --json, every "
        "digit"),
    FIELD_ROW(top_command_options, list, "list", FIELD_INT,
        "of a file of scores, or of a test set without labels: rows above the threshold to list; 0: all",
        .default_text = "20", .min = 0, .max = 1e9),
    FIELD_ROW(top_command_options, above, "above", FIELD_TEXT,
        "of a file of scores: list only rows with an error above this number; default: the anomalous rows, or any row if no "
        "threshold is known"),
    FIELD_ROW(top_command_options, rule.threshold, "threshold", FIELD_TEXT,
        "of a run: rule for the threshold, instead of the stored one, without training: as score --threshold. Of windows, it "
        "is one of windows, not of time steps"),
    FIELD_ROW(top_command_options, rule.calibrate, "calibrate", FIELD_TEXT,
        "of a run: as score --calibrate: normal rows whose errors --threshold takes"),
    FIELD_ROW(top_command_options, gallery.picture, "gallery", FIELD_TEXT,
        "of a file of scores, FILE.h5: FILE.png to draw: the listed rows next to their reconstructions"),
    FIELD_ROW(top_command_options, gallery.model, "model", FIELD_TEXT,
        "with --gallery: the model, if it is no longer where it was when the scores were computed"),
    FIELD_ROW(top_command_options, gallery.data, "data", FIELD_TEXTS,
        "with --gallery: the data, as for score, if it is no longer where it was"),
    FLAG_ROW(top_command_options, csv, "csv", "print the rows as CSV, every column with every digit, and nothing else"),
    FLAG_ROW(top_command_options, json, "json", "the same as JSON: a list of objects"),
    {0},
};

static const struct command command = {
    .name = "top",
    .usage = "RUN[:ID]|SCORES [OPTION]...",
    .about =
        "Prints the leaderboard of a run, and the most and least anomalous samples of a trial. If the samples\n"
        "have labels, it also prints the confusion matrix and the classification report. Draws the samples next\n"
        "to their reconstructions as a PNG, and if they are windows, the errors of time steps over time. RUN is a\n"
        "run's folder, its run.h5, or a merged file; RUN:ID is the same as RUN --trial ID. The columns are those\n"
        "of leaderboard/ in run.h5.\n"
        "\n"
        "SCORES is a file that score wrote: FILE.csv, FILE.jsonl or FILE.h5. Its anomalies are listed, the largest\n"
        "error first, with the features that explain most and their shares of the squared error. --gallery draws\n"
        "them: it reads the data and the model again.\n",
    .footer = "  hourglass top results/quickstart\n"
              "  hourglass top results/mnist-outliers --by-class\n"
              "  hourglass top scores.csv --list 5\n"
              "  hourglass top scores.h5 --gallery worst.png\n"
              "  hourglass top results/quickstart --intervals --json\n"
              "  hourglass top results/machine --threshold mad=3.5 --list 50\n"
              "  hourglass top results/quickstart --where 'code >= 16' --sort -average_precision --csv\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

// Moves the rows that the user wants to the front, in the order of `wanted`; the other rows follow.
static void move_wanted_first(struct leaderboard_row *rows, int n, const int *wanted, int n_wanted)
{
    struct leaderboard_row *all = mem_new((size_t)n, sizeof *all);
    bool *is_wanted = mem_new((size_t)n, sizeof *is_wanted);

    memcpy(all, rows, (size_t)n * sizeof *all);
    int at = 0;
    for (; at < n_wanted; at++) {
        ASSERT(wanted[at] >= 0 && wanted[at] < n && !is_wanted[wanted[at]], "row %d of %d", wanted[at], n);
        rows[at] = all[wanted[at]];
        is_wanted[wanted[at]] = true;
    }

    for (int i = 0; i < n; i++)
        if (!is_wanted[i])
            rows[at++] = all[i];
    ASSERT(at == n, "%d of %d rows", at, n);

    free(all);
    free(is_wanted);
}

// Warns if the rows that are printed as CSV or JSON cannot be compared.
static void warn_of_protocols(const char *run, const struct leaderboard_row *rows, const int *wanted, int n)
{
    struct seen_protocols seen = {0};

    for (int i = 0; i < n; i++)
        protocols_note(&seen, &rows[wanted[i]]);
    protocols_warn(&seen, run);
}

static enum scores_print print_format(const struct top_command_options *o)
{
    if (o->csv)
        return PRINT_CSV;
    return o->json ? PRINT_JSON : PRINT_TABLE;
}

static int show_rows(
    const struct top_command_options *o, const char *run, struct leaderboard_row *rows, int n, struct err *e)
{
    struct leaderboard *b = leaderboard_new(rows, n);
    int found, failed = 0, *wanted = select_rows(b, o->where.v, o->where.n, o->sort, &found, e);
    int most = o->count && o->count < found ? (int)o->count : found;
    struct show_options s = {(int)o->count, (int)o->samples, o->by_class, o->trial, o->set, o->list, &o->rule, o->sort};

    if (wanted && !o->intervals && (o->csv || o->json))
        warn_of_protocols(run, rows, wanted, most);
    if (!wanted)
        failed = -1;
    else if (o->intervals && found > 0) {
        move_wanted_first(rows, n, wanted, found);
        failed = show_intervals(run, rows, found, &s, print_format(o), e);
    } else if (o->csv)
        select_print_csv(b, wanted, most, stdout);
    else if (o->json)
        select_print_json(b, wanted, most, stdout);
    else if (found == 0)
        log_print("%s: none of %d trials meets --where\n", run, n);
    else {
        move_wanted_first(rows, n, wanted, found);
        failed = show_run(run, rows, found, &s, e);
    }

    free(wanted);
    leaderboard_free(&b);
    return failed;
}

// Prints the row of the run's ensemble as CSV or JSON.
static int print_ensemble(const struct top_command_options *o, const char *run, struct err *e)
{
    char *path = model_file(run);
    struct ensemble_row x;
    int rc = ensemble_row_find(path, &x, e);

    if (rc == 0 && !x.has_row) {
        char *why = ensemble_why_not(&x, run);
        rc = err_add(e, ERR_USAGE, "%s: has no ensemble: %s", path, why);
        free(why);
    }
    if (rc == 0) {
        struct leaderboard *b = leaderboard_new(&x.row, 1);
        if (o->csv)
            select_print_csv(b, (const int[]){0}, 1, stdout);
        else
            select_print_json(b, (const int[]){0}, 1, stdout);
        leaderboard_free(&b);
    }

    ensemble_row_free(&x);
    free(path);
    return rc;
}

// Returns true if the user selects or sorts by how far trials agree. That is computed only if someone asks.
static bool wants_consensus(const struct top_command_options *o)
{
    bool is_wanted = o->sort && consensus_is_named(o->sort);

    for (int i = 0; i < o->where.n; i++)
        is_wanted = is_wanted || consensus_is_named(o->where.v[i]);
    return is_wanted;
}

static int show_leaderboard(const struct top_command_options *o, const char *run, struct err *e)
{
    struct leaderboard_row *rows;
    int n;

    if (o->csv && o->json)
        return err_add(e, ERR_USAGE, "--csv: found with --json, allowed: one of them");
    if ((o->csv || o->json) && !o->intervals && o->trial && strcmp(o->trial, ENSEMBLE_ROW_ID) == 0)
        return print_ensemble(o, run, e);
    struct err bad = {0}; // errors of trial files that are left out
    if (run_read_rows(run, STORE_CHECK, &rows, &n, &bad) != 0) {
        err_merge(e, &bad);
        return -1;
    }
    int failed = 0;
    if (n > 0 && wants_consensus(o) && consensus_is_missing(rows, n))
        consensus_read(rows, n, &bad);
    if (n)
        failed = show_rows(o, run, rows, n, e);
    else if (!bad.count)
        failed = err_add(e, ERR_USAGE, "%s: no trial is finished yet", run);
    err_merge(e, &bad);

    rows_free(&rows, n);
    return failed;
}

// Reads --above: a number, or "threshold", which is the default.
static void read_above(const struct top_command_options *o, struct scores_query *q, struct err *e)
{
    q->above = -INFINITY;
    q->is_above_threshold = !o->above || strcmp(o->above, "threshold") == 0;
    if (!q->is_above_threshold && text_to_double(o->above, &q->above) != 0)
        err_add(e, ERR_USAGE, "--above: found '%s', allowed: a number, or 'threshold'", o->above);
}

// Draws the listed rows if the user asks for it. CSV and JSON are printed without messages.
static void show_gallery(
    const struct top_command_options *o, const char *path, const struct scores_list *list, struct err *e)
{
    int drawn;

    if (!o->gallery.picture || top_gallery_draw(&o->gallery, path, list, &drawn, e) != 0 || o->csv || o->json)
        return;
    if (drawn == 0)
        log_print("\nNo gallery   no row is listed\n");
    else if (drawn < list->n)
        log_print("\nGallery      %s, the first %d of %lld rows\n", o->gallery.picture, drawn, (long long)list->n);
    else
        log_print("\nGallery      %s\n", o->gallery.picture);
}

static int show_scores(const struct top_command_options *o, const char *path, struct err *e)
{
    struct scores_list list = {0};
    struct scores_query query = {.most = o->list};

    if (o->where.n || o->sort || o->trial || o->set || o->by_class || o->intervals)
        err_add(e, ERR_USAGE,
            "%s: --where, --sort, --trial, --test-set, --by-class and --intervals: found with a file of scores, allowed: "
            "with a run",
            path);
    if (o->rule.threshold || o->rule.calibrate)
        err_add(e, ERR_USAGE,
            "%s: --threshold and --calibrate: found with a file of scores, allowed: with a run; hint: --above NUMBER lists "
            "other rows, and hourglass score --threshold RULE stores another threshold",
            path);
    if (o->csv && o->json)
        err_add(e, ERR_USAGE, "--csv: found with --json, allowed: one of them");
    read_above(o, &query, e);
    top_gallery_check(&o->gallery, path, e);
    if (!e->count && scores_list_read(&list, path, &query, e) == 0) {
        top_scores_print(&list, path, print_format(o), stdout);
        show_gallery(o, path, &list, e);
    }

    scores_list_free(&list);
    return e->count ? -1 : 0;
}

// Shows a run, or trial ID of RUN:ID.
static void show_named_run(struct top_command_options *o, const char *name, struct err *e)
{
    const char *id = model_id(name);

    if (id && o->trial) {
        err_add(e, ERR_USAGE, "%s: found with --trial %s, allowed: one of RUN:ID and --trial", name, o->trial);
        return;
    }
    char *run = id ? mem_format("%.*s", (int)(id - 1 - name), name) : mem_text(name);
    if (id)
        o->trial = mem_text(id);
    show_leaderboard(o, run, e);
    free(run);
}

int cmd_top(int argc, char **argv)
{
    struct top_command_options o = {0};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);
    if (parsed == 0 && scores_list_is_file(rest.v[0]))
        show_scores(&o, rest.v[0], &e);
    else if (parsed == 0 && o.above)
        err_add(&e, ERR_USAGE, "--above: found with a run, allowed: with a file of scores");
    else if (parsed == 0 && top_gallery_is_given(&o.gallery))
        err_add(&e, ERR_USAGE,
            "--gallery, --model and --data: found with a run, whose gallery is always drawn, allowed: with a file of scores");
    else if (parsed == 0) {
        top_rule_read(&o.rule, &e);
        if (!e.count)
            show_named_run(&o, rest.v[0], &e);
    }

    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}

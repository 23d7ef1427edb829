// hourglass explain: shows why rows of new data are anomalous.
#include "apply/explain.h"
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/launch.h"
#include "cli/model_job.h"
#include "cli/options.h"
#include "cli/score_data.h"
#include "comm/comm.h"
#include "nn/nn.h"
#include "report/explain_print.h"
#include "score/score.h"
#include "trial/ensemble_model.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct explain_options {
    struct score_input input;
    int64_t count, row, features;
    char *id, *picture;
    bool csv, json;
};

static const struct field fields[] = {
    FIELD_ROW(explain_options, count, "count", FIELD_INT,
        "rows with the largest errors; with --id or --row: at most that many", .default_text = "5", .min = 1,
        .max = EXPLAIN_MOST),
    FIELD_ROW(explain_options, id, "id", FIELD_TEXT, "the row with this id, instead"),
    FIELD_ROW(explain_options, row, "row", FIELD_INT, "the row with this number in its file, from 0, instead",
        .default_text = "-1", .min = -1, .max = 9e15),
    FIELD_ROW(explain_options, features, "features", FIELD_INT, "features to list for each row; 0: all",
        .default_text = "10", .min = 0, .max = 1e9),
    FIELD_ROW(explain_options, picture, "picture", FIELD_TEXT,
        "FILE.png to draw: each row, its reconstruction and their difference; default: explain.png if rows are pictures"),
    FLAG_ROW(explain_options, csv, "csv", "print CSV, a line for each row and feature, and nothing else"),
    FLAG_ROW(explain_options, json, "json", "the same as JSON: a list of objects"),
    FIELD_ROW(explain_options, input.csv.id, "id-column", FIELD_TEXT, "as score --id"),
    FIELD_ROW(explain_options, input.csv.time, "time-column", FIELD_TEXT, "as score --time"),
    SCORE_INPUT_FIELDS(explain_options, input),
    {0},
};

static const struct command command = {
    .name = "explain",
    .usage = "MODEL DATA... [OPTION]...",
    .about =
        "Says why rows of new data are anomalous. For each of the rows with the largest errors, or for the one that\n"
        "is named, it lists the features by their share of the error, the value seen and the value that the model\n"
        "expected, in the units of the data, and the percentile of the feature's error among those of the training\n"
        "data. For the shares, the squared error of a feature is divided by what is usual for it: the 0.99 quantile\n"
        "of its training errors. The features of one column, such as categories, count as one: their squared errors\n"
        "are added up for the share and for the percentile. A missing value is shown as the value that replaces it.\n"
        "Rows that are pictures are drawn with a heat map; for windows of a series, the time steps are listed. DATA\n"
        "is as for score.\n" MODEL_HELP ENSEMBLE_HELP,
    .shorts = "n:ranks t:threads",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is bad, or the data does not fit the model.\n"
              "\n"
              "  hourglass explain results/machine new.csv\n"
              "  hourglass explain results/machine new.csv --id-column serial --id A-1170 --json\n",
    .fields = fields,
    .least = 2,
    .most = -1,
};

static int print_explanation(
    const struct explain_options *o, const struct explain_report *r, const struct score_outcome *outcome, struct err *e)
{
    enum explain_format format = o->csv ? EXPLAIN_CSV : EXPLAIN_TABLE;
    char title[MODEL_TITLE_ROOM];
    int rc = r->picture ? explain_draw(r, e) : 0;

    if (o->json)
        format = EXPLAIN_JSON;
    if (rc == 0 && format == EXPLAIN_TABLE)
        log_print("%lld row%s under %s\n", (long long)outcome->rows, text_plural(outcome->rows),
            model_title(r->model, title));
    if (rc == 0)
        explain_print(r, format, stdout);
    if (rc == 0 && format == EXPLAIN_TABLE && r->rows->found > r->rows->n && (o->id || o->row >= 0))
        log_print("\nand %lld more rows of this name: --count lists more\n", (long long)(r->rows->found - r->rows->n));
    if (rc == 0 && format == EXPLAIN_TABLE && r->picture)
        log_print("\nPicture      %s\n", r->picture);
    return rc;
}

// Returns the path of the picture, or NULL if none is drawn.
static const char *choose_picture(const struct explain_options *o, const struct trained_model *m)
{
    const struct shape *input = &m->model->input;
    bool is_picture = input->rank >= 2 && m->trial.data.window.length == 0;

    if (o->picture || !is_picture || o->csv || o->json)
        return o->picture;
    return "explain.png";
}

static int explain_data(const struct team *team, const struct trained_model *m, const struct data_source *source,
    void *context, struct err *e)
{
    const struct explain_options *o = context;
    const struct explain_query query = {o->count, o->id, o->row};
    struct score_job j = score_data_job(&o->input, m, source);
    struct explained_rows rows;
    struct score_outcome outcome;

    if (o->csv || o->json)
        log_setup(team->comm->rank, LOG_QUIET);
    if (!model_reconstructs(m->model) && m->ensemble) {
        err_add(e, ERR_USAGE,
            "%s: no member has a reconstruction to compare features with, allowed: ensembles with a member that has a "
            "decoder; hint: hourglass score",
            j.name);
        return comm_agree(team->comm, e);
    }
    if (!model_reconstructs(m->model)) {
        err_add(e, ERR_USAGE,
            "trial %s: its model is of kind %s, which has no reconstruction to compare features with, allowed: models "
            "with a decoder; hint: hourglass score",
            m->id, model_kind_names[m->model->kind]);
        return comm_agree(team->comm, e);
    }
    j.error = row_error_of(&m->trial.score, &m->trial.train);
    j.threshold = m->threshold;
    j.normal = &m->trial.data.normal;
    int rc = explain_rows(team, &j, &query, &rows, &outcome, e);
    const struct explain_report report = {m, &rows, m->threshold, (int)o->features, choose_picture(o, m)};
    if (rc == 0 && team->comm->rank == 0)
        print_explanation(o, &report, &outcome, e);
    explained_rows_free(&rows);
    return comm_agree(team->comm, e);
}

static void check_explain_options(const struct explain_options *o, struct err *e)
{
    const char *dot = o->picture ? strrchr(o->picture, '.') : NULL;

    if (o->csv && o->json)
        err_add(e, ERR_USAGE, "--csv: found with --json, allowed: one of them");
    if (o->id && o->row >= 0)
        err_add(e, ERR_USAGE, "--id: found with --row, allowed: one of them");
    if (o->picture && (!dot || strcmp(dot, ".png") != 0))
        err_add(e, ERR_USAGE, "--picture: found '%s', allowed: FILE.png", o->picture);
}

int cmd_explain(int argc, char **argv)
{
    struct explain_options o = {0};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);

    if (parsed == 0) {
        struct model_job job = {.output = o.picture, // it may replace a picture, but never an input
            .output_option = "--picture",
            .force = true,
            .argc = argc,
            .argv = argv,
            .work = explain_data,
            .context = &o};
        check_explain_options(&o, &e);
        score_data_run(&o.input, &job, &rest, &e);
    }

    field_free(fields, &o);
    return launch_print_errors(&e);
}

// hourglass score: computes the reconstruction errors of new data under a trained model.
#include "apply/new_rows.h"
#include "apply/score_lines.h"
#include "apply/scores_file.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/launch.h"
#include "cli/model_job.h"
#include "cli/options.h"
#include "cli/score_data.h"
#include "cli/score_watch.h"
#include "comm/comm.h"
#include "nn/nn.h"
#include "score/score.h"
#include "store/schema.h"
#include "trial/ensemble_model.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct score_options {
    struct score_input input;
    int error;       // -1: the error of the model's experiment
    int64_t samples; // 0: the number in the model's experiment
    char *output;
    struct field_texts save;
    struct field_texts normal;
    struct score_watch watch;
    bool force;
};

static const struct field fields[] = {
    FIELD_ROW(score_options, output, "output", FIELD_TEXT,
        "FILE.h5, FILE.csv or FILE.jsonl (JSON lines) to write; -: CSV on standard output"),
    FIELD_ROW(score_options, error, "error", FIELD_CHOICE,
        "as score.error of an experiment; default: that of the model's", .choices = error_names),
    FIELD_ROW(score_options, samples, "samples", FIELD_INT,
        "as score.samples: codes drawn for each row by the errors of variational models", .min = 1, .max = 1e6),
    FIELD_ROW(score_options, save, "save", FIELD_TEXTS,
        "what to save besides the errors: code, reconstruction, feature_error"),
    FIELD_ROW(score_options, normal, "normal", FIELD_TEXTS,
        "a label that is normal, by name, or by number where labels are numbers; all others are anomalies; "
        "default: data.normal of the model's experiment"),
    SCORE_WATCH_FIELDS(score_options, watch),
    FLAG_ROW(score_options, force, "force", "replace a score file that exists"),
    FIELD_ROW(score_options, input.csv.id, "id", FIELD_TEXT,
        "the column of a CSV file that names the rows, by name or number; it becomes the column id"),
    FIELD_ROW(score_options, input.csv.time, "time", FIELD_TEXT,
        "the column of a CSV file with the time of each row; it becomes the column time"),
    FIELD_ROW(score_options, input.csv.unknown, "unknown", FIELD_CHOICE,
        "what a row of a CSV file with a category is that the training data does not have: report: as its error says, "
        "counted in the column unknown; anomalous, whatever its error; or an error of the whole file",
        .default_text = "report", .choices = csv_unknown_choices),
    SCORE_INPUT_FIELDS(score_options, input),
    {0},
};

static const struct command command = {
    .name = "score",
    .usage = "MODEL DATA... --output FILE [OPTION]...",
    .about = "Writes the reconstruction error of every row of new data under a trained model. DATA is a split of a\n"
             "data set, FILE.h5:SPLIT, or files that import reads: CSV, NumPy, HDF5 (FILE.h5:/PATH), IDX, pictures\n"
             "or a folder of pictures; -: CSV on standard input. Columns of CSV files are found by the names of the\n"
             "model's columns, in any order; others are ignored. Rows with missing or infinite values have no error.\n"
             "Rows are streamed, so that memory does not grow with their number.\n"
             "\n"
             "CSV and JSON lines have one line per row: its id and time, number, error, threshold, whether it is\n"
             "anomalous, and the three features with the largest shares of the squared error. If the model knows\n"
             "categories, the column unknown counts those of a row that it does not know. FILE.h5 is laid out\n"
             "like scores/ in a trial's file. If the labels of a split say which rows are anomalies, metrics are\n"
             "printed, and stored in FILE.h5: at the threshold of the model's first test set, or, for another\n"
             "error, at that of the best F1. --threshold gives another one, without training again.\n" MODEL_HELP
                 ENSEMBLE_HELP,
    .shorts = "o:output n:ranks t:threads",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is bad, or the data does not fit the model; 10 a limit of --alert\n"
              "is passed, and the scores are written; 74 writing failed.\n"
              "\n"
              "  hourglass score results/machine new.csv --id serial -o scores.csv\n"
              "  gzip -dc log.csv.gz | hourglass score results/machine - -o - | grep ',1,'\n"
              "  hourglass score results/quickstart experiments/data/fashion-mnist.h5:test -o scores.h5\n",
    .fields = fields,
    .least = 2,
    .most = -1,
};

static int read_save(const struct field_texts *texts, unsigned *save, struct err *e)
{
    static const char *const names[] = {"code", "reconstruction", "feature_error"};
    static const unsigned bits[] = {SAVE_CODE, SAVE_RECONSTRUCTION, SAVE_FEATURE_ERROR};
    int failed = 0;

    for (int i = 0; i < texts->n; i++) {
        int k = 0;
        while (k < 3 && strcmp(texts->v[i], names[k]) != 0)
            k++;
        if (k < 3)
            *save |= bits[k];
        else
            failed =
                err_add(e, ERR_USAGE, "--save: found '%s', allowed: code, reconstruction, feature_error", texts->v[i]);
    }

    return failed;
}

// Prints the mean error, the threshold and how many rows are above it. If there are labels, also prints metrics.
static void print_error_summary(const struct score_job *j, const struct score_outcome *o)
{
    const struct evaluation *v = &o->evaluation;
    const char *name = score_job_error_name(j);

    if (!isnan(j->threshold))
        log_line(LOG_RUN, "%s: mean %.5g, largest %.5g; %lld above the threshold %.5g", name, v->mean, v->largest,
            (long long)o->above, v->threshold);
    else if (!isnan(v->threshold))
        log_line(LOG_RUN, "%s: mean %.5g, largest %.5g; no threshold is known: best F1 %.4f at %.5g", name, v->mean,
            v->largest, v->best_f1.f1, v->threshold);
    else
        log_line(LOG_RUN, "%s: mean %.5g, largest %.5g; no threshold is known", name, v->mean, v->largest);

    if (v->has_labels && isnan(v->roc_auc.auc))
        log_line(LOG_RUN, "no ROC AUC: the rows are all normal, or all anomalies");
    else if (v->has_labels)
        log_line(LOG_RUN, "ROC AUC %.4f [%.4f, %.4f], average precision %.4f", v->roc_auc.auc, v->roc_auc.low,
            v->roc_auc.high, v->average_precision);
    if (v->has_labels && !isnan(v->threshold))
        log_line(LOG_RUN, "at the threshold: precision %.4f, recall %.4f", v->classification.anomaly.precision,
            v->classification.anomaly.recall);
}

// Returns the name of the data for messages.
static const char *data_title(const struct score_job *j)
{
    if (j->source)
        return j->source->split;
    return strcmp(j->files[0], CSV_STDIN) == 0 ? "standard input" : j->files[0];
}

// Prints the same summary for time steps, if samples are windows.
static void print_step_summary(const struct score_job *j, const struct score_outcome *o)
{
    const struct evaluation *v = &o->of_steps.evaluation;
    char above[80];

    if (!o->steps)
        return;
    snprintf(above, sizeof above, "no threshold is known");
    if (!isnan(v->threshold))
        snprintf(above, sizeof above, "%lld above the threshold %.5g", (long long)o->of_steps.above, v->threshold);
    log_line(LOG_RUN, "%lld time step%s: mean %.5g, largest %.5g; %s", (long long)o->steps, text_plural(o->steps),
        v->mean, v->largest, above);
    if (o->of_steps.uncovered)
        log_line(LOG_RUN, "%lld of %lld time steps have no error, because no window of %lld time steps covers them",
            (long long)o->of_steps.uncovered, (long long)o->steps, (long long)j->model->trial.data.window.length);
    if (v->has_labels && !isnan(v->roc_auc.auc))
        log_line(LOG_RUN, "time steps: ROC AUC %.4f, average precision %.4f, VUS-PR %.4f, range-based F1 %.4f",
            v->roc_auc.auc, v->average_precision, o->of_steps.series.volume.pr, o->of_steps.series.range.f1);
}

// Adds a warning about windows with a value that the model cannot take: how many there are, and where the first one is.
static void warn_of_bad_windows(const struct score_job *j, const struct score_outcome *o, struct err *w)
{
    const char *file = j->n_files > 1 ? j->files[o->first_bad.file] : "";
    char where[120];

    snprintf(where, sizeof where, "the first window begins at time step %lld", (long long)o->first_bad.row);
    if (o->bad_steps)
        snprintf(where, sizeof where, "%lld time step%s such values, the first in row %lld", (long long)o->bad_steps,
            o->bad_steps == 1 ? " has" : "s have", (long long)o->first_bad.row);
    err_add(w, ERR_DATA,
        "%s: %lld of %lld windows have missing or infinite values, which the model cannot take: their error is NaN; %s%s%s",
        data_title(j), (long long)o->unscored, (long long)o->rows, where, *file ? " of " : "", file);
}

// Adds a warning about rows with unknown categories. Such a row can have a small error, because all features of a
// one_hot column are 0 then.
static void warn_of_unknown(const struct score_job *j, const struct score_outcome *o, struct err *w)
{
    bool is_anomalous = j->csv->unknown == UNKNOWN_ANOMALOUS;
    const char *what = is_anomalous ? "they count as anomalous" : "hint: --unknown anomalous counts them as anomalous";

    if (isnan(j->threshold))
        err_add(w, ERR_DATA, "%s: %lld row%s unknown categories (column unknown)", data_title(j), (long long)o->unknown,
            o->unknown == 1 ? " has" : "s have");
    else
        err_add(w, ERR_DATA, "%s: %lld row%s unknown categories (column unknown), %lld not above the threshold; %s",
            data_title(j), (long long)o->unknown, o->unknown == 1 ? " has" : "s have", (long long)o->unknown_below,
            what);
}

// Prints warnings about the rows to standard error.
static void warn_of_scores(const struct score_job *j, const struct score_outcome *o)
{
    struct err w = {0};
    double mean = o->evaluation.mean, of_training = j->model->training_mean;
    bool is_own_error = (int)j->error.error == j->model->trial.score.error;

    if (o->beyond_columns)
        err_add(&w, ERR_DATA,
            "%s: most values of column%s %s lie outside [%g, %g] after scaling, where the training data does not: is "
            "it "
            "in other units?",
            data_title(j), text_plural(o->beyond_columns), o->beyond, o->limit_low, o->limit_high);
    else if (!o->evaluation.has_labels && is_own_error && of_training > 0 && mean > 10 * of_training)
        err_add(&w, ERR_DATA,
            "%s: the mean error %.5g is %.3g times that of the training rows: the data looks different from the "
            "training data",
            data_title(j), mean, mean / of_training);
    if (o->unscored && o->steps)
        warn_of_bad_windows(j, o, &w);
    else if (o->unscored)
        err_add(&w, ERR_DATA,
            "%s: %lld of %lld rows have missing or infinite values, which the model cannot take: their error is NaN, "
            "the first is row %lld",
            data_title(j), (long long)o->unscored, (long long)o->rows, (long long)o->first_unscored);
    if (o->unknown)
        warn_of_unknown(j, o, &w);
    if (o->clipped)
        err_add(&w, ERR_DATA, "%s: %lld values lie outside [0, 1]; the cross-entropy took them as 0 or 1",
            data_title(j), (long long)o->clipped);
    err_print_warnings(&w);
}

static void print_scores(
    const struct score_job *j, const struct score_outcome *o, const struct team *team, double seconds)
{
    char spent[48], title[MODEL_TITLE_ROOM];
    struct text data = {0};

    if (j->source)
        text_add(&data, "%s:%s", j->source->file, j->source->split);
    else
        text_add(&data, "%s", data_title(j));
    if (j->n_files > 1)
        text_add(&data, " and %d more", j->n_files - 1);
    const char *samples = o->steps ? "window" : "row";
    log_line(LOG_RUN, "%s: %lld %s%s of %s under %s in %s, %.0f %ss/s on %d rank%s x %d thread%s",
        strcmp(j->output, "-") == 0 ? "standard output" : j->output, (long long)o->rows, samples, text_plural(o->rows),
        data.data, model_title(j->model, title), text_seconds(spent, seconds), (double)o->rows / seconds, samples,
        team->comm->size, text_plural(team->comm->size), team->threads, text_plural(team->threads));
    print_error_summary(j, o);
    print_step_summary(j, o);
    text_free(&data);
}

// Refuses options that an ensemble has no use for, because its members have errors and codes of their own.
static int check_ensemble_options(const struct score_options *o, const struct score_job *j, struct err *e)
{
    int failed = 0;

    if (o->error >= 0)
        failed |= model_refuse_ensemble(j->model, j->name, "--error", e);
    if (o->samples)
        failed |= model_refuse_ensemble(j->model, j->name, "--samples", e);
    if (j->save)
        failed |= model_refuse_ensemble(j->model, j->name, "--save", e);
    return failed;
}

// Chooses the model's own error and threshold, or the error that the options give, which has no threshold.
static int choose_error(const struct score_options *o, struct score_job *j, struct err *e)
{
    const struct trial *t = &j->model->trial;
    struct score_config c = t->score;

    if (check_ensemble_options(o, j, e) != 0)
        return -1;
    c.error = o->error < 0 ? c.error : o->error;
    c.samples = o->samples ? o->samples : c.samples;
    j->error = row_error_of(&c, &t->train);
    j->threshold = c.error == t->score.error ? j->model->threshold : NAN;
    j->step_threshold = c.error == t->score.error ? j->model->step_threshold : NAN;
    if (j->save & (SAVE_RECONSTRUCTION | SAVE_FEATURE_ERROR) && !model_reconstructs(j->model->model))
        return err_add(e, ERR_USAGE,
            "--save: trial %.8s: its model is of kind %s, which has no reconstruction, allowed: code", j->model->id,
            model_kind_names[j->model->model->kind]);
    const char *why = model_refuses_error(j->model->model, j->error.error);
    return why ? err_add(e, ERR_USAGE, "--error: trial %.8s: %s", j->model->id, why) : 0;
}

// Sends messages to standard error, so that only scores are written to standard output. Returns a new descriptor of
// standard output, or -1 and an error.
static int take_standard_output(struct err *e)
{
    fflush(stdout);
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return err_errno(e, "standard output: cannot be used");
    return fd;
}

static int score_rows(const struct team *team, const struct trained_model *m, const struct data_source *source,
    void *context, struct err *e)
{
    const struct score_options *o = context;
    struct score_job j = score_data_job(&o->input, m, source);
    struct score_outcome out;
    float *p_value = NULL;
    double begin = clock_wall();

    j.output = o->output;
    j.normal = o->normal.n ? &o->normal : &m->trial.data.normal;
    j.has_normal_option = o->normal.n > 0;
    j.force = o->force;
    if (strcmp(o->output, "-") == 0)
        j.output_fd = take_standard_output(e);
    if (e->count || read_save(&o->save, &j.save, e) != 0 || choose_error(o, &j, e) != 0 ||
        score_watch_choose(team, &o->watch, &j, &p_value, e) != 0 || scores_write(team, &j, &out, e) != 0) {
        free(p_value);
        return -1;
    }
    free(p_value);
    print_scores(&j, &out, team, clock_wall() - begin);
    if (team->comm->rank == 0) {
        warn_of_scores(&j, &out);
        score_watch_print(&j, &out);
    }

    return score_watch_alert(team->comm, &o->watch, &j, &out, e);
}

static void check_scores_file(const struct score_options *o, struct err *e)
{
    static const char *const others[] = {".json", ".txt", ".tsv", ".gz", ".parquet", ".xlsx", ".npy", ".npz"};
    static const char allowed[] = "FILE.h5, FILE.csv, FILE.jsonl, or - for CSV on standard output";
    const char *output = o->output, *split = output ? strstr(output, ".h5:") : NULL;
    const char *dot = output ? strrchr(output, '.') : NULL;

    if (!output)
        err_add(e, ERR_USAGE, "--output: missing, allowed: %s", allowed);
    else if (split) // FILE.h5:SPLIT is for encode, not for score
        err_add(e, ERR_USAGE, "--output: found '%s', allowed: FILE.h5, without a split; hint: %.*s", output,
            (int)(split + 3 - output), output);
    for (size_t i = 0; dot && i < sizeof others / sizeof *others; i++)
        if (strcasecmp(dot, others[i]) == 0)
            err_add(e, ERR_USAGE, "--output: found '%s', allowed: %s", output, allowed);
    if (output && o->save.n && score_lines_format(output) != LINES_NONE)
        err_add(e, ERR_USAGE, "--save: found with text, which has no place for it, allowed: with --output FILE.h5");
    if (output && o->input.csv.unknown == UNKNOWN_ANOMALOUS && score_lines_format(output) == LINES_NONE)
        err_add(e, ERR_USAGE,
            "--unknown: found anomalous with FILE.h5, which has no column for it, allowed: with CSV or JSON lines; "
            "hint: its array unknown");
}

int cmd_score(int argc, char **argv)
{
    struct score_options o = {.error = -1};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);

    if (parsed == 0) {
        struct model_job job = {.calibration = o.watch.calibrate,
            .force = o.force,
            .argc = argc,
            .argv = argv,
            .work = score_rows,
            .context = &o};
        check_scores_file(&o, &e);
        score_watch_read(&o.watch, &e);
        if (!e.count) {
            job.format = score_lines_format(o.output) == LINES_NONE ? FORMAT_SCORES : NULL;
            job.output = strcmp(o.output, "-") == 0 ? NULL : o.output;
        }
        score_data_run(&o.input, &job, &rest, &e);
    }

    field_free(fields, &o);
    return launch_print_errors(&e);
}

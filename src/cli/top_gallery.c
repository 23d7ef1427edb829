// All data passes through the model again, as in `explain`. To check that this data and this model gave the scores, the
// number of rows and the errors of the drawn rows are compared with the file of scores.
#include "cli/top_gallery.h"

#include "apply/csv_stream.h"
#include "apply/explain.h"
#include "apply/new_rows.h"
#include "apply/pick_rows.h"
#include "apply/scores_origin.h"
#include "base/err.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/launch.h"
#include "comm/comm.h"
#include "data/data_config.h"
#include "data/data_path.h"
#include "import/file_set.h"
#include "leaderboard/trial_open.h"
#include "nn/nn.h"
#include "report/explain_print.h"
#include "report/gallery.h"
#include "report/gallery_png.h"
#include "score/score.h"
#include "store/schema.h"
#include "store/store.h"
#include "train/train.h"
#include "trial/model_load.h"
#include "trial/model_open.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// What was scored.
struct scored_input {
    const char *scores; // the file, borrowed
    struct scores_origin origin;
    struct trained_model model;
    struct data_source source; // the data, if it is a split
    struct file_set files;     // the data, if it is not a split
};

static void free_scored_input(struct scored_input *in)
{
    scores_origin_free(&in->origin);
    model_unload(&in->model);
    data_source_free(&in->source);
    file_set_free(&in->files);
}

bool top_gallery_is_given(const struct top_gallery *g)
{
    return g->picture || g->model || g->data.n;
}

static const char *ending_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot : "";
}

void top_gallery_check(const struct top_gallery *g, const char *scores, struct err *e)
{
    if (!top_gallery_is_given(g))
        return;
    if (!g->picture)
        err_add(e, ERR_USAGE, "--model and --data: found without --gallery, allowed: with it");
    else if (strcmp(ending_of(g->picture), ".png") != 0)
        err_add(e, ERR_USAGE, "--gallery: found '%s', allowed: FILE.png", g->picture);
    else if (strcasecmp(ending_of(scores), ".h5") != 0)
        err_add(e, ERR_USAGE,
            "--gallery: found with %s, which does not say what was scored, allowed: with scores in HDF5, FILE.h5; hint: "
            "hourglass explain MODEL DATA --picture %s",
            scores, g->picture);
    else
        picture_check_replace(g->picture, e);
}

// --- the model

// Refuses --model RUN:ID if ID is not the trial that computed the scores.
static int check_given_id(const struct scored_input *in, const char *given, struct err *e)
{
    const char *id = given ? model_id(given) : NULL, *trial = in->origin.trial;
    size_t n = id ? strlen(id) : 0;

    n = n < strlen(trial) ? n : strlen(trial); // in a merged file, an id can be longer: ID-HASH
    if (!id || strncmp(trial, id, n) == 0)
        return 0;
    return err_add(e, ERR_USAGE,
        "--model: %s: found trial %s, allowed: trial %.8s, which computed %s; hint: leave out :%s", given, id, trial,
        in->scores, id);
}

// Loads the model of the trial that computed the scores, even if it is not the best trial of its run.
static int load_scored_model(struct scored_input *in, const char *given, struct err *e)
{
    const char *from = given ? given : in->origin.model, *id = model_id(from);
    char *file = model_file(from);
    char *format = access(file, F_OK) == 0 ? store_peek_format(file) : NULL;
    bool has_trials = path_is_journal(file) || (format && strcmp(format, FORMAT_RUN) == 0);
    id = id && strlen(id) > strlen(in->origin.trial) ? id : in->origin.trial;
    char *name = has_trials ? mem_format("%s:%s", file, id) : mem_text(file);
    int rc = 0;

    if (access(file, F_OK) != 0)
        rc = err_add(e, ERR_DATA, "%s: the model of these scores, %s, is not there; hint: --model MODEL names it",
            in->scores, file);
    else if (model_walk(name, e) != 0 || model_load(name, &in->model, e) != 0)
        rc = -1;
    else if (strcmp(in->model.id, in->origin.trial) != 0)
        rc = err_add(e, ERR_DATA,
            "%s: found trial %.8s, allowed: trial %.8s, which computed %s; hint: --model MODEL names it", file,
            in->model.id, in->origin.trial, in->scores);
    else if (!model_reconstructs(in->model.model))
        rc = err_add(e, ERR_USAGE, "--gallery: the model of %s is of kind %s, which has no reconstruction to draw",
            in->scores, model_kind_names[in->model.model->kind]);
    free(file);
    free(format);
    free(name);
    return rc;
}

// --- the data

static int find_scored_split(struct scored_input *in, const char *name, struct err *e)
{
    struct err why = {0};

    if (data_source_parse(name, NULL, &in->source, e) != 0)
        return -1;
    char *path = data_resolve(in->source.file, NULL, NULL, &why);
    if (!path)
        err_add(e, ERR_DATA, "%s: the data of these scores is not there: %s; hint: --data DATA names it", in->scores,
            why.text);
    int rc = path ? store_walk(path, e) : -1;
    free(path);
    return rc;
}

static int find_scored_files(
    struct scored_input *in, const char **sources, int n_sources, const char *picture, struct err *e)
{
    const struct import_options all = {.sources = sources, .n_sources = n_sources};

    if (file_set_expand(&in->files, &all, e) != 0)
        return -1;
    for (int i = 0; i < in->files.n; i++) {
        const char *name = in->files.v[i];
        if (strcmp(name, CSV_STDIN) == 0)
            err_add(e, ERR_DATA,
                "%s: the rows came from standard input, which cannot be read again; hint: --data FILE names a file that "
                "holds them",
                in->scores);
        else if (!strchr(name, ':') && access(name, F_OK) != 0)
            err_add(e, ERR_DATA, "%s: the data of these scores, %s, is not there; hint: --data DATA names it",
                in->scores, name);
        else if (input_is_same(picture, name))
            err_add(e, ERR_USAGE, "--gallery: %s is a file of the data; hint: choose another name", picture);
    }
    return e->count ? -1 : new_rows_walk(in->files.v, in->files.n, e);
}

static int find_scored_data(struct scored_input *in, const struct top_gallery *g, struct err *e)
{
    const struct scores_origin *o = &in->origin;
    int n = g->data.n ? g->data.n : o->n_sources;
    const char **sources = mem_new((size_t)n, sizeof *sources);
    int rc;

    for (int i = 0; i < n; i++)
        sources[i] = g->data.n ? g->data.v[i] : o->sources[i];
    if (n == 1 && new_rows_is_split(sources[0]))
        rc = find_scored_split(in, sources[0], e);
    else
        rc = find_scored_files(in, sources, n, g->picture, e);
    free(sources);
    return rc;
}

// --- the rows

static struct row_wishes wishes_of(const struct scores_list *list)
{
    int n = list->n < GALLERY_SAMPLES_MAX ? (int)list->n : GALLERY_SAMPLES_MAX;
    struct row_wishes w = {mem_new((size_t)n, sizeof *w.v), n};

    for (int i = 0; i < n; i++)
        w.v[i] = (struct row_wish){list->v[i].place, list->v[i].source, list->v[i].row};
    return w;
}

// Compares the errors of the rows with those in the file of scores. Other processors may round differently.
static int check_scored_errors(
    const struct scored_input *in, const struct explained_rows *rows, const char *data, struct err *e)
{
    const double tolerance = 1e-3;
    int64_t *place = mem_new((size_t)rows->n + 1, sizeof *place);
    float *error = mem_new((size_t)rows->n + 1, sizeof *error);
    int rc;

    for (int i = 0; i < rows->n; i++)
        place[i] = rows->v[i].place;
    rc = scores_origin_errors(in->scores, &in->origin, place, rows->n, error, e);
    for (int i = 0; i < rows->n && rc == 0; i++) {
        double before = (double)error[i], now = rows->v[i].error;
        if (before != now && !(fabs(now - before) <= tolerance * fabs(before)))
            rc = err_add(e, ERR_DATA,
                "%s: row %lld: the data or the model has changed since %s was written: the error is %.5g and was %.5g; "
                "hint: score the data again",
                rows->v[i].file ? rows->v[i].file : data, (long long)rows->v[i].row, in->scores, now, before);
    }
    free(place);
    free(error);
    return rc;
}

// Passes the data through the model, keeps the wished rows, and checks that the data and the model have not changed.
static int read_scored_rows(
    const struct scored_input *in, const struct row_wishes *wishes, struct explained_rows *rows, struct err *e)
{
    static const struct field_texts none = {0};
    const struct trained_model *m = &in->model;
    const char *data = in->files.n ? in->files.v[0] : in->origin.sources[0];
    struct comm self = {.size = 1};
    struct team team = {.comm = &self, .threads = launch_threads(1)};
    struct score_config c = m->trial.score;
    struct score_outcome outcome;

    c.error = in->origin.error;
    c.samples = in->origin.samples ? in->origin.samples : c.samples;
    const struct score_job job = {.name = in->origin.model,
        .model = m,
        .source = in->files.n ? NULL : &in->source,
        .files = in->files.v,
        .n_files = in->files.n,
        .csv = &in->origin.csv,
        .error = row_error_of(&c, &m->trial.train),
        .threshold = NAN,
        .step_threshold = NAN,
        .output_fd = -1,
        .normal = &none,
        .is_silent = true};
    team_set_threads(team.threads, e);
    if (pick_rows(&team, &job, wishes, rows, &outcome, e) != 0)
        return -1;
    if (outcome.rows != in->origin.rows)
        return err_add(e, ERR_DATA,
            "%s: the data has changed since %s was written: found %lld sample%s, not %lld; hint: score the data again",
            data, in->scores, (long long)outcome.rows, text_plural(outcome.rows), (long long)in->origin.rows);
    return check_scored_errors(in, rows, data, e);
}

int top_gallery_draw(
    const struct top_gallery *g, const char *scores, const struct scores_list *list, int *drawn, struct err *e)
{
    struct scored_input in = {.scores = scores};
    struct explained_rows rows = {0};
    struct row_wishes wishes = wishes_of(list);

    ASSERT(g->picture, "no picture for %s", scores);
    *drawn = wishes.n;
    int rc = 0;
    if (wishes.n > 0)
        rc = scores_origin_read(scores, &in.origin, e) || check_given_id(&in, g->model, e) ||
             load_scored_model(&in, g->model, e) || find_scored_data(&in, g, e) ||
             read_scored_rows(&in, &wishes, &rows, e);
    const struct explain_report report = {&in.model, &rows, list->threshold, 0, g->picture};
    if (wishes.n > 0 && rc == 0)
        rc = explain_draw(&report, e);

    explained_rows_free(&rows);
    free(wishes.v);
    free_scored_input(&in);
    return rc ? -1 : 0;
}

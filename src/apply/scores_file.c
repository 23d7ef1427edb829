// Writes a file of scores. If the number of rows is known, apply.c streams the outputs into it. For files of other
// formats, the number may be known only at the end. Then the outputs are kept in unnamed files until the HDF5 file can
// be created.
#include "apply/scores_file.h"

#include "apply/apply.h"
#include "apply/new_steps.h"
#include "apply/score_lines.h"
#include "apply/score_pass.h"
#include "apply/score_places.h"
#include "apply/scores_axes.h"
#include "apply/scores_coordinates.h"
#include "apply/scores_origin.h"
#include "apply/spool.h"
#include "apply/tops_file.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/output.h"
#include "nn/nn.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_columns.h"
#include "trial/trial_file.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scores_writer {
    struct output output;
    struct store_file *f;                    // owned
    struct store_stream *label, *is_anomaly; // owned; NULL: not written
    struct steps_file *steps;                // owned; NULL unless samples are windows of a data set
    struct new_steps *new_steps;             // owned; NULL unless samples are windows over files

    // kept until the end if the number of rows is not known
    struct spool spool[APPLY_OUTPUTS_MAX]; // the outputs
    struct spooled_names names;
    struct spool index, source; // numbers of the rows in their files (int64), and of the files (int32)
    struct spool unknown;       // number of unknown categories of each row (int32)
    struct tops_file tops;
};

static struct scores_writer *writer_of(const struct score_pass *p)
{
    return p->sink->context;
}

static bool knows_rows(const struct score_pass *p)
{
    return p->job->source != NULL;
}

// --- arrays

static struct store_stream *begin_score_column(
    struct score_pass *p, const char *name, enum store_type type, const char *long_name, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    char *path = mem_format("%s/%s", p->group, name);
    struct store_stream *stream = apply_begin_column(w->f, path, type, p->apply.rows, long_name, e);
    free(path);
    return stream;
}

static int begin_score_labels(struct score_pass *p, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    const struct row_reader *r = p->apply.reader;

    if (!p->labels)
        return 0;
    w->label = begin_score_column(p, SCORES_LABEL, STORE_I64, trial_label_about(r->n_label_names), e);
    if (!w->label || trial_write_label_names(w->f, p->group, r->label_names, r->n_label_names, e) != 0)
        return -1;
    if (p->marks)
        w->is_anomaly = begin_score_column(p, SCORES_IS_ANOMALY, STORE_I8, "1: a true anomaly", e);
    return w->is_anomaly || !p->marks ? 0 : -1;
}

// Copies an array (rows) from an unnamed file into the file of scores.
static int write_spooled_column(struct score_pass *p, const char *path, enum store_type type, const char *long_name,
    const struct spool *spool, struct err *e)
{
    struct store_stream *stream = apply_begin_column(writer_of(p)->f, path, type, p->apply.rows, long_name, e);
    return spool_copy(spool, store_type_size(type), &stream, e);
}

static int write_unknown(struct score_pass *p, struct err *e)
{
    char *path = mem_format("%s/" SCORES_UNKNOWN, p->group);
    int rc = 0;

    if (score_pass_knows_unknown(p))
        rc = write_spooled_column(
            p, path, STORE_I32, "categories of the row that the model does not know", &writer_of(p)->unknown, e);
    free(path);
    return rc;
}

// Writes the arrays that give the source of each row. All rows of a split have the same source.
static int write_score_columns(struct score_pass *p, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    const bool is_of_windows = p->member->fit.window.length > 0;
    const char *index_about = is_of_windows ? STEPS_FIRST_ABOUT : STEPS_INDEX_ABOUT;
    const struct coordinate_place names = {w->f, p->group, SCORES_SAMPLE, p->apply.rows};
    int64_t rows = p->apply.rows;
    char *sample = mem_format("%s/" SCORES_SAMPLE, p->group);
    char *index = mem_format("%s/" SCORES_INDEX, p->group);
    char *source = mem_format("%s/" SCORES_SOURCE, p->group);

    int rc = apply_write_row_numbers(w->f, sample, rows, "row of the test set", e);
    if (rc == 0 && knows_rows(p) && !is_of_windows) // for windows, the steps file writes this column
        rc = apply_write_row_numbers(w->f, index, rows, index_about, e);
    if (rc == 0 && knows_rows(p))
        rc = apply_write_zeros(w->f, source, STORE_I32, rows, STEPS_SOURCE_ABOUT, e);
    else if (rc == 0)
        rc = write_spooled_column(p, index, STORE_I64, index_about, &w->index, e) ||
             write_spooled_column(p, source, STORE_I32, STEPS_SOURCE_ABOUT, &w->source, e) ||
             (!is_of_windows && spooled_names_write(&w->names, p, &names, e) != 0) || write_unknown(p, e);
    if (rc == 0 && knows_rows(p) && !is_of_windows)
        rc = scores_write_coordinates(w->f, p->group, SCORES_SAMPLE, p->apply.reader, e);

    free(sample);
    free(index);
    free(source);
    return rc ? -1 : 0;
}

// --- time steps

static int begin_score_steps(struct score_pass *p, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    const struct steps_job job = {.f = w->f,
        .set_group = p->group,
        .model = p->job->model,
        .reader = p->apply.reader,
        .is_anomaly = p->step_marks,
        .error = score_job_error_name(p->job),
        .threshold = p->job->step_threshold};

    w->steps = steps_file_begin(&job, e);
    return w->steps ? 0 : -1;
}

static int finish_score_steps(struct score_pass *p, struct err *e)
{
    p->out->steps = p->apply.reader->steps;
    return steps_file_finish(writer_of(p)->steps, &p->out->of_steps, e);
}

// --- the file

static int create_scores_file(struct score_pass *p, struct err *e)
{
    struct scores_writer *w = writer_of(p);

    if (!(w->f = store_create_output(&w->output, FORMAT_SCORES, e)))
        return -1;
    if (write_score_columns(p, e) != 0 ||
        scores_write_axes(w->f, p->group, p->job->model, p->code, p->reconstruction || p->feature_error, e) != 0)
        return -1;
    if (begin_score_labels(p, e) != 0)
        return -1;
    return p->member->fit.window.length && knows_rows(p) ? begin_score_steps(p, e) : 0;
}

static int begin_scores_file(struct score_pass *p, struct err *e)
{
    const struct score_job *j = p->job;
    struct scores_writer *w = writer_of(p);

    if (output_take(&w->output, j->output, e) != 0)
        return -1;
    if (!j->force && w->output.seen.exists)
        return err_add(e, ERR_USAGE, "%s: is there already; --force replaces it", j->output);
    if (store_check_replace(j->output, FORMAT_SCORES, e) != 0)
        return -1;
    if (!knows_rows(p) && p->member->fit.window.length)
        w->new_steps = new_steps_begin(p);
    if (!knows_rows(p))
        return 0;
    int rc = create_scores_file(p, e);
    p->f = w->f;
    return rc;
}

// Keeps the places and names of the rows of a piece. A window has no name; its time steps have names.
static int spool_places(struct score_pass *p, int64_t rows, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    const struct score_naming naming = score_naming_of(p);
    const int32_t file = p->member->fit.window.length ? p->series.file : p->rows->file;
    int rc = 0;

    for (int64_t i = 0; i < rows && rc == 0; i++) {
        struct score_place place;
        score_place_of(p, i, &place);
        rc = spool_write(&w->index, &place.row, sizeof place.row, e) | spool_write(&w->source, &file, sizeof file, e);
        if (rc == 0 && !p->member->fit.window.length)
            rc = spooled_names_add(&w->names, &naming, &place, e);
    }
    return rc;
}

// Keeps the outputs of a piece until the number of rows is known.
static int spool_piece(struct score_pass *p, int64_t first, int64_t rows, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    int rc = 0;

    for (int i = 0; i < p->apply.n_outputs && rc == 0; i++) {
        const struct apply_output *o = &p->apply.output[i];
        if (!o->is_inner)
            rc = spool_write(&w->spool[i], o->piece, (size_t)(rows * o->width) * sizeof *o->piece, e);
    }
    if (rc == 0)
        rc = spool_places(p, rows, e);
    if (rc == 0 && w->new_steps)
        rc = new_steps_add(w->new_steps, first, rows, p->apply.output[SCORE_ERROR].piece, e);
    if (rc == 0 && score_pass_knows_unknown(p))
        rc = spool_write(&w->unknown, p->rows->unknown, (size_t)rows * sizeof *p->rows->unknown, e);
    return rc;
}

static int write_scores_piece(struct score_pass *p, int64_t first, int64_t rows, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    int rc = knows_rows(p) ? 0 : spool_piece(p, first, rows, e);

    if (p->shares && rc == 0)
        rc = tops_file_add(&w->tops, p, first, rows, e);
    if (w->steps && rc == 0)
        rc = steps_file_add(w->steps, first, rows, p->apply.output[SCORE_ERROR].piece, e);
    if (w->label && rc == 0)
        rc = store_stream_write(w->label, rows, p->labels, e);
    if (w->is_anomaly && rc == 0)
        rc = store_stream_write(w->is_anomaly, rows, p->marks + first, e);
    return rc;
}

// Copies an output from its unnamed file.
static int write_spooled_output(struct score_pass *p, int number, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    const struct apply_output *o = &p->apply.output[number];
    struct store_stream *stream = apply_begin_output(&p->apply, number, w->f, e);

    return spool_copy(&w->spool[number], (size_t)o->width * sizeof *o->piece, &stream, e);
}

// Creates the arrays when the number of rows is known, and copies everything that was kept into them.
static int unspool_scores(struct score_pass *p, struct err *e)
{
    int rc = create_scores_file(p, e);

    for (int i = 0; i < p->apply.n_outputs && rc == 0; i++)
        if (!p->apply.output[i].is_inner)
            rc = write_spooled_output(p, i, e);
    return rc;
}

static int end_score_streams(struct scores_writer *w, struct err *e)
{
    return store_stream_end(&w->label, e) | store_stream_end(&w->is_anomaly, e);
}

// Writes the name of the rule that gave the threshold and, if the rule is conformal, the p-values.
static int write_threshold_rule(struct score_pass *p, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    struct store_shape shape = {STORE_F32, 1, {p->apply.rows}};
    struct store_about about = {"conformal p-value", "1", {SCORES_SAMPLE}};

    if (!*p->job->threshold_rule)
        return 0;
    int rc = store_set_text(w->f, p->group, SCORES_THRESHOLD_RULE, p->job->threshold_rule, e);
    if (!p->job->p_value)
        return rc;

    char *path = mem_format("%s/" SCORES_P_VALUE, p->group);
    rc |= store_write(w->f, path, &shape, p->job->p_value, &about, e);
    free(path);
    return rc;
}

// Writes everything that is known only at the end, such as the metrics, and gives the file its final name.
static int finish_scores_file(struct score_pass *p, struct err *e)
{
    struct scores_writer *w = writer_of(p);
    int rc = knows_rows(p) ? 0 : unspool_scores(p, e);

    if (rc == 0)
        rc = end_score_streams(w, e);
    if (rc == 0)
        rc = tops_file_write(&w->tops, p, w->f, e);
    if (rc == 0)
        rc = trial_write_metrics(w->f, p->group, score_job_error_name(p->job), &p->out->evaluation, e) |
             write_threshold_rule(p, e) | scores_origin_write(w->f, p, e);
    if (rc == 0 && w->steps)
        rc = finish_score_steps(p, e);
    if (rc == 0 && w->new_steps)
        rc = new_steps_write(w->new_steps, w->f, e);

    return rc ? -1 : store_commit(&w->f, e);
}

static int write_hdf5_scores(
    const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e)
{
    struct scores_writer w = {0};
    struct err ignored = {0};
    const struct shape *input = &job->model->model->input;
    const struct score_sink sink = {.begin = begin_scores_file,
        .piece = write_scores_piece,
        .finish = finish_scores_file,
        .needs_shares = input->rank == 1 && input->dims[0] > 1, // not for pictures: pixels have no names
        .needs_few_shares = true,
        .context = &w};
    int rc = score_pass_run(team, job, &sink, out, e);

    steps_file_free(&w.steps);
    new_steps_free(&w.new_steps);
    end_score_streams(&w, &ignored);
    store_abandon(&w.f);
    output_release(&w.output);
    for (int i = 0; i < APPLY_OUTPUTS_MAX; i++)
        spool_close(&w.spool[i]);
    spooled_names_close(&w.names);
    spool_close(&w.index);
    spool_close(&w.source);
    spool_close(&w.unknown);
    tops_file_close(&w.tops);
    return rc;
}

int scores_write(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e)
{
    if (score_lines_format(job->output) != LINES_NONE)
        return score_lines_write(team, job, out, e);
    return write_hdf5_scores(team, job, out, e);
}

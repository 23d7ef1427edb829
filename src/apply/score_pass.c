// Computes scores in one pass over the rows: errors, codes, reconstructions, and the features that explain an error
// most.
//
// apply.c passes the rows. The callbacks here compute the outputs of a chunk (visit_scores, on all threads of all
// ranks) and process each complete piece (finish_scores_piece, on rank 0 only). So rank 0 has the sums, the largest
// error, the labels and the marks of anomalies, in the order of the rows. Only unusual values, and the values for
// drift, are counted by all threads; these counts are integers, so the order of adding does not matter.
//
// Rows that the model cannot take are also passed through it, with placeholders for missing values. Then their results
// are replaced by NaN, and they count as unscored.
#include "apply/score_pass.h"

#include "apply/score_drift.h"
#include "apply/score_limits.h"
#include "apply/score_members.h"
#include "apply/score_rows.h"
#include "apply/window_labels.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "data/columns.h"
#include "data/row_reader.h"
#include "data/window.h"
#include "nn/nn.h"
#include "score/score.h"
#include "store/schema.h"
#include "trial/model_open.h"
#include "trial/trial_steps.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- the pass

static void copy_values(float *to, const real *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (float)from[i];
}

static float *score_output_at(const struct score_pass *s, int output, int64_t at)
{
    const struct apply_output *o = &s->apply.output[output];
    ASSERT(output >= 0 && output < s->apply.n_outputs, "%d of %d", output, s->apply.n_outputs);
    ASSERT(at >= 0 && at < s->apply.piece_rows, "%ld of %ld", (long)at, (long)s->apply.piece_rows);
    return o->piece + at * o->width;
}

// Sets an output to NaN for rows that the model cannot take. `output` is its index; 0: does nothing.
static void mark_rows(const struct score_pass *s, int64_t at, int rows, int output)
{
    const int8_t *is_unscored = s->apply.visited->is_unscored + (at - s->apply.from);
    if (output)
        row_values_mark(is_unscored, rows, s->apply.output[output].width, score_output_at(s, output, at));
}

// Stores the reconstructions, the values x and the errors of features, if they are outputs. Reconstructions and errors
// of rows that the model cannot take become NaN.
static void visit_reconstruction(struct score_pass *s, const real *y, int64_t at, int rows, const real *x)
{
    size_t n = (size_t)rows * (size_t)s->columns;

    if (s->reconstruction)
        copy_values(score_output_at(s, s->reconstruction, at), y, n);
    if (s->values)
        copy_values(score_output_at(s, s->values, at), x, n);
    if (s->feature_error) {
        float *difference = score_output_at(s, s->feature_error, at);
        for (size_t i = 0; i < n; i++)
            difference[i] = (float)((y[i] - x[i]) * (y[i] - x[i]));
    }
    mark_rows(s, at, rows, s->reconstruction);
    mark_rows(s, at, rows, s->feature_error);
}

// Returns true if the sink needs the features that explain the error of this row.
static bool needs_share_of(const struct score_pass *s, int64_t at)
{
    float error = score_output_at(s, SCORE_ERROR, at)[0];
    bool is_listed = !s->sink->needs_few_shares || isnan(s->job->threshold) || (double)error > s->job->threshold;
    return is_listed && !isnan(error);
}

static bool needs_any_share(const struct score_pass *s, int64_t at, int rows)
{
    for (int i = 0; i < rows; i++)
        if (needs_share_of(s, at + i))
            return true;
    return false;
}

// Stores the things that explain the errors of rows, with their shares. y: the reconstructions of the rows; NULL: no
// row is explained, unless the members of an ensemble do. A row that is not explained gets -1 as its things. The
// numbers of things are small integers, which a float stores exactly.
static void visit_shares(struct score_pass *s, const real *y, int64_t at, int rows, const real *x)
{
    const struct blame *blame = &s->member[s->apply.model].blame;
    float *error = mem_new((size_t)blame->n, sizeof *error);
    struct blame_share top[BLAME_TOP];

    for (int i = 0; i < rows; i++) {
        float *out = score_output_at(s, s->shares, at + i);
        for (int k = 0; k < BLAME_TOP; k++)
            out[k] = -1;
        if ((!y && !s->member_shares) || !needs_share_of(s, at + i))
            continue;
        if (s->member_shares)
            blame_largest(s->member_shares + (at + i) * blame->n, blame->n, top);
        else
            blame_row(blame, x + (size_t)i * (size_t)s->columns, y + (size_t)i * (size_t)s->columns, top, error);
        for (int k = 0; k < BLAME_TOP; k++) {
            out[k] = (float)top[k].thing;
            out[BLAME_TOP + k] = top[k].share;
        }
    }
    free(error);
}

// Counts the values of rows, for the comparison with the training data, and stores their codes.
static void visit_values(struct score_pass *s, struct workspace *ws, int64_t at, int rows, const real *x)
{
    const struct apply *a = &s->apply;
    const struct model *m = a->models[a->model].m;

    score_limits_count(s, rows, x);
    score_drift_count(&s->drift, a->first + at, rows, x, a->visited->is_unscored + (at - a->from));
    if (s->code) {
        copy_values(score_output_at(s, s->code, at), model_code(m, ws), (size_t)rows * (size_t)shape_size(&m->code));
        mark_rows(s, at, rows, s->code);
    }
}

static void visit_scores(const struct apply *a, struct workspace *ws, int64_t at, int rows, const real *x)
{
    struct score_pass *s = a->context;
    const struct score_member *member = &s->member[a->model];
    const struct model *m = member->model->model;
    const struct row_chunk chunk = {a->first + at, rows, x};
    const bool is_lead = a->model == 0;
    float *error = s->member_errors ? score_member_error_at(s, at) : score_output_at(s, SCORE_ERROR, at);

    if (is_lead)
        visit_values(s, ws, at, rows, x);
    row_errors(&member->error, m, member->model->w, ws, &chunk, error);
    row_errors_mark(a->visited->is_unscored + (at - a->from), rows, error);
    if (s->member_errors)
        score_members_combine(s, at, rows);

    bool needs_rows = is_lead && (s->reconstruction || s->feature_error);
    bool needs_shares = s->shares && model_reconstructs(m) && (s->member_shares || needs_any_share(s, at, rows));
    const real *y = needs_rows || needs_shares ? model_reconstruct(m, ws, rows) : NULL;
    if (needs_rows)
        visit_reconstruction(s, y, at, rows, x);
    if (s->member_shares)
        score_members_add_shares(s, y, at, rows, x);
    if (s->shares && a->model == a->n_models - 1)
        visit_shares(s, y, at, rows, x);
}

// Reads the labels of a piece. If the normal labels are known, also marks its anomalies and keeps its errors.
static int take_labels(struct score_pass *s, int64_t first, int64_t rows, struct err *e)
{
    int8_t *marks = s->marks ? s->marks + first : NULL;
    const struct window_marks of = {s->step_marks, marks};
    bool is_of_windows = s->apply.reader->windows.length > 0;
    int rc = is_of_windows ? window_labels(s->apply.reader, first, rows, &of, s->labels, e)
                           : row_reader_labels(s->apply.reader, first, rows, s->labels, e);
    if (rc != 0 || !s->marks)
        return rc;

    ASSERT(first >= 0 && first + rows <= s->apply.reader->rows, "%ld + %ld", (long)first, (long)rows);
    for (int64_t i = 0; i < rows && !is_of_windows; i++)
        marks[i] = !label_choice_is_normal(&s->normal, s->labels[i]);
    memcpy(s->errors + first, s->apply.output[SCORE_ERROR].piece, (size_t)rows * sizeof(float));
    return 0;
}

bool score_pass_knows_unknown(const struct score_pass *p)
{
    return p->rows && columns_have_categories(&p->job->model->columns) && !p->member->fit.window.length;
}

int score_pass_unknown(const struct score_pass *p, int64_t i)
{
    return score_pass_knows_unknown(p) ? p->rows->unknown[i] : 0;
}

// Counts row i of the piece if it has unknown categories.
static void count_unknown(struct score_pass *s, int64_t i, double error)
{
    if (score_pass_unknown(s, i) == 0)
        return;
    s->out->unknown++;
    s->out->unknown_below += error <= s->job->threshold;
}

static int finish_scores_piece(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct score_pass *s = a->context;
    const float *error = a->output[SCORE_ERROR].piece;

    for (int64_t i = 0; i < rows; i++) {
        double v = (double)error[i];
        count_unknown(s, i, v);
        if (isnan(v)) {
            if (s->out->unscored++ == 0)
                s->out->first_unscored = first + i;
            continue;
        }
        s->sum += v;
        s->largest = v > s->largest ? v : s->largest;
        s->out->above += v > s->job->threshold;
    }
    score_drift_count_errors(&s->drift, error, rows);
    score_rows_print_notes(s);
    if (s->labels && take_labels(s, first, rows, e) != 0)
        return -1;
    return s->sink->piece(s, first, rows, e);
}

// --- labels

static int choose_normal_labels(struct score_pass *s, struct err *e)
{
    const struct trained_model *m = s->job->model;
    const struct label_question question = {.reader = s->apply.reader,
        .normal = s->job->normal,
        .is_option = s->job->has_normal_option,
        .names = m->label_names,
        .n_names = m->n_label_names};
    return label_choice_make(&question, &s->normal, e);
}

// Marks the time steps that are anomalies. The marks of windows are derived from these.
static int mark_steps(struct score_pass *s, struct err *e)
{
    enum { PIECE = 1 << 16 };
    struct row_reader *r = s->apply.reader;
    int64_t *label = mem_new(PIECE, sizeof *label);
    int rc = 0;

    s->step_marks = mem_array((size_t)r->steps, sizeof *s->step_marks, r->name, e);
    for (int64_t first = 0; first < r->steps && s->step_marks && rc == 0; first += PIECE) {
        int64_t n = r->steps - first < PIECE ? r->steps - first : PIECE;
        rc = row_reader_step_labels(r, first, n, label, e);
        for (int64_t i = 0; i < n && rc == 0; i++)
            s->step_marks[first + i] = !label_choice_is_normal(&s->normal, label[i]);
    }
    free(label);
    return s->step_marks ? rc : -1;
}

// On rank 0. Allocates memory for the labels of a piece if the data has labels, and for the marks of anomalies and all
// errors if the normal labels are known, too.
static int begin_labels(struct score_pass *s, struct err *e)
{
    const struct row_reader *r = s->apply.reader;

    if (!r || !r->has_label)
        return 0;
    s->labels = mem_array((size_t)s->apply.piece_rows, sizeof *s->labels, r->name, e);
    if (!s->labels)
        return -1;
    if (s->job->normal->n == 0)
        return 0;
    if (choose_normal_labels(s, e) != 0)
        return -1;

    s->marks = mem_array((size_t)r->rows, sizeof *s->marks, r->name, e);
    s->errors = mem_array((size_t)r->rows, sizeof *s->errors, r->name, e);
    if (!s->marks || !s->errors)
        return -1;
    return r->windows.length ? mark_steps(s, e) : 0;
}

static void warn_without_normal(const struct score_pass *s)
{
    if (!s->job->is_silent && s->marks && !memchr(s->marks, 0, (size_t)s->apply.rows))
        log_line(LOG_RUN, "warning: %s: no row has a label that is normal: all count as anomalies", s->name);
}

// --- outputs

const char *score_job_error_name(const struct score_job *job)
{
    return job->model->ensemble ? MODEL_ENSEMBLE_ID : error_names[job->error.error];
}

// Adds an output that files of scores contain. Returns its index.
static int add_score_output(
    struct score_pass *s, const char *name, const char *long_name, const struct shape *row, const char *const *scales)
{
    return apply_add(&s->apply, &(struct apply_array){s->group, name, long_name, row->rank, row->dims, scales, false});
}

// Adds an output of `n` values per row that only the sink uses.
static int add_inner_output(struct score_pass *s, const char *name, int n)
{
    static const char *const scales[] = {"value"};
    return apply_add(&s->apply, &(struct apply_array){s->group, name, name, 1, &n, scales, true});
}

static void add_score_outputs(struct score_pass *s)
{
    const struct model *m = s->job->model->model;
    const struct shape number = {.rank = 0};
    const struct shape code = {.rank = 1, .dims = {shape_size(&m->code)}};
    const char *const unit[] = {SCORES_UNIT};
    const char *const *scales = sample_scales(m->input.rank, s->job->model->trial.data.window.length > 0);
    unsigned save = s->job->save;

    snprintf(s->error_about, sizeof s->error_about, "%s (%s)", model_reconstructs(m) ? "reconstruction error" : "error",
        score_job_error_name(s->job));
    int first = add_score_output(s, SCORES_ERROR, s->error_about, &number, NULL);
    ASSERT(first == SCORE_ERROR, "%d", first);
    (void)first;

    if (save & SAVE_CODE)
        s->code = add_score_output(s, SCORES_CODE, "output of the encoder", &code, unit);
    if (save & SAVE_RECONSTRUCTION || s->sink->needs_rows)
        s->reconstruction = add_score_output(s, SCORES_RECONSTRUCTION, "output of the decoder", &m->input, scales);
    if (save & SAVE_FEATURE_ERROR)
        s->feature_error = add_score_output(
            s, SCORES_FEATURE_ERROR, "squared difference of input and reconstruction", &m->input, scales);
    if (s->sink->needs_shares)
        s->shares = add_inner_output(s, "shares", 2 * BLAME_TOP);
    if (s->sink->needs_rows)
        s->values = add_inner_output(s, "values", s->columns);
}

// --- the whole

// Opens the data. Failures are stored in `e`.
static void open_score_input(struct score_pass *s, struct err *e)
{
    int64_t width = 0;

    for (int i = 0; i < s->apply.n_outputs; i++)
        width += s->apply.output[i].width;
    width += score_members_width(s);

    s->beyond = mem_array((size_t)s->n_features + 1, sizeof *s->beyond, "counts of values", e);
    if (!s->job->source)
        score_rows_open(s, width, e);
    else if (apply_open(&s->apply, s->job->source, &s->member->fit, width, e) == 0)
        s->name = s->apply.reader->name;
    if (!e->count)
        score_members_open(s, e);
}

// Sets the place of the first time step that the model cannot take. In a data set, only its window is known: the place
// is then the first step of that window.
static void find_bad_steps(const struct score_pass *s, struct score_outcome *out)
{
    if (s->rows) {
        out->bad_steps = s->series.bad_steps;
        out->first_bad = s->series.first_bad;
    } else if (out->unscored) {
        out->first_bad.row = windows_first_step(&s->apply.reader->windows, out->first_unscored);
    }
}

// On rank 0. Completes the outcome when all errors are known. Without marks of anomalies, it has only statistics of the
// errors. Returns -1 and an error if there is no row, or if no row of files has an error.
static int finish_outcome(struct score_pass *s, struct err *e)
{
    struct score_outcome *out = s->out;
    struct evaluation *v = &out->evaluation;
    int64_t rows = s->apply.rows;
    const int64_t length = s->member->fit.window.length; // time steps of a window; 0: no windows
    const char *sample = length ? "window" : "row";
    int rc = 0;

    ASSERT(out->unscored >= 0 && out->unscored <= rows, "%ld of %ld", (long)out->unscored, (long)rows);
    out->rows = rows;
    if (rows == 0)
        return err_add(e, ERR_DATA,
            "%s: found no window of %lld time steps, which the model takes: no file has that many rows without a gap in time",
            s->name, (long long)length);
    if (!s->job->source && out->unscored == rows)
        return err_add(e, ERR_DATA,
            "%s: no %s has an error: each of the %lld %ss has a value that is missing, infinite or no number", s->name,
            sample, (long long)rows, sample);
    if (length)
        find_bad_steps(s, out);
    score_limits_name_columns(s, out);
    score_drift_report(&s->drift, &out->drift);
    warn_without_normal(s);
    if (s->marks)
        rc = evaluate_at(s->job->threshold, s->errors, s->marks, rows, v, e);
    else
        *v = (struct evaluation){.mean = s->sum / (double)(rows - out->unscored),
            .largest = out->unscored < rows ? s->largest : NAN,
            .unscored = out->unscored,
            .threshold = s->job->threshold,
            .roc_auc.auc = NAN};
    v->clipped = out->clipped;
    return rc;
}

// Collective. Passes all rows through the model and completes the outcome.
static int pass_scores(struct score_pass *s, struct err *e)
{
    const struct comm *comm = s->apply.team->comm;

    if (comm->rank == 0 && begin_labels(s, e) == 0)
        s->sink->begin(s, e);
    if (comm_agree(comm, e) < 0)
        return -1;

    int rc = apply_run(&s->apply, s->f, e);
    if (rc == 0)
        rc = score_limits_join(s, e) || score_drift_join(&s->drift, comm, e) ? -1 : 0;
    if (rc == 0 && comm->rank == 0 && finish_outcome(s, e) == 0)
        s->sink->finish(s, e);
    return comm_agree(comm, e);
}

int score_pass_run(const struct team *team, const struct score_job *job, const struct score_sink *sink,
    struct score_outcome *out, struct err *e)
{
    const struct trained_model *t = job->model;
    struct score_pass s = {.job = job,
        .sink = sink,
        .out = out,
        .largest = -INFINITY,
        .columns = shape_size(&t->model->input),
        .n_features = t->scaling.columns};
    *out = (struct score_outcome){0};
    s.group = mem_format(TRIAL_SCORES "/%s", job->source ? job->source->split : SCORES_NEW);
    s.apply = (struct apply){.team = team, .visit = visit_scores, .finish_piece = finish_scores_piece, .context = &s};
    score_members_init(&s);
    add_score_outputs(&s);
    score_limits_set(&s);
    if (!job->is_silent)
        score_drift_init(&s.drift, t, (int)job->error.error == t->trial.score.error);

    open_score_input(&s, e);
    int rc = comm_agree(team->comm, e);
    if (rc == 0)
        rc = pass_scores(&s, e);

    score_rows_print_notes(&s);
    apply_free(&s.apply);
    score_rows_free(&s);
    score_members_free(&s);
    score_drift_free(&s.drift);
    label_choice_free(&s.normal);
    free(s.group);
    free(s.labels);
    free(s.marks);
    free(s.step_marks);
    free(s.beyond);
    free(s.errors);
    return rc;
}

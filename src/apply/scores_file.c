// Scores of new data, streamed into a file; with marks of anomalies what they are worth.
#include "apply/scores_file.h"

#include "apply/apply.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/text.h"
#include "data/data_range.h"
#include "data/label_choice.h"
#include "store/schema.h"
#include "trial/trial_file.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR }; // the first output

struct scoring {
    const struct score_job *job;
    struct apply apply;
    struct output output; // on rank 0
    struct store_file *f; // on rank 0, owned
    char error_about[64];
    char *group;                             // owned: "scores/test"
    int code, reconstruction, feature_error; // numbers of outputs; 0: not asked for
    double limit_low, limit_high;            // where the training data lies after scaling; both 0: it is not known
    bool clips;                              // the error is a cross-entropy, which takes values within [0, 1]
    int64_t *beyond; // (columns + 1), owned: of each column, this rank's values beyond; then those that were clipped
    int64_t from;    // of this rank's rows in the piece
    struct store_stream *label, *is_anomaly; // on rank 0, owned; NULL: none
    int64_t *labels;                         // (piece rows), owned
    struct label_choice normal;
    int8_t *marks; // (rows), owned; NULL: not known
    float *errors; // (rows), owned, with marks only
    double sum, largest;
    struct score_outcome *out;
};

// --- the pass

// Values of other units than the training data's end up far from where scaling put those. Few chunks have any.
static void count_beyond(struct scoring *s, int rows, const real *x)
{
    size_t columns = (size_t)s->apply.reader->columns, n = (size_t)rows * columns;
    int64_t beyond = 0;
    const real low = (real)s->limit_low, high = (real)s->limit_high;
    if (low == high)
        return;

    for (size_t i = 0; i < n; i++)
        beyond += x[i] < low || x[i] > high;
    for (size_t i = 0; beyond && i < n; i++)
        if (x[i] < low || x[i] > high)
            __atomic_fetch_add(&s->beyond[i % columns], 1, __ATOMIC_RELAXED);
    if (s->clips)
        __atomic_fetch_add(&s->beyond[columns], data_range_count(n, x), __ATOMIC_RELAXED);
}

static void copy_values(float *to, const real *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (float)from[i];
}

static float *place(const struct scoring *s, int output, int64_t at)
{
    const struct apply_output *o = &s->apply.output[output];
    return o->piece + at * o->width;
}

static void begin_piece(struct apply *a, int64_t from)
{
    struct scoring *s = a->context;
    s->from = from;
}

// Reconstructions of rows that the model cannot take are no numbers either.
static void visit_reconstruction(struct scoring *s, struct workspace *ws, int64_t at, int rows, const real *x)
{
    const struct model *m = s->apply.m;
    int columns = shape_size(&m->input);
    size_t n = (size_t)rows * (size_t)columns;
    const int8_t *is_unscored = s->apply.reader->piece.is_unscored + (at - s->from);
    const real *y = model_reconstruct(m, ws, rows);

    if (s->reconstruction) {
        copy_values(place(s, s->reconstruction, at), y, n);
        row_values_mark(is_unscored, rows, columns, place(s, s->reconstruction, at));
    }
    if (s->feature_error) {
        float *difference = place(s, s->feature_error, at);
        for (size_t i = 0; i < n; i++)
            difference[i] = (float)((y[i] - x[i]) * (y[i] - x[i]));
        row_values_mark(is_unscored, rows, columns, difference);
    }
}

static void visit(const struct apply *a, struct workspace *ws, int64_t at, int rows, const real *x)
{
    struct scoring *s = a->context;
    int code_size = shape_size(&a->m->code);
    const int8_t *is_unscored = a->reader->piece.is_unscored + (at - s->from);

    count_beyond(s, rows, x);
    if (s->code) {
        copy_values(place(s, s->code, at), model_code(a->m, ws), (size_t)rows * (size_t)code_size);
        row_values_mark(is_unscored, rows, code_size, place(s, s->code, at));
    }
    struct row_chunk chunk = {a->first + at, rows, x};
    row_errors(&s->job->error, a->m, a->w, ws, &chunk, place(s, ERROR, at));
    row_errors_mark(is_unscored, rows, place(s, ERROR, at));
    if (s->reconstruction || s->feature_error)
        visit_reconstruction(s, ws, at, rows, x);
}

// --- pieces on rank 0

static int finish_labels(struct scoring *s, int64_t first, int64_t rows, struct err *e)
{
    if (row_reader_labels(s->apply.reader, first, rows, s->labels, e) != 0 ||
        store_stream_write(s->label, rows, s->labels, e) != 0)
        return -1;
    if (!s->marks)
        return 0;
    for (int64_t i = 0; i < rows; i++)
        s->marks[first + i] = !label_choice_is_normal(&s->normal, s->labels[i]);
    memcpy(s->errors + first, s->apply.output[ERROR].piece, (size_t)rows * sizeof(float));
    return store_stream_write(s->is_anomaly, rows, s->marks + first, e);
}

static int finish_piece(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct scoring *s = a->context;
    const float *error = a->output[ERROR].piece;
    for (int64_t i = 0; i < rows; i++) {
        double v = (double)error[i];
        if (isnan(v)) {
            s->out->first_unscored = s->out->unscored++ ? s->out->first_unscored : first + i;
            continue;
        }
        s->sum += v;
        s->largest = v > s->largest ? v : s->largest;
        s->out->above += v > s->job->threshold;
    }
    return s->label ? finish_labels(s, first, rows, e) : 0;
}

// --- the file

static struct store_stream *begin_column(
    struct scoring *s, const char *name, enum store_type type, const char *long_name, struct err *e)
{
    char *path = mem_format("%s/%s", s->group, name);
    struct store_shape shape = {type, 1, {s->apply.reader->rows}};
    struct store_about about = {long_name, "1", {SCORES_SAMPLE}};
    struct store_stream *stream = store_stream_begin(s->f, path, &shape, &about, e);
    free(path);
    return stream;
}

static int choose_normal(struct scoring *s, struct err *e)
{
    const struct trained_model *m = s->job->model;
    const struct label_question question = {.reader = s->apply.reader,
        .normal = s->job->normal,
        .is_option = s->job->has_normal_option,
        .names = m->label_names,
        .n_names = m->n_label_names};

    return label_choice_make(&question, &s->normal, e);
}

static int begin_labels(struct scoring *s, struct err *e)
{
    const struct row_reader *r = s->apply.reader;
    if (!r->has_label)
        return 0;

    s->labels = mem_array((size_t)s->apply.piece_rows, sizeof *s->labels, r->name, e);
    s->label = begin_column(s, SCORES_LABEL, STORE_I64, trial_label_about(r->n_label_names), e);
    if (!s->labels || !s->label || trial_write_label_names(s->f, s->group, r->label_names, r->n_label_names, e) != 0)
        return -1;
    if (s->job->normal->n == 0)
        return 0;
    if (choose_normal(s, e) != 0)
        return -1;

    s->marks = mem_array((size_t)r->rows, sizeof *s->marks, r->name, e);
    s->errors = mem_array((size_t)r->rows, sizeof *s->errors, r->name, e);
    s->is_anomaly = begin_column(s, SCORES_IS_ANOMALY, STORE_I8, "1: a true anomaly", e);
    return s->marks && s->errors && s->is_anomaly ? 0 : -1;
}

static int write_axis(struct scoring *s, const char *name, int64_t n, const char *long_name, struct err *e)
{
    char *path = mem_format("%s/%s", s->group, name);
    int failed = store_write_index(s->f, path, n, long_name, e);
    free(path);
    return failed;
}

static int write_features(struct scoring *s, char *const *names, int64_t n, struct err *e)
{
    char *path = mem_format("%s/" DATASET_FEATURE, s->group);
    struct store_shape shape = {STORE_TEXT, 1, {n}};
    struct store_about about = {"feature", NULL, {DATASET_FEATURE}};
    int failed = store_write(s->f, path, &shape, names, &about, e);
    free(path);
    return failed;
}

static int write_scales(struct scoring *s, struct err *e)
{
    const struct trained_model *t = s->job->model;
    const struct shape *in = &t->model->input;
    int failed = s->code ? write_axis(s, SCORES_UNIT, shape_size(&t->model->code), "unit of the code", e) : 0;
    bool has_rows = s->reconstruction || s->feature_error;
    if (has_rows && in->rank == 1 && t->features)
        return failed | write_features(s, t->features, in->dims[0], e);
    for (int i = 0; has_rows && i < in->rank && !failed; i++)
        failed = write_axis(s, sample_scales(in->rank)[i], in->dims[i], sample_scales(in->rank)[i], e);
    return failed;
}

static int write_columns(struct scoring *s, struct err *e)
{
    const struct {
        const char *name, *long_name;
        enum store_type type;
        bool counts;
    } columns[] = {
        {SCORES_SAMPLE, "row of the test set", STORE_I64, true},
        {SCORES_INDEX, "row in its source", STORE_I64, true},
        {SCORES_SOURCE, "number of its source, from 0", STORE_I32, false},
    };
    int failed = 0;
    for (int i = 0; i < 3 && !failed; i++) {
        char *path = mem_format("%s/%s", s->group, columns[i].name);
        failed = apply_write_numbers(
            s->f, path, columns[i].type, s->apply.reader->rows, columns[i].counts, columns[i].long_name, e);
        free(path);
    }
    return failed;
}

static int begin_file(struct scoring *s, struct err *e)
{
    const struct score_job *j = s->job;
    if (output_take(&s->output, j->output, e) != 0)
        return -1;
    if (!j->force && s->output.seen.exists)
        return err_add(e, ERR_USAGE, "%s: is there already; --force replaces it", j->output);
    if (store_check_replace(j->output, FORMAT_SCORES, e) != 0)
        return -1;
    if (!(s->f = store_create_output(&s->output, FORMAT_SCORES, FORMAT_VERSION, e)))
        return -1;
    if (write_columns(s, e) != 0 || write_scales(s, e) != 0)
        return -1;
    return begin_labels(s, e);
}

static int write_head(struct scoring *s, struct err *e)
{
    const struct score_job *j = s->job;
    char name[160], *sums = mem_format("%s xxh3:%s", s->apply.reader->name, s->apply.reader->checksum);
    int failed = store_set_text(s->f, "", SCORES_MODEL, j->name, e);
    failed |= store_set_text(s->f, "", TRIAL_EXPERIMENT, j->model->experiment, e);
    failed |= store_set_text(s->f, "", TRIAL_ID, j->model->id, e);
    failed |= store_set_text(s->f, s->group, SCORES_SOURCES, s->apply.reader->name, e);
    snprintf(name, sizeof name, PROVENANCE_DATA "%s", j->source->split);
    failed |= store_set_text(s->f, "", name, sums, e);
    free(sums);
    return failed;
}

static void warn_without_normal(const struct scoring *s)
{
    if (s->marks && !memchr(s->marks, 0, (size_t)s->apply.reader->rows))
        log_line(
            LOG_RUN, "warning: %s: no row has a label that is normal: all count as anomalies", s->apply.reader->name);
}

static int finish_file(struct scoring *s, struct err *e)
{
    struct evaluation *v = &s->out->evaluation;
    struct score_config c = {.error = s->job->error.error};
    int failed = 0;
    int64_t unscored = s->out->unscored;
    s->out->rows = s->apply.reader->rows;
    if (s->marks)
        failed = evaluate_at(s->job->threshold, s->errors, s->marks, s->out->rows, v, e);
    else
        *v = (struct evaluation){.mean = s->sum / (double)(s->out->rows - unscored),
            .largest = unscored < s->out->rows ? s->largest : NAN,
            .unscored = unscored,
            .threshold = s->job->threshold,
            .roc_auc.auc = NAN};
    v->clipped = s->out->clipped;
    failed |= trial_write_metrics(s->f, s->group, &c, v, e);
    return failed | write_head(s, e) ? -1 : store_commit(&s->f, e);
}

// --- the whole

static void add_outputs(struct scoring *s)
{
    const struct model *m = s->job->model->model;
    const char *const unit[] = {SCORES_UNIT};
    static const int nothing[1];
    int code = shape_size(&m->code);
    snprintf(s->error_about, sizeof s->error_about, "reconstruction error (%s)", error_names[s->job->error.error]);
    apply_add(&s->apply, s->group, SCORES_ERROR, s->error_about, 0, nothing, unit);
    if (s->job->save & SAVE_CODE) {
        s->code = s->apply.n_outputs;
        apply_add(&s->apply, s->group, SCORES_CODE, "output of the encoder", 1, &code, unit);
    }
    if (s->job->save & SAVE_RECONSTRUCTION) {
        s->reconstruction = s->apply.n_outputs;
        apply_add(&s->apply, s->group, SCORES_RECONSTRUCTION, "output of the decoder", m->input.rank, m->input.dims,
            sample_scales(m->input.rank));
    }
    if (s->job->save & SAVE_FEATURE_ERROR) {
        s->feature_error = s->apply.n_outputs;
        apply_add(&s->apply, s->group, SCORES_FEATURE_ERROR, "squared difference of input and reconstruction",
            m->input.rank, m->input.dims, sample_scales(m->input.rank));
    }
}

// Where the training data lies after scaling is known of data that was scaled, or that a cross-entropy takes.
static void set_limits(struct scoring *s)
{
    const struct trained_model *t = s->job->model;
    if (t->scaling.bytes_only)
        return;
    s->clips = model_error_is_cross_entropy(t->model, s->job->error.error);
    if (t->trial.train.loss == LOSS_BINARY_CROSSENTROPY) {
        s->limit_low = -1;
        s->limit_high = 2;
    } else if (t->scaling.factor) {
        s->limit_low = -10;
        s->limit_high = 10;
    }
}

// Collective. Adds up on rank 0 what all ranks have counted.
static int join_counts(struct scoring *s, struct err *e)
{
    const struct comm *comm = s->apply.team->comm;
    size_t n = (size_t)s->apply.reader->columns + 1, size = (size_t)comm->size;
    int64_t *all = mem_array(n * size, sizeof *all, "counts of values", e);
    if (comm_agree(comm, e) != 0) {
        free(all);
        return -1;
    }

    memcpy(all + n * (size_t)comm->rank, s->beyond, n * sizeof *all);
    comm_join_to_root(comm, all, n * size * sizeof *all);
    for (size_t k = 0; comm->rank == 0 && k < size; k++)
        for (size_t i = 0; i < n; i++)
            s->beyond[i] = (k ? s->beyond[i] : 0) + all[k * n + i];
    s->out->clipped = s->beyond[n - 1];
    free(all);

    return 0;
}

// The columns of which most values lie beyond: "'LB', 'AC' and 9 more", into out->beyond.
static void name_beyond(const struct scoring *s, struct score_outcome *out)
{
    enum { SHOWN = 5 };
    const struct row_reader *r = s->apply.reader;
    struct text names = {0};

    for (int c = 0; c < r->columns; c++) {
        if (2 * s->beyond[c] <= r->rows - out->unscored || out->beyond_columns++ >= SHOWN)
            continue;
        const char *comma = out->beyond_columns > 1 ? ", " : "";
        if (r->features)
            text_add(&names, "%s'%s'", comma, r->features[c]);
        else
            text_add(&names, "%s%d", comma, c);
    }
    if (out->beyond_columns > SHOWN)
        text_add(&names, " and %d more", out->beyond_columns - SHOWN);
    snprintf(out->beyond, sizeof out->beyond, "%s", names.data ? names.data : "");
    out->limit_low = s->limit_low;
    out->limit_high = s->limit_high;
    text_free(&names);
}

static int run(struct scoring *s, struct err *e)
{
    const struct comm *comm = s->apply.team->comm;
    if (comm->rank == 0)
        begin_file(s, e);
    if (comm_agree(comm, e) != 0)
        return -1;
    int failed = apply_run(&s->apply, s->f, e);
    struct err ignored = {0};
    failed |= store_stream_end(&s->label, failed ? &ignored : e);
    failed |= store_stream_end(&s->is_anomaly, failed ? &ignored : e);
    if (!failed)
        failed = join_counts(s, e);
    if (!failed && comm->rank == 0) {
        name_beyond(s, s->out);
        warn_without_normal(s);
        finish_file(s, e);
    }
    return comm_agree(comm, e);
}

int score_new(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e)
{
    const struct model *m = job->model->model;
    struct scoring s = {.job = job, .largest = -INFINITY, .out = out};
    struct row_fit fit = {.shape_rank = m->input.rank,
        .features = job->model->features,
        .scaling = &job->model->scaling,
        .marks_bad_rows = true};
    memcpy(fit.shape, m->input.dims, sizeof fit.shape);
    *out = (struct score_outcome){0};
    s.group = mem_format(TRIAL_SCORES "/%s", job->source->split);
    s.apply = (struct apply){.team = team,
        .m = m,
        .w = job->model->w,
        .visit = visit,
        .begin_piece = begin_piece,
        .finish_piece = finish_piece,
        .context = &s};
    add_outputs(&s);
    set_limits(&s);
    int64_t width = 0;
    for (int i = 0; i < s.apply.n_outputs; i++)
        width += s.apply.output[i].width;
    if (apply_open(&s.apply, job->source, &fit, width, e) == 0)
        s.beyond = mem_array((size_t)s.apply.reader->columns + 1, sizeof *s.beyond, "counts of values", e);
    int failed = comm_agree(team->comm, e);
    if (!failed)
        failed = run(&s, e);
    store_abandon(&s.f);
    output_release(&s.output);
    apply_free(&s.apply);
    free(s.group);
    free(s.labels);
    free(s.marks);
    label_choice_free(&s.normal);
    free(s.beyond);
    free(s.errors);
    return failed;
}

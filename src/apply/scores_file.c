// Scores of new data, streamed into a file; if the anomalies are known, also the metrics of these scores.
//
// apply.c passes the rows. The callbacks here compute the outputs of a chunk (visit_scores, on all threads of all
// ranks) and take in each complete piece (finish_scores_piece, on rank 0 only). So the sums, the largest error, the
// labels and the marks of anomalies are rank 0's, in the order of the rows. Only the counts of unusual values are made
// by all threads; they are integers, which add up to the same in any order (join_counts).
//
// Rows that the model cannot take pass through it all the same, with placeholders for what is missing; their results
// are replaced by NaN and they count as unscored.
#include "apply/scores_file.h"

#include "apply/apply.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/text.h"
#include "comm/comm.h"
#include "data/data_range.h"
#include "data/label_choice.h"
#include "data/row_reader.h"
#include "nn/nn.h"
#include "score/score.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_columns.h"
#include "trial/trial_file.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR }; // the first output

struct scores_writer {
    const struct score_job *job;
    struct apply apply;
    struct output output; // on rank 0
    struct row_fit fit;   // what rows have to be; the reader borrows it
    struct store_file *f; // on rank 0, owned
    char error_about[64];
    char *group;                             // owned; "scores/test"
    int code, reconstruction, feature_error; // indices of outputs; 0: not requested
    double limit_low, limit_high;            // where the training data lies after scaling; both 0: unknown
    bool clips;                              // the error is a cross-entropy, which takes values within [0, 1]
    int64_t *beyond; // owned; (columns + 1) of each column, this rank's values beyond the limits; then those clipped
    int64_t from;    // first of this rank's rows in the piece
    struct store_stream *label, *is_anomaly; // owned; on rank 0; NULL: none
    int64_t *labels;                         // owned; (piece rows)
    struct label_choice normal;
    int8_t *marks;       // owned; (rows); NULL: unknown
    float *errors;       // owned; (rows); only with marks
    double sum, largest; // of the errors of scored rows
    struct score_outcome *out;
};

// --- the pass
// Counts values beyond the limits. If new data has other units than the training data, its values lie far from where
// scaling has put the latter. Few chunks have any such value, so the first loop only looks whether there is one.
static void count_beyond(struct scores_writer *s, int rows, const real *x)
{
    size_t columns = (size_t)s->apply.reader->columns;
    size_t n = (size_t)rows * columns;
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

static float *score_output_at(const struct scores_writer *s, int output, int64_t at)
{
    const struct apply_output *o = &s->apply.output[output];
    ASSERT(output >= 0 && output < s->apply.n_outputs, "%d of %d", output, s->apply.n_outputs);
    ASSERT(at >= 0 && at < s->apply.piece_rows, "%ld of %ld", (long)at, (long)s->apply.piece_rows);
    return o->piece + at * o->width;
}

static void begin_scores_piece(struct apply *a, int64_t from)
{
    struct scores_writer *s = a->context;
    s->from = from;
}

// The reconstructions of rows that the model cannot take become NaN, too.
static void visit_reconstruction(struct scores_writer *s, struct workspace *ws, int64_t at, int rows, const real *x)
{
    const struct model *m = s->apply.m;
    int columns = shape_size(&m->input);
    size_t n = (size_t)rows * (size_t)columns;
    const int8_t *is_unscored = s->apply.reader->piece.is_unscored + (at - s->from);
    const real *y = model_reconstruct(m, ws, rows);

    if (s->reconstruction) {
        copy_values(score_output_at(s, s->reconstruction, at), y, n);
        row_values_mark(is_unscored, rows, columns, score_output_at(s, s->reconstruction, at));
    }
    if (s->feature_error) {
        float *difference = score_output_at(s, s->feature_error, at);
        for (size_t i = 0; i < n; i++)
            difference[i] = (float)((y[i] - x[i]) * (y[i] - x[i]));
        row_values_mark(is_unscored, rows, columns, difference);
    }
}

static void visit_scores(const struct apply *a, struct workspace *ws, int64_t at, int rows, const real *x)
{
    struct scores_writer *s = a->context;
    int code_size = shape_size(&a->m->code);
    const int8_t *is_unscored = a->reader->piece.is_unscored + (at - s->from);

    count_beyond(s, rows, x);
    if (s->code) {
        copy_values(score_output_at(s, s->code, at), model_code(a->m, ws), (size_t)rows * (size_t)code_size);
        row_values_mark(is_unscored, rows, code_size, score_output_at(s, s->code, at));
    }
    struct row_chunk chunk = {a->first + at, rows, x};
    row_errors(&s->job->error, a->m, a->w, ws, &chunk, score_output_at(s, ERROR, at));
    row_errors_mark(is_unscored, rows, score_output_at(s, ERROR, at));
    if (s->reconstruction || s->feature_error)
        visit_reconstruction(s, ws, at, rows, x);
}

static int finish_labels(struct scores_writer *s, int64_t first, int64_t rows, struct err *e)
{
    if (row_reader_labels(s->apply.reader, first, rows, s->labels, e) != 0 ||
        store_stream_write(s->label, rows, s->labels, e) != 0)
        return -1;
    if (!s->marks)
        return 0;
    ASSERT(first >= 0 && first + rows <= s->apply.reader->rows, "%ld + %ld", (long)first, (long)rows);
    for (int64_t i = 0; i < rows; i++)
        s->marks[first + i] = !label_choice_is_normal(&s->normal, s->labels[i]);
    memcpy(s->errors + first, s->apply.output[ERROR].piece, (size_t)rows * sizeof(float));
    return store_stream_write(s->is_anomaly, rows, s->marks + first, e);
}

static int finish_scores_piece(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct scores_writer *s = a->context;
    const float *error = a->output[ERROR].piece;

    for (int64_t i = 0; i < rows; i++) {
        double v = (double)error[i];
        if (isnan(v)) {
            if (s->out->unscored++ == 0)
                s->out->first_unscored = first + i;
            continue;
        }
        s->sum += v;
        s->largest = v > s->largest ? v : s->largest;
        s->out->above += v > s->job->threshold;
    }
    return s->label ? finish_labels(s, first, rows, e) : 0;
}

static struct store_stream *begin_score_column(
    struct scores_writer *s, const char *name, enum store_type type, const char *long_name, struct err *e)
{
    char *path = mem_format("%s/%s", s->group, name);
    struct store_stream *stream = apply_begin_column(s->f, path, type, s->apply.reader->rows, long_name, e);
    free(path);
    return stream;
}

static int choose_normal_labels(struct scores_writer *s, struct err *e)
{
    const struct trained_model *m = s->job->model;
    const struct label_question question = {.reader = s->apply.reader,
        .normal = s->job->normal,
        .is_option = s->job->has_normal_option,
        .names = m->label_names,
        .n_names = m->n_label_names};
    return label_choice_make(&question, &s->normal, e);
}

static int begin_score_labels(struct scores_writer *s, struct err *e)
{
    const struct row_reader *r = s->apply.reader;

    if (!r->has_label)
        return 0;

    s->labels = mem_array((size_t)s->apply.piece_rows, sizeof *s->labels, r->name, e);
    s->label = begin_score_column(s, SCORES_LABEL, STORE_I64, trial_label_about(r->n_label_names), e);
    if (!s->labels || !s->label || trial_write_label_names(s->f, s->group, r->label_names, r->n_label_names, e) != 0)
        return -1;
    if (s->job->normal->n == 0)
        return 0;
    if (choose_normal_labels(s, e) != 0)
        return -1;

    s->marks = mem_array((size_t)r->rows, sizeof *s->marks, r->name, e);
    s->errors = mem_array((size_t)r->rows, sizeof *s->errors, r->name, e);
    s->is_anomaly = begin_score_column(s, SCORES_IS_ANOMALY, STORE_I8, "1: a true anomaly", e);
    return s->marks && s->errors && s->is_anomaly ? 0 : -1;
}

static int write_score_axis(struct scores_writer *s, const char *name, int64_t n, const char *long_name, struct err *e)
{
    char *path = mem_format("%s/%s", s->group, name);
    int rc = store_write_index(s->f, path, n, long_name, e);
    free(path);
    return rc;
}

static int write_score_features(struct scores_writer *s, char *const *names, int64_t n, struct err *e)
{
    char *path = mem_format("%s/" DATASET_FEATURE, s->group);
    struct store_shape shape = {STORE_TEXT, 1, {n}};
    struct store_about about = {"feature", NULL, {DATASET_FEATURE}};
    int rc = store_write(s->f, path, &shape, names, &about, e);
    free(path);
    return rc;
}

static int write_score_scales(struct scores_writer *s, struct err *e)
{
    const struct trained_model *t = s->job->model;
    const struct shape *in = &t->model->input;
    bool has_rows = s->reconstruction || s->feature_error;
    int rc = 0;

    if (s->code)
        rc = write_score_axis(s, SCORES_UNIT, shape_size(&t->model->code), "unit of the code", e);
    if (has_rows && in->rank == 1 && t->features)
        return rc | write_score_features(s, t->features, in->dims[0], e);
    for (int i = 0; has_rows && i < in->rank && rc == 0; i++)
        rc = write_score_axis(s, sample_scales(in->rank)[i], in->dims[i], sample_scales(in->rank)[i], e);

    return rc;
}

// Writes the arrays that say where each row comes from: all rows are of one source.
static int write_score_columns(struct scores_writer *s, struct err *e)
{
    int64_t rows = s->apply.reader->rows;
    char *sample = mem_format("%s/" SCORES_SAMPLE, s->group);
    char *index = mem_format("%s/" SCORES_INDEX, s->group);
    char *source = mem_format("%s/" SCORES_SOURCE, s->group);

    int rc = apply_write_row_numbers(s->f, sample, rows, "row of the test set", e);
    if (rc == 0)
        rc = apply_write_row_numbers(s->f, index, rows, "row in its source", e);
    if (rc == 0)
        rc = apply_write_zeros(s->f, source, STORE_I32, rows, "number of its source, from 0", e);

    free(sample);
    free(index);
    free(source);
    return rc;
}

static int begin_scores_file(struct scores_writer *s, struct err *e)
{
    const struct score_job *j = s->job;
    if (output_take(&s->output, j->output, e) != 0)
        return -1;
    if (!j->force && s->output.seen.exists)
        return err_add(e, ERR_USAGE, "%s: is there already; --force replaces it", j->output);
    if (store_check_replace(j->output, FORMAT_SCORES, e) != 0)
        return -1;
    if (!(s->f = store_create_output(&s->output, FORMAT_SCORES, e)))
        return -1;
    if (write_score_columns(s, e) != 0 || write_score_scales(s, e) != 0)
        return -1;
    return begin_score_labels(s, e);
}

static int write_scores_head(struct scores_writer *s, struct err *e)
{
    const struct score_job *j = s->job;
    char name[160];
    char *sums = mem_format("%s xxh3:%s", s->apply.reader->name, s->apply.reader->checksum);

    snprintf(name, sizeof name, PROVENANCE_DATA "%s", j->source->split);
    int rc = store_set_text(s->f, "", SCORES_MODEL, j->name, e);
    rc |= store_set_text(s->f, "", TRIAL_EXPERIMENT, j->model->experiment, e);
    rc |= store_set_text(s->f, "", TRIAL_ID, j->model->id, e);
    rc |= store_set_text(s->f, s->group, SCORES_SOURCES, s->apply.reader->name, e);
    rc |= store_set_text(s->f, "", name, sums, e);

    free(sums);
    return rc;
}

static void warn_without_normal(const struct scores_writer *s)
{
    if (s->marks && !memchr(s->marks, 0, (size_t)s->apply.reader->rows))
        log_line(
            LOG_RUN, "warning: %s: no row has a label that is normal: all count as anomalies", s->apply.reader->name);
}

// Writes the metrics and gives the file its name. Without marks of anomalies, the metrics are those of the errors only.
static int finish_scores_file(struct scores_writer *s, struct err *e)
{
    struct evaluation *v = &s->out->evaluation;
    struct score_config c = {.error = s->job->error.error};
    int64_t rows = s->apply.reader->rows;
    int64_t unscored = s->out->unscored;
    int rc = 0;

    ASSERT(unscored >= 0 && unscored <= rows, "%ld of %ld", (long)unscored, (long)rows);
    s->out->rows = rows;
    if (s->marks)
        rc = evaluate_at(s->job->threshold, s->errors, s->marks, rows, v, e);
    else
        *v = (struct evaluation){.mean = s->sum / (double)(rows - unscored),
            .largest = unscored < rows ? s->largest : NAN,
            .unscored = unscored,
            .threshold = s->job->threshold,
            .roc_auc.auc = NAN};
    v->clipped = s->out->clipped;

    rc |= trial_write_metrics(s->f, s->group, &c, v, e);
    rc |= write_scores_head(s, e);
    return rc ? -1 : store_commit(&s->f, e);
}

static int add_score_output(struct scores_writer *s, const char *name, const char *long_name, const struct shape *row,
    const char *const *scales)
{
    return apply_add(&s->apply, &(struct apply_array){s->group, name, long_name, row->rank, row->dims, scales});
}

static void add_score_outputs(struct scores_writer *s)
{
    const struct model *m = s->job->model->model;
    const struct shape number = {.rank = 0};
    const struct shape code = {.rank = 1, .dims = {shape_size(&m->code)}};
    const char *const unit[] = {SCORES_UNIT};
    const char *const *scales = sample_scales(m->input.rank);
    unsigned save = s->job->save;

    snprintf(s->error_about, sizeof s->error_about, "reconstruction error (%s)", error_names[s->job->error.error]);
    int first = add_score_output(s, SCORES_ERROR, s->error_about, &number, NULL);
    ASSERT(first == ERROR, "%d", first);
    (void)first;

    if (save & SAVE_CODE)
        s->code = add_score_output(s, SCORES_CODE, "output of the encoder", &code, unit);
    if (save & SAVE_RECONSTRUCTION)
        s->reconstruction = add_score_output(s, SCORES_RECONSTRUCTION, "output of the decoder", &m->input, scales);
    if (save & SAVE_FEATURE_ERROR)
        s->feature_error = add_score_output(
            s, SCORES_FEATURE_ERROR, "squared difference of input and reconstruction", &m->input, scales);
}

// Sets where the training data lies after scaling. That is known only if it was scaled, or if the loss is a
// cross-entropy, whose data lies within [0, 1]. The limits are generous: beyond them are other units, not outliers.
static void set_score_limits(struct scores_writer *s)
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

// Collective. Adds up the counts of all ranks on rank 0.
static int join_counts(struct scores_writer *s, struct err *e)
{
    const struct comm *comm = s->apply.team->comm;
    size_t n = (size_t)s->apply.reader->columns + 1;
    size_t size = (size_t)comm->size;
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

// Names the columns with most values beyond the limits in out->beyond: "'LB', 'AC' and 9 more".
static void name_columns_beyond(const struct scores_writer *s, struct score_outcome *out)
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

// Collective.
static int write_scores_file(struct scores_writer *s, struct err *e)
{
    const struct comm *comm = s->apply.team->comm;
    struct err ignored = {0};

    if (comm->rank == 0)
        begin_scores_file(s, e);
    if (comm_agree(comm, e) < 0)
        return -1;

    int rc = apply_run(&s->apply, s->f, e);
    rc |= store_stream_end(&s->label, rc < 0 ? &ignored : e);
    rc |= store_stream_end(&s->is_anomaly, rc < 0 ? &ignored : e);
    if (rc == 0)
        rc = join_counts(s, e);

    if (rc == 0 && comm->rank == 0) {
        name_columns_beyond(s, s->out);
        warn_without_normal(s);
        finish_scores_file(s, e);
    }
    return comm_agree(comm, e);
}

static int open_score_input(struct scores_writer *s, struct err *e)
{
    const struct trained_model *t = s->job->model;
    int64_t width = 0;

    s->fit = (struct row_fit){
        .shape_rank = t->model->input.rank, .features = t->features, .scaling = &t->scaling, .marks_bad_rows = true};
    memcpy(s->fit.shape, t->model->input.dims, sizeof s->fit.shape);
    for (int i = 0; i < s->apply.n_outputs; i++)
        width += s->apply.output[i].width;
    if (apply_open(&s->apply, s->job->source, &s->fit, width, e) < 0)
        return -1;

    s->beyond = mem_array((size_t)s->apply.reader->columns + 1, sizeof *s->beyond, "counts of values", e);
    return s->beyond ? 0 : -1;
}

int scores_write(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e)
{
    struct scores_writer s = {.job = job, .largest = -INFINITY, .out = out};
    *out = (struct score_outcome){0};
    s.group = mem_format(TRIAL_SCORES "/%s", job->source->split);
    s.apply = (struct apply){.team = team,
        .m = job->model->model,
        .w = job->model->w,
        .visit = visit_scores,
        .begin_piece = begin_scores_piece,
        .finish_piece = finish_scores_piece,
        .context = &s};
    add_score_outputs(&s);
    set_score_limits(&s);

    open_score_input(&s, e);
    int rc = comm_agree(team->comm, e);
    if (rc == 0)
        rc = write_scores_file(&s, e);

    store_abandon(&s.f);
    output_release(&s.output);
    apply_free(&s.apply);
    label_choice_free(&s.normal);
    free(s.group);
    free(s.labels);
    free(s.marks);
    free(s.beyond);
    free(s.errors);
    return rc;
}

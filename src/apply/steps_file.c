// Writes the time steps to a file of scores. score/step_errors.c computes their errors from those of windows. Each
// complete step is written to a stream and, if the anomalies are known, kept in an array for the metrics.
#include "apply/steps_file.h"

#include "apply/scores_coordinates.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/row_reader.h"
#include "data/window.h"
#include "score/score.h"
#include "score/step_errors.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_columns.h"
#include "trial/trial_file.h"
#include "trial/trial_steps.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct steps_file {
    struct steps_job job;
    char *group; // owned; "scores/test/steps"
    struct steps_place to;
    struct step_errors *errors; // owned
    struct store_stream *error; // owned
    struct store_stream *first; // owned: the first row of each window
    float *all;                 // (steps), owned: the errors of all steps; NULL unless the anomalies are known
    int64_t done;               // number of steps that are complete
    double sum, largest;        // sum and largest of the errors of steps
    struct steps_outcome out;
};

void steps_file_free(struct steps_file **s)
{
    struct err ignored = {0};

    if (!*s)
        return;
    store_stream_end(&(*s)->error, &ignored);
    store_stream_end(&(*s)->first, &ignored);
    step_errors_free(&(*s)->errors);
    free((*s)->group);
    free((*s)->all);
    free(*s);
    *s = NULL;
}

// --- complete steps

static int take_steps(void *context, int64_t n, const float *error, struct err *e)
{
    struct steps_file *s = context;

    for (int64_t i = 0; i < n; i++) {
        double v = (double)error[i];
        if (isnan(v)) {
            s->out.unscored++;
            continue;
        }
        s->sum += v;
        s->largest = v > s->largest ? v : s->largest;
        s->out.above += v > s->job.threshold;
    }
    if (s->all)
        memcpy(s->all + s->done, error, (size_t)n * sizeof *error);
    s->done += n;
    return store_stream_write(s->error, n, error, e);
}

// --- columns

struct store_stream *steps_begin_column(
    const struct steps_place *to, const char *name, enum store_type type, const char *long_name, struct err *e)
{
    char *path = mem_format("%s/%s", to->group, name);
    struct store_shape shape = {type, 1, {to->n}};
    struct store_about about = {.long_name = long_name, .units = "1", .scales = {STEPS_STEP}};
    struct store_stream *stream = store_stream_begin(to->f, path, &shape, &about, e);

    free(path);
    return stream;
}

struct store_stream *steps_begin_error(const struct steps_place *to, struct err *e)
{
    return steps_begin_column(
        to, SCORES_ERROR, STORE_F32, "error of the time step, from those of the windows that cover it", e);
}

// Writes a column of integers along the steps: their numbers if the type is STORE_I64, otherwise zeros.
static int write_step_numbers(
    const struct steps_place *to, const char *name, enum store_type type, const char *long_name, struct err *e)
{
    enum { PIECE = 1 << 16 };
    struct store_stream *stream = steps_begin_column(to, name, type, long_name, e);
    int rc = stream ? 0 : -1;
    int64_t *v = mem_new(PIECE, sizeof *v);

    for (int64_t first = 0; first < to->n && rc == 0; first += PIECE) {
        int64_t n = to->n - first < PIECE ? to->n - first : PIECE;
        for (int64_t i = 0; type == STORE_I64 && i < n; i++)
            v[i] = first + i;
        rc = store_stream_write(stream, n, v, e);
    }
    free(v);

    return store_stream_end(&stream, e) | rc;
}

int steps_begin_group(const struct steps_place *to, const struct trained_model *m, struct err *e)
{
    if (write_step_numbers(to, STEPS_STEP, STORE_I64, "time step of the test set", e) != 0)
        return -1;
    return store_set_text(to->f, to->group, STEPS_WINDOW, step_rule_names[m->trial.score.window], e);
}

// Writes the labels of the steps and, if it is known, which of them are anomalies.
static int write_step_labels(struct steps_file *s, struct err *e)
{
    enum { PIECE = 1 << 16 };
    struct row_reader *r = s->job.reader;
    struct store_stream *label =
        steps_begin_column(&s->to, SCORES_LABEL, STORE_I64, trial_label_about(r->n_label_names), e);
    struct store_stream *mark =
        s->job.is_anomaly ? steps_begin_column(&s->to, SCORES_IS_ANOMALY, STORE_I8, "1: a true anomaly", e) : NULL;
    int rc = label && !mark == !s->job.is_anomaly ? 0 : -1;
    int64_t *v = mem_new(PIECE, sizeof *v);

    for (int64_t first = 0; first < r->steps && rc == 0; first += PIECE) {
        int64_t n = r->steps - first < PIECE ? r->steps - first : PIECE;
        rc = row_reader_step_labels(r, first, n, v, e);
        rc = rc == 0 ? store_stream_write(label, n, v, e) : rc;
        rc = rc == 0 && mark ? store_stream_write(mark, n, s->job.is_anomaly + first, e) : rc;
    }
    free(v);

    rc |= store_stream_end(&label, e);
    return mark ? store_stream_end(&mark, e) | rc : rc;
}

static int begin_columns(struct steps_file *s, struct err *e)
{
    struct row_reader *r = s->job.reader;

    if (steps_begin_group(&s->to, s->job.model, e) != 0 ||
        write_step_numbers(&s->to, SCORES_INDEX, STORE_I64, STEPS_INDEX_ABOUT, e) != 0 ||
        write_step_numbers(&s->to, SCORES_SOURCE, STORE_I32, STEPS_SOURCE_ABOUT, e) != 0)
        return -1;
    if (scores_write_coordinates(s->job.f, s->to.group, STEPS_STEP, r, e) != 0)
        return -1;
    s->all = s->job.is_anomaly ? mem_array((size_t)r->steps, sizeof *s->all, r->name, e) : NULL;
    if (!s->all != !s->job.is_anomaly)
        return -1;
    if (r->has_label && write_step_labels(s, e) != 0)
        return -1;

    char *path = mem_format("%s/" SCORES_INDEX, s->job.set_group);
    s->first = apply_begin_column(s->job.f, path, STORE_I64, r->rows, STEPS_FIRST_ABOUT, e);
    free(path);
    s->error = steps_begin_error(&s->to, e);
    return s->first && s->error ? 0 : -1;
}

struct steps_file *steps_file_begin(const struct steps_job *job, struct err *e)
{
    struct steps_file *s = mem_new(1, sizeof *s);
    enum step_rule rule = (enum step_rule)job->model->trial.score.window;

    ASSERT(job->reader->windows.length > 0, "%s: no windows", job->reader->name);
    *s =
        (struct steps_file){.job = *job, .group = mem_format("%s/" SCORES_STEPS, job->set_group), .largest = -INFINITY};
    s->to = (struct steps_place){job->f, s->group, job->reader->steps};
    s->errors = step_errors_new(rule, job->reader->windows.length, take_steps, s);
    if (begin_columns(s, e) != 0)
        steps_file_free(&s);
    return s;
}

// --- windows

int steps_file_add(struct steps_file *s, int64_t first, int64_t n, const float *error, struct err *e)
{
    const struct series_windows *w = &s->job.reader->windows;
    int64_t *step = mem_array((size_t)n, sizeof *step, "first rows of windows", e);
    int rc = step ? 0 : -1;

    for (int64_t i = 0; i < n && rc == 0; i++) {
        step[i] = windows_first_step(w, first + i);
        rc = step_errors_add(s->errors, step[i], error[i], e);
    }
    rc = rc == 0 ? store_stream_write(s->first, n, step, e) : rc;
    free(step);
    return rc;
}

// --- the end

static int write_series(struct steps_file *s, double threshold, struct err *e)
{
    const struct row_reader *r = s->job.reader;
    const struct judged_steps judged = {s->all, s->job.is_anomaly, r->steps, r->windows.length};

    if (evaluate_series(&judged, threshold, &s->out.series, e) != 0)
        return -1;
    return trial_write_series(s->job.f, s->group, &s->out.series, e);
}

int steps_file_finish(struct steps_file *s, struct steps_outcome *out, struct err *e)
{
    struct evaluation *v = &s->out.evaluation;
    int64_t steps = s->job.reader->steps, scored;

    int rc = step_errors_end(s->errors, steps, e);
    rc |= store_stream_end(&s->error, e);
    rc |= store_stream_end(&s->first, e);
    if (rc != 0)
        return -1;

    scored = steps - s->out.unscored;
    s->out.uncovered = step_errors_uncovered(s->errors);
    ASSERT(s->done == steps && scored >= 0, "%lld of %lld steps", (long long)s->done, (long long)steps);
    if (s->all)
        rc = evaluate_at(s->job.threshold, s->all, s->job.is_anomaly, steps, v, e);
    else
        *v = (struct evaluation){.mean = s->sum / (double)scored,
            .largest = scored ? s->largest : NAN,
            .unscored = s->out.unscored,
            .threshold = s->job.threshold,
            .roc_auc.auc = NAN};
    rc |= trial_write_metrics(s->job.f, s->group, s->job.error, v, e);
    if (rc == 0 && s->all)
        rc = write_series(s, v->threshold, e);
    *out = s->out;
    return rc;
}

// Computes the errors of all training and validation rows, and the errors of single features in a sample of the
// training rows.
//
// If the sample is all training rows, it is not scored separately. The ranks hold the feature errors of their own rows.
// Rank 0 collects them without arithmetic, and computes the quantiles.
#include "trial/trial_reference.h"

#include "base/err.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "data/columns.h"
#include "data/data_sample.h"
#include "data/data_scaling.h"
#include "data/gather.h"
#include "nn/nn.h"
#include "score/reference.h"
#include "score/score.h"
#include "train/train.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void report_failure(const struct trial_result *r, const char *set, const struct err *found)
{
    if (found->count)
        fprintf(stderr, "hourglass: warning: trial %.8s, set %s: %.*s\n", r->order->planned.trial.id, set,
            (int)strcspn(found->text, "\n"), found->text);
}

static struct score_request training_request(const struct trial_result *r, unsigned save)
{
    return (struct score_request){.model = r->model,
        .w = r->trained.w,
        .error = row_error_of(&r->trial->score, &r->trial->train),
        .save = save,
        .window = (enum step_rule)r->trial->score.window,
        .is_training = true};
}

// --- features

// Returns the feature errors of all rows of s on rank 0, owned by the caller. Returns NULL on other ranks. If memory
// runs out, returns NULL and an error on all ranks. Collective.
static float *join_feature_errors(const struct team *team, const struct scores *s, struct err *e)
{
    size_t columns = (size_t)s->columns, n = (size_t)s->data->rows * columns;
    float *all = mem_array(n, sizeof *all, "feature errors", e);
    if (comm_agree(team->comm, e) != 0) {
        free(all);
        return NULL;
    }

    memcpy(all + (size_t)s->first * columns, s->feature_error, (size_t)(s->last - s->first) * columns * sizeof *all);
    comm_join_to_root(team->comm, all, n * sizeof *all);
    if (team->comm->rank == 0)
        return all;
    free(all);

    return NULL;
}

// Returns the quantiles of each feature, owned by the caller. `values` is (sample->rows, sample->columns). A window has
// every feature once per time step, so its steps count as rows. Returns NULL and an error if memory runs out.
static double *feature_quantiles(
    const struct trial_result *r, const struct dataset *sample, const float *values, struct err *e)
{
    int64_t steps = sample->columns / sample->n_features;
    return reference_column_quantiles(&r->reference, values, sample->rows * steps, sample->n_features, e);
}

// Returns the quantiles of the errors of each table column, owned by the caller. The error of a column is the sum over
// its features. Steps of windows count as rows. Returns NULL and an error if memory runs out.
static double *column_quantiles(const struct trial_result *r, const struct dataset *sample,
    const struct columns *columns, const float *feature_error, struct err *e)
{
    size_t features = (size_t)sample->n_features, n = (size_t)columns->n;
    int64_t rows = sample->rows * (sample->columns / sample->n_features);
    float *sums = mem_array((size_t)rows * n, sizeof *sums, "errors of columns", e);
    double *out = NULL;

    if (sums) {
        for (size_t i = 0; i < (size_t)rows; i++)
            columns_sum_features(columns, feature_error + i * features, sums + i * n);
        out = reference_column_quantiles(&r->reference, sums, rows, columns->n, e);
    }
    free(sums);

    return out;
}

// Returns the quantiles of the values in a sample of the training rows, in original units, owned by the caller. Returns
// NULL and an error if memory runs out.
static double *value_quantiles(const struct trial_result *r, const struct dataset *sample, struct err *e)
{
    const struct scaling *scaling = &r->sets->scaling;
    size_t columns = (size_t)sample->columns, features = (size_t)sample->n_features;
    float *x = mem_array((size_t)sample->rows * columns, sizeof *x, "values of the training rows", e);
    real *row = mem_new(columns, sizeof *row);
    double *out = NULL;

    for (int32_t i = 0; x && i < sample->rows; i++) {
        dataset_gather(sample, &i, 1, row);
        for (size_t c = 0; c < columns; c++)
            x[(size_t)i * columns + c] = (float)row[c];
    }
    free(row);
    if (x)
        out = feature_quantiles(r, sample, x, e);
    for (size_t c = 0; out && c < features; c++)
        for (int i = 0; i < r->reference.levels; i++) {
            double *v = &out[c * (size_t)r->reference.levels + (size_t)i];
            *v = scaling_undo(scaling, -1, (int)c, *v);
        }
    free(x);

    return out;
}

// Fills in the part of the reference about single features and columns. `feature_error` are the feature errors of all
// rows of the sample.
static void summarise_features(
    struct trial_result *r, const struct dataset *sample, const float *feature_error, struct err *e)
{
    struct reference *out = &r->reference;
    const struct columns *columns = r->sets->table_columns;
    double **values = r->value_quantiles;
    size_t bytes = (size_t)sample->n_features * (size_t)out->levels * sizeof(double);

    if (!out->levels) // the reference has no quantiles, because memory ran out before
        return;
    if (!*values)
        *values = value_quantiles(r, sample, e);
    out->feature_error = feature_quantiles(r, sample, feature_error, e);
    if (!*values || !out->feature_error)
        return;

    out->value = memcpy(mem_new(1, bytes), *values, bytes);
    out->columns = sample->n_features;
    if (columns && columns_are_derived(columns) && columns->n_features == sample->n_features) {
        out->column_error = column_quantiles(r, sample, columns, feature_error, e);
        out->table_columns = out->column_error ? columns->n : 0;
    }
}

// Collects the feature errors of the sample. Scores the sample unless `of_all`, the scores of all training rows,
// already has its feature errors. Collective.
static int score_sample(
    const struct team *team, struct trial_result *r, const struct dataset *sample, struct scores *of_all, struct err *e)
{
    struct scores own = {0}, *s = of_all->feature_error ? of_all : &own;
    struct score_request request = training_request(r, SAVE_FEATURE_ERROR);
    struct err found = {0};
    int rc = s == &own ? scores_compute(team, &request, sample, s, e) : 0;

    if (rc == 0) {
        float *all = join_feature_errors(team, s, e);
        rc = e->count ? -1 : 0;
        if (all)
            summarise_features(r, sample, all, &found);
        report_failure(r, "train", &found);
        free(all);
    }
    scores_free(&own);

    return rc;
}

// --- errors

static bool is_calibrated_by(const struct trial_result *r, const struct dataset *d)
{
    bool is_validation = d == &r->sets->validation;
    return is_validation == (r->trial->score.calibration == JUDGED_BY_VALIDATION);
}

// Computes the threshold and the reference from the errors of all rows of d.
static void judge_by_errors(struct trial_result *r, const struct dataset *d, const struct scores *s, struct err *e)
{
    evaluate_training(&r->trial->score, s->error, d->rows, &r->training, &r->reference, e);
    if (s->step_error)
        evaluate_training_steps(
            &r->trial->score, s->step_error, d->steps->n, &r->training_steps, &r->step_reference, e);
}

// Stores the number and the mean of the training errors. Needed if the threshold comes from the validation rows.
static void note_training(struct trial_result *r, const struct scores *s)
{
    const struct dataset *train = &r->sets->train;
    double sum = 0, step_sum = 0;
    int64_t steps = 0;

    for (int64_t i = 0; i < train->rows; i++)
        sum += (double)s->error[i];
    r->training.rows = train->rows;
    r->training.mean = sum / (double)train->rows;

    for (int64_t i = 0; s->step_error && i < train->steps->n; i++)
        if (!isnan(s->step_error[i])) {
            step_sum += (double)s->step_error[i];
            steps++;
        }
    if (s->step_error) {
        r->training_steps.rows = steps;
        r->training_steps.mean = step_sum / (double)steps;
    }
}

static void summarise_training(const struct team *team, struct trial_result *r, const struct scores *s)
{
    struct err found = {0};
    if (team->comm->rank != 0)
        return;

    if (is_calibrated_by(r, &r->sets->train))
        judge_by_errors(r, &r->sets->train, s, &found);
    else
        note_training(r, s);
    report_failure(r, "train", &found);
}

// Scores all training rows, and each feature of `rows` evenly spaced ones (0: no features). Collective.
static int score_train_rows(const struct team *team, struct trial_result *r, int64_t rows, struct err *e)
{
    const struct dataset *train = &r->sets->train;
    struct score_request request = training_request(r, rows == train->rows ? SAVE_FEATURE_ERROR : 0);
    struct scores s;
    int rc = scores_compute(team, &request, train, &s, e);
    if (rc)
        return rc;

    summarise_training(team, r, &s);
    if (rows) {
        struct dataset sample;
        data_sample(train, rows, &sample, e);
        rc = comm_agree(team->comm, e);
        if (rc == 0)
            rc = score_sample(team, r, &sample, &s, e);
        data_sample_free(&sample);
    }
    scores_free(&s);

    return rc;
}

// Scores all validation rows. Collective.
static int score_validation_rows(const struct team *team, struct trial_result *r, struct err *e)
{
    const struct dataset *d = &r->sets->validation;
    struct score_request request = training_request(r, 0);
    request.is_training = false;
    struct err found = {0};
    struct scores s;
    int rc = scores_compute(team, &request, d, &s, e);

    if (rc == 0 && team->comm->rank == 0 && is_calibrated_by(r, d))
        judge_by_errors(r, d, &s, &found);
    if (rc == 0 && team->comm->rank == 0 && r->reference.levels)
        reference_add_validation(&r->reference, s.error, d->rows, &found);
    report_failure(r, "validation", &found);
    if (rc == 0)
        scores_free(&s);

    return rc;
}

int trial_score_training(const struct team *team, struct trial_result *r, struct err *e)
{
    r->training = (struct training_errors){.rows = r->sets->train.rows, .mean = NAN, .threshold = NAN};
    r->training_steps = (struct training_errors){.mean = NAN, .threshold = NAN};
    bool has_features = model_reconstructs(r->model), has_validation = r->sets->validation.rows > 0;
    bool is_first = has_validation && is_calibrated_by(r, &r->sets->validation);
    int rc = is_first ? score_validation_rows(team, r, e) : 0;

    if (rc == 0)
        rc = score_train_rows(team, r, has_features ? reference_sample_rows(&r->sets->train) : 0, e);
    if (rc == 0 && has_validation && !is_first)
        rc = score_validation_rows(team, r, e);
    return rc;
}

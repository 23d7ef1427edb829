// Scores normal rows and probes of them with a trial's model. Probes are made of scaled values, so that noise has the
// same meaning for every feature.
#include "trial/member_judge.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/random.h"
#include "data/data_sample.h"
#include "data/gather.h"
#include "metrics/metrics.h"
#include "nn/neighbours.h"
#include "nn/nn.h"
#include "score/score.h"
#include "score/step_errors.h"
#include "trial/trial_load.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PROBES_MAX = 1000, MEAN_ROWS = 256, PROBE_SEED = 20260 };

// Returns the held-out rows or, if there are none, the training rows.
static const struct dataset *normal_rows(const struct loaded_trial *t)
{
    return t->sets.validation.rows > 0 ? &t->sets.validation : &t->sets.train;
}

static struct score_request judge_request(const struct loaded_trial *t, bool is_training)
{
    return (struct score_request){.model = t->model,
        .w = t->w,
        .error = row_error_of(&t->trial.score, &t->trial.train),
        .window = (enum step_rule)t->trial.score.window,
        .is_training = is_training};
}

// --- the mean of the training rows as reconstruction

// Sets mean (columns) to the mean of each scaled value that is not missing.
static void mean_row(const struct dataset *d, double *mean)
{
    const int columns = d->columns;
    real *x = mem_new((size_t)MEAN_ROWS * (size_t)columns, sizeof *x);
    double *count = mem_new((size_t)columns, sizeof *count);

    for (int64_t first = 0; first < d->rows; first += MEAN_ROWS) {
        const int n = dataset_gather_piece(d, first, MEAN_ROWS, x);
        for (int64_t i = 0; i < (int64_t)n * columns; i++)
            if (isfinite(x[i])) {
                mean[i % columns] += (double)x[i];
                count[i % columns]++;
            }
    }
    for (int c = 0; c < columns; c++)
        mean[c] /= count[c] > 0 ? count[c] : 1;
    free(count);
    free(x);
}

// Returns the error of one row with this reconstruction. Missing values do not count.
static double row_error_from_mean(const real *x, const double *mean, int columns, enum error error)
{
    double sum = 0;
    int values = 0;

    for (int c = 0; c < columns; c++)
        if (isfinite(x[c])) {
            const double difference = (double)x[c] - mean[c];
            sum += error == ERROR_MAE ? fabs(difference) : difference * difference;
            values++;
        }
    if (error == ERROR_L2)
        return sqrt(sum);
    return values ? sum / values : 0;
}

// Returns the mean error of the rows of `d` if each is reconstructed as the mean training row.
static double mean_error_of_mean(const struct dataset *train, const struct dataset *d, enum error error)
{
    const int columns = d->columns;
    double *mean = mem_new((size_t)columns, sizeof *mean), sum = 0;
    real *x = mem_new((size_t)MEAN_ROWS * (size_t)columns, sizeof *x);

    mean_row(train, mean);
    for (int64_t first = 0; first < d->rows; first += MEAN_ROWS) {
        const int n = dataset_gather_piece(d, first, MEAN_ROWS, x);
        for (int i = 0; i < n; i++)
            sum += row_error_from_mean(x + (int64_t)i * columns, mean, columns, error);
    }
    free(x);
    free(mean);
    return sum / (double)d->rows;
}

static void compare_with_mean(const struct loaded_trial *t, const struct dataset *d, struct member_judgement *out)
{
    const enum error error = (enum error)t->trial.score.error;
    const bool is_comparable = error == ERROR_MSE || error == ERROR_MAE || error == ERROR_L2;

    if (!is_comparable || !model_reconstructs(t->model) || model_is_fitted(t->model) || d->is_unscored)
        return;
    const double of_model = mean_of_known(out->error, out->rows);
    const double of_mean = mean_error_of_mean(&t->sets.train, d, error);
    if (of_model > of_mean)
        out->veto = mem_format(
            "its mean error of normal rows, %.4g, is above that of the mean training row, %.4g", of_model, of_mean);
}

// --- probes

// A data set of scaled values in memory.
struct probe_rows {
    struct dataset d;
    float *values;    // (rows, columns), owned
    const void **row; // (rows), owned
};

static void probe_rows_free(struct probe_rows *p)
{
    free(p->values);
    free(p->row);
}

// Copies evenly spaced scaled rows of a data set.
static int probe_rows_copy(const struct dataset *d, int64_t rows, struct probe_rows *out, struct err *e)
{
    const int columns = d->columns;
    real *x = mem_new((size_t)columns, sizeof *x);

    out->values = mem_array((size_t)rows * (size_t)columns, sizeof *out->values, "probes", e);
    out->row = mem_array((size_t)rows, sizeof *out->row, "probes", e);
    out->d = (struct dataset){.name = d->name,
        .rows = rows,
        .columns = columns,
        .shape_rank = d->shape_rank,
        .n_features = d->n_features,
        .type = DATASET_F32,
        .row = out->row};
    memcpy(out->d.shape, d->shape, sizeof d->shape);

    for (int64_t i = 0; out->values && out->row && i < rows; i++) {
        const int32_t from = (int32_t)data_sample_row(d, i, rows);
        float *to = out->values + i * columns;
        dataset_gather(d, &from, 1, x);
        for (int c = 0; c < columns; c++)
            to[c] = (float)x[c];
        out->row[i] = to;
    }
    free(x);
    return out->values && out->row ? 0 : -1;
}

// Exchanges the values of each feature between the first `rows` rows.
static void shuffle_columns(struct probe_rows *p, int64_t rows)
{
    const int columns = p->d.columns;
    int32_t *order = mem_new((size_t)rows + 1, sizeof *order);
    float *column = mem_new((size_t)rows + 1, sizeof *column);

    for (int c = 0; c < columns; c++) {
        random_permutation(PROBE_SEED, RANDOM_PROBE, 0, (uint32_t)c, (int32_t)rows, order);
        for (int64_t i = 0; i < rows; i++)
            column[i] = p->values[(int64_t)order[i] * columns + c];
        for (int64_t i = 0; i < rows; i++)
            p->values[i * columns + c] = column[i];
    }
    free(column);
    free(order);
}

static double deviation_of_column(const struct probe_rows *p, int c)
{
    double sum = 0, squares = 0;

    for (int64_t i = 0; i < p->d.rows; i++) {
        const double v = (double)p->values[i * p->d.columns + c];
        sum += v;
        squares += v * v;
    }
    const double mean = sum / (double)p->d.rows;
    return sqrt(fmax(0, squares / (double)p->d.rows - mean * mean));
}

// Adds uniform noise to the rows from `first` on, with the standard deviation that each feature has.
static void add_jitter(struct probe_rows *p, int64_t first)
{
    const int columns = p->d.columns;

    for (int c = 0; c < columns; c++) {
        const double width = sqrt(12) * deviation_of_column(p, c);
        for (int64_t i = first; i < p->d.rows; i++) {
            const struct random_block r = random_at(PROBE_SEED, RANDOM_PROBE, 1, (uint64_t)(i * columns + c));
            p->values[i * columns + c] += (float)(width * ((double)random_unit(r.v[0]) - 0.5));
        }
    }
}

// Sets *auc to the area under the ROC curve of the errors of probes against those of normal rows.
static int compare_probes(
    const float *normal, int64_t n, const float *probe, int64_t probes, double *auc, struct err *e)
{
    float *all = mem_new((size_t)(n + probes), sizeof *all);
    int8_t *is_probe = mem_new((size_t)(n + probes), sizeof *is_probe);
    int64_t count = 0;

    for (int64_t i = 0; i < n + probes; i++) {
        const float v = i < n ? normal[i] : probe[i - n];
        if (isnan(v))
            continue;
        is_probe[count] = i >= n;
        all[count++] = v;
    }
    struct ranking *r = ranking_new(all, is_probe, count, e);
    *auc = r ? ranking_roc_auc(r).auc : NAN;
    const int rc = r ? 0 : -1;

    ranking_free(&r);
    free(is_probe);
    free(all);
    return rc;
}

// Scores probes of the rows of `d`. Half of them have exchanged values, the other half noise.
static int judge_probes(const struct team *team, const struct loaded_trial *t, const struct dataset *d,
    struct member_judgement *out, struct err *e)
{
    const int64_t rows = d->rows < PROBES_MAX ? d->rows : PROBES_MAX;
    const struct score_request request = judge_request(t, false);
    struct probe_rows p = {0};
    struct scores s = {0};
    double auc = NAN;
    int rc = probe_rows_copy(d, rows, &p, e);

    if (rc == 0) {
        shuffle_columns(&p, rows / 2);
        add_jitter(&p, rows / 2);
        rc = scores_compute(team, &request, &p.d, &s, e);
    }
    if (rc == 0)
        rc = compare_probes(out->error, out->rows, s.error, rows, &auc, e);
    if (rc == 0 && auc <= 0.5)
        out->veto = mem_format("it ranks synthetic probes no higher than normal rows: ROC AUC %.3f", auc);

    if (s.error)
        scores_free(&s);
    probe_rows_free(&p);
    return rc;
}

// --- all

static int judge_loaded(
    const struct team *team, const struct loaded_trial *t, struct member_judgement *out, struct err *e)
{
    const struct dataset *d = normal_rows(t);
    const struct score_request request = judge_request(t, d == &t->sets.train);
    struct scores s;
    const int rc = scores_compute(team, &request, d, &s, e);

    if (rc != 0)
        return rc;
    out->error = s.error;
    out->rows = d->rows;
    out->quantile = t->trial.score.quantile;
    out->reconstructs = model_reconstructs(t->model);
    out->has_windows = d->steps != NULL;
    s.error = NULL;
    scores_free(&s);

    compare_with_mean(t, d, out);
    return out->veto || d->rows < 2 ? 0 : judge_probes(team, t, d, out, e);
}

int member_judge(
    const struct team *team, const struct leaderboard_row *trial, struct member_judgement *out, struct err *e)
{
    struct loaded_trial loaded;

    *out = (struct member_judgement){0};
    if (trial_load(trial, &loaded, e) != 0)
        return -1;
    const int rc = judge_loaded(team, &loaded, out, e);
    trial_unload(&loaded);

    return rc ? -1 : 0;
}

int member_step_scores(
    const struct leaderboard_row *trial, const float *score, int64_t rows, float **step, int64_t *n, struct err *e)
{
    struct loaded_trial loaded;

    *step = NULL;
    *n = 0;
    if (trial_load(trial, &loaded, e) != 0)
        return -1;
    const struct dataset *d = normal_rows(&loaded);
    if (d->rows != rows || !d->steps)
        err_add(e, ERR_DATA, "%s: found %lld windows, expected %lld: the data has changed", trial->path,
            (long long)d->rows, (long long)rows);
    else {
        *step = step_errors_of(d, (enum step_rule)loaded.trial.score.window, score, e);
        *n = d->steps->n;
    }
    trial_unload(&loaded);
    return *step ? 0 : -1;
}

void member_judgement_free(struct member_judgement *j)
{
    free(j->error);
    free(j->veto);
    *j = (struct member_judgement){0};
}

// Evaluates errors: finds the threshold above which a sample is called anomalous and, with labels, measures how often
// that is right.
#include "score/score.h"

#include "base/mem.h"
#include "metrics/bootstrap.h"
#include "metrics/metrics.h"
#include "metrics/series.h"
#include "score/reference.h"
#include "score/threshold_choice.h"
#include <math.h>
#include <stdlib.h>

int evaluate_training(const struct score_config *c, const float *error, int64_t rows, struct training_errors *out,
    struct reference *reference, struct err *e)
{
    double sum = 0, quantile;

    ASSERT(rows > 0, "%lld rows", (long long)rows);
    for (int64_t i = 0; i < rows; i++)
        sum += (double)error[i];
    *out = (struct training_errors){.rows = rows, .mean = sum / (double)rows, .threshold = NAN};

    if (reference_add_errors(reference, error, rows, c->quantile, &quantile, e) != 0)
        return -1;
    out->threshold = quantile;
    if (c->threshold.method == THRESHOLD_MEAN_STD)
        out->threshold = mean_std_threshold(error, rows, c->deviations);
    else if (c->threshold.method != THRESHOLD_QUANTILE && c->threshold.method != THRESHOLD_BEST_F1 &&
             threshold_choose(&c->threshold, reference, &(struct judged){0}, &out->threshold, e) != 0) {
        out->threshold = quantile;
        return -1;
    }

    return 0;
}

// Copies of the rows that have an error. A row that the model cannot score has the error NaN and counts in no metric.
struct scored_rows {
    float *error;       // (n), owned
    int8_t *is_anomaly; // (n), owned; NULL: not known
    int64_t n;
};

static void scored_rows_free(struct scored_rows *s)
{
    free(s->error);
    free(s->is_anomaly);
}

// Copies the rows that have an error into *s. Returns 0, or -1 and an error if memory runs out. After 0, the caller
// frees *s with scored_rows_free.
static int scored_rows_take(
    const float *error, const int8_t *is_anomaly, int64_t rows, struct scored_rows *s, struct err *e)
{
    *s = (struct scored_rows){.error = mem_array((size_t)rows, sizeof *s->error, "errors to rank", e)};
    if (is_anomaly)
        s->is_anomaly = mem_array((size_t)rows, sizeof *s->is_anomaly, "errors to rank", e);

    if (!s->error || (is_anomaly && !s->is_anomaly)) {
        scored_rows_free(s);
        return -1;
    }

    for (int64_t i = 0; i < rows; i++) {
        if (isnan(error[i]))
            continue;
        ASSERT(s->n < rows);
        s->error[s->n] = error[i];
        if (is_anomaly)
            s->is_anomaly[s->n] = is_anomaly[i];
        s->n++;
    }
    return 0;
}

int evaluate_training_steps(const struct score_config *c, const float *error, int64_t steps,
    struct training_errors *out, struct reference *reference, struct err *e)
{
    struct scored_rows s;
    if (scored_rows_take(error, NULL, steps, &s, e) != 0)
        return -1;

    int rc = evaluate_training(c, s.error, s.n, out, reference, e);
    scored_rows_free(&s);
    return rc;
}

int evaluate_baseline(const float *error, const int8_t *is_anomaly, int64_t rows, double *auc, struct err *e)
{
    struct scored_rows s;
    if (scored_rows_take(error, is_anomaly, rows, &s, e) != 0)
        return -1;

    struct ranking *r = ranking_new(s.error, s.is_anomaly, s.n, e);
    int rc = r ? 0 : -1;
    if (r)
        *auc = ranking_roc_auc(r).auc;
    ranking_free(&r);
    scored_rows_free(&s);

    return rc;
}

static void summarise_errors(const struct scored_rows *s, struct evaluation *out)
{
    double sum = 0, largest = s->n ? -INFINITY : NAN;
    for (int64_t i = 0; i < s->n; i++) {
        sum += (double)s->error[i];
        largest = (double)s->error[i] > largest ? (double)s->error[i] : largest;
    }
    out->mean = sum / (double)s->n;
    out->largest = largest;
}

// Measures how well the errors separate the classes. If out->threshold is NaN, sets it to the threshold of the best F1.
// If that is NaN too, leaves the confusion and the classification as they are.
static int measure_labelled(const struct scored_rows *s, struct evaluation *out, struct err *e)
{
    struct ranking *r = ranking_new(s->error, s->is_anomaly, s->n, e);
    if (!r)
        return -1;

    out->has_labels = true;
    out->roc_auc = ranking_roc_auc(r);
    out->average_precision = ranking_average_precision(r);
    out->best_f1 = ranking_best_f1(r);
    if (isnan(out->threshold))
        out->threshold = out->best_f1.threshold;
    if (!isnan(out->threshold)) {
        out->confusion = ranking_confusion(r, out->threshold);
        out->classification = confusion_classification(&out->confusion);
    }
    ranking_free(&r);

    return 0;
}

int evaluate_at(
    double threshold, const float *error, const int8_t *is_anomaly, int64_t rows, struct evaluation *out, struct err *e)
{
    struct scored_rows s;
    *out = (struct evaluation){.mean = NAN,
        .largest = NAN,
        .threshold = threshold,
        .baseline_roc_auc = NAN,
        .average_precision = NAN,
        .roc_auc = {NAN, NAN, NAN, NAN, 0, 0},
        .best_f1 = {NAN, NAN}};
    if (scored_rows_take(error, is_anomaly, rows, &s, e) != 0)
        return -1;

    summarise_errors(&s, out);
    out->unscored = rows - s.n;
    int rc = is_anomaly ? measure_labelled(&s, out, e) : 0;
    scored_rows_free(&s);

    return rc;
}

int evaluate_intervals(double threshold, const float *error, const int8_t *is_anomaly, int64_t rows,
    struct bootstrap_intervals *out, struct err *e)
{
    struct scored_rows s;

    ASSERT(is_anomaly, "%lld rows without labels", (long long)rows);
    if (scored_rows_take(error, is_anomaly, rows, &s, e) != 0)
        return -1;

    struct ranking *r = ranking_new(s.error, s.is_anomaly, s.n, e);
    int rc = r ? bootstrap_compute(r, threshold, out, e) : -1;
    ranking_free(&r);
    scored_rows_free(&s);

    return rc;
}

// Evaluates the judged errors at the threshold of the training data. If the rule depends on the judged errors, computes
// the threshold from these.
static int evaluate_errors(const struct score_config *c, const struct judged *judged,
    const struct training_errors *train, const struct reference *reference, struct evaluation *out, struct err *e)
{
    double threshold = c->threshold.method == THRESHOLD_BEST_F1 ? NAN : train->threshold;

    if ((c->threshold.method == THRESHOLD_SHARE || c->threshold.method == THRESHOLD_CONFORMAL) &&
        threshold_choose(&c->threshold, reference, judged, &threshold, e) != 0)
        return -1;
    return evaluate_at(threshold, judged->error, judged->is_anomaly, judged->rows, out, e);
}

int evaluate(const struct score_config *c, const struct scores *s, const struct training_errors *train,
    const struct reference *reference, struct evaluation *out, struct err *e)
{
    const struct judged judged = {s->error, s->data->is_anomaly, s->data->rows};

    return evaluate_errors(c, &judged, train, reference, out, e);
}

int evaluate_steps(const struct score_config *c, const struct scores *s, const struct training_errors *train,
    const struct reference *reference, struct evaluation *out, struct err *e)
{
    const struct dataset_steps *steps = s->data->steps;

    ASSERT(steps && s->step_error, "%s: no time steps", s->data->name);
    const struct judged judged = {s->step_error, steps->is_anomaly, steps->n};
    return evaluate_errors(c, &judged, train, reference, out, e);
}

int evaluate_series(const struct judged_steps *s, double threshold, struct series_evaluation *out, struct err *e)
{
    int window = s->length < SERIES_WINDOW ? (int)s->length : SERIES_WINDOW;

    ASSERT(s->steps > 0 && s->is_anomaly, "%lld steps", (long long)s->steps);
    *out = (struct series_evaluation){{NAN, NAN}, {NAN, NAN, NAN}};
    int8_t *is_called = mem_array((size_t)s->steps, sizeof *is_called, "steps above the threshold", e);
    if (!is_called)
        return -1;

    for (int64_t i = 0; i < s->steps; i++)
        is_called[i] = (double)s->error[i] > threshold;
    if (!isnan(threshold))
        out->range = series_range_score(s->is_anomaly, is_called, s->steps, SERIES_EXISTENCE);
    free(is_called);
    return series_volume_compute(s->error, s->is_anomaly, s->steps, window, &out->volume, e);
}

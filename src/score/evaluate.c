// What errors say: the threshold above which a sample is called anomalous, and with labels how right that is.
#include "score/score.h"

#include <math.h>

bool evaluate_needs_train(const struct score_config *c)
{
    return c->threshold != THRESHOLD_BEST_F1;
}

static int train_threshold(
    const struct score_config *c, const float *error, int64_t n, double *threshold, struct err *e)
{
    if (c->threshold == THRESHOLD_MEAN_STD) {
        *threshold = mean_std_threshold(error, n, c->deviations);
        return 0;
    }
    struct ranking *r = ranking_new(error, NULL, n, e);
    if (!r)
        return -1;
    *threshold = ranking_quantile(r, c->quantile);
    ranking_free(&r);
    return 0;
}

static int baseline_auc(const float *error, const struct dataset *d, double *auc, struct err *e)
{
    struct ranking *r = ranking_new(error, d->is_anomaly, d->rows, e);
    if (!r)
        return -1;
    *auc = ranking_roc_auc(r).auc;
    ranking_free(&r);
    return 0;
}

static void summarise(const float *error, int64_t rows, struct evaluation *out)
{
    double sum = 0, largest = -INFINITY;
    for (int64_t i = 0; i < rows; i++) {
        sum += (double)error[i];
        largest = (double)error[i] > largest ? (double)error[i] : largest;
    }
    out->mean = sum / (double)rows;
    out->largest = largest;
}

int evaluate_at(
    double threshold, const float *error, const int8_t *is_anomaly, int64_t rows, struct evaluation *out, struct err *e)
{
    *out = (struct evaluation){.threshold = threshold,
        .baseline_roc_auc = NAN,
        .average_precision = NAN,
        .roc_auc = {NAN, NAN, NAN, NAN, 0, 0},
        .best_f1 = {NAN, NAN}};
    summarise(error, rows, out);
    if (!is_anomaly)
        return 0;
    struct ranking *r = ranking_new(error, is_anomaly, rows, e);
    if (!r)
        return -1;
    out->has_labels = true;
    out->roc_auc = ranking_roc_auc(r);
    out->average_precision = ranking_average_precision(r);
    out->best_f1 = ranking_best_f1(r);
    if (isnan(threshold))
        out->threshold = out->best_f1.threshold;
    out->confusion = ranking_confusion(r, out->threshold);
    out->classification = confusion_classification(&out->confusion);
    ranking_free(&r);
    return 0;
}

int evaluate(const struct score_config *c, const struct scores *s, const float *train_error, int64_t n_train,
    const float *baseline, struct evaluation *out, struct err *e)
{
    const struct dataset *d = s->data;
    double threshold = NAN;
    if (evaluate_needs_train(c) && train_threshold(c, train_error, n_train, &threshold, e) != 0)
        return -1;
    if (evaluate_at(threshold, s->error, d->is_anomaly, d->rows, out, e) != 0)
        return -1;
    return baseline && d->is_anomaly ? baseline_auc(baseline, d, &out->baseline_roc_auc, e) : 0;
}

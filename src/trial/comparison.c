// Compares the errors of a trial with the scores of simple detectors, which see the same rows after scaling.
#include "trial/comparison.h"

#include "base/err.h"
#include "base/mem.h"
#include "metrics/metrics.h"
#include "nn/neighbours.h"
#include "nn/nn.h"
#include "score/score.h"
#include "score/simple_detector.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_file.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIKE 0.99 // two rankings with a larger Spearman correlation count as the same

void detector_cache_free(struct detector_cache *c)
{
    for (int i = 0; i < c->n_sets * DETECTOR_COUNT; i++)
        free(c->score[i]);
    free(c->score);
    *c = (struct detector_cache){0};
}

static void warn_of_detector(const struct trial_result *r, enum detector kind, const struct err *found)
{
    fprintf(stderr, "hourglass: warning: trial %.8s, baseline %s: %.*s\n", r->order->planned.trial.id,
        detector_names[kind], (int)strcspn(found->text, "\n"), found->text);
}

// --- scores of detectors

// Returns the number of components. This is the number of values of the code if there are more columns than that,
// otherwise half the number of columns, rounded up.
static int pca_components(const struct trial_result *r)
{
    int code = shape_size(&r->model->code), columns = r->sets->train.columns;

    return code < columns ? code : (columns + 1) / 2;
}

static void forget_detector(struct detector_cache *c, enum detector kind)
{
    for (int i = 0; i < c->n_sets; i++) {
        free(c->score[i * DETECTOR_COUNT + kind]);
        c->score[i * DETECTOR_COUNT + kind] = NULL;
    }
}

// Scores all test sets with a detector, unless the cache holds its scores.
static void learn_detector(const struct trial_result *r, struct detector_cache *c, enum detector kind)
{
    struct err found = {0};
    int components = pca_components(r);

    if (kind == DETECTOR_PCA && components != c->components)
        forget_detector(c, kind);
    if (c->n_sets == 0 || c->score[kind])
        return;

    struct simple_detector *s = detector_fit(kind, &r->sets->train, components, &found);
    for (int i = 0; s && i < c->n_sets; i++)
        c->score[i * DETECTOR_COUNT + kind] = detector_scores(s, &r->sets->test[i], &found);
    detector_free(&s);
    if (kind == DETECTOR_PCA)
        c->components = components;
    if (found.count) {
        forget_detector(c, kind);
        warn_of_detector(r, kind, &found);
    }
}

// --- one set

// The samples that have both an error of the trial and a score of a detector.
struct common_samples {
    float *error, *score; // (n), owned
    int8_t *is_anomaly;   // (n), owned; NULL: unknown
    int64_t n;
};

static void common_free(struct common_samples *s)
{
    free(s->error);
    free(s->score);
    free(s->is_anomaly);
}

static int common_take(const struct scores *of, const float *score, struct common_samples *s, struct err *e)
{
    size_t rows = (size_t)of->data->rows;
    const int8_t *is_anomaly = of->data->is_anomaly;

    *s = (struct common_samples){.error = mem_array(rows, sizeof *s->error, "errors to compare", e),
        .score = mem_array(rows, sizeof *s->score, "errors to compare", e)};
    if (is_anomaly)
        s->is_anomaly = mem_array(rows, sizeof *s->is_anomaly, "errors to compare", e);
    if (!s->error || !s->score || (is_anomaly && !s->is_anomaly))
        return -1;

    for (size_t i = 0; i < rows; i++) {
        if (isnan(of->error[i]) || isnan(score[i]))
            continue;
        s->error[s->n] = of->error[i];
        s->score[s->n] = score[i];
        if (is_anomaly)
            s->is_anomaly[s->n] = is_anomaly[i];
        s->n++;
    }
    return 0;
}

static void warn_if_alike(const struct trial_result *r, const char *set, enum detector kind, double rho)
{
    bool is_itself = kind == DETECTOR_NEIGHBOURS && model_is_fitted(r->model);

    if (rho > ALIKE && !is_itself)
        fprintf(stderr,
            "hourglass: warning: trial %.8s, set %s: its errors rank the samples as %s does (Spearman correlation "
            "%.4f): this model is that detector in disguise\n",
            r->order->planned.trial.id, set, detector_names[kind], rho);
}

static void compare_scores(
    const struct common_samples *s, enum detector kind, struct detector_comparison *out, struct err *e)
{
    struct auc_difference added;

    if (s->n == 0 || spearman(s->error, s->score, s->n, &out->spearman[kind], e) != 0 || !s->is_anomaly)
        return;
    if (evaluate_baseline(s->score, s->is_anomaly, s->n, &out->roc_auc[kind], e) != 0 || isnan(out->roc_auc[kind]))
        return;
    if (out->best >= 0 && !(out->roc_auc[kind] > out->roc_auc[out->best]))
        return;
    if (auc_compare(s->error, s->score, s->is_anomaly, s->n, &added, e) == 0) {
        out->best = (int)kind;
        out->added = added;
    }
}

static void compare_set(
    const struct trial_result *r, int set, enum detector kind, const float *score, struct detector_comparison *out)
{
    const struct scores *of = &r->scores[set];
    struct common_samples s;
    struct err found = {0};

    if (common_take(of, score, &s, &found) == 0) {
        compare_scores(&s, kind, out, &found);
        warn_if_alike(r, of->data->name, kind, out->spearman[kind]);
    }
    common_free(&s);
    if (found.count)
        warn_of_detector(r, kind, &found);
}

void comparison_make(struct trial_result *r, struct detector_cache *cache)
{
    int n = r->sets->n_test;
    if (!r->trial->score.baselines || n == 0)
        return;

    ASSERT(r->scores && !r->comparison, "trial %s", r->order->planned.trial.id);
    r->comparison = mem_new((size_t)n, sizeof *r->comparison);
    if (cache->n_sets == 0) {
        cache->score = mem_new((size_t)n * DETECTOR_COUNT, sizeof *cache->score);
        cache->n_sets = n;
    }
    for (int i = 0; i < n; i++) {
        r->comparison[i] = (struct detector_comparison){.best = -1, .added = {NAN, NAN, NAN}};
        for (int k = 0; k < DETECTOR_COUNT; k++)
            r->comparison[i].roc_auc[k] = r->comparison[i].spearman[k] = NAN;
    }

    for (int k = 0; k < DETECTOR_COUNT; k++) {
        if (!(r->trial->score.baselines & 1u << k))
            continue;
        learn_detector(r, cache, (enum detector)k);
        for (int i = 0; i < n; i++)
            if (cache->score[i * DETECTOR_COUNT + k])
                compare_set(r, i, (enum detector)k, cache->score[i * DETECTOR_COUNT + k], &r->comparison[i]);
    }
}

// --- the file

static int write_detector(
    struct store_file *f, const char *group, const struct detector_comparison *c, enum detector kind, struct err *e)
{
    char name[64];
    int failed = 0;

    snprintf(name, sizeof name, SCORES_BASELINE_ROC_AUC, detector_names[kind]);
    if (!isnan(c->roc_auc[kind]))
        failed = store_set_real(f, group, name, c->roc_auc[kind], e);
    snprintf(name, sizeof name, SCORES_BASELINE_SPEARMAN, detector_names[kind]);
    if (!isnan(c->spearman[kind]) && !failed)
        failed = store_set_real(f, group, name, c->spearman[kind], e);
    return failed;
}

int comparison_write(struct store_file *f, const char *group, const struct detector_comparison *c, struct err *e)
{
    int failed = 0;

    for (int k = 0; k < DETECTOR_COUNT && !failed; k++)
        failed = write_detector(f, group, c, (enum detector)k, e);
    if (c->best < 0 || failed)
        return failed;

    failed = store_set_text(f, group, SCORES_BEST_BASELINE, detector_names[c->best], e);
    failed |= store_set_real(f, group, SCORES_ADDED_ROC_AUC, c->added.difference, e);
    failed |= store_set_real(f, group, SCORES_ADDED_ROC_AUC_LOW, c->added.low, e);
    failed |= store_set_real(f, group, SCORES_ADDED_ROC_AUC_HIGH, c->added.high, e);
    return failed;
}

// Computes principal components as the baseline of a trial, once for all trials that share the data.
//
// Remembers only complete results. If one set fails, for example because there is not enough memory, the next trial
// tries again.
#include "trial/baseline.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/dataset.h"
#include "nn/nn.h"
#include "score/pca.h"
#include "score/score.h"
#include "score/step_errors.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void baselines_free(struct baselines *b)
{
    for (int i = 0; i < b->n; i++)
        free(b->known[i].auc);
    detector_cache_free(&b->detectors);
    *b = (struct baselines){0};
}

void evaluation_note_failure(struct evaluation *v, const char *trial, const char *set, struct err *found)
{
    if (!found->count)
        return;

    snprintf(v->failure, sizeof v->failure, "%.*s", (int)strcspn(found->text, "\n"), found->text);
    fprintf(stderr, "hourglass: warning: trial %.8s, set %s: %s\n", trial, set, v->failure);
}

// --- computing the baseline

// Computes errors of time steps from `baseline`, the errors that the components give to windows, and evaluates them.
static void evaluate_pca_steps(
    const struct trial_result *r, const struct dataset *d, const float *baseline, struct evaluation *out, struct err *e)
{
    float *error = step_errors_of(d, (enum step_rule)r->trial->score.window, baseline, e);

    if (error)
        evaluate_baseline(error, d->steps->is_anomaly, d->steps->n, &out->baseline_roc_auc, e);
    free(error);
}

static void evaluate_pca(
    const struct trial_result *r, struct pca *pca, const struct dataset *d, struct evaluation *out, struct err *e)
{
    float *baseline = pca_errors(pca, d, (enum error)r->trial->score.error, e);

    if (baseline)
        evaluate_baseline(baseline, d->is_anomaly, d->rows, &out->baseline_roc_auc, e);
    if (baseline && d->steps)
        evaluate_pca_steps(r, d, baseline, &r->steps[d - r->sets->test], e);
    free(baseline);
}

// Scores the baseline on all sets that have labels. Computes the components once; if that fails, notes the reason for
// every such set. Returns true if the results of all sets are complete.
static bool evaluate_pca_of_all(struct trial_result *r)
{
    struct err failure = {0};
    struct pca *pca = NULL;
    bool is_complete = true;

    for (int i = 0; i < r->sets->n_test; i++) {
        struct err found = {0};
        const struct dataset *d = &r->sets->test[i];
        is_complete &= !*r->evaluation[i].failure;
        if (!d->is_anomaly || *r->evaluation[i].failure)
            continue;

        if (!pca && !failure.count)
            pca = pca_new(&r->sets->train, shape_size(&r->model->code), &failure);
        err_merge(&found, &failure);
        if (pca)
            evaluate_pca(r, pca, d, &r->evaluation[i], &found);
        is_complete &= !found.count;
        evaluation_note_failure(&r->evaluation[i], r->order->planned.trial.id, d->name, &found);
    }
    pca_free(&pca);

    return is_complete;
}

// --- remembering the baseline

// Returns everything that the baseline of this trial depends on, except the data.
static struct known_baseline baseline_key(const struct trial_result *r)
{
    const struct score_config *c = &r->trial->score;

    return (struct known_baseline){
        .components = shape_size(&r->model->code), .error = (enum error)c->error, .window = (enum step_rule)c->window};
}

// Returns the remembered baseline with these settings. Returns NULL if there is none.
static const struct known_baseline *find_baseline(const struct baselines *b, const struct known_baseline *key)
{
    ASSERT(b->n >= 0 && b->n <= BASELINES_KEPT, "%d", b->n);
    for (int i = 0; i < b->n; i++) {
        const struct known_baseline *k = &b->known[i];
        if (k->components == key->components && k->error == key->error && k->window == key->window)
            return k;
    }
    return NULL;
}

static void remember_baseline(struct baselines *b, struct known_baseline k, const struct trial_result *r)
{
    int n = r->sets->n_test;
    int at = b->n < BASELINES_KEPT ? b->n++ : b->next;

    ASSERT(at >= 0 && at < BASELINES_KEPT && k.components > 0, "%d", at);
    b->next = (at + 1) % BASELINES_KEPT;
    free(b->known[at].auc);
    k.auc = mem_new((size_t)n * 2, sizeof *k.auc);
    for (int i = 0; i < n; i++) {
        k.auc[2 * i] = r->evaluation[i].baseline_roc_auc;
        k.auc[2 * i + 1] = r->steps[i].baseline_roc_auc;
    }
    b->known[at] = k;
}

static void take_baseline(const struct known_baseline *k, struct trial_result *r)
{
    for (int i = 0; i < r->sets->n_test; i++) {
        const struct dataset *d = &r->sets->test[i];
        if (!d->is_anomaly || *r->evaluation[i].failure)
            continue;
        r->evaluation[i].baseline_roc_auc = k->auc[2 * i];
        if (d->steps)
            r->steps[i].baseline_roc_auc = k->auc[2 * i + 1];
    }
}

void baseline_evaluate(struct trial_result *r, struct baselines *b)
{
    if (r->trial->score.baseline != BASELINE_PCA)
        return;

    const struct known_baseline key = baseline_key(r);
    const struct known_baseline *known = find_baseline(b, &key);
    if (known)
        take_baseline(known, r);
    else if (evaluate_pca_of_all(r))
        remember_baseline(b, key, r);
}

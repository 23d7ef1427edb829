// Applies threshold rules. Some use only the reference, others the judged errors, which are sorted here.
#include "score/threshold_choice.h"

#include "base/err.h"
#include "base/mem.h"
#include "metrics/metrics.h"
#include "metrics/quantiles.h"
#include "metrics/threshold.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

static const double MAD_TO_DEVIATION = 1.482602218505602; // deviation / mad of a normal distribution

double reference_p_value(const struct reference *r, double error)
{
    int64_t low = 0, high = r->n_largest; // finds the number of stored errors that are at least `error`
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if ((double)r->largest[middle] >= error)
            low = middle + 1;
        else
            high = middle;
    }

    double at_least = (double)low;
    if (low == r->n_largest && low < r->rows) { // errors that are not stored can also be at least this large
        struct quantiles q = reference_errors(r);
        at_least = fmax(at_least, (1 - quantiles_share(&q, error, NULL)) * (double)r->rows);
    }
    return (1 + at_least) / ((double)r->rows + 1);
}

// Returns the judged errors that are not NaN in new memory, sorted, and their number in *n. Returns NULL and an error
// if memory runs out.
static float *sort_judged(const struct judged *j, int64_t *n, struct err *e)
{
    float *sorted = mem_array((size_t)j->rows, sizeof *sorted, "sorted errors", e);

    *n = 0;
    for (int64_t i = 0; sorted && i < j->rows; i++)
        if (!isnan(j->error[i]))
            sorted[(*n)++] = j->error[i];
    if (sorted && values_sort(sorted, *n, e) == 0)
        return sorted;
    free(sorted);

    return NULL;
}

// Returns a threshold that the `count` highest of the sorted errors (n) exceed. It is midway between the lowest of
// these errors and the next lower error, so that other errors equal to that lowest one exceed it, too.
static double threshold_of_count(const float *sorted, int64_t n, int64_t count)
{
    ASSERT(count >= 0 && count <= n && n > 0, "%lld of %lld", (long long)count, (long long)n);
    if (count == 0)
        return (double)sorted[n - 1];

    double lowest = (double)sorted[n - count];
    int64_t below = n - count - 1;
    while (below >= 0 && (double)sorted[below] == lowest)
        below--;
    if (below < 0)
        return fmin(lowest - fabs(lowest) * 1e-6 - (double)FLT_MIN, DBL_MAX);
    return isinf(lowest) ? fmax((double)sorted[below], 0) : ((double)sorted[below] + lowest) / 2;
}

// Returns how many of the sorted errors (n) the conformal test calls anomalous, or -1 and an error if memory runs out.
static int64_t count_conformal(const struct reference *r, const float *sorted, int64_t n, double alpha, struct err *e)
{
    double *p = mem_array((size_t)n, sizeof *p, "p-values", e);
    if (!p)
        return -1;

    for (int64_t i = 0; i < n; i++)
        p[i] = reference_p_value(r, (double)sorted[n - 1 - i]);
    int64_t count = benjamini_hochberg(p, n, alpha);
    free(p);

    return count;
}

// Sets *threshold for the rules share and conformal, from the judged errors. Returns 0, or -1 and an error if memory
// runs out.
static int choose_by_judged(const struct threshold_rule *rule, const struct reference *r, const struct judged *j,
    double *threshold, struct err *e)
{
    int64_t n;
    float *sorted = sort_judged(j, &n, e);
    if (!sorted)
        return -1;

    *threshold = sorted_quantile(sorted, n, 1 - rule->value);
    if (rule->method == THRESHOLD_CONFORMAL && n > 0) {
        int64_t count = count_conformal(r, sorted, n, rule->value, e);
        *threshold = count < 0 ? NAN : threshold_of_count(sorted, n, count);
    }
    free(sorted);

    return n > 0 && isnan(*threshold) ? -1 : 0;
}

// Sets *threshold to that of the best F1 over the rows that have an error, or to NaN if errors or labels are not known.
// Returns 0, or -1 and an error.
static int choose_best_f1(const struct judged *j, double *threshold, struct err *e)
{
    int64_t n = 0;

    *threshold = NAN;
    if (!j->error || !j->is_anomaly)
        return 0;
    float *error = mem_array((size_t)j->rows, sizeof *error, "errors to rank", e);
    int8_t *is_anomaly = mem_array((size_t)j->rows, 1, "errors to rank", e);
    bool is_copied = error && is_anomaly;
    for (int64_t i = 0; is_copied && i < j->rows; i++)
        if (!isnan(j->error[i])) {
            error[n] = j->error[i];
            is_anomaly[n++] = j->is_anomaly[i];
        }

    struct ranking *r = is_copied ? ranking_new(error, is_anomaly, n, e) : NULL;
    if (r)
        *threshold = ranking_best_f1(r).threshold;
    int rc = r ? 0 : -1;
    ranking_free(&r);
    free(error);
    free(is_anomaly);

    return rc;
}

// Sets *threshold for a rule that uses only the reference. Returns 0, or -1 and an error.
static int choose_by_reference(
    const struct threshold_rule *rule, const struct reference *r, double *threshold, struct err *e)
{
    ASSERT(r->levels && r->n_largest, "nothing is known");

    switch (rule->method) {
    case THRESHOLD_MAD:
        *threshold = r->median + rule->value * MAD_TO_DEVIATION * r->mad;
        return 0;
    case THRESHOLD_MEAN_STD:
        *threshold = r->mean + rule->value * r->deviation;
        return 0;
    case THRESHOLD_POT:
        return pot_threshold(r->largest, r->n_largest, r->rows, rule->value, threshold, e);
    case THRESHOLD_QUANTILE:
        *threshold = reference_quantile(r, rule->value);
        return 0;
    default: // share and conformal without judged errors
        *threshold = reference_quantile(r, 1 - rule->value);
        return 0;
    }
}

int threshold_choose(const struct threshold_rule *rule, const struct reference *reference, const struct judged *judged,
    double *threshold, struct err *e)
{
    char text[48];

    *threshold = rule->value;
    if (rule->method == THRESHOLD_VALUE)
        return 0;
    if (rule->method == THRESHOLD_BEST_F1)
        return choose_best_f1(judged, threshold, e);
    if (rule->method == THRESHOLD_SHARE && judged->error)
        return choose_by_judged(rule, reference, judged, threshold, e);
    if (!reference->levels)
        return err_add(e, ERR_DATA,
            "threshold %s: the model's file has no reference errors, because an earlier version wrote it, or it is an "
            "ensemble whose normal rows were not scored; hint: --calibrate, train again, or hourglass ensemble RUN",
            threshold_rule_text(text, rule));

    if (rule->method == THRESHOLD_CONFORMAL && judged->error)
        return choose_by_judged(rule, reference, judged, threshold, e);
    return choose_by_reference(rule, reference, threshold, e);
}

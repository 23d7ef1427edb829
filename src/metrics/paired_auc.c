// Compares two areas under ROC curves by the placements of the samples. The placement of a positive is the share of
// negatives below it; that of a negative is the share of positives above it.
#include "metrics/paired_auc.h"

#include "base/mem.h"
#include "metrics/metrics.h"
#include <math.h>
#include <stdlib.h>

// Adds to placement (n) `sign` times the placement of each sample; ties count half.
static void add_placements(const struct ranking *r, const int8_t *positive, double sign, double *placement)
{
    double m = (double)r->positives, n = (double)(r->n - r->positives);
    int64_t first = 0, hits_before = 0;

    for (int64_t g = 0; g < r->groups; g++) {
        double hits = (double)(r->hits[g] - hits_before), all = (double)(r->above[g] - first);
        double misses_below = n - (double)(r->above[g] - r->hits[g]);
        for (int64_t i = first; i < r->above[g]; i++) {
            int32_t sample = r->order[i];
            double of_positive = (misses_below + 0.5 * (all - hits)) / n;
            double of_negative = ((double)hits_before + 0.5 * hits) / m;
            placement[sample] += sign * (positive[sample] ? of_positive : of_negative);
        }
        first = r->above[g];
        hits_before = r->hits[g];
    }
    ASSERT(first == r->n, "%lld of %lld samples are in groups", (long long)first, (long long)r->n);
}

// Returns the variance of the mean placement of one class, whose mean is known.
static double class_variance(const double *placement, const int8_t *positive, int64_t n, bool is_positive, double mean)
{
    double sum = 0, count = 0;

    for (int64_t i = 0; i < n; i++)
        if ((positive[i] != 0) == is_positive) {
            sum += (placement[i] - mean) * (placement[i] - mean);
            count++;
        }
    return sum / (count * (count - 1));
}

static double mean_of_positives(const double *placement, const int8_t *positive, int64_t n)
{
    double sum = 0, count = 0;

    for (int64_t i = 0; i < n; i++)
        if (positive[i]) {
            sum += placement[i];
            count++;
        }
    return sum / count;
}

// In each class, the mean of the differences of the placements is the difference of the areas.
static void summarise_difference(
    const double *placement, const int8_t *positive, const struct ranking *r, struct auc_difference *out)
{
    static const double NORMAL_POINT = 1.959963984540054; // the 97.5 % point of the standard normal distribution

    out->difference = mean_of_positives(placement, positive, r->n);
    if (r->positives < 2 || r->n - r->positives < 2)
        return;
    double variance = class_variance(placement, positive, r->n, true, out->difference) +
                      class_variance(placement, positive, r->n, false, out->difference);
    out->low = out->difference - NORMAL_POINT * sqrt(variance);
    out->high = out->difference + NORMAL_POINT * sqrt(variance);
    out->p = out->difference == 0 ? 1 : erfc(fabs(out->difference) / sqrt(2 * variance));
}

int auc_compare(
    const float *a, const float *b, const int8_t *positive, int64_t n, struct auc_difference *out, struct err *e)
{
    *out = (struct auc_difference){NAN, NAN, NAN, NAN, NAN, NAN};
    struct ranking *ra = ranking_new(a, positive, n, e);
    struct ranking *rb = ra ? ranking_new(b, positive, n, e) : NULL;
    double *placement = rb ? mem_array((size_t)n, sizeof *placement, "placements", e) : NULL;

    if (placement && !ra->nans && !rb->nans && ra->positives > 0 && ra->positives < n) {
        out->a = ranking_roc_auc(ra).auc;
        out->b = ranking_roc_auc(rb).auc;
        add_placements(ra, positive, 1, placement);
        add_placements(rb, positive, -1, placement);
        summarise_difference(placement, positive, ra, out);
    }

    int rc = placement ? 0 : -1;
    free(placement);
    ranking_free(&ra);
    ranking_free(&rb);
    return rc;
}

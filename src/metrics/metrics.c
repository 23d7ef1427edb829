// Metrics of a ranking. Each is computed by one loop over the groups of equal scores, or by a binary search in them.
#include "metrics/metrics.h"

#include "metrics/quantiles.h"
#include <float.h>
#include <math.h>

static const double NORMAL_975 = 1.959963984540054; // the 97.5 % point of the standard normal distribution

// group_size and group_hits return the samples and the positives in group g alone, without the groups above it.
static int64_t group_size(const struct ranking *r, int64_t g)
{
    ASSERT(g >= 0 && g < r->groups, "group %lld of %lld", (long long)g, (long long)r->groups);
    return r->above[g] - (g ? r->above[g - 1] : 0);
}

static int64_t group_hits(const struct ranking *r, int64_t g)
{
    return r->hits[g] - (g ? r->hits[g - 1] : 0);
}

// Returns twice the number of (positive, negative) pairs in the right order; ties count half. The result is exact,
// because it is below 2^62.
static int64_t twice_ordered_pairs(const struct ranking *r)
{
    int64_t twice = 0;
    for (int64_t g = 0; g < r->groups; g++) {
        int64_t hits = group_hits(r, g), misses = group_size(r, g) - hits;
        twice += misses * (2 * r->hits[g] - hits);
    }
    return twice;
}

// Returns DeLong's variance of the AUC. The placement of a positive is the share of negatives below it; that of a
// negative is the share of positives above it; ties count half. Both kinds of placements have the AUC as mean. The
// variances of the two means are added.
static double delong_variance(const struct ranking *r, double auc, int64_t m, int64_t n)
{
    ASSERT(m > 1 && n > 1, "%lld positives, %lld negatives", (long long)m, (long long)n);
    double of_positives = 0, of_negatives = 0;

    for (int64_t g = 0; g < r->groups; g++) {
        int64_t hits = group_hits(r, g), misses = group_size(r, g) - hits;
        int64_t misses_below = n - (r->above[g] - r->hits[g]);
        double positive = ((double)misses_below + 0.5 * (double)misses) / (double)n - auc;
        double negative = ((double)r->hits[g] - 0.5 * (double)hits) / (double)m - auc;
        of_positives += (double)hits * positive * positive;
        of_negatives += (double)misses * negative * negative;
    }

    return of_positives / ((double)m * (double)(m - 1)) + of_negatives / ((double)n * (double)(n - 1));
}

struct roc_auc ranking_roc_auc(const struct ranking *r)
{
    int64_t m = r->positives, n = r->n - r->positives;
    struct roc_auc a = {.auc = NAN, .variance = NAN, .low = NAN, .high = NAN, .positives = m, .negatives = n};
    if (m == 0 || n == 0 || r->nans)
        return a;

    a.auc = (double)twice_ordered_pairs(r) / (2.0 * (double)m * (double)n);
    if (m == 1 || n == 1)
        return a;

    a.variance = delong_variance(r, a.auc, m, n);
    double half = NORMAL_975 * sqrt(a.variance);
    a.low = fmax(0, a.auc - half);
    a.high = fmin(1, a.auc + half);
    return a;
}

double ranking_average_precision(const struct ranking *r)
{
    if (r->positives == 0 || r->nans)
        return NAN;
    double sum = 0;
    for (int64_t g = 0; g < r->groups; g++)
        sum += (double)group_hits(r, g) * ((double)r->hits[g] / (double)r->above[g]);
    return sum / (double)r->positives;
}

// Returns the group of the sample order[place]: the first group g with above[g] > place.
static int64_t group_at(const struct ranking *r, int64_t place)
{
    ASSERT(place >= 0 && place < r->n, "place %lld of %lld", (long long)place, (long long)r->n);
    int64_t low = 0, high = r->groups - 1;

    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (r->above[middle] > place)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

double ranking_precision_at(const struct ranking *r, int64_t count)
{
    if (count > r->n)
        count = r->n;
    if (count <= 0 || r->nans)
        return NAN;

    int64_t g = group_at(r, count - 1);
    int64_t size = group_size(r, g), hits = group_hits(r, g), taken = count - (r->above[g] - size);
    double expected = (double)(r->hits[g] - hits) + (double)taken * (double)hits / (double)size;
    return expected / (double)count;
}

// Returns a threshold that calls only groups 0 to g anomalous; the score of group g must not be -INFINITY. There is a
// double between any two different floats. The threshold is never denormal, because threads that flush denormals would
// take it as 0.
static double threshold_below(const struct ranking *r, int64_t g)
{
    double score = (double)r->score[g];
    ASSERT(score > -INFINITY, "group %lld", (long long)g);

    if (g + 1 == r->groups && score == 0)
        return -(double)FLT_MIN; // not nextafter(0), which is denormal; this number is also a float
    if (g + 1 == r->groups)
        return nextafter(score, -INFINITY);

    double next = (double)r->score[g + 1];
    return isinf(score) || isinf(next) ? fmax(next, -DBL_MAX) : next + (score - next) / 2;
}

struct best_f1 ranking_best_f1(const struct ranking *r)
{
    struct best_f1 best = {.f1 = NAN, .threshold = NAN};
    if (r->positives == 0 || r->nans)
        return best;

    int64_t at = -1;
    for (int64_t g = 0; g < r->groups && (double)r->score[g] > -INFINITY; g++) { // no threshold is below -INFINITY
        double f1 = 2.0 * (double)r->hits[g] / ((double)r->above[g] + (double)r->positives);
        if (at < 0 || f1 > best.f1) {
            best.f1 = f1;
            at = g;
        }
    }

    if (at >= 0)
        best.threshold = threshold_below(r, at);
    return best;
}

double ranking_quantile(const struct ranking *r, double q)
{
    ASSERT(q >= 0 && q <= 1, "q = %g", q);
    if (r->n == 0 || r->nans)
        return NAN;
    double at = q * (double)(r->n - 1);
    int64_t rank = (int64_t)at, place = r->n - 1 - rank;
    double lower = r->score[group_at(r, place)];
    double upper = r->score[group_at(r, place > 0 ? place - 1 : 0)];
    return interpolate_linear(lower, upper, at - (double)rank);
}

double mean_of_known(const float *score, int64_t n)
{
    double sum = 0;
    int64_t numbers = 0;

    for (int64_t i = 0; i < n; i++)
        if (!isnan(score[i])) {
            sum += (double)score[i];
            numbers++;
        }
    return numbers ? sum / (double)numbers : NAN;
}

double mean_std_threshold(const float *score, int64_t n, double k)
{
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++)
        sum += score[i];
    double mean = sum / (double)n;
    for (int64_t i = 0; i < n; i++)
        squares += (score[i] - mean) * (score[i] - mean);
    return mean + k * sqrt(squares / (double)n);
}

struct confusion ranking_confusion(const struct ranking *r, double threshold)
{
    int64_t called = 0, hits = 0; // samples called anomalous, and positives among them
    int64_t low = 0, high = isnan(threshold) ? 0 : r->groups;

    while (low < high) { // finds the last group above the threshold; NaN counts as above
        int64_t middle = (low + high) / 2;
        if (r->score[middle] <= threshold) {
            high = middle;
        } else {
            called = r->above[middle];
            hits = r->hits[middle];
            low = middle + 1;
        }
    }

    return (struct confusion){
        .true_positives = hits,
        .false_positives = called - hits,
        .true_negatives = r->n - r->positives - (called - hits),
        .false_negatives = r->positives - hits,
    };
}

static double ratio_or_zero(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

// Returns the metrics of a class: `called` samples are assigned to it, `support` truly belong to it, and for `right`
// samples both are true.
static struct class_metrics class_metrics_of(int64_t right, int64_t called, int64_t support)
{
    ASSERT(right <= called && right <= support, "%lld right", (long long)right);
    return (struct class_metrics){
        .precision = ratio_or_zero((double)right, (double)called),
        .recall = ratio_or_zero((double)right, (double)support),
        .f1 = ratio_or_zero(2 * (double)right, (double)called + (double)support),
        .support = support,
    };
}

// Returns the mean of a and b, weighted by v and w.
static struct class_metrics class_mean(const struct class_metrics *a, const struct class_metrics *b, double v, double w)
{
    return (struct class_metrics){
        .precision = ratio_or_zero(v * a->precision + w * b->precision, v + w),
        .recall = ratio_or_zero(v * a->recall + w * b->recall, v + w),
        .f1 = ratio_or_zero(v * a->f1 + w * b->f1, v + w),
        .support = a->support + b->support,
    };
}

struct classification confusion_classification(const struct confusion *c)
{
    int64_t tp = c->true_positives, fp = c->false_positives, tn = c->true_negatives, fn = c->false_negatives;
    struct classification k = {
        .normal = class_metrics_of(tn, tn + fn, tn + fp),
        .anomaly = class_metrics_of(tp, tp + fp, tp + fn),
        .accuracy = ratio_or_zero((double)(tp + tn), (double)(tp + fp + tn + fn)),
    };

    k.macro = class_mean(&k.normal, &k.anomaly, 1, 1);
    k.weighted = class_mean(&k.normal, &k.anomaly, (double)k.normal.support, (double)k.anomaly.support);
    return k;
}

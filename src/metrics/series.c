// Finds ranges of marked steps, and computes metrics of such ranges.
#include "metrics/series.h"

#include "base/mem.h"
#include "metrics/quantiles.h"
#include <math.h>
#include <stdlib.h>

struct step_range {
    int64_t first, last;
};

// Moves *r to the first range of marked steps at or after step `from`. Returns false if there is none.
static bool next_range(const int8_t *is_marked, int64_t n, int64_t from, struct step_range *r)
{
    while (from < n && !is_marked[from])
        from++;
    if (from >= n)
        return false;

    r->first = r->last = from;
    while (r->last + 1 < n && is_marked[r->last + 1])
        r->last++;
    return true;
}

static double harmonic_mean(double a, double b)
{
    return a + b > 0 ? 2 * a * b / (a + b) : 0;
}

// --- range-based precision and recall

// Returns the mean reward of the ranges that `own` marks, or NaN if there are none. The reward of a range depends on
// which of its steps `other` marks.
static double mean_range_reward(const int8_t *own, const int8_t *other, int64_t n, double existence)
{
    struct step_range r = {0, -1};
    double sum = 0;
    int64_t ranges = 0;

    while (next_range(own, n, r.last + 1, &r)) {
        int64_t marked = 0, overlaps = 0;
        for (int64_t i = r.first; i <= r.last; i++) {
            marked += other[i] != 0;
            overlaps += other[i] && (i == r.first || !other[i - 1]);
        }
        ranges++;
        if (overlaps)
            sum += existence + (1 - existence) * (double)marked / (double)(r.last - r.first + 1) / (double)overlaps;
    }
    return ranges ? sum / (double)ranges : NAN;
}

struct range_score series_range_score(const int8_t *is_anomaly, const int8_t *is_called, int64_t n, double existence)
{
    ASSERT(existence >= 0 && existence <= 1, "%g", existence);
    double recall = mean_range_reward(is_anomaly, is_called, n, existence);
    double precision = mean_range_reward(is_called, is_anomaly, n, 0);

    if (isnan(recall))
        return (struct range_score){NAN, NAN, NAN};
    precision = isnan(precision) ? 0 : precision;
    return (struct range_score){precision, recall, harmonic_mean(precision, recall)};
}

struct range_score series_point_adjusted(const int8_t *is_anomaly, const int8_t *is_called, int64_t n)
{
    int64_t called = 0, hits = 0, positives = 0;
    struct step_range r = {0, -1};

    for (int64_t i = 0; i < n; i++)
        called += is_called[i] && !is_anomaly[i];
    while (next_range(is_anomaly, n, r.last + 1, &r)) {
        bool is_found = false;
        for (int64_t i = r.first; i <= r.last; i++)
            is_found = is_found || is_called[i];
        positives += r.last - r.first + 1;
        hits += is_found ? r.last - r.first + 1 : 0;
    }
    if (!positives)
        return (struct range_score){NAN, NAN, NAN};

    double precision = hits ? (double)hits / (double)(called + hits) : 0, recall = (double)hits / (double)positives;
    return (struct range_score){precision, recall, harmonic_mean(precision, recall)};
}

// --- volumes under surfaces

enum { THRESHOLDS = 250 };

// The state of series_volume_compute. It owns its arrays.
struct volume {
    int64_t n, positives;
    const int8_t *is_anomaly; // borrowed, unlike the other arrays
    struct step_range *range; // (ranges): the ranges of true anomalies
    int64_t ranges;
    int16_t *rank;               // (n): index of the highest threshold that calls the step anomalous
    double *weight;              // (n): weights of the steps around true ranges; all 0 after a window is done
    double called[THRESHOLDS];   // number of steps that a threshold calls anomalous
    double hits[THRESHOLDS];     // sum of the weights of the steps with this rank
    double beyond[THRESHOLDS];   // the part of `hits` that is outside true ranges
    double segments[THRESHOLDS]; // number of extended ranges whose lowest rank is this one
};

static void list_ranges(struct volume *v)
{
    struct step_range r = {0, -1};
    while (next_range(v->is_anomaly, v->n, r.last + 1, &r)) {
        v->range = mem_grow(v->range, (size_t)v->ranges + 1, sizeof *v->range);
        v->range[v->ranges++] = r;
        v->positives += r.last - r.first + 1;
    }
}

// Chooses thresholds at evenly spaced ranks of the scores, and finds for each step the highest threshold that its score
// reaches.
static int rank_steps(struct volume *v, const float *score, struct err *e)
{
    float *sorted = mem_array((size_t)v->n, sizeof *sorted, "sorted scores", e), threshold[THRESHOLDS];
    if (!sorted)
        return -1;
    for (int64_t i = 0; i < v->n; i++)
        sorted[i] = isnan(score[i]) ? -INFINITY : score[i];
    int rc = values_sort(sorted, v->n, e);

    double step = (double)(v->n - 1) / (THRESHOLDS - 1);
    for (int k = 0; k < THRESHOLDS; k++) {
        int64_t at = k == THRESHOLDS - 1 ? v->n - 1 : (int64_t)(k * step);
        threshold[k] = sorted[v->n - 1 - at];
    }
    for (int64_t i = 0; i < v->n && rc == 0; i++) {
        float x = isnan(score[i]) ? -INFINITY : score[i];
        int low = 0, high = THRESHOLDS - 1; // every score reaches the last threshold, which is the lowest score
        while (low < high) {
            int middle = (low + high) / 2;
            if (threshold[middle] <= x)
                high = middle;
            else
                low = middle + 1;
        }
        v->rank[i] = (int16_t)low;
        v->called[low]++;
    }
    for (int k = 1; k < THRESHOLDS; k++)
        v->called[k] += v->called[k - 1];
    free(sorted);

    return rc;
}

// Adds weights to the steps around each true range, up to half a window away. The weights fall with the distance.
static void weigh_surroundings(struct volume *v, int window)
{
    for (int64_t k = 0; k < v->ranges; k++)
        for (int64_t d = 1; d <= window / 2; d++) {
            double weight = sqrt(1 - (double)d / window);
            if (v->range[k].last + d < v->n)
                v->weight[v->range[k].last + d] += weight;
            if (v->range[k].first - d >= 0)
                v->weight[v->range[k].first - d] += weight;
        }
}

// Adds the steps of an extended range to the sums of the thresholds, and clears their weights.
static void add_segment(struct volume *v, int64_t first, int64_t last)
{
    int found = THRESHOLDS;

    ASSERT(first >= 0 && last < v->n && first <= last, "%lld to %lld", (long long)first, (long long)last);
    for (int64_t i = first; i <= last; i++) {
        int rank = v->rank[i];
        double weight = v->is_anomaly[i] ? 1 : fmin(v->weight[i], 1);
        v->hits[rank] += weight;
        v->beyond[rank] += v->is_anomaly[i] ? 0 : weight;
        v->weight[i] = 0;
        found = rank < found ? rank : found;
    }
    v->segments[found]++;
}

// Extends all true ranges by half a window, joins those that touch then, and adds them to the sums. Returns their
// number.
static int64_t add_segments(struct volume *v, int window)
{
    int64_t half = window / 2, segments = 0;
    int64_t first = v->range[0].first - half > 0 ? v->range[0].first - half : 0;

    for (int k = 0; k < THRESHOLDS; k++)
        v->hits[k] = v->beyond[k] = v->segments[k] = 0;
    for (int64_t k = 0; k < v->ranges; k++) {
        int64_t last = v->range[k].last + half;
        bool is_end = k + 1 == v->ranges;
        if (!is_end && last >= v->range[k + 1].first - half)
            continue;
        add_segment(v, first, last < v->n ? last : v->n - 1);
        segments++;
        first = is_end ? 0 : v->range[k + 1].first - half;
    }
    return segments;
}

// Adds the areas under the two curves for one window.
static void add_areas(struct volume *v, int window, struct series_volume *out)
{
    weigh_surroundings(v, window);
    int64_t segments = add_segments(v, window);
    double hits = 0, beyond = 0, found = 0, last_recall = 0, last_fall_out = 0;

    for (int k = 0; k < THRESHOLDS; k++) {
        hits += v->hits[k];
        beyond += v->beyond[k];
        found += v->segments[k];
        // the mean of the sums of weights without and with extensions
        double positives = (double)v->positives + beyond / 2;
        double recall = fmin(hits / positives, 1) * found / (double)segments;
        double fall_out = (v->called[k] - hits) / ((double)v->n - positives);
        out->pr += (recall - last_recall) * hits / v->called[k];
        out->roc += (fall_out - last_fall_out) * (recall + last_recall) / 2;
        last_recall = recall;
        last_fall_out = fall_out;
    }
    out->roc += (1 - last_fall_out) * (1 + last_recall) / 2;
}

int series_volume_compute(
    const float *score, const int8_t *is_anomaly, int64_t n, int window, struct series_volume *out, struct err *e)
{
    struct volume v = {.n = n, .is_anomaly = is_anomaly};

    ASSERT(n > 0 && window >= 0, "%lld steps, window %d", (long long)n, window);
    *out = (struct series_volume){NAN, NAN};
    list_ranges(&v);
    if (v.positives == 0 || v.positives == n) {
        free(v.range);
        return 0;
    }

    v.rank = mem_array((size_t)n, sizeof *v.rank, "ranks of scores", e);
    v.weight = mem_array((size_t)n, sizeof *v.weight, "weights of steps", e);
    int rc = v.rank && v.weight ? rank_steps(&v, score, e) : -1;
    if (rc == 0)
        *out = (struct series_volume){0, 0};
    for (int w = 0; w <= window && rc == 0; w++)
        add_areas(&v, w, out);
    out->pr /= window + 1;
    out->roc /= window + 1;
    free(v.range);
    free(v.rank);
    free(v.weight);

    return rc;
}

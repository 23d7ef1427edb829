// Resamples a ranking. The order of the samples stays the same, so a resample is only a count of draws per place.
//
// The metrics need places, not scores. Neighbouring groups of scores without anomalies are one cell, because no metric
// distinguishes them: the best F1 is always reached at an anomaly.
#include "metrics/bootstrap.h"

#include "base/mem.h"
#include "base/random.h"
#include "metrics/quantiles.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t BOOTSTRAP_SEED = 1;

struct resampler {
    int32_t *of_positive; // (positives), owned: cell of each positive
    int32_t *of_negative; // (negatives), owned: cell of each negative
    int64_t positives, negatives;
    int32_t *hits, *misses; // (cells), owned: draws of positives and of negatives in each cell, highest scores first
    int64_t cells;
    int64_t called; // cells above the threshold; -1: it is not known
    int64_t finite; // cells above -infinity, below which no threshold can be
    int resamples;
    float *precision, *best, *f1; // (resamples), owned: average precision, best F1 and F1 of each resample
};

static void resampler_free(struct resampler *s)
{
    free(s->of_positive);
    free(s->of_negative);
    free(s->hits);
    free(s->misses);
    free(s->precision);
    free(s->best);
    free(s->f1);
}

// Returns how many resamples a set of n samples gets.
static int count_resamples(int64_t n)
{
    if (n > BOOTSTRAP_SAMPLES_MOST)
        return 0;
    if (n <= BOOTSTRAP_SAMPLES_ALL)
        return BOOTSTRAP_RESAMPLES;
    return (int)((int64_t)BOOTSTRAP_SAMPLES_ALL * BOOTSTRAP_RESAMPLES / n);
}

static int resampler_allocate(const struct ranking *r, struct resampler *s, struct err *e)
{
    size_t cells = (size_t)r->groups, resamples = (size_t)s->resamples;

    s->positives = r->positives;
    s->negatives = r->n - r->positives;
    s->of_positive = mem_array((size_t)s->positives, sizeof *s->of_positive, "places of anomalies", e);
    s->of_negative = mem_array((size_t)s->negatives, sizeof *s->of_negative, "places of normal samples", e);
    s->hits = mem_array(cells, sizeof *s->hits, "resampled anomalies", e);
    s->misses = mem_array(cells, sizeof *s->misses, "resampled normal samples", e);
    s->precision = mem_array(resamples, sizeof *s->precision, "metrics of resamples", e);
    s->best = mem_array(resamples, sizeof *s->best, "metrics of resamples", e);
    s->f1 = mem_array(resamples, sizeof *s->f1, "metrics of resamples", e);

    bool is_complete = s->of_positive && s->of_negative && s->hits && s->misses && s->precision && s->best && s->f1;
    return is_complete ? 0 : -1;
}

// Assigns every sample to a cell. A cell is a group with a positive, or several neighbouring groups without one. A new
// cell begins below the threshold, and at the score -infinity.
static void assign_cells(const struct ranking *r, double threshold, struct resampler *s)
{
    int64_t positives = 0, negatives = 0;
    bool was_called = true, had_hits = true;

    s->called = isnan(threshold) ? -1 : 0;
    for (int64_t g = 0; g < r->groups; g++) {
        bool is_called = (double)r->score[g] > threshold, is_finite = (double)r->score[g] > -INFINITY;
        bool has_hits = r->hits[g] > positives;
        if (has_hits || had_hits || is_called != was_called || !is_finite) {
            s->cells++;
            s->called += is_called;
            s->finite += is_finite;
        }
        had_hits = has_hits;
        was_called = is_called;
        while (positives < r->hits[g])
            s->of_positive[positives++] = (int32_t)(s->cells - 1);
        while (negatives < r->above[g] - r->hits[g])
            s->of_negative[negatives++] = (int32_t)(s->cells - 1);
    }
    ASSERT(positives == s->positives && negatives == s->negatives, "%lld positives, %lld negatives",
        (long long)positives, (long long)negatives);
}

// Draws n of n samples with replacement, and adds each to the count of its cell. Each stream of a resample has its own
// random numbers.
static void draw_with_replacement(int resample, int stream, const int32_t *cell, int64_t n, int32_t *count)
{
    for (int64_t i = 0; i < n; i += 4) {
        uint64_t index = (uint64_t)stream << 32 | (uint64_t)(i / 4);
        struct random_block b = random_at(BOOTSTRAP_SEED, RANDOM_BOOTSTRAP, (uint32_t)resample, index);
        for (int k = 0; k < 4 && i + k < n; k++)
            count[cell[(uint64_t)b.v[k] * (uint64_t)n >> 32]]++;
    }
}

static double f1_of_counts(int64_t hits, int64_t called, int64_t positives)
{
    return 2.0 * (double)hits / (double)(called + positives);
}

// Computes the metrics of the resample that is drawn.
static void measure_resample(struct resampler *s, int resample)
{
    int64_t hits = 0, called = 0;
    double sum = 0, best = 0, at_threshold = 0;

    for (int64_t c = 0; c < s->cells; c++) {
        hits += s->hits[c];
        called += s->hits[c] + s->misses[c];
        if (s->hits[c])
            sum += (double)s->hits[c] * ((double)hits / (double)called);
        if (s->hits[c] && c < s->finite)
            best = fmax(best, f1_of_counts(hits, called, s->positives));
        if (c + 1 == s->called)
            at_threshold = f1_of_counts(hits, called, s->positives);
    }

    ASSERT(hits == s->positives && called == s->positives + s->negatives, "%lld of %lld samples", (long long)called,
        (long long)(s->positives + s->negatives));
    s->precision[resample] = (float)(sum / (double)s->positives);
    s->best[resample] = (float)best;
    s->f1[resample] = (float)at_threshold;
}

// Sets *out to the interval between the 2.5 % and the 97.5 % quantile of the metric of the resamples.
static int percentile_interval(float *metric, int resamples, struct interval *out, struct err *e)
{
    if (values_sort(metric, resamples, e) != 0)
        return -1;
    out->low = sorted_quantile(metric, resamples, 0.025);
    out->high = sorted_quantile(metric, resamples, 0.975);
    return 0;
}

static int resample_ranking(
    struct resampler *s, const struct ranking *r, double threshold, struct bootstrap_intervals *out, struct err *e)
{
    if (resampler_allocate(r, s, e) != 0)
        return -1;
    assign_cells(r, threshold, s);

    for (int i = 0; i < s->resamples; i++) {
        memset(s->hits, 0, (size_t)s->cells * sizeof *s->hits);
        memset(s->misses, 0, (size_t)s->cells * sizeof *s->misses);
        draw_with_replacement(i, 0, s->of_positive, s->positives, s->hits);
        draw_with_replacement(i, 1, s->of_negative, s->negatives, s->misses);
        measure_resample(s, i);
    }

    if (percentile_interval(s->precision, s->resamples, &out->average_precision, e) != 0 ||
        percentile_interval(s->best, s->resamples, &out->best_f1, e) != 0 ||
        (s->called >= 0 && percentile_interval(s->f1, s->resamples, &out->f1, e) != 0))
        return -1;
    out->resamples = s->resamples;
    return 0;
}

int bootstrap_compute(const struct ranking *r, double threshold, struct bootstrap_intervals *out, struct err *e)
{
    struct resampler s = {.resamples = count_resamples(r->n)};

    *out = (struct bootstrap_intervals){0, {NAN, NAN}, {NAN, NAN}, {NAN, NAN}};
    if (s.resamples == 0 || r->nans || r->positives < 2 || r->n - r->positives < 2)
        return 0;

    int rc = resample_ranking(&s, r, threshold, out, e);
    resampler_free(&s);
    return rc;
}

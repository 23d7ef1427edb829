// Computes signed ranks, adjusted p-values, and the distribution of the range of normal variables.
#include "metrics/significance.h"

#include "base/err.h"
#include "base/mem.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { EXACT_MOST = 50 }; // number of differences; 2^50 sign patterns can be counted exactly in double precision

// --- Wilcoxon

struct difference {
    double size; // absolute value, above 0
    bool is_positive;
};

static int compare_differences(const void *a, const void *b)
{
    double x = ((const struct difference *)a)->size, y = ((const struct difference *)b)->size;
    return (x > y) - (x < y);
}

// The sums from which the signed-rank test is computed.
struct signed_ranks {
    int n;           // number of differences that are not 0
    double positive; // sum of the ranks of positive differences
    double ties;     // sum of t^3 - t over groups of t equal differences
};

static struct signed_ranks rank_differences(struct difference *d, int n)
{
    struct signed_ranks s = {.n = n};

    qsort(d, (size_t)n, sizeof *d, compare_differences);
    for (int first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && d[end].size == d[first].size;)
            end++;
        double t = end - first;
        double rank = 0.5 * (first + 1 + end);
        for (int i = first; i < end; i++)
            s.positive += d[i].is_positive ? rank : 0;
        s.ties += t * t * t - t;
    }
    return s;
}

// Returns the share of sign patterns for which the sum of the positive ranks is not above `sum`, for the ranks 1 to n.
static double exact_tail(int n, int sum)
{
    enum { SUMS = EXACT_MOST * (EXACT_MOST + 1) / 2 + 1 };
    double patterns[SUMS] = {1}; // number of patterns for each sum
    double tail = 0;

    ASSERT(n <= EXACT_MOST && sum >= 0 && sum < SUMS, "%d differences, sum %d", n, sum);
    for (int rank = 1; rank <= n; rank++)
        for (int i = rank * (rank + 1) / 2; i >= rank; i--)
            patterns[i] += patterns[i - rank];
    for (int i = 0; i <= sum; i++)
        tail += patterns[i];
    return ldexp(tail, -n);
}

static double normal_upper_tail(double z)
{
    return 0.5 * erfc(z / sqrt(2));
}

double wilcoxon_signed_rank(const double *d, int n)
{
    struct difference *sorted = mem_new((size_t)n + 1, sizeof *sorted);
    int used = 0;

    for (int i = 0; i < n; i++) {
        ASSERT(!isnan(d[i]), "difference %d is NaN", i);
        if (d[i] != 0)
            sorted[used++] = (struct difference){fabs(d[i]), d[i] > 0};
    }
    struct signed_ranks s = rank_differences(sorted, used);
    free(sorted);
    if (s.n == 0)
        return 1;

    double all = 0.5 * s.n * (s.n + 1.0);
    double smaller = fmin(s.positive, all - s.positive);
    if (s.n <= EXACT_MOST && s.ties == 0 && s.n == n)
        return fmin(2 * exact_tail(s.n, (int)smaller), 1);

    double variance = s.n * (s.n + 1.0) * (2 * s.n + 1.0) / 24 - s.ties / 48;
    return 2 * normal_upper_tail((all / 2 - smaller) / sqrt(variance));
}

// --- several comparisons

struct numbered {
    double p;
    int i;
};

static int compare_numbered(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    return x->p != y->p ? (x->p > y->p) - (x->p < y->p) : x->i - y->i;
}

void holm_adjust(double *p, int n)
{
    struct numbered *sorted = mem_new((size_t)n + 1, sizeof *sorted);
    double largest = 0;

    for (int i = 0; i < n; i++)
        sorted[i] = (struct numbered){p[i], i};
    qsort(sorted, (size_t)n, sizeof *sorted, compare_numbered);
    for (int i = 0; i < n; i++) {
        largest = fmin(fmax(largest, (n - i) * sorted[i].p), 1);
        p[sorted[i].i] = largest;
    }
    free(sorted);
}

void mean_ranks(const double *score, int n, int k, double *rank)
{
    for (int j = 0; j < k; j++)
        rank[j] = 0;

    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            double above = 0, equal = 0;
            for (int other = 0; other < k; other++) {
                above += score[i * k + other] > score[i * k + j];
                equal += score[i * k + other] == score[i * k + j];
            }
            ASSERT(equal >= 1, "score %d of block %d is NaN", j, i);
            rank[j] += (above + 0.5 * (equal + 1)) / n;
        }
}

// --- the range of k standard normal variables

// Returns the probability that the range of k standard normal variables is below q: the integral over the smallest one,
// by Simpson's rule.
static double range_probability(double q, int k)
{
    enum { STEPS = 2000 };
    const double low = -9, high = 9, step = (high - low) / STEPS;
    double sum = 0;

    for (int i = 0; i <= STEPS; i++) {
        double z = low + i * step;
        double density = exp(-0.5 * z * z) / sqrt(2 * acos(-1));
        double within = normal_upper_tail(z) - normal_upper_tail(z + q);
        int weight = i == 0 || i == STEPS ? 1 : 2 + 2 * (i % 2);
        sum += weight * density * pow(within, k - 1);
    }
    return k * sum * step / 3;
}

double nemenyi_critical_difference(int n, int k, double alpha)
{
    enum { HALVINGS = 60 };
    double low = 0, high = 40;

    ASSERT(alpha > 0 && alpha < 1, "level %g", alpha);
    if (n < 1 || k < 2)
        return NAN;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        if (range_probability(middle, k) < 1 - alpha)
            low = middle;
        else
            high = middle;
    }
    return low / sqrt(2) * sqrt(k * (k + 1.0) / (6.0 * n));
}

// Measures how far two arrays agree: by ranks, and at the element that differs most.
#include "metrics/metrics.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

// mid[i] := the midrank of sample i minus the mean rank, so that the sum is 0.
static void centred_midranks(const struct ranking *r, double *mid)
{
    int64_t first = 0;
    for (int64_t g = 0; g < r->groups; g++) {
        for (int64_t i = first; i < r->above[g]; i++)
            mid[r->order[i]] = 0.5 * ((double)first + (double)r->above[g] - (double)r->n);
        first = r->above[g];
    }
    ASSERT(first == r->n, "%lld of %lld samples are in groups", (long long)first, (long long)r->n);
}

// Returns the correlation of two arrays (n) with mean 0; NaN if one is constant.
static double pearson_correlation(const double *a, const double *b, int64_t n)
{
    double ab = 0, aa = 0, bb = 0;
    for (int64_t i = 0; i < n; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa) / sqrt(bb) : NAN;
}

int spearman(const float *a, const float *b, int64_t n, double *rho, struct err *e)
{
    struct ranking *ra = ranking_new(a, NULL, n, e);
    struct ranking *rb = ra ? ranking_new(b, NULL, n, e) : NULL;
    double *ma = rb ? mem_array((size_t)n, sizeof *ma, "ranks", e) : NULL;
    double *mb = ma ? mem_array((size_t)n, sizeof *mb, "ranks", e) : NULL;

    if (mb) {
        centred_midranks(ra, ma);
        centred_midranks(rb, mb);
        *rho = ra->nans || rb->nans ? NAN : pearson_correlation(ma, mb, n);
    }

    int rc = mb ? 0 : -1;
    free(ma);
    free(mb);
    ranking_free(&ra);
    ranking_free(&rb);
    return rc;
}

int rank_vector_set(const float *score, int64_t n, struct rank_vector *out, struct err *e)
{
    struct ranking *r = ranking_new(score, NULL, n, e);
    double *mid = r ? mem_array((size_t)n, sizeof *mid, "ranks", e) : NULL;
    double squares = 0;
    int rc = mid ? 0 : -1;

    ASSERT(n <= 1 << 23, "%lld ranks are not exact in a float", (long long)n);
    if (mid)
        centred_midranks(r, mid);
    for (int64_t i = 0; mid && i < n; i++) {
        out->rank[i] = (float)mid[i];
        squares += mid[i] * mid[i];
    }
    out->norm = mid && !r->nans ? sqrt(squares) : 0;

    free(mid);
    ranking_free(&r);
    return rc;
}

// Adds a vector of ranks, scaled to norm 1, to sum (samples).
static void add_unit_ranks(const struct rank_vector *v, int64_t samples, double *sum)
{
    for (int64_t k = 0; k < samples; k++)
        sum[k] += (double)v->rank[k] / v->norm;
}

// Returns the product of a vector of ranks, scaled to norm 1, with sum (samples).
static double unit_ranks_product(const struct rank_vector *v, int64_t samples, const double *sum)
{
    double product = 0;

    for (int64_t k = 0; k < samples; k++)
        product += (double)v->rank[k] * sum[k];
    return product / v->norm;
}

int mean_rank_correlations(const struct rank_vector *v, int n, int64_t samples, double *mean, struct err *e)
{
    double *sum = mem_array((size_t)samples, sizeof *sum, "ranks", e);
    int counted = 0;

    if (!sum)
        return -1;
    for (int i = 0; i < n; i++)
        if (v[i].norm > 0) {
            add_unit_ranks(&v[i], samples, sum);
            counted++;
        }

    for (int i = 0; i < n; i++) {
        mean[i] = NAN;
        if (!(v[i].norm > 0) || counted < 2)
            continue;
        const double others = unit_ranks_product(&v[i], samples, sum) - 1; // without itself
        mean[i] = nearbyint(1e9 * others / (counted - 1)) / 1e9;
        ASSERT(fabs(mean[i]) <= 1, "a mean correlation of %.17g", mean[i]);
    }
    free(sum);
    return 0;
}

double max_abs_difference(const float *a, const float *b, int64_t n)
{
    double worst = 0;

    for (int64_t i = 0; i < n; i++) {
        double d = fabs((double)a[i] - (double)b[i]);
        if (!(d <= worst))
            worst = d;
        if (isnan(worst))
            break;
    }
    return worst;
}

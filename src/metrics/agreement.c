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

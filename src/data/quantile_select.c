// Computes quantiles of unsorted values, with the same bits as from sorted values.
#include "data/quantile_select.h"

#include "base/err.h"
#include <math.h>

// Reorders v (n) so that v[k] is the value that sorting would put there, no value before it is larger, and no value
// after it is smaller. C. A. R. Hoare's algorithm 65, with the median of three as the pivot.
static void select_element(double *v, int64_t n, int64_t k)
{
    int64_t low = 0, high = n - 1;

    ASSERT(k >= 0 && k < n, "%lld of %lld", (long long)k, (long long)n);
    while (low < high) {
        double a = v[low], b = v[low + (high - low) / 2], c = v[high];
        double pivot = fmax(fmin(a, b), fmin(fmax(a, b), c));
        int64_t i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                double swapped = v[i];
                v[i++] = v[j];
                v[j--] = swapped;
            }
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            return;
    }
}

struct quantile_place quantile_find_place(int64_t n, double share)
{
    double place = (double)(n - 1) * share;
    int64_t k = (int64_t)place;
    return (struct quantile_place){k, k + 1 < n ? place - (double)k : 0};
}

double quantile_between(double below, double above, double rest)
{
    return rest > 0 ? below + (above - below) * rest : below;
}

double quantile_select(double *v, int64_t n, double share, int64_t *from)
{
    struct quantile_place at = quantile_find_place(n, share);

    select_element(v + *from, n - *from, at.k - *from);
    *from = at.k;
    double above = at.rest > 0 ? v[at.k + 1] : v[at.k];
    for (int64_t i = at.k + 2; i < n && at.rest > 0; i++)
        above = v[i] < above ? v[i] : above;
    return quantile_between(v[at.k], above, at.rest);
}

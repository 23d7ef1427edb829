// Finds nearest rows in blocks. A matrix product gives |y|^2 - 2 x y for 256 rows x and a block of rows y. For each x,
// the rows y with the smallest values are candidates. Their distances are computed again, in double.
//
// The product is rounded, so a neighbour may be missing from the candidates. A bound on the rounding error shows
// whether this is possible. If the last neighbour is nearer than any row that is not a candidate can be, the result is
// exact. Otherwise, which happens with many equal distances, all rows are compared in double.
#include "nn/nearest.h"

#include "base/err.h"
#include "base/mem.h"
#include "kernels/kernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, SPARE = 32, GROUP = 16, LANES = 8 };

struct candidate {
    float value; // |y|^2 - 2 x y
    int32_t number;
};

// The candidates of one row x.
struct candidates {
    struct candidate *v; // space for 2 x `most`, borrowed
    int n, most;
    float limit; // only a row with a smaller value becomes a candidate
};

double square_distance(const real *x, const real *y, int n)
{
    double sum[LANES] = {0};
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            double difference = (double)x[i + k] - (double)y[i + k];
            sum[k] += difference * difference;
        }
    for (int k = 0; i < n; i++, k++) {
        double difference = (double)x[i] - (double)y[i];
        sum[k] += difference * difference;
    }

    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

double square_norm(const real *x, int n)
{
    double sum[LANES] = {0};

    for (int i = 0; i < n; i++)
        sum[i % LANES] += (double)x[i] * (double)x[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

// --- candidates

static void swap_candidates(struct candidate *a, struct candidate *b)
{
    struct candidate t = *a;
    *a = *b;
    *b = t;
}

static float middle_value(float a, float b, float c)
{
    float least = a < b ? a : b;
    float greatest = a < b ? b : a;

    if (c < least)
        return least;
    return c < greatest ? c : greatest;
}

// Reorders v (n) so that the first `keep` elements have the smallest values (C. A. R. Hoare 1961, "Algorithm 65:
// Find").
static void select_smallest(struct candidate *v, int n, int keep)
{
    int first = 0, last = n - 1;

    ASSERT(keep > 0 && keep <= n, "%d of %d candidates", keep, n);
    while (first < last) {
        float pivot = middle_value(v[first].value, v[(first + last) / 2].value, v[last].value);
        int i = first, j = last;
        while (i <= j) {
            while (v[i].value < pivot)
                i++;
            while (v[j].value > pivot)
                j--;
            if (i <= j)
                swap_candidates(&v[i++], &v[j--]);
        }
        if (keep - 1 <= j)
            last = j;
        else if (keep - 1 >= i)
            first = i;
        else
            return;
    }
}

// Keeps the `most` best candidates and lowers the limit.
static void drop_worst(struct candidates *c)
{
    if (c->n <= c->most)
        return;

    select_smallest(c->v, c->n, c->most);
    c->n = c->most;
    c->limit = c->v[0].value;
    for (int i = 1; i < c->n; i++)
        c->limit = c->v[i].value > c->limit ? c->v[i].value : c->limit;
}

static void add_candidates(struct candidates *c, int n, const float *value, int first)
{
    for (int i = 0; i < n; i++) {
        if (!(value[i] < c->limit))
            continue;
        c->v[c->n++] = (struct candidate){value[i], first + i};
        if (c->n == 2 * c->most)
            drop_worst(c);
    }
}

static float smallest_of_group(const float *value)
{
    float least[4] = {value[0], value[1], value[2], value[3]};

    for (int i = 4; i < GROUP; i += 4)
        for (int k = 0; k < 4; k++)
            least[k] = value[i + k] < least[k] ? value[i + k] : least[k];

    float a = least[0] < least[1] ? least[0] : least[1];
    float b = least[2] < least[3] ? least[2] : least[3];
    return a < b ? a : b;
}

// Adds candidates from the n rows that begin with row `first`. `product` are their products with x, `square` their
// squared norms.
static void scan_block(struct candidates *c, int n, const real *square, const real *product, int first)
{
    float value[BLOCK];

    ASSERT(n <= BLOCK, "%d rows", n);
    for (int i = 0; i < n; i++)
        value[i] = (float)(square[i] - 2 * product[i]);

    int i = 0;
    for (; i + GROUP <= n; i += GROUP)
        if (smallest_of_group(value + i) < c->limit)
            add_candidates(c, GROUP, value + i, first + i);
    add_candidates(c, n - i, value + i, first + i);
}

// --- exact neighbours

static int compare_nearest(const void *a, const void *b)
{
    const struct nearest_row *x = a, *y = b;

    if (x->square != y->square)
        return x->square < y->square ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

// Returns an upper bound on the error of a candidate's value. It is gamma_n of Higham (2002, "Accuracy and stability of
// numerical algorithms", section 3.1) for the product, plus the rounding of the norm and of the difference. Only rows
// of length up to |x| + `distance` need the bound, because longer rows are farther away than `distance`.
static double value_error(int columns, double norm, double distance)
{
    double length = 2 * norm + distance;

    return (2.0 * columns + 16) * 0x1p-24 * length * length;
}

// Finds the `wanted` nearest rows by comparing x with all rows.
static void search_all(const struct nearest_set *set, const real *x, int wanted, struct nearest_row *found)
{
    int n = 0;

    for (int32_t i = 0; i < set->rows; i++) {
        double square = square_distance(x, set->row + (size_t)i * (size_t)set->columns, set->columns);
        if (n == wanted && !(square < found[n - 1].square))
            continue;
        int at = n < wanted ? n++ : n - 1;
        for (; at > 0 && square < found[at - 1].square; at--)
            found[at] = found[at - 1];
        found[at] = (struct nearest_row){square, i};
    }
    ASSERT(n == wanted, "%d of %d neighbours", n, wanted);
}

// Sets the first `wanted` elements of `found`, which has space for all candidates, to the nearest rows.
static void settle_candidates(const struct nearest_set *set, const real *x, double norm, struct candidates *c,
    int wanted, struct nearest_row *found)
{
    drop_worst(c);
    for (int i = 0; i < c->n; i++) {
        const real *row = set->row + (size_t)c->v[i].number * (size_t)set->columns;
        found[i] = (struct nearest_row){square_distance(x, row, set->columns), c->v[i].number};
    }
    qsort(found, (size_t)c->n, sizeof *found, compare_nearest);

    bool is_exact = c->n == set->rows;
    if (!is_exact && c->n >= wanted) {
        double last = found[wanted - 1].square, least = (double)c->limit + norm * norm;
        is_exact = last < least - value_error(set->columns, norm, sqrt(last));
    }
    if (!is_exact)
        search_all(set, x, wanted, found);
}

// Copies the k nearest rows. With `leaves_out`, skips the first one if it is equal to x.
static void copy_nearest(const struct nearest_row *found, int k, bool leaves_out, struct nearest_row *out)
{
    bool is_itself = leaves_out && found[0].square == 0;

    memcpy(out, found + is_itself, (size_t)k * sizeof *out);
}

static void forget_nearest(struct nearest_row *out, int k)
{
    for (int i = 0; i < k; i++)
        out[i] = (struct nearest_row){INFINITY, -1};
}

void nearest_find(
    const struct nearest_set *set, int queries, const real *x, int k, bool leaves_out, struct nearest_row *out)
{
    const size_t columns = (size_t)set->columns;
    int wanted = k + leaves_out, most = wanted + SPARE;

    ASSERT(queries <= NEAREST_QUERIES && k > 0 && wanted <= set->rows, "%d of %d rows", wanted, set->rows);
    real *product = mem_new((size_t)NEAREST_QUERIES * BLOCK, sizeof *product);
    struct candidate *all = mem_new((size_t)queries * 2 * (size_t)most, sizeof *all);
    struct nearest_row *found = mem_new((size_t)most, sizeof *found);
    struct candidates c[NEAREST_QUERIES];
    for (int i = 0; i < queries; i++)
        c[i] = (struct candidates){.v = all + (size_t)i * 2 * (size_t)most, .most = most, .limit = INFINITY};

    for (int first = 0; first < set->rows; first += BLOCK) {
        int n = set->rows - first < BLOCK ? set->rows - first : BLOCK;
        gemm((struct gemm_shape){false, true, queries, n, set->columns}, x, set->row + (size_t)first * columns, 0,
            product);
        for (int i = 0; i < queries; i++)
            scan_block(&c[i], n, set->square + first, product + (size_t)i * (size_t)n, first);
    }

    for (int i = 0; i < queries; i++) {
        const real *query = x + (size_t)i * columns;
        double norm = sqrt(square_norm(query, set->columns));
        if (isfinite(norm)) {
            settle_candidates(set, query, norm, &c[i], wanted, found);
            copy_nearest(found, k, leaves_out, out + (size_t)i * (size_t)k);
        } else {
            forget_nearest(out + (size_t)i * (size_t)k, k);
        }
    }

    free(product);
    free(all);
    free(found);
}

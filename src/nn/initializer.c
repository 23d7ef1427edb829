// Initial weights: Glorot and Bengio 2010, He et al. 2015, LeCun et al. 1998, uniform and normal (truncated at two
// deviations, as in Keras); orthogonal ones (Saxe et al. 2014).
#include "nn/nn_impl.h"

#include "base/mem.h"
#include "base/random.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const initializer_names[] = {"zeros", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal",
    "lecun_uniform", "lecun_normal", "orthogonal", "constant", NULL};
_Static_assert(sizeof initializer_names / sizeof *initializer_names == INITIALIZER_NAMED + 1, "a name for each");

// A standard normal number by Box-Muller's method, from two numbers of 32 bits.
static double box_muller(uint32_t radius, double trigonometric)
{
    return sqrt(-2 * log(((double)radius + 0.5) * 0x1p-32)) * trigonometric;
}

// A standard normal number truncated at two deviations: the first of four (then of four more) that is inside.
static double truncated_normal(uint64_t seed, uint32_t block, uint64_t index)
{
    for (uint32_t attempt = 0;; attempt++) {
        struct random_block r = random_at(seed, RANDOM_WEIGHTS, block << 8 | attempt, index);
        for (int i = 0; i < 4; i += 2) {
            double angle = 2 * M_PI * ((double)r.v[i + 1] * 0x1p-32);
            double x = box_muller(r.v[i], cos(angle)), y = box_muller(r.v[i], sin(angle));
            if (fabs(x) < 2)
                return x;
            if (fabs(y) < 2)
                return y;
        }
    }
}

static double uniform(uint64_t seed, uint32_t block, uint64_t index)
{
    return 2 * ((double)random_at(seed, RANDOM_WEIGHTS, block << 8, index).v[0] + 0.5) * 0x1p-32 - 1;
}

// v (n) := v - its part along q, for each of the `count` unit vectors q (count, n)
static void remove_parts(int count, int n, const double *q, double *v)
{
    for (int k = 0; k < count; k++, q += n) {
        double along = 0;
        for (int i = 0; i < n; i++)
            along += q[i] * v[i];
        for (int i = 0; i < n; i++)
            v[i] -= along * q[i];
    }
}

// q (count, n), count <= n: normal numbers made orthonormal by Gram and Schmidt's method, twice for its rounding. The
// diagonal of R is positive so, as Keras makes it.
static void orthonormal(int count, int n, uint64_t seed, uint32_t block, double *q)
{
    for (int k = 0; k < count; k++) {
        double *v = q + (size_t)k * (size_t)n, length = 0;
        for (int i = 0; i < n; i++) {
            uint64_t index = (uint64_t)k * (uint64_t)n + (uint64_t)i;
            struct random_block r = random_at(seed, RANDOM_WEIGHTS, block << 8, index);
            v[i] = box_muller(r.v[0], cos(2 * M_PI * ((double)r.v[1] * 0x1p-32)));
        }
        remove_parts(k, n, q, v);
        remove_parts(k, n, q, v);
        for (int i = 0; i < n; i++)
            length += v[i] * v[i];
        for (int i = 0; i < n; i++)
            v[i] /= sqrt(length);
    }
}

// The last dimension of the block by all others: orthonormal rows or columns, whichever are fewer.
static void orthogonal(const struct block *b, uint64_t seed, uint32_t number, real *w)
{
    int columns = b->dims[b->rank - 1], rows = (int)(b->count / (size_t)columns);
    bool wide = columns > rows;
    int count = wide ? rows : columns, n = wide ? columns : rows;
    double *q = mem_new(b->count, sizeof *q); // (count, n)
    orthonormal(count, n, seed, number, q);
    for (size_t i = 0; i < (size_t)rows; i++)
        for (size_t j = 0; j < (size_t)columns; j++)
            w[i * (size_t)columns + j] = (real)(wide ? q[i * (size_t)n + j] : q[j * (size_t)n + i]);
    free(q);
}

static double variance(const struct block *b)
{
    switch ((enum initializer)b->initializer) {
    case HE_UNIFORM:
    case HE_NORMAL:
        return 2.0 / b->fan_in;
    case LECUN_UNIFORM:
    case LECUN_NORMAL:
        return 1.0 / b->fan_in;
    default:
        return 2.0 / (b->fan_in + b->fan_out);
    }
}

static double element(const struct block *b, uint64_t seed, uint32_t number, size_t i)
{
    static const double truncated_deviation = 0.87962566103423978; // of the standard normal cut at two deviations
    switch ((enum initializer)b->initializer) {
    case GLOROT_UNIFORM:
    case HE_UNIFORM:
    case LECUN_UNIFORM:
        return sqrt(3 * variance(b)) * uniform(seed, number, i);
    case GLOROT_NORMAL:
    case HE_NORMAL:
    case LECUN_NORMAL:
        return sqrt(variance(b)) / truncated_deviation * truncated_normal(seed, number, i);
    case INITIALIZER_CONSTANT:
        return b->start;
    case INITIALIZER_FORGET_GATE:
        return i >= b->count / 4 && i < b->count / 2;
    default:
        return 0;
    }
}

void model_initialize(const struct model *m, uint64_t seed, real *w)
{
    uint32_t number = 0;
    memset(w, 0, m->parameters * sizeof *w);
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++, number++) {
            const struct block *b = &m->layers[i].blocks[k];
            if (b->initializer == ORTHOGONAL)
                orthogonal(b, seed, number, w + b->offset);
            for (size_t p = 0; p < b->count && b->initializer != ORTHOGONAL; p++)
                w[b->offset + p] = (real)element(b, seed, number, p);
        }
}

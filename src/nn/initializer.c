// Initializes weights as in Glorot and Bengio 2010, He et al. 2015, and LeCun et al. 1998, from a uniform or a normal
// distribution (truncated at two deviations, as in Keras). Other choices are orthogonal matrices (Saxe et al. 2014) and
// constants. Every random number depends only on the seed, its block and its place in the block.
#include "nn/nn_impl.h"

#include "base/mem.h"
#include "base/random.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const initializer_names[] = {"zeros", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal",
    "lecun_uniform", "lecun_normal", "orthogonal", "constant", NULL};
_Static_assert(sizeof initializer_names / sizeof *initializer_names == INITIALIZER_NAMED + 1, "a name for each");

// Returns a standard normal number by the method of Box and Muller. `radius` is 32 random bits, and `trigonometric` is
// the cosine or sine of a random angle.
static double box_muller(uint32_t radius, double trigonometric)
{
    return sqrt(-2 * log(((double)radius + 0.5) * 0x1p-32)) * trigonometric;
}

// Returns a standard normal number truncated at two deviations. Draws random blocks, which give four numbers each,
// until a number is within the limits.
static double truncated_normal(uint64_t seed, uint32_t block, uint64_t index)
{
    for (uint32_t attempt = 0;; attempt++) {
        struct random_block r = random_at(seed, RANDOM_WEIGHTS, block << 8 | attempt, index);
        for (int i = 0; i < 4; i += 2) {
            double angle = 2 * M_PI * ((double)r.v[i + 1] * 0x1p-32);
            double x = box_muller(r.v[i], cos(angle));
            double y = box_muller(r.v[i], sin(angle));
            if (fabs(x) < 2)
                return x;
            if (fabs(y) < 2)
                return y;
        }
    }
}

// Returns a uniform number in (-1, 1).
static double uniform_number(uint64_t seed, uint32_t block, uint64_t index)
{
    return 2 * ((double)random_at(seed, RANDOM_WEIGHTS, block << 8, index).v[0] + 0.5) * 0x1p-32 - 1;
}

// v (n) := v minus its projections on the `count` orthonormal vectors q (count, n)
static void remove_parts_along(int count, int n, const double *q, double *v)
{
    for (int k = 0; k < count; k++, q += n) {
        double along = 0;
        for (int i = 0; i < n; i++)
            along += q[i] * v[i];
        for (int i = 0; i < n; i++)
            v[i] -= along * q[i];
    }
}

// q (count, n) := normal random vectors, made orthonormal by the method of Gram and Schmidt; count <= n. The method is
// applied twice because of rounding. In terms of the QR decomposition, the diagonal of R is positive, as in Keras.
static void fill_orthonormal(int count, int n, uint64_t seed, uint32_t block, double *q)
{
    ASSERT(count <= n, "%d vectors of %d elements", count, n);
    for (int k = 0; k < count; k++) {
        double *v = q + (size_t)k * (size_t)n;
        double length = 0;
        for (int i = 0; i < n; i++) {
            uint64_t index = (uint64_t)k * (uint64_t)n + (uint64_t)i;
            struct random_block r = random_at(seed, RANDOM_WEIGHTS, block << 8, index);
            v[i] = box_muller(r.v[0], cos(2 * M_PI * ((double)r.v[1] * 0x1p-32)));
        }

        remove_parts_along(k, n, q, v);
        remove_parts_along(k, n, q, v);
        for (int i = 0; i < n; i++)
            length += v[i] * v[i];
        for (int i = 0; i < n; i++)
            v[i] /= sqrt(length);
    }
}

// Fills w with a matrix that has orthonormal rows or columns, whichever are fewer. Its columns are the last dimension
// of the block, its rows all other dimensions.
static void fill_orthogonal(const struct block *b, uint64_t seed, uint32_t number, real *w)
{
    const size_t columns = (size_t)b->dims[b->rank - 1], rows = b->count / columns;
    const size_t count = columns > rows ? rows : columns;
    const size_t n = columns > rows ? columns : rows;
    ASSERT(rows * columns == b->count, "%zu x %zu of %zu", rows, columns, b->count);

    double *q = mem_new(b->count, sizeof *q); // (count, n)
    fill_orthonormal((int)count, (int)n, seed, number, q);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            w[i * columns + j] = (real)(columns > rows ? q[i * n + j] : q[j * n + i]);
    free(q);
}

static double initial_variance(const struct block *b)
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

// Returns element i of a block, for any initializer but `orthogonal`.
static double initial_element(const struct block *b, uint64_t seed, uint32_t number, size_t i)
{
    static const double truncated_deviation = 0.87962566103423978; // of the standard normal, cut at two deviations
    ASSERT(i < b->count, "%zu of %zu", i, b->count);

    switch ((enum initializer)b->initializer) {
    case GLOROT_UNIFORM:
    case HE_UNIFORM:
    case LECUN_UNIFORM:
        return sqrt(3 * initial_variance(b)) * uniform_number(seed, number, i);
    case GLOROT_NORMAL:
    case HE_NORMAL:
    case LECUN_NORMAL:
        return sqrt(initial_variance(b)) / truncated_deviation * truncated_normal(seed, number, i);
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
            ASSERT(b->offset + b->count <= m->parameters, "%zu + %zu", b->offset, b->count);
            if (b->initializer == ORTHOGONAL)
                fill_orthogonal(b, seed, number, w + b->offset);
            for (size_t p = 0; p < b->count && b->initializer != ORTHOGONAL; p++)
                w[b->offset + p] = (real)initial_element(b, seed, number, p);
        }
}

// Losses with their gradients, one pass over output and target. Means are over the features of a row, as in Keras.
#include "kernels/loops.h"

enum { STRETCH = 4096 }; // elements summed as `real` before they are added up in double

// The loss of a matrix from name_stretch. Without a wish for the rows' losses the matrix is one stretch after another:
// narrow rows would leave most of a vector idle.
#define DEFINE_LOSS_OF_ROWS(name)                                                                    \
    static double name(int M, int O, const real *y, const real *t, real scale, real *dy, float *row) \
    {                                                                                                \
        size_t all = (size_t)M * (size_t)O, length = row ? (size_t)O : STRETCH;                      \
        double total = 0;                                                                            \
        for (size_t at = 0; at < all; at += length) {                                                \
            size_t n = all - at < length ? all - at : length;                                        \
            double mean = (double)name##_stretch(n, y + at, t + at, scale, dy ? dy + at : NULL) / O; \
            if (row)                                                                                 \
                row[at / length] = (float)mean;                                                      \
            total += mean;                                                                           \
        }                                                                                            \
        return total;                                                                                \
    }

// A loss whose VALUE and SLOPE are expressions of yi, ti and what BEFORE computes from them.
#define DEFINE_LOSS(name, BEFORE, VALUE, SLOPE)                                                                  \
    static inline __attribute__((always_inline))                                                                 \
    real name##_stretch(size_t n, const real *restrict y, const real *restrict t, real scale, real *restrict dy) \
    {                                                                                                            \
        real sum = 0;                                                                                            \
        if (dy)                                                                                                  \
            for (size_t i = 0; i < n; i++) {                                                                     \
                real yi = y[i], ti = t[i];                                                                       \
                BEFORE;                                                                                          \
                sum += VALUE;                                                                                    \
                dy[i] = scale * (SLOPE);                                                                         \
            }                                                                                                    \
        else                                                                                                     \
            for (size_t i = 0; i < n; i++) {                                                                     \
                real yi = y[i], ti = t[i];                                                                       \
                BEFORE;                                                                                          \
                sum += VALUE;                                                                                    \
            }                                                                                                    \
        return sum;                                                                                              \
    }                                                                                                            \
    DEFINE_LOSS_OF_ROWS(name)

DEFINE_LOSS(mse, real d = yi - ti, d *d, 2 * d)
DEFINE_LOSS(mae, real d = yi - ti, REAL(fabs)(d), (d > 0 ? (real)1 : 0) - (d < 0 ? (real)1 : 0))
enum { LANES = 64 / sizeof(real), FACTORS = 512 };
typedef real lanes __attribute__((vector_size(64), aligned(sizeof(real))));

// The sum of the logarithms of v[0..n), n <= FACTORS, each in [1, 2]: one logarithm of a product in each lane, which is
// at most 2^(FACTORS / LANES).
static inline real log_sum(size_t n, const real *v)
{
    lanes product = *(const lanes *)v;
    for (size_t i = LANES; i < n; i += LANES)
        product *= *(const lanes *)(v + i);
    real sum = 0;
    for (size_t j = 0; j < LANES; j++)
        sum += REAL(log)(product[j]);
    return sum;
}

// Logits z: max(z, 0) - z t + log(1 + e) with e = exp(-|z|), which is in range for every z; sigmoid(z) comes from the
// same e. (z + |z|) / 2 is max(z, 0), exactly, and not a branch that would keep the loop from vectorising.
static inline real cross_entropy_stretch(
    size_t n, const real *restrict z, const real *restrict t, real scale, real *restrict dz)
{
    real sum = 0, factor[FACTORS + LANES] __attribute__((aligned(64)));
    for (size_t at = 0; at < n; at += FACTORS, z += FACTORS, t += FACTORS, dz = dz ? dz + FACTORS : NULL) {
        size_t m = n - at < FACTORS ? n - at : FACTORS;
        for (size_t i = 0; i < m; i++) {
            real size = REAL(fabs)(z[i]), e = REAL(exp)(-size);
            factor[i] = 1 + e;
            sum += (z[i] + size) / 2 - z[i] * t[i];
            if (dz)
                dz[i] = scale * ((z[i] > 0 ? 1 : e) / factor[i] - t[i]);
        }
        for (size_t i = m; i < m + LANES; i++)
            factor[i] = 1;
        sum += log_sum(m, factor);
    }
    return sum;
}
DEFINE_LOSS_OF_ROWS(cross_entropy)

void LOOP(loss_loops)(struct kernels *k)
{
    k->mse = mse;
    k->mae = mae;
    k->cross_entropy = cross_entropy;
}

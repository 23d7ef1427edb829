// Losses with their gradients, one pass over output and target. Means are over the features of a row, as in Keras.
#include "kernels/loops.h"

enum { STRETCH = 4096 }; // elements summed as `real` before they are added up in double

// One function a loss: VALUE and SLOPE are expressions of y, t and what BEFORE computes from them. Without a wish for
// the rows' losses the matrix is one stretch after another: narrow rows would leave most of a vector idle.
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
    static double name(int M, int O, const real *y, const real *t, real scale, real *dy, float *row)             \
    {                                                                                                            \
        size_t all = (size_t)M * (size_t)O, length = row ? (size_t)O : STRETCH;                                  \
        double total = 0;                                                                                        \
        for (size_t at = 0; at < all; at += length) {                                                            \
            size_t n = all - at < length ? all - at : length;                                                    \
            double mean = (double)name##_stretch(n, y + at, t + at, scale, dy ? dy + at : NULL) / O;             \
            if (row)                                                                                             \
                row[at / length] = (float)mean;                                                                  \
            total += mean;                                                                                       \
        }                                                                                                        \
        return total;                                                                                            \
    }

DEFINE_LOSS(mse, real d = yi - ti, d *d, 2 * d)
DEFINE_LOSS(mae, real d = yi - ti, REAL(fabs)(d), (d > 0 ? (real)1 : 0) - (d < 0 ? (real)1 : 0))
// max(z, 0) - z t + log(1 + e) with e = exp(-|z|), which is in range for every z; sigmoid(z) comes from the same e. (z
// + |z|) / 2 is max(z, 0), exactly, and not a branch that would keep the loop from vectorising.
DEFINE_LOSS(cross_entropy, real size = REAL(fabs)(yi);
            real e = REAL(exp)(-size), (yi + size) / 2 - yi * ti + REAL(log)(1 + e), (yi > 0 ? 1 : e) / (1 + e) - ti)

void LOOP(loss_loops)(struct kernels *k)
{
    k->mse = mse;
    k->mae = mae;
    k->cross_entropy = cross_entropy;
}

// Losses with their gradients, one pass over output and target. Means are over the features of a row, as in Keras.
#include "kernels/loops.h"

// One function a loss: VALUE and SLOPE are expressions of y, t and what BEFORE computes from them.
#define DEFINE_LOSS(name, BEFORE, VALUE, SLOPE)                                                                     \
    static double name(int M, int O, const real *restrict y, const real *restrict t, real scale, real *restrict dy, \
        float *restrict row)                                                                                        \
    {                                                                                                               \
        double total = 0;                                                                                           \
        for (int i = 0; i < M; i++) {                                                                               \
            size_t at = (size_t)i * (size_t)O;                                                                      \
            real sum = 0;                                                                                           \
            if (dy)                                                                                                 \
                for (int j = 0; j < O; j++) {                                                                       \
                    real yj = y[at + (size_t)j], tj = t[at + (size_t)j];                                            \
                    BEFORE;                                                                                         \
                    sum += VALUE;                                                                                   \
                    dy[at + (size_t)j] = scale * (SLOPE);                                                           \
                }                                                                                                   \
            else                                                                                                    \
                for (int j = 0; j < O; j++) {                                                                       \
                    real yj = y[at + (size_t)j], tj = t[at + (size_t)j];                                            \
                    BEFORE;                                                                                         \
                    sum += VALUE;                                                                                   \
                }                                                                                                   \
            double mean = (double)sum / O;                                                                          \
            if (row)                                                                                                \
                row[i] = (float)mean;                                                                               \
            total += mean;                                                                                          \
        }                                                                                                           \
        return total;                                                                                               \
    }

DEFINE_LOSS(mse, real d = yj - tj, d *d, 2 * d)
DEFINE_LOSS(mae, real d = yj - tj, REAL(fabs)(d), (d > 0 ? (real)1 : 0) - (d < 0 ? (real)1 : 0))
// With e = exp(-|z|): log(1 + exp(-z)) needs no case where z is large, and sigmoid(z) comes from the same e.
DEFINE_LOSS(cross_entropy, real e = REAL(exp)(-REAL(fabs)(yj)), (yj > 0 ? yj : 0) - yj * tj + REAL(log)(1 + e),
    (yj > 0 ? 1 : e) / (1 + e) - tj)

void LOOP(loss_loops)(struct kernels *k)
{
    k->mse = mse;
    k->mae = mae;
    k->cross_entropy = cross_entropy;
}

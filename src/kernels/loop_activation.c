// Activations and their derivatives, which are computed from the output if that determines them; also the filling of
// rows with a bias (before a matrix product is added) and the sum over rows (the gradient of the bias).
#include "kernels/kernels_impl.h"

// elu and selu as published, leaky_relu as in Keras
static const real elu_alpha = 1, leaky_slope = (real)0.2, selu_scale = (real)1.0507009873554805,
                  selu_scale_alpha = (real)1.7580993408473766;
// 1 / sqrt(2), 1 / sqrt(2 pi)
static const real root_half = (real)0.70710678118654752, bell_height = (real)0.39894228040143268;

static void fill_rows_loop(int M, int O, const real *restrict bias, real *restrict y)
{
    ASSERT(M >= 0 && O > 0, "%d x %d", M, O);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < O; j++)
            y[(size_t)i * (size_t)O + (size_t)j] = bias[j];
}

// Subtracts the largest element first, so that no exp overflows.
static void softmax_vector(size_t n, real *restrict y)
{
    real largest = n ? y[0] : 0, sum = 0;

    for (size_t i = 0; i < n; i++)
        largest = y[i] > largest ? y[i] : largest;

    for (size_t i = 0; i < n; i++) {
        y[i] = REAL(exp)(y[i] - largest);
        sum += y[i];
    }

    for (size_t i = 0; i < n; i++)
        y[i] /= sum;
}

static void softmax_vector_backward(size_t n, const real *restrict y, real *restrict dy)
{
    real sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += y[i] * dy[i];

    for (size_t i = 0; i < n; i++)
        dy[i] = y[i] * (dy[i] - sum);
}

// y := f(y). Comparisons are written as x < 0 ? 0 : x instead of fmax, because a NaN must stay NaN, or a diverged trial
// would look healthy.
static void activate_loop(enum activation f, size_t n, real *restrict y)
{
    ASSERT((unsigned)f < ACTIVATION_COUNT, "%d", (int)f);
    switch (f) {
    case RELU:
        for (size_t i = 0; i < n; i++)
            y[i] = y[i] < 0 ? 0 : y[i];
        break;
    case LEAKY_RELU:
        for (size_t i = 0; i < n; i++)
            y[i] = y[i] < 0 ? leaky_slope * y[i] : y[i];
        break;
    case ELU:
        for (size_t i = 0; i < n; i++) {
            real e = elu_alpha * (REAL(exp)(y[i] < 0 ? y[i] : 0) - 1);
            y[i] = y[i] < 0 ? e : y[i];
        }
        break;
    case SELU:
        for (size_t i = 0; i < n; i++) {
            real e = selu_scale_alpha * (REAL(exp)(y[i] < 0 ? y[i] : 0) - 1);
            y[i] = y[i] < 0 ? e : selu_scale * y[i];
        }
        break;
    case SIGMOID:
        for (size_t i = 0; i < n; i++)
            y[i] = 1 / (1 + REAL(exp)(-y[i]));
        break;
    case TANH: // by exp, because the oldest systems that we support have no vector tanh in glibc
        for (size_t i = 0; i < n; i++) {
            real e = REAL(exp)(-2 * REAL(fabs)(y[i]));
            y[i] = REAL(copysign)((1 - e) / (1 + e), y[i]);
        }
        break;
    case SOFTPLUS:
        for (size_t i = 0; i < n; i++)
            y[i] = (y[i] < 0 ? 0 : y[i]) + REAL(log)(1 + REAL(exp)(-REAL(fabs)(y[i])));
        break;
    case HARD_SIGMOID:
        for (size_t i = 0; i < n; i++) {
            real t = y[i] / 6 + (real)0.5;
            y[i] = t < 0 ? 0 : t > 1 ? 1 : t;
        }
        break;
    case GELU:
        for (size_t i = 0; i < n; i++)
            y[i] *= (1 + REAL(erf)(root_half * y[i])) / 2;
        break;
    case SILU:
        for (size_t i = 0; i < n; i++)
            y[i] *= 1 / (1 + REAL(exp)(-y[i]));
        break;
    case SOFTMAX:
        softmax_vector(n, y);
        break;
    case LINEAR:
    case ACTIVATION_COUNT:
        break;
    }
}

static void activate_backward_loop(enum activation f, size_t n, const real *restrict y, real *restrict dy)
{
    ASSERT((unsigned)f < ACTIVATION_COUNT, "%d", (int)f);
    switch (f) {
    case RELU:
        for (size_t i = 0; i < n; i++)
            dy[i] = y[i] > 0 ? dy[i] : 0;
        break;
    case LEAKY_RELU:
        for (size_t i = 0; i < n; i++)
            dy[i] = y[i] > 0 ? dy[i] : leaky_slope * dy[i];
        break;
    case ELU:
        for (size_t i = 0; i < n; i++)
            dy[i] *= y[i] > 0 ? 1 : y[i] + elu_alpha;
        break;
    case SELU:
        for (size_t i = 0; i < n; i++)
            dy[i] *= y[i] > 0 ? selu_scale : y[i] + selu_scale_alpha;
        break;
    case SIGMOID:
        for (size_t i = 0; i < n; i++)
            dy[i] *= y[i] * (1 - y[i]);
        break;
    case TANH:
        for (size_t i = 0; i < n; i++)
            dy[i] *= 1 - y[i] * y[i];
        break;
    case SOFTPLUS: // sigmoid(z) = 1 - exp(-y)
        for (size_t i = 0; i < n; i++)
            dy[i] *= 1 - REAL(exp)(-y[i]);
        break;
    case HARD_SIGMOID:
        for (size_t i = 0; i < n; i++)
            dy[i] = y[i] > 0 && y[i] < 1 ? dy[i] / 6 : 0;
        break;
    case GELU: // y holds the input z; the slope is Phi(z) + z Phi'(z)
        for (size_t i = 0; i < n; i++) {
            real bell = bell_height * REAL(exp)(-y[i] * y[i] / 2);
            dy[i] *= (1 + REAL(erf)(root_half * y[i])) / 2 + y[i] * bell;
        }
        break;
    case SILU: // y holds the input z
        for (size_t i = 0; i < n; i++) {
            real s = 1 / (1 + REAL(exp)(-y[i]));
            dy[i] *= s * (1 + y[i] * (1 - s));
        }
        break;
    case SOFTMAX:
        softmax_vector_backward(n, y, dy);
        break;
    case LINEAR:
    case ACTIVATION_COUNT:
        break;
    }
}

static void slopes_loop(
    enum activation f, size_t n, const real *restrict z, real *restrict first, real *restrict second)
{
    ASSERT(activation_is_smooth(f), "%d", (int)f);

    switch (f) {
    case SIGMOID:
        for (size_t i = 0; i < n; i++) {
            real s = 1 / (1 + REAL(exp)(-z[i]));
            first[i] = s * (1 - s);
            second[i] = s * (1 - s) * (1 - 2 * s);
        }
        break;
    case TANH: // 1 - t^2 = 4 e / (1 + e)^2
        for (size_t i = 0; i < n; i++) {
            real e = REAL(exp)(-2 * REAL(fabs)(z[i])), t = REAL(copysign)((1 - e) / (1 + e), z[i]);
            first[i] = 4 * e / ((1 + e) * (1 + e));
            second[i] = -2 * t * first[i];
        }
        break;
    case SOFTPLUS:
        for (size_t i = 0; i < n; i++) {
            real s = 1 / (1 + REAL(exp)(-z[i]));
            first[i] = s;
            second[i] = s * (1 - s);
        }
        break;
    case GELU:
        for (size_t i = 0; i < n; i++) {
            real bell = bell_height * REAL(exp)(-z[i] * z[i] / 2);
            first[i] = (1 + REAL(erf)(root_half * z[i])) / 2 + z[i] * bell;
            second[i] = (2 - z[i] * z[i]) * bell;
        }
        break;
    case SILU:
        for (size_t i = 0; i < n; i++) {
            real s = 1 / (1 + REAL(exp)(-z[i]));
            first[i] = s * (1 + z[i] * (1 - s));
            second[i] = s * (1 - s) * (2 + z[i] * (1 - 2 * s));
        }
        break;
    default: // linear
        for (size_t i = 0; i < n; i++) {
            first[i] = 1;
            second[i] = 0;
        }
    }
}

// Takes four rows at a time, so that `sum` is loaded and stored a quarter as often.
static void sum_rows_loop(int M, int O, const real *restrict a, real *restrict sum)
{
    ASSERT(M >= 0 && O > 0, "%d x %d", M, O);
    size_t o = (size_t)O;
    int i = 0;

    for (size_t j = 0; j < o; j++)
        sum[j] = 0;

    for (; i + 4 <= M; i += 4, a += 4 * o)
        for (size_t j = 0; j < o; j++)
            sum[j] += (a[j] + a[o + j]) + (a[2 * o + j] + a[3 * o + j]);

    for (; i < M; i++, a += o)
        for (size_t j = 0; j < o; j++)
            sum[j] += a[j];
}

void LOOP(activation_loops)(struct kernels *k)
{
    k->fill_rows = fill_rows_loop;
    k->activate = activate_loop;
    k->activate_backward = activate_backward_loop;
    k->slopes = slopes_loop;
    k->sum_rows = sum_rows_loop;
}

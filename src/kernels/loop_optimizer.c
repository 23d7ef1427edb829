// One step of each optimizer on a stretch of the flat parameter vector, by the formulas of Keras; penalties of weights;
// clipping of gradients.
#include "kernels/kernels_impl.h"

static void penalize_loop(size_t n, const real *restrict w, real l1, real l2, real *restrict g)
{
    for (size_t i = 0; i < n; i++)
        g[i] += l1 * ((w[i] > 0 ? (real)1 : 0) - (w[i] < 0 ? (real)1 : 0)) + 2 * l2 * w[i];
}

// g := g * factor, then cut to -limit..limit if limit > 0. A NaN stays NaN.
static void clip_loop(size_t n, real factor, real limit, real *restrict g)
{
    for (size_t i = 0; i < n; i++)
        g[i] *= factor;
    if (limit > 0)
        for (size_t i = 0; i < n; i++)
            g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
}

static double square_sum_loop(size_t n, const real *restrict g)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)g[i] * (double)g[i];
    return sum;
}

// velocity := momentum velocity - rate g. The step is the velocity or, with Nesterov's look-ahead (Sutskever et al.
// 2013), momentum velocity - rate g. `velocity` is used only if there is momentum.
static void sgd_loop(size_t n, real *restrict w, const real *restrict g, real *const *state, const struct update *u)
{
    real *restrict velocity = state[0];
    const real rate = (real)u->learning_rate, momentum = (real)u->momentum;

    if (momentum == 0)
        for (size_t i = 0; i < n; i++)
            w[i] -= rate * g[i];
    else if (u->nesterov)
        for (size_t i = 0; i < n; i++) {
            velocity[i] = momentum * velocity[i] - rate * g[i];
            w[i] += momentum * velocity[i] - rate * g[i];
        }
    else
        for (size_t i = 0; i < n; i++) {
            velocity[i] = momentum * velocity[i] - rate * g[i];
            w[i] += velocity[i];
        }
}

// Duchi et al. 2011.
static void adagrad_loop(size_t n, real *restrict w, const real *restrict g, real *const *state, const struct update *u)
{
    real *restrict sum = state[0];
    ASSERT(u->epsilon >= 0, "%g", u->epsilon);
    const real rate = (real)u->learning_rate, epsilon = (real)u->epsilon;

    for (size_t i = 0; i < n; i++) {
        sum[i] += g[i] * g[i];
        w[i] -= rate * g[i] / REAL(sqrt)(sum[i] + epsilon);
    }
}

// Zeiler 2012.
static void adadelta_loop(
    size_t n, real *restrict w, const real *restrict g, real *const *state, const struct update *u)
{
    real *restrict square = state[0];
    real *restrict step = state[1];
    ASSERT(u->epsilon >= 0, "%g", u->epsilon);
    const real rate = (real)u->learning_rate, rho = (real)u->rho, rest = (real)(1 - u->rho), epsilon = (real)u->epsilon;

    for (size_t i = 0; i < n; i++) {
        square[i] = rho * square[i] + rest * g[i] * g[i];
        real d = REAL(sqrt)((step[i] + epsilon) / (square[i] + epsilon)) * g[i];
        step[i] = rho * step[i] + rest * d * d;
        w[i] -= rate * d;
    }
}

// Tieleman and Hinton 2012. `mean` is used only if centered, `velocity` only if there is momentum.
static void rmsprop_loop(size_t n, real *restrict w, const real *restrict g, real *const *state, const struct update *u)
{
    real *restrict square = state[0];
    real *restrict mean = state[1];
    real *restrict velocity = state[2];
    ASSERT(u->epsilon >= 0, "%g", u->epsilon);
    const real rate = (real)u->learning_rate, rho = (real)u->rho, rest = (real)(1 - u->rho), epsilon = (real)u->epsilon,
               momentum = (real)u->momentum;

    for (size_t i = 0; i < n; i++) {
        square[i] = rho * square[i] + rest * g[i] * g[i];
        real variance = square[i];
        if (u->centered) {
            mean[i] = rho * mean[i] + rest * g[i];
            variance -= mean[i] * mean[i];
        }
        real d = rate * g[i] / REAL(sqrt)(variance + epsilon);
        if (momentum > 0)
            d = velocity[i] = momentum * velocity[i] + d;
        w[i] -= d;
    }
}

// Reddi et al. 2018: adam with the largest mean square so far. As in Keras, the largest one has no bias correction.
static void amsgrad_loop(size_t n, real *restrict w, const real *restrict g, real *const *state, const struct update *u)
{
    real *restrict m = state[0];
    real *restrict v = state[1];
    real *restrict largest = state[2];
    ASSERT(u->epsilon >= 0, "%g", u->epsilon);
    const real rate = (real)u->learning_rate, rest_1 = (real)(1 - u->beta_1), rest_2 = (real)(1 - u->beta_2),
               epsilon = (real)u->epsilon, keep = (real)(1 - u->decay);

    for (size_t i = 0; i < n; i++) {
        m[i] += rest_1 * (g[i] - m[i]);
        v[i] += rest_2 * (g[i] * g[i] - v[i]);
        largest[i] = v[i] < largest[i] ? largest[i] : v[i];
        w[i] = keep * w[i] - rate * m[i] / (REAL(sqrt)(largest[i]) + epsilon);
    }
}

// Kingma and Ba 2015. As in Keras, the bias correction is part of the learning rate and does not apply to epsilon
// (section 2, last paragraph). PyTorch's epsilon is this one divided by sqrt(1 - beta_2^t). With weight decay this is
// AdamW (Loshchilov and Hutter 2019).
static void adam_loop(size_t n, real *restrict w, const real *restrict g, real *const *state, const struct update *u)
{
    real *restrict m = state[0];
    real *restrict v = state[1];
    ASSERT(u->epsilon >= 0, "%g", u->epsilon);
    const real rate = (real)u->learning_rate, rest_1 = (real)(1 - u->beta_1), rest_2 = (real)(1 - u->beta_2),
               epsilon = (real)u->epsilon, keep = (real)(1 - u->decay);

    if (u->amsgrad) {
        amsgrad_loop(n, w, g, state, u);
        return;
    }

    for (size_t i = 0; i < n; i++) {
        m[i] += rest_1 * (g[i] - m[i]);
        v[i] += rest_2 * (g[i] * g[i] - v[i]);
        w[i] = keep * w[i] - rate * m[i] / (REAL(sqrt)(v[i]) + epsilon);
    }
}

// Dozat 2016: adam with Nesterov's look-ahead. The caller has included the schedule of the momentum in the two rates.
static void nadam_loop(size_t n, real *restrict w, const real *restrict g, real *const *state, const struct update *u)
{
    real *restrict m = state[0];
    real *restrict v = state[1];
    ASSERT(u->epsilon >= 0, "%g", u->epsilon);
    const real rate = (real)u->learning_rate, gradient_rate = (real)u->gradient_rate, rest_1 = (real)(1 - u->beta_1),
               rest_2 = (real)(1 - u->beta_2), factor = (real)u->square_factor, epsilon = (real)u->epsilon;

    for (size_t i = 0; i < n; i++) {
        m[i] += rest_1 * (g[i] - m[i]);
        v[i] += rest_2 * (g[i] * g[i] - v[i]);
        w[i] -= (rate * m[i] + gradient_rate * g[i]) / (REAL(sqrt)(factor * v[i]) + epsilon);
    }
}

#define OPTIMIZER_ENTRY(CONSTANT, name, loop) k->step[OPTIMIZER_##CONSTANT] = loop##_loop;

void LOOP(optimizer_loops)(struct kernels *k)
{
    k->penalize = penalize_loop;
    k->clip = clip_loop;
    k->square_sum = square_sum_loop;
    OPTIMIZERS(OPTIMIZER_ENTRY)
}

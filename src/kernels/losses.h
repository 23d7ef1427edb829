// The losses. A new one is a row of this list and one DEFINE_LOSS in loop_loss.c.
#pragma once

#include "base/real.h"

// Losses compare an output y with a target t. The columns: the constant after LOSS_; the name in a spec; the setting of
// the model that the loop takes as p (NONE, DELTA, VARIANCE); whether the loss is, up to a factor and a constant, -log
// of a likelihood (YES, NO).
// clang-format off
#define LOSSES(ROW)                                                                                             \
    ROW(MSE, mse, NONE, YES)                                 /* (y - t)^2 */                                     \
    ROW(MAE, mae, NONE, NO)                                  /* |y - t| */                                       \
    ROW(BINARY_CROSSENTROPY, binary_crossentropy, NONE, YES) /* max(y, 0) - y t + log(1 + exp(-|y|)), y logits */ \
    ROW(HUBER, huber, DELTA, NO)                             /* (y - t)^2 / 2 up to a difference of p, then linear */ \
    ROW(LOG_COSH, log_cosh, NONE, NO)                        /* log(cosh(y - t)) */                              \
    ROW(COSINE, cosine, NONE, NO)                            /* 1 - the cosine of the angle between the rows */  \
    ROW(GAUSSIAN_NLL, gaussian_nll, VARIANCE, YES)           /* (log p + (y - t)^2 / p) / 2 */
// clang-format on

#define LOSS_CONSTANT(CONSTANT, name, p, is_likelihood) LOSS_##CONSTANT,
enum loss { LOSSES(LOSS_CONSTANT) LOSS_COUNT };

#define CROSS_ENTROPY_ROUNDING 1e-6 // targets up to this far outside [0, 1] count as they are, because scaling rounds

// A batch of M rows of O features, for a loss. The loss of a row is the mean of the terms of its features.
// Cross-entropy without a gradient replaces targets outside [0, 1] by 0 or 1; with a gradient, targets must not be
// outside, except by CROSS_ENTROPY_ROUNDING.
struct loss_batch {
    int M, O;
    const real *y;      // (M, O) output
    const real *t;      // (M, O) target
    const real *weight; // (O) weights of the features; NULL: 1 each
    real p;             // setting of huber and gaussian_nll
    real scale;         // factor of the gradient
    real *dy;           // (M, O) := slope of each term times scale; NULL: no gradient
    float *row;         // (M) := the loss of each row; NULL: not needed
};

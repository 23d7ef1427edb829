// The losses. A new one is a row of this list and one DEFINE_LOSS in loop_loss.c.
#pragma once

#include "base/real.h"

// How output y is compared with target t. The columns: the constant behind LOSS_; the name in a spec; which setting of
// a model its loop takes as p (NONE, DELTA, VARIANCE); whether it is, up to a factor and a constant, -log of a
// likelihood (YES, NO).
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

#define CROSS_ENTROPY_ROUNDING 1e-6 // targets this far outside [0, 1] count as they are: scaling rounds

// A batch of M rows of O features whose loss is wanted. The loss of a row is the mean of the terms of its features.
// Targets of the cross-entropy: without a gradient, those outside [0, 1] count as 0 or 1. With one, they must not be
// outside, except by rounding.
struct loss_batch {
    int M, O;
    const real *y;      // (M, O) output
    const real *t;      // (M, O) target
    const real *weight; // (O) weights of the features; NULL: 1 each
    real p;             // of huber and gaussian_nll
    real scale;         // factor of the gradient
    real *dy;           // (M, O) := slope of each term times scale; NULL: no gradient
    float *row;         // (M) := the loss of each row; NULL: not wanted
};

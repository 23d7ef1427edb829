// The optimizers. A new one is a row of this list, a loop NAME_loop in loop_optimizer.c, and a row in nn/optimizer.c
// with its settings.
#pragma once

#include <stdbool.h>

// The columns: the constant after OPTIMIZER_; the name in a spec; the loop.
// clang-format off
#define OPTIMIZERS(ROW)               \
    ROW(SGD, sgd, sgd)                \
    ROW(ADAGRAD, adagrad, adagrad)    \
    ROW(ADADELTA, adadelta, adadelta) \
    ROW(RMSPROP, rmsprop, rmsprop)    \
    ROW(ADAM, adam, adam)             \
    ROW(ADAMW, adamw, adam)           \
    ROW(NADAM, nadam, nadam)
// clang-format on

#define OPTIMIZER_CONSTANT(CONSTANT, name, loop) OPTIMIZER_##CONSTANT,
enum optimizer_kind { OPTIMIZERS(OPTIMIZER_CONSTANT) OPTIMIZER_COUNT };

// The numbers that an optimizer's step needs, besides its arrays. Numbers that the optimizer does not use are 0. They
// are double, because in float 1 - 0.999 has an error in the fifth digit.
struct update {
    double learning_rate; // of this step; adam: bias correction included
    double momentum, beta_1, beta_2, rho, epsilon;
    double decay;         // adam: before all else, w := w (1 - decay)
    double gradient_rate; // nadam: rate of the gradient itself, next to the rate of its mean
    double square_factor; // nadam: bias correction of the mean square
    bool nesterov, centered, amsgrad;
    // The caller clips the gradient before the step: multiplies it by clip_factor, then cuts it to
    // -clip_value..clip_value (0: does not cut it).
    double clip_factor, clip_value;
};

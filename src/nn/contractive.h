// The contractive penalty of a dense layer. B rows, I inputs, O outputs; w (I, O) is the kernel, z (B, O) what the
// activation is given; `kept` takes what the penalty leaves for the gradients.
#pragma once

#include "nn/nn_impl.h"

enum { CONTRACTIVE_KEPT = 2, CONTRACTIVE_KEPT_ONCE = 2 }; // times O: reals in `kept` per row, and per pass

// The sum of the rows' penalties.
double contractive_penalty(
    double strength, enum activation f, int B, int I, int O, const real *w, const real *z, real *kept);
// The rows' gradient dz (B, O) plus that of the penalty: in `kept`. Once, before the other.
const real *contractive_add_slope(double strength, int B, int O, int batch_rows, const real *dz, real *kept);
// dw (I, O) := dw + the gradient of the penalty by the weights
void contractive_add_weights(double strength, int B, int I, int O, int batch_rows, const real *w, real *dw, real *kept);

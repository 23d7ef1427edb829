// The contractive penalty of a dense layer, and its gradients.
#pragma once

#include "nn/nn_impl.h"

enum { CONTRACTIVE_KEPT = 2, CONTRACTIVE_KEPT_ONCE = 2 }; // times O: reals in `kept` per row, and per pass

// One pass of a layer y = f(z), z = x w + b, of B rows, I inputs and O outputs.
struct contraction {
    double strength;
    enum activation f;
    int B, I, O;
    int batch_rows; // of the whole batch; 0 in forward
    const real *w;  // (I, O): the kernel
    real *kept;     // what the penalty leaves for the gradients
};

// Computes the sum of the rows' penalties from z (B, O), and keeps what the gradients need.
double contractive_penalty(const struct contraction *c, const real *z);
// Returns the rows' gradient dz (B, O) plus that of the penalty, as a part of `kept`. Call it once, before the other.
const real *contractive_add_slope(const struct contraction *c, const real *dz);
// dw (I, O) := dw + the gradient of the penalty by the weights
void contractive_add_weights(const struct contraction *c, real *dw);

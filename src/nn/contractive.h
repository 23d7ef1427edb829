// The contractive penalty of a dense layer, and its gradients.
#pragma once

#include "nn/nn_impl.h"

enum { CONTRACTIVE_KEPT = 2, CONTRACTIVE_KEPT_ONCE = 2 }; // size of `kept`, in multiples of O: per row, and per pass

// One pass of a layer y = f(z), z = x w + b, with B rows, I inputs and O outputs.
struct contraction {
    double strength;
    enum activation f;
    int B, I, O;
    int batch_rows; // rows of the whole batch; 0 in a forward pass
    const real *w;  // (I, O): the kernel
    real *kept;     // kept by contractive_penalty for the gradients
};

// Returns the sum of the penalties of the rows, computed from z (B, O). Keeps what the gradients need.
double contractive_penalty(const struct contraction *c, const real *z);
// Returns the sum of dz (B, O) and of the gradient of the penalty with respect to z. The sum is stored in `kept`. Call
// it once, before contractive_add_weights.
const real *contractive_add_slope(const struct contraction *c, const real *dz);
// dw (I, O) := dw + the gradient of the penalty with respect to the weights
void contractive_add_weights(const struct contraction *c, real *dw);

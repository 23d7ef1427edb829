// The names of the activations, and properties that their callers must know.
#include "kernels/kernels.h"

const char *const activation_names[] = {"linear", "relu", "leaky_relu", "elu", "selu", "sigmoid", "tanh", "softplus",
    "hard_sigmoid", "gelu", "silu", "softmax", NULL};

bool activation_needs_input(enum activation f)
{
    return f == GELU || f == SILU;
}

bool activation_is_smooth(enum activation f)
{
    return f == LINEAR || f == SIGMOID || f == TANH || f == SOFTPLUS || f == GELU || f == SILU;
}

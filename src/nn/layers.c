// The registry of layers: whatever stands here can be named in a spec, and is found by the gradient and parity tests.
#include "nn/nn_impl.h"

#include <string.h>

const struct layer_type *const layer_types[] = {
    &dense_layer,
    &lstm_layer,
    &gru_layer,
    &repeat_vector_layer,
    &time_distributed_dense_layer,
    &gaussian_layer,
    &dropout_layer,
    &gaussian_noise_layer,
    &masking_noise_layer,
    &salt_and_pepper_layer,
    &batch_normalization_layer,
    &layer_normalization_layer,
    &conv2d_layer,
    &conv1d_layer,
    &conv2d_transpose_layer,
    &max_pooling2d_layer,
    &max_pooling1d_layer,
    &average_pooling2d_layer,
    &average_pooling1d_layer,
    &upsampling2d_layer,
    &upsampling1d_layer,
    &reshape_layer,
    &flatten_layer,
    NULL,
};

const struct field layer_common_fields[] = {
    {.key = "activation",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct layer, activation),
        .standard = "linear",
        .choices = activation_names,
        .help = "applied to the layer's output; leaky_relu has slope 0.2 (PyTorch: 0.01), gelu is the exact one, "
                "softmax goes over the last dimension"},
    {.key = "activity_l1",
        .type = FIELD_REAL,
        .offset = offsetof(struct layer, activity.l1),
        .standard = "0",
        .max = 1e6,
        .help = "adds to the loss: this times the sum of the absolute outputs of a sample"},
    {.key = "sparsity_beta",
        .type = FIELD_REAL,
        .offset = offsetof(struct layer, activity.beta),
        .standard = "0",
        .max = 1e6,
        .help = "adds to the loss: this times the divergence of each unit's mean output over a shard's rows from "
                "sparsity_rho "
                "(A. Ng, CS294A lecture notes); for outputs in 0..1"},
    {.key = "sparsity_rho",
        .type = FIELD_REAL,
        .offset = offsetof(struct layer, activity.rho),
        .standard = "0.05",
        .min = 0,
        .max = 1,
        .flags = FIELD_MIN_EXCLUDED | FIELD_MAX_EXCLUDED,
        .help = "mean output that sparsity_beta asks for"},
    {0},
};

const struct layer_type *layer_type_find(const char *name)
{
    for (int i = 0; layer_types[i]; i++)
        if (strcmp(layer_types[i]->name, name) == 0)
            return layer_types[i];
    return NULL;
}

const char *layer_name(const struct layer *l)
{
    return l->type->name;
}

const struct field *layer_type_fields(const char *type)
{
    const struct layer_type *t = layer_type_find(type);
    return t ? t->fields : NULL;
}

const char *const *layer_type_names(void)
{
    static const char *names[sizeof layer_types / sizeof *layer_types];
    for (int i = 0; layer_types[i]; i++)
        names[i] = layer_types[i]->name;
    return names;
}

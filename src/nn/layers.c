// The registry of layers, and the functions that layers share. A spec can name every type in the registry, and the
// gradient and parity tests take the types from it.
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
    &swap_noise_layer,
    &adversarial_noise_layer,
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
    FIELD_ROW(layer, activation, "activation", FIELD_CHOICE,
        "function applied to the output of the layer; leaky_relu has slope 0.2 (PyTorch: 0.01), "
        "gelu is the exact form, softmax is over the last dimension",
        .default_text = "linear", .choices = activation_names),
    FIELD_ROW(layer, activity.l1, "activity_l1", FIELD_REAL,
        "adds to the loss this factor times the sum of the absolute outputs of a sample", .default_text = "0",
        .max = 1e6),
    FIELD_ROW(layer, activity.beta, "sparsity_beta", FIELD_REAL,
        "adds to the loss this factor times the divergence of each unit's mean output from "
        "sparsity_rho, with the mean over the rows of a shard (A. Ng, CS294A lecture notes); for "
        "activations sigmoid, hard_sigmoid, softmax",
        .default_text = "0", .max = 1e6),
    FIELD_ROW(layer, activity.rho, "sparsity_rho", FIELD_REAL,
        "target of sparsity_beta for the mean output of each unit", .default_text = "0.05", .min = 0, .max = 1,
        .flags = FIELD_MIN_EXCLUDED | FIELD_MAX_EXCLUDED),
    {0},
};

const struct field layer_kernel_fields[] = {
    FIELD_ROW(layer, kernel.use_bias, "use_bias", FIELD_BOOL,
        "whether to add a bias; gaussian, lstm and gru always have one", .default_text = "true"),
    FIELD_ROW(layer, kernel.initializer, "kernel_initializer", FIELD_CHOICE,
        "initial weights; biases start at 0 (PyTorch: weights and biases are uniform within "
        "1/sqrt(inputs per output) of 0, for lstm and gru within 1/sqrt(units))",
        .default_text = "glorot_uniform", .choices = initializer_names),
    FIELD_ROW(layer, kernel.constant, "constant", FIELD_REAL,
        "value of every weight with initializer constant (Keras: Constant(value))", .default_text = "0"),
    FIELD_ROW(layer, kernel.l1, "l1", FIELD_REAL,
        "adds to the loss l1 times the sum of the absolute values of the kernel (of lstm and gru: "
        "the input kernel)",
        .default_text = "0", .max = 1e6),
    FIELD_ROW(layer, kernel.l2, "l2", FIELD_REAL,
        "adds to the loss l2 times the sum of the squares of the kernel (of lstm and gru: the "
        "input kernel); PyTorch's weight_decay is twice this",
        .default_text = "0", .max = 1e6),
    {0},
};

struct block *layer_add_block(struct layer *l, const struct block *b)
{
    ASSERT(l->n_blocks < LAYER_MAX_BLOCKS, "%s has %d blocks", l->type->name, l->n_blocks);
    ASSERT(b->count > 0 && b->rank >= 1 && b->rank <= SHAPE_MAX_RANK + 1, "%s: rank %d", b->name, b->rank);

    struct block *added = &l->blocks[l->n_blocks++];
    *added = *b;
    return added;
}

struct block *layer_add_kernel(struct layer *l, const char *name, int inputs, int outputs)
{
    return layer_add_block(l, &(struct block){.name = name,
                                  .count = (size_t)inputs * (size_t)outputs,
                                  .rank = 2,
                                  .dims = {inputs, outputs},
                                  .initializer = l->kernel.initializer,
                                  .start = l->kernel.constant,
                                  .fan_in = inputs,
                                  .fan_out = outputs,
                                  .l1 = l->kernel.l1,
                                  .l2 = l->kernel.l2});
}

struct block *layer_add_bias(struct layer *l, const char *name, int outputs)
{
    return layer_add_block(
        l, &(struct block){.name = name, .count = (size_t)outputs, .rank = 1, .dims = {outputs}, .initializer = ZEROS});
}

struct block *layer_add_channels(struct layer *l, const char *name, double start)
{
    struct block *b = layer_add_bias(l, name, last_dimension(l));
    b->initializer = INITIALIZER_CONSTANT;
    b->start = start;
    return b;
}

struct block *layer_add_fixed(struct layer *l, const char *name, enum block_source source, int count)
{
    struct block *b = layer_add_bias(l, name, count);
    ASSERT(source != SOURCE_NONE, "%s: nothing decides it", name);
    b->initializer = INITIALIZER_CONSTANT;
    b->start = 1;
    b->is_statistic = true;
    b->momentum = 1;
    b->source = source;
    return b;
}

void model_place_block(struct model *m, struct block *b)
{
    enum { BLOCK_ALIGNMENT = 64 / sizeof(real) };

    b->offset = m->parameters;
    m->trainable += b->is_statistic ? 0 : b->count;
    m->has_statistics = m->has_statistics || (b->is_statistic && b->source == SOURCE_NONE);
    m->parameters += (b->count + BLOCK_ALIGNMENT - 1) / BLOCK_ALIGNMENT * BLOCK_ALIGNMENT;
}

int layer_build_alike(struct layer *l, const struct node *at, struct err *e)
{
    (void)at;
    (void)e;
    l->out = l->in;
    l->kept = (size_t)shape_size(&l->in);
    return 0;
}

void layer_copy_forward(const struct layer *l, const struct pass *p)
{
    memcpy(p->y, p->x, (size_t)p->rows * (size_t)shape_size(&l->in) * sizeof *p->y);
}

void layer_copy_backward(const struct layer *l, const struct pass *p)
{
    if (p->dx)
        memcpy(p->dx, p->dy, (size_t)p->rows * (size_t)shape_size(&l->in) * sizeof *p->dx);
}

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

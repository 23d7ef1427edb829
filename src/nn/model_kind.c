// Defines the kinds of models, and checks that layers suit the kinds without a decoder.
#include "nn/nn_impl.h"

#include "spec/spec.h"
#include <string.h>

const char *const model_kind_names[] = {"autoencoder", "noise_level", "svdd", NULL};

bool model_reconstructs(const struct model *m)
{
    return m->kind == KIND_AUTOENCODER;
}

int model_outputs(const struct model *m)
{
    return model_reconstructs(m) ? shape_size(&m->input) : shape_size(&m->code);
}

int model_default_error(const struct node *section)
{
    const struct node *kind = node_get(section, "kind");

    if (kind && kind->kind == NODE_SCALAR && strcmp(kind->text, "noise_level") == 0)
        return ERROR_NOISE_LEVEL;
    if (kind && kind->kind == NODE_SCALAR && strcmp(kind->text, "svdd") == 0)
        return ERROR_DISTANCE;
    return ERROR_MSE;
}

int model_noise_levels(const struct model *m)
{
    const struct layer *first = &m->layers[0];
    ASSERT(m->n_layers > 0, "no layers");
    return first->type->noise_levels ? first->type->noise_levels(first) : 0;
}

bool model_swaps_values(const struct model *m)
{
    ASSERT(m->n_layers > 0, "no layers");
    return m->layers[0].type == &swap_noise_layer;
}

// Returns true if a layer shifts its output and has no setting that turns this off.
static bool always_shifts(const struct layer *l)
{
    return l->type->kernel_fields == layer_kernel_fields + KERNEL_ALWAYS_BIAS ||
           l->type == &batch_normalization_layer || l->type == &layer_normalization_layer;
}

// Refuses layers with biases: the network could learn the center and ignore the sample (Ruff et al. 2018, proposition
// 2).
static int check_svdd(const struct model *m, const struct node *encoder, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < m->n_layers; i++) {
        const struct layer *l = &m->layers[i];
        if (always_shifts(l))
            rc = node_error(node_item(encoder, i), e,
                "kind svdd: found a layer %s, which shifts its output, allowed: layers without biases, such as dense, "
                "conv2d and max_pooling2d",
                l->type->name);
        else if (l->type->kernel_fields && l->kernel.use_bias)
            rc = node_error(node_item(encoder, i), e,
                "kind svdd: found use_bias true, allowed: false, because a network with biases can learn the center "
                "and ignore the sample");
    }
    return rc;
}

static int check_noise_level(const struct model *m, const struct node *encoder, struct err *e)
{
    int rc = 0;

    if (m->layers[0].type != &gaussian_noise_layer || model_noise_levels(m) < 2)
        rc = node_error(node_item(encoder, 0), e,
            "kind noise_level: allowed as the first layer: gaussian_noise with several levels, such as {gaussian_noise: "
            "{relative: {log_uniform: [0.1, 10]}}}");
    if (shape_size(&m->code) != 1)
        rc = node_error(node_item(encoder, m->n_layers - 1), e,
            "kind noise_level: found an output of %d values, allowed: 1, the logarithm of the level of the noise",
            shape_size(&m->code));
    return rc;
}

int check_code_model(const struct model *m, const struct node *section, struct err *e)
{
    const struct node *encoder = node_get(section, "encoder");
    int rc = m->kind == KIND_SVDD ? check_svdd(m, encoder, e) : check_noise_level(m, encoder, e);

    if (m->loss != LOSS_MSE)
        rc = node_error(node_get(section, "kind"), e, "found %s with loss %s, allowed: loss mse",
            model_kind_names[m->kind], loss_names[m->loss]);
    return rc;
}

// masking_noise and salt_and_pepper: the noise that a denoising autoencoder (Vincent et al. 2010) adds to its input in
// training. Also holds what layers that add noise share. The target of the loss is the input without noise. p->kept
// (rows, in) first holds random numbers, and then d output / d input.
#include "nn/nn_impl.h"

#include "spec/spec.h"

struct noise {
    double amount; // probability that a value is replaced
};

static const struct field masking_fields[] = {
    FIELD_ROW(noise, amount, "masking_noise", FIELD_REAL,
        "probability that a value becomes 0 in training; the others do not change", .max = 1, .flags = FIELD_REQUIRED),
    {0},
};
static const struct field salt_and_pepper_fields[] = {
    FIELD_ROW(noise, amount, "salt_and_pepper", FIELD_REAL,
        "probability that a value becomes 0 or 1, which are equally likely, in training", .max = 1,
        .flags = FIELD_REQUIRED),
    {0},
};

bool pass_is_noisy(const struct pass *p)
{
    return p->step->trains || p->step->corrupts;
}

// The purposes differ, so that scoring a training row adds other noise to the row than training did.
enum random_purpose pass_noise_purpose(const struct pass *p)
{
    return p->step->trains ? RANDOM_NOISE : RANDOM_COPY;
}

static int one_level(const struct layer *l)
{
    (void)l;
    return 1;
}

// Replaces a value by 0 if its random number u is below `low`, or else by 1 if u is below `high`.
static void replace_values(const struct layer *l, const struct pass *p, real low, real high)
{
    const size_t width = (size_t)shape_size(&l->in), n = (size_t)p->rows * width;
    if (!pass_is_noisy(p)) {
        layer_copy_forward(l, p);
        return;
    }

    for (int i = 0; i < p->rows; i++)
        pass_uniform(p, pass_noise_purpose(p), i, width, p->kept + (size_t)i * width);
    for (size_t i = 0; i < n; i++) {
        const real u = p->kept[i], kept = u < high ? 1 : p->x[i];
        p->y[i] = u < low ? 0 : kept;
        p->kept[i] = u < high ? 0 : 1;
    }
}

static void masking_forward(const struct layer *l, const struct pass *p)
{
    const struct noise *c = l->config;
    replace_values(l, p, (real)c->amount, (real)c->amount);
}

static void salt_and_pepper_forward(const struct layer *l, const struct pass *p)
{
    const struct noise *c = l->config;
    replace_values(l, p, (real)(c->amount / 2), (real)c->amount);
}

void layer_noise_backward(const struct layer *l, const struct pass *p)
{
    size_t n = (size_t)p->rows * (size_t)shape_size(&l->in);
    if (!pass_is_noisy(p)) {
        layer_copy_backward(l, p);
        return;
    }

    for (size_t i = 0; p->dx && i < n; i++)
        p->dx[i] = p->dy[i] * p->kept[i];
}

const struct layer_type masking_noise_layer = {
    .name = "masking_noise",
    .fields = masking_fields,
    .config_size = sizeof(struct noise),
    .build = layer_build_alike,
    .forward = masking_forward,
    .noise_levels = one_level,
    .backward = layer_noise_backward,
};
const struct layer_type salt_and_pepper_layer = {
    .name = "salt_and_pepper",
    .fields = salt_and_pepper_fields,
    .config_size = sizeof(struct noise),
    .build = layer_build_alike,
    .forward = salt_and_pepper_forward,
    .noise_levels = one_level,
    .backward = layer_noise_backward,
};

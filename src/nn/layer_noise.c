// gaussian_noise, masking_noise, salt_and_pepper: what a denoising autoencoder (Vincent et al. 2010) does to its input
// in training. The target of the loss is the input without noise. Without training these layers change nothing. p->kept
// (rows, in) holds random numbers first, then d output / d input.
#include "nn/nn_impl.h"

#include "spec/spec.h"

struct noise {
    double amount;            // deviation, or probability
    struct field_ints limits; // gaussian_noise: none or two
};

static const struct field gaussian_fields[] = {
    FIELD_ROW(noise, amount, "gaussian_noise", FIELD_REAL,
        "standard deviation of the normal noise added to each value in training", .max = 1e6, .flags = FIELD_REQUIRED),
    FIELD_ROW(noise, limits, "clip", FIELD_INTS,
        "[least, greatest] value after the noise, such as [0, 1]; default: no limits"),
    {0},
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

static int noise_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct noise *c = l->config;
    if (c->limits.n != 0 && (c->limits.n != 2 || c->limits.v[0] >= c->limits.v[1]))
        return node_error(node_get(at, "clip"), e, "two integers are wanted, the smaller one first, such as [0, 1]");
    return layer_build_alike(l, at, e);
}

// y (n) := x plus noise, within the limits. `slope` (n) holds standard normal numbers.
static void add_gaussian_noise(
    const struct noise *c, size_t n, const real *restrict x, real *restrict y, real *restrict slope)
{
    const real deviation = (real)c->amount;
    ASSERT(c->limits.n == 0 || c->limits.n == 2, "%d limits", c->limits.n);

    if (c->limits.n == 0) {
        for (size_t i = 0; i < n; i++) {
            y[i] = x[i] + deviation * slope[i];
            slope[i] = 1;
        }
        return;
    }

    const real least = (real)c->limits.v[0], greatest = (real)c->limits.v[1];
    for (size_t i = 0; i < n; i++) {
        real noisy = x[i] + deviation * slope[i], above = noisy < least ? least : noisy;
        y[i] = above > greatest ? greatest : above;
        slope[i] = y[i] == noisy ? 1 : 0;
    }
}

static void gaussian_noise_forward(const struct layer *l, const struct pass *p)
{
    size_t width = (size_t)shape_size(&l->in);
    if (!p->step->trains) {
        layer_copy_forward(l, p);
        return;
    }

    for (int i = 0; i < p->rows; i++) {
        size_t at = (size_t)i * width;
        pass_normal(p, RANDOM_NOISE, i, width, p->kept + at);
        add_gaussian_noise(l->config, width, p->x + at, p->y + at, p->kept + at);
    }
}

// Replaces a value by 0 if its random number u is below `low`, else by 1 if u is below `high`.
static void replace_values(const struct layer *l, const struct pass *p, real low, real high)
{
    const size_t width = (size_t)shape_size(&l->in), n = (size_t)p->rows * width;
    if (!p->step->trains) {
        layer_copy_forward(l, p);
        return;
    }

    for (int i = 0; i < p->rows; i++)
        pass_uniform(p, RANDOM_NOISE, i, width, p->kept + (size_t)i * width);
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

static void noise_backward(const struct layer *l, const struct pass *p)
{
    size_t n = (size_t)p->rows * (size_t)shape_size(&l->in);
    if (!p->step->trains) {
        layer_copy_backward(l, p);
        return;
    }

    for (size_t i = 0; p->dx && i < n; i++)
        p->dx[i] = p->dy[i] * p->kept[i];
}

const struct layer_type gaussian_noise_layer = {
    .name = "gaussian_noise",
    .fields = gaussian_fields,
    .config_size = sizeof(struct noise),
    .build = noise_build,
    .forward = gaussian_noise_forward,
    .backward = noise_backward,
};
const struct layer_type masking_noise_layer = {
    .name = "masking_noise",
    .fields = masking_fields,
    .config_size = sizeof(struct noise),
    .build = noise_build,
    .forward = masking_forward,
    .backward = noise_backward,
};
const struct layer_type salt_and_pepper_layer = {
    .name = "salt_and_pepper",
    .fields = salt_and_pepper_fields,
    .config_size = sizeof(struct noise),
    .build = noise_build,
    .forward = salt_and_pepper_forward,
    .backward = noise_backward,
};

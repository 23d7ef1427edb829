// gaussian_noise: normal noise on the input of a denoising autoencoder (Vincent et al. 2010) in training. Its standard
// deviation is a number, or a multiple of the distance between neighbouring training rows; with several multiples or a
// range of them, each row gets one. The distance is a fixed block, which training measures before its first step.
// p->kept (rows, in) first holds random numbers, and then d output / d input.
#include "nn/nn_impl.h"

#include "base/field.h"
#include "spec/spec.h"
#include <math.h>

enum {
    LEVELS_MAX = 16,
    RANGE_LEVELS = 3, // number of levels of a range: its two ends and its geometric mean
};

struct gaussian_noise {
    const struct node *amount; // a number, or {relative: [...]}; a node of the model's section
    struct field_ints limits;  // no limits, or two
    double deviation;          // standard deviation, if the noise is not relative
    double level[LEVELS_MAX];  // standard deviations in multiples of the distance between neighbouring training rows
    int n_levels;              // 0: the noise is not relative
    bool is_range;             // there are two levels, between which training draws on a logarithmic scale
};

static const struct field gaussian_fields[] = {
    FIELD_ROW(gaussian_noise, amount, "gaussian_noise", FIELD_NODE,
        "standard deviation of the normal noise added to each value in training: a number, or {relative: NUMBERS}",
        .flags = FIELD_REQUIRED),
    FIELD_ROW(gaussian_noise, limits, "clip", FIELD_INTS,
        "[least, greatest] value after the noise, such as [0, 1]; default: no limits"),
    {0},
};
static const struct field amount_field =
    FIELD_ROW(gaussian_noise, deviation, "gaussian_noise", FIELD_REAL, "standard deviation", .max = 1e6);

// One number of the list `relative`.
struct noise_level {
    double factor;
};
static const struct field level_field = FIELD_ROW(noise_level, factor, "relative", FIELD_REAL,
    "standard deviation in spacings of the training rows", .max = 1e6, .flags = FIELD_MIN_EXCLUDED);

// A range of levels, from which training draws at random.
struct level_range {
    const struct node *ends;
};
static const struct field range_fields[] = {
    FIELD_ROW(
        level_range, ends, "log_uniform", FIELD_NODE, "the least and the greatest level", .flags = FIELD_REQUIRED),
    {0},
};

// The map that gaussian_noise can have as its value.
struct relative_noise {
    const struct node *levels;
};
static const struct field relative_fields[] = {
    FIELD_ROW(relative_noise, levels, "relative", FIELD_NODE, "standard deviations in spacings of the training rows",
        .flags = FIELD_REQUIRED),
    {0},
};

static int read_noise_level(struct gaussian_noise *c, const struct node *at, struct err *e)
{
    struct noise_level level;
    char why[256];

    if (at->kind != NODE_SCALAR || c->n_levels == LEVELS_MAX)
        return node_error(at, e, "allowed: a number, or a list of at most %d numbers", LEVELS_MAX);
    if (field_set(&level_field, &level, at->text, why) < 0)
        return node_error(at, e, "%s", why);
    c->level[c->n_levels++] = level.factor;
    return 0;
}

static int read_level_list(struct gaussian_noise *c, const struct node *list, struct err *e)
{
    int rc = 0;

    if (node_count(list) == 0)
        rc = node_error(list, e, "found no number, allowed: a number, or a list of at most %d numbers", LEVELS_MAX);
    for (int i = 0; rc == 0 && i < node_count(list); i++)
        rc = read_noise_level(c, node_item(list, i), e);
    return rc;
}

static int read_level_range(struct gaussian_noise *c, const struct node *range, struct err *e)
{
    struct level_range r = {0};
    int rc = spec_read(range, range_fields, &r, e);

    if (rc == 0)
        rc = read_level_list(c, r.ends, e);
    if (rc == 0 && (c->n_levels != 2 || c->level[0] >= c->level[1]))
        rc = node_error(r.ends, e, "allowed: two numbers, the smaller one first, such as [0.1, 10]");
    c->is_range = true;
    return rc;
}

// Reads {relative: ...}, whose value is a number, a list, or {log_uniform: [LOW, HIGH]}.
static int read_relative_noise(struct gaussian_noise *c, struct err *e)
{
    struct relative_noise r = {0};
    int rc = spec_read(c->amount, relative_fields, &r, e);

    if (rc != 0)
        return rc;
    return r.levels && r.levels->kind == NODE_MAP ? read_level_range(c, r.levels, e) : read_level_list(c, r.levels, e);
}

static int read_noise_amount(struct gaussian_noise *c, struct err *e)
{
    char why[256], found[80];

    if (c->amount->kind == NODE_MAP)
        return read_relative_noise(c, e);
    if (c->amount->kind != NODE_SCALAR)
        return node_error(c->amount, e, "found %s, allowed: a number in [0, 1000000], or {relative: 1.0}",
            node_found(found, c->amount));
    return field_set(&amount_field, c, c->amount->text, why) < 0 ? node_error(c->amount, e, "%s", why) : 0;
}

static int gaussian_noise_read(struct layer *l, const struct node *at, struct err *e)
{
    struct gaussian_noise *c = l->config;

    if (c->limits.n != 0 && (c->limits.n != 2 || c->limits.v[0] >= c->limits.v[1]))
        return node_error(node_get(at, "clip"), e, "allowed: two integers, the smaller one first, such as [0, 1]");
    return c->amount ? read_noise_amount(c, e) : 0;
}

static int gaussian_noise_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct gaussian_noise *c = l->config;

    if (c->n_levels > 0)
        layer_add_fixed(l, "spacing", SOURCE_SPACING, 1);
    layer_build_alike(l, at, e);
    l->kept += c->n_levels > 0; // the logarithm of the row's level
    return 0;
}

static bool gaussian_noise_wants_sample(const struct layer *l)
{
    const struct gaussian_noise *c = l->config;
    return c->n_levels > 0;
}

static int gaussian_noise_levels(const struct layer *l)
{
    const struct gaussian_noise *c = l->config;
    if (c->is_range)
        return RANGE_LEVELS;
    return c->n_levels > 0 ? c->n_levels : 1;
}

// Returns a level of the range: the lowest for `share` 0, the highest for 1.
static real level_between(const struct gaussian_noise *c, real share)
{
    ASSERT(c->is_range && c->n_levels == 2, "%d levels", c->n_levels);
    return (real)c->level[0] * REAL(exp)(share * (real)log(c->level[1] / c->level[0]));
}

// Returns the level of the noise of a row: level number step->level (from 1), or a random level if that is 0.
static real noise_level_of(const struct layer *l, const struct pass *p, int row)
{
    const struct gaussian_noise *c = l->config;
    int level = p->step->level - 1;
    real u;

    if (level >= 0 && c->is_range)
        return level_between(c, (real)level / (RANGE_LEVELS - 1));
    if (level < 0) {
        pass_uniform(p, RANDOM_LEVEL, row, 1, &u);
        if (c->is_range)
            return level_between(c, u);
        level = (int)(u * (real)c->n_levels);
    }

    ASSERT(level < c->n_levels, "level %d of %d", level, c->n_levels);
    return (real)c->level[level];
}

const real *gaussian_noise_log_levels(const struct layer *l, int rows, const real *kept)
{
    ASSERT(l->type == &gaussian_noise_layer && l->n_blocks == 1, "a layer %s", l->type->name);
    return kept + (size_t)rows * (size_t)shape_size(&l->in);
}

// Returns the standard deviation of the noise of a row, and keeps the logarithm of its level.
static real noise_deviation(const struct layer *l, const struct pass *p, int row)
{
    const struct gaussian_noise *c = l->config;
    if (c->n_levels == 0)
        return (real)c->deviation;

    real level = noise_level_of(l, p, row);
    p->kept[(size_t)p->rows * (size_t)shape_size(&l->in) + (size_t)row] = REAL(log)(level);
    return level * p->w[l->blocks[0].offset];
}

// y (n) := x plus noise, within the limits. `slope` (n) holds standard normal numbers, which are replaced by dy/dx.
static void add_gaussian_noise(
    const struct gaussian_noise *c, real deviation, size_t n, const real *restrict x, real *restrict y, real *slope)
{
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
    if (!pass_is_noisy(p)) {
        layer_copy_forward(l, p);
        return;
    }

    for (int i = 0; i < p->rows; i++) {
        size_t at = (size_t)i * width;
        pass_normal(p, pass_noise_purpose(p), i, width, p->kept + at);
        add_gaussian_noise(l->config, noise_deviation(l, p, i), width, p->x + at, p->y + at, p->kept + at);
    }
}

const struct layer_type gaussian_noise_layer = {
    .name = "gaussian_noise",
    .fields = gaussian_fields,
    .config_size = sizeof(struct gaussian_noise),
    .read = gaussian_noise_read,
    .build = gaussian_noise_build,
    .wants_sample = gaussian_noise_wants_sample,
    .noise_levels = gaussian_noise_levels,
    .forward = gaussian_noise_forward,
    .backward = layer_noise_backward,
};

// swap_noise: replaces values of the sample by values of the same feature in other rows, in training (Jahrer 2017) and
// in copies that are scored. The other rows are training rows, which are a fixed block, so that new data can be scored
// without the training data. p->kept has two parts, (rows, in) each. The first holds slopes. The second holds what a
// copy is compared with: the original of each value that was replaced, and NaN elsewhere.
#include "nn/nn_impl.h"

#include "spec/spec.h"
#include <math.h>

enum { DONORS = 128 };

struct swap_noise {
    double probability;
};

static const struct field swap_fields[] = {
    FIELD_ROW(swap_noise, probability, "swap_noise", FIELD_REAL,
        "probability that a value is replaced, in training, by that of the same feature in another training row",
        .max = 1, .flags = FIELD_REQUIRED | FIELD_MIN_EXCLUDED | FIELD_MAX_EXCLUDED),
    {0},
};

static int swap_build(struct layer *l, const struct node *at, struct err *e)
{
    const int width = shape_size(&l->in);
    struct block *b = layer_add_fixed(l, "donor", SOURCE_ROWS, DONORS * width);

    b->rank = 2;
    b->dims[0] = DONORS;
    b->dims[1] = width;
    b->axes[0] = "row";
    layer_build_alike(l, at, e);
    l->kept *= 2;
    return 0;
}

static bool swap_wants_sample(const struct layer *l)
{
    (void)l;
    return true;
}

// Returns the number of copies of a row that are scored. Each value is replaced in one of them.
static int swap_copies(const struct layer *l)
{
    const struct swap_noise *c = l->config;
    return (int)ceil(1 / c->probability);
}

// Replaces each value whose random number is in [low, high). The random number also chooses the training row from which
// the new value is taken.
static void swap_values(const struct layer *l, const struct pass *p, int row, real low, real high)
{
    const size_t width = (size_t)shape_size(&l->in), at = (size_t)row * width;
    const real *donor = p->w + l->blocks[0].offset, *x = p->x + at;
    real *slope = p->kept + at, *target = p->kept + (size_t)p->rows * width + at, *y = p->y + at;

    for (size_t j = 0; j < width; j++) {
        const real u = slope[j];
        const bool is_swapped = u >= low && u < high;
        size_t from = is_swapped ? (size_t)((u - low) / (high - low) * DONORS) : 0;

        from = from < DONORS ? from : DONORS - 1;
        y[j] = is_swapped ? donor[from * width + j] : x[j];
        target[j] = is_swapped ? x[j] : (real)NAN;
        slope[j] = is_swapped ? 0 : 1;
    }
}

static void swap_forward(const struct layer *l, const struct pass *p)
{
    const struct swap_noise *c = l->config;
    const size_t width = (size_t)shape_size(&l->in);
    const int level = p->step->level, copies = swap_copies(l);
    real low = 0, high = (real)c->probability;

    if (!pass_is_noisy(p)) {
        layer_copy_forward(l, p);
        return;
    }

    ASSERT(level <= copies, "copy %d of %d", level, copies);
    if (level > 0) {
        low = (real)(level - 1) / (real)copies;
        high = (real)level / (real)copies;
    }
    for (int i = 0; i < p->rows; i++) {
        pass_uniform(p, pass_noise_purpose(p), i, width, p->kept + (size_t)i * width);
        swap_values(l, p, i, low, high);
    }
}

const real *swap_noise_targets(const struct layer *l, int rows, const real *kept)
{
    ASSERT(l->type == &swap_noise_layer, "a layer %s", l->type->name);
    return kept + (size_t)rows * (size_t)shape_size(&l->in);
}

const struct layer_type swap_noise_layer = {
    .name = "swap_noise",
    .fields = swap_fields,
    .config_size = sizeof(struct swap_noise),
    .build = swap_build,
    .wants_sample = swap_wants_sample,
    .noise_levels = swap_copies,
    .forward = swap_forward,
    .backward = layer_noise_backward,
};

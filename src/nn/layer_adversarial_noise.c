// adversarial_noise: in training, adds the noise that is worst for the loss within a ball around the sample (ARAE,
// Salehi et al. 2021). The model learns to reconstruct the sample nevertheless. model_attack finds the noise with the
// gradient of the loss and stores it in p->kept (rows, in). The unit of the radius is the distance between neighbouring
// training rows, which is a fixed block.
#include "nn/nn_impl.h"

#include "spec/spec.h"
#include <math.h>
#include <string.h>

struct adversarial_noise {
    double radius;
    int64_t steps;
};

static const struct field adversarial_fields[] = {
    FIELD_ROW(adversarial_noise, radius, "adversarial_noise", FIELD_REAL,
        "root mean square of the noise over the values of a sample, in distances between neighbouring training rows as "
        "with gaussian_noise relative",
        .max = 1e6, .flags = FIELD_REQUIRED | FIELD_MIN_EXCLUDED),
    FIELD_ROW(adversarial_noise, steps, "steps", FIELD_INT,
        "steps along the gradient of the loss, each of which costs as much as training on the sample",
        .default_text = "1", .min = 1, .max = 100),
    {0},
};

static int adversarial_build(struct layer *l, const struct node *at, struct err *e)
{
    layer_add_fixed(l, "spacing", SOURCE_SPACING, 1);
    return layer_build_alike(l, at, e);
}

static bool adversarial_wants_sample(const struct layer *l)
{
    (void)l;
    return true;
}

static void adversarial_forward(const struct layer *l, const struct pass *p)
{
    const size_t n = (size_t)p->rows * (size_t)shape_size(&l->in);

    layer_copy_forward(l, p);
    for (size_t i = 0; p->step->trains && i < n; i++)
        p->y[i] += p->kept[i];
}

int model_attack_steps(const struct model *m)
{
    const struct adversarial_noise *c = m->layers[0].config;

    ASSERT(m->n_layers > 0, "no layers");
    return m->layers[0].type == &adversarial_noise_layer ? (int)c->steps : 0;
}

// Moves the noise of a row by a step of `length` in the direction of the gradient g (n). Does nothing if g is zero or
// NaN.
static void move_noise(double length, size_t n, const real *g, real *noise)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += (double)g[i] * (double)g[i];
    if (!(square > 0))
        return;

    const real factor = (real)(length / sqrt(square));
    for (size_t i = 0; i < n; i++)
        noise[i] += factor * g[i];
}

// The lengths of the steps add up to the radius, so that the noise stays within the ball.
void model_attack(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, real *dw)
{
    const struct layer *l = &m->layers[0];
    const struct adversarial_noise *c = l->config;
    const size_t width = (size_t)shape_size(&l->in);
    const double radius = c->radius * (double)w[l->blocks[0].offset] * sqrt((double)width);
    real *noise = ws->kept[0];

    ASSERT(model_attack_steps(m) > 0 && ws->step.trains, "a layer %s", l->type->name);
    memset(noise, 0, (size_t)rows * width * sizeof *noise);
    for (int64_t s = 0; s < c->steps; s++) {
        model_forward(m, w, ws, rows, x);
        const real *g = pass_input_gradient(m, w, ws, rows, x, dw);
        for (size_t i = 0; i < (size_t)rows; i++)
            move_noise(radius / (double)c->steps, width, g + i * width, noise + i * width);
    }
}

const struct layer_type adversarial_noise_layer = {
    .name = "adversarial_noise",
    .fields = adversarial_fields,
    .config_size = sizeof(struct adversarial_noise),
    .build = adversarial_build,
    .wants_sample = adversarial_wants_sample,
    .forward = adversarial_forward,
    .backward = layer_copy_backward,
};

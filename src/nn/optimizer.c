// Optimizers with Keras's names, defaults and formulas; the arithmetic is in kernels/loop_optimizer.c.
#include "nn/nn_impl.h"

#include <math.h>
#include <string.h>

enum optimizer_type { SGD, ADAGRAD, ADADELTA, RMSPROP, ADAM, ADAMW, NADAM };
const char *const optimizer_names[] = {"sgd", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam", NULL};

const struct field optimizer_fields[] = {
    {.key = "optimizer",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct optimizer, type),
        .standard = "adam",
        .choices = optimizer_names,
        .help = "how gradients change weights (PyTorch's nadam has another schedule of its momentum)"},
    {.key = "learning_rate",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, learning_rate),
        .min = 0,
        .max = 1e3,
        .help = "step size; default: sgd 0.01, all others 0.001 (PyTorch: adadelta 1, adagrad and rmsprop 0.01)"},
    {.key = "momentum",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, momentum),
        .min = 0,
        .max = 1,
        .flags = FIELD_MAX_EXCLUDED,
        .help = "of sgd and rmsprop; default 0. What is carried along is steps (PyTorch: gradients, of which a later "
                "learning_rate changes all)"},
    {.key = "nesterov",
        .type = FIELD_BOOL,
        .offset = offsetof(struct optimizer, nesterov),
        .standard = "false",
        .help = "sgd: look ahead along the momentum"},
    {.key = "beta_1",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, beta_1),
        .min = 0,
        .max = 1,
        .flags = FIELD_MAX_EXCLUDED,
        .help = "adam, adamw, nadam: decay of the mean gradient; default 0.9"},
    {.key = "beta_2",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, beta_2),
        .min = 0,
        .max = 1,
        .flags = FIELD_MAX_EXCLUDED,
        .help = "adam, adamw, nadam: decay of the mean squared gradient; default 0.999"},
    {.key = "rho",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, rho),
        .min = 0,
        .max = 1,
        .flags = FIELD_MAX_EXCLUDED,
        .help = "adadelta, rmsprop: decay of the mean squared gradient; default 0.95, 0.9 (PyTorch: 0.9, 0.99)"},
    {.key = "epsilon",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, epsilon),
        .min = 0,
        .max = 1,
        .flags = FIELD_MIN_EXCLUDED,
        .help =
            "keeps divisions finite: added to the mean square of rmsprop, adagrad and adadelta (PyTorch: to its root "
            "for the first two), to the root for all of adam, before its bias correction but for nadam (PyTorch: "
            "after it); default 1e-7 (PyTorch: 1e-8 for rmsprop and all of adam, 1e-10 adagrad, 1e-6 adadelta)"},
    {.key = "initial_accumulator_value",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, initial_accumulator_value),
        .min = 0,
        .max = 1e6,
        .help = "adagrad: start of the sum of squares; default 0.1 (PyTorch: 0)"},
    {.key = "centered",
        .type = FIELD_BOOL,
        .offset = offsetof(struct optimizer, centered),
        .standard = "false",
        .help = "rmsprop: divide by the deviation instead of the root mean square"},
    {.key = "weight_decay",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, weight_decay),
        .min = 0,
        .max = 1,
        .help = "adamw: each step takes learning_rate times this off every weight; default 0.004 (PyTorch: 0.01)"},
    {.key = "amsgrad",
        .type = FIELD_BOOL,
        .offset = offsetof(struct optimizer, amsgrad),
        .standard = "false",
        .help = "adam, adamw: divide by the largest mean square so far"},
    {.key = "clip_value",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, clip_value),
        .standard = "0",
        .min = 0,
        .max = 1e30,
        .help = "largest size of an element of the gradient, weight penalties included (Keras: clipvalue); 0: any"},
    {.key = "clip_norm",
        .type = FIELD_REAL,
        .offset = offsetof(struct optimizer, clip_norm),
        .standard = "0",
        .min = 0,
        .max = 1e30,
        .help = "largest Euclidean norm of the gradient of all weights together, weight penalties included (Keras: "
                "global_clipnorm); 0: any"},
    {0},
};

// Which settings an optimizer has beside the learning rate, with Keras's defaults; NAN: it has not.
static const struct optimizer standards[] = {
    [SGD] = {SGD, 0.01, 0, NAN, NAN, NAN, NAN, NAN, NAN, .nesterov = true},
    [ADAGRAD] = {ADAGRAD, 0.001, NAN, NAN, NAN, NAN, 1e-7, 0.1, NAN, .amsgrad = false},
    [ADADELTA] = {ADADELTA, 0.001, NAN, NAN, NAN, 0.95, 1e-7, NAN, NAN, .amsgrad = false},
    [RMSPROP] = {RMSPROP, 0.001, 0, NAN, NAN, 0.9, 1e-7, NAN, NAN, .centered = true},
    [ADAM] = {ADAM, 0.001, NAN, 0.9, 0.999, NAN, 1e-7, NAN, NAN, .amsgrad = true},
    [ADAMW] = {ADAMW, 0.001, NAN, 0.9, 0.999, NAN, 1e-7, NAN, 0.004, .amsgrad = true},
    [NADAM] = {NADAM, 0.001, NAN, 0.9, 0.999, NAN, 1e-7, NAN, NAN, .amsgrad = false},
};

void optimizer_clear(struct optimizer *o)
{
    *o = (struct optimizer){0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, .amsgrad = false};
}

// Whether the optimizer has the setting of this row.
static bool has_setting(const struct optimizer *o, const struct field *f)
{
    const void *standard = (const char *)&standards[o->type] + f->offset;
    if (f->type == FIELD_BOOL)
        return *(const bool *)standard;
    return f->type != FIELD_REAL || !isnan(*(const double *)standard);
}

int optimizer_resolve(struct optimizer *o, const struct node *section, struct err *e)
{
    int failed = 0;
    for (const struct field *f = optimizer_fields; f->key; f++) {
        const struct node *given = node_get(section, f->key);
        double *value = (double *)(void *)((char *)o + f->offset);
        if (given && !has_setting(o, f))
            failed = node_key_error(given, e, "optimizer %s has no such setting", optimizer_names[o->type]);
        else if (f->type == FIELD_REAL && isnan(*value))
            *value = *(const double *)(const void *)((const char *)&standards[o->type] + f->offset);
    }
    if (!failed && o->clip_value > 0 && o->clip_norm > 0)
        failed = node_key_error(node_get(section, "clip_norm"), e, "given with clip_value, allowed: one of the two");
    return failed;
}

void optimizer_write(const struct optimizer *o, struct node *map)
{
    struct node *all = spec_write(optimizer_fields, o, 0);
    for (const struct field *f = optimizer_fields; f->key; f++) {
        struct node *value = node_take(all, f->key);
        if (has_setting(o, f))
            node_add(map, f->key, value);
        else
            node_free(&value);
    }
    node_free(&all);
}

int optimizer_slots(const struct optimizer *o)
{
    static const int slots[] = {
        [SGD] = 1, [ADAGRAD] = 1, [ADADELTA] = 2, [RMSPROP] = 3, [ADAM] = 2, [ADAMW] = 2, [NADAM] = 2};
    return slots[o->type] + o->amsgrad;
}

double optimizer_slot_start(const struct optimizer *o)
{
    return o->type == ADAGRAD ? o->initial_accumulator_value : 0;
}

static double setting(double value)
{
    return isnan(value) ? 0 : value;
}

// Keras's nadam: the momentum of step i is beta_1 (1 - 0.96^i / 2) (PyTorch: 0.96^(i momentum_decay), with 0.004), and
// the bias correction goes by the product of all so far. It ends where nothing is left of it, and soon is a power.
static void nadam_rates(const struct optimizer *o, int64_t t, double learning_rate, struct update *u)
{
    enum { SETTLED = 1000 }; // 0.96^1000 is nothing beside 1
    double power = 1, product = 1;
    for (int64_t i = 1; i <= t && i <= SETTLED && product > 1e-20; i++) {
        power *= 0.96;
        product *= o->beta_1 * (1 - power / 2);
    }
    if (t > SETTLED)
        product *= pow(o->beta_1, (double)(t - SETTLED));
    double momentum = o->beta_1 * (1 - pow(0.96, (double)t) / 2);
    double next = o->beta_1 * (1 - pow(0.96, (double)t + 1) / 2);
    u->learning_rate = learning_rate * next / (1 - product * next);
    u->gradient_rate = learning_rate * (1 - momentum) / (1 - product);
    u->square_factor = 1 / (1 - pow(o->beta_2, (double)t));
}

double optimizer_clip_factor(const struct optimizer *o, double norm)
{
    return norm > o->clip_norm ? o->clip_norm / norm : 1;
}

struct update optimizer_update(const struct optimizer *o, int64_t t, double learning_rate)
{
    double rate = learning_rate;
    if (o->type == ADAM || o->type == ADAMW)
        rate *= sqrt(1 - pow(o->beta_2, (double)t)) / (1 - pow(o->beta_1, (double)t));
    struct update u = {.learning_rate = rate,
        .momentum = setting(o->momentum),
        .beta_1 = setting(o->beta_1),
        .beta_2 = setting(o->beta_2),
        .rho = setting(o->rho),
        .epsilon = setting(o->epsilon),
        .decay = learning_rate * setting(o->weight_decay),
        .nesterov = o->nesterov,
        .centered = o->centered,
        .clip_factor = 1,
        .clip_value = o->clip_value};
    if (o->type == NADAM)
        nadam_rates(o, t, learning_rate, &u);
    return u;
}

void optimizer_apply(const struct optimizer *o, const struct update *u, size_t n, real *w, real *g,
    real *const state[OPTIMIZER_MAX_SLOTS])
{
    const struct kernels *k = kernels();
    if (u->clip_factor != 1 || u->clip_value > 0)
        k->clip(n, (real)u->clip_factor, (real)u->clip_value, g);
    switch ((enum optimizer_type)o->type) {
    case SGD:
        k->sgd(n, w, g, state[0], u);
        break;
    case ADAGRAD:
        k->adagrad(n, w, g, state[0], u);
        break;
    case ADADELTA:
        k->adadelta(n, w, g, state[0], state[1], u);
        break;
    case RMSPROP:
        k->rmsprop(n, w, g, state[0], state[1], state[2], u);
        break;
    case ADAM:
    case ADAMW:
        if (o->amsgrad)
            k->amsgrad(n, w, g, state[0], state[1], state[2], u);
        else
            k->adam(n, w, g, state[0], state[1], u);
        break;
    case NADAM:
        k->nadam(n, w, g, state[0], state[1], u);
        break;
    }
}

// Optimizers with the names, defaults and formulas of Keras. The arithmetic is in kernels/loop_optimizer.c.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include "spec/spec.h"
#include <math.h>
#include <string.h>

#define OPTIMIZER_NAME(CONSTANT, name, loop) #name,
const char *const optimizer_names[] = {OPTIMIZERS(OPTIMIZER_NAME) NULL};

const struct field optimizer_fields[] = {
    FIELD_ROW(optimizer, kind, "optimizer", FIELD_CHOICE,
        "how gradients change weights (PyTorch's nadam has a different momentum schedule)", .default_text = "adam",
        .choices = optimizer_names),
    FIELD_ROW(optimizer, learning_rate, "learning_rate", FIELD_REAL,
        "step size; default: 0.01 for sgd, 0.001 for all others (PyTorch: 1 for adadelta, 0.01 for "
        "adagrad and rmsprop)",
        .min = 0, .max = 1e3),
    FIELD_ROW(optimizer, momentum, "momentum", FIELD_REAL,
        "sgd, rmsprop: default 0. Momentum accumulates steps (PyTorch: gradients, so a later "
        "learning_rate changes all of them)",
        .min = 0, .max = 1, .flags = FIELD_MAX_EXCLUDED),
    FLAG_ROW(optimizer, nesterov, "nesterov", "sgd: looks ahead along the momentum"),
    FIELD_ROW(optimizer, beta_1, "beta_1", FIELD_REAL,
        "adam, adamw, nadam: decay rate of the mean gradient; default 0.9", .min = 0, .max = 1,
        .flags = FIELD_MAX_EXCLUDED),
    FIELD_ROW(optimizer, beta_2, "beta_2", FIELD_REAL,
        "adam, adamw, nadam: decay rate of the mean squared gradient; default 0.999", .min = 0, .max = 1,
        .flags = FIELD_MAX_EXCLUDED),
    FIELD_ROW(optimizer, rho, "rho", FIELD_REAL,
        "adadelta, rmsprop: decay rate of the mean squared gradient; default 0.95 and 0.9 "
        "(PyTorch: 0.9 and 0.99)",
        .min = 0, .max = 1, .flags = FIELD_MAX_EXCLUDED),
    FIELD_ROW(optimizer, epsilon, "epsilon", FIELD_REAL,
        "keeps divisions finite; default 1e-7 (PyTorch: 1e-8 for rmsprop, adam, adamw and nadam, "
        "1e-10 for adagrad, 1e-6 for adadelta). rmsprop, adagrad and adadelta add it to the mean "
        "square (PyTorch: rmsprop and adagrad to its root). adam and adamw add it to the root "
        "before the bias correction, nadam after it (PyTorch: all three after it)",
        .min = 0, .max = 1, .flags = FIELD_MIN_EXCLUDED),
    FIELD_ROW(optimizer, initial_accumulator_value, "initial_accumulator_value", FIELD_REAL,
        "adagrad: initial sum of squares; default 0.1 (PyTorch: 0)", .min = 0, .max = 1e6),
    FLAG_ROW(
        optimizer, centered, "centered", "rmsprop: divides by the standard deviation instead of the root mean square"),
    FIELD_ROW(optimizer, weight_decay, "weight_decay", FIELD_REAL,
        "adamw: each step reduces every weight by the fraction learning_rate times this; default "
        "0.004 (PyTorch: 0.01)",
        .min = 0, .max = 1),
    FLAG_ROW(optimizer, amsgrad, "amsgrad", "adam, adamw: divides by the largest mean square so far"),
    FIELD_ROW(optimizer, clip_value, "clip_value", FIELD_REAL,
        "limit on the absolute value of each element of the gradient, including weight penalties "
        "(Keras: clipvalue); 0: no limit",
        .default_text = "0", .min = 0, .max = 1e30),
    FIELD_ROW(optimizer, clip_norm, "clip_norm", FIELD_REAL,
        "limit on the Euclidean norm of the gradient of all weights together, including weight "
        "penalties (Keras: global_clipnorm); 0: no limit",
        .default_text = "0", .min = 0, .max = 1e30),
    {0},
};

// The properties of an optimizer.
struct optimizer_type {
    int slots;                 // number of arrays of state; amsgrad adds one
    const char *settings[6];   // names of its settings besides common_settings, NULL-terminated
    struct optimizer defaults; // values of these settings in Keras
    // Sets the rates that depend on the step t = 1, 2, ...; NULL: no rate does.
    void (*set_rates)(const struct optimizer *o, int64_t t, double learning_rate, struct update *u);
};

static const char *const common_settings[] = {"optimizer", "learning_rate", "clip_value", "clip_norm", NULL};

// Applies the bias correction of Adam as a factor of the learning rate.
static void adam_rates(const struct optimizer *o, int64_t t, double learning_rate, struct update *u)
{
    u->learning_rate = learning_rate * (sqrt(1 - pow(o->beta_2, (double)t)) / (1 - pow(o->beta_1, (double)t)));
}

// Computes the rates of nadam in Keras. The momentum of step i is beta_1 (1 - 0.96^i / 2). PyTorch has 0.96^(0.004 i)
// in place of 0.96^i. The bias correction uses the product of all momenta so far. The loop ends when the
// product is negligible, or when the momentum is constant, so that the other factors are a power.
static void nadam_rates(const struct optimizer *o, int64_t t, double learning_rate, struct update *u)
{
    enum { SETTLED = 1000 }; // 0.96^1000 is negligible compared with 1
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

static const struct optimizer_type optimizer_types[] = {
    [OPTIMIZER_SGD] = {.slots = 1, .settings = {"momentum", "nesterov"}, .defaults = {.learning_rate = 0.01}},
    [OPTIMIZER_ADAGRAD] = {.slots = 1,
        .settings = {"epsilon", "initial_accumulator_value"},
        .defaults = {.learning_rate = 0.001, .epsilon = 1e-7, .initial_accumulator_value = 0.1}},
    [OPTIMIZER_ADADELTA] = {.slots = 2,
        .settings = {"rho", "epsilon"},
        .defaults = {.learning_rate = 0.001, .rho = 0.95, .epsilon = 1e-7}},
    [OPTIMIZER_RMSPROP] = {.slots = 3,
        .settings = {"momentum", "rho", "epsilon", "centered"},
        .defaults = {.learning_rate = 0.001, .rho = 0.9, .epsilon = 1e-7}},
    [OPTIMIZER_ADAM] = {.slots = 2,
        .settings = {"beta_1", "beta_2", "epsilon", "amsgrad"},
        .defaults = {.learning_rate = 0.001, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-7},
        .set_rates = adam_rates},
    [OPTIMIZER_ADAMW] = {.slots = 2,
        .settings = {"beta_1", "beta_2", "epsilon", "weight_decay", "amsgrad"},
        .defaults = {.learning_rate = 0.001, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-7, .weight_decay = 0.004},
        .set_rates = adam_rates},
    [OPTIMIZER_NADAM] = {.slots = 2,
        .settings = {"beta_1", "beta_2", "epsilon"},
        .defaults = {.learning_rate = 0.001, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-7},
        .set_rates = nadam_rates},
};
_Static_assert(sizeof optimizer_types / sizeof *optimizer_types == OPTIMIZER_COUNT, "a row for each optimizer");

static const struct optimizer_type *optimizer_type_of(const struct optimizer *o)
{
    ASSERT(o->kind >= 0 && o->kind < OPTIMIZER_COUNT, "optimizer %d", o->kind);
    return &optimizer_types[o->kind];
}

void optimizer_clear(struct optimizer *o)
{
    *o = (struct optimizer){.learning_rate = NAN,
        .momentum = NAN,
        .beta_1 = NAN,
        .beta_2 = NAN,
        .rho = NAN,
        .epsilon = NAN,
        .initial_accumulator_value = NAN,
        .weight_decay = NAN};
}

static bool is_setting_in(const char *const *settings, const char *key)
{
    for (; *settings; settings++)
        if (strcmp(*settings, key) == 0)
            return true;
    return false;
}

static bool has_setting(const struct optimizer *o, const char *key)
{
    return is_setting_in(common_settings, key) || is_setting_in(optimizer_type_of(o)->settings, key);
}

int optimizer_resolve(struct optimizer *o, const struct node *section, struct err *e)
{
    const struct optimizer *defaults = &optimizer_type_of(o)->defaults;
    int failed = 0;

    for (const struct field *f = optimizer_fields; f->key; f++) {
        const struct node *given = node_get(section, f->key);
        double *value = (double *)(void *)((char *)o + f->offset);
        if (given && !has_setting(o, f->key))
            failed = node_key_error(given, e, "optimizer %s has no such setting", optimizer_names[o->kind]);
        else if (f->type == FIELD_REAL && isnan(*value) && has_setting(o, f->key))
            *value = *(const double *)(const void *)((const char *)defaults + f->offset);
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
        if (has_setting(o, f->key))
            node_add(map, f->key, value);
        else
            node_free(&value);
    }

    node_free(&all);
}

int optimizer_slots(const struct optimizer *o)
{
    const int slots = optimizer_type_of(o)->slots + o->amsgrad;
    ASSERT(slots <= OPTIMIZER_MAX_SLOTS, "%d slots", slots);
    return slots;
}

// Returns the setting, or 0 if it is NaN because the optimizer does not have it.
static double setting_or_0(double value)
{
    return isnan(value) ? 0 : value;
}

double optimizer_slot_start(const struct optimizer *o)
{
    return setting_or_0(o->initial_accumulator_value);
}

double optimizer_clip_factor(const struct optimizer *o, double norm)
{
    return norm > o->clip_norm ? o->clip_norm / norm : 1;
}

struct update optimizer_update(const struct optimizer *o, int64_t t, double learning_rate)
{
    const struct optimizer_type *type = optimizer_type_of(o);
    struct update u = {.learning_rate = learning_rate,
        .momentum = setting_or_0(o->momentum),
        .beta_1 = setting_or_0(o->beta_1),
        .beta_2 = setting_or_0(o->beta_2),
        .rho = setting_or_0(o->rho),
        .epsilon = setting_or_0(o->epsilon),
        .decay = learning_rate * setting_or_0(o->weight_decay),
        .nesterov = o->nesterov,
        .centered = o->centered,
        .amsgrad = o->amsgrad,
        .clip_factor = 1,
        .clip_value = o->clip_value};
    ASSERT(t >= 1, "step %lld", (long long)t);

    if (type->set_rates)
        type->set_rates(o, t, learning_rate, &u);
    return u;
}

void optimizer_apply(const struct optimizer *o, const struct update *u, size_t n, real *w, real *g,
    real *const state[OPTIMIZER_MAX_SLOTS])
{
    ASSERT(o->kind >= 0 && o->kind < OPTIMIZER_COUNT, "optimizer %d", o->kind);

    if (u->clip_factor != 1 || u->clip_value > 0)
        kernels()->clip(n, (real)u->clip_factor, (real)u->clip_value, g);
    kernels()->step[o->kind](n, w, g, state, u);
}

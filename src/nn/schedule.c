// Computes the learning rate of an epoch, by pure functions of the settings, the epoch, and the number of drops on a
// plateau.
#include "nn/nn.h"

#include <math.h>

enum schedule_type { CONSTANT, STEP, EXPONENTIAL, COSINE, PLATEAU };
static const char *const schedule_names[] = {"constant", "step", "exponential", "cosine", "reduce_on_plateau", NULL};

const struct field schedule_fields[] = {
    FIELD_ROW(schedule, type, "schedule", FIELD_CHOICE,
        "how the learning rate changes from epoch to epoch; cosine: half a wave from learning_rate "
        "down to schedule_minimum at the end",
        .default_text = "constant", .choices = schedule_names),
    FIELD_ROW(schedule, factor, "schedule_factor", FIELD_REAL,
        "factor of the rate: step and reduce_on_plateau apply it at each drop, exponential in "
        "every epoch",
        .default_text = "0.1", .min = 0, .max = 1, .flags = FIELD_MIN_EXCLUDED),
    FIELD_ROW(schedule, epochs, "schedule_epochs", FIELD_INT,
        "step: epochs between two drops; reduce_on_plateau: epochs without a new best loss before "
        "a drop (PyTorch: one more)",
        .default_text = "10", .min = 1, .max = 1 << 24, .unit = "epochs"),
    FIELD_ROW(schedule, minimum, "schedule_minimum", FIELD_REAL, "lower limit of the rate for all schedules",
        .default_text = "0", .min = 0, .max = 1e3),
    FIELD_ROW(schedule, warmup, "warmup_epochs", FIELD_INT,
        "number of epochs in which the rate rises in equal steps; it reaches learning_rate in the "
        "next epoch, when the schedule begins",
        .default_text = "0", .max = 1 << 24, .unit = "epochs"),
    {0},
};

bool schedule_needs_epochs(const struct schedule *s)
{
    return s->type == COSINE;
}

double schedule_rate(const struct schedule *s, double learning_rate, int64_t epoch, int64_t epochs, int64_t drops)
{
    ASSERT(epoch >= 0 && epoch < epochs, "epoch %lld of %lld", (long long)epoch, (long long)epochs);
    ASSERT(drops >= 0, "%lld drops", (long long)drops);
    if (epoch < s->warmup)
        return learning_rate * (double)(epoch + 1) / (double)(s->warmup + 1);

    const double at = (double)(epoch - s->warmup), all = (double)(epochs - s->warmup);
    double rate = learning_rate;
    switch ((enum schedule_type)s->type) {
    case CONSTANT:
        return rate;
    case STEP:
        rate *= pow(s->factor, floor(at / (double)s->epochs));
        break;
    case EXPONENTIAL:
        rate *= pow(s->factor, at);
        break;
    case COSINE:
        return rate < s->minimum ? rate : s->minimum + (rate - s->minimum) * (1 + cos(acos(-1) * at / all)) / 2;
    case PLATEAU:
        rate *= pow(s->factor, (double)drops);
        break;
    }

    return fmax(rate, fmin(s->minimum, learning_rate));
}

// The learning rate of an epoch: pure functions of settings, the epoch, and how often a plateau was met.
#include "nn/nn_impl.h"

#include <math.h>

enum schedule_type { CONSTANT, STEP, EXPONENTIAL, COSINE, PLATEAU };
static const char *const schedule_names[] = {"constant", "step", "exponential", "cosine", "reduce_on_plateau", NULL};
static const char *const monitor_names[] = {"validation_loss", "train_loss", NULL};

const struct field schedule_fields[] = {
    {.key = "schedule",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct schedule, type),
        .standard = "constant",
        .choices = schedule_names,
        .help = "how the learning rate changes, from epoch to epoch; cosine: half a wave from learning_rate down to "
                "schedule_minimum at the end"},
    {.key = "schedule_factor",
        .type = FIELD_REAL,
        .offset = offsetof(struct schedule, factor),
        .standard = "0.1",
        .min = 0,
        .max = 1,
        .flags = FIELD_MIN_EXCLUDED,
        .help = "what the rate is multiplied by: step and reduce_on_plateau each time, exponential every epoch"},
    {.key = "schedule_epochs",
        .type = FIELD_INT,
        .offset = offsetof(struct schedule, epochs),
        .standard = "10",
        .min = 1,
        .max = 1 << 24,
        .unit = "epochs",
        .help =
            "step: between two drops; reduce_on_plateau: without a new best loss before a drop (PyTorch: one more)"},
    {.key = "schedule_minimum",
        .type = FIELD_REAL,
        .offset = offsetof(struct schedule, minimum),
        .standard = "0",
        .min = 0,
        .max = 1e3,
        .help = "no schedule goes below this rate"},
    {.key = "warmup_epochs",
        .type = FIELD_INT,
        .offset = offsetof(struct schedule, warmup),
        .standard = "0",
        .max = 1 << 24,
        .unit = "epochs",
        .help = "at first the rate rises in equal steps, to learning_rate in the epoch after these; then the schedule "
                "begins"},
    {.key = "early_stopping",
        .type = FIELD_INT,
        .offset = offsetof(struct schedule, patience),
        .standard = "0",
        .max = 1 << 24,
        .unit = "epochs",
        .help = "training ends after so many epochs without a new best loss (Keras: patience); 0: never"},
    {.key = "monitor",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct schedule, monitor),
        .standard = "validation_loss",
        .choices = monitor_names,
        .help = "the loss that early_stopping and reduce_on_plateau look at; without validation data it is train_loss"},
    {.key = "min_delta",
        .type = FIELD_REAL,
        .offset = offsetof(struct schedule, min_delta),
        .standard = "0",
        .max = 1e30,
        .help = "a loss is a new best one if it is lower by more than this (Keras: reduce_on_plateau 1e-4)"},
    {.key = "restore_best",
        .type = FIELD_BOOL,
        .offset = offsetof(struct schedule, restore_best),
        .standard = "true",
        .help = "early_stopping: the model gets the weights of its best epoch, also if all epochs were done (Keras: "
                "false, and false)"},
    {0},
};

bool schedule_needs_epochs(const struct schedule *s)
{
    return s->type == COSINE;
}

double schedule_rate(
    const struct schedule *s, double learning_rate, int64_t epoch, int64_t epochs, const struct watch *p)
{
    if (epoch < s->warmup)
        return learning_rate * (double)(epoch + 1) / (double)(s->warmup + 1);
    double at = (double)(epoch - s->warmup), all = (double)(epochs - s->warmup), rate = learning_rate;
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
        rate *= pow(s->factor, (double)p->drops);
        break;
    }
    return fmax(rate, fmin(s->minimum, learning_rate));
}

void watch_start(struct watch *p)
{
    *p = (struct watch){.best = INFINITY, .best_epoch = -1};
}

bool watch_add(const struct schedule *s, struct watch *p, int64_t epoch, double train_loss, double validation_loss)
{
    double loss = s->monitor == 0 && !isnan(validation_loss) ? validation_loss : train_loss;
    if (loss < p->best - s->min_delta) {
        p->best = loss;
        p->best_epoch = epoch;
        p->waited = 0;
        p->waited_for_drop = 0;
        return true;
    }
    p->waited++;
    if (epoch >= s->warmup && ++p->waited_for_drop >= s->epochs) {
        p->drops++;
        p->waited_for_drop = 0;
    }
    return false;
}

bool schedule_ends(const struct schedule *s, const struct watch *p)
{
    return s->patience > 0 && p->waited >= s->patience;
}

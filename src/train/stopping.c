// Implements early stopping and plateaus as pure functions of settings and losses.
#include "train/stopping.h"

#include <math.h>

enum monitor { MONITOR_VALIDATION_LOSS, MONITOR_TRAIN_LOSS };
static const char *const monitor_names[] = {"validation_loss", "train_loss", NULL};

const struct field stopping_fields[] = {
    FIELD_ROW(stopping, patience, "early_stopping", FIELD_INT,
        "training ends after this many epochs without a new best loss (Keras: patience); 0: never", .default_text = "0",
        .max = 1 << 24, .unit = "epochs"),
    FIELD_ROW(stopping, monitor, "monitor", FIELD_CHOICE,
        "loss that early_stopping and reduce_on_plateau monitor; without validation data it is "
        "train_loss",
        .default_text = "validation_loss", .choices = monitor_names),
    FIELD_ROW(stopping, min_delta, "min_delta", FIELD_REAL,
        "a loss is a new best one if it is lower by more than this (Keras: 1e-4 for "
        "reduce_on_plateau)",
        .default_text = "0", .max = 1e30),
    FIELD_ROW(stopping, restore_best, "restore_best", FIELD_BOOL,
        "early_stopping: the model gets the weights of its best epoch, even if training did not stop early "
        "(Keras: not by default, and only if it did)",
        .default_text = "true"),
    {0},
};

void watch_start(struct watch *w)
{
    *w = (struct watch){.best = INFINITY, .best_epoch = -1};
}

bool watch_add(struct watch *w, const struct stopping *s, const struct schedule *schedule, int64_t epoch,
    double train_loss, double validation_loss)
{
    bool is_validated = s->monitor == MONITOR_VALIDATION_LOSS && !isnan(validation_loss);
    double loss = is_validated ? validation_loss : train_loss;
    ASSERT(epoch > w->best_epoch, "epoch %lld after %lld", (long long)epoch, (long long)w->best_epoch);

    if (loss < w->best - s->min_delta) {
        w->best = loss;
        w->best_epoch = epoch;
        w->waited = 0;
        w->waited_for_drop = 0;
        return true;
    }

    w->waited++;
    if (epoch >= schedule->warmup && ++w->waited_for_drop >= schedule->epochs) {
        w->drops++;
        w->waited_for_drop = 0;
    }
    return false;
}

bool stopping_ends(const struct stopping *s, const struct watch *w)
{
    return s->patience > 0 && w->waited >= s->patience;
}

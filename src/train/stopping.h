// Decides from the losses of the epochs which epoch is the best one, when the learning rate drops on a plateau, and
// when early stopping ends training.
#pragma once

#include "nn/nn.h"

struct stopping {
    int64_t patience; // training ends after this many epochs without a new best loss; 0: it does not
    int monitor;      // which loss decides
    double min_delta; // a new best loss is lower by more than this
    bool restore_best;
};
extern const struct field stopping_fields[]; // rows of the section `train`

// What is known of the losses so far.
struct watch {
    double best;             // the best loss; infinite: none yet
    int64_t best_epoch;      // epoch of the best loss, from 0; -1: none yet
    int64_t waited;          // epochs since the best one
    int64_t waited_for_drop; // epochs since the best one or the last drop of the learning rate, whichever is later
    int64_t drops;           // drops of the learning rate, under schedule reduce_on_plateau
};

void watch_start(struct watch *w);
// Takes the losses of an epoch (from 0) and decides whether the learning rate drops, if the schedule waits for
// plateaus. validation_loss is NaN without validation data. Returns true if this epoch is the best one so far.
bool watch_add(struct watch *w, const struct stopping *s, const struct schedule *schedule, int64_t epoch,
    double train_loss, double validation_loss);
// Returns true if early stopping ends training here.
bool stopping_ends(const struct stopping *s, const struct watch *w);

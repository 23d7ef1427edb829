// One trial on one team of ranks: data, model, training, scores, file.
#pragma once

#include "trial/experiment.h"
#include "trial/work_order.h"

// The data that a team read last: the trials of a sweep mostly share it.
struct data_cache {
    char *key; // owned; NULL: empty
    struct data_sets sets;
};
void data_cache_free(struct data_cache *c);

// Collective over team->comm. Trains and scores the trial, whose tree it takes, and writes its file; its checkpoint is
// removed then, unless k->keeps_last. The team's `on_progress` is notified of its progress. -1 and the reason, the same
// on all ranks, where it could not be done; 1 where it was stopped on request and its checkpoint is written.
int trial_run(const struct team *team, const struct experiment *x, struct order *order, const char *path,
    const struct checkpointing *k, struct data_cache *cache, struct err *e);

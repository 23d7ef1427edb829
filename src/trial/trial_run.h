// One trial on one team of ranks: data, model, training, scores, file.
#pragma once

#include "trial/baseline.h"
#include "trial/experiment.h"
#include "trial/work_order.h"

// The data that a team read last, and what was computed from it alone: the trials of a sweep mostly share it. The owner
// is the loop over a team's trials. All of it is dropped when a trial needs other data, and at the end of the run.
struct data_cache {
    char *key; // owned; NULL: empty
    struct data_sets sets;
    double *value_quantiles;    // owned; of the reference of its trials (trial_reference.h), on rank 0; NULL: none yet
    struct baselines baselines; // owned; on rank 0
};
void data_cache_free(struct data_cache *c);

// All members are borrowed.
struct trial_target;
struct trial_task {
    const struct experiment *experiment;
    struct order *order; // its tree is taken
    const struct trial_target *target;
    const struct checkpointing *checkpointing;
    struct data_cache *cache;
};

// Collective over team->comm. Trains and scores the trial and writes its file. Then removes its checkpoint, unless
// checkpointing->keeps_last. Notifies the team's `on_progress`. Returns -1 and the reason, the same on all ranks, if
// this failed; 1 if it was stopped on request and its checkpoint is written.
int trial_run(const struct team *team, const struct trial_task *task, struct err *e);

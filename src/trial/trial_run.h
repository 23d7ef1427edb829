// Runs one trial on one team of ranks: data, model, training, scores and file.
#pragma once

#include "trial/baseline.h"
#include "trial/experiment.h"
#include "trial/work_order.h"

// The data that a team read most recently, and results that depend only on this data. The trials of a sweep usually
// share it. The loop over a team's trials owns it. It is replaced when a trial needs other data, and freed at the end
// of the run.
struct data_cache {
    char *key; // owned; NULL: empty
    struct data_sets sets;
    // owned; on rank 0: quantiles of the training values, for the reference of each trial; NULL: not computed yet
    double *value_quantiles;
    struct baselines baselines; // owned; on rank 0
};
void data_cache_free(struct data_cache *c);

struct trial_target;
// What trial_run needs to know. All members are borrowed.
struct trial_task {
    const struct experiment *experiment;
    struct order *order; // trial_run takes its tree
    const struct trial_target *target;
    const struct checkpointing *checkpointing;
    struct data_cache *cache;
};

// Trains and scores the trial and writes its file. Then removes its checkpoint, unless checkpointing->keeps_last. Calls
// the team's `on_progress`. Returns -1 and the reason, the same on all ranks, on failure. Returns 1 if it was stopped
// on request; its checkpoint is then written. Collective over team->comm.
int trial_run(const struct team *team, const struct trial_task *task, struct err *e);

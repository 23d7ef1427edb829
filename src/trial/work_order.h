// A work order: all that a group of ranks needs to know of a trial, as bytes that the queue carries. Only world rank 0
// knows the sweep.
#pragma once

#include "comm/queue.h"
#include "trial/plan.h"

struct order {
    char id[TRIAL_ID_LENGTH + 1], lineage[TRIAL_ID_LENGTH + 1], configuration[TRIAL_ID_LENGTH + 1];
    int number;     // in the sweep
    int entry;      // in the plan
    bool may_go_on; // keeps its last state: a later trial may be the same with more epochs
    int64_t epochs;
    double operations;   // the expected cost, floating-point
    struct node *tree;   // owned: the trial, resolved
    struct node *data;   // owned: versions of the plan's data (versions.h), a text
    struct node *varied; // owned: a map of what the sweep varies and its values as strings
};

// Appends the order of entry i of a plan. -1 and an error where its spec cannot be resolved or is too large to send.
int order_pack(const struct experiment *x, const struct plan *plan, int i, struct queue_bytes *bytes, struct err *e);
// -1 and an error where the bytes are no order. `o` is the caller's to free in every case.
int order_unpack(const struct queue_bytes *bytes, struct order *o, struct err *e);
void order_free(struct order *o);

// A work order: all that a group of ranks needs to know of a trial, as bytes that the queue carries. Only world rank 0
// knows the sweep.
#pragma once

#include "comm/queue.h"
#include "trial/plan.h"

struct order {
    struct plan_entry planned; // a copy of the plan's entry
    int entry;                 // its index in the plan
    struct node *tree;         // owned: the trial, resolved
    struct node *data;         // owned: versions of the plan's data (versions.h), a string
    struct node *varied;       // owned: a map of what the sweep varies and its values as strings
};

// Appends the order of entry i of a plan. Returns -1 and an error, and appends nothing, if its spec cannot be resolved
// or is too large to send.
int order_pack(const struct experiment *x, const struct plan *plan, int i, struct queue_bytes *bytes, struct err *e);
// Returns the index in the plan of an order's entry.
int order_entry(const struct queue_bytes *bytes);
// Returns -1 and an error if the bytes are no order. The caller frees `o` in every case.
int order_unpack(const struct queue_bytes *bytes, struct order *o, struct err *e);
void order_free(struct order *o);

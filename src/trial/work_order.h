// A work order: everything that a team of ranks needs to know about a trial, as bytes that the queue carries. Only
// world rank 0 knows the sweep.
#pragma once

#include "comm/queue.h"
#include "trial/plan.h"

struct order {
    struct plan_entry planned; // copy of the plan's entry
    int entry;                 // index of the entry in the plan
    struct node *tree;         // owned: the resolved trial
    struct node *data;         // owned: a string, the versions of the plan's data (versions.h)
    struct node *varied;       // owned: a map from each key that the sweep varies to its value, a string
};

// Appends the order of entry i of a plan to `bytes`. Returns -1 and an error, and appends nothing, if the spec cannot
// be resolved or is too large to send.
int order_pack(const struct experiment *x, const struct plan *plan, int i, struct queue_bytes *bytes, struct err *e);
// Returns the index that the order's entry has in the plan.
int order_entry(const struct queue_bytes *bytes);
// Reads an order. Returns -1 and an error if the bytes are not an order. The caller frees `o` even on failure.
int order_unpack(const struct queue_bytes *bytes, struct order *o, struct err *e);
void order_free(struct order *o);

// How ranks and threads are spread over trials: a pure function of the counts.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct ranks_layout {
    int ranks_per_trial;
    int groups;  // of ranks, each on a trial of its own
    int threads; // of each rank
};

// What the user asked for.
struct ranks_wish {
    int threads;         // of each rank; 0: as many as the cores of the node allow
    int ranks_per_trial; // 0: as few as keep all ranks busy
    bool may_idle;       // the number of ranks is our default: ranks without work wait for the end
};

// What there is.
struct ranks_supply {
    int ranks;
    int cores;              // of each rank
    int trials;             // that differ
    int64_t least_shards;   // of all trials: the least number of virtual shards
    double step_operations; // floating-point, of the costliest trial's step; 0: not known
};

// Chooses the layout. Uses one rank per trial, or more if there are more ranks than trials, and at most one worker per
// shard. Unless the user asks for threads, each has enough operations per step to be worth the wait for the others.
// Returns -1 and an error that says what to change if the wish cannot be met.
int ranks_layout_choose(
    const struct ranks_wish *wish, const struct ranks_supply *supply, struct ranks_layout *out, struct err *e);

// Returns the largest number of ranks, up to supply->ranks, that all have work with that many threads each.
int ranks_layout_useful(const struct ranks_supply *supply, int threads);

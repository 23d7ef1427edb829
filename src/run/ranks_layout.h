// Chooses how ranks and threads are spread over trials. The result depends only on the counts.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct ranks_layout {
    int ranks_per_trial;
    int groups;  // groups of ranks, each of which trains a trial of its own
    int threads; // per rank
};

// What the user asked for.
struct ranks_wish {
    int threads;         // per rank; 0: as many as have enough work, up to the cores of a rank
    int ranks_per_trial; // 0: as few as possible while all ranks have work
    bool may_idle;       // ranks without work are allowed, because the user did not set the number of ranks
};

// What the layout has to distribute.
struct ranks_supply {
    int ranks;
    int cores;              // per rank
    int trials;             // number of different trials
    int64_t least_shards;   // the least number of virtual shards of any trial
    double step_operations; // floating-point operations of a step of the costliest trial; 0: unknown
};

// Chooses the layout. Uses one rank per trial, or more if there are more ranks than trials, and at most one worker per
// shard. Unless the user sets the number of threads, a rank gets only as many as have enough operations per step.
// Returns 0, or -1 and an error that says what to change if the wish cannot be met.
int ranks_layout_choose(
    const struct ranks_wish *wish, const struct ranks_supply *supply, struct ranks_layout *out, struct err *e);

// Returns the largest number of ranks, up to supply->ranks, that all have work if each has `threads` threads.
int ranks_layout_useful(const struct ranks_supply *supply, int threads);

// Trials that must run alone, because the kernel killed one of their ranks for lack of memory: state/lone-<id> says so
// until the trial has ended.
#pragma once

#include "base/err.h"

enum lone_state {
    LONE_NOT,   // runs next to others, as all trials do at first
    LONE_WAITS, // runs when no other trial does
    LONE_BEGAN  // has begun alone
};

// Records the state and makes the file durable; LONE_NOT removes the file. Returns 0, or -1 and an error.
int lone_trial_set(const char *folder, const char *id, enum lone_state state, struct err *e);
// Returns the recorded state: LONE_NOT if there is no file, and LONE_WAITS if the file cannot be read.
enum lone_state lone_trial_state(const char *folder, const char *id);

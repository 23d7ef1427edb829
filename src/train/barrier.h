// A barrier for the threads of a team. A waiting thread spins for a moment and then sleeps.
//
// In OpenMP's own barrier, threads spin for milliseconds. On a busy machine they take the core from the thread for
// which they wait: a model that trains in 0.5 s took 24 s. Threads that sleep at once cost two system calls per step on
// an idle machine.
#pragma once

#include "base/err.h"

struct barrier;

// Returns a barrier for `threads` threads, or NULL and an error if memory runs out.
struct barrier *barrier_new(int threads, struct err *e);
void barrier_free(struct barrier **b); // NULL-safe
// Returns when all threads have called it. What a thread wrote before is visible to all of them afterwards.
void barrier_wait(struct barrier *b);

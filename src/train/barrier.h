// A barrier for the threads of a team. It waits awake for a moment, and then asleep.
//
// OpenMP's own barrier stays awake for milliseconds. On a busy machine the thread that the others wait for then gets no
// core, because they use it up: a model that trains in 0.5 s took 24 s. A barrier that sleeps at once costs two system
// calls per step on an idle machine.
#pragma once

#include "base/err.h"

struct barrier;

// Returns a barrier for that many threads, or NULL and an error if memory runs out.
struct barrier *barrier_new(int threads, struct err *e);
void barrier_free(struct barrier **b); // NULL-safe
// Returns when all threads have called it. What a thread wrote before is visible to all of them afterwards.
void barrier_wait(struct barrier *b);

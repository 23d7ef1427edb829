// Implements the barrier of a team. A counter holds how many threads have arrived. The last one begins the next round.
// The others wait until the round begins.
#include "train/barrier.h"

#include "base/err.h"
#include "base/mem.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { LOOKS_MAX = 1000 };     // how often a thread looks before it sleeps: for 20 to 50 microseconds
enum { ROUNDS_PER_TRY = 256 }; // after this many rounds, try LOOKS_MAX again

struct barrier {
    int threads;
    _Alignas(64) atomic_int arrived; // threads that have arrived in this round
    _Alignas(64) atomic_uint round;
    atomic_int looks;     // looks before a thread sleeps; halved if all were in vain, as the machine is probably busy
    pthread_mutex_t lock; // no round begins between a thread's last look and its sleep
    pthread_cond_t begun;
};

struct barrier *barrier_new(int threads, struct err *e)
{
    ASSERT(threads >= 1, "%d threads", threads);
    struct barrier *b = mem_array(1, sizeof *b, "barrier", e);
    if (!b)
        return NULL;

    b->threads = threads;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->begun, NULL);
    return b;
}

void barrier_free(struct barrier **b)
{
    if (*b) {
        pthread_cond_destroy(&(*b)->begun);
        pthread_mutex_destroy(&(*b)->lock);
    }
    free(*b);
    *b = NULL;
}

// Pauses for a moment, so that the other hardware thread of the core can work.
static void pause_core(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void begin_round(struct barrier *b)
{
    atomic_store_explicit(&b->arrived, 0, memory_order_relaxed);
    if (atomic_load_explicit(&b->round, memory_order_relaxed) % ROUNDS_PER_TRY == 0)
        atomic_store_explicit(&b->looks, LOOKS_MAX, memory_order_relaxed);
    pthread_mutex_lock(&b->lock);
    atomic_fetch_add_explicit(&b->round, 1, memory_order_release);
    pthread_mutex_unlock(&b->lock);
    pthread_cond_broadcast(&b->begun);
}

static void sleep_until_begun(struct barrier *b, unsigned round)
{
    pthread_mutex_lock(&b->lock);
    while (atomic_load_explicit(&b->round, memory_order_acquire) == round)
        pthread_cond_wait(&b->begun, &b->lock);
    pthread_mutex_unlock(&b->lock);
}

void barrier_wait(struct barrier *b)
{
    if (b->threads == 1)
        return;
    unsigned round = atomic_load_explicit(&b->round, memory_order_relaxed);

    if (atomic_fetch_add_explicit(&b->arrived, 1, memory_order_acq_rel) + 1 == b->threads) {
        begin_round(b);
        return;
    }

    int looks = atomic_load_explicit(&b->looks, memory_order_relaxed);
    for (int i = 0; i < looks; i++) {
        if (atomic_load_explicit(&b->round, memory_order_acquire) != round)
            return;
        pause_core();
    }

    atomic_store_explicit(&b->looks, looks / 2, memory_order_relaxed);
    sleep_until_begun(b, round);
}

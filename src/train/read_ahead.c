// Implements reading ahead. The thread that reads holds the lock except while it fetches or releases a piece.
#include "train/read_ahead.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/request.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

struct read_ahead {
    struct read_ahead_task task;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    // used: the last piece in use; fetched: the next piece to fetch; released: the next piece to release
    int64_t used, fetched, released;
    atomic_bool ends;
};

bool read_ahead_ends(const struct read_ahead *r)
{
    return atomic_load(&r->ends) || request_pending() == REQUEST_STOP;
}

// Releases or fetches the next piece, without the lock. Returns false if there is nothing to do.
static bool do_next_work(struct read_ahead *r)
{
    bool releases = r->released + 1 < r->used;
    if (!releases && (r->fetched >= r->task.pieces || r->fetched > r->used + r->task.depth))
        return false;

    int64_t piece = releases ? r->released : r->fetched;
    pthread_mutex_unlock(&r->lock);
    if (releases)
        r->task.release(r->task.context, piece);
    else
        r->task.fetch(r->task.context, r, piece);
    pthread_mutex_lock(&r->lock);

    if (releases)
        r->released++;
    else
        r->fetched++;
    pthread_cond_broadcast(&r->changed);
    return true;
}

static void *run_read_ahead(void *context)
{
    struct read_ahead *r = context;

    pthread_mutex_lock(&r->lock);
    while (!atomic_load(&r->ends))
        if (!do_next_work(r))
            pthread_cond_wait(&r->changed, &r->lock);
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

struct read_ahead *read_ahead_start(const struct read_ahead_task *task)
{
    struct read_ahead *r = mem_new(1, sizeof *r);
    sigset_t all, before;

    ASSERT(task->depth >= 0 && task->first >= 0, "piece %lld", (long long)task->first);
    *r = (struct read_ahead){.task = *task,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .used = task->first,
        .fetched = task->first,
        .released = task->first};

    sigfillset(&all); // signals are for the main thread
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&r->thread, NULL, run_read_ahead, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    if (error) {
        free(r);
        return NULL;
    }
    return r;
}

void read_ahead_wait(struct read_ahead *r, int64_t piece)
{
    if (!r)
        return;

    ASSERT(piece < r->task.pieces, "piece %lld of %lld", (long long)piece, (long long)r->task.pieces);
    pthread_mutex_lock(&r->lock);
    if (piece > r->used) {
        r->used = piece;
        pthread_cond_broadcast(&r->changed);
    }
    while (r->fetched <= piece)
        pthread_cond_wait(&r->changed, &r->lock);
    pthread_mutex_unlock(&r->lock);
}

void read_ahead_stop(struct read_ahead **read)
{
    struct read_ahead *r = *read;
    if (!r)
        return;

    pthread_mutex_lock(&r->lock);
    atomic_store(&r->ends, true);
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    free(r);
    *read = NULL;
}

// A thread beside the main one that shows that this process lives.
#include "sweep/pulse.h"

#include "base/mem.h"
#include "comm/comm.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct pulse {
    const struct lease *lease; // borrowed; NULL: not on this rank
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stops;
};

// Ends the job though the main thread may wait in MPI for ever; where MPI's own end gets stuck, the signal does it.
static _Noreturn void end_job(enum err_kind code)
{
    alarm(10);
    comm_abort((int)code);
}

static void beat(const struct pulse *p)
{
    if (!p->lease || lease_beat(p->lease) == 0)
        return;
    fprintf(stderr, "hourglass: another run has taken the folder, because this one had given no sign of life for long: "
                    "this one ends\n");
    end_job(ERR_BUSY);
}

// Waits for a second, or for the end: true.
static bool wait_second(struct pulse *p)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_mutex_lock(&p->lock);
    while (!p->stops && pthread_cond_timedwait(&p->changed, &p->lock, &until) == 0)
        ;
    bool stops = p->stops;
    pthread_mutex_unlock(&p->lock);
    return stops;
}

static void *run(void *pulse)
{
    struct pulse *p = pulse;
    while (!wait_second(p))
        beat(p);
    return NULL;
}

// Signals are for the main thread.
static int start_thread(struct pulse *p)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&p->thread, NULL, run, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

struct pulse *pulse_start(const struct lease *lease, struct err *e)
{
    struct pulse *p = mem_new(1, sizeof *p);
    p->lease = lease;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int error = start_thread(p);
    if (error) {
        err_add(e, ERR_SYSTEM, "cannot start a thread: %s", strerror(error));
        free(p);
        return NULL;
    }
    return p;
}

void pulse_stop(struct pulse **pulse)
{
    struct pulse *p = *pulse;
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stops = true;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
    *pulse = NULL;
}

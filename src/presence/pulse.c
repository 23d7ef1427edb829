// A thread beside the main one that shows what this process does and that it lives.
#include "presence/pulse.h"

#include "base/clock.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/text.h"
#include "comm/comm.h"
#include "presence/beacon.h"
#include "presence/watchdog.h"
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct pulse {
    struct pulse_options o;
    pthread_t thread;
    pid_t parent; // the launcher, or its daemon on this node
    // Held while a file is written, which may take long: the main thread waits for it once a trial, not in every step.
    pthread_mutex_t writing;
    char *path; // owned, of the beacon
    bool rests; // it is no longer written

    pthread_mutex_t lock; // of what follows
    pthread_cond_t changed;
    bool stops;
    struct beacon beacon;
    double began, trial_began, trial_operations, done_operations;
    int64_t ticks; // calls of pulse_progress
    bool trains;

    // the thread's own
    char *peer_path; // owned; NULL: there is no other rank
    struct watchdog dog;
    int64_t seen_ticks;
    double seen_cpu, written, looked;
    long long seen_io;
    struct stat peer;
    struct process peer_process; // owned; no host: not known yet
};

// Ends the job though the main thread may wait in MPI for ever; where MPI's own end gets stuck, the signal does it.
static _Noreturn void end_job(enum err_kind code)
{
    fflush(stdout);
    alarm(10);
    comm_abort((int)code);
}

// --- the beacon
static struct beacon snapshot(struct pulse *p)
{
    pthread_mutex_lock(&p->lock);
    struct beacon b = p->beacon;
    double now = clock_wall(), share = b.epochs > 0 ? fmin(1, b.epoch / (double)b.epochs) : 0;
    b.trial = mem_text(b.trial);
    b.seconds = now - p->began;
    b.trial_seconds = *b.trial ? now - p->trial_began : 0;
    b.operations = p->done_operations + (*b.trial ? share * p->trial_operations : 0);
    pthread_mutex_unlock(&p->lock);
    return b;
}

static void write_beacon(struct pulse *p)
{
    struct err ignored = {0}; // a full disk is for those to tell whose bytes matter
    pthread_mutex_lock(&p->writing);
    struct beacon b = snapshot(p);
    if (!p->rests)
        beacon_write(&b, p->path, &ignored);
    free(b.trial);
    pthread_mutex_unlock(&p->writing);
}

static bool is_leader(const struct pulse *p)
{
    return p->o.rank % p->o.ranks_per_trial == 0;
}

// Under the lock.
static void set_trial(struct pulse *p, const char *id, double operations, int64_t epochs)
{
    free(p->beacon.trial);
    p->beacon.trial = mem_text(id);
    p->beacon.epoch = 0;
    p->beacon.epochs = epochs;
    p->trial_began = clock_wall();
    p->trial_operations = operations;
    p->trains = false;
}

void pulse_trial(struct pulse *p, const char *id, double operations, int64_t epochs)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    set_trial(p, id, operations, epochs);
    pthread_mutex_unlock(&p->lock);
    if (is_leader(p))
        write_beacon(p);
}

void pulse_progress(struct pulse *p, double epochs_done)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->ticks++;
    p->trains = !isnan(epochs_done);
    p->beacon.epoch = p->trains ? epochs_done : (double)p->beacon.epochs;
    pthread_mutex_unlock(&p->lock);
}

void pulse_trial_end(struct pulse *p, bool counts)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->beacon.trials += counts;
    p->done_operations += counts ? p->trial_operations : 0;
    set_trial(p, "", 0, 0);
    pthread_mutex_unlock(&p->lock);
}

// --- what the thread sees
// Bytes that the main thread has read and written; the thread's own do not count.
static long long main_io(void)
{
    char path[64];
    long long read = 0, written = 0;
    snprintf(path, sizeof path, "/proc/self/task/%ld/io", (long)getpid());
    FILE *in = fopen(path, "re");
    if (in && fscanf(in, "rchar: %lld wchar: %lld", &read, &written) != 2)
        read = written = 0;
    if (in)
        fclose(in);
    return read + written;
}

static double others_cpu(void)
{
    struct timespec own;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    return clock_cpu() - (double)own.tv_sec - 1e-9 * (double)own.tv_nsec;
}

// Whether the peer's file is another than at the last look.
static bool peer_changed(struct pulse *p)
{
    struct stat now;
    int fd = input_open(p->peer_path, NULL); // a network file system asks its server then
    if (fd < 0)
        return false;
    bool changed =
        fstat(fd, &now) == 0 && (now.st_ino != p->peer.st_ino || now.st_mtim.tv_sec != p->peer.st_mtim.tv_sec ||
                                    now.st_mtim.tv_nsec != p->peer.st_mtim.tv_nsec);
    close(fd);
    if (changed)
        p->peer = now;
    return changed;
}

static bool peer_is_gone(struct pulse *p)
{
    struct beacon b;
    struct err ignored = {0};
    if (!p->peer_process.host) {
        if (beacon_read(p->peer_path, &b, &ignored) == 0) {
            p->peer_process = b.process;
            b.process = (struct process){0};
        }
        beacon_free(&b);
    }
    return p->peer_process.host && process_look(&p->peer_process) == PROCESS_GONE;
}

static _Noreturn void give_up(struct pulse *p, enum watchdog_verdict verdict)
{
    char who[512], patience[48];
    struct beacon b = {0};
    struct err ignored = {0};
    int64_t rank = p->o.rank + (verdict != WATCHDOG_STANDS_STILL);
    if (beacon_of_rank(p->o.folder, p->o.part, rank % p->o.size, &b, &ignored) == 0)
        beacon_describe(&b, who);
    else
        snprintf(who, sizeof who, "rank %lld", (long long)rank % p->o.size);
    text_seconds(patience, p->dog.patience);
    if (verdict == WATCHDOG_PEER_GONE)
        fprintf(stderr, "hourglass: %s has died: ending the job; start it again to go on\n", who);
    else
        fprintf(stderr,
            "hourglass: %s hangs, with no %s for %s (--hang-timeout): ending the job; start it again to go on\n", who,
            verdict == WATCHDOG_PEER_HANGS ? "sign of life" : "step of training", patience);
    end_job(ERR_SYSTEM);
}

// What this rank does; and shows the others that it works, or waits for others: both use the CPU, read or write.
static void look_at_self(struct pulse *p, double now, struct watchdog_view *v)
{
    double cpu = others_cpu(), least = 5e-4 * (now - p->looked);
    long long io = main_io();
    if (cpu - p->seen_cpu > least || io != p->seen_io)
        utimensat(AT_FDCWD, p->path, NULL, 0);
    pthread_mutex_lock(&p->lock);
    v->trains = p->trains;
    v->has_progress = p->ticks != p->seen_ticks || io != p->seen_io;
    p->seen_ticks = p->ticks;
    pthread_mutex_unlock(&p->lock);
    p->seen_cpu = cpu;
    p->seen_io = io;
    p->looked = now;
}

// Once an interval of the watchdog.
static void watch(struct pulse *p, double now)
{
    struct watchdog_view v = {.peer_changed = !p->peer_path || peer_changed(p)};
    v.peer_gone = p->peer_path && peer_is_gone(p);
    look_at_self(p, now, &v);
    enum watchdog_verdict verdict = watchdog_look(&p->dog, now, &v);
    if (verdict != WATCHDOG_FINE)
        give_up(p, verdict);
}

// Ends a rank whose launcher was killed: that of Open MPI 5 leaves its ranks behind.
static void look_at_launcher(const struct pulse *p)
{
    if (p->o.size == 1 || getppid() == p->parent)
        return;
    fprintf(stderr, "hourglass: the launcher of rank %lld has died: ending the job; start it again to go on\n",
        (long long)p->o.rank);
    end_job(ERR_SYSTEM);
}

static void beat_lease(const struct pulse *p)
{
    if (!p->o.lease || lease_beat(p->o.lease) == 0)
        return;
    fprintf(stderr, "hourglass: another run has taken the folder, because this one had given no sign of life for long: "
                    "this one ends\n");
    end_job(ERR_BUSY);
}

// --- the thread
// Waits for a second or less, or for the end: true.
static bool wait_moment(struct pulse *p)
{
    double seconds = fmin(1, watchdog_interval(&p->dog));
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    long nanoseconds = until.tv_nsec + (long)(seconds * 1e9);
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    pthread_mutex_lock(&p->lock);
    while (!p->stops && pthread_cond_timedwait(&p->changed, &p->lock, &until) == 0)
        ;
    bool stops = p->stops;
    pthread_mutex_unlock(&p->lock);
    return stops;
}

static bool has_rest(struct pulse *p)
{
    pthread_mutex_lock(&p->writing);
    bool rests = p->rests;
    pthread_mutex_unlock(&p->writing);
    return rests;
}

static void *run(void *pulse)
{
    struct pulse *p = pulse;
    // A hundred files a second are enough for a file system.
    double every = fmax(1, p->o.size / p->o.ranks_per_trial / 100.0);
    while (!wait_moment(p)) {
        double now = clock_wall();
        bool works = !has_rest(p);
        if (works && is_leader(p) && now - p->written >= every - 0.1) {
            write_beacon(p);
            p->written = now;
        }
        if (works && now - p->looked >= watchdog_interval(&p->dog) - 0.01)
            watch(p, now);
        beat_lease(p);
        look_at_launcher(p);
    }
    return NULL;
}

// Signals are for the main thread.
static int start_thread(struct pulse *p)
{
    sigset_t all, before;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->writing, NULL);
    pthread_cond_init(&p->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&p->thread, NULL, run, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void pulse_free(struct pulse **p)
{
    beacon_free(&(*p)->beacon);
    field_free(process_fields, &(*p)->peer_process);
    free((*p)->path);
    free((*p)->peer_path);
    free(*p);
    *p = NULL;
}

struct pulse *pulse_start(const struct pulse_options *o, struct err *e)
{
    struct pulse *p = mem_new(1, sizeof *p);
    *p = (struct pulse){.o = *o,
        .parent = getppid(),
        .began = clock_wall(),
        .looked = clock_wall(),
        .path = beacon_path(o->folder, o->part, o->rank)};
    p->beacon = (struct beacon){
        .rank = o->rank, .leader = o->rank / o->ranks_per_trial * o->ranks_per_trial, .trial = mem_text("")};
    process_self(&p->beacon.process);
    if (o->size > 1)
        p->peer_path = beacon_path(o->folder, o->part, (o->rank + 1) % o->size);
    watchdog_start(&p->dog, o->hang_timeout, p->began);
    int error = start_thread(p);
    if (!error) {
        write_beacon(p);
        return p;
    }
    err_add(e, ERR_SYSTEM, "cannot start a thread: %s", strerror(error));
    pulse_free(&p);
    return NULL;
}

void pulse_rest(struct pulse *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->writing);
    p->rests = true;
    unlink(p->path);
    pthread_mutex_unlock(&p->writing);
}

void pulse_stop(struct pulse **pulse)
{
    struct pulse *p = *pulse;
    if (!p)
        return;
    pulse_rest(p);
    pthread_mutex_lock(&p->lock);
    p->stops = true;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->writing);
    pulse_free(pulse);
}

// The thread that gives signs of life and watches for those of other ranks, and the functions by which the main thread
// reports to it.
//
// The state has three groups, each with its own guard:
//   - `writing` guards the beacon's file. It is held while the file is written, which may take long on a slow disk, so
//     the main thread takes it at most once per trial and never in a step. If trials are short, it leaves the file to
//     the thread, which writes it a few times per second.
//   - `lock` guards what the main thread reports: the trial, its epochs and its ticks. It is held only for moments.
//   - Everything else belongs to the thread alone.
// A function that needs both mutexes locks `writing` first.
//
// The main thread may be waiting in MPI for a rank that is dead, so it cannot end the job itself. This thread can: it
// aborts MPI, and an alarm ends the process if MPI does not return.
#include "presence/pulse.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/field.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/process.h"
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

// What the thread saw when it last looked.
struct pulse_sample {
    double time;
    double cpu;       // CPU seconds that the other threads had used
    long long io;     // bytes that the main thread had read and written
    int64_t ticks;    // calls of pulse_progress
    struct stat peer; // of the peer's file
};

struct pulse {
    struct pulse_options o;
    pthread_t thread;
    pid_t parent; // process number of the launcher, or of its daemon on this node
    char *path;   // owned; path of the beacon

    pthread_mutex_t writing; // guards the beacon's file
    bool is_paused;          // the beacon is not written any more

    pthread_mutex_t lock; // guards the members below, up to `trains`
    pthread_cond_t changed;
    bool stops;
    bool has_news;  // a trial has begun that the beacon's file does not name
    double written; // time of the last copy that was written to the beacon's file
    struct beacon beacon;
    double began, trial_began;
    double trial_operations, done_operations;
    int64_t ticks; // calls of pulse_progress
    bool trains;

    // used only by the thread:
    char *peer_path; // owned; beacon of the peer, the rank that this one watches; NULL: there is no other rank
    struct process peer_process; // owned; its host is NULL until it is known
    struct watchdog dog;
    struct pulse_sample last;
};

// Ends the job, even if the main thread waits in MPI forever. If MPI_Abort does not return, the alarm ends the process.
static _Noreturn void abort_job(enum err_kind code)
{
    fflush(stdout);
    alarm(10);
    comm_abort((int)code);
}

// --- the beacon

// Returns the least number of seconds between two writes of the beacon. More than a hundred files per second would
// burden a file system.
static double beacon_gap(const struct pulse *p)
{
    return fmax(0.05, p->o.size / p->o.ranks_per_trial / 100.0);
}

// Returns a copy of the beacon with its present values, which the caller writes. The caller frees `trial`; the other
// members are borrowed.
static struct beacon copy_beacon(struct pulse *p)
{
    pthread_mutex_lock(&p->lock);
    struct beacon b = p->beacon;
    ASSERT(b.trial);
    double now = clock_wall(), share = b.epochs > 0 ? fmin(1, b.epoch / (double)b.epochs) : 0;
    b.trial = mem_text(b.trial);
    b.seconds = now - p->began;
    b.trial_seconds = *b.trial ? now - p->trial_began : 0;
    b.operations = p->done_operations + (*b.trial ? share * p->trial_operations : 0);
    p->written = now;
    p->has_news = false;
    pthread_mutex_unlock(&p->lock);

    return b;
}

static void write_beacon(struct pulse *p)
{
    struct err ignored = {0}; // a full disk is reported when results are written
    pthread_mutex_lock(&p->writing);
    struct beacon b = copy_beacon(p);
    if (!p->is_paused)
        beacon_write(&b, p->path, &ignored);
    free(b.trial);
    pthread_mutex_unlock(&p->writing);
}

static bool is_leader(const struct pulse *p)
{
    return p->o.rank % p->o.ranks_per_trial == 0;
}

// --- what the main thread reports

// Sets the trial of the beacon. The caller holds the lock.
static void set_beacon_trial(struct pulse *p, const char *id, double operations, int64_t epochs)
{
    ASSERT(id && operations >= 0 && epochs >= 0, "%lld epochs", (long long)epochs);
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
    set_beacon_trial(p, id, operations, epochs);
    bool is_soon = clock_wall() - p->written < beacon_gap(p);
    if (is_soon && is_leader(p) && !p->has_news) {
        p->has_news = true;
        pthread_cond_signal(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);

    if (!is_soon && is_leader(p))
        write_beacon(p);
}

void pulse_progress(struct pulse *p, double epochs_done)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    ASSERT(isnan(epochs_done) || epochs_done >= 0, "%g epochs", epochs_done);
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
    set_beacon_trial(p, "", 0, 0);
    pthread_mutex_unlock(&p->lock);
}

// --- the other ranks

// Returns true if the peer's file has changed since the last look.
static bool peer_changed(struct pulse *p)
{
    struct stat *last = &p->last.peer;
    struct stat now;
    int fd = input_open(p->peer_path, NULL); // a network file system asks its server only when a file is opened
    if (fd < 0)
        return false;

    bool changed = fstat(fd, &now) == 0 && (now.st_ino != last->st_ino || now.st_mtim.tv_sec != last->st_mtim.tv_sec ||
                                               now.st_mtim.tv_nsec != last->st_mtim.tv_nsec);
    close(fd);
    if (changed)
        *last = now;
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
    return p->peer_process.host && process_examine(&p->peer_process) == PROCESS_GONE;
}

// Reports the rank on which the watchdog has given up, and ends the job.
static _Noreturn void give_up_on_rank(struct pulse *p, enum watchdog_verdict verdict)
{
    char who[512], patience[48];
    struct beacon b = {0};
    struct err ignored = {0};
    bool is_peer = verdict != WATCHDOG_STANDS_STILL;
    int64_t rank = (p->o.rank + is_peer) % p->o.size;

    ASSERT(verdict != WATCHDOG_FINE);
    if (beacon_of_rank(p->o.folder, p->o.part, rank, &b, &ignored) == 0)
        beacon_describe(&b, who);
    else
        snprintf(who, sizeof who, "rank %lld", (long long)rank);
    text_seconds(patience, p->dog.patience);

    if (verdict == WATCHDOG_PEER_GONE)
        fprintf(stderr, "hourglass: %s has died: ending the job; start it again to resume\n", who);
    else
        fprintf(stderr,
            "hourglass: %s hangs, with no %s for %s (--hang-timeout): ending the job; start it again to resume\n", who,
            is_peer ? "sign of life" : "step of training", patience);
    abort_job(ERR_SYSTEM);
}

// --- this rank

// Returns the bytes that the main thread has read and written, without those of this thread.
static long long main_thread_io(void)
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

// Returns the CPU seconds of all other threads.
static double other_threads_cpu(void)
{
    struct timespec own;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    return clock_cpu() - (double)own.tv_sec - 1e-9 * (double)own.tv_nsec;
}

// Examines what this rank does. Touches its beacon if it works or waits for other ranks; in both cases it uses the CPU,
// reads or writes.
static void examine_own_progress(struct pulse *p, double now, struct watchdog_view *v)
{
    struct pulse_sample *last = &p->last;
    double cpu = other_threads_cpu(), least = 5e-4 * (now - last->time);
    long long io = main_thread_io();

    if (cpu - last->cpu > least || io != last->io)
        utimensat(AT_FDCWD, p->path, NULL, 0);

    pthread_mutex_lock(&p->lock);
    v->trains = p->trains;
    v->has_progress = p->ticks != last->ticks || io != last->io;
    last->ticks = p->ticks;
    pthread_mutex_unlock(&p->lock);

    last->cpu = cpu;
    last->io = io;
    last->time = now;
}

// Examines the peer and this rank, once per interval of the watchdog.
static void watch_ranks(struct pulse *p, double now)
{
    ASSERT(now >= p->last.time, "%g s after %g s", now, p->last.time);
    struct watchdog_view v = {.peer_changed = !p->peer_path || peer_changed(p)};
    v.peer_gone = p->peer_path && peer_is_gone(p);
    examine_own_progress(p, now, &v);
    enum watchdog_verdict verdict = watchdog_check(&p->dog, now, &v);
    if (verdict != WATCHDOG_FINE)
        give_up_on_rank(p, verdict);
}

// --- the launcher and the lease

// Ends this rank if its launcher was killed, because the launcher of Open MPI 5 then leaves its ranks running.
static void check_launcher(const struct pulse *p)
{
    if (p->o.size == 1 || getppid() == p->parent)
        return;
    fprintf(stderr, "hourglass: the launcher of rank %lld has died: ending the job; start it again to resume\n",
        (long long)p->o.rank);
    abort_job(ERR_SYSTEM);
}

static void beat_lease(const struct pulse *p)
{
    if (!p->o.lease || lease_beat(p->o.lease) == 0)
        return;
    fprintf(stderr,
        "hourglass: another run has taken the folder, because this one had given no sign of life for a long time: "
        "this one ends\n");
    abort_job(ERR_BUSY);
}

// --- the thread

// Waits for a second or less. If a new trial has begun, waits only until the beacon may be written again. Returns true
// if the thread must end.
static bool wait_moment(struct pulse *p)
{
    double seconds = fmin(1, watchdog_interval(&p->dog)), end = clock_wall() + seconds;
    ASSERT(seconds > 0, "%g s", seconds);

    pthread_mutex_lock(&p->lock);
    for (bool is_over = false; !p->stops && !is_over;) {
        double until = p->has_news ? fmin(end, p->written + beacon_gap(p)) : end;
        struct timespec at = {.tv_sec = (time_t)until, .tv_nsec = (long)(1e9 * (until - floor(until)))};
        is_over = pthread_cond_timedwait(&p->changed, &p->lock, &at) != 0;
    }
    bool stops = p->stops;
    pthread_mutex_unlock(&p->lock);

    return stops;
}

// Returns true if the beacon must be written now.
static bool beacon_is_due(struct pulse *p, double now)
{
    double every = fmax(1, beacon_gap(p));

    pthread_mutex_lock(&p->lock);
    bool is_due = p->has_news || now - p->written >= every - 0.1;
    pthread_mutex_unlock(&p->lock);

    return is_due && is_leader(p);
}

static bool is_pulse_paused(struct pulse *p)
{
    pthread_mutex_lock(&p->writing);
    bool is_paused = p->is_paused;
    pthread_mutex_unlock(&p->writing);
    return is_paused;
}

static void *run_pulse(void *pulse)
{
    struct pulse *p = pulse;

    while (!wait_moment(p)) {
        double now = clock_wall();
        bool works = !is_pulse_paused(p);

        if (works && beacon_is_due(p, now))
            write_beacon(p);
        if (works && now - p->last.time >= watchdog_interval(&p->dog) - 0.01)
            watch_ranks(p, now);
        beat_lease(p);
        check_launcher(p);
    }
    return NULL;
}

// Starts the thread with all signals blocked, because the main thread handles signals. Returns 0 or an error number.
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
    int error = pthread_create(&p->thread, NULL, run_pulse, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    return error;
}

// --- start and end

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
    double now = clock_wall();

    ASSERT(o->rank >= 0 && o->rank < o->size && o->ranks_per_trial >= 1, "rank %d of %d", o->rank, o->size);
    *p = (struct pulse){.o = *o,
        .parent = getppid(),
        .began = now,
        .last = {.time = now},
        .path = beacon_path(o->folder, o->part, o->rank)};
    p->beacon = (struct beacon){
        .rank = o->rank, .leader = o->rank / o->ranks_per_trial * o->ranks_per_trial, .trial = mem_text("")};
    process_self(&p->beacon.process);
    if (o->size > 1)
        p->peer_path = beacon_path(o->folder, o->part, (o->rank + 1) % o->size);
    watchdog_start(&p->dog, o->hang_timeout, now);

    int error = start_thread(p);
    if (error) {
        err_add(e, ERR_SYSTEM, "cannot start a thread: %s", strerror(error));
        pulse_free(&p);
        return NULL;
    }
    write_beacon(p);
    return p;
}

void pulse_pause(struct pulse *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->writing);
    p->is_paused = true;
    unlink(p->path);
    pthread_mutex_unlock(&p->writing);
}

void pulse_stop(struct pulse **pulse)
{
    struct pulse *p = *pulse;
    if (!p)
        return;

    pulse_pause(p);
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

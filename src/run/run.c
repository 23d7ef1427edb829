// A run: trials are drawn from one queue by groups of ranks; a trial's file appears whole when it is finished.
#include "run/run.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/request.h"
#include "comm/queue.h"
#include "leaderboard/row.h"
#include "presence/failure.h"
#include "presence/pulse.h"
#include "run/folder.h"
#include "run/plan_file.h"
#include "run/pool.h"
#include "run/progress.h"
#include "trial/trial_run.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// --- rank 0's side of the queue
struct desk {
    const struct experiment *x;
    struct plan *plan;
    const struct earlier_results *earlier;
    const struct run_place *place;
    struct pool *pool;
    struct progress *progress;
    int shown;        // entries of the plan that its file has
    double shown_at;  // when
    struct err world; // what ends the run
};

// Whether the trial would not have failed elsewhere or at another time.
static bool is_of_the_world(enum err_kind kind)
{
    return kind == ERR_IO || kind == ERR_DATA;
}

static void take_report(struct desk *d, const struct pool_report *r)
{
    if (is_of_the_world(r->failure)) {
        err_add(&d->world, r->failure, "%s", r->text);
        return;
    }
    pool_report(d->pool, r);
    const struct plan_entry *entry = &d->plan->entry[r->entry];
    if (r->has_stopped)
        return;
    if (r->failure) {
        log_line(LOG_QUIET, "trial %s failed: %s", entry->id, r->text);
        failure_write(d->place->folder, entry->id, r->text, &d->world);
    } else
        log_line(LOG_TRIAL, "%s", r->text);
    progress_done(d->progress, entry->operations);
}

// Whoever asks how far the run is sees trials that were added: now and then, as the file is written whole.
static void show_plan(struct desk *d)
{
    double now = clock_wall();
    if (d->shown == d->plan->n || now - d->shown_at < 2)
        return;
    plan_file_write(d->plan, d->place->folder, d->place->part, &d->world);
    d->shown = d->plan->n;
    d->shown_at = now;
}

// A trial whose order cannot be written fails here.
static int give_order(struct desk *d, int entry, struct queue_bytes *work)
{
    struct err e = {0};
    if (order_pack(d->x, d->plan, entry, work, &e) == 0)
        return 0;
    struct pool_report r = {.entry = entry, .failure = e.kind, .loss = NAN};
    snprintf(r.text, sizeof r.text, "%.*s", (int)strcspn(e.text, "\n"), e.text);
    take_report(d, &r);
    work->n = 0;
    return -1;
}

static enum queue_verdict desk_next(void *context, struct queue_bytes *work)
{
    struct desk *d = context;
    int entry = POOL_END;
    do
        entry = request_pending() == REQUEST_STOP || d->world.count ? POOL_END : pool_next(d->pool);
    while (entry >= 0 && give_order(d, entry, work) != 0);
    return entry >= 0 ? QUEUE_WORK : entry == POOL_WAIT ? QUEUE_WAIT : QUEUE_END;
}

// The last states of configurations that do not go on; `is_over`: of all.
static void remove_states(const struct desk *d, bool is_over)
{
    for (int i = 0; i < d->plan->n; i++) {
        struct plan_entry *entry = &d->plan->entry[i];
        if (!entry->may_go_on || (!is_over && search_goes_on(d->plan->search, entry->number)))
            continue;
        char *path = run_checkpoint_path(d->place->folder, entry->lineage);
        checkpoint_remove(path);
        free(path);
        entry->may_go_on = false;
    }
}

static void desk_report(void *context, const void *data, size_t n)
{
    struct desk *d = context;
    struct pool_report r;
    ASSERT(n == sizeof r, "%zu", n);
    memcpy(&r, data, sizeof r);
    take_report(d, &r);
    if (search_needs_results(d->plan->search))
        remove_states(d, false);
    show_plan(d);
}

// A trial that an earlier run has finished has its file; what came out of it was read before.
static enum pool_earlier look_back(void *context, const struct plan_entry *entry, bool needs_loss, double *loss)
{
    struct desk *d = context;
    char *path = run_trial_path(d->place->folder, entry->id);
    bool is_there = access(path, F_OK) == 0;
    free(path);
    const struct earlier_result *known = is_there && needs_loss ? earlier_results_find(d->earlier, entry->id) : NULL;
    *loss = known ? known->loss : NAN;
    if (is_there && (known || !needs_loss))
        return POOL_FINISHED;
    if (d->place->retries_failed)
        failure_forget(d->place->folder, entry->id, &d->world);
    return failure_exists(d->place->folder, entry->id) ? POOL_FAILED : POOL_NEW;
}

static void refuse(void *context, const char *why)
{
    (void)context;
    log_line(LOG_QUIET, "a trial failed: %.*s", (int)strcspn(why, "\n"), why);
}

static void desk_open(struct desk *d, int groups, struct run_counts *counts)
{
    struct pool_policy policy = {look_back, refuse, d};
    d->shown = d->plan->n;
    d->pool = pool_new(d->plan, &policy, counts);
    if (counts->found)
        log_line(LOG_RUN, "%d of %d trials were finished before", counts->found, counts->trials);
    if (counts->failed_before)
        log_line(LOG_RUN, "%d of %d trials failed before and are not tried again (--retry-failed)",
            counts->failed_before, counts->trials);
    d->progress = progress_new(pool_trials(d->pool), pool_operations(d->pool), groups);
}

static void desk_close(struct desk *d, struct run_counts *counts)
{
    d->shown_at = 0;
    show_plan(d);
    counts->stopped += pool_left(d->pool);
    if (search_is_done(d->plan->search))
        remove_states(d, true);
    progress_free(&d->progress);
    pool_free(&d->pool);
}

// --- a group at work
struct group {
    struct comm comm;
    struct queue *queue; // of leaders; NULL elsewhere
    const struct experiment *x;
    const struct layout *layout;
    const struct run_place *place;
    struct progress *progress; // on world rank 0; NULL elsewhere
    struct order order;        // the trial at work
};

static void show_trial_progress(void *context, double epochs_done)
{
    struct group *g = context;
    if (g->queue)
        queue_serve(g->queue);
    pulse_progress(g->place->pulse, epochs_done);
    if (g->progress)
        progress_show(g->progress, &g->order, epochs_done);
}

// The line that a finished trial is told by.
static void describe(const struct experiment *x, const char *path, double seconds, struct pool_report *r)
{
    struct leaderboard_row s;
    struct err ignored = {0};
    if (row_read(path, true, &s, &ignored) == 0) {
        row_line(&s, seconds, r->text, sizeof r->text);
        r->has_diverged = s.has_diverged;
        r->loss = objective_loss(&x->objective, &s);
        row_free(&s);
    }
}

// Collective over the group. One trial, and what is to be told of it (on the leader).
static void work_on(struct group *g, struct data_cache *cache, struct pool_report *r)
{
    struct team team = {&g->comm, g->layout->threads, show_trial_progress, g};
    struct err e = {0};
    double start = clock_wall();
    char *path = run_trial_path(g->place->folder, g->order.id);
    char *checkpoint = run_checkpoint_path(g->place->folder, g->order.lineage);
    struct checkpointing k = {.path = checkpoint,
        .lineage = g->order.lineage,
        .interval = g->place->checkpoint_every,
        .keeps_last = g->order.may_go_on};
    pulse_trial(g->place->pulse, g->order.id, g->order.operations, g->order.epochs);
    bool has_stopped = trial_run(&team, g->x, &g->order, path, &k, cache, &e) == 1;
    *r = (struct pool_report){.entry = g->order.entry, .failure = e.kind, .has_stopped = has_stopped, .loss = NAN};
    if (e.count)
        snprintf(r->text, sizeof r->text, "%.*s", (int)strcspn(e.text, "\n"), e.text);
    else if (g->comm.rank == 0 && !has_stopped)
        describe(g->x, path, clock_wall() - start, r);
    pulse_trial_end(g->place->pulse, !has_stopped && !e.count);
    free(checkpoint);
    free(path);
}

// Collective over the group. The next work order on all its ranks; false: none is left.
static bool fetch(struct group *g, const struct pool_report *r, size_t n, struct queue_bytes *work)
{
    if (g->comm.rank == 0 && !queue_next(g->queue, r, n, work))
        work->n = 0;
    size_t length = work->n;
    comm_broadcast(&g->comm, 0, &length, sizeof length);
    if (g->comm.rank != 0 && length > work->capacity)
        work->data = mem_grow(work->data, work->capacity = length, 1);
    comm_broadcast(&g->comm, 0, work->data, work->n = length);
    return length > 0;
}

static void work_until_done(struct group *g)
{
    struct data_cache cache = {0};
    struct queue_bytes work = {0};
    struct pool_report report;
    for (size_t n = 0; fetch(g, &report, n, &work); n = sizeof report) {
        struct err e = {0};
        if (order_unpack(&work, &g->order, &e) != 0)
            err_bug(__FILE__, __LINE__, "order_unpack", "%s", e.text);
        work_on(g, &cache, &report);
        order_free(&g->order);
    }
    free(work.data);
    data_cache_free(&cache);
}

int run_trials(const struct comm *world, const struct experiment *x, struct plan *plan,
    const struct earlier_results *earlier, const struct layout *layout, const struct run_place *place,
    struct run_counts *counts, struct err *e)
{
    *counts = (struct run_counts){0};
    struct desk desk = {.x = x, .plan = plan, .earlier = earlier, .place = place};
    struct group g = {.x = x, .layout = layout, .place = place};
    comm_split(world, world->rank / layout->ranks_per_trial, &g.comm);
    if (world->rank == 0) {
        desk_open(&desk, layout->groups, counts);
        g.progress = desk.progress;
    }
    struct queue_policy policy = {desk_next, desk_report, &desk};
    if (g.comm.rank == 0)
        g.queue = queue_new(world, layout->groups, &policy);
    work_until_done(&g);
    if (g.comm.rank == 0)
        queue_finish(&g.queue);
    if (world->rank == 0)
        desk_close(&desk, counts);
    comm_broadcast(world, 0, counts, sizeof *counts);
    err_merge(e, &desk.world);
    int failed = comm_agree(world, e);
    pulse_rest(place->pulse);
    comm_free(&g.comm);
    return failed;
}

// A run: trials are drawn from one queue by groups of ranks; a trial's file appears whole when it is finished.
#include "sweep/run.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/request.h"
#include "comm/queue.h"
#include "sweep/folder.h"
#include "sweep/progress.h"
#include "sweep/summary.h"
#include "sweep/trial_run.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// --- what rank 0 decides
struct pool {
    const struct plan *plan;
    const struct experiment *x;
    int *order, n, next; // entries that are still to be run, longest expected first
    struct run_counts *counts;
    struct progress *progress;
};

// What a leader tells of a finished trial: as long as a queue's report, of which the queue reads every byte.
struct report {
    enum err_kind failure; // ERR_NONE: none
    bool has_diverged, has_stopped;
    char text[QUEUE_REPORT_BYTES - sizeof(enum err_kind) - 2 * sizeof(bool)];
};
_Static_assert(sizeof(struct report) == QUEUE_REPORT_BYTES, "the queue reads beyond a shorter report");

static int pool_next(void *context)
{
    struct pool *p = context;
    return p->next < p->n && request_pending() != REQUEST_STOP ? p->order[p->next++] : -1;
}

static void pool_report(void *context, int work, const void *data)
{
    struct pool *p = context;
    const struct report *r = data;
    const struct plan_entry *entry = &p->plan->entry[work];
    if (r->failure) {
        if (p->counts->failed++ == 0) {
            p->counts->cause = r->failure;
            snprintf(p->counts->why, sizeof p->counts->why, "%.*s", (int)sizeof p->counts->why - 1, r->text);
        }
        log_line(LOG_QUIET, "trial %s failed: %s", entry->id, r->text);
    } else if (r->has_stopped) {
        p->counts->stopped++;
        return;
    } else {
        p->counts->done += !r->has_diverged;
        p->counts->diverged += r->has_diverged;
        log_line(LOG_TRIAL, "%s", r->text);
    }
    progress_done(p->progress, entry->operations);
}

static int longest_first(const void *a, const void *b, void *plan)
{
    const struct plan_entry *entry = ((const struct plan *)plan)->entry;
    int x = *(const int *)a, y = *(const int *)b;
    if (entry[x].operations != entry[y].operations)
        return entry[x].operations < entry[y].operations ? 1 : -1;
    return (x > y) - (x < y);
}

static void pool_fill(struct pool *p, const char *folder)
{
    p->order = mem_new((size_t)p->plan->n, sizeof *p->order);
    for (int i = 0; i < p->plan->n; i++) {
        if (p->plan->entry[i].is_duplicate)
            continue;
        char *path = run_trial_path(folder, p->plan->entry[i].id);
        p->counts->trials++;
        if (access(path, F_OK) == 0)
            p->counts->found++;
        else
            p->order[p->n++] = i;
        free(path);
    }
    qsort_r(p->order, (size_t)p->n, sizeof *p->order, longest_first, (void *)(uintptr_t)p->plan);
}

static double pool_operations(const struct pool *p)
{
    double sum = 0;
    for (int i = 0; i < p->n; i++)
        sum += p->plan->entry[p->order[i]].operations;
    return sum;
}

// --- a group at work
struct group {
    struct comm comm;
    struct queue *queue; // of leaders; NULL elsewhere
    const struct experiment *x;
    const struct plan *plan;
    double checkpoint_every;
    const char *folder;
    struct progress *progress; // on world rank 0; NULL elsewhere
    int work;
};

static void between(void *context, double epochs_done)
{
    struct group *g = context;
    if (g->queue)
        queue_serve(g->queue);
    if (g->progress)
        progress_show(g->progress, &g->plan->entry[g->work], epochs_done);
}

// The line that a finished trial is told by.
static void describe(const struct group *g, double seconds, struct report *r)
{
    const struct plan_entry *entry = &g->plan->entry[g->work];
    struct trial_summary s;
    struct err ignored = {0};
    char *path = run_trial_path(g->folder, entry->id);
    if (summary_read(path, true, &s, &ignored) == 0) {
        summary_line(&s, seconds, r->text, sizeof r->text);
        r->has_diverged = s.has_diverged;
        summary_free(&s);
    }
    free(path);
}

// Collective over the group. One trial, and what is to be told of it (on the leader).
static void work_on(struct group *g, const struct layout *layout, struct data_cache *cache, struct report *r)
{
    const struct plan_entry *entry = &g->plan->entry[g->work];
    struct team team = {&g->comm, layout->threads, between, g};
    struct err e = {0};
    double start = clock_wall();
    char *path = run_trial_path(g->folder, entry->id), *checkpoint = run_checkpoint_path(g->folder, entry->lineage);
    struct checkpointing k = {checkpoint, entry->lineage, g->checkpoint_every, false};
    bool has_stopped = trial_run(&team, g->x, entry, path, &k, cache, &e) == 1;
    *r = (struct report){.failure = e.kind, .has_stopped = has_stopped};
    if (e.count)
        snprintf(r->text, sizeof r->text, "%.*s", (int)strcspn(e.text, "\n"), e.text);
    else if (g->comm.rank == 0 && !has_stopped)
        describe(g, clock_wall() - start, r);
    free(checkpoint);
    free(path);
}

static void work_until_done(struct group *g, const struct layout *layout)
{
    struct data_cache cache = {0};
    struct report report = {0};
    int work = -1;
    for (;;) {
        if (g->comm.rank == 0)
            work = queue_next(g->queue, work, &report);
        comm_broadcast(&g->comm, 0, &work, sizeof work);
        if (work < 0)
            break;
        g->work = work;
        work_on(g, layout, &cache, &report);
    }
    data_cache_free(&cache);
}

int run_trials(const struct comm *world, const struct experiment *x, const struct plan *plan,
    const struct layout *layout, double checkpoint_every, const char *folder, struct run_counts *counts, struct err *e)
{
    *counts = (struct run_counts){0};
    if (comm_agree(world, e) != 0)
        return -1;
    struct pool pool = {.plan = plan, .x = x, .counts = counts};
    struct group g = {.x = x, .plan = plan, .checkpoint_every = checkpoint_every, .folder = folder};
    comm_split(world, world->rank / layout->ranks_per_trial, &g.comm);
    if (world->rank == 0) {
        pool_fill(&pool, folder);
        if (counts->found)
            log_line(LOG_RUN, "%d of %d trials were finished before", counts->found, counts->trials);
        pool.progress = g.progress = progress_new(pool.n, pool_operations(&pool), layout->groups);
    }
    struct queue_policy policy = {pool_next, pool_report, &pool};
    if (g.comm.rank == 0)
        g.queue = queue_new(world, layout->groups, &policy);
    work_until_done(&g, layout);
    if (g.comm.rank == 0)
        queue_finish(&g.queue);
    counts->stopped += pool.n - pool.next;
    comm_broadcast(world, 0, counts, sizeof *counts);
    progress_free(&pool.progress);
    free(pool.order);
    comm_free(&g.comm);
    return 0;
}

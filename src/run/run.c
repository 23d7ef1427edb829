// Runs the trials of an experiment: groups of ranks draw them from one queue. A trial's file appears, complete, when
// the trial is finished.
//
// World rank 0 has two roles at once. Its desk decides which trial comes next and takes the reports; it runs only in
// calls from comm/queue.c, between the batches of rank 0's own trial or while rank 0 waits for work. Rank 0 is also the
// leader of the first group, and trains like any other.
//
// Who owns what: the desk owns the pool and the progress bar and is the only writer of the plan, of failed/ and of the
// plan file. Only the leader of a group names the file of its trial and talks to the desk; the other ranks get each
// order from their leader by a broadcast. The pulse has a thread of its own, which sees only what pulse_trial and
// pulse_progress give it.
//
// A trial can end in three ways. If it has finished or diverged, its file or its record in a journal exists. If it
// failed by itself, failed/<id>.yaml says why. If it stopped on request, a checkpoint exists. An error of the machine
// or the data ends the run: the desk gives out no more trials, the groups finish their current ones, and all ranks
// return the same messages.
#include "run/run.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/request.h"
#include "comm/queue.h"
#include "leaderboard/objective.h"
#include "leaderboard/row.h"
#include "leaderboard/run_list.h"
#include "presence/failure.h"
#include "presence/lease.h"
#include "presence/lone_trial.h"
#include "presence/pulse.h"
#include "run/folder.h"
#include "run/plan_file.h"
#include "run/pool.h"
#include "run/progress.h"
#include "search/search.h"
#include "store/journal.h"
#include "train/train.h"
#include "trial/trial_file.h"
#include "trial/trial_run.h"
#include "trial/work_order.h"
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run {
    const struct experiment *x;            // borrowed
    struct plan *plan;                     // borrowed; only used on rank 0
    const struct earlier_results *earlier; // borrowed; only used on rank 0
    struct run_settings settings;
    struct lease *lease; // owned; on rank 0, NULL elsewhere
    struct pulse *pulse; // owned
};

// --- rank 0's side of the queue
struct desk {
    struct run *run;
    struct pool *pool;         // owned
    struct progress *progress; // owned
    int shown;                 // number of plan entries that the plan file contains
    double shown_at;           // when the plan file was last written
    struct err failure;        // the errors that end the run
};

// Returns true for a failure that the machine or the data caused. The trial is not to blame and may succeed elsewhere
// or later.
static bool ends_the_run(enum err_kind kind)
{
    return kind == ERR_IO || kind == ERR_DATA;
}

static void desk_take_report(struct desk *d, const struct pool_report *r)
{
    if (ends_the_run(r->failure)) {
        err_add(&d->failure, r->failure, "%s", r->text);
        return;
    }

    ASSERT(r->entry >= 0 && r->entry < d->run->plan->n, "%d of %d", r->entry, d->run->plan->n);
    bool is_lone = pool_runs_lone(d->pool);
    pool_report(d->pool, r);
    if (r->has_stopped)
        return;

    const struct plan_entry *entry = &d->run->plan->entry[r->entry];
    if (is_lone)
        lone_trial_set(d->run->settings.folder, entry->trial.id, LONE_NOT, &d->failure);
    if (r->failure) {
        log_line(LOG_QUIET, "trial %s failed: %s", entry->trial.id, r->text);
        failure_write(d->run->settings.folder, entry->trial.id, r->text, &d->failure);
    } else {
        log_line(LOG_TRIAL, "%s", r->text);
    }
    progress_done(d->progress, entry->operations);
}

// Writes the plan file again if trials were added, for other processes that look at the run. Does so at most every two
// seconds, because it writes the whole file.
static void desk_show_plan(struct desk *d)
{
    const struct run *run = d->run;
    double now = clock_wall();
    if (d->shown == run->plan->n || now - d->shown_at < 2)
        return;
    plan_file_write(run->plan, run->settings.folder, run->settings.part, &d->failure);
    d->shown = run->plan->n;
    d->shown_at = now;
}

// Packs the order of a trial. If the trial must run alone, first records that it has begun. If packing fails, reports
// the trial as failed and returns -1.
static int desk_pack_order(struct desk *d, int entry, struct queue_bytes *work)
{
    struct err e = {0};
    const char *id = d->run->plan->entry[entry].trial.id;
    if (pool_runs_lone(d->pool))
        lone_trial_set(d->run->settings.folder, id, LONE_BEGAN, &d->failure);
    if (order_pack(d->run->x, d->run->plan, entry, work, &e) == 0)
        return 0;
    struct pool_report r = {.entry = entry, .failure = e.kind, .loss = NAN};
    snprintf(r.text, sizeof r.text, "%.*s", (int)strcspn(e.text, "\n"), e.text);
    desk_take_report(d, &r);
    work->n = 0;
    return -1;
}

static enum queue_verdict desk_next(void *context, bool is_ahead, struct queue_bytes *work)
{
    struct desk *d = context;
    int entry = POOL_END;
    if (is_ahead && !pool_may_draw_ahead(d->pool, d->run->settings.layout.groups))
        return QUEUE_WAIT;

    do {
        bool must_end = request_pending() == REQUEST_STOP || d->failure.count;
        entry = must_end ? POOL_END : pool_next(d->pool);
    } while (entry >= 0 && desk_pack_order(d, entry, work) < 0);
    if (entry >= 0)
        return QUEUE_WORK;
    ASSERT(entry == POOL_WAIT || entry == POOL_END, "%d", entry);
    return entry == POOL_WAIT ? QUEUE_WAIT : QUEUE_END;
}

// Removes checkpoints that were kept so that configurations could continue: those of configurations that the search has
// dropped or, if `is_over` is true, all of them.
static void desk_remove_states(const struct desk *d, bool is_over)
{
    struct plan *plan = d->run->plan;
    for (int i = 0; i < plan->n; i++) {
        struct plan_entry *entry = &plan->entry[i];
        if (!entry->may_continue || (!is_over && search_continues(plan->search, entry->trial.number)))
            continue;
        char *path = run_checkpoint_path(d->run->settings.folder, entry);
        checkpoint_remove(path);
        free(path);
        entry->may_continue = false;
    }
}

static void desk_report(void *context, const void *data, size_t n)
{
    struct desk *d = context;
    struct pool_report r = {0};
    ASSERT(n > offsetof(struct pool_report, text) && n <= sizeof r, "%zu", n);
    memcpy(&r, data, n);
    desk_take_report(d, &r);
    if (search_needs_results(d->run->plan->search))
        desk_remove_states(d, false);
    desk_show_plan(d);
}

// Looks up a trial in the folder: its file or journal, then the record of its failure (removed first with
// retries_failed), then whether it must run alone. The losses of finished trials were read before MPI started.
static enum pool_known desk_find_earlier(void *context, const struct plan_entry *entry, bool needs_loss, double *loss)
{
    struct desk *d = context;
    const char *folder = d->run->settings.folder;
    char *path = run_trial_path(folder, entry->trial.id);
    const struct earlier_trial *known = earlier_results_find(d->run->earlier, entry->trial.id);
    bool is_there = (known && known->is_in_journal) || access(path, F_OK) == 0;
    free(path);

    *loss = is_there && known ? known->loss : NAN;
    if (is_there && (known || !needs_loss))
        return POOL_FINISHED;

    if (d->run->settings.retries_failed)
        failure_remove(folder, entry->trial.id, &d->failure);
    if (failure_exists(folder, entry->trial.id))
        return POOL_FAILED;
    return lone_trial_state(folder, entry->trial.id) == LONE_NOT ? POOL_NEW : POOL_LONE;
}

static void desk_report_refusal(void *context, const char *why)
{
    (void)context;
    log_line(LOG_QUIET, "a trial failed: %.*s", (int)strcspn(why, "\n"), why);
}

static void desk_open(struct desk *d, int groups, struct run_counts *counts)
{
    struct pool_policy policy = {desk_find_earlier, desk_report_refusal, d};
    d->shown = d->run->plan->n;
    d->pool = pool_new(d->run->plan, &policy, counts);
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
    desk_show_plan(d);
    counts->stopped += pool_left(d->pool);
    if (search_is_done(d->run->plan->search))
        desk_remove_states(d, true);
    progress_free(&d->progress);
    pool_free(&d->pool);
}

// --- a group at work
struct group {
    struct comm comm;    // owned
    struct queue *queue; // owned; on leaders, NULL elsewhere
    const struct run *run;
    struct progress *progress;      // borrowed; on world rank 0, NULL elsewhere
    struct order order;             // the current trial
    struct journal_writer *journal; // owned; on leaders if the run uses journals, else NULL
    struct err sync_failure;        // from journal_sync while the current trial is trained; it concerns earlier trials
};

static void group_on_progress(void *context, double epochs_done)
{
    struct group *g = context;
    if (g->queue)
        queue_serve(g->queue);
    if (g->journal)
        journal_sync(g->journal, true, &g->sync_failure);
    pulse_progress(g->run->pulse, epochs_done);
    if (g->progress)
        progress_show(g->progress, &g->order, epochs_done);
}

// Fills a report with the log line and the loss of a finished trial. If `row` is empty, reads it from the trial's file.
static void report_trial(
    const struct experiment *x, const char *path, struct leaderboard_row *row, double seconds, struct pool_report *r)
{
    struct err ignored = {0};
    if (!row->id && row_read(path, STORE_OWN, row, &ignored) < 0)
        return;
    row_line(row, seconds, r->text, sizeof r->text);
    r->has_diverged = row->has_diverged;
    r->loss = objective_loss(&x->objective, row);
}

// Collective over the group. Runs the trial of the current order and fills the report, which only the leader uses.
static void group_run_trial(struct group *g, struct data_cache *cache, struct pool_report *r)
{
    const struct run *run = g->run;
    struct team team = {&g->comm, run->settings.layout.threads, group_on_progress, g};
    struct err e = {0};
    double start = clock_wall();
    const struct plan_entry *planned = &g->order.planned;
    char *path = run_trial_path(run->settings.folder, planned->trial.id);
    char *checkpoint = run_checkpoint_path(run->settings.folder, planned);
    char **related = run_related_checkpoints(run->settings.folder, planned);
    struct checkpointing k = {.path = checkpoint,
        .related = (const char *const *)related,
        .lineage = planned->trial.lineage,
        .interval = run->settings.checkpoint_every,
        .keeps_last = planned->may_continue};
    struct leaderboard_row row = {0};
    struct trial_target target = {path, g->journal, &row};
    struct trial_task task = {run->x, &g->order, &target, &k, cache};

    pulse_trial(run->pulse, planned->trial.id, planned->operations, planned->epochs);
    bool has_stopped = trial_run(&team, &task, &e) == 1;
    err_merge(&e, &g->sync_failure);
    g->sync_failure = (struct err){0};

    *r = (struct pool_report){.entry = g->order.entry, .failure = e.kind, .has_stopped = has_stopped, .loss = NAN};
    if (e.count)
        snprintf(r->text, sizeof r->text, "%.*s", (int)strcspn(e.text, "\n"), e.text);
    else if (g->comm.rank == 0 && !has_stopped)
        report_trial(run->x, path, &row, clock_wall() - start, r);
    pulse_trial_end(run->pulse, !has_stopped && !e.count);

    for (char **item = related; *item; item++)
        free(*item);
    free(related);
    row_free(&row);
    free(checkpoint);
    free(path);
}

// Returns the size of the used part of a report, which ends with its text.
static size_t report_bytes(const struct pool_report *r)
{
    return offsetof(struct pool_report, text) + strlen(r->text) + 1;
}

// On a leader: sends the last report (n = 0: none) and draws the next order. If the run was asked to stop, hands every
// order back, such as one that was drawn ahead. Sets work->n to 0 if no work is left.
static void leader_draw_order(struct queue *q, const struct pool_report *r, size_t n, struct queue_bytes *work)
{
    struct pool_report back;
    bool has_work = queue_next(q, r, n, work);

    while (has_work && request_pending() == REQUEST_STOP) {
        back = (struct pool_report){.entry = order_entry(work), .has_stopped = true, .loss = NAN};
        has_work = queue_next(q, &back, report_bytes(&back), work);
    }
    if (!has_work)
        work->n = 0;
}

// Collective over the group. The leader sends its last report (n = 0: none) and draws the next order, which all ranks
// of the group receive. Returns false if no work is left.
static bool group_fetch_order(struct group *g, const struct pool_report *r, size_t n, struct queue_bytes *work)
{
    ASSERT(!g->queue == (g->comm.rank != 0), "%d", g->comm.rank);
    if (g->comm.rank == 0)
        leader_draw_order(g->queue, r, n, work);
    size_t length = work->n;
    comm_broadcast(&g->comm, 0, &length, sizeof length);
    if (g->comm.rank != 0 && length > work->capacity)
        work->data = mem_grow(work->data, work->capacity = length, 1);
    work->n = length;
    comm_broadcast(&g->comm, 0, work->data, length);
    return length > 0;
}

static void group_work(struct group *g)
{
    struct data_cache cache = {0};
    struct queue_bytes work = {0};
    struct pool_report report;

    for (size_t n = 0; group_fetch_order(g, &report, n, &work); n = report_bytes(&report)) {
        struct err e = {0};
        if (order_unpack(&work, &g->order, &e) != 0)
            err_bug(__FILE__, __LINE__, "order_unpack", "%s", e.text);
        group_run_trial(g, &cache, &report);
        order_free(&g->order);
    }

    free(work.data);
    data_cache_free(&cache);
}

// --- the handle

// On rank 0: takes the folder, handles what earlier runs left in it and writes the plan file.
static void take_run_folder(struct run *r, int ranks, struct err *e)
{
    const struct run_settings *s = &r->settings;
    r->lease = run_folder_take(s->folder, s->part, s->is_fresh, ranks, e);
    if (r->lease && earlier_results_apply(r->earlier, s->folder, s->part, e) == 0)
        plan_file_write(r->plan, s->folder, s->part, e);
}

struct run *run_begin(const struct comm *world, const struct experiment *x, struct plan *plan,
    const struct earlier_results *earlier, const struct run_settings *settings, struct err *e)
{
    struct run *r = mem_new(1, sizeof *r);
    *r = (struct run){.x = x, .plan = plan, .earlier = earlier, .settings = *settings};

    request_begin();
    if (world->rank == 0)
        take_run_folder(r, world->size, e);
    if (comm_agree(world, e) == 0)
        r->pulse = pulse_start(&(struct pulse_options){.lease = r->lease,
                                   .folder = settings->folder,
                                   .part = settings->part,
                                   .rank = world->rank,
                                   .size = world->size,
                                   .ranks_per_trial = settings->layout.ranks_per_trial,
                                   .hang_timeout = settings->hang_timeout},
            e);

    if (comm_agree(world, e) < 0)
        run_end(&r, "failed");
    return r;
}

static struct journal_writer *group_journal(const struct run *r, int rank)
{
    char *stem = mem_format("%s/" JOURNALS "/%d-%d", r->settings.folder, r->settings.part, rank);
    struct journal_writer *w = journal_writer_new(stem);
    free(stem);
    return w;
}

int run_trials(struct run *r, const struct comm *world, struct run_counts *counts, struct err *e)
{
    const struct ranks_layout *layout = &r->settings.layout;
    struct desk desk = {.run = r};
    struct group g = {.run = r};
    struct queue_policy policy = {desk_next, desk_report, &desk};

    ASSERT(layout->ranks_per_trial > 0 && layout->threads > 0);
    ASSERT(world->size == layout->groups * layout->ranks_per_trial, "%d ranks", world->size);
    *counts = (struct run_counts){0};
    comm_split(world, world->rank / layout->ranks_per_trial, &g.comm);
    if (world->rank == 0) {
        desk_open(&desk, layout->groups, counts);
        g.progress = desk.progress;
    }

    if (g.comm.rank == 0)
        g.queue = queue_new(world, layout->groups, &policy);
    if (g.comm.rank == 0 && r->settings.uses_journal)
        g.journal = group_journal(r, world->rank);
    group_work(&g);
    if (g.comm.rank == 0)
        queue_finish(&g.queue);
    journal_writer_end(&g.journal, e);

    if (world->rank == 0)
        desk_close(&desk, counts);
    comm_broadcast(world, 0, counts, sizeof *counts);
    err_merge(e, &desk.failure);
    int rc = comm_agree(world, e);
    pulse_pause(r->pulse);
    comm_free(&g.comm);

    if (rc == 0 && world->rank == 0 && !counts->stopped)
        run_folder_drop_checkpoints(r->settings.folder, r->plan);
    return rc;
}

void run_end(struct run **r, const char *how)
{
    if (!*r)
        return;
    pulse_stop(&(*r)->pulse);
    lease_end(&(*r)->lease, how);
    free(*r);
    *r = NULL;
}

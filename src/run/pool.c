// Decides on rank 0 which trial a group takes next, and keeps what is known of finished trials.
//
// For each entry of the plan, pool_add_entry asks what earlier runs know of it. A finished or failed trial is settled
// at once; a new one waits for a group, is drawn by pool_next, and is settled by pool_report. An entry that is the same
// trial as an earlier one is never run; it is linked to the earlier entry and settled with it.
//
// To settle a trial is to report its loss to the search (NaN: failed or diverged), which may then release more trials.
// Therefore the plan, and with it the pool, grows during the run. Results of earlier runs can release trials that
// earlier runs have done as well, so pool_refill repeats until the search releases no more.
//
// A trial that stops on request is not settled: the run ends, and the next run continues it.
#include "run/pool.h"

#include "base/mem.h"
#include "search/search.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct entry_state {
    bool is_done;
    double loss;
    int next_same; // the next entry that waits for this one's result; -1: none
};

struct pool {
    struct plan *plan; // borrowed
    struct pool_policy policy;
    struct run_counts *counts; // borrowed
    struct entry_state *state; // owned; (n) of the plan's entries
    int n, capacity;
    int *waiting;         // owned; (n_waiting) entries to be run; sorted from `first` on, the longest expected first
    int n_waiting, first; // first: the next entry to be given out
    int waiting_capacity;
    int running;
    int *lone;              // owned; (n_lone) entries to be run alone, when no other trial is left
    int n_lone, first_lone; // first_lone: the next of these to be given out
    bool lone_runs;
    double found_operations;   // expected operations of the trials that earlier runs have done
    double waiting_operations; // expected operations of the trials that wait
    double longest_operations; // expected operations of the longest trial that ever waited
};

static int compare_longest_first(const void *a, const void *b, void *plan)
{
    const struct plan_entry *entry = ((const struct plan *)plan)->entry;
    int x = *(const int *)a;
    int y = *(const int *)b;
    if (entry[x].operations != entry[y].operations)
        return entry[x].operations < entry[y].operations ? 1 : -1;
    return (x > y) - (x < y);
}

static void pool_add_waiting(struct pool *p, int i)
{
    if (p->n_waiting == p->waiting_capacity) {
        p->waiting_capacity = 2 * p->n_waiting + 16;
        p->waiting = mem_grow(p->waiting, (size_t)p->waiting_capacity, sizeof *p->waiting);
    }
    ASSERT(p->n_waiting < p->waiting_capacity, "%d of %d", p->n_waiting, p->waiting_capacity);
    p->waiting[p->n_waiting++] = i;
    p->waiting_operations += p->plan->entry[i].operations;
    p->longest_operations = fmax(p->longest_operations, p->plan->entry[i].operations);
}

// Reports the result of entry i to the search, once for it and once for each linked entry that is the same trial.
static void pool_settle(struct pool *p, int i, double loss)
{
    ASSERT(i >= 0 && i < p->n && !p->state[i].is_done, "%d of %d", i, p->n);
    p->state[i].is_done = true;
    p->state[i].loss = loss;
    for (; i >= 0; i = p->state[i].next_same)
        search_report(p->plan->search, p->plan->entry[i].trial.number, loss);
}

static void count_failed_trial(struct run_counts *c, const char *why)
{
    if (c->failed++ == 0)
        snprintf(c->why, sizeof c->why, "%.*s", (int)sizeof c->why - 1, why);
}

// Settles entry i if earlier runs have done it, or lists it in `lone` if it must run alone. Returns false if neither is
// the case.
static bool pool_use_earlier(struct pool *p, int i)
{
    const struct plan_entry *entry = &p->plan->entry[i];
    bool needs_loss = search_needs_results(p->plan->search);
    double loss = NAN;
    enum pool_known known = p->policy.find_earlier(p->policy.context, entry, needs_loss, &loss);

    if (known == POOL_NEW)
        return false;
    if (known == POOL_LONE) {
        p->lone = mem_grow(p->lone, (size_t)p->n_lone + 1, sizeof *p->lone);
        p->lone[p->n_lone++] = i;
        return true;
    }

    p->counts->found += known == POOL_FINISHED;
    p->counts->failed_before += known == POOL_FAILED;
    p->found_operations += entry->operations;
    pool_settle(p, i, known == POOL_FINISHED ? loss : NAN);
    return true;
}

// Lets entry i share the result of `same`, an earlier entry that is the same trial. Settles i now if `same` is settled;
// otherwise links the two.
static void pool_follow(struct pool *p, int i, int same)
{
    ASSERT(same >= 0 && same < i && i < p->n, "%d after %d of %d", i, same, p->n);
    if (p->state[same].is_done) {
        pool_settle(p, i, p->state[same].loss);
        return;
    }
    p->state[i].next_same = p->state[same].next_same;
    p->state[same].next_same = i;
}

// Adds the next entry of the plan. If `is_good` is false, the trial cannot be run, and `e` holds the reason.
static void pool_add_entry(struct pool *p, bool is_good, const struct err *e)
{
    int i = p->n++;
    const struct plan_entry *entry = &p->plan->entry[i];

    ASSERT(i < p->plan->n && i < p->capacity, "%d of %d", i, p->plan->n);
    p->state[i] = (struct entry_state){.next_same = -1};
    if (is_good && entry->same_as >= 0) {
        pool_follow(p, i, entry->same_as);
        return;
    }

    p->counts->trials++;
    if (!is_good) {
        count_failed_trial(p->counts, e->text);
        p->policy.refuse(p->policy.context, e->text);
        pool_settle(p, i, NAN);
    } else if (!pool_use_earlier(p, i)) {
        pool_add_waiting(p, i);
    }
}

// Adds all trials that the search releases, including those that it releases because of results of earlier runs.
static void pool_refill(struct pool *p)
{
    int waiting = p->n_waiting;

    for (bool has_more = true; has_more;) {
        struct err e = {0};
        int more = p->n < p->plan->n ? 1 : plan_add_next(p->plan, &e);
        if (p->plan->n > p->capacity) {
            p->capacity = 2 * p->plan->n;
            p->state = mem_grow(p->state, (size_t)p->capacity, sizeof *p->state);
        }
        has_more = more != 0;
        if (has_more)
            pool_add_entry(p, more > 0, &e);
    }

    if (p->n_waiting > waiting)
        qsort_r(p->waiting + p->first, (size_t)(p->n_waiting - p->first), sizeof *p->waiting, compare_longest_first,
            p->plan);
}

struct pool *pool_new(struct plan *plan, const struct pool_policy *policy, struct run_counts *counts)
{
    struct pool *p = mem_new(1, sizeof *p);
    *p = (struct pool){.plan = plan, .policy = *policy, .counts = counts};
    pool_refill(p);
    return p;
}

void pool_free(struct pool **p)
{
    if (!*p)
        return;
    free((*p)->state);
    free((*p)->waiting);
    free((*p)->lone);
    free(*p);
    *p = NULL;
}

// Returns how many trials the search may still release.
static int pool_unreleased(const struct pool *p)
{
    return search_is_exhausted(p->plan->search) ? 0 : (int)(search_bound(p->plan->search) - p->plan->n);
}

int pool_left(const struct pool *p)
{
    return p->n_waiting - p->first + p->n_lone - p->first_lone + pool_unreleased(p);
}

int pool_trials(const struct pool *p)
{
    return p->n_waiting + p->n_lone + pool_unreleased(p);
}

double pool_operations(const struct pool *p)
{
    double sum = 0;
    for (int i = 0; i < p->plan->n; i++)
        sum += p->plan->entry[i].same_as < 0 ? p->plan->entry[i].operations : 0;
    return sum / search_share(p->plan->search) - p->found_operations;
}

int pool_next(struct pool *p)
{
    ASSERT(!p->lone_runs || p->running == 1, "%d run next to a lone trial", p->running);
    if (p->lone_runs)
        return POOL_WAIT;

    if (p->first < p->n_waiting) {
        p->running++;
        p->waiting_operations -= p->plan->entry[p->waiting[p->first]].operations;
        return p->waiting[p->first++];
    }

    if (p->first_lone < p->n_lone && p->running > 0)
        return POOL_WAIT;
    if (p->first_lone < p->n_lone) {
        p->lone_runs = true;
        p->running++;
        return p->lone[p->first_lone++];
    }
    return p->running > 0 && !search_is_exhausted(p->plan->search) ? POOL_WAIT : POOL_END;
}

bool pool_runs_lone(const struct pool *p)
{
    return p->lone_runs;
}

bool pool_may_draw_ahead(const struct pool *p, int groups)
{
    ASSERT(groups > 0, "%d", groups);
    return !search_needs_results(p->plan->search) && p->waiting_operations > 2 * groups * p->longest_operations;
}

void pool_report(struct pool *p, const struct pool_report *r)
{
    struct run_counts *c = p->counts;

    ASSERT(p->running > 0 && r->entry >= 0 && r->entry < p->n, "entry %d of %d", r->entry, p->n);
    p->running--;
    p->lone_runs = false; // a trial that must run alone has no others next to it, so this report is about it
    if (r->failure)
        count_failed_trial(c, r->text);
    else if (r->has_stopped)
        c->stopped++;
    else if (r->has_diverged)
        c->diverged++;
    else
        c->done++;

    if (r->has_stopped)
        return;
    pool_settle(p, r->entry, r->failure || r->has_diverged ? NAN : r->loss);
    pool_refill(p);
}

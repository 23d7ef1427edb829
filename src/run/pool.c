// What rank 0 decides: which trial a group takes next, and what is known of those that are done.
#include "run/pool.h"

#include "base/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct state {
    bool is_done;
    double loss;
    int next_same; // the next entry that waits for this one's result; -1: none
};

struct pool {
    struct plan *plan;
    struct pool_policy policy;
    struct run_counts *counts;
    struct state *state; // (n), owned: of the plan's entries
    int n, room;
    int *waiting, n_waiting, first, waiting_room; // owned: entries to be run from `first` on, longest expected first
    int running;
    double found_operations; // of trials that earlier runs have done
};

static int longest_first(const void *a, const void *b, void *plan)
{
    const struct plan_entry *entry = ((const struct plan *)plan)->entry;
    int x = *(const int *)a, y = *(const int *)b;
    if (entry[x].operations != entry[y].operations)
        return entry[x].operations < entry[y].operations ? 1 : -1;
    return (x > y) - (x < y);
}

static void wait_for_group(struct pool *p, int i)
{
    if (p->n_waiting == p->waiting_room)
        p->waiting = mem_grow(p->waiting, (size_t)(p->waiting_room = 2 * p->n_waiting + 16), sizeof *p->waiting);
    p->waiting[p->n_waiting++] = i;
}

// The result of an entry, which is also that of all that are the same trial.
static void settle(struct pool *p, int i, double loss)
{
    p->state[i].is_done = true;
    p->state[i].loss = loss;
    for (; i >= 0; i = p->state[i].next_same)
        search_report(p->plan->search, p->plan->entry[i].number, loss);
}

static void count_failure(struct run_counts *c, const char *why)
{
    if (c->failed++ == 0)
        snprintf(c->why, sizeof c->why, "%.*s", (int)sizeof c->why - 1, why);
}

// What an earlier run has made of a trial stands: false: nothing.
static bool look_back(struct pool *p, int i)
{
    const struct plan_entry *entry = &p->plan->entry[i];
    double loss = NAN;
    enum pool_earlier earlier =
        p->policy.earlier(p->policy.context, entry, search_needs_results(p->plan->search), &loss);
    p->counts->found += earlier == POOL_FINISHED;
    p->counts->failed_before += earlier == POOL_FAILED;
    if (earlier == POOL_NEW)
        return false;
    p->found_operations += entry->operations;
    settle(p, i, earlier == POOL_FINISHED ? loss : NAN);
    return true;
}

static void follow(struct pool *p, int i, int same)
{
    if (p->state[same].is_done) {
        settle(p, i, p->state[same].loss);
        return;
    }
    p->state[i].next_same = p->state[same].next_same;
    p->state[same].next_same = i;
}

static void take_in(struct pool *p, int i, bool is_good, const struct err *e)
{
    const struct plan_entry *entry = &p->plan->entry[i];
    p->state[i] = (struct state){.next_same = -1};
    if (is_good && entry->same_as >= 0) {
        follow(p, i, entry->same_as);
        return;
    }
    p->counts->trials++;
    if (!is_good) {
        count_failure(p->counts, e->text);
        p->policy.refuse(p->policy.context, e->text);
        settle(p, i, NAN);
    } else if (!look_back(p, i))
        wait_for_group(p, i);
}

// All that the search releases, and what it releases on the results of trials that need not be run.
static void refill(struct pool *p)
{
    int waiting = p->n_waiting;
    for (bool has_more = true; has_more;) {
        struct err e = {0};
        int more = p->n < p->plan->n ? 1 : plan_more(p->plan, &e);
        if (p->plan->n > p->room)
            p->state = mem_grow(p->state, (size_t)(p->room = 2 * p->plan->n), sizeof *p->state);
        if ((has_more = more != 0))
            take_in(p, p->n++, more > 0, &e);
    }
    if (p->n_waiting > waiting)
        qsort_r(p->waiting + p->first, (size_t)(p->n_waiting - p->first), sizeof *p->waiting, longest_first, p->plan);
}

struct pool *pool_new(struct plan *plan, const struct pool_policy *policy, struct run_counts *counts)
{
    struct pool *p = mem_new(1, sizeof *p);
    *p = (struct pool){.plan = plan, .policy = *policy, .counts = counts};
    refill(p);
    return p;
}

void pool_free(struct pool **p)
{
    if (!*p)
        return;
    free((*p)->state);
    free((*p)->waiting);
    free(*p);
    *p = NULL;
}

static int64_t unreleased(const struct pool *p)
{
    return search_is_exhausted(p->plan->search) ? 0 : search_bound(p->plan->search) - p->plan->n;
}

int pool_left(const struct pool *p)
{
    return p->n_waiting - p->first + (int)unreleased(p);
}

int pool_trials(const struct pool *p)
{
    return p->n_waiting + (int)unreleased(p);
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
    if (p->first < p->n_waiting) {
        p->running++;
        return p->waiting[p->first++];
    }
    return p->running > 0 && !search_is_exhausted(p->plan->search) ? POOL_WAIT : POOL_END;
}

void pool_report(struct pool *p, const struct pool_report *r)
{
    struct run_counts *c = p->counts;
    p->running--;
    if (r->failure)
        count_failure(c, r->text);
    c->stopped += !r->failure && r->has_stopped;
    c->done += !r->failure && !r->has_stopped && !r->has_diverged;
    c->diverged += !r->failure && r->has_diverged;
    if (r->has_stopped)
        return;
    settle(p, r->entry, r->failure || r->has_diverged ? NAN : r->loss);
    refill(p);
}

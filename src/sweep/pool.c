// What rank 0 decides: which trial a group takes next, and what is known of those that are done.
#include "sweep/pool.h"

#include "base/mem.h"
#include "sweep/order.h"
#include <stdio.h>
#include <stdlib.h>

struct pool {
    const struct experiment *x;
    const struct plan *plan;
    int *order, n, next; // (n), owned: entries that are still to be run, longest expected first
    struct run_counts *counts;
};

static int longest_first(const void *a, const void *b, void *plan)
{
    const struct plan_entry *entry = ((const struct plan *)plan)->entry;
    int x = *(const int *)a, y = *(const int *)b;
    if (entry[x].operations != entry[y].operations)
        return entry[x].operations < entry[y].operations ? 1 : -1;
    return (x > y) - (x < y);
}

struct pool *pool_new(const struct experiment *x, const struct plan *plan,
    enum pool_past (*past)(void *context, const char *id), void *context, struct run_counts *counts)
{
    struct pool *p = mem_new(1, sizeof *p);
    *p = (struct pool){.x = x, .plan = plan, .counts = counts};
    p->order = mem_new((size_t)plan->n, sizeof *p->order);
    for (int i = 0; i < plan->n; i++) {
        if (plan->entry[i].is_duplicate)
            continue;
        counts->trials++;
        enum pool_past was = past(context, plan->entry[i].id);
        counts->found += was == POOL_FINISHED;
        counts->failed_before += was == POOL_FAILED;
        if (was == POOL_NEW)
            p->order[p->n++] = i;
    }
    qsort_r(p->order, (size_t)p->n, sizeof *p->order, longest_first, (void *)(uintptr_t)plan);
    return p;
}

void pool_free(struct pool **p)
{
    if (!*p)
        return;
    free((*p)->order);
    free(*p);
    *p = NULL;
}

int pool_trials(const struct pool *p)
{
    return p->n;
}

int pool_left(const struct pool *p)
{
    return p->n - p->next;
}

double pool_operations(const struct pool *p)
{
    double sum = 0;
    for (int i = 0; i < p->n; i++)
        sum += p->plan->entry[p->order[i]].operations;
    return sum;
}

const struct plan_entry *pool_report(struct pool *p, const struct pool_report *r)
{
    struct run_counts *c = p->counts;
    if (r->failure && c->failed++ == 0)
        snprintf(c->why, sizeof c->why, "%.*s", (int)sizeof c->why - 1, r->text);
    c->stopped += !r->failure && r->has_stopped;
    c->done += !r->failure && !r->has_stopped && !r->has_diverged;
    c->diverged += !r->failure && r->has_diverged;
    return &p->plan->entry[r->number];
}

static void fail(struct pool *p, int number, const struct err *e)
{
    struct pool_report r = {.number = number, .failure = e->kind};
    snprintf(r.text, sizeof r.text, "%.*s", (int)sizeof r.text - 1, e->text);
    pool_report(p, &r);
}

enum queue_verdict pool_next(struct pool *p, struct queue_bytes *work)
{
    while (p->next < p->n) {
        struct err e = {0};
        int i = p->order[p->next++];
        if (order_pack(p->x, &p->plan->entry[i], work, &e) == 0)
            return QUEUE_WORK;
        work->n = 0;
        fail(p, i, &e);
    }
    return QUEUE_END;
}

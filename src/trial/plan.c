// The plan: entries in the order in which the search releases trials, with a table to find them by id.
#include "trial/plan.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void plan_begin(struct plan *p, struct search *search, int keys, plan_resolve resolve, void *context)
{
    *p = (struct plan){.search = search, .resolve = resolve, .context = context};
    p->value = mem_new((size_t)keys + 1, sizeof *p->value);
}

void plan_free(struct plan *p)
{
    if (p->end)
        p->end(p->context);
    free(p->data);
    free(p->entry);
    free(p->slot);
    free(p->value);
    *p = (struct plan){0};
}

// --- finding entries by id: a table with open addressing, at most half full

static int *plan_find_slot(const struct plan *p, const char *id)
{
    ASSERT(p->slots > p->n && *id, "%d entries in %d slots", p->n, p->slots);
    size_t at = strtoull(id, NULL, 16) % (size_t)p->slots;
    while (p->slot[at] >= 0 && strcmp(p->entry[p->slot[at]].trial.id, id) != 0)
        at = (at + 1) % (size_t)p->slots;
    return &p->slot[at];
}

static void plan_grow(struct plan *p)
{
    if (p->n == p->room)
        p->entry = mem_grow(p->entry, (size_t)(p->room = 2 * p->room + 16), sizeof *p->entry);
    if (2 * (p->n + 1) <= p->slots)
        return;
    p->slots = 4 * (p->n + 1) + 31;
    p->slot = mem_grow(p->slot, (size_t)p->slots, sizeof *p->slot);
    memset(p->slot, -1, (size_t)p->slots * sizeof *p->slot);
    for (int i = 0; i < p->n; i++)
        if (p->entry[i].trial.id[0] && p->entry[i].same_as < 0)
            *plan_find_slot(p, p->entry[i].trial.id) = i;
}

static int take_next(struct plan *p)
{
    if (p->taken == p->n_next) {
        p->n_next = search_release(p->search, sizeof p->next / sizeof *p->next, p->next);
        p->taken = 0;
    }
    ASSERT(p->taken <= p->n_next, "%d of %d taken", p->taken, p->n_next);
    return p->taken < p->n_next ? p->next[p->taken++] : -1;
}

int plan_add_next(struct plan *p, struct err *e)
{
    int number = take_next(p);
    if (number < 0)
        return 0;

    struct search_trial t;
    search_trial(p->search, number, &t, p->value);
    plan_grow(p);
    ASSERT(p->n < p->room, "entry %d of %d", p->n, p->room);
    struct plan_entry *entry = &p->entry[p->n];
    *entry = (struct plan_entry){0};

    int failed = p->resolve(p->context, &t, entry, e);
    entry->trial.number = number;
    entry->may_continue = t.may_continue;
    entry->same_as = -1;
    if (failed)
        entry->trial.id[0] = 0;

    int *slot = failed ? NULL : plan_find_slot(p, entry->trial.id);
    if (slot && *slot >= 0)
        entry->same_as = *slot;
    else if (slot)
        *slot = p->n;

    p->n++;
    return failed ? -1 : 1;
}

void plan_keep_part(struct plan *p, int part, int parts)
{
    int *place = mem_new((size_t)p->n + 1, sizeof *place); // new index of each entry; -1: removed
    int kept = 0;
    int different = 0;

    ASSERT(part >= 1 && part <= parts, "part %d of %d", part, parts);
    for (int i = 0; i < p->n; i++) {
        struct plan_entry *entry = &p->entry[i];
        ASSERT(entry->same_as < i, "entry %d is the same as a later one, %d", i, entry->same_as);
        bool is_own = entry->same_as >= 0 ? place[entry->same_as] >= 0 : different++ % parts == part - 1;
        place[i] = is_own ? kept : -1;
        if (!is_own)
            continue;
        p->entry[kept] = *entry;
        if (entry->same_as >= 0)
            p->entry[kept].same_as = place[entry->same_as];
        kept++;
    }

    p->n = kept;
    free(place);
}

int plan_different(const struct plan *p)
{
    int n = 0;
    for (int i = 0; i < p->n; i++)
        n += p->entry[i].same_as < 0;
    return n;
}

int64_t plan_least_shards(const struct plan *p)
{
    int64_t least = SHARDS_MAX;
    for (int i = 0; i < p->n; i++)
        least = p->entry[i].shards < least ? p->entry[i].shards : least;
    return least;
}

double plan_step_operations(const struct plan *p)
{
    double most = 0;
    for (int i = 0; i < p->n; i++)
        most = fmax(most, p->entry[i].step_operations);
    return most;
}

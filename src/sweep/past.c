// What earlier runs in a folder have found.
#include "sweep/past.h"

#include "base/mem.h"
#include "sweep/run_read.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct past_trial *)a)->id, ((const struct past_trial *)b)->id);
}

int past_read(const struct experiment *x, const char *folder, struct past *p, struct err *e)
{
    struct trial_summary *rows;
    int n;
    *p = (struct past){0};
    char *trials = mem_format("%s/trials", folder);
    bool is_there = access(trials, F_OK) == 0;
    free(trials);
    if (!is_there || !search_needs_results(x->search))
        return 0;
    if (leaderboard_read(folder, false, &rows, &n, e) != 0)
        return -1;
    p->trial = mem_new((size_t)n, sizeof *p->trial);
    for (; p->n < n; p->n++) {
        struct past_trial *t = &p->trial[p->n];
        snprintf(t->id, sizeof t->id, "%s", rows[p->n].id);
        t->loss = objective_loss(&x->objective, &rows[p->n]);
    }
    qsort(p->trial, (size_t)n, sizeof *p->trial, by_id);
    leaderboard_free(&rows, n);
    return 0;
}

void past_free(struct past *p)
{
    free(p->trial);
    *p = (struct past){0};
}

const struct past_trial *past_find(const struct past *p, const char *id)
{
    struct past_trial key;
    snprintf(key.id, sizeof key.id, "%s", id);
    return p->n ? bsearch(&key, p->trial, (size_t)p->n, sizeof key, by_id) : NULL;
}

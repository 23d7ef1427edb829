// What earlier runs in a folder have left.
#include "run/earlier_results.h"

#include "base/disk.h"
#include "base/log.h"
#include "base/mem.h"
#include "leaderboard/versions.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct earlier_result *)a)->id, ((const struct earlier_result *)b)->id);
}

static void take_losses(
    const struct experiment *x, const struct leaderboard_row *rows, int n, struct earlier_results *p)
{
    p->trial = mem_new((size_t)n + 1, sizeof *p->trial);
    for (; p->n < n; p->n++) {
        struct earlier_result *t = &p->trial[p->n];
        snprintf(t->id, sizeof t->id, "%s", rows[p->n].id);
        t->loss = objective_loss(&x->objective, &rows[p->n]);
    }
    if (n > 1)
        qsort(p->trial, (size_t)n, sizeof *p->trial, by_id);
}

static void find_stale(const struct leaderboard_row *rows, int n, struct earlier_results *p)
{
    stale_free(&p->stale);
    for (int i = 0; i < n; i++) {
        char *changed = versions_changed(rows[i].data ? rows[i].data : "", p->data);
        if (*changed)
            stale_add(&p->stale, rows[i].id, changed);
        else
            free(changed);
    }
    stale_sort(&p->stale);
}

int earlier_results_read(
    const struct experiment *x, const struct plan *plan, const char *folder, struct earlier_results *p, struct err *e)
{
    struct leaderboard_row *rows;
    int n;
    *p = (struct earlier_results){0};
    char *trials = folder ? mem_format("%s/trials", folder) : NULL;
    bool is_there = trials && access(trials, F_OK) == 0;
    free(trials);

    char *before = is_there ? versions_read(folder) : mem_text("");
    p->data = versions_update(before, plan->data ? plan->data : "");
    p->has_changed = strcmp(p->data, before) != 0;
    if (p->has_changed) { // the same in another order is no change
        char *back = versions_update(p->data, before);
        p->has_changed = strcmp(back, before) != 0 || strlen(p->data) != strlen(before);
        char *changed = versions_changed(before, p->data);
        p->has_changed = p->has_changed || *changed;
        free(changed);
        free(back);
    }
    free(before);
    if (!is_there)
        return 0;

    stale_read(folder, &p->stale);
    p->has_changed = p->has_changed || !p->stale.is_known;
    int failed = run_examine_rows(folder, p->has_changed, &rows, &n, &p->bad, e);
    if (!failed) {
        take_losses(x, rows, n, p);
        if (p->has_changed)
            find_stale(rows, n, p);
    }
    rows_free(&rows, n);
    return failed;
}

// The file is renamed if it is still the one that was examined. Another part of a run may have replaced it.
static int set_aside(const struct bad_file *b, struct err *e)
{
    struct stat now;
    if (lstat(b->path, &now) != 0 || now.st_ino != b->seen.st_ino || now.st_size != b->seen.st_size ||
        now.st_mtim.tv_sec != b->seen.st_mtim.tv_sec || now.st_mtim.tv_nsec != b->seen.st_mtim.tv_nsec)
        return 0;

    char *aside = mem_format("%s.damaged", b->path);
    for (int i = 2; lstat(aside, &now) == 0; i++) {
        free(aside);
        aside = mem_format("%s.damaged.%d", b->path, i);
    }
    int failed = rename(b->path, aside) < 0 ? disk_fail(e, b->path, errno, 0, "cannot rename it") : 0;
    if (!failed)
        log_line(LOG_QUIET, "%s; kept as %s, its trial is trained again", b->why, strrchr(aside, '/') + 1);
    free(aside);
    return failed;
}

int earlier_results_settle(const struct earlier_results *p, const char *folder, struct err *e)
{
    int failed = 0;
    for (int i = 0; i < p->bad.n && !failed; i++)
        failed = set_aside(&p->bad.v[i], e);

    if (!failed && p->has_changed)
        failed = stale_write(folder, &p->stale, e) != 0 || versions_write(folder, p->data, e) != 0 ? -1 : 0;
    if (!failed && p->stale.n > 0)
        log_line(LOG_RUN, "%d trial%s of before %s stale: %s has changed since", p->stale.n, p->stale.n == 1 ? "" : "s",
            p->stale.n == 1 ? "is" : "are", p->stale.trial[0].sources);
    return failed;
}

void earlier_results_free(struct earlier_results *p)
{
    bad_files_free(&p->bad);
    stale_free(&p->stale);
    free(p->data);
    free(p->trial);
    *p = (struct earlier_results){0};
}

const struct earlier_result *earlier_results_find(const struct earlier_results *p, const char *id)
{
    struct earlier_result key;
    snprintf(key.id, sizeof key.id, "%s", id);
    return p->n ? bsearch(&key, p->trial, (size_t)p->n, sizeof key, by_id) : NULL;
}

// Finds what earlier runs have left in a folder, in two steps.
//
// earlier_results_read looks before MPI starts, because a child that can crash on a damaged file must be forked while
// this process has no threads. The folder is not ours at that time: other runs may write to it, so nothing is changed.
//
// earlier_results_apply acts later, when this run holds the lease. It renames a damaged file only if the file is still
// the one that was examined, because a run of another part may have replaced it.
#include "run/earlier_results.h"

#include "base/disk.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/objective.h"
#include "leaderboard/run_list.h"
#include "leaderboard/trial_open.h"
#include "leaderboard/versions.h"
#include "store/journal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_earlier_trials(const void *a, const void *b)
{
    return strcmp(((const struct earlier_trial *)a)->id, ((const struct earlier_trial *)b)->id);
}

static void list_losses(
    const struct experiment *x, const struct leaderboard_row *rows, int n, struct earlier_results *r)
{
    r->trial = mem_new((size_t)n + 1, sizeof *r->trial);
    for (r->n = 0; r->n < n; r->n++) {
        struct earlier_trial *t = &r->trial[r->n];
        ASSERT(strlen(rows[r->n].id) < sizeof t->id, "%s", rows[r->n].id);
        snprintf(t->id, sizeof t->id, "%s", rows[r->n].id);
        t->loss = objective_loss(&x->objective, &rows[r->n]);
        t->is_in_journal = row_is_in_journal(&rows[r->n]);
    }
    if (n > 1)
        qsort(r->trial, (size_t)n, sizeof *r->trial, compare_earlier_trials);
}

static void list_stale_trials(const struct leaderboard_row *rows, int n, struct earlier_results *r)
{
    stale_free(&r->stale);
    for (int i = 0; i < n; i++) {
        char *changed = versions_changed(rows[i].data ? rows[i].data : "", r->data);
        if (*changed)
            stale_add(&r->stale, rows[i].id, changed);
        else
            free(changed);
    }
    stale_sort(&r->stale);
}

// Returns true if two lists of versions differ in more than their order. `newer` was made from `older` by
// versions_update.
static bool are_versions_different(const char *older, const char *newer)
{
    if (strcmp(newer, older) == 0)
        return false;
    char *back = versions_update(newer, older);
    char *changed = versions_changed(older, newer);
    bool is_different = strcmp(back, older) != 0 || strlen(newer) != strlen(older) || *changed;
    free(changed);
    free(back);
    return is_different;
}

int earlier_results_read(
    const struct experiment *x, const struct plan *plan, const char *folder, struct earlier_results *r, struct err *e)
{
    *r = (struct earlier_results){0};
    char *trials = folder ? mem_format("%s/trials", folder) : NULL;
    bool is_there = trials && access(trials, F_OK) == 0;
    free(trials);

    char *before = is_there ? versions_read(folder) : mem_text("");
    r->data = versions_update(before, plan->data ? plan->data : "");
    r->has_changed = are_versions_different(before, r->data);
    free(before);
    if (!is_there)
        return 0;

    stale_read(folder, &r->stale);
    r->has_changed = r->has_changed || !r->stale.is_known;

    struct leaderboard_row *rows;
    int n;
    int rc = run_examine_rows(folder, r->has_changed, &rows, &n, &r->bad, e);
    if (rc == 0) {
        list_losses(x, rows, n, r);
        if (r->has_changed)
            list_stale_trials(rows, n, r);
    }
    rows_free(&rows, n);

    return rc;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int rename_bad_file(const struct bad_file *b, struct err *e)
{
    struct stat now;
    char *aside = mem_format("%s.damaged", b->path);
    for (int i = 2; lstat(aside, &now) == 0; i++) {
        free(aside);
        aside = mem_format("%s.damaged.%d", b->path, i);
    }

    int rc = rename(b->path, aside) < 0 ? disk_fail(e, b->path, errno, 0, "cannot rename it") : 0;
    if (rc == 0)
        log_line(LOG_QUIET, "%s; kept as %s, its trial is trained again", b->why, strrchr(aside, '/') + 1);
    free(aside);

    return rc;
}

// Copies the good trials of a damaged journal to a new one. Returns 0, or -1 and an error.
static int repair_journal(const struct bad_file *b, const char *folder, int part, struct err *e)
{
    struct err unreadable = {0};
    struct journal *j = journal_open(b->path, &unreadable);
    int rc = 0;

    if (j && journal_trials(j) > 0) {
        char *path = NULL;
        for (int i = 1; !path || access(path, F_OK) == 0; i++) {
            free(path);
            path = mem_format("%s/" JOURNALS "/%d-repaired-%d" JOURNAL_SUFFIX, folder, part, i);
        }
        rc = journal_repair(j, path, e);
        free(path);
    }
    journal_free(&j);
    return rc;
}

// Renames a bad file if it is still the one that was examined. Copies the good trials of a journal first. Leaves the
// journal of another part, whose run may be writing to it, with a warning.
static int settle_bad_file(const struct bad_file *b, const char *folder, int part, struct err *e)
{
    struct stat now;
    const bool is_journal = path_is_journal(b->path);

    if (lstat(b->path, &now) < 0 || !is_same_file(&now, &b->seen))
        return 0;
    if (is_journal && part != 0 && atoi(strrchr(b->path, '/') + 1) != part) {
        log_warning(
            "%s; left as it is, because it is not a journal of part %d; a run without --part repairs it", b->why, part);
        return 0;
    }
    if (is_journal && S_ISREG(now.st_mode) && repair_journal(b, folder, part, e) != 0)
        return -1;
    return rename_bad_file(b, e);
}

int earlier_results_apply(const struct earlier_results *r, const char *folder, int part, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < r->bad.n && rc == 0; i++)
        rc = settle_bad_file(&r->bad.v[i], folder, part, e);
    if (rc == 0 && r->has_changed)
        rc = stale_write(folder, &r->stale, e);
    if (rc == 0 && r->has_changed)
        rc = versions_write(folder, r->data, e);

    if (rc == 0 && r->stale.n > 0)
        log_line(LOG_RUN, "%d trial%s of before %s stale: %s has changed since", r->stale.n, text_plural(r->stale.n),
            r->stale.n == 1 ? "is" : "are", r->stale.trial[0].sources);

    return rc;
}

void earlier_results_free(struct earlier_results *r)
{
    bad_files_free(&r->bad);
    stale_free(&r->stale);
    free(r->data);
    free(r->trial);
    *r = (struct earlier_results){0};
}

const struct earlier_trial *earlier_results_find(const struct earlier_results *r, const char *id)
{
    struct earlier_trial key;
    snprintf(key.id, sizeof key.id, "%s", id);
    return r->n ? bsearch(&key, r->trial, (size_t)r->n, sizeof key, compare_earlier_trials) : NULL;
}

// Lists the trials of the runs to merge. A trial is a file, a group, or a record of a journal or of a run's file.
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/merge_impl.h"
#include "leaderboard/row.h"
#include "leaderboard/run_list.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *source_part(char out[512], const char *group, const char *name)
{
    snprintf(out, 512, "%s%s%s", group, *group ? "/" : "", name);
    return out;
}

static const char *merge_add_path(struct merge *m, const char *path)
{
    m->paths = mem_grow(m->paths, (size_t)m->n_paths + 1, sizeof *m->paths);
    return m->paths[m->n_paths++] = mem_text(path);
}

static int merge_add_source(struct merge *m, struct store_file *f, const char *path, const char *group, struct err *e)
{
    char place[512];

    struct merge_source s = {.path = path, .group = mem_text(group), .id = store_get_text(f, group, TRIAL_ID)};
    s.started = store_get_text(f, source_part(place, group, TRIAL_PROVENANCE), PROVENANCE_STARTED);
    s.started = s.started ? s.started : mem_text("");
    const char *key = *group ? strrchr(group, '/') + 1 : s.id;
    const char *stale = key ? stale_find(&m->stale, key) : NULL;
    s.stale = mem_text(stale ? stale : "");
    s.run = m->run;

    if (m->n == m->room)
        m->source = mem_grow(m->source, (size_t)(m->room = 2 * m->room + 16), sizeof *m->source);
    ASSERT(m->n < m->room, "source %d of %d", m->n, m->room);
    m->source[m->n++] = s;
    if (!s.id)
        return err_add(
            e, ERR_DATA, "%s: %s: no attribute `" TRIAL_ID "`: not a whole trial", path, *group ? group : "/");
    return 0;
}

// Reads the leaderboard of a run's file, and notes which of its trials are stale.
static int merge_read_stale(struct merge *m, struct store_file *f, const char *path, struct err *e)
{
    struct leaderboard *b = leaderboard_read(f, e);
    struct leaderboard_row *rows = b ? leaderboard_rows(b, path, e) : NULL;
    int n = rows ? b->n : 0;

    for (int i = 0; i < n; i++)
        if (row_is_stale(&rows[i]))
            stale_add(&m->stale, rows[i].id, mem_text(rows[i].stale));
    stale_sort(&m->stale);

    rows_free(&rows, n);
    leaderboard_free(&b);
    return e->count ? -1 : 0;
}

// Adds the trials of a journal, and owns `j` from then on. Trials that cannot be read are only reported in `e`.
static int merge_add_journal(struct merge *m, struct journal *j, const char *path, struct err *e)
{
    m->journal = mem_grow(m->journal, (size_t)m->n_journals + 1, sizeof *m->journal);
    m->journal[m->n_journals++] = j;
    for (int i = 0; i < journal_damages(j); i++)
        err_add(e, ERR_DATA, "%s", journal_damage(j, i));

    for (int i = 0; i < journal_trials(j); i++) {
        if (!journal_has(j, i))
            continue;
        char *group = mem_format(RUN_TRIALS "/%s", journal_id(j, i));
        struct store_file *f = journal_trial(j, i, group, e);
        if (f && merge_add_source(m, f, path, group, e) == 0) {
            m->source[m->n - 1].journal = j;
            m->source[m->n - 1].record = i;
        }
        store_close(&f);
        free(group);
    }
    return 0;
}

// Adds the records of a run's file, and owns `f` from then on.
static int merge_add_records(struct merge *m, struct store_file *f, const char *path, struct err *e)
{
    struct journal *j = run_records(f, e);

    m->run_file = mem_grow(m->run_file, (size_t)m->n_run_files + 1, sizeof *m->run_file);
    m->run_file[m->n_run_files++] = f;
    return j ? merge_add_journal(m, j, path, e) : -1;
}

static void merge_add_journals(struct merge *m, const char *folder, struct err *e)
{
    int n;
    char **paths = run_journals(folder, &n);

    for (int i = 0; i < n; i++) {
        struct journal *j = journal_open(paths[i], e);
        if (j)
            merge_add_journal(m, j, merge_add_path(m, paths[i]), e);
    }
    list_free(paths, n);
}

static int merge_add_run_file(struct merge *m, const char *run, struct err *e)
{
    char **keys = NULL;
    int n = 0;
    const char *path = merge_add_path(m, run);
    struct store_walker *w = store_walker_new(&path, 1, STORE_CHECKSUMS);
    int rc = store_walker_next(w, e);
    store_walker_free(&w);

    struct store_file *f = rc == 0 ? store_open(path, FORMAT_RUN, STORE_CHECKED, e) : NULL;
    rc = f ? merge_read_stale(m, f, path, e) : -1;
    if (rc == 0 && store_has(f, RUN_TRIALS))
        rc = store_list(f, RUN_TRIALS, &keys, &n, e);
    for (int i = 0; i < n; i++) {
        char *group = mem_format(RUN_TRIALS "/%s", keys[i]);
        rc = rc == 0 ? merge_add_source(m, f, path, group, e) : rc;
        free(group);
        free(keys[i]);
    }
    free(keys);
    if (rc == 0 && store_has(f, RUN_RECORDS))
        return merge_add_records(m, f, path, e);
    store_close(&f);

    return rc;
}

void merge_source_free(struct merge_source *s)
{
    free(s->group);
    free(s->id);
    free(s->started);
    free(s->stale);
}

// Adds the trial files and journals of a folder. Bad ones are only reported in `e`.
static int merge_add_folder(struct merge *m, const char *folder, struct err *e)
{
    int n;
    char **paths = run_trial_files(folder, &n, e);
    if (!paths)
        return -1;

    stale_read(folder, &m->stale);
    struct store_walker *w = store_walker_new((const char *const *)paths, n, STORE_CHECKSUMS);
    for (int i = 0; i < n; i++) {
        struct store_file *f =
            store_walker_next(w, e) == 0 ? store_open(paths[i], FORMAT_TRIAL, STORE_CHECKED, e) : NULL;
        if (f && (merge_add_source(m, f, merge_add_path(m, paths[i]), "", e) != 0 ||
                     trial_check_name(paths[i], m->source[m->n - 1].id, e) != 0))
            merge_source_free(&m->source[--m->n]);
        store_close(&f);
        free(paths[i]);
    }
    store_walker_free(&w);
    free(paths);
    merge_add_journals(m, folder, e);

    return 0;
}

int merge_add_run(struct merge *m, const char *run, struct err *e)
{
    struct stat s;
    if (stat(run, &s) != 0)
        return err_add(e, ERR_USAGE, "%s: no run: No such file or directory", run);
    if (!S_ISDIR(s.st_mode))
        return merge_add_run_file(m, run, e);

    char *trials = mem_format("%s/trials", run);
    char *file = mem_format("%s/run.h5", run);
    bool is_file = stat(trials, &s) != 0 && stat(file, &s) == 0; // users may have copied only run.h5
    int rc = is_file ? merge_add_run_file(m, file, e) : merge_add_folder(m, run, e);
    free(trials);
    free(file);
    return rc;
}

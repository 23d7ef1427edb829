// Writes run.h5 in one pass over the trial files and the journals. A child process checks each file ahead of us
// (store_walker). We then copy the whole trial and keep its row. At the end we write the rows as the leaderboard, the
// table of configurations, the records of journals and the stacked arrays. Only then the file gets its name, so that a
// reader never sees an incomplete file.
#include "leaderboard/run_file.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "leaderboard/candidate.h"
#include "leaderboard/consensus.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/objective.h"
#include "leaderboard/row.h"
#include "leaderboard/run_ensemble.h"
#include "leaderboard/run_list.h"
#include "leaderboard/run_read.h"
#include "leaderboard/seed_statistics.h"
#include "leaderboard/stacks.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdlib.h>
#include <string.h>

struct run_writer {
    struct store_file *f;
    struct leaderboard_row *rows; // owned
    int n, room;
    struct journal_copy *copy; // owned: the trials that become records of the run's file
    struct journal **journal;  // (n_journals), owned: the journals that these trials come from
    int n_journals;
    bool only_groups;             // trials of journals become groups, not records
    struct run_ensemble ensemble; // owned: filled while the errors are stacked
};

struct run_writer *run_writer_new(const struct output *output, struct err *e)
{
    struct store_file *f = store_create_output(output, FORMAT_RUN, e);
    if (!f)
        return NULL;
    struct run_writer *w = mem_new(1, sizeof *w);
    w->f = f;
    w->copy = journal_copy_new();
    return w;
}

static void run_writer_free(struct run_writer **writer)
{
    struct run_writer *w = *writer;

    journal_copy_free(&w->copy);
    for (int i = 0; i < w->n_journals; i++)
        journal_free(&w->journal[i]);
    free(w->journal);
    free(w);
    *writer = NULL;
}

// Returns space for the next row. The caller fills it, and raises w->n to keep it.
static struct leaderboard_row *next_row(struct run_writer *w)
{
    if (w->n == w->room) {
        w->room = 2 * w->room + 16;
        w->rows = mem_grow(w->rows, (size_t)w->room, sizeof *w->rows);
    }
    ASSERT(w->n < w->room, "row %d of %d", w->n, w->room);
    return &w->rows[w->n];
}

static bool is_sealed_group(struct store_file *f, const char *group)
{
    char *checksum = store_get_text(f, group, STORE_ATTRIBUTES_CHECKSUM);
    free(checksum);
    return checksum != NULL;
}

int run_writer_add(struct run_writer *w, struct store_file *from, const char *group, const char *key, struct err *e)
{
    struct leaderboard_row *s = next_row(w);
    if (row_read_group(from, group, s, e) != 0)
        return -1;

    free(s->id);
    s->id = mem_text(key);
    char *name = mem_format(RUN_TRIALS "/%s", key);
    int rc = store_copy(from, group, w->f, name, e);
    if (rc == 0 && !is_sealed_group(w->f, name)) // the trial was a record
        rc = store_seal_attributes(w->f, name, e);
    free(name);
    w->n++;

    return rc;
}

void run_writer_take(struct run_writer *w, struct journal *j)
{
    w->journal = mem_grow(w->journal, (size_t)w->n_journals + 1, sizeof *w->journal);
    w->journal[w->n_journals++] = j;
}

int run_writer_add_record(struct run_writer *w, struct journal *j, int i, const char *key, struct err *e)
{
    char *group = mem_format(RUN_TRIALS "/%s", key);
    struct store_file *f = journal_trial(j, i, group, e);
    int rc = f ? 0 : -1;

    if (f && w->only_groups)
        rc = run_writer_add(w, f, group, key, e);
    else if (f && (rc = row_read_group(f, group, next_row(w), e)) == 0) {
        journal_copy_add(w->copy, j, i, key);
        w->n++;
    }
    store_close(&f);
    free(group);
    return rc;
}

int run_writer_also(struct run_writer *w, struct store_file *from, const char *provenance, const char *key,
    const char *name, struct err *e)
{
    char *place = mem_format(RUN_TRIALS "/%s/" TRIAL_ALSO "/%s", key, name);
    int rc = 0;

    if (!store_has(w->f, place)) {
        rc = store_copy(from, provenance, w->f, place, e);
        if (rc == 0)
            rc = store_seal_attributes(w->f, place, e);
    }
    free(place);
    return rc;
}

static bool run_writer_has(const struct run_writer *w, const char *key)
{
    char *name = mem_format(RUN_TRIALS "/%s", key);
    bool has = store_has(w->f, name);
    free(name);
    return has;
}

static int write_configurations(struct run_writer *w, struct err *e)
{
    int n;
    struct seed_statistics *c = seed_statistics_new(w->rows, w->n, &n);
    struct leaderboard *b = c ? seed_statistics_leaderboard(c, n) : NULL;
    int rc = b ? leaderboard_write(w->f, RUN_CONFIGURATIONS, LEADERBOARD_CONFIGURATION, b, e) : 0;

    leaderboard_free(&b);
    seed_statistics_free(&c, n);
    return rc;
}

void run_writer_make_groups(struct run_writer *w)
{
    w->only_groups = true;
}

void run_writer_choose(struct run_writer *w, const struct chosen_ensemble *chosen)
{
    w->ensemble.chosen = chosen;
}

struct leaderboard_row *run_writer_rows(struct run_writer *w, int *n)
{
    *n = w->n;
    return w->rows;
}

void run_writer_mark(struct run_writer *w, const struct stale *stale)
{
    stale_mark(stale, w->rows, w->n);
}

static int write_records(struct run_writer *w, struct err *e)
{
    const char **keys = mem_new((size_t)w->n + 1, sizeof *keys);

    for (int i = 0; i < w->n; i++)
        keys[i] = w->rows[i].id;
    int rc = journal_copy_write(w->copy, w->f, keys, w->n, e);
    free(keys);
    return rc;
}

static struct store_file *open_added_trial(void *writer, const char *key, bool *is_own, struct err *e)
{
    struct run_writer *w = writer;
    char *group = mem_format(RUN_TRIALS "/%s", key);
    const int before = e->count;
    struct store_file *f = journal_copy_trial(w->copy, key, group, e);

    free(group);
    *is_own = f != NULL;
    return f || e->count > before ? f : w->f;
}

static void visit_added_trial(void *writer, struct store_file *f, const char *group, int row)
{
    struct run_writer *w = writer;

    run_ensemble_note(&w->ensemble, f, group, &w->rows[row]);
}

// Writes the arrays over all trials, and the ensemble that is made of them.
static int write_stacks_and_ensemble(struct run_writer *w, struct err *e)
{
    const struct stack_source source = {open_added_trial, visit_added_trial, w};

    if (w->n == 0)
        return 0;
    if (stacks_write(w->f, w->rows, w->n, &source, e) == 0)
        return run_ensemble_write(&w->ensemble, w->f, w->rows, w->n, e);
    candidates_free(&w->ensemble.candidate, w->ensemble.n);
    return -1;
}

static struct store_file *open_trial_of_row(
    void *writer, const struct leaderboard_row *row, bool *is_own, struct err *e)
{
    return open_added_trial(writer, row->id, is_own, e);
}

// Measures what the sweep's objective is, if that depends on all trials.
static int measure_consensus(struct run_writer *w, struct err *e)
{
    const struct trial_source source = {open_trial_of_row, w, true};

    return consensus_is_objective(w->rows, w->n) ? consensus_measure(w->rows, w->n, &source, e) : 0;
}

static int run_writer_finish(struct run_writer *w, struct err *e)
{
    if (measure_consensus(w, e) != 0)
        return -1;
    rows_sort(w->rows, w->n);
    struct leaderboard *b = leaderboard_new(w->rows, w->n);
    int rc = leaderboard_write(w->f, RUN_LEADERBOARD, LEADERBOARD_TRIAL, b, e);

    leaderboard_free(&b);
    if (rc == 0)
        rc = write_configurations(w, e);
    if (rc == 0)
        rc = write_records(w, e);
    if (rc == 0)
        rc = write_stacks_and_ensemble(w, e);
    return rc == 0 ? store_commit(&w->f, e) : rc;
}

int run_writer_end(struct run_writer **writer, struct leaderboard_row **rows, int *n, struct err *e)
{
    struct run_writer *w = *writer;

    ASSERT(w && w->f, "a writer that has ended");
    int rc = run_writer_finish(w, e);
    store_abandon(&w->f);
    if (rc != 0)
        rows_free(&w->rows, w->n);
    *rows = w->rows;
    *n = rc == 0 ? w->n : 0;
    run_writer_free(writer);
    return rc;
}

void run_writer_abandon(struct run_writer **w)
{
    store_abandon(&(*w)->f);
    rows_free(&(*w)->rows, (*w)->n);
    run_writer_free(w);
}

// Adds a trial file. Returns 0 if it is bad, and only reports it in `e`. Returns -1 and an error if the trial could not
// be written.
static int run_writer_add_file(struct run_writer *w, const char *path, struct err *e)
{
    struct store_file *from = store_open(path, FORMAT_TRIAL, STORE_CHECKED, e);
    char *id = from ? store_get_text(from, "", TRIAL_ID) : NULL;
    int before = w->n;
    int rc = 0;

    if (from && !id)
        err_add(e, ERR_DATA, "%s: no attribute `" TRIAL_ID "`: not a whole trial file", path);
    else if (id && run_writer_has(w, id))
        err_add(e, ERR_DATA, "%s: holds trial %s, which another file holds, too", path, id);
    else if (id && trial_check_name(path, id, e) == 0 && run_writer_add(w, from, "", id, e) != 0)
        rc = w->n > before ? -1 : 0; // the row was read, but the trial was not written
    free(id);
    store_close(&from);
    return rc;
}

static int run_writer_add_files(struct run_writer *w, char **paths, int n, enum store_check check, struct err *e)
{
    struct store_walker *walker = NULL;
    if (check == STORE_CHECK)
        walker = store_walker_new((const char *const *)paths, n, STORE_CHECKSUMS);
    int rc = 0;

    for (int i = 0; i < n && rc == 0; i++)
        if (!walker || store_walker_next(walker, e) == 0)
            rc = run_writer_add_file(w, paths[i], e);
    store_walker_free(&walker);
    return rc;
}

// Returns true if the trial was added from a file, or if an earlier journal, or an earlier place in `j`, also has it.
static bool is_added_before(const struct run_writer *w, const struct journal *j, int i)
{
    const char *id = journal_id(j, i);
    bool is_there = journal_find(j, id) != i || run_writer_has(w, id);

    for (int k = 0; k < w->n_journals && !is_there; k++)
        is_there = w->journal[k] != j && journal_find(w->journal[k], id) >= 0;
    return is_there;
}

// Adds the trials of all journals. Damage is only reported in `e`.
static void run_writer_add_journals(struct run_writer *w, char **paths, int n, struct err *e)
{
    for (int i = 0; i < n; i++) {
        struct journal *j = journal_open(paths[i], e);
        if (!j)
            continue;
        for (int k = 0; k < journal_damages(j); k++)
            err_add(e, ERR_DATA, "%s", journal_damage(j, k));
        for (int k = 0; k < journal_trials(j); k++)
            if (!is_added_before(w, j, k))
                run_writer_add_record(w, j, k, journal_id(j, k), e);
        run_writer_take(w, j);
    }
}

// Returns -1 and an error if `path` is a file of another kind, which must not be replaced. A damaged run.h5 may be
// replaced.
static int check_old_run_file(const char *path, struct err *e)
{
    char *format = store_peek_format(path);
    int rc = 0;

    if (format && strcmp(format, FORMAT_RUN) != 0)
        rc = err_add(e, ERR_USAGE, "%s: found format %s, allowed: %s; hint: move it elsewhere, then hourglass collect",
            path, format, FORMAT_RUN);
    free(format);
    return rc;
}

int run_file_take(struct output *o, const char *folder, struct err *e)
{
    char *path = mem_format("%s/run.h5", folder);
    int rc = output_take(o, path, e);

    o->replaces_any = true;
    free(path);
    return rc;
}

int run_file_collect(const char *folder, const struct output *output, const struct collecting *how,
    struct leaderboard_row **rows, int *n, struct err *e)
{
    int n_paths, n_journals;
    char **paths = run_trial_files(folder, &n_paths, e), **journals = run_journals(folder, &n_journals);
    struct run_writer *w = NULL;
    int rc = paths ? 0 : -1;

    *rows = NULL;
    *n = 0;
    if (paths && n_paths + n_journals > 0) {
        w = check_old_run_file(output->path, e) == 0 ? run_writer_new(output, e) : NULL;
        if (w && how->only_groups)
            run_writer_make_groups(w);
        rc = w ? run_writer_add_files(w, paths, n_paths, how->check, e) : -1;
        if (rc == 0)
            run_writer_add_journals(w, journals, n_journals, e);
    }

    if (w && rc != 0)
        run_writer_abandon(&w);
    else if (w) {
        struct stale stale;
        stale_read(folder, &stale);
        run_writer_mark(w, &stale);
        stale_free(&stale);
        rc = run_writer_end(&w, rows, n, e);
    }
    list_free(paths, n_paths);
    list_free(journals, n_journals);

    return rc;
}

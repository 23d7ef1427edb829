// Merges runs.
//
// First we list the trials of all runs by path and group, and read only a few attributes of each. Then we sort them by
// id and hash the results of the ids that occur more than once. We sort them again, by id and hash. Equal trials are
// now neighbours, and each group of them is written as one trial. One input file is open at a time. Last we decide
// which trials are stale. If one of the runs with the trial knows whether it is stale, that decides. Otherwise the
// trial is stale if it used the same data as a stale trial.
#include "leaderboard/merge_impl.h"

#include "base/err.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/protocols.h"
#include "leaderboard/result_hash.h"
#include "leaderboard/row.h"
#include "leaderboard/run_file.h"
#include "leaderboard/run_list.h"
#include "leaderboard/run_read.h"
#include "leaderboard/stale.h"
#include "leaderboard/versions.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// Opens the file with the trial, unless it is already open, and returns it. It stays open until a call needs another
// file.
static struct store_file *merge_open(struct merge *m, const struct merge_source *s, struct err *e)
{
    if (m->open && m->opened == s->journal && m->opened_record == s->record &&
        strcmp(store_path(m->open), s->path) == 0)
        return m->open;

    store_close(&m->open);
    m->opened = s->journal;
    m->opened_record = s->record;
    m->open = s->journal ? journal_trial(s->journal, s->record, s->group, e)
                         : store_open(s->path, NULL, STORE_CHECKED, e); // the file was walked when it was listed
    return m->open;
}

// --- writing
// Compares sources for qsort. Among trials with equal results, the one that began first comes first. The hash of the
// provenance, `where`, makes the order total.
static int compare_sources(const void *a, const void *b)
{
    const struct merge_source *x = a, *y = b;

    ASSERT(x->id && y->id, "a source without id");
    int order = strcmp(x->id, y->id);
    order = order ? order : strcmp(x->bits, y->bits);
    order = order ? order : strcmp(x->started, y->started);
    return order ? order : strcmp(x->where, y->where);
}

static int hash_source(struct merge *m, struct merge_source *s, struct err *e)
{
    char place[512];
    struct store_file *f = merge_open(m, s, e);
    if (!f)
        return -1;

    result_hash(f, s->group, s->bits);
    attributes_hash(f, source_part(place, s->group, TRIAL_PROVENANCE), s->where);
    return 0;
}

// Hashes the trials whose id occurs more than once. The sources must be sorted by id.
static int hash_sources(struct merge *m, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < m->n && rc == 0; i++) {
        bool again = (i > 0 && strcmp(m->source[i].id, m->source[i - 1].id) == 0) ||
                     (i + 1 < m->n && strcmp(m->source[i].id, m->source[i + 1].id) == 0);
        if (again)
            rc = hash_source(m, &m->source[i], e);
    }
    return rc;
}

// Adds the provenance of `s`, and each provenance in its group also/, to the trial `key`. Omits a provenance whose hash
// is `own`, the hash of the trial's own provenance.
static int write_also(struct merge *m, struct run_writer *w, const struct merge_source *s, const char *key,
    const char *own, struct err *e)
{
    char place[512];
    char **names = NULL;
    int n = 0;
    int rc = 0;
    struct store_file *f = merge_open(m, s, e);
    if (!f)
        return -1;

    if (strcmp(s->where, own) != 0)
        rc = run_writer_also(w, f, source_part(place, s->group, TRIAL_PROVENANCE), key, s->where, e);
    if (store_has(f, source_part(place, s->group, TRIAL_ALSO)) && store_list(f, place, &names, &n, e) != 0)
        return -1;

    for (int i = 0; i < n; i++) {
        char *other = mem_format("%s/%s", place, names[i]);
        if (rc == 0 && strcmp(names[i], own) != 0)
            rc = run_writer_also(w, f, other, key, names[i], e);
        free(other);
        free(names[i]);
    }
    free(names);

    return rc;
}

// Writes the sources [first, last), which have the same id and equal results, as one trial. `is_only` is false if other
// sources have the same id but other results.
static int write_equal(struct merge *m, struct run_writer *w, int first, int last, bool is_only, struct err *e)
{
    const struct merge_source *s = &m->source[first];
    char key[64];

    ASSERT(first < last && last <= m->n, "sources %d to %d of %d", first, last, m->n);
    ASSERT(is_only || *s->bits, "trial %s was not hashed", s->id);
    if (is_only)
        snprintf(key, sizeof key, "%.32s", s->id);
    else
        snprintf(key, sizeof key, "%.32s-%.8s", s->id, s->bits);

    int rc;
    if (s->journal && last == first + 1) {
        rc = run_writer_add_record(w, s->journal, s->record, key, e);
    } else {
        struct store_file *f = merge_open(m, s, e);
        rc = f ? run_writer_add(w, f, s->group, key, e) : -1;
    }
    for (int i = first + 1; i < last && rc == 0; i++)
        rc = write_also(m, w, &m->source[i], key, s->where, e);

    m->counts.trials++;
    m->counts.equal += last - first - 1;
    if (!is_only)
        log_line(LOG_QUIET, "trial %s has different bits: %s of %s", s->id, key, s->path);
    return rc;
}

// Returns the index of the first source after `first` that does not belong to source `first`, or m->n if all do.
static int stretch_end(
    const struct merge *m, int first, bool (*belongs)(const struct merge_source *a, const struct merge_source *b))
{
    int last = first + 1;

    ASSERT(first >= 0 && first < m->n, "source %d of %d", first, m->n);
    while (last < m->n && belongs(&m->source[first], &m->source[last]))
        last++;
    return last;
}

static bool sources_share_id(const struct merge_source *a, const struct merge_source *b)
{
    return strcmp(a->id, b->id) == 0;
}

static bool sources_are_equal(const struct merge_source *a, const struct merge_source *b)
{
    return sources_share_id(a, b) && strcmp(a->bits, b->bits) == 0;
}

static int merge_write_trials(struct merge *m, struct run_writer *w, struct err *e)
{
    int rc = 0;

    for (int first = 0, end; first < m->n && rc == 0; first = end) {
        end = stretch_end(m, first, sources_share_id);
        bool is_only = stretch_end(m, first, sources_are_equal) == end;
        m->counts.ids += !is_only;
        for (int at = first, last; at < end && rc == 0; at = last) {
            last = stretch_end(m, at, sources_are_equal);
            rc = write_equal(m, w, at, last, is_only, e);
            m->counts.different += !is_only;
        }
    }
    return rc;
}

// --- which trials are stale
// Returns -1 if a run with this trial knows that it is not stale. Otherwise returns 1 if a run lists it as stale, and
// sets *sources to the sources that have changed. Returns 0 if no run knows.
static int find_stale_verdict(const struct merge *m, const struct leaderboard_row *row, const char **sources)
{
    int said = 0;

    for (int i = 0; i < m->n; i++) {
        const struct merge_source *s = &m->source[i];
        if (strncmp(s->id, row->id, strlen(s->id)) != 0)
            continue;
        ASSERT(s->run >= 0 && s->run <= m->run, "run %d of %d", s->run, m->run);
        if (!*s->stale && m->knows[s->run])
            return -1;
        if (*s->stale) {
            *sources = s->stale;
            said = 1;
        }
    }
    return said;
}

// Marks the stale trials. A trial about which no run knows is stale if it used the same changed data as a stale trial
// of the same experiment.
static void merge_mark_stale(const struct merge *m, struct run_writer *w)
{
    int n;
    struct leaderboard_row *rows = run_writer_rows(w, &n);
    int *said = mem_new((size_t)n + 1, sizeof *said);

    for (int i = 0; i < n; i++) {
        const char *sources = "";
        said[i] = find_stale_verdict(m, &rows[i], &sources);
        free(rows[i].stale);
        rows[i].stale = mem_text(said[i] > 0 ? sources : "");
    }

    for (int i = 0; i < n; i++)
        for (int k = 0; k < n && said[i] == 0; k++)
            if (said[k] > 0 && strcmp(rows[k].experiment, rows[i].experiment) == 0 &&
                versions_share(rows[k].data, rows[i].data, rows[k].stale)) {
                free(rows[i].stale);
                rows[i].stale = mem_text(rows[k].stale);
                break;
            }

    free(said);
}

static bool merge_has_stale(const struct merge *m)
{
    for (int i = 0; i < m->n; i++)
        if (*m->source[i].stale)
            return true;
    return false;
}

static int merge_write_file(struct merge *m, const struct output *output, struct err *e)
{
    struct leaderboard_row *rows;
    struct run_writer *w = NULL;
    int n;

    if (m->n == 0)
        return err_add(e, ERR_USAGE, "none of the runs has a finished trial");

    qsort(m->source, (size_t)m->n, sizeof *m->source, compare_sources);
    if (hash_sources(m, e) != 0)
        return -1;
    qsort(m->source, (size_t)m->n, sizeof *m->source, compare_sources);

    if (store_check_output("--output", output->path, (const char *const *)m->paths, m->n_paths, e) == 0)
        w = run_writer_new(output, e);
    if (!w)
        return -1;
    if (merge_write_trials(m, w, e) != 0) {
        run_writer_abandon(&w);
        return -1;
    }
    store_close(&m->open);

    if (merge_has_stale(m))
        merge_mark_stale(m, w);
    int rc = run_writer_end(&w, &rows, &n, e);
    if (rc == 0)
        protocols_warn_rows(rows, n, "the merged file");
    rows_free(&rows, n);

    return rc;
}

int merge_runs(const char *const *runs, int n, const struct output *output, struct merge_counts *counts, struct err *e)
{
    struct merge m = {0};
    int rc = 0;

    m.knows = mem_new((size_t)n + 1, sizeof *m.knows);
    for (m.run = 0; m.run < n; m.run++) {
        rc |= merge_add_run(&m, runs[m.run], e);
        m.knows[m.run] = m.stale.n > 0;
        stale_free(&m.stale);
    }
    m.counts.found = m.n;
    if (rc == 0)
        rc = merge_write_file(&m, output, e);
    ASSERT(rc != 0 || m.counts.trials + m.counts.equal == m.n, "%d + %d of %d trials", m.counts.trials, m.counts.equal,
        m.n);

    store_close(&m.open);
    for (int i = 0; i < m.n_journals; i++)
        journal_free(&m.journal[i]);
    for (int i = 0; i < m.n_run_files; i++)
        store_close(&m.run_file[i]);
    free(m.journal);
    free(m.run_file);
    for (int i = 0; i < m.n; i++)
        merge_source_free(&m.source[i]);
    list_free(m.paths, m.n_paths);
    free(m.source);
    free(m.knows);
    *counts = m.counts;

    return rc;
}

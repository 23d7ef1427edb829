// Merging: list the trials of all runs, sort them by id, and write one after the other what is one trial.
#include "leaderboard/merge.h"

#include "base/log.h"
#include "base/mem.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/result_hash.h"
#include "leaderboard/run_file.h"
#include "leaderboard/run_read.h"
#include "leaderboard/versions.h"
#include "store/schema.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// A trial as it lies in a file.
struct source {
    const char *path;                                                 // borrowed from the list of files
    char *group;                                                      // owned: "" or "trials/KEY"
    char *id, *started;                                               // owned
    char *stale;                                                      // owned: as its run says; "": not
    int run;                                                          // of the runs that are merged
    char bits[RESULT_HASH_LENGTH + 1], where[RESULT_HASH_LENGTH + 1]; // hashes; "": not asked for
};

struct merge {
    struct source *source; // owned
    int n, room;
    char **paths; // owned: of all files
    int n_paths;
    struct store_file *open; // the file that was asked for last
    bool *knows; // (runs), owned: which runs have stale trials, and so know which versions of data are the newest
    int run;     // that is listed
    struct stale stale; // of that run
    struct merge_counts counts;
};

static struct store_file *file_of(struct merge *m, const char *path, struct err *e)
{
    if (m->open && strcmp(store_path(m->open), path) == 0)
        return m->open;
    store_close(&m->open);
    return m->open = store_open(path, NULL, true, e); // walked when it was listed
}

static const char *part(char out[512], const char *group, const char *name)
{
    snprintf(out, 512, "%s%s%s", group, *group ? "/" : "", name);
    return out;
}

// --- listing
static const char *keep_path(struct merge *m, const char *path)
{
    m->paths = mem_grow(m->paths, (size_t)m->n_paths + 1, sizeof *m->paths);
    return m->paths[m->n_paths++] = mem_text(path);
}

static int add_source(struct merge *m, struct store_file *f, const char *path, const char *group, struct err *e)
{
    char place[512];
    struct source s = {.path = path, .group = mem_text(group), .id = store_get_text(f, group, TRIAL_ID)};
    s.started = store_get_text(f, part(place, group, TRIAL_PROVENANCE), PROVENANCE_STARTED);
    s.started = s.started ? s.started : mem_text("");
    const char *stale = s.id ? stale_find(&m->stale, *group ? strrchr(group, '/') + 1 : s.id) : NULL;
    s.stale = mem_text(stale ? stale : "");
    s.run = m->run;
    if (m->n == m->room)
        m->source = mem_grow(m->source, (size_t)(m->room = 2 * m->room + 16), sizeof *m->source);
    m->source[m->n++] = s;
    return s.id ? 0
                : err_add(e, ERR_DATA, "%s: %s: no attribute `" TRIAL_ID "`: not a whole trial", path,
                      *group ? group : "/");
}

// What the leaderboard of a run's file says.
static int read_stale(struct merge *m, struct store_file *f, const char *path, struct err *e)
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

static int add_run_file(struct merge *m, const char *run, struct err *e)
{
    char **keys = NULL;
    int n = 0, failed;
    const char *path = keep_path(m, run);
    struct store_walker *w = store_walker_new(&path, 1, true);
    failed = store_walker_next(w, e);
    store_walker_free(&w);
    struct store_file *f = failed ? NULL : store_open(path, FORMAT_RUN, true, e);
    failed = f ? read_stale(m, f, path, e) : -1;
    if (!failed)
        failed = store_list(f, RUN_TRIALS, &keys, &n, e);
    for (int i = 0; i < n; i++) {
        char *group = mem_format(RUN_TRIALS "/%s", keys[i]);
        failed = failed ? failed : add_source(m, f, path, group, e);
        free(group);
        free(keys[i]);
    }
    free(keys);
    store_close(&f);
    return failed;
}

static int add_folder(struct merge *m, const char *folder, struct err *e)
{
    int n;
    char **paths = run_trial_files(folder, &n, e);
    if (!paths)
        return -1;
    stale_read(folder, &m->stale);
    struct store_walker *w = store_walker_new((const char *const *)paths, n, true);
    for (int i = 0; i < n; i++) {
        struct store_file *f = store_walker_next(w, e) == 0 ? store_open(paths[i], FORMAT_TRIAL, true, e) : NULL;
        if (f && (add_source(m, f, keep_path(m, paths[i]), "", e) != 0 ||
                     trial_check_name(paths[i], m->source[m->n - 1].id, e) != 0))
            m->n--, free(m->source[m->n].group), free(m->source[m->n].started), free(m->source[m->n].stale);
        store_close(&f);
        free(paths[i]);
    }
    store_walker_free(&w);
    free(paths);
    return 0;
}

static int add_run(struct merge *m, const char *run, struct err *e)
{
    struct stat s;
    if (stat(run, &s) != 0)
        return err_add(e, ERR_USAGE, "%s: no run: No such file or directory", run);
    if (!S_ISDIR(s.st_mode))
        return add_run_file(m, run, e);
    char *trials = mem_format("%s/trials", run), *file = mem_format("%s/run.h5", run);
    bool is_file = stat(trials, &s) != 0 && stat(file, &s) == 0; // what was taken home is enough
    int failed = is_file ? add_run_file(m, file, e) : add_folder(m, run, e);
    free(trials);
    free(file);
    return failed;
}

// --- writing
// The first of those with equal bits is the one that began first; the rest of the order only makes it total.
static int in_order(const void *a, const void *b)
{
    const struct source *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    order = order ? order : strcmp(x->bits, y->bits);
    order = order ? order : strcmp(x->started, y->started);
    return order ? order : strcmp(x->where, y->where);
}

static int hash_source(struct merge *m, struct source *s, struct err *e)
{
    char place[512];
    struct store_file *f = file_of(m, s->path, e);
    if (!f)
        return -1;
    result_hash(f, s->group, s->bits);
    attributes_hash(f, part(place, s->group, TRIAL_PROVENANCE), s->where);
    return 0;
}

// Only where an id was found more than once; the sources are in order of id.
static int hash_sources(struct merge *m, struct err *e)
{
    int failed = 0;
    for (int i = 0; i < m->n && !failed; i++) {
        bool again = (i > 0 && strcmp(m->source[i].id, m->source[i - 1].id) == 0) ||
                     (i + 1 < m->n && strcmp(m->source[i].id, m->source[i + 1].id) == 0);
        if (again)
            failed = hash_source(m, &m->source[i], e);
    }
    return failed;
}

// The provenance of `s`, and those that it has of others, beside that of the trial KEY, which is `own`.
static int add_also(
    struct merge *m, struct run_writer *w, const struct source *s, const char *key, const char *own, struct err *e)
{
    char place[512], **names = NULL;
    int n = 0, failed = 0;
    struct store_file *f = file_of(m, s->path, e);
    if (!f)
        return -1;
    if (strcmp(s->where, own) != 0)
        failed = run_writer_also(w, f, part(place, s->group, TRIAL_PROVENANCE), key, s->where, e);
    if (store_has(f, part(place, s->group, TRIAL_ALSO)) && store_list(f, place, &names, &n, e) != 0)
        return -1;
    for (int i = 0; i < n; i++) {
        char *other = mem_format("%s/%s", place, names[i]);
        if (!failed && strcmp(names[i], own) != 0)
            failed = run_writer_also(w, f, other, key, names[i], e);
        free(other);
        free(names[i]);
    }
    free(names);
    return failed;
}

// Sources [first, last) of one id and with equal bits.
static int write_equal(struct merge *m, struct run_writer *w, int first, int last, bool is_only, struct err *e)
{
    const struct source *s = &m->source[first];
    char key[64];
    snprintf(key, sizeof key, "%.32s%s%.8s", s->id, is_only ? "" : "-", is_only ? "" : s->bits);
    struct store_file *f = file_of(m, s->path, e);
    int failed = f ? run_writer_add(w, f, s->group, key, e) : -1;
    for (int i = first + 1; i < last && !failed; i++)
        failed = add_also(m, w, &m->source[i], key, s->where, e);
    m->counts.trials++;
    m->counts.equal += last - first - 1;
    if (!is_only)
        log_line(LOG_QUIET, "trial %s has different bits: %s of %s", s->id, key, s->path);
    return failed;
}

static int run_of(const struct merge *m, int first, bool (*belongs)(const struct source *a, const struct source *b))
{
    int last = first + 1;
    while (last < m->n && belongs(&m->source[first], &m->source[last]))
        last++;
    return last;
}

static bool has_same_id(const struct source *a, const struct source *b)
{
    return strcmp(a->id, b->id) == 0;
}

static bool is_same(const struct source *a, const struct source *b)
{
    return has_same_id(a, b) && strcmp(a->bits, b->bits) == 0;
}

static int write_trials(struct merge *m, struct run_writer *w, struct err *e)
{
    int failed = 0;
    for (int first = 0, end; first < m->n && !failed; first = end) {
        end = run_of(m, first, has_same_id);
        bool is_only = run_of(m, first, is_same) == end;
        m->counts.ids += !is_only;
        for (int at = first, last; at < end && !failed; at = last) {
            last = run_of(m, at, is_same);
            failed = write_equal(m, w, at, last, is_only, e);
            m->counts.different += !is_only;
        }
    }
    return failed;
}

// --- which trials are stale
// By the runs that have the trial: 1 if one says so; -1 if one that knows says that it is not; 0 if none knows.
static int say_runs(const struct merge *m, const struct leaderboard_row *row, const char **sources)
{
    int said = 0;
    for (int i = 0; i < m->n; i++) {
        const struct source *s = &m->source[i];
        if (strncmp(s->id, row->id, strlen(s->id)) != 0)
            continue;
        if (!*s->stale && m->knows[s->run])
            return -1;
        if (*s->stale) {
            *sources = s->stale;
            said = 1;
        }
    }
    return said;
}

// A trial of a run that does not know is stale if it has the data of one that is.
static void mark_stale(const struct merge *m, struct run_writer *w)
{
    int n;
    struct leaderboard_row *rows = run_writer_rows(w, &n);
    int *said = mem_new((size_t)n + 1, sizeof *said);
    for (int i = 0; i < n; i++) {
        const char *sources = "";
        said[i] = say_runs(m, &rows[i], &sources);
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

static bool has_stale(const struct merge *m)
{
    for (int i = 0; i < m->n; i++)
        if (*m->source[i].stale)
            return true;
    return false;
}

static int write_file(struct merge *m, const struct output *output, struct err *e)
{
    struct leaderboard_row *rows;
    int n;
    if (m->n == 0)
        return err_add(e, ERR_USAGE, "none of the runs has a finished trial");
    qsort(m->source, (size_t)m->n, sizeof *m->source, in_order);
    if (hash_sources(m, e) != 0)
        return -1;
    qsort(m->source, (size_t)m->n, sizeof *m->source, in_order);
    struct run_writer *w = NULL;
    if (store_check_output(output->path, (const char *const *)m->paths, m->n_paths, e) == 0)
        w = run_writer_new(output, e);
    if (!w)
        return -1;
    if (write_trials(m, w, e) != 0) {
        run_writer_abandon(&w);
        return -1;
    }
    store_close(&m->open);
    if (has_stale(m))
        mark_stale(m, w);
    int failed = run_writer_end(&w, &rows, &n, e);
    rows_free(&rows, n);
    return failed;
}

int merge_runs(const char *const *runs, int n, const struct output *output, struct merge_counts *counts, struct err *e)
{
    struct merge m = {0};
    int failed = 0;
    m.knows = mem_new((size_t)n + 1, sizeof *m.knows);
    for (m.run = 0; m.run < n; m.run++) {
        failed |= add_run(&m, runs[m.run], e);
        m.knows[m.run] = m.stale.n > 0;
        stale_free(&m.stale);
    }
    m.counts.found = m.n;
    if (!failed)
        failed = write_file(&m, output, e);
    store_close(&m.open);
    for (int i = 0; i < m.n; i++) {
        free(m.source[i].group);
        free(m.source[i].id);
        free(m.source[i].started);
        free(m.source[i].stale);
    }
    for (int i = 0; i < m.n_paths; i++)
        free(m.paths[i]);
    free(m.source);
    free(m.knows);
    free(m.paths);
    *counts = m.counts;
    return failed;
}

// Ranks the stored errors of each trial, and correlates them with those of the other trials.
//
// All trials with the same samples of a set form a group. Each trial is read once per test set; only its ranks are
// kept.
#include "leaderboard/consensus.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/candidate.h"
#include "leaderboard/trial_open.h"
#include "metrics/metrics.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// A trial that has a test set.
struct compared {
    struct leaderboard_row *row; // borrowed
    char *samples;               // owned: equal for trials that can be compared
    int64_t n;                   // number of ranks
    struct rank_vector ranks;    // owned
};

// The mean over test sets, while it is computed.
struct set_sum {
    double total;
    int sets;
};

// The trials that have one test set.
struct compared_set {
    const char *name;             // borrowed
    struct leaderboard_row *rows; // (n_rows), borrowed
    int n_rows;
    struct compared *v;
    int n;
    int64_t most; // most samples that are ranked
};

bool consensus_is_objective(const struct leaderboard_row *rows, int n)
{
    bool is_wanted = false;

    for (int i = 0; i < n && !is_wanted; i++)
        is_wanted = strcmp(rows[i].objective, LEADERBOARD_CONSENSUS) == 0 ||
                    strcmp(rows[i].objective, LEADERBOARD_STABILITY) == 0;
    return is_wanted;
}

bool consensus_is_missing(const struct leaderboard_row *rows, int n)
{
    bool is_missing = false;

    for (int i = 0; i < n && !is_missing; i++)
        is_missing = row_may_be_member(&rows[i]) && rows[i].n_sets > 0 && isnan(rows[i].consensus);
    return is_missing;
}

bool consensus_is_named(const char *text)
{
    while (isspace((unsigned char)*text) || *text == '-')
        text++;
    const size_t n = strcspn(text, " \t=!<>");
    return (n == strlen(LEADERBOARD_CONSENSUS) && strncmp(text, LEADERBOARD_CONSENSUS, n) == 0) ||
           (n == strlen(LEADERBOARD_STABILITY) && strncmp(text, LEADERBOARD_STABILITY, n) == 0);
}

// --- the errors of a trial

static char *set_path(const char *group, const char *set, const char *array)
{
    return mem_format("%s%s" TRIAL_SCORES "/%s/%s", group, *group ? "/" : "", set, array);
}

// Returns what trials that can be compared have in common, in new memory: the checksums of the columns that say which
// samples the errors belong to, and the versions of the data.
static char *describe_samples(struct store_file *f, const char *group, const char *set, int64_t samples)
{
    static const char *const columns[] = {SCORES_INDEX, SCORES_SOURCE, SCORES_LABEL, SCORES_IS_ANOMALY};
    struct text t = {0};

    text_add(&t, "%lld", (long long)samples);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        char *path = set_path(group, set, columns[i]);
        char *sum = store_has(f, path) ? store_get_text(f, path, STORE_CHECKSUM) : NULL;
        text_add(&t, "\n%s", sum ? sum : "");
        free(sum);
        free(path);
    }
    char *versions = row_read_versions(f, group);
    text_add(&t, "\n%s", versions);
    free(versions);
    return t.data;
}

// Ranks error (samples), or c->n evenly spaced ones of them.
static int rank_errors(float *error, int64_t samples, struct compared *c, struct err *e)
{
    ASSERT(c->n > 0 && c->n <= samples, "%lld of %lld samples", (long long)c->n, (long long)samples);
    for (int64_t i = 0; i < c->n; i++)
        error[i] = error[i * samples / c->n];

    c->ranks.rank = mem_array((size_t)c->n, sizeof *c->ranks.rank, "ranks", e);
    return c->ranks.rank ? rank_vector_set(error, c->n, &c->ranks, e) : -1;
}

// Adds a trial to a set. Adds nothing if the trial has no errors of the set.
static int add_compared(
    struct compared_set *s, struct leaderboard_row *row, struct store_file *f, const char *group, struct err *e)
{
    struct store_shape shape;
    char *path = set_path(group, s->name, SCORES_ERROR);
    int rc = store_has(f, path) ? store_get_shape(f, path, &shape, e) : 1;

    if (rc == 0 && shape.rank == 1 && shape.dims[0] > 0) {
        const int64_t n = shape.dims[0];
        struct compared *c = &s->v[s->n];
        float *error = mem_array((size_t)n, sizeof *error, "errors", e);
        *c = (struct compared){.row = row, .n = n < s->most ? n : s->most};
        rc = error ? store_read(f, path, STORE_F32, store_entries(0, n), error, e) : -1;
        if (rc == 0)
            rc = rank_errors(error, n, c, e);
        if (rc == 0) {
            c->samples = describe_samples(f, group, s->name, n);
            s->n++;
        } else
            free(c->ranks.rank);
        free(error);
    }
    free(path);
    return rc < 0 ? -1 : 0;
}

static int add_trial(
    struct compared_set *s, struct leaderboard_row *row, const struct trial_source *source, struct err *e)
{
    bool is_own = false;
    const int before = e->count;
    struct store_file *f = source->open(source->context, row, &is_own, e);
    char *group = source->has_groups ? mem_format(RUN_TRIALS "/%s", row->id) : mem_text(row->group);
    int rc = f ? add_compared(s, row, f, group, e) : -1;

    if (is_own)
        store_close(&f);
    free(group);
    return e->count > before ? -1 : rc;
}

// --- groups of trials

static int compare_trials(const void *a, const void *b)
{
    const struct compared *x = a, *y = b;
    int order = strcmp(x->samples, y->samples);

    order = order ? order : strcmp(x->row->configuration, y->row->configuration);
    return order ? order : strcmp(x->row->id, y->row->id);
}

// Returns the end of the trials from `first` on that have the same samples and, if `is_by_seed`, the same
// configuration.
static int find_group_end(const struct compared_set *s, int first, bool is_by_seed)
{
    int end = first + 1;

    while (end < s->n && strcmp(s->v[end].samples, s->v[first].samples) == 0 &&
           (!is_by_seed || strcmp(s->v[end].row->configuration, s->v[first].row->configuration) == 0))
        end++;
    return end;
}

// Adds the mean correlation of each trial in [first, end) with the others to sum (one per row).
static int add_correlations(const struct compared_set *s, int first, int end, struct set_sum *sum, struct err *e)
{
    const int n = end - first;
    struct rank_vector *v = mem_new((size_t)n, sizeof *v);
    double *mean = mem_new((size_t)n, sizeof *mean);

    for (int i = 0; i < n; i++) {
        ASSERT(s->v[first + i].n == s->v[first].n, "%s: groups of other sizes", s->name);
        v[i] = s->v[first + i].ranks;
    }
    int rc = mean_rank_correlations(v, n, s->v[first].n, mean, e);
    for (int i = 0; i < n && rc == 0; i++)
        if (!isnan(mean[i])) {
            struct set_sum *of_row = &sum[s->v[first + i].row - s->rows];
            of_row->total += mean[i];
            of_row->sets++;
        }
    free(mean);
    free(v);
    return rc;
}

static int add_all_correlations(const struct compared_set *s, bool is_by_seed, struct set_sum *sum, struct err *e)
{
    int rc = 0;

    for (int i = 0, end; i < s->n && rc == 0; i = end) {
        end = find_group_end(s, i, is_by_seed);
        rc = add_correlations(s, i, end, sum, e);
    }
    return rc;
}

// Compares all trials on one test set. A trial that cannot be read does not count.
static int compare_on_set(struct compared_set *s, const struct trial_source *source, struct set_sum *consensus,
    struct set_sum *stability, struct err *e)
{
    int rc = 0;

    s->v = mem_new((size_t)s->n_rows + 1, sizeof *s->v);
    for (int i = 0; i < s->n_rows; i++)
        if (row_may_be_member(&s->rows[i]) && row_find_set(&s->rows[i], s->name))
            rc |= add_trial(s, &s->rows[i], source, e);
    if (s->n > 1)
        qsort(s->v, (size_t)s->n, sizeof *s->v, compare_trials);
    rc |= add_all_correlations(s, false, consensus, e);
    rc |= add_all_correlations(s, true, stability, e);

    for (int i = 0; i < s->n; i++) {
        free(s->v[i].samples);
        free(s->v[i].ranks.rank);
    }
    free(s->v);
    return rc;
}

// --- all test sets

static int compare_set_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Returns the names of all test sets, borrowed, in alphabetical order.
static const char **list_sets(const struct leaderboard_row *rows, int n, int *n_sets)
{
    const char **name = mem_new(1, sizeof *name);
    int found = 0, kept = 0;

    for (int i = 0; i < n; i++) {
        name = mem_grow(name, (size_t)(found + rows[i].n_sets) + 1, sizeof *name);
        for (int k = 0; k < rows[i].n_sets; k++)
            name[found++] = rows[i].set[k].name;
    }
    if (found > 1)
        qsort(name, (size_t)found, sizeof *name, compare_set_names);
    for (int i = 0; i < found; i++)
        if (kept == 0 || strcmp(name[kept - 1], name[i]) != 0)
            name[kept++] = name[i];
    *n_sets = kept;
    return name;
}

int consensus_measure(struct leaderboard_row *rows, int n, const struct trial_source *source, struct err *e)
{
    struct set_sum *consensus = mem_new((size_t)n + 1, sizeof *consensus);
    struct set_sum *stability = mem_new((size_t)n + 1, sizeof *stability);
    int n_sets, rc = 0;
    const char **name = list_sets(rows, n, &n_sets);
    const int64_t fit = CONSENSUS_RANKS / (n > 0 ? n : 1);

    for (int i = 0; i < n_sets; i++) {
        struct compared_set s = {.name = name[i], .rows = rows, .n_rows = n};
        s.most = fit < CONSENSUS_SAMPLES ? fit : CONSENSUS_SAMPLES;
        rc |= compare_on_set(&s, source, consensus, stability, e);
    }
    for (int i = 0; i < n; i++) {
        rows[i].consensus = consensus[i].sets ? consensus[i].total / consensus[i].sets : NAN;
        rows[i].stability = stability[i].sets ? stability[i].total / stability[i].sets : NAN;
    }
    free(name);
    free(stability);
    free(consensus);
    return rc ? -1 : 0;
}

// --- the files that rows name

// The file with many trials that was opened last.
struct open_file {
    char *path;              // owned
    struct store_file *run;  // owned; NULL: none is open
    struct journal *journal; // owned: the records of the run's file, or a journal of a folder; NULL: none
};

static void open_file_close(struct open_file *o)
{
    journal_free(&o->journal);
    store_close(&o->run);
    free(o->path);
    *o = (struct open_file){0};
}

// Opens a run's file, and walks all its trials first.
static void open_run_file(struct open_file *o, const char *path, struct err *e)
{
    const char *objects[2];
    int n = 0;

    o->run = run_open(path, e);
    if (o->run && store_has(o->run, RUN_TRIALS))
        objects[n++] = RUN_TRIALS;
    if (o->run && store_has(o->run, RUN_RECORDS))
        objects[n++] = RUN_RECORDS;
    if (o->run && store_walk_objects(path, objects, n, e) == 0)
        o->journal = run_records(o->run, e);
    else
        store_close(&o->run);
}

static struct store_file *open_named_trial(
    void *context, const struct leaderboard_row *row, bool *is_own, struct err *e)
{
    struct open_file *o = context;

    *is_own = true;
    if (!*row->group)
        return trial_open(row, e);

    if (!o->path || strcmp(o->path, row->path) != 0) {
        open_file_close(o);
        o->path = mem_text(row->path);
        if (path_is_journal(row->path))
            o->journal = journal_open(row->path, e);
        else
            open_run_file(o, row->path, e);
    }
    const int i = o->journal ? journal_find(o->journal, row->id) : -1;
    if (i >= 0 && (!o->run || journal_has(o->journal, i)))
        return journal_trial(o->journal, i, row->group, e);

    *is_own = false;
    if (o->run && store_has(o->run, row->group))
        return o->run;
    if (o->run || o->journal)
        err_add(e, ERR_DATA, "%s: %s: not in the file", row->path, row->group);
    return NULL;
}

int consensus_read(struct leaderboard_row *rows, int n, struct err *e)
{
    struct open_file o = {0};
    const struct trial_source source = {open_named_trial, &o, false};
    int rc = consensus_measure(rows, n, &source, e);

    open_file_close(&o);
    return rc;
}

// Combines the stacked errors of a run's file, some samples of all trials at a time, and measures the scores.
#include "leaderboard/ensemble_scores.h"

#include "base/err.h"
#include "base/mem.h"
#include "leaderboard/trial_open.h"
#include "metrics/combination.h"
#include "metrics/metrics.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t BLOCK_BYTES = 1 << 26;

// A test set while it is scored.
struct scored_set {
    struct store_file *f;
    const char *name;
    int64_t samples;
    int trials;         // rows of the stacked errors
    const int *trial;   // (members) row of each member
    float *score;       // (samples), owned
    int8_t *is_anomaly; // (samples), owned; NULL: no labels
};

static char *set_errors_path(const struct scored_set *s, const char *name)
{
    return mem_format(RUN_ERRORS "/%s/%s", s->name, name);
}

static char *set_scores_path(const struct scored_set *s, const char *name)
{
    return mem_format(RUN_ENSEMBLE "/" TRIAL_SCORES "/%s%s%s", s->name, *name ? "/" : "", name);
}

// Scores samples [first, first + n). `block` has space for the errors of all trials.
static int score_block(
    const struct scored_set *s, const struct ensemble *x, int64_t first, int64_t n, float *block, struct err *e)
{
    const float **error = mem_new((size_t)x->n, sizeof *error);
    char *path = set_errors_path(s, SCORES_ERROR);
    int rc = store_read_last(s->f, path, STORE_F32, store_entries(first, n), block, e);

    for (int i = 0; i < x->n; i++)
        error[i] = block + (int64_t)s->trial[i] * n;
    if (rc == 0)
        combination_scores(&x->combination, error, n, s->score + first);

    free(path);
    free(error);
    return rc;
}

static int score_samples(struct scored_set *s, const struct ensemble *x, struct err *e)
{
    const int64_t fit = BLOCK_BYTES / ((int64_t)sizeof(float) * s->trials);
    int64_t most = fit > 1 ? fit : 1;
    int rc = 0;

    most = most < s->samples ? most : s->samples;
    float *block = mem_array((size_t)s->trials * (size_t)most, sizeof *block, "errors", e);
    s->score = mem_array((size_t)s->samples, sizeof *s->score, "scores", e);
    if (!block || !s->score)
        rc = -1;
    for (int64_t first = 0; first < s->samples && rc == 0; first += most) {
        const int64_t left = s->samples - first;
        rc = score_block(s, x, first, left < most ? left : most, block, e);
    }
    free(block);
    return rc;
}

// --- the columns of the set

// Copies the columns that describe the samples. Keeps the labels.
static int copy_set_columns(struct scored_set *s, struct err *e)
{
    static const struct {
        const char *name, *long_name;
        enum store_type type;
    } columns[] = {
        {SCORES_INDEX, "row in its source", STORE_I64},
        {SCORES_SOURCE, "number of its source, from 0", STORE_I32},
        {SCORES_LABEL, "label", STORE_I64},
        {SCORES_IS_ANOMALY, "1: a true anomaly", STORE_I8},
    };
    int rc = 0;

    for (size_t i = 0; i < sizeof columns / sizeof *columns && rc == 0; i++) {
        const struct store_shape shape = {columns[i].type, 1, {s->samples}};
        char *from = set_errors_path(s, columns[i].name), *to = set_scores_path(s, columns[i].name);
        void *values = store_has(s->f, from) ? mem_new((size_t)s->samples, store_type_size(shape.type)) : NULL;
        if (values)
            rc = store_read(s->f, from, shape.type, store_entries(0, s->samples), values, e);
        if (values && rc == 0)
            rc = store_write(
                s->f, to, &shape, values, &(struct store_about){columns[i].long_name, "1", {SCORES_SAMPLE}}, e);
        if (shape.type == STORE_I8)
            s->is_anomaly = values;
        else
            free(values);
        free(from);
        free(to);
    }
    return rc;
}

static int write_set_scores(struct scored_set *s, struct err *e)
{
    const struct store_shape shape = {STORE_F32, 1, {s->samples}};
    char *sample = set_scores_path(s, SCORES_SAMPLE), *score = set_scores_path(s, SCORES_ERROR);
    int rc = store_write_index(s->f, sample, s->samples, "row of the test set", e);

    if (rc == 0)
        rc = store_write(s->f, score, &shape, s->score,
            &(struct store_about){"combined error of the members", "1", {SCORES_SAMPLE}}, e);
    free(sample);
    free(score);
    return rc == 0 ? copy_set_columns(s, e) : rc;
}

// --- metrics

static void measure_ranking(const struct ranking *r, struct set_results *out)
{
    const struct roc_auc auc = ranking_roc_auc(r);

    out->roc_auc = auc.auc;
    out->roc_auc_low = auc.low;
    out->roc_auc_high = auc.high;
    out->average_precision = ranking_average_precision(r);
    out->best_f1 = ranking_best_f1(r).f1;
}

// Sets what follows from the threshold, and writes how many samples are called what.
static int measure_threshold(
    const struct scored_set *s, const struct ranking *r, struct set_results *out, struct err *e)
{
    const struct confusion c = ranking_confusion(r, out->threshold);
    const struct classification k = confusion_classification(&c);
    char *group = set_scores_path(s, "");

    out->accuracy = k.accuracy;
    out->precision = k.anomaly.precision;
    out->recall = k.anomaly.recall;
    out->f1 = k.anomaly.f1;
    int rc = store_set_int(s->f, group, SCORES_TRUE_POSITIVES, c.true_positives, e);
    rc |= store_set_int(s->f, group, SCORES_FALSE_POSITIVES, c.false_positives, e);
    rc |= store_set_int(s->f, group, SCORES_TRUE_NEGATIVES, c.true_negatives, e);
    rc |= store_set_int(s->f, group, SCORES_FALSE_NEGATIVES, c.false_negatives, e);

    free(group);
    return rc;
}

// Sets what follows from the labels. Samples without a score do not count.
static int measure_labels(const struct scored_set *s, struct set_results *out, struct err *e)
{
    float *score = mem_array((size_t)s->samples, sizeof *score, "scores", e);
    int8_t *is_anomaly = mem_new((size_t)s->samples, sizeof *is_anomaly);
    int64_t n = 0;

    for (int64_t i = 0; score && i < s->samples; i++)
        if (!isnan(s->score[i])) {
            score[n] = s->score[i];
            is_anomaly[n++] = s->is_anomaly[i];
        }
    struct ranking *r = score ? ranking_new(score, is_anomaly, n, e) : NULL;
    int rc = r ? 0 : -1;
    if (r)
        measure_ranking(r, out);
    if (r && !isnan(out->threshold))
        rc = measure_threshold(s, r, out, e);

    ranking_free(&r);
    free(is_anomaly);
    free(score);
    return rc;
}

// Adds the comparison with simple detectors, which a member has stored. All members have the same test set, so what
// the best of the detectors has follows from any of them.
static void add_baselines(
    const struct scored_set *s, const struct leaderboard_row *rows, int n, struct set_results *out)
{
    for (int i = 0; i < n; i++) {
        const struct set_results *known = row_find_set(&rows[s->trial[i]], s->name);
        if (known && isnan(out->pca_roc_auc))
            out->pca_roc_auc = known->pca_roc_auc;
        if (known && isnan(out->added_roc_auc))
            out->added_roc_auc = out->roc_auc - (known->roc_auc - known->added_roc_auc);
    }
}

static int write_set_metrics(
    struct scored_set *s, const struct ensemble *x, const struct leaderboard_row *rows, struct err *e)
{
    struct set_results found = {0};
    char *group = set_scores_path(s, "");
    int rc = 0;

    for (const struct metric *m = set_metrics; m->name; m++)
        metric_set(m, &found, NAN);
    found.mean_error = mean_of_known(s->score, s->samples);
    found.threshold = x->threshold;
    if (s->is_anomaly)
        rc = measure_labels(s, &found, e);
    if (s->is_anomaly && rc == 0)
        add_baselines(s, rows, x->n, &found);

    for (const struct metric *m = set_metrics; m->name && rc == 0; m++)
        if (!isnan(metric_value(m, &found)))
            rc = store_set_real(s->f, group, m->name, metric_value(m, &found), e);
    if (rc == 0)
        rc = store_set_text(s->f, group, SCORES_ERROR, RUN_ENSEMBLE, e);
    free(group);
    return rc;
}

// --- all sets

// Returns the row of each member in the leaderboard, in new memory. Returns NULL and an error if one is missing.
static int *rows_of_members(
    const struct ensemble *x, const struct leaderboard_row *rows, int n, const char *path, struct err *e)
{
    int *trial = mem_new((size_t)x->n, sizeof *trial);
    bool is_missing = false;

    for (int i = 0; i < x->n && !is_missing; i++) {
        while (trial[i] < n && strcmp(rows[trial[i]].id, x->member[i].id) != 0)
            trial[i]++;
        is_missing = trial[i] == n;
        if (is_missing)
            err_add(e, ERR_DATA, "%s: member %s of the ensemble is no trial of the file", path, x->member[i].id);
    }
    if (!is_missing)
        return trial;

    free(trial);
    return NULL;
}

static int score_set(struct scored_set *s, const struct ensemble *x, const struct leaderboard_row *rows, struct err *e)
{
    struct store_shape shape;
    char *path = set_errors_path(s, SCORES_ERROR);
    int rc = store_has(s->f, path) ? store_get_shape(s->f, path, &shape, e) : 1; // 1: too large to be stacked

    free(path);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    ASSERT(shape.rank == 2 && shape.dims[0] == s->trials, "%s: %d dimensions", s->name, shape.rank);
    s->samples = shape.dims[1];
    rc = score_samples(s, x, e);
    if (rc == 0)
        rc = write_set_scores(s, e);
    if (rc == 0)
        rc = write_set_metrics(s, x, rows, e);

    free(s->score);
    free(s->is_anomaly);
    return rc;
}

int ensemble_scores_write(
    struct store_file *f, const struct leaderboard_row *rows, int n, const struct ensemble *x, struct err *e)
{
    int *trial = rows_of_members(x, rows, n, store_path(f), e);
    char **sets = NULL;
    int n_sets = 0, rc = trial ? 0 : -1;

    if (rc == 0 && store_has(f, RUN_ERRORS))
        rc = store_list(f, RUN_ERRORS, &sets, &n_sets, e);
    for (int i = 0; i < n_sets; i++) {
        struct scored_set s = {.f = f, .name = sets[i], .trials = n, .trial = trial};
        rc = rc == 0 ? score_set(&s, x, rows, e) : rc;
        free(sets[i]);
    }
    free(sets);
    free(trial);
    return rc;
}

// --- reading

// Returns the number of trials of a run's file, or 0 if it cannot be read.
static int64_t count_board_rows(struct store_file *f)
{
    static const char path[] = RUN_LEADERBOARD "/" LEADERBOARD_TRIAL;
    struct store_shape shape;
    struct err unreadable = {0};

    return store_get_shape(f, path, &shape, &unreadable) == 0 ? shape.dims[0] : 0;
}

// Sets *id to that of the first member, in new memory.
static int read_first_member(struct store_file *f, char **id, struct err *e)
{
    struct ensemble x;

    if (ensemble_read(f, &x, e) != 0)
        return -1;
    *id = mem_text(x.member[0].id);
    ensemble_free(&x);
    return 0;
}

int ensemble_row_read(const char *path, struct ensemble_row *x, struct err *e)
{
    struct store_file *f = run_open(path, e);
    int rc = f ? 0 : -1;

    *x = (struct ensemble_row){0};
    if (!f)
        return -1;
    x->trials = count_board_rows(f);
    x->why_not = store_get_text(f, RUN_LEADERBOARD, LEADERBOARD_NO_ENSEMBLE);
    if (store_has(f, RUN_ENSEMBLE))
        rc = run_trial_walk(f, RUN_ENSEMBLE, e);
    if (store_has(f, RUN_ENSEMBLE) && rc == 0)
        rc = row_read_group(f, RUN_ENSEMBLE, &x->row, e);
    x->has_row = rc == 0 && x->row.n_sets > 0;
    x->is_model = rc == 0 && ensemble_is_model(f);
    if (x->is_model)
        rc = read_first_member(f, &x->member, e);

    store_close(&f);
    if (rc != 0)
        ensemble_row_free(x);
    return rc;
}

int ensemble_row_find(const char *path, struct ensemble_row *x, struct err *e)
{
    const char *slash = strrchr(path, '/');
    struct ensemble_row own;

    if (ensemble_row_read(path, x, e) != 0)
        return -1;
    if (x->has_row || strcmp(slash ? slash + 1 : path, "run.h5") != 0)
        return 0;
    char *file = mem_format("%.*s" RUN_ENSEMBLE ".h5", slash ? (int)(slash + 1 - path) : 0, path);
    x->has_file = access(file, F_OK) == 0;
    const int rc = x->has_file ? ensemble_row_read(file, &own, e) : 1;
    free(file);

    if (rc == 0 && own.has_row && own.is_model) {
        ensemble_row_free(x);
        *x = own;
        x->from_file = true;
    } else if (rc == 0)
        ensemble_row_free(&own);
    else if (rc < 0)
        ensemble_row_free(x);
    return rc < 0 ? -1 : 0;
}

char *ensemble_why_not(const struct ensemble_row *x, const char *run)
{
    ASSERT(!x->has_row, "there is an ensemble of %lld trials", (long long)x->trials);
    if (!x->why_not)
        return mem_text("hourglass collect makes the one of the finished trials, or says why there is none");
    if (x->has_file)
        return mem_format("%s; hint: hourglass score %s:" ENSEMBLE_ROW_ID " DATA scores new data", x->why_not, run);
    return mem_format("%s; hint: hourglass ensemble %s makes one that scores new data", x->why_not, run);
}

void ensemble_row_free(struct ensemble_row *x)
{
    row_free(&x->row);
    free(x->why_not);
    free(x->member);
    *x = (struct ensemble_row){0};
}

// Reads errors, marks of anomalies and the reference from a trial's file, and evaluates them at a threshold.
#include "report/top_threshold.h"

#include "base/err.h"
#include "base/mem.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "score/score.h"
#include "score/threshold_choice.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/reference_file.h"
#include <math.h>
#include <stdlib.h>

// Errors of a test set.
struct stored_scores {
    float *error;       // (rows), owned
    int8_t *is_anomaly; // (rows), owned; NULL: not known
    int64_t rows;
};

static void stored_scores_free(struct stored_scores *s)
{
    free(s->error);
    free(s->is_anomaly);
}

static int stored_scores_read(struct store_file *f, const char *group, struct stored_scores *s, struct err *e)
{
    char *error = mem_format("%s/" SCORES_ERROR, group), *mark = mem_format("%s/" SCORES_IS_ANOMALY, group);
    struct store_shape shape;
    int rc = store_get_shape(f, error, &shape, e);

    if (rc == 0) {
        s->rows = shape.dims[0];
        s->error = mem_array((size_t)s->rows, sizeof *s->error, "errors", e);
        rc = s->error ? store_read(f, error, STORE_F32, store_entries(0, s->rows), s->error, e) : -1;
    }
    if (rc == 0 && store_has(f, mark)) {
        s->is_anomaly = mem_array((size_t)s->rows, sizeof *s->is_anomaly, "anomalies", e);
        rc = s->is_anomaly ? store_read(f, mark, STORE_I8, store_entries(0, s->rows), s->is_anomaly, e) : -1;
    }
    free(error);
    free(mark);

    return rc;
}

// Sets *threshold to the threshold that the rule gives for stored scores.
static int apply_top_rule(struct store_file *f, const char *prefix, const struct top_rule *rule,
    const struct stored_scores *s, double *threshold, struct err *e)
{
    struct judged judged = {s->error, s->is_anomaly, s->rows};
    struct reference reference = {0};
    char *path = mem_format("%s" TRIAL_REFERENCE, prefix);
    int rc = 0;

    if (!rule->calibration)
        rc = reference_read(f, path, &reference, e);
    if (rc == 0)
        rc = threshold_choose(rule->rule, rule->calibration ? rule->calibration : &reference, &judged, threshold, e);
    reference_free(&reference);
    free(path);

    return rc;
}

// Errors of a trial's test set, and the threshold at which they are judged.
struct judged_set {
    struct stored_scores s;
    double threshold; // NaN: not known
};

static void judged_set_free(struct judged_set *j)
{
    stored_scores_free(&j->s);
}

// Reads a test set and finds its threshold. The caller frees *j even after a failure.
static int judged_set_read(const struct leaderboard_row *trial, const char *set, const struct top_rule *rule,
    struct judged_set *j, struct err *e)
{
    const struct set_results *results = row_find_set(trial, set);
    char *prefix = mem_format("%s%s", trial->group, *trial->group ? "/" : "");
    char *group = mem_format("%s" TRIAL_SCORES "/%s", prefix, set);
    struct store_file *f = trial_open(trial, e);

    *j = (struct judged_set){.threshold = results ? results->threshold : NAN};
    int rc = f ? stored_scores_read(f, group, &j->s, e) : -1;
    if (rc == 0 && rule->rule)
        rc = apply_top_rule(f, prefix, rule, &j->s, &j->threshold, e);
    store_close(&f);
    free(prefix);
    free(group);

    return rc;
}

int top_threshold_evaluate(const struct leaderboard_row *trial, const char *set, const struct top_rule *rule,
    struct evaluation *out, int64_t *above, struct err *e)
{
    struct judged_set j;

    int rc = judged_set_read(trial, set, rule, &j, e);
    if (rc == 0) { // without a threshold, pass no labels, because evaluate_at would use the threshold with the best F1
        const int8_t *is_anomaly = isnan(j.threshold) ? NULL : j.s.is_anomaly;
        rc = evaluate_at(j.threshold, j.s.error, is_anomaly, j.s.rows, out, e);
    }
    *above = 0;
    for (int64_t i = 0; rc == 0 && i < j.s.rows; i++)
        *above += (double)j.s.error[i] > j.threshold;
    judged_set_free(&j);

    return rc;
}

int top_threshold_intervals(const struct leaderboard_row *trial, const char *set, const struct top_rule *rule,
    struct evaluation *out, struct bootstrap_intervals *intervals, struct err *e)
{
    struct judged_set j;

    int rc = judged_set_read(trial, set, rule, &j, e);
    if (rc == 0)
        rc = evaluate_at(j.threshold, j.s.error, j.s.is_anomaly, j.s.rows, out, e);
    if (rc == 0 && out->has_labels) {
        out->threshold = j.threshold;
        rc = evaluate_intervals(j.threshold, j.s.error, j.s.is_anomaly, j.s.rows, intervals, e);
    }
    judged_set_free(&j);

    return rc;
}

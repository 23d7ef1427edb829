// Prints what a trial's file contains about its test sets: confusion matrix, classification report and warnings.
#include "report/top.h"

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "metrics/metrics.h"
#include "report/table.h"
#include "report/table_metrics.h"
#include "report/top_intervals.h"
#include "report/top_threshold.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// Returns the path of an object of the trial in its file, as new memory.
static char *trial_object(const struct leaderboard_row *trial, const char *name)
{
    return mem_format("%s%s%s", trial->group, *trial->group ? "/" : "", name);
}

static int read_confusion(struct store_file *f, const char *group, struct confusion *c)
{
    int rc = store_get_int(f, group, "true_positives", &c->true_positives, NULL);
    rc |= store_get_int(f, group, "false_positives", &c->false_positives, NULL);
    rc |= store_get_int(f, group, "true_negatives", &c->true_negatives, NULL);
    rc |= store_get_int(f, group, "false_negatives", &c->false_negatives, NULL);
    return rc;
}

static void print_confusion(const char *set, double threshold, const struct confusion *c)
{
    struct classification k = confusion_classification(c);

    log_line(LOG_QUIET, "\nset %s, samples with an error above %.5g called anomalous:", set, threshold);
    struct table *t = table_confusion(c);
    table_print(t, 2, stdout);
    table_free(&t);

    t = table_classification(&k);
    printf("\n");
    table_print(t, 2, stdout);
    table_free(&t);
}

// Returns the mean error of the rows that are not known to be anomalies, read from the file; NaN if there are none.
// Adds an error if an array cannot be read.
static double mean_of_normal(struct store_file *f, const char *group, struct err *e)
{
    struct err absent = {0};
    struct store_shape shape;
    char *error_path = mem_format("%s/" SCORES_ERROR, group);
    char *mark_path = mem_format("%s/" SCORES_IS_ANOMALY, group);
    int64_t n = store_get_shape(f, error_path, &shape, &absent) == 0 ? shape.dims[0] : 0;
    float *error = mem_array((size_t)n, sizeof *error, "errors", e);
    int8_t *mark = mem_array((size_t)n, sizeof *mark, "anomalies", e);
    int64_t counted = 0;
    double sum = 0;
    bool is_read = error && mark;

    if (is_read && n)
        is_read = store_read(f, error_path, STORE_F32, store_entries(0, n), error, e) == 0;
    if (is_read && n && store_has(f, mark_path))
        is_read = store_read(f, mark_path, STORE_I8, store_entries(0, n), mark, e) == 0;

    for (int64_t i = 0; is_read && i < n; i++)
        if (!mark[i] && !isnan(error[i])) {
            sum += (double)error[i];
            counted++;
        }

    free(error_path);
    free(mark_path);
    free(error);
    free(mark);

    return counted ? sum / (double)counted : NAN;
}

// Reports that a test set differs from the training set if the mean error of its rows, without known anomalies, is far
// above that of the training rows.
static void print_unlike_training(
    struct store_file *f, const struct leaderboard_row *trial, const struct set_results *set, double mean)
{
    enum { FAR = 10 };
    char *training = trial_object(trial, TRIAL_TRAINING_ERRORS);
    double of_training = 0;

    if (store_has(f, training) && store_get_real(f, training, SCORES_MEAN_ERROR, &of_training, NULL) == 0 &&
        of_training > 0 && mean > FAR * of_training)
        log_print("\nset %s: the mean error of its %ssamples, %.5g, is %.3g times that of the training rows: the test "
                  "set looks different from the training set\n",
            set->name, set->has_labels ? "normal " : "", mean, mean / of_training);
    free(training);
}

// Prints what the model adds to the best of the simple detectors that it was compared with.
static void print_added(struct store_file *f, const char *set, const char *group)
{
    char *best = store_get_text(f, group, SCORES_BEST_BASELINE);
    double added, low, high;

    if (best && store_get_real(f, group, SCORES_ADDED_ROC_AUC, &added, NULL) == 0 &&
        store_get_real(f, group, SCORES_ADDED_ROC_AUC_LOW, &low, NULL) == 0 &&
        store_get_real(f, group, SCORES_ADDED_ROC_AUC_HIGH, &high, NULL) == 0)
        log_print("\nset %s: the model adds %+.4f [%+.4f, %+.4f] ROC AUC to the best baseline, %s\n", set, added, low,
            high, best);
    free(best);
}

// Prints what a user should know about a test set besides its metrics.
static void print_set_notes(struct store_file *f, const struct leaderboard_row *trial, const struct set_results *set,
    const char *group, struct err *e)
{
    char *failure = store_get_text(f, group, SCORES_FAILURE);
    double mean = mean_of_normal(f, group, e);
    int64_t unscored;

    if (failure)
        log_print("\nset %s: metrics are missing: %s\n", set->name, failure);
    if (store_get_int(f, group, SCORES_UNSCORED, &unscored, NULL) == 0)
        log_print("\nset %s: %lld sample%s without an error: missing or infinite values\n", set->name,
            (long long)unscored, text_plural(unscored));
    print_added(f, set->name, group);
    print_unlike_training(f, trial, set, mean);
    free(failure);
}

// Prints how many samples of a set without labels are above the threshold.
static void print_above(const struct set_results *set, const struct evaluation *v, int64_t above, int64_t rows)
{
    if (isnan(v->threshold))
        log_line(LOG_QUIET, "\nset %s: no threshold is known, so no sample is called anomalous", set->name);
    else
        log_line(LOG_QUIET, "\nset %s: %lld of %lld samples (%.3g %%) have an error above the threshold %.5g",
            set->name, (long long)above, (long long)rows, rows ? 100 * (double)above / (double)rows : 0, v->threshold);
}

// Evaluates a test set at the threshold of `rule`. Prints the confusion matrix or, without labels, the number of
// samples above the threshold.
static void report_threshold(const struct leaderboard_row *trial, const struct set_results *set,
    const struct top_rule *rule, int64_t rows, struct err *e)
{
    struct evaluation v;
    int64_t above;

    if (top_threshold_evaluate(trial, set->name, rule, &v, &above, e) != 0)
        return;
    if (v.has_labels) {
        print_confusion(set->name, v.threshold, &v.confusion);
        top_intervals_print_set(trial, set->name, rule, e);
    } else
        print_above(set, &v, above, rows - v.unscored);
}

static void report_set(struct store_file *f, const struct leaderboard_row *trial, const struct set_results *set,
    const struct top_rule *rule, struct err *e)
{
    char *scores = trial_object(trial, TRIAL_SCORES), *group = mem_format("%s/%s", scores, set->name);
    char *error = mem_format("%s/" SCORES_ERROR, group);
    struct store_shape shape;
    struct confusion c;
    double auc;
    bool has_labels = store_get_real(f, group, SCORES_ROC_AUC, &auc, NULL) == 0;

    if (rule->rule || !has_labels) {
        if (store_get_shape(f, error, &shape, e) == 0)
            report_threshold(trial, set, rule, shape.dims[0], e);
    } else if (isnan(set->threshold))
        log_line(LOG_QUIET, "\nset %s: no threshold is known, so no sample is called anomalous", set->name);
    else if (read_confusion(f, group, &c) == 0) {
        print_confusion(set->name, set->threshold, &c);
        top_intervals_print_set(trial, set->name, rule, e);
    }
    free(error);
    print_set_notes(f, trial, set, group, e);
    free(group);
    free(scores);
}

int top_report(const struct leaderboard_row *trial, const struct top_rule *rule, struct err *e)
{
    struct store_file *f = trial_open(trial, e);
    if (!f)
        return -1;
    for (int i = 0; i < trial->n_sets; i++)
        report_set(f, trial, &trial->set[i], rule, e);
    store_close(&f);
    return e->count ? -1 : 0;
}

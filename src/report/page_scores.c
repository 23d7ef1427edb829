// Reduces the errors of a test set to what its report draws: histograms of normal and anomalous samples, points of the
// ROC curve with their thresholds, and the samples at both ends. Counts are exact: only the thresholds are a selection.
#include "report/page_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "metrics/metrics.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The errors of a test set and what is known about its samples.
struct set_errors {
    struct store_file *f;
    const char *group;
    int64_t n;
    float *error;       // (n), owned; NaN: the sample has none
    int8_t *is_anomaly; // (n), owned; NULL: no labels
    struct ranking *r;  // owned
};

static char *score_object(const struct set_errors *s, const char *name)
{
    return mem_format("%s/%s", s->group, name);
}

// Reads a column of the set into new memory. Sets *out to NULL if the set does not have it.
static int read_column(const struct set_errors *s, const char *name, enum store_type type, void *out, struct err *e)
{
    char *path = score_object(s, name);
    void *values = NULL;
    int rc = 0;

    if (store_has(s->f, path)) {
        values = mem_array((size_t)s->n, store_type_size(type), name, e);
        rc = values ? store_read(s->f, path, type, store_entries(0, s->n), values, e) : -1;
    }
    memcpy(out, &values, sizeof values);
    free(path);
    return rc;
}

static int read_errors(struct set_errors *s, struct err *e)
{
    struct store_shape shape;
    char *path = score_object(s, SCORES_ERROR);
    int rc = store_get_shape(s->f, path, &shape, e);

    if (rc == 0 && shape.rank != 1)
        rc = err_add(e, ERR_DATA, "%s: %s: found %d dimensions, allowed: 1", store_path(s->f), path, shape.rank);
    s->n = rc == 0 ? shape.dims[0] : 0;
    free(path);
    if (rc == 0)
        rc = read_column(s, SCORES_ERROR, STORE_F32, &s->error, e);
    if (rc == 0)
        rc = read_column(s, SCORES_IS_ANOMALY, STORE_I8, &s->is_anomaly, e);
    if (rc == 0)
        s->r = ranking_new(s->error, s->is_anomaly, s->n, e);
    return s->r ? rc : -1;
}

static void free_errors(struct set_errors *s)
{
    ranking_free(&s->r);
    free(s->is_anomaly);
    free(s->error);
}

// --- the histogram
// The bins of a histogram. The first one also holds everything below it, so that few tiny errors do not widen the rest.
struct page_bins {
    double low, high;
    int n;
    bool is_log; // bins of equal width in the logarithm
};

// Returns the first group of the ranking whose score is a number. Only the first group can be of samples without one.
static int64_t first_scored_group(const struct ranking *r)
{
    return r->nans > 0;
}

// Adds counts as an array. Unlike other numbers of the page, they keep all digits.
static void add_counts(struct json *j, const char *key, const double *count, int n)
{
    json_open(j, key, '[');
    for (int i = 0; i < n; i++)
        json_number(j, NULL, count[i]);
    json_close(j, ']');
}

static struct page_bins choose_bins(const struct ranking *r, int n)
{
    int64_t first = first_scored_group(r);
    struct page_bins b = {.n = n};
    while (first < r->groups && !isfinite(r->score[first]))
        first++;
    if (first == r->groups)
        return b;

    b.high = (double)r->score[first];
    b.low = r->nans ? (double)r->score[r->groups - 1] : ranking_quantile(r, 0.002);
    b.is_log = b.low > 0 && b.high > 8 * b.low;
    if (!isfinite(b.low) || !(b.high > b.low)) {
        b.low = b.high - fmax(fabs(b.high), 1e-12);
        b.is_log = false;
    }
    return b;
}

static int bin_of(const struct page_bins *b, double v)
{
    double at = b->is_log && v > 0 ? log(v / b->low) / log(b->high / b->low) : (v - b->low) / (b->high - b->low);

    if (at >= 1)
        return b->n - 1;
    return at > 0 ? (int)(at * b->n) : 0;
}

static void add_histogram(struct json *j, const struct ranking *r, int n)
{
    struct page_bins b = choose_bins(r, n);
    double *count = mem_new(2 * (size_t)n, sizeof *count); // normal samples, then anomalies

    for (int64_t g = first_scored_group(r); g < r->groups; g++) {
        const int32_t above = r->above[g] - (g ? r->above[g - 1] : 0);
        const int32_t hits = r->hits[g] - (g ? r->hits[g - 1] : 0);
        int i = bin_of(&b, (double)r->score[g]);
        count[i] += above - hits;
        count[n + i] += hits;
    }
    json_open(j, "histogram", '{');
    json_number(j, "low", b.low);
    json_number(j, "high", b.high);
    json_bool(j, "log", b.is_log);
    add_counts(j, "normal", count, n);
    add_counts(j, "anomalous", count + n, n);
    json_close(j, '}');
    free(count);
}

// --- the ROC curve
// Returns true if group g is far enough from the last point, or is the last group.
static bool is_next_point(const struct ranking *r, int64_t g, int64_t last, int points)
{
    const int64_t negatives = r->n - r->positives;
    const int64_t hits = r->hits[g] - (last < 0 ? 0 : r->hits[last]);
    const int64_t above = r->above[g] - (last < 0 ? 0 : r->above[last]), alarms = above - hits;
    double step = r->positives ? (double)hits / (double)r->positives : 0;

    step += negatives ? (double)alarms / (double)negatives : 0;
    return g == r->groups - 1 || step * points >= 2;
}

// Adds points of the curve. A point has the lowest error that is called anomalous, and the counts of true and false
// positives.
static void add_curve(struct json *j, const struct ranking *r, int points)
{
    double *v = mem_new(3 * ((size_t)points + 2), sizeof *v);
    double *error = v, *hits = v + points + 2, *alarms = v + 2 * (points + 2);
    const int64_t first = first_scored_group(r);
    const int64_t unscored_hits = first ? r->hits[0] : 0;
    int n = 0;
    int64_t last = first - 1;

    for (int64_t g = first; g < r->groups && n < points + 2; g++) {
        if (!is_next_point(r, g, last, points))
            continue;
        error[n] = (double)r->score[g];
        hits[n] = (double)(r->hits[g] - unscored_hits);
        alarms[n++] = (double)(r->above[g] - r->hits[g] - (r->nans - unscored_hits));
        last = g;
    }
    json_open(j, "curve", '{');
    json_rounded_list(j, "error", error, n);
    add_counts(j, "hits", hits, n);
    add_counts(j, "alarms", alarms, n);
    json_close(j, '}');
    free(v);
}

// --- samples
static void add_sample(struct json *j, const struct set_errors *s, const int64_t *label, int32_t i)
{
    json_open(j, NULL, '[');
    json_number(j, NULL, i);
    json_rounded(j, NULL, (double)s->error[i]);
    json_number(j, NULL, label ? (double)label[i] : (double)NAN);
    json_number(j, NULL, s->is_anomaly ? s->is_anomaly[i] : (double)NAN);
    json_close(j, ']');
}

const struct page_list page_lists[PAGE_LISTS] = {
    {"worst", true, -1}, {"best", false, -1}, {"doubtful_normal", true, 0}, {"doubtful_anomalous", false, 1}};

int page_list_fill(
    const struct page_list *list, const struct ranking *r, const int8_t *is_anomaly, int most, int32_t *samples)
{
    const int64_t scored = r->n - r->nans;
    int n = 0;

    if (list->kind >= 0 && !is_anomaly)
        return 0;
    for (int64_t i = 0; i < scored && n < most; i++) {
        const int32_t sample = r->order[list->is_highest ? r->nans + i : r->n - 1 - i];
        if (list->kind < 0 || is_anomaly[sample] == list->kind)
            samples[n++] = sample;
    }
    return n;
}

static int add_samples(struct json *j, const struct set_errors *s, int most, struct err *e)
{
    int64_t *label = NULL;
    int32_t *samples = mem_new((size_t)most, sizeof *samples);
    int rc = read_column(s, SCORES_LABEL, STORE_I64, &label, e);

    for (int k = 0; k < PAGE_LISTS; k++) {
        int n = page_list_fill(&page_lists[k], s->r, s->is_anomaly, most, samples);
        json_open(j, page_lists[k].name, '[');
        for (int i = 0; i < n; i++)
            add_sample(j, s, label, samples[i]);
        json_close(j, ']');
    }
    free(samples);
    free(label);
    return rc;
}

// --- baselines
// Adds the ROC AUC of each simple detector that the trial was compared with.
static void add_baseline_aucs(struct json *j, const struct set_errors *s)
{
    static const char begin[] = "baseline_", end[] = "_" SCORES_ROC_AUC;
    struct err unlisted = {0};
    char **names = NULL;
    int n = 0;
    double auc;

    store_attributes(s->f, s->group, &names, &n, &unlisted);
    json_open(j, "baselines", '{');
    if (store_get_real(s->f, s->group, SCORES_PCA_ROC_AUC, &auc, NULL) == 0)
        json_rounded(j, "pca", auc);
    for (int i = 0; i < n; i++) {
        size_t length = strlen(names[i]);
        bool is_one = strncmp(names[i], begin, strlen(begin)) == 0 && length > strlen(begin) + strlen(end) &&
                      strcmp(names[i] + length - strlen(end), end) == 0;
        if (is_one && store_get_real(s->f, s->group, names[i], &auc, NULL) == 0) {
            char *name = mem_format("%.*s", (int)(length - strlen(begin) - strlen(end)), names[i] + strlen(begin));
            json_rounded(j, name, auc);
            free(name);
        }
        free(names[i]);
    }
    json_close(j, '}');
    free(names);
}

// Adds checksums of the columns that describe the samples. Only metrics of the same samples can be compared.
static void add_sample_identity(struct json *j, const struct set_errors *s)
{
    static const char *const names[] = {SCORES_INDEX, SCORES_SOURCE, SCORES_IS_ANOMALY};
    struct text identity = {0};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = score_object(s, names[i]);
        char *sum = store_has(s->f, path) ? store_get_text(s->f, path, STORE_CHECKSUM) : NULL;
        text_add(&identity, " %.8s", sum ? sum : "-");
        free(sum);
        free(path);
    }
    json_text(j, "identity", identity.data);
    text_free(&identity);
}

// Adds the number of samples, and what the stored threshold decides. Samples without an error count nowhere, as in the
// metrics of the trial.
static void add_decisions(struct json *j, const struct set_errors *s, double threshold)
{
    const struct confusion c = ranking_confusion(s->r, threshold);
    const bool has_threshold = !isnan(threshold);
    const int64_t unscored_hits = s->r->nans ? s->r->hits[0] : 0;
    const int64_t unscored_alarms = s->r->nans - unscored_hits;

    json_number(j, "samples", (double)(s->n - s->r->nans));
    json_number(j, "unscored", (double)s->r->nans);
    json_number(j, "anomalies", s->is_anomaly ? (double)(s->r->positives - unscored_hits) : (double)NAN);
    json_number(j, "threshold", threshold);
    json_number(j, "hits", has_threshold ? (double)(c.true_positives - unscored_hits) : 0);
    json_number(j, "alarms", has_threshold ? (double)(c.false_positives - unscored_alarms) : 0);
}

int page_add_scores(struct json *j, struct store_file *f, const char *group, const struct set_results *set,
    const struct page_detail *detail, struct err *e)
{
    struct set_errors s = {.f = f, .group = group};
    int rc = read_errors(&s, e);

    json_open(j, set->name, '{');
    if (rc == 0) {
        add_sample_identity(j, &s);
        add_decisions(j, &s, set->threshold);
        add_histogram(j, s.r, detail->bins);
        if (s.is_anomaly && s.r->positives > 0 && s.r->positives < s.n)
            add_curve(j, s.r, detail->points);
        add_baseline_aucs(j, &s);
        rc = add_samples(j, &s, detail->listed, e);
        if (rc == 0)
            rc = page_add_series(j, f, group, detail->steps, e);
        if (rc == 0 && detail->has_codes)
            rc = page_add_codes(j, f, group, s.is_anomaly, s.n, e);
    }
    json_close(j, '}');
    free_errors(&s);
    return rc;
}

// Defines the tables of metrics, and reads a row from a trial's group.
//
// The tables below are the only list of metrics. All code loops over them: leaderboard.c makes columns of run.h5,
// leaderboard_file.c reads them back, seed_statistics.c averages them, objective.c finds them by name, and
// report/leaderboard_table.c prints those with a header. Do not change the names in files, because users read them. It
// is not an error if a group is missing (a diverged trial has no scores), or if an attribute is missing: its value is
// then NaN, 0 or "". Only the id and the epochs of the history must exist.
#include "leaderboard/row.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SET(member) offsetof(struct set_results, member)
#define ROW(member) offsetof(struct leaderboard_row, member)

const struct metric set_metrics[] = {
    {SCORES_MEAN_ERROR, "mean reconstruction error", "1", SET(mean_error), .better = -1, .header = "error",
        .format = "%.5g"},
    {SCORES_THRESHOLD, "error above which a sample is called anomalous", "1", SET(threshold), .better = 0},
    {SCORES_ROC_AUC, "area under the ROC curve", "1", SET(roc_auc), .better = 1, .header = "ROC AUC", .format = "%.4f",
        .shown = SHOWN_WITH_LABELS, .has_interval = true},
    {SCORES_ROC_AUC_LOW, "its 95 % confidence interval (DeLong), lower end", "1", SET(roc_auc_low), .better = 1},
    {SCORES_ROC_AUC_HIGH, "its 95 % confidence interval (DeLong), upper end", "1", SET(roc_auc_high), .better = 1},
    {SCORES_AVERAGE_PRECISION, "average precision", "1", SET(average_precision), .better = 1, .header = "avg. prec.",
        .format = "%.4f", .shown = SHOWN_WITH_LABELS},
    {SCORES_BEST_F1, "best F1 over all thresholds", "1", SET(best_f1), .better = 1},
    {SCORES_ACCURACY, "accuracy at the threshold", "1", SET(accuracy), .better = 1},
    {SCORES_PRECISION, "precision at the threshold", "1", SET(precision), .better = 1},
    {SCORES_RECALL, "recall at the threshold", "1", SET(recall), .better = 1},
    {SCORES_F1, "F1 at the threshold", "1", SET(f1), .better = 1},
    {SCORES_PCA_ROC_AUC, "area under the ROC curve of principal components", "1", SET(pca_roc_auc), .better = 0,
        .header = "PCA ROC AUC", .format = "%.4f", .shown = SHOWN_WITH_VALUES},
    {SCORES_ADDED_ROC_AUC, "roc_auc less that of the best baseline", "1", SET(added_roc_auc), .better = 1,
        .header = "adds", .format = "%+.4f", .shown = SHOWN_WITH_VALUES},
    {SCORES_ADDED_ROC_AUC_LOW, "its 95 % confidence interval (paired DeLong), lower end", "1", SET(added_roc_auc_low),
        .better = 1},
    {SCORES_ADDED_ROC_AUC_HIGH, "its 95 % confidence interval (paired DeLong), upper end", "1", SET(added_roc_auc_high),
        .better = 1},
    {"step_roc_auc", "area under the ROC curve of time steps", "1", SET(step_roc_auc), .better = 1,
        .group = SCORES_STEPS, .source = SCORES_ROC_AUC, .header = "step ROC AUC", .format = "%.4f",
        .shown = SHOWN_WITH_VALUES},
    {"step_average_precision", "average precision of time steps", "1", SET(step_average_precision), .better = 1,
        .group = SCORES_STEPS, .source = SCORES_AVERAGE_PRECISION, .header = "step avg. prec.", .format = "%.4f",
        .shown = SHOWN_WITH_VALUES},
    {"step_f1", "F1 of time steps at the threshold", "1", SET(step_f1), .better = 1, .group = SCORES_STEPS,
        .source = SCORES_F1},
    {"step_vus_pr", "volume under the surface of precision and recall of time steps", "1", SET(step_vus_pr),
        .better = 1, .group = SCORES_STEPS, .source = STEPS_VUS_PR, .header = "VUS-PR", .format = "%.4f",
        .shown = SHOWN_WITH_VALUES},
    {"step_range_f1", "range-based F1 of time steps at the threshold", "1", SET(step_range_f1), .better = 1,
        .group = SCORES_STEPS, .source = STEPS_RANGE_F1},
    {"step_pca_roc_auc", "area under the ROC curve of principal components, of time steps", "1", SET(step_pca_roc_auc),
        .better = 0, .group = SCORES_STEPS, .source = SCORES_PCA_ROC_AUC},
    {0},
};

const struct metric trial_metrics[] = {
    {HISTORY_TRAIN_LOSS, "training loss of the last epoch", "1", ROW(train_loss), .better = -1, .group = TRIAL_HISTORY,
        .header = "train loss", .format = "%.5g"},
    {HISTORY_VALIDATION_LOSS, "validation loss of the last epoch", "1", ROW(validation_loss), .better = -1,
        .group = TRIAL_HISTORY, .header = "val. loss", .format = "%.5g", .shown = SHOWN_WITH_VALUES},
    {LEADERBOARD_CONSENSUS, "mean rank correlation of its scores with those of all other trials", "1", ROW(consensus),
        .better = 1, .header = "consensus", .format = "%.4f", .shown = SHOWN_WITH_VALUES},
    {LEADERBOARD_STABILITY, "mean rank correlation of its scores with those of the same configuration", "1",
        ROW(stability), .better = 1, .header = "stability", .format = "%.4f", .shown = SHOWN_WITH_VALUES},
    {LEADERBOARD_SECONDS, "wall time of training", "s", ROW(seconds), .better = 0, .group = TRIAL_PROVENANCE,
        .source = PROVENANCE_TRAIN_SECONDS, .header = "seconds", .format = "%.1f"},
    {PROVENANCE_WALL_SECONDS, "wall time of training and scoring", "s", ROW(wall_seconds), .better = 0,
        .group = TRIAL_PROVENANCE},
    {PROVENANCE_SAMPLES_PER_SECOND, "training rows times epochs a second", "s-1", ROW(samples_per_second), .better = 0,
        .group = TRIAL_PROVENANCE},
    {0},
};

const struct row_column row_texts[] = {
    {LEADERBOARD_TRIAL, "identity of the trial", ROW(id)},
    {LEADERBOARD_EXPERIMENT, "name of the experiment", ROW(experiment)},
    {LEADERBOARD_CLUSTER, "cluster that it ran on", ROW(cluster)},
    {LEADERBOARD_CONFIGURATION, "equal of trials that differ in train.seed alone", ROW(configuration)},
    {LEADERBOARD_OBJECTIVE, "what its sweep looks for", ROW(objective)},
    {LEADERBOARD_PROTOCOL, "protocol of data.split", ROW(protocol)},
    {0},
};

const struct row_column row_counts[] = {
    {LEADERBOARD_EPOCHS, "epochs trained", ROW(epochs)},
    {LEADERBOARD_PARAMETERS, "trainable parameters", ROW(parameters)},
    {PROVENANCE_RANKS, "MPI ranks that trained it", ROW(ranks)},
    {PROVENANCE_THREADS, "threads of each rank", ROW(threads)},
    {0},
};
#undef SET
#undef ROW

bool metric_needs_labels(const struct metric *m)
{
    return m->offset != offsetof(struct set_results, mean_error) &&
           m->offset != offsetof(struct set_results, threshold);
}

double metric_value(const struct metric *m, const void *results)
{
    ASSERT(m->name && results, "a metric of nothing");
    return *(const double *)(const void *)((const char *)results + m->offset);
}

void metric_set(const struct metric *m, void *results, double value)
{
    ASSERT(m->name && results, "a metric of nothing");
    *(double *)(void *)((char *)results + m->offset) = value;
}

const char *row_get_text(const struct row_column *c, const struct leaderboard_row *row)
{
    ASSERT(c >= row_texts && c < row_texts + sizeof row_texts / sizeof *row_texts, "%s is no string", c->name);
    return *(char *const *)(const void *)((const char *)row + c->offset);
}

void row_set_text(const struct row_column *c, struct leaderboard_row *row, char *text)
{
    ASSERT(!row_get_text(c, row), "column %s is set twice", c->name);
    *(char **)(void *)((char *)row + c->offset) = text;
}

int64_t row_get_count(const struct row_column *c, const struct leaderboard_row *row)
{
    ASSERT(c >= row_counts && c < row_counts + sizeof row_counts / sizeof *row_counts, "%s is no count", c->name);
    return *(const int64_t *)(const void *)((const char *)row + c->offset);
}

void row_set_count(const struct row_column *c, struct leaderboard_row *row, int64_t count)
{
    *(int64_t *)(void *)((char *)row + c->offset) = count;
}

char *number_text(char out[32], double value)
{
    char shortest[32], mantissa[40];

    text_number(shortest, value);
    snprintf(out, 32, "%s", shortest);

    for (int digits = 0; digits < 17 && fabs(value) < 0.1; digits++) {
        snprintf(mantissa, sizeof mantissa, "%.*e", digits, value);
        char *e = strchr(mantissa, 'e');
        if (!e || strtod(mantissa, NULL) != value)
            continue;
        snprintf(shortest, sizeof shortest, "%.*se%d", (int)(e - mantissa), mantissa, atoi(e + 1));
        if (strlen(shortest) < strlen(out))
            snprintf(out, 32, "%s", shortest);
        break;
    }

    return out;
}

// --- from a trial's group
struct trial_group { // a trial in an open file
    struct store_file *f;
    const char *group;
    char path[512]; // the last result of group_path
};

// Returns the path of an object of the trial; "" is the trial itself. The next call overwrites the path.
static const char *group_path(struct trial_group *p, const char *object)
{
    snprintf(p->path, sizeof p->path, "%s%s%s", p->group, *p->group && *object ? "/" : "", object);
    return p->path;
}

static double group_real(struct trial_group *p, const char *object, const char *name)
{
    double v;
    return store_get_real(p->f, group_path(p, object), name, &v, NULL) == 0 ? v : NAN;
}

static void read_set_results(struct trial_group *p, const char *name, struct set_results *s)
{
    char group[256], steps[272];
    double auc;

    snprintf(group, sizeof group, TRIAL_SCORES "/%s", name);
    snprintf(steps, sizeof steps, "%s/" SCORES_STEPS, group);
    bool has_steps = store_has(p->f, group_path(p, steps));
    *s = (struct set_results){.name = mem_text(name)};
    for (const struct metric *m = set_metrics; m->name; m++) {
        const char *attribute = m->source ? m->source : m->name;
        double v = NAN;
        if (!m->group)
            v = group_real(p, group, attribute);
        else if (has_steps)
            v = group_real(p, steps, attribute);
        metric_set(m, s, v);
    }
    s->has_labels = store_get_real(p->f, group_path(p, group), SCORES_ROC_AUC, &auc, NULL) == 0;
}

// Returns the last value of a column of the history. Returns NaN if there is no such column. Returns NaN and an error
// if the column cannot be read.
static double history_last(struct trial_group *p, const char *column, struct err *e)
{
    char path[64];
    double v = NAN;
    struct store_shape shape;
    struct err absent = {0};

    snprintf(path, sizeof path, TRIAL_HISTORY "/%s", column);
    if (store_get_shape(p->f, group_path(p, path), &shape, &absent) != 0 || shape.rank != 1 || shape.dims[0] == 0)
        return NAN;
    return store_read(p->f, p->path, STORE_F64, store_entries(shape.dims[0] - 1, 1), &v, e) == 0 ? v : NAN;
}

// Reads the metrics of a trial. A metric of the history is the last value of a column. A metric without a group is
// unknown. Any other metric is an attribute of its group.
static void read_trial_metrics(struct trial_group *p, struct leaderboard_row *s, struct err *e)
{
    for (const struct metric *m = trial_metrics; m->name; m++) {
        const char *name = m->source ? m->source : m->name;
        double v = NAN;
        if (m->group && strcmp(m->group, TRIAL_HISTORY) == 0)
            v = history_last(p, name, e);
        else if (m->group)
            v = group_real(p, m->group, name);
        metric_set(m, s, v);
    }
}

// Returns a value as a string: a number in the form of number_text, any other value unchanged, and "" for NULL. Frees
// `yaml` or returns it.
static char *varied_text(char *yaml)
{
    char number[32];
    double v;

    if (!yaml || text_to_double(yaml, &v) != 0 || isnan(v))
        return yaml ? yaml : mem_text("");
    free(yaml);
    return mem_text(number_text(number, v));
}

static void read_varied_values(struct trial_group *p, struct leaderboard_row *s)
{
    struct err ignored = {0};
    if (!store_has(p->f, group_path(p, TRIAL_VARIED)) ||
        store_attributes(p->f, p->path, &s->key, &s->n_varied, &ignored) != 0)
        return;
    s->value = mem_new((size_t)s->n_varied, sizeof *s->value);
    for (int i = 0; i < s->n_varied; i++)
        s->value[i] = varied_text(store_get_text(p->f, p->path, s->key[i]));
}

static int read_all_sets(struct trial_group *p, struct leaderboard_row *s, struct err *e)
{
    char **names;

    if (!store_has(p->f, group_path(p, TRIAL_SCORES)))
        return 0;
    if (store_list(p->f, p->path, &names, &s->n_sets, e) != 0)
        return -1;

    s->set = mem_new((size_t)s->n_sets, sizeof *s->set);
    for (int i = 0; i < s->n_sets; i++) {
        read_set_results(p, names[i], &s->set[i]);
        free(names[i]);
    }
    free(names);
    return 0;
}

// If `name` begins with `prefix`, adds the lines of the attribute `name`. Inserts `tail` after the name of the source
// in each line.
static void add_versions(
    struct trial_group *p, const char *name, const char *prefix, const char *tail, struct text *lines)
{
    if (strncmp(name, prefix, strlen(prefix)) != 0)
        return;

    char *text = store_get_text(p->f, p->path, name);
    for (const char *at = text; at && *at;) {
        size_t length = strcspn(at, "\n"), key = length;
        while (key > 0 && at[key] != ' ')
            key--;
        text_add(lines, "%.*s%s%.*s\n", (int)key, at, tail, (int)(length - key), at + key);
        at += length + (at[length] == '\n');
    }
    free(text);
}

char *row_read_versions(struct store_file *f, const char *group)
{
    struct trial_group in = {.f = f, .group = group}, *p = &in;
    struct text lines = {0};
    struct err ignored = {0};
    char **names = NULL;
    int n = 0;
    text_add(&lines, "%s", "");

    if (store_has(p->f, group_path(p, TRIAL_PROVENANCE)))
        store_attributes(p->f, p->path, &names, &n, &ignored);
    for (int i = 0; i < n; i++) {
        add_versions(p, names[i], PROVENANCE_DATA, "", &lines);
        add_versions(p, names[i], PROVENANCE_LABELS, VERSIONS_LABELS, &lines);
        free(names[i]);
    }
    free(names);
    return lines.data;
}

static char *text_or_empty(char *text)
{
    return text ? text : mem_text("");
}

// Returns the protocol of the split in the trial's spec, in new memory; "" if there is none. The spec has the form of
// data/data_config_write.c, so that reading one line is enough, which is much faster than parsing it.
static char *read_protocol(struct trial_group *p)
{
    static const char KEY[] = "\n  split:\n    protocol: ";
    char *spec = store_get_text(p->f, p->path, TRIAL_SPEC);
    const char *found = spec ? strstr(spec, KEY) : NULL;
    const char *name = found ? found + sizeof KEY - 1 : "";
    char *protocol = mem_format("%.*s", (int)strcspn(name, "\n"), name);

    free(spec);
    return protocol;
}

static void read_head(struct trial_group *p, struct leaderboard_row *s)
{
    group_path(p, "");
    const char *slash = strrchr(p->group, '/'), *key = slash ? slash + 1 : p->group;
    s->id = *p->group ? mem_text(key) : store_get_text(p->f, p->path, TRIAL_ID);
    s->experiment = text_or_empty(store_get_text(p->f, p->path, TRIAL_EXPERIMENT));
    s->configuration = text_or_empty(store_get_text(p->f, p->path, TRIAL_CONFIGURATION));
    s->objective = text_or_empty(store_get_text(p->f, p->path, TRIAL_OBJECTIVE));
    s->protocol = read_protocol(p);
    store_get_int(p->f, p->path, TRIAL_NUMBER, &s->number, NULL);

    char *status = store_get_text(p->f, p->path, TRIAL_STATUS);
    s->has_diverged = status && strcmp(status, TRIAL_DIVERGED) == 0;
    free(status);
}

static int row_take_group(struct trial_group *p, struct leaderboard_row *s, struct err *e)
{
    struct store_shape shape;

    read_head(p, s);
    s->cluster = text_or_empty(store_get_text(p->f, group_path(p, TRIAL_PROVENANCE), PROVENANCE_CLUSTER));
    store_get_int(p->f, p->path, PROVENANCE_RANKS, &s->ranks, NULL);
    store_get_int(p->f, p->path, PROVENANCE_THREADS, &s->threads, NULL);
    store_get_int(p->f, group_path(p, TRIAL_MODEL), MODEL_PARAMETERS, &s->parameters, NULL);
    if (!row_is_ensemble(s) && store_get_shape(p->f, group_path(p, TRIAL_HISTORY "/" HISTORY_EPOCH), &shape, e) == 0)
        s->epochs = shape.dims[0];

    read_trial_metrics(p, s, e);
    read_varied_values(p, s);
    s->data = row_read_versions(p->f, p->group);
    return read_all_sets(p, s, e);
}

int row_read_group(struct store_file *f, const char *group, struct leaderboard_row *s, struct err *e)
{
    struct trial_group p = {.f = f, .group = group};
    int before = e->count;

    ASSERT(f && (!*group || strchr(group, '/') || strcmp(group, RUN_ENSEMBLE) == 0), "group %s is no trial's", group);
    *s = (struct leaderboard_row){.path = mem_text(store_path(f)), .group = mem_text(group)};
    if (row_take_group(&p, s, e) == 0 && s->id && e->count == before)
        return 0;

    row_free(s);
    if (e->count == before)
        err_add(e, ERR_DATA, "%s: no attribute `" TRIAL_ID "`: not a whole trial file", store_path(f));
    return -1;
}

int row_read(const char *path, enum store_check check, struct leaderboard_row *s, struct err *e)
{
    *s = (struct leaderboard_row){0};

    struct store_file *f = store_open(path, FORMAT_TRIAL, check, e);
    int rc = f ? row_read_group(f, "", s, e) : -1;

    store_close(&f);
    return rc;
}

void row_free(struct leaderboard_row *s)
{
    for (int i = 0; i < s->n_varied; i++) {
        free(s->key[i]);
        free(s->value[i]);
    }
    for (int i = 0; i < s->n_sets; i++)
        free(s->set[i].name);

    free(s->key);
    free(s->value);
    free(s->set);
    free(s->path);
    free(s->data);
    free(s->stale);
    free(s->id);
    free(s->experiment);
    free(s->configuration);
    free(s->objective);
    free(s->protocol);
    free(s->cluster);
    free(s->group);
    *s = (struct leaderboard_row){0};
}

const struct set_results *row_find_set(const struct leaderboard_row *s, const char *set)
{
    for (int i = 0; i < s->n_sets; i++)
        if (strcmp(s->set[i].name, set) == 0)
            return &s->set[i];
    return NULL;
}

const char *row_find_value(const struct leaderboard_row *s, const char *key)
{
    for (int i = 0; i < s->n_varied; i++)
        if (strcmp(s->key[i], key) == 0)
            return s->value[i];
    return NULL;
}

bool row_is_ensemble(const struct leaderboard_row *s)
{
    return strcmp(s->group, RUN_ENSEMBLE) == 0;
}

bool row_is_stale(const struct leaderboard_row *s)
{
    return s->stale && *s->stale;
}

void row_line(const struct leaderboard_row *s, double seconds, char *out, size_t room)
{
    struct text t = {0};
    char spent[48];

    text_add(&t, "trial %.8s", s->id);
    for (int i = 0; i < s->n_varied; i++)
        text_add(&t, "  %s=%s", s->key[i], s->value[i]);
    if (s->has_diverged)
        text_add(&t, "  diverged in epoch %lld", (long long)s->epochs);
    else if (!isnan(s->validation_loss))
        text_add(&t, "  validation_loss %.5g", s->validation_loss);
    else if (!isnan(s->train_loss))
        text_add(&t, "  train_loss %.5g", s->train_loss);

    for (int i = 0; i < s->n_sets; i++) {
        if (isnan(s->set[i].roc_auc))
            continue;
        if (s->n_sets > 1)
            text_add(&t, "  %s", s->set[i].name);
        text_add(&t, "%sroc_auc %.4f", s->n_sets > 1 ? " " : "  ", s->set[i].roc_auc);
    }
    text_add(&t, "  %s", text_seconds(spent, seconds));

    snprintf(out, room, "%s", t.data);
    text_free(&t);
}

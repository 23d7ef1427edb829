// Finds everything about a trial before it runs: its mistakes, identity, size and expected cost.
//
// The planner resolves each trial that the search releases. It runs on rank 0 and before MPI starts, because opening
// foreign files forks. It opens each data section once (struct known_data). It keeps only what the checks need: shapes,
// labels and ranges, not the rows. It collects all mistakes, so that the user sees them at once. If a data section is
// bad, this is reported for the first trial that uses it. The plan owns the planner.
#include "base/err.h"
#include "data/dataset.h"
#include "data/dataset_window.h"
#include "nn/neighbours.h"
#include "nn/nn.h"
#include "search/search.h"
#include "spec/spec.h"
#include "train/train.h"
#include "trial/experiment.h"
#include "trial/knowledge.h"
#include "trial/plan.h"

#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/versions.h"
#include "score/pca.h"
#include "trial/plan_check.h"
#include <stdlib.h>
#include <string.h>

// A data section that was read. The trials of a sweep usually have the same one.
struct known_data {
    char *key;               // owned
    struct data_texts texts; // owned
    char *labels;            // owned: the number of rows with each label in each set; NULL: there are no labels
    struct shape shape;
    int64_t rows, validation_rows;
    bool has_windows; // samples are windows, so there are metrics of time steps
    struct known_set {
        char *name;                // owned
        bool has_labels, has_both; // has_labels: anomalies are known; has_both: there are normal rows and anomalies
    } * set;                       // (n_sets), owned: the test sets
    int n_sets;
    struct known_ranges ranges; // owned; measured only if a trial needs them
    bool is_bad;                // it has mistakes, which were reported
};

struct planner {
    const struct experiment *x;
    struct known_data *known; // (n), owned
    int n;
    struct err warnings; // about trials; equal warnings occur once
    struct text data;    // versions of the data of all trials
    struct text sizes;   // sizes of the first few different models, one per line
    int n_sizes;         // number of lines in `sizes`
};

static void planner_free(void *planner)
{
    struct planner *p = planner;
    for (int i = 0; i < p->n; i++) {
        struct known_data *k = &p->known[i];
        for (int s = 0; s < k->n_sets; s++)
            free(k->set[s].name);
        free(k->set);
        ranges_free(&k->ranges);
        free(k->key);
        free(k->texts.identity);
        free(k->texts.of_any_fold);
        free(k->labels);
    }

    free(p->known);
    text_free(&p->data);
    text_free(&p->sizes);
    free(p);
}

// Returns the text of data_identity in new memory. Returns NULL and an error on failure.
static char *identity_text(const struct data_config *c, const struct experiment *x, struct err *e)
{
    struct node *n = data_identity(c, x->folder, e);
    struct text text = {0};

    if (n)
        node_emit(n, &text);
    node_free(&n);
    return text.data;
}

static int find_identity(const struct data_config *c, const struct experiment *x, struct known_data *k, struct err *e)
{
    struct data_config of_any_fold = *c;

    of_any_fold.fold = 0;
    k->texts.identity = identity_text(c, x, e);
    k->texts.of_any_fold = c->folds ? identity_text(&of_any_fold, x, e) : NULL;
    return k->texts.identity && (k->texts.of_any_fold || !c->folds) ? 0 : -1;
}

static void count_labels(const struct dataset *d, struct text *t)
{
    if (!d->label)
        return;
    text_add(t, "%s%s: ", t->length ? "; " : "", d->name);
    dataset_count_labels(d, t);
}

static void note_labels(const struct data_sets *sets, struct known_data *k)
{
    struct text t = {0};

    count_labels(&sets->train, &t);
    count_labels(&sets->validation, &t);
    for (int i = 0; i < sets->n_test; i++)
        count_labels(&sets->test[i], &t);
    k->labels = t.data;
}

static bool has_both_classes(const struct dataset *d)
{
    int64_t anomalies = 0;
    for (int64_t i = 0; d->is_anomaly && i < d->rows; i++)
        anomalies += d->is_anomaly[i] != 0;
    return anomalies > 0 && anomalies < d->rows;
}

static void note_sets(const struct data_sets *sets, struct known_data *k)
{
    k->shape = sample_shape(&sets->train);
    k->rows = sets->train.rows;
    k->validation_rows = sets->validation.rows;
    k->has_windows = sets->window.length > 0;
    k->n_sets = sets->n_test;
    k->set = mem_new((size_t)k->n_sets, sizeof *k->set);
    for (int i = 0; i < k->n_sets; i++)
        k->set[i] = (struct known_set){
            mem_text(sets->test[i].name), sets->test[i].is_anomaly != NULL, has_both_classes(&sets->test[i])};
}

static void warn_unscored(const struct data_sets *sets, struct err *warnings)
{
    for (int i = 0; i < sets->n_test; i++) {
        const struct dataset *d = &sets->test[i];
        int64_t n = 0, first = -1;
        for (int64_t row = 0; d->is_unscored && row < d->rows; row++) {
            first = first < 0 && d->is_unscored[row] ? row : first;
            n += d->is_unscored[row];
        }
        if (n)
            err_add(warnings, ERR_DATA,
                "%s: %lld of %lld rows have missing or infinite values and get no error (NaN), the first: row %lld of "
                "%s; hint: data.fill for missing ones",
                d->name, (long long)n, (long long)d->rows, (long long)d->index[first],
                d->sources[d->source[first]].name);
    }
}

static void warn_short_runs(const struct data_sets *sets, struct err *warnings)
{
    dataset_note_short_runs(&sets->train, warnings);
    dataset_note_short_runs(&sets->validation, warnings);
    for (int i = 0; i < sets->n_test; i++)
        dataset_note_short_runs(&sets->test[i], warnings);
}

static void learn_new_data(struct planner *p, const struct trial *t, struct known_data *k, struct err *e)
{
    struct data_sets sets;
    k->is_bad = data_verify(&t->data, p->x->folder, e) != 0 || data_load(&t->data, p->x->folder, &sets, e) != 0;
    if (k->is_bad)
        return;

    note_sets(&sets, k);
    note_labels(&sets, k);
    warn_unscored(&sets, &p->warnings);
    warn_short_runs(&sets, &p->warnings);
    data_warn_memory(&sets, t->train.shards, &p->warnings);
    dataset_add_versions(&p->data, &sets.train);
    dataset_add_versions(&p->data, &sets.validation);
    for (int i = 0; i < sets.n_test; i++)
        dataset_add_versions(&p->data, &sets.test[i]);

    if (t->train.loss == LOSS_BINARY_CROSSENTROPY)
        ranges_measure(&sets, &k->ranges);

    struct data_config resolved = t->data;
    resolved.window = sets.window;
    data_sets_free(&sets);
    k->is_bad = find_identity(&resolved, p->x, k, e) != 0;
}

// Returns what is known about the trial's data. Reads the data if it is new. Returns NULL if the data is bad; only the
// first trial that uses the data gets the errors.
static struct known_data *learn_data(struct planner *p, const struct trial *t, struct err *e)
{
    char *key = trial_data_key(t);
    int i = p->n - 1; // usually the data section of the trial before
    while (i >= 0 && strcmp(p->known[i].key, key) != 0)
        i--;

    if (i >= 0) {
        free(key);
        return p->known[i].is_bad ? NULL : &p->known[i];
    }

    p->known = mem_grow(p->known, (size_t)p->n + 1, sizeof *p->known);
    struct known_data *k = &p->known[p->n++];
    *k = (struct known_data){.key = key};
    learn_new_data(p, t, k, e);
    return k->is_bad ? NULL : k;
}

// Measures the ranges of the data if this trial's loss needs them. Has to read the data again.
static int learn_ranges(const struct planner *p, const struct trial *t, struct known_data *k, struct err *e)
{
    struct data_sets sets;
    if (k->ranges.n || t->train.loss != LOSS_BINARY_CROSSENTROPY)
        return 0;
    if (data_load(&t->data, p->x->folder, &sets, e) != 0)
        return -1;

    ranges_measure(&sets, &k->ranges);
    data_sets_free(&sets);

    return 0;
}

// Checks that the principal components of the baseline fit into the memory of this machine.
static int check_baseline(const struct trial *t, const struct model *m, const struct known_data *k, struct err *e)
{
    double need = pca_bytes(k->rows, shape_size(&k->shape), shape_size(&m->code)), all = (double)mem_limit(false);
    char bytes[16], has[16];
    if (!t->score.baseline || all <= 0 || need <= all)
        return 0;

    const struct node *at = node_path(t->tree, "score.baseline");
    return node_error(at ? at : t->tree, e, "%d principal components of %d features take %s of memory, allowed: %s",
        shape_size(&m->code), shape_size(&k->shape), text_bytes(bytes, need), text_bytes(has, all));
}

// Checks that score.noise is possible with this model.
static int check_noise(const struct trial *t, const struct model *m, struct err *e)
{
    const struct node *at = node_path(t->tree, "score.noise");
    if (t->score.noise && model_noise_levels(m) == 0)
        return node_error(at, e,
            "found average, but the first layer of the model adds no noise, allowed: none; or a layer gaussian_noise, "
            "masking_noise, salt_and_pepper or swap_noise at the start of the encoder");

    if (t->score.noise &&
        (error_is_variational((enum error)t->score.error) || t->score.error == ERROR_CODE_MAHALANOBIS))
        return node_error(at, e,
            "found average with error %s, allowed: none; or error mse, mae, l2 or binary_crossentropy",
            error_names[t->score.error]);
    return 0;
}

static int check_error(const struct trial *t, const struct model *m, struct err *e)
{
    const char *why = model_refuses_error(m, (enum error)t->score.error);
    const struct node *at = node_path(t->tree, "score.error");
    if (why)
        return node_error(at ? at : t->model, e, "%s", why);

    at = node_path(t->tree, "score.save");
    if (!model_reconstructs(m) && t->score.save & (SAVE_RECONSTRUCTION | SAVE_FEATURE_ERROR))
        return node_error(at, e,
            "found reconstruction or feature_error with a model of kind %s, which has no reconstruction, allowed: code",
            model_kind_names[m->kind]);
    at = node_path(t->tree, "score.baselines");
    if (t->score.baselines && t->data.missing == MISSING_IGNORE)
        return node_error(
            at, e, "simple detectors need whole rows, but data.missing is ignore; hint: data.fill: median");
    at = node_path(t->tree, "score.baseline");
    if (t->score.baseline && t->data.missing == MISSING_IGNORE)
        return node_error(at, e, "principal components need whole rows, but data.missing is ignore");
    return 0;
}

// Checks that there are validation rows if score.calibration needs them.
static int check_calibration(const struct trial *t, const struct known_data *k, struct err *e)
{
    const struct node *at = node_path(t->tree, "score.calibration");

    if (t->score.calibration != JUDGED_BY_VALIDATION || k->validation_rows > 0)
        return 0;
    return node_error(
        at, e, "found validation, but there is no validation data, allowed: train; or data.validation, such as 0.15");
}

// Checks that a test set will have the metric of the objective.
static int check_objective(const struct experiment *x, const struct known_data *k, struct err *e)
{
    const struct objective *o = &x->objective;
    if (!o->is_of_set && !o->is_of_run)
        return 0;

    const struct node *section = spec_sweep_section(x->sweep);
    const struct node *objective = node_get(section, "objective");
    const struct node *at = objective ? objective : section;
    if (o->is_of_set && o->metric->group && !k->has_windows)
        return node_error(at, e, "%s is of time steps, but samples are no windows (data.window); hint: %s",
            o->metric->name, o->metric->source);

    for (int i = 0; i < k->n_sets; i++)
        if ((!o->set || strcmp(o->set, k->set[i].name) == 0) && (k->set[i].has_both || !o->needs_labels))
            return 0;

    const char *needed = "samples";
    if (o->needs_labels)
        needed = "labels that tell which samples are anomalies, some normal ones and some anomalies";
    if (o->set)
        return node_error(at, e, "no test set named %s has %s", o->set, needed);
    return node_error(at, e, "no test set has %s", needed);
}

// Checks that the rungs of a configuration differ only in their epochs, so that a longer one can resume a shorter one.
static int check_rung(
    const struct experiment *x, const struct search_trial *place, const struct trial *t, struct err *e)
{
    if (!place->point.epochs || place->rung > 0)
        return 0;
    const struct node *at = node_path(t->tree, "train.schedule");
    if (schedule_needs_epochs(&t->train.schedule))
        return node_error(at ? at : t->tree, e,
            "the rates of this schedule depend on train.epochs, allowed with method %s: constant, step, exponential, "
            "reduce_on_plateau",
            sweep_method_name(spec_sweep_config(x->sweep)->method));

    struct sweep_point point = {.value = place->point.value};
    struct node *own = spec_sweep_trial(x->sweep, &point, e);
    struct trial whole;
    int64_t epochs = trial_parse(own, &whole, e) == 0 ? whole.train.epochs : x->epochs;
    trial_free(&whole);
    return epochs == x->epochs ? 0
                               : node_error(spec_sweep_section(x->sweep), e,
                                     "train.epochs varies, allowed with method %s: one number, that of the last rung",
                                     sweep_method_name(spec_sweep_config(x->sweep)->method));
}

// Adds the sizes of a model to `sizes`, unless they are already there or `sizes` is full.
static void note_sizes(struct planner *p, const struct model *m)
{
    enum { MODELS_SHOWN = 8 };
    struct text line = {0};
    model_sizes(m, &line);
    text_add(&line, "\n");

    const char *found = p->sizes.data ? strstr(p->sizes.data, line.data) : NULL;
    bool is_new = true;
    for (; found && is_new; found = strstr(found + 1, line.data))
        is_new = found > p->sizes.data && found[-1] != '\n';
    if (is_new && p->n_sizes < MODELS_SHOWN)
        text_add(&p->sizes, "%s", line.data);
    p->n_sizes += is_new && p->n_sizes < MODELS_SHOWN;

    text_free(&line);
}

static int plan_model(
    struct planner *p, const struct trial *t, struct known_data *k, struct plan_entry *entry, struct err *e)
{
    if (learn_ranges(p, t, k, e) != 0)
        return -1;
    struct model *m = trial_model(t, &k->shape, e);
    struct err found = {0};
    if (m && model_set_rows(m, k->rows, t->model, e) != 0)
        model_free(&m);
    if (!m)
        return -1;

    ASSERT(k->texts.identity && !k->is_bad, "data without identity");
    int failed = check_error(t, m, e) | check_noise(t, m, e) | check_calibration(t, k, e) | check_baseline(t, m, k, e) |
                 check_objective(p->x, k, e) | check_batches(t, m, k->rows, e) |
                 check_ranges(t, m, &k->ranges, &found, e);
    err_merge(&p->warnings, &found);
    note_sizes(p, m);
    trial_identify(t, m, &k->texts, &entry->trial);

    entry->shards = t->train.shards;
    entry->parameters = (int64_t)m->trainable;
    entry->epochs = t->train.epochs;
    entry->rows = k->rows;
    entry->operations = m->operations * (double)k->rows * (model_is_fitted(m) ? 1 : (double)t->train.epochs);
    entry->step_operations = m->operations * (double)t->train.batch_size;
    entry->bytes = train_bytes(m, &t->train, 1, 1);
    model_free(&m);
    return failed;
}

// Examines a trial. `is_whole` is false if a section could not be read; then only the model is checked.
static int plan_trial(struct planner *p, struct trial *t, bool is_whole, struct plan_entry *entry, struct err *e)
{
    struct known_data *k = t->has_data ? learn_data(p, t, e) : NULL;
    if (!t->model)
        return -1; // the mistake was reported before
    if (!is_whole || !k)
        return model_check(t->model, e);
    return plan_model(p, t, k, entry, e);
}

static int planner_resolve(void *planner, const struct search_trial *place, struct plan_entry *entry, struct err *e)
{
    struct planner *p = planner;
    struct trial t;
    int errors = e->count;
    bool is_whole = trial_read(p->x, &place->point, &t, e) == 0;

    if (t.tree)
        plan_trial(p, &t, is_whole, entry, e);
    if (is_whole)
        check_rung(p->x, place, &t, e);
    trial_free(&t);
    return e->count > errors ? -1 : 0;
}

// --- all trials that may start

enum { ERRORS_SHOWN = 20 }; // otherwise a sweep could report one mistake for each of thousands of trials

// Examines one configuration. `free_value` holds the values of its free keys, which decide those of the other keys.
static void try_values(const struct experiment *x, struct plan *p, const double *free_value, struct err *e)
{
    size_t n = (size_t)spec_sweep_keys(x->sweep);
    double *value = memcpy(mem_new(n + 1, sizeof *value), free_value, n * sizeof *value);
    struct search_trial t = {.point = {.value = value}};
    struct plan_entry ignored = {0};
    struct err found = {0};

    spec_sweep_complete(x->sweep, value);
    if (spec_sweep_is_allowed(x->sweep, value))
        planner_resolve(p->context, &t, &ignored, &found);
    err_merge(e, &found);
    free(value);
}

// Examines trials at both ends of each range and at all values of each list, because the search can propose any of them
// later.
static void try_ends(const struct experiment *x, struct plan *p, struct err *e)
{
    int keys = spec_sweep_keys(x->sweep);
    double *value = mem_new((size_t)keys + 1, sizeof *value);

    for (int k = 0; k < keys; k++)
        value[k] = spec_sweep_range(x->sweep, k).low;

    for (int k = 0; k < keys; k++) {
        struct sweep_range r = spec_sweep_range(x->sweep, k);
        double step = r.kind == SWEEP_CHOICE ? 1 : r.high - r.low;
        for (value[k] = r.low; value[k] <= r.high && e->count < ERRORS_SHOWN; value[k] += step)
            try_values(x, p, value, e);
        value[k] = r.low;
    }
    free(value);
}

int plan_make(const struct experiment *x, struct plan *p, struct err *e)
{
    struct planner *planner = mem_new(1, sizeof *planner);
    planner->x = x;
    plan_begin(p, x->search, spec_sweep_keys(x->sweep), planner_resolve, planner);
    p->end = planner_free;

    int failed = knowledge_learn(x, e) != 0;
    int more = !failed;
    while (more && e->count < ERRORS_SHOWN) {
        struct err found = {0};
        more = plan_add_next(p, &found);
        failed |= found.count;
        err_merge(e, &found);
    }

    if (!failed && spec_sweep_config(x->sweep)->method == SWEEP_TPE) {
        int errors = e->count;
        try_ends(x, p, e);
        failed = e->count > errors;
    }

    struct err warnings = planner->warnings;
    if (failed)
        plan_free(p);
    else
        p->data = versions_update(planner->data.data ? planner->data.data : "", "");
    p->warnings = warnings;
    return failed ? -1 : 0;
}

const char *plan_labels(const struct plan *p)
{
    const struct planner *planner = p->context;

    return planner && planner->n ? planner->known[0].labels : NULL;
}

const char *plan_sizes(const struct plan *p)
{
    const struct planner *planner = p->context;

    return planner ? planner->sizes.data : NULL;
}

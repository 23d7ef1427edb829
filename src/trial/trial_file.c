// Writes a finished trial. All ranks write the large arrays; the first rank writes everything else.
#include "trial/trial_file.h"

#include "base/mem.h"
#include "base/text.h"
#include "comm/comm.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "leaderboard/objective.h"
#include "leaderboard/row.h"
#include "nn/nn.h"
#include "store/journal.h"
#include "store/parallel.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/comparison.h"
#include "trial/model_save.h"
#include "trial/provenance.h"
#include "trial/reference_file.h"
#include "trial/trial_columns.h"
#include "trial/trial_steps.h"
#include "trial/work_order.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_history(struct store_file *f, const struct history *h, struct err *e)
{
    int64_t n = h->epochs;
    int64_t *epoch = mem_new((size_t)n, sizeof *epoch);
    const struct trial_column columns[] = {
        {HISTORY_EPOCH, STORE_I64, n, epoch, HISTORY_EPOCH, "epoch, from 1", "1"},
        {HISTORY_TRAIN_LOSS, STORE_F64, n, h->train_loss, HISTORY_EPOCH,
            "mean training loss, each batch at the weights it found, without weight penalties", "1"},
        {HISTORY_VALIDATION_LOSS, STORE_F64, n, h->validation_loss, HISTORY_EPOCH,
            "mean loss of the validation data after the epoch", "1"},
        {HISTORY_LEARNING_RATE, STORE_F64, n, h->learning_rate, HISTORY_EPOCH, "learning rate", "1"},
        {HISTORY_SECONDS, STORE_F64, n, h->seconds, HISTORY_EPOCH, "wall time of the epoch, validation included", "s"},
    };

    for (int i = 0; i < n; i++)
        epoch[i] = i + 1;
    int failed = trial_columns_write(f, TRIAL_HISTORY, columns, sizeof columns / sizeof *columns, e);
    if (!failed)
        failed = store_set_int(f, TRIAL_HISTORY, HISTORY_WEIGHTS_EPOCH, h->weights_epoch, e);

    free(epoch);
    return failed;
}

// --- bulk arrays: each rank holds a part of their rows
enum { BULK_MAX = 3 };
struct bulk {
    char path[256];
    struct store_shape shape;
    const float *data;
    const char *scales[STORE_MAX_RANK], *long_name;
};
struct bulk_list {
    struct bulk *v; // (n), owned
    int n;
};

// Appends an array with one value per sample of the set. Returns it, so that the caller can add dimensions.
static struct bulk *add_bulk(
    struct bulk_list *l, const struct dataset *set, const char *name, const char *long_name, const float *data)
{
    struct bulk *b = &l->v[l->n++];
    *b = (struct bulk){
        .shape = {STORE_F32, 1, {set->rows}}, .data = data, .scales = {SCORES_SAMPLE}, .long_name = long_name};
    snprintf(b->path, sizeof b->path, TRIAL_SCORES "/%s/%s", set->name, name);
    return b;
}

static void add_dimension(struct bulk *b, int64_t size, const char *scale)
{
    ASSERT(b->shape.rank < STORE_MAX_RANK, "%s has %d dimensions", b->path, b->shape.rank);
    b->scales[b->shape.rank] = scale;
    b->shape.dims[b->shape.rank++] = size;
}

// Returns the name of the scale of dimension i of a sample, as sample_scales does.
static const char *sample_scale(const struct dataset *d, int i)
{
    const char *const *names = sample_scales(d->shape_rank, d->steps != NULL);

    ASSERT(i < d->shape_rank, "dimension %d of %d of a sample", i, d->shape_rank);
    return names[i];
}

static void add_dimensions_of_sample(struct bulk *b, const struct dataset *d)
{
    for (int i = 0; i < d->shape_rank; i++)
        add_dimension(b, d->shape[i], sample_scale(d, i));
}

static struct bulk_list list_bulk(const struct trial_result *r)
{
    struct bulk_list l = {.v = mem_new((size_t)r->sets->n_test * BULK_MAX, sizeof *l.v)};

    for (int i = 0; r->scores && i < r->sets->n_test; i++) {
        const struct scores *s = &r->scores[i];
        const struct dataset *d = s->data;
        unsigned save = r->trial->score.save;
        if (save & SAVE_CODE)
            add_dimension(add_bulk(&l, d, SCORES_CODE, "output of the encoder", s->code), s->code_size, SCORES_UNIT);
        if (save & SAVE_RECONSTRUCTION)
            add_dimensions_of_sample(
                add_bulk(&l, d, SCORES_RECONSTRUCTION, "output of the decoder", s->reconstruction), d);
        if (save & SAVE_FEATURE_ERROR)
            add_dimensions_of_sample(add_bulk(&l, d, SCORES_FEATURE_ERROR,
                                         "squared difference of input and reconstruction", s->feature_error),
                d);
    }

    ASSERT(l.n <= BULK_MAX * r->sets->n_test, "%d arrays of %d sets", l.n, r->sets->n_test);
    return l;
}

// Creates the file. Several ranks write their rows in parallel. A single rank creates an ordinary file.
static int create_trial_file(const struct team *team, const struct trial_result *r, const char *path,
    const struct bulk_list *bulk, struct store_file **f, struct err *e)
{
    int n = bulk->n;

    *f = NULL;
    if (team->comm->size == 1 || n == 0) {
        if (team->comm->rank == 0)
            *f = store_create(path, FORMAT_TRIAL, e);
        return comm_agree(team->comm, e);
    }

    struct store_part *parts = mem_new((size_t)n, sizeof *parts);
    for (int i = 0; i < n; i++) {
        ASSERT(n % r->sets->n_test == 0, "%d arrays of %d sets", n, r->sets->n_test);
        const struct scores *s = &r->scores[i / (n / r->sets->n_test)];
        const struct bulk *b = &bulk->v[i];
        parts[i] = (struct store_part){b->path, b->shape, s->first, s->last - s->first, b->data};
    }
    int failed = store_write_parallel(team->comm, path, FORMAT_TRIAL, &(struct store_parts){parts, n}, f, e);
    free(parts);
    return failed;
}

static int finish_bulk(struct store_file *f, const struct bulk *b, struct err *e)
{
    struct store_about about = {.long_name = b->long_name, .units = "1"};
    memcpy(about.scales, b->scales, sizeof about.scales);
    return store_has(f, b->path) ? store_describe(f, b->path, &about, e)
                                 : store_write(f, b->path, &b->shape, b->data, &about, e);
}

// --- scores
static int trial_write_scales(
    struct store_file *f, const char *group, const struct trial_result *r, const struct dataset *d, struct err *e)
{
    char path[256];
    unsigned save = r->trial->score.save;
    snprintf(path, sizeof path, "%s/" SCORES_SAMPLE, group);
    int failed = store_write_index(f, path, d->rows, "row of the test set", e);
    if (save & SAVE_CODE && !failed) {
        snprintf(path, sizeof path, "%s/" SCORES_UNIT, group);
        failed = store_write_index(f, path, shape_size(&r->model->code), "unit of the code", e);
    }

    bool has_samples = save & (SAVE_RECONSTRUCTION | SAVE_FEATURE_ERROR);
    for (int i = 0; i < d->shape_rank && has_samples && !failed; i++) {
        const char *scale = sample_scale(d, i);
        struct trial_column names = {scale, STORE_TEXT, d->shape[i], d->features, scale, "feature", NULL};
        snprintf(path, sizeof path, "%s/%s", group, scale);
        if (d->features && strcmp(scale, DATASET_FEATURE) == 0)
            failed = trial_columns_write(f, group, &names, 1, e);
        else
            failed = store_write_index(f, path, d->shape[i], scale, e);
    }
    return failed;
}

static int write_set_columns(
    struct store_file *f, const char *group, const struct scores *s, const char *error, struct err *e)
{
    const struct dataset *d = s->data;
    char long_name[64];

    const struct trial_column columns[] = {
        {SCORES_ERROR, STORE_F32, d->rows, s->error, SCORES_SAMPLE, long_name, "1"},
        {SCORES_INDEX, STORE_I64, d->rows, d->index, SCORES_SAMPLE, "row in its source", "1"},
        {SCORES_SOURCE, STORE_I32, d->rows, d->source, SCORES_SAMPLE, "number of its source, from 0", "1"},
        {SCORES_LABEL, STORE_I64, d->rows, d->label, SCORES_SAMPLE, trial_label_about(d->n_label_names), "1"},
        {SCORES_IS_ANOMALY, STORE_I8, d->rows, d->is_anomaly, SCORES_SAMPLE, "1: a true anomaly", "1"},
    };

    snprintf(long_name, sizeof long_name, "reconstruction error (%s)", error);
    return trial_columns_write(f, group, columns, sizeof columns / sizeof *columns, e);
}

static int write_sources(struct store_file *f, const char *group, const struct dataset *d, struct err *e)
{
    struct text names = {0};
    for (int i = 0; i < d->n_sources; i++)
        text_add(&names, "%s%s", i ? "\n" : "", d->sources[i].name);
    int failed = store_set_text(f, group, SCORES_SOURCES, names.data ? names.data : "", e);
    text_free(&names);
    return failed;
}

struct real_attribute {
    const char *name;
    double value;
};

static int set_reals(struct store_file *f, const char *group, const struct real_attribute *list, int n, struct err *e)
{
    int failed = 0;
    for (int i = 0; i < n && !failed; i++)
        failed = store_set_real(f, group, list[i].name, list[i].value, e);
    return failed;
}

// Writes the results that depend on the threshold. Writes nothing if there is no threshold.
static int write_confusion(struct store_file *f, const char *group, const struct evaluation *v, struct err *e)
{
    const struct real_attribute reals[] = {
        {SCORES_ACCURACY, v->classification.accuracy},
        {SCORES_PRECISION, v->classification.anomaly.precision},
        {SCORES_RECALL, v->classification.anomaly.recall},
        {SCORES_F1, v->classification.anomaly.f1},
    };
    const struct {
        const char *name;
        int64_t value;
    } counts[] = {
        {SCORES_TRUE_POSITIVES, v->confusion.true_positives},
        {SCORES_FALSE_POSITIVES, v->confusion.false_positives},
        {SCORES_TRUE_NEGATIVES, v->confusion.true_negatives},
        {SCORES_FALSE_NEGATIVES, v->confusion.false_negatives},
    };
    if (isnan(v->threshold))
        return 0;

    int failed = set_reals(f, group, reals, sizeof reals / sizeof *reals, e);
    for (size_t i = 0; i < sizeof counts / sizeof *counts && !failed; i++)
        failed = store_set_int(f, group, counts[i].name, counts[i].value, e);

    return failed;
}

int trial_write_metrics(
    struct store_file *f, const char *group, const char *error, const struct evaluation *v, struct err *e)
{
    const struct real_attribute of_all[] = {
        {SCORES_MEAN_ERROR, v->mean},
        {SCORES_LARGEST_ERROR, v->largest},
        {SCORES_THRESHOLD, v->threshold},
    };
    const struct real_attribute by_labels[] = {
        {SCORES_ROC_AUC, v->roc_auc.auc},
        {SCORES_ROC_AUC_LOW, v->roc_auc.low},
        {SCORES_ROC_AUC_HIGH, v->roc_auc.high},
        {SCORES_AVERAGE_PRECISION, v->average_precision},
        {SCORES_BEST_F1, v->best_f1.f1},
        {SCORES_BEST_F1_THRESHOLD, v->best_f1.threshold},
    };
    int failed = store_set_text(f, group, SCORES_ERROR, error, e);

    if (!failed)
        failed = set_reals(f, group, of_all, sizeof of_all / sizeof *of_all, e);
    if (v->unscored && !failed)
        failed = store_set_int(f, group, SCORES_UNSCORED, v->unscored, e);
    if (v->clipped && !failed)
        failed = store_set_int(f, group, SCORES_CLIPPED, v->clipped, e);
    if (*v->failure && !failed)
        failed = store_set_text(f, group, SCORES_FAILURE, v->failure, e);
    if (!v->has_labels || failed)
        return failed;

    failed = set_reals(f, group, by_labels, sizeof by_labels / sizeof *by_labels, e);
    return failed ? failed : write_confusion(f, group, v, e);
}

// Writes the metrics of a test set, with those of the baseline.
static int write_own_metrics(
    struct store_file *f, const char *group, const struct score_config *c, const struct evaluation *v, struct err *e)
{
    int failed = trial_write_metrics(f, group, error_names[c->error], v, e);

    if (c->baseline == BASELINE_PCA && v->has_labels && !failed)
        failed = store_set_real(f, group, SCORES_PCA_ROC_AUC, v->baseline_roc_auc, e);
    return failed;
}

// Writes the results for the time steps of a test set of windows.
static int write_steps(
    struct store_file *f, const char *set_group, const struct trial_result *r, int set, struct err *e)
{
    const struct score_config *c = &r->trial->score;
    const struct dataset_steps *d = r->scores[set].data->steps;
    char group[220];

    snprintf(group, sizeof group, "%s/" SCORES_STEPS, set_group);
    int failed = trial_write_steps(f, group, c, &r->scores[set], e);
    failed |= coordinates_write(f, group, d->n, &d->coordinates, e);
    failed |= write_own_metrics(f, group, c, &r->steps[set], e);
    return r->steps[set].has_labels ? failed | trial_write_series(f, group, &r->series[set], e) : failed;
}

static int write_scores(struct store_file *f, const struct trial_result *r, struct err *e)
{
    int failed = 0;
    for (int i = 0; r->scores && i < r->sets->n_test && !failed; i++) {
        const struct dataset *d = r->scores[i].data;
        char group[200];
        snprintf(group, sizeof group, TRIAL_SCORES "/%s", d->name);

        failed = trial_write_scales(f, group, r, d, e);
        failed |= write_set_columns(f, group, &r->scores[i], error_names[r->trial->score.error], e);
        failed |= write_sources(f, group, d, e);
        failed |= coordinates_write(f, group, d->rows, &d->coordinates, e);
        failed |= d->label ? trial_write_label_names(f, group, d->label_names, d->n_label_names, e) : 0;
        failed |= write_own_metrics(f, group, &r->trial->score, &r->evaluation[i], e);
        failed |= r->comparison ? comparison_write(f, group, &r->comparison[i], e) : 0;
        failed |= d->steps ? write_steps(f, group, r, i, e) : 0;
    }
    return failed;
}

// Writes statistics of the errors of the training rows. Writes nothing for a trial that diverged.
static int write_training(struct store_file *f, const struct trial_result *r, struct err *e)
{
    if (r->trained.has_diverged)
        return 0;

    int failed = store_set_text(f, TRIAL_TRAINING_ERRORS, SCORES_ERROR, error_names[r->trial->score.error], e);
    failed |= store_set_int(f, TRIAL_TRAINING_ERRORS, TRAINING_ERRORS_ROWS, r->training.rows, e);
    failed |= store_set_real(f, TRIAL_TRAINING_ERRORS, SCORES_MEAN_ERROR, r->training.mean, e);
    if (r->training_steps.rows) {
        failed |= store_set_int(f, TRIAL_TRAINING_ERRORS, TRAINING_ERRORS_STEPS, r->training_steps.rows, e);
        failed |= store_set_real(f, TRIAL_TRAINING_ERRORS, TRAINING_ERRORS_STEP_MEAN, r->training_steps.mean, e);
        failed |=
            store_set_real(f, TRIAL_TRAINING_ERRORS, TRAINING_ERRORS_STEP_THRESHOLD, r->training_steps.threshold, e);
    }

    failed |= store_set_real(f, TRIAL_TRAINING_ERRORS, SCORES_THRESHOLD, r->training.threshold, e);

    const struct reference_names names = {
        TRIAL_REFERENCE, error_names[r->trial->score.error], r->sets->features, r->sets->table_columns};
    const struct reference_names of_steps = {TRIAL_REFERENCE "/" SCORES_STEPS, names.error, NULL, NULL};
    failed |= reference_write(f, &names, &r->reference, e);

    return failed | reference_write(f, &of_steps, &r->step_reference, e);
}

// --- the complete file
static int trial_write_head(struct store_file *f, const struct trial_result *r, struct err *e)
{
    const struct experiment *x = r->experiment;
    char *spec = trial_spec(r->trial, x, r->model), *objective = objective_text(&x->objective);
    int failed = store_set_text(f, "", TRIAL_EXPERIMENT, x->name, e);
    failed |= x->about ? store_set_text(f, "", TRIAL_ABOUT, x->about, e) : 0;
    failed |= store_set_text(f, "", TRIAL_ID, r->order->planned.trial.id, e);
    failed |= store_set_int(f, "", TRIAL_NUMBER, r->order->planned.trial.number, e);
    failed |= store_set_text(f, "", TRIAL_CONFIGURATION, r->order->planned.trial.configuration, e);
    if (*objective)
        failed |= store_set_text(f, "", TRIAL_OBJECTIVE, objective, e);
    failed |= store_set_text(f, "", TRIAL_STATUS, r->trained.has_diverged ? TRIAL_DIVERGED : TRIAL_DONE, e);
    failed |= store_set_text(f, "", TRIAL_SPEC, spec, e);

    free(spec);
    free(objective);
    const struct node *varied = r->order->varied;
    for (int k = 0; k < varied->n && !failed; k++)
        failed = store_set_text(f, TRIAL_VARIED, varied->items[k]->key, varied->items[k]->text, e);
    return failed;
}

// Writes everything that is not a bulk array. Only on the first rank.
static int write_rest(struct store_file *f, const struct team *team, const struct trial_result *r,
    const struct bulk_list *bulk, int nodes, struct err *e)
{
    int failed = trial_write_head(f, r, e);
    failed |= write_history(f, &r->trained.history, e);
    failed |= write_scores(f, r, e);
    failed |= write_training(f, r, e);
    for (int i = 0; i < bulk->n && !failed; i++)
        failed = finish_bulk(f, &bulk->v[i], e);
    failed |= model_save(f, r->model, r->trained.w, r->sets, e);
    failed |= r->sets->table_columns ? columns_write_group(f, TRIAL_COLUMNS, r->sets->table_columns, e) : 0;
    return failed | provenance_write(f, team, nodes, r, e);
}

// Returns the bytes of the arrays whose size depends on the data or the model. All other arrays are small.
static double array_bytes(const struct trial_result *r, const struct bulk_list *bulk)
{
    enum { ROW_BYTES = sizeof(float) + 3 * sizeof(int64_t) + sizeof(int32_t) + sizeof(int8_t) }; // error, index, ...
    double bytes = (double)r->model->parameters * sizeof(real);

    for (int i = 0; r->scores && i < r->sets->n_test; i++) {
        const struct dataset_steps *steps = r->sets->test[i].steps;
        bytes += ((double)r->sets->test[i].rows + (steps ? (double)steps->n : 0)) * ROW_BYTES;
    }
    for (int i = 0; i < bulk->n; i++) {
        double n = sizeof(float);
        for (int k = 0; k < bulk->v[i].shape.rank; k++)
            n *= (double)bulk->v[i].shape.dims[k];
        bytes += n;
    }
    return bytes;
}

// Writes a small trial of a single rank to the journal.
static int write_to_journal(const struct team *team, const struct trial_result *r, const struct trial_target *target,
    const struct bulk_list *bulk, struct err *e)
{
    const char *id = r->order->planned.trial.id;
    struct store_file *f = store_create_packed(target->path, FORMAT_TRIAL, e);
    int failed = f ? write_rest(f, team, r, bulk, 1, e) : -1;

    if (!failed)
        failed = row_read_group(f, "", target->row, e);
    if (!failed)
        failed = journal_add(target->journal, id, f, e);
    store_close(&f);
    return failed ? -1 : 0;
}

int trial_write(const struct team *team, const struct trial_result *r, const struct trial_target *target, struct err *e)
{
    struct bulk_list bulk = list_bulk(r);
    if (target->journal && team->comm->size == 1 && array_bytes(r, &bulk) <= TRIAL_JOURNAL_BYTES) {
        int rc = write_to_journal(team, r, target, &bulk, e);
        free(bulk.v);
        return rc;
    }

    int nodes = provenance_nodes(team->comm);
    struct store_file *f;
    int failed = create_trial_file(team, r, target->path, &bulk, &f, e);

    if (!failed && team->comm->rank == 0) {
        if (write_rest(f, team, r, &bulk, nodes, e) == 0)
            store_commit(&f, e);
        store_abandon(&f);
    }

    free(bulk.v);
    return failed ? -1 : comm_agree(team->comm, e);
}

// A finished trial as a file.
#include "trial/trial_file.h"

#include "base/mem.h"
#include "base/text.h"
#include "comm/comm.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "data/label_names.h"
#include "leaderboard/objective.h"
#include "nn/nn.h"
#include "spec/spec.h"
#include "store/parallel.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/provenance.h"
#include "trial/work_order.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Writes one column of a group: (n) values of `type` along the scale.
static int trial_put(struct store_file *f, const char *group, const char *name, enum store_type type, int64_t n,
    const void *data, const char *scale, const char *long_name, const char *units, struct err *e)
{
    char path[256];
    struct store_shape shape = {type, 1, {n}};
    struct store_about about = {long_name, units, {scale}};

    ASSERT(n >= 0 && (data || n == 0), "%s/%s: %lld values", group, name, (long long)n);
    snprintf(path, sizeof path, "%s/%s", group, name);
    return store_write(f, path, &shape, data, &about, e);
}

static int write_history(struct store_file *f, const struct history *h, struct err *e)
{
    int64_t *epoch = mem_new((size_t)h->epochs, sizeof *epoch);

    for (int i = 0; i < h->epochs; i++)
        epoch[i] = i + 1;
    int failed =
        trial_put(f, TRIAL_HISTORY, HISTORY_EPOCH, STORE_I64, h->epochs, epoch, HISTORY_EPOCH, "epoch, from 1", "1", e);
    free(epoch);

    const struct {
        const char *name, *long_name, *units;
        const double *v;
    } columns[] = {
        {HISTORY_TRAIN_LOSS, "mean training loss, each batch at the weights it found, without weight penalties", "1",
            h->train_loss},
        {HISTORY_VALIDATION_LOSS, "mean loss of the validation data after the epoch", "1", h->validation_loss},
        {HISTORY_LEARNING_RATE, "learning rate", "1", h->learning_rate},
        {HISTORY_SECONDS, "wall time of the epoch, validation included", "s", h->seconds},
    };

    for (size_t i = 0; i < sizeof columns / sizeof *columns && !failed; i++)
        failed = trial_put(f, TRIAL_HISTORY, columns[i].name, STORE_F64, h->epochs, columns[i].v, HISTORY_EPOCH,
            columns[i].long_name, columns[i].units, e);
    if (!failed)
        failed = store_set_int(f, TRIAL_HISTORY, HISTORY_WEIGHTS_EPOCH, h->weights_epoch, e);
    return failed;
}

// --- bulk arrays: what every rank holds its own rows of
enum { BULK_MAX = 3 };
struct bulk {
    char path[256];
    struct store_shape shape;
    const float *data;
    const char *scales[STORE_MAX_RANK], *long_name;
};

// Dimensions of one sample as stored: its features, or height, width and channel.
static int sample_dims(const struct dataset *d, int64_t dims[3], const char *scales[3])
{
    static const char *const images[] = {DATASET_HEIGHT, DATASET_WIDTH, DATASET_CHANNEL};

    ASSERT(d->shape_rank >= 1 && d->shape_rank <= 3, "a sample of %d dimensions", d->shape_rank);
    for (int i = 0; i < d->shape_rank; i++) {
        dims[i] = d->shape[i];
        scales[i] = d->shape_rank == 1 ? DATASET_FEATURE : images[i];
    }
    return d->shape_rank;
}

static void add_bulk(struct bulk *list, int *n, const char *set, const char *name, const char *long_name,
    const float *data, int64_t rows, int rank, const int64_t *dims, const char *const *scales)
{
    ASSERT(rank < STORE_MAX_RANK, "%s of %s has %d dimensions", name, set, rank + 1);
    struct bulk *b = &list[(*n)++];
    *b = (struct bulk){
        .shape = {STORE_F32, rank + 1, {rows}}, .data = data, .scales = {SCORES_SAMPLE}, .long_name = long_name};
    snprintf(b->path, sizeof b->path, TRIAL_SCORES "/%s/%s", set, name);
    for (int i = 0; i < rank; i++) {
        b->shape.dims[i + 1] = dims[i];
        b->scales[i + 1] = scales[i];
    }
}

static int list_bulk(const struct trial_result *r, struct bulk *list)
{
    int n = 0;

    for (int i = 0; r->scores && i < r->sets->n_test; i++) {
        const struct scores *s = &r->scores[i];
        const struct dataset *d = s->data;
        int64_t dims[3], unit = s->code_size;
        const char *scales[3], *unit_scale = SCORES_UNIT;
        int rank = sample_dims(d, dims, scales);
        if (r->trial->score.save & SAVE_CODE)
            add_bulk(list, &n, d->name, SCORES_CODE, "output of the encoder", s->code, d->rows, 1, &unit, &unit_scale);
        if (r->trial->score.save & SAVE_RECONSTRUCTION)
            add_bulk(list, &n, d->name, SCORES_RECONSTRUCTION, "output of the decoder", s->reconstruction, d->rows,
                rank, dims, scales);
        if (r->trial->score.save & SAVE_FEATURE_ERROR)
            add_bulk(list, &n, d->name, SCORES_FEATURE_ERROR, "squared difference of input and reconstruction",
                s->feature_error, d->rows, rank, dims, scales);
    }

    ASSERT(n <= BULK_MAX * r->sets->n_test, "%d arrays of %d sets", n, r->sets->n_test);
    return n;
}

// Creates the file. Several ranks write their rows in parallel; a single one needs no parallel file access.
static int open_file(const struct team *team, const struct trial_result *r, const char *path, const struct bulk *bulk,
    int n, struct store_file **f, struct err *e)
{
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
        parts[i] = (struct store_part){bulk[i].path, bulk[i].shape, s->first, s->last - s->first, bulk[i].data};
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

    int64_t dims[3];
    const char *scales[3];
    int rank = sample_dims(d, dims, scales);
    for (int i = 0; i < rank && save & (SAVE_RECONSTRUCTION | SAVE_FEATURE_ERROR) && !failed; i++) {
        snprintf(path, sizeof path, "%s/%s", group, scales[i]);
        if (d->features && rank == 1)
            failed = trial_put(f, group, scales[i], STORE_TEXT, dims[i], d->features, scales[i], "feature", NULL, e);
        else
            failed = store_write_index(f, path, dims[i], scales[i], e);
    }
    return failed;
}

const char *trial_label_about(int n_names)
{
    return n_names ? "label: number of its line in label_names, from 0" : "label in its source";
}

static int trial_write_columns(
    struct store_file *f, const char *group, const struct scores *s, const char *error, struct err *e)
{
    const struct dataset *d = s->data;
    char long_name[64];

    snprintf(long_name, sizeof long_name, "reconstruction error (%s)", error);
    int failed = trial_put(f, group, SCORES_ERROR, STORE_F32, d->rows, s->error, SCORES_SAMPLE, long_name, "1", e);
    failed |=
        trial_put(f, group, SCORES_INDEX, STORE_I64, d->rows, d->index, SCORES_SAMPLE, "row in its source", "1", e);
    failed |= trial_put(
        f, group, SCORES_SOURCE, STORE_I32, d->rows, d->source, SCORES_SAMPLE, "number of its source, from 0", "1", e);
    if (d->label)
        failed |= trial_put(f, group, SCORES_LABEL, STORE_I64, d->rows, d->label, SCORES_SAMPLE,
            trial_label_about(d->n_label_names), "1", e);
    if (d->is_anomaly)
        failed |= trial_put(
            f, group, SCORES_IS_ANOMALY, STORE_I8, d->rows, d->is_anomaly, SCORES_SAMPLE, "1: a true anomaly", "1", e);
    return failed;
}

int trial_write_label_names(struct store_file *f, const char *group, char *const *names, int n, struct err *e)
{
    if (n == 0)
        return 0;

    char *lines = label_names_join(names, n);
    int failed = store_set_text(f, group, DATASET_LABEL_NAMES, lines, e);
    free(lines);
    return failed;
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

// What the threshold says. Without one, nothing is called anomalous or normal, and nothing is written.
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
    struct store_file *f, const char *group, const struct score_config *c, const struct evaluation *v, struct err *e)
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
    int failed = store_set_text(f, group, SCORES_ERROR, error_names[c->error], e);

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
    if (!failed)
        failed = write_confusion(f, group, v, e);
    if (c->baseline == BASELINE_PCA && !failed)
        failed = store_set_real(f, group, SCORES_PCA_ROC_AUC, v->baseline_roc_auc, e);

    return failed;
}

static int write_scores(struct store_file *f, const struct trial_result *r, struct err *e)
{
    int failed = 0;
    for (int i = 0; r->scores && i < r->sets->n_test && !failed; i++) {
        const struct dataset *d = r->scores[i].data;
        char group[200];
        snprintf(group, sizeof group, TRIAL_SCORES "/%s", d->name);
        failed = trial_write_scales(f, group, r, d, e);
        failed |= trial_write_columns(f, group, &r->scores[i], error_names[r->trial->score.error], e);
        failed |= write_sources(f, group, d, e);
        failed |= coordinates_write(f, group, d->rows, &d->coordinates, e);
        failed |= d->label ? trial_write_label_names(f, group, d->label_names, d->n_label_names, e) : 0;
        failed |= trial_write_metrics(f, group, &r->trial->score, &r->evaluation[i], e);
    }
    return failed;
}

// What the errors of the training rows say.
static int write_training(struct store_file *f, const struct trial_result *r, struct err *e)
{
    if (r->trained.has_diverged)
        return 0;

    int failed = store_set_text(f, TRIAL_TRAINING_ERRORS, SCORES_ERROR, error_names[r->trial->score.error], e);
    failed |= store_set_int(f, TRIAL_TRAINING_ERRORS, TRAINING_ERRORS_ROWS, r->training.rows, e);
    failed |= store_set_real(f, TRIAL_TRAINING_ERRORS, SCORES_MEAN_ERROR, r->training.mean, e);

    return failed | store_set_real(f, TRIAL_TRAINING_ERRORS, SCORES_THRESHOLD, r->training.threshold, e);
}

// --- model
static int write_block(struct store_file *f, const char *group, const struct block *b, const real *w, struct err *e)
{
    static const char *const matrix[] = {MODEL_INPUT, MODEL_OUTPUT};
    char path[256];
    struct store_shape shape = {sizeof(real) == sizeof(float) ? STORE_F32 : STORE_F64, b->rank, {0}};
    struct store_about about = {.long_name = b->name, .units = "1"};
    int failed = 0;

    for (int i = 0; i < b->rank && !failed; i++) {
        ASSERT(b->axes[i] || i < 2, "%s: dimension %d has no name", b->name, i);
        shape.dims[i] = b->dims[i];
        if (b->axes[i])
            about.scales[i] = b->axes[i];
        else
            about.scales[i] = b->rank == 1 ? MODEL_OUTPUT : matrix[i];
        snprintf(path, sizeof path, "%s/%s", group, about.scales[i]);
        if (!store_has(f, path))
            failed = store_write_index(f, path, b->dims[i], about.scales[i], e);
    }
    snprintf(path, sizeof path, "%s/%s", group, b->name);
    return failed ? failed : store_write(f, path, &shape, w + b->offset, &about, e);
}

static int write_scaling(struct store_file *f, const struct scaling *s, const struct data_sets *sets, struct err *e)
{
    static const char group[] = MODEL_SCALING;
    if (!s->factor && !s->fill)
        return 0;
    int failed = sets->features ? trial_put(f, group, DATASET_FEATURE, STORE_TEXT, s->columns, sets->features,
                                      DATASET_FEATURE, "feature", NULL, e)
                                : store_write_index(f, MODEL_SCALING "/" DATASET_FEATURE, s->columns, "feature", e);

    if (s->factor) {
        failed |= trial_put(f, group, SCALING_SHIFT, STORE_F64, s->columns, s->shift, DATASET_FEATURE,
            "scaled = (x - shift) * factor", "1", e);
        failed |= trial_put(f, group, SCALING_FACTOR, STORE_F64, s->columns, s->factor, DATASET_FEATURE,
            "scaled = (x - shift) * factor", "1", e);
    }
    if (s->fill)
        failed |= trial_put(f, group, SCALING_FILL, STORE_F64, s->columns, s->fill, DATASET_FEATURE,
            "stands for missing values", "1", e);
    return failed | store_set_int(f, group, SCALING_BYTES_ONLY, s->bytes_only, e);
}

void model_layer_group(const struct model *m, int i, char group[64])
{
    ASSERT(i >= 0 && i < m->n_layers, "layer %d of %d", i, m->n_layers);
    if (i < m->n_encoder)
        snprintf(group, 64, TRIAL_MODEL "/" MODEL_ENCODER "_%d", i);
    else
        snprintf(group, 64, TRIAL_MODEL "/" MODEL_DECODER "_%d", i - m->n_encoder);
}

static int write_model(struct store_file *f, const struct trial_result *r, struct err *e)
{
    const struct model *m = r->model;
    struct node *n = model_write(m);
    struct text architecture = {0};
    char shape[48], group[64];

    node_emit(n, &architecture);
    int failed = store_set_text(f, TRIAL_MODEL, MODEL_ARCHITECTURE, architecture.data, e);
    failed |= store_set_text(f, TRIAL_MODEL, MODEL_LOSS, loss_names[m->loss], e);
    failed |= store_set_text(f, TRIAL_MODEL, MODEL_INPUT_SHAPE, shape_text(shape, &m->input), e);
    failed |= store_set_text(f, TRIAL_MODEL, MODEL_CODE_SHAPE, shape_text(shape, &m->code), e);
    failed |= store_set_int(f, TRIAL_MODEL, MODEL_PARAMETERS, (int64_t)m->trainable, e);
    failed |= trial_write_label_names(f, TRIAL_MODEL, r->sets->label_names, r->sets->n_label_names, e);

    for (int i = 0; i < m->n_layers; i++) {
        model_layer_group(m, i, group);
        failed |= store_set_text(f, group, MODEL_LAYER, layer_name(&m->layers[i]), e);
        for (int k = 0; k < m->layers[i].n_blocks; k++)
            failed |= write_block(f, group, &m->layers[i].blocks[k], r->trained.w, e);
    }

    node_free(&n);
    text_free(&architecture);
    if (r->sets->features)
        failed |= trial_put(f, TRIAL_MODEL, DATASET_FEATURE, STORE_TEXT, r->sets->scaling.columns, r->sets->features,
            DATASET_FEATURE, "column of the data", NULL, e);
    return failed | write_scaling(f, &r->sets->scaling, r->sets, e);
}

// --- the whole
static int trial_write_head(struct store_file *f, const struct trial_result *r, struct err *e)
{
    const struct experiment *x = r->experiment;
    char *spec = trial_spec(r->trial, x, r->model), *objective = objective_text(&x->objective);
    int failed = store_set_text(f, "", TRIAL_EXPERIMENT, x->name, e);
    failed |= x->about ? store_set_text(f, "", TRIAL_ABOUT, x->about, e) : 0;
    failed |= store_set_text(f, "", TRIAL_ID, r->order->id, e);
    failed |= store_set_int(f, "", TRIAL_NUMBER, r->order->number, e);
    failed |= store_set_text(f, "", TRIAL_CONFIGURATION, r->order->configuration, e);
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

static int write_all(struct store_file *f, const struct team *team, int nodes, const struct trial_result *r,
    const struct bulk *bulk, int n, struct err *e)
{
    int failed = trial_write_head(f, r, e);
    failed |= write_history(f, &r->trained.history, e);
    failed |= write_scores(f, r, e);
    failed |= write_training(f, r, e);
    for (int i = 0; i < n && !failed; i++)
        failed = finish_bulk(f, &bulk[i], e);
    failed |= write_model(f, r, e);
    failed |= r->sets->table_columns ? columns_write_group(f, TRIAL_COLUMNS, r->sets->table_columns, e) : 0;
    return failed | provenance_write(f, team, nodes, r, e);
}

int trial_write(const struct team *team, const struct trial_result *r, const char *path, struct err *e)
{
    struct bulk *bulk = mem_new((size_t)r->sets->n_test * BULK_MAX, sizeof *bulk);
    int n = list_bulk(r, bulk), nodes = provenance_nodes(team->comm);
    struct store_file *f;
    int failed = open_file(team, r, path, bulk, n, &f, e);
    if (!failed && team->comm->rank == 0) {
        if (write_all(f, team, nodes, r, bulk, n, e) == 0)
            store_commit(&f, e);
        store_abandon(&f);
    }
    free(bulk);
    return failed ? -1 : comm_agree(team->comm, e);
}

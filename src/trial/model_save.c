// Writes a trained model part by part: architecture, weights, scaling and names.
#include "trial/model_save.h"

#include "base/text.h"
#include "data/dataset.h"
#include "nn/nn.h"
#include "spec/spec.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_columns.h"
#include <stdio.h>

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

// Writes the names of the groups, and the shift and the factor of each.
static int write_scaling_groups(struct store_file *f, const struct scaling *s, struct err *e)
{
    const struct trial_column names = {
        SCALING_GROUP, STORE_TEXT, s->n_groups, s->group_name, SCALING_GROUP, "group of rows", NULL};
    const struct store_shape shape = {STORE_F64, 2, {s->n_groups, s->columns}};
    const struct store_about shift = {"shift of the rows of a group", "1", {SCALING_GROUP, DATASET_FEATURE}};
    const struct store_about factor = {"factor of the rows of a group", "1", {SCALING_GROUP, DATASET_FEATURE}};

    if (s->n_groups == 0)
        return 0;
    if (trial_columns_write(f, MODEL_SCALING, &names, 1, e) != 0)
        return -1;
    int failed = store_write(f, MODEL_SCALING "/" SCALING_GROUP_SHIFT, &shape, s->group_shift, &shift, e);
    return failed | store_write(f, MODEL_SCALING "/" SCALING_GROUP_FACTOR, &shape, s->group_factor, &factor, e);
}

static int write_scaling(struct store_file *f, const struct scaling *s, const struct data_sets *sets, struct err *e)
{
    static const char about[] = "scaled = (x - shift) * factor";
    int n = s->columns;
    const struct trial_column columns[] = {
        {DATASET_FEATURE, STORE_TEXT, n, sets->features, DATASET_FEATURE, "feature", NULL},
        {SCALING_SHIFT, STORE_F64, n, s->factor ? s->shift : NULL, DATASET_FEATURE, about, "1"},
        {SCALING_FACTOR, STORE_F64, n, s->factor, DATASET_FEATURE, about, "1"},
        {SCALING_FILL, STORE_F64, n, s->fill, DATASET_FEATURE, "stands for missing values", "1"},
        {SCALING_LOG, STORE_I64, n, s->takes_log, DATASET_FEATURE, "1: sign(x) log(1 + |x|) stands for x", "1"},
        {SCALING_LOW, STORE_F64, n, s->low, DATASET_FEATURE, "least scaled value", "1"},
        {SCALING_HIGH, STORE_F64, n, s->high, DATASET_FEATURE, "greatest scaled value", "1"},
    };
    int failed = 0;

    if (!s->factor && !s->fill)
        return 0;
    if (!sets->features)
        failed = store_write_index(f, MODEL_SCALING "/" DATASET_FEATURE, n, "feature", e);
    if (!failed)
        failed = trial_columns_write(f, MODEL_SCALING, columns, sizeof columns / sizeof *columns, e);
    if (!failed)
        failed = write_scaling_groups(f, s, e);
    if (!failed && s->smooth > 0)
        failed = store_set_real(f, MODEL_SCALING, SCALING_SMOOTH, s->smooth, e);
    if (!failed && s->normalizes)
        failed = store_set_int(f, MODEL_SCALING, SCALING_NORMALIZES, 1, e);
    return failed | store_set_int(f, MODEL_SCALING, SCALING_BYTES_ONLY, s->bytes_only, e);
}

void model_layer_group(const struct model *m, int i, char group[64])
{
    ASSERT(i >= 0 && i < m->n_layers, "layer %d of %d", i, m->n_layers);
    if (i < m->n_encoder)
        snprintf(group, 64, TRIAL_MODEL "/" MODEL_ENCODER "_%d", i);
    else
        snprintf(group, 64, TRIAL_MODEL "/" MODEL_DECODER "_%d", i - m->n_encoder);
}

int model_save(struct store_file *f, const struct model *m, const real *w, const struct data_sets *sets, struct err *e)
{
    struct node *n = model_write(m);
    struct text architecture = {0};
    char shape[48], group[64];
    const struct trial_column features = {DATASET_FEATURE, STORE_TEXT, sets->scaling.columns, sets->features,
        DATASET_FEATURE, "column of the data", NULL};

    node_emit(n, &architecture);
    int failed = store_set_text(f, TRIAL_MODEL, MODEL_ARCHITECTURE, architecture.data, e);
    failed |= store_set_text(f, TRIAL_MODEL, MODEL_LOSS, loss_names[m->loss], e);
    failed |= store_set_text(f, TRIAL_MODEL, MODEL_INPUT_SHAPE, shape_text(shape, &m->input), e);
    failed |= store_set_text(f, TRIAL_MODEL, MODEL_CODE_SHAPE, shape_text(shape, &m->code), e);
    failed |= store_set_int(f, TRIAL_MODEL, MODEL_PARAMETERS, (int64_t)m->trainable, e);
    failed |= trial_write_label_names(f, TRIAL_MODEL, sets->label_names, sets->n_label_names, e);

    for (int i = 0; i < m->n_layers; i++) {
        model_layer_group(m, i, group);
        failed |= store_set_text(f, group, MODEL_LAYER, layer_name(&m->layers[i]), e);
        for (int k = 0; k < m->layers[i].n_blocks; k++)
            failed |= write_block(f, group, &m->layers[i].blocks[k], w, e);
    }

    failed |= trial_columns_write(f, TRIAL_MODEL, &features, 1, e);
    failed |= write_scaling(f, &sets->scaling, sets, e);

    node_free(&n);
    text_free(&architecture);
    return failed;
}

// The spec's section `train:`.
#include "train/train.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

static const char *const powers[] = {"1", "2", "4", "8", "16", "32", "64", "128", "256", NULL};

static const char *const reduction_names[] = {"mean", "sum", NULL};

// As the YAML gives it; `shards` is a power of two.
struct section {
    struct train_config config;
    int shards;
};

const struct field train_fields[] = {
    {.key = "loss",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct section, config.loss),
        .standard = "mse",
        .choices = loss_names,
        .help = "mean over the features, then over the batch; binary_crossentropy is computed from the logits of a "
                "last sigmoid; cosine is 1 - the cosine of the angle (Keras: without the 1)"},
    {.key = "reduction",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct section, config.reduction),
        .standard = "mean",
        .choices = reduction_names,
        .help = "over the features of a sample; sum makes the loss that many times as large, which weighs it against "
                "penalties such as the divergence of a gaussian layer"},
    {.key = "huber_delta",
        .type = FIELD_REAL,
        .offset = offsetof(struct section, config.huber_delta),
        .standard = "1",
        .min = 0,
        .max = 1e30,
        .flags = FIELD_MIN_EXCLUDED,
        .help = "loss huber: the difference at which the half square turns into a line (Keras: delta)"},
    {.key = "variance",
        .type = FIELD_REAL,
        .offset = offsetof(struct section, config.variance),
        .standard = "1",
        .min = 0,
        .max = 1e30,
        .flags = FIELD_MIN_EXCLUDED,
        .help =
            "loss gaussian_nll: the fixed variance v of a feature around its reconstruction: (log v + square / v) / "
            "2; score.error elbo, reconstruction_probability: the same of loss mse"},
    {.key = "feature_weights",
        .type = FIELD_NODE,
        .offset = offsetof(struct section, config.feature_weights),
        .help = "a list of a number from 0 for every feature: the loss is the mean by these weights; scores are not"},
    {.key = "batch_size",
        .type = FIELD_INT,
        .offset = offsetof(struct section, config.batch_size),
        .standard = "32",
        .min = 1,
        .max = 1 << 24,
        .unit = "samples",
        .help = "samples a step"},
    {.key = "epochs",
        .type = FIELD_INT,
        .offset = offsetof(struct section, config.epochs),
        .standard = "10",
        .min = 0,
        .max = 1 << 24,
        .help = "passes over the training data"},
    {.key = "seed",
        .type = FIELD_INT,
        .offset = offsetof(struct section, config.seed),
        .standard = "0",
        .min = 0,
        .max = 9e15,
        .help = "of initial weights and shuffling"},
    {.key = "shards",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct section, shards),
        .choices = powers,
        .help = "virtual shards of a batch: at most so many workers (ranks x threads) train a trial; default: the "
                "largest of 1, "
                "2, 4 that leaves each 64 samples of a batch"},
    {0},
};

static int64_t default_shards(int64_t batch_size)
{
    return batch_size >= 256 ? 4 : batch_size >= 128 ? 2 : 1;
}

static int read_weight(const struct node *item, double *weight, struct err *e)
{
    bool is_number = item->kind == NODE_SCALAR && text_to_double(item->text, weight) == 0;
    if (is_number && (*weight == 0 || (*weight >= 1e-30 && *weight <= 1e6)))
        return 0;
    return node_error(item, e, "found '%s', allowed: 0, or a number in [1e-30, 1e6]",
        item->kind == NODE_SCALAR ? item->text : "a section");
}

static int read_weights(const struct node *list, struct model *m, struct err *e)
{
    int n = shape_size(&m->input), failed = 0;
    double sum = 0;
    if (list->kind != NODE_LIST || list->n != n)
        return node_error(list, e, "found %s of %d, allowed: a list of a weight for each of %d features",
            list->kind == NODE_LIST ? "a list" : "a value", list->n, n);
    m->feature_weights = mem_new((size_t)n, sizeof *m->feature_weights);
    for (int i = 0; i < n; i++) {
        double weight = 0;
        failed |= read_weight(list->items[i], &weight, e);
        m->feature_weights[i] = (real)weight;
        sum += weight;
    }
    if (!failed && !(sum > 0))
        failed = node_error(list, e, "all weights are 0: there is nothing to learn");
    return failed;
}

int train_config_loss(const struct train_config *c, bool ignores_missing, struct model *m, struct err *e)
{
    m->delta = c->huber_delta;
    m->variance = c->variance;
    m->ignores_missing = ignores_missing;
    return c->feature_weights ? read_weights(c->feature_weights, m, e) : 0;
}

int train_config_read(const struct node *section, struct train_config *c, struct err *e)
{
    struct section s = {.shards = -1};
    optimizer_clear(&s.config.optimizer);
    struct spec_part parts[] = {{train_fields, &s}, {optimizer_fields, &s.config.optimizer},
        {schedule_fields, &s.config.schedule}, {stopping_fields, &s.config.stopping}};
    int failed = spec_read_parts(section, parts, sizeof parts / sizeof *parts, e);
    if (!failed)
        failed = optimizer_resolve(&s.config.optimizer, section, e);
    *c = s.config;
    c->shards = s.shards < 0 ? default_shards(c->batch_size) : (int64_t)1 << s.shards;
    if (!failed && c->shards > c->batch_size)
        failed = node_error(node_get(section, "shards"), e,
            "%lld shards of a batch of %lld samples: at most one shard a sample", (long long)c->shards,
            (long long)c->batch_size);
    return failed;
}

static void write_part(const struct field *fields, const void *config, struct node *map)
{
    struct node *part = spec_write(fields, config, 0);
    for (const struct field *f = fields; f->key; f++)
        node_add(map, f->key, node_take(part, f->key));
    node_free(&part);
}

struct node *train_config_write(const struct train_config *c)
{
    struct section s = {.config = *c, .shards = __builtin_ctzll((unsigned long long)c->shards)};
    struct node *map = spec_write(train_fields, &s, 0);
    optimizer_write(&c->optimizer, map);
    write_part(schedule_fields, &c->schedule, map);
    write_part(stopping_fields, &c->stopping, map);
    return map;
}

// Reads and writes the section `train:` of a spec, and describes its fields.
#include "train/train.h"

#include "base/mem.h"
#include "base/text.h"
#include "nn/nn.h"
#include "spec/spec.h"

static const char *const shard_numbers[] = {"1", "2", "4", "8", "16", "32", "64", "128", "256", NULL};
_Static_assert(1 << (sizeof shard_numbers / sizeof *shard_numbers - 2) == SHARDS_MAX, "the last number of shards");

static const char *const reduction_names[] = {"mean", "sum", NULL};

// The section as the YAML gives it.
struct train_section {
    struct train_config config;
    int shards; // an index into shard_numbers, the exponent of a power of two; -1: not given
};

const struct field train_fields[] = {
    FIELD_ROW(train_section, config.loss, "loss", FIELD_CHOICE,
        "mean over the features, then over the batch; binary_crossentropy is computed from the logits of a "
        "final sigmoid; cosine is 1 - the cosine of the angle (Keras: without the 1)",
        .default_text = "mse", .choices = loss_names),
    FIELD_ROW(train_section, config.reduction, "reduction", FIELD_CHOICE,
        "over the features of a sample; sum multiplies the loss by their number, which gives it more weight "
        "against penalties such as the divergence of a gaussian layer",
        .default_text = "mean", .choices = reduction_names),
    FIELD_ROW(train_section, config.huber_delta, "huber_delta", FIELD_REAL,
        "loss huber: the difference at which half the square becomes linear (Keras: delta)", .default_text = "1",
        .min = 0, .max = 1e30, .flags = FIELD_MIN_EXCLUDED),
    FIELD_ROW(train_section, config.variance, "variance", FIELD_REAL,
        "loss gaussian_nll: fixed variance v of a feature around its reconstruction, (log v + "
        "square / v) / 2; with loss mse, score.error elbo and reconstruction_probability use it too",
        .default_text = "1", .min = 0, .max = 1e30, .flags = FIELD_MIN_EXCLUDED),
    FIELD_ROW(train_section, config.feature_weights, "feature_weights", FIELD_NODE,
        "a list with a weight of at least 0 for every feature: the loss is the weighted mean; scores ignore them"),
    FIELD_ROW(train_section, config.batch_size, "batch_size", FIELD_INT, "samples per step", .default_text = "32",
        .min = 1, .max = 1 << 24, .unit = "samples"),
    FIELD_ROW(train_section, config.epochs, "epochs", FIELD_INT, "number of passes over the training data",
        .default_text = "10", .min = 0, .max = 1 << 24),
    FIELD_ROW(train_section, config.seed, "seed", FIELD_INT, "for initial weights and shuffling", .default_text = "0",
        .min = 0, .max = 9e15),
    FIELD_ROW(train_section, shards, "shards", FIELD_CHOICE,
        "virtual shards of a batch, which are the most workers (ranks x threads) that can train a trial; "
        "default: the largest of 1, 2, 4 that leaves each at least 64 samples of a batch",
        .choices = shard_numbers),
    FLAG_ROW(train_section, config.validates_noise, "validation_noise",
        "layers that add noise to the sample in training also do so for validation_loss: the same noise after every "
        "epoch, by the seed; always true of models of kind noise_level"),
    {0},
};

static int64_t default_shard_count(int64_t batch_size)
{
    if (batch_size >= 256)
        return 4;
    return batch_size >= 128 ? 2 : 1;
}

// --- feature weights

static int read_feature_weight(const struct node *item, double *weight, struct err *e)
{
    bool is_scalar = item->kind == NODE_SCALAR;

    if (is_scalar && text_to_double(item->text, weight) == 0 && (*weight == 0 || (*weight >= 1e-30 && *weight <= 1e6)))
        return 0;
    return node_error(
        item, e, "found '%s', allowed: 0, or a number in [1e-30, 1e6]", is_scalar ? item->text : "a section");
}

static int read_feature_weights(const struct node *list, struct model *m, struct err *e)
{
    int n = shape_size(&m->input), rc = 0;
    double sum = 0;
    if (list->kind != NODE_LIST || list->n != n)
        return node_error(list, e, "found %s of %d, allowed: a list with a weight for each of %d features",
            list->kind == NODE_LIST ? "a list" : "a value", list->n, n);

    ASSERT(!m->feature_weights);
    m->feature_weights = mem_new((size_t)n, sizeof *m->feature_weights);
    for (int i = 0; i < n; i++) {
        double weight = 0;
        rc |= read_feature_weight(list->items[i], &weight, e);
        m->feature_weights[i] = (real)weight;
        sum += weight;
    }

    if (rc == 0 && !(sum > 0))
        rc = node_error(list, e, "all weights are 0: there is nothing to learn");
    return rc;
}

int train_config_loss(const struct train_config *c, bool ignores_missing, struct model *m, struct err *e)
{
    m->delta = c->huber_delta;
    m->variance = c->variance;
    m->ignores_missing = ignores_missing;
    if (c->feature_weights && !model_reconstructs(m))
        return node_error(c->feature_weights, e, "found weights of features with a model of kind %s, allowed: none",
            model_kind_names[m->kind]);
    return c->feature_weights ? read_feature_weights(c->feature_weights, m, e) : 0;
}

// --- reading and writing

int train_config_read(const struct node *section, struct train_config *c, struct err *e)
{
    struct train_section s = {.shards = -1};
    struct spec_part parts[] = {{train_fields, &s}, {optimizer_fields, &s.config.optimizer},
        {schedule_fields, &s.config.schedule}, {stopping_fields, &s.config.stopping}};

    optimizer_clear(&s.config.optimizer);
    int rc = spec_read_parts(section, parts, sizeof parts / sizeof *parts, e);
    if (rc == 0)
        rc = optimizer_resolve(&s.config.optimizer, section, e);

    *c = s.config;
    c->shards = s.shards < 0 ? default_shard_count(c->batch_size) : (int64_t)1 << s.shards;
    ASSERT(c->shards >= 1 && c->shards <= SHARDS_MAX, "%lld shards", (long long)c->shards);
    if (rc == 0 && c->shards > c->batch_size)
        rc = node_error(node_get(section, "shards"), e,
            "%lld shards of a batch of %lld samples: at most one shard per sample", (long long)c->shards,
            (long long)c->batch_size);
    return rc;
}

// Adds the keys of another part of the section to its map.
static void add_section_part(const struct field *fields, const void *config, struct node *map)
{
    struct node *part = spec_write(fields, config, 0);
    for (const struct field *f = fields; f->key; f++)
        node_add(map, f->key, node_take(part, f->key));
    node_free(&part);
}

struct node *train_config_write(const struct train_config *c)
{
    ASSERT(c->shards > 0 && (c->shards & (c->shards - 1)) == 0, "%lld shards", (long long)c->shards);
    struct train_section s = {.config = *c, .shards = __builtin_ctzll((unsigned long long)c->shards)};
    struct node *map = spec_write(train_fields, &s, 0);

    struct node *noise = node_take(map, "validation_noise");
    if (c->validates_noise) // otherwise it is not part of the trial's identity
        node_add(map, "validation_noise", noise);
    else
        node_free(&noise);
    optimizer_write(&c->optimizer, map);
    add_section_part(schedule_fields, &c->schedule, map);
    add_section_part(stopping_fields, &c->stopping, map);
    return map;
}

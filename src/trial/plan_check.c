// Checks a trial together with its model and its data.
#include "trial/plan_check.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/scale_config.h"
#include "nn/nn.h"
#include "spec/spec.h"
#include "train/train.h"
#include <stdio.h>
#include <stdlib.h>

// Returns the node at `path`, or at `otherwise` if the spec does not have `path`, or the root if it has neither.
// Messages name the place of the node.
static const struct node *find_node(const struct trial *t, const char *path, const char *otherwise)
{
    const struct node *at = node_path(t->tree, path);
    if (!at)
        at = node_path(t->tree, otherwise);
    return at ? at : t->tree;
}

// --- cross-entropy: data in [0, 1]

static void measure_set(const struct dataset *d, struct known_range *out)
{
    char first[256];
    *out = (struct known_range){.name = mem_text(d->name), .is_bytes = d->type == DATASET_U8 && !d->factor};
    if (d->rows)
        data_range_measure(d, &out->range);
    if (out->range.outside)
        out->first = mem_text(data_range_first(first, &out->range, d));
}

void ranges_measure(const struct data_sets *sets, struct known_ranges *out)
{
    out->n = 2 + sets->n_test;
    out->set = mem_new((size_t)out->n, sizeof *out->set);
    measure_set(&sets->train, &out->set[0]);
    measure_set(&sets->validation, &out->set[1]);
    for (int i = 0; i < sets->n_test; i++)
        measure_set(&sets->test[i], &out->set[2 + i]);
}

void ranges_free(struct known_ranges *r)
{
    for (int i = 0; i < r->n; i++) {
        free(r->set[i].name);
        free(r->set[i].first);
    }
    free(r->set);
    *r = (struct known_ranges){0};
}

static const char *proposed_scale(const struct trial *t, const struct known_range *k)
{
    bool is_scaled = !scale_config_is_none(&t->data.scale);
    if (!is_scaled && k->is_bytes)
        return "data.scale: unit";
    return is_scaled ? "data.scale: min_max, or another loss" : "data.scale: min_max";
}

static int refuse_range(const struct trial *t, const struct known_range *k, struct err *e)
{
    return node_error(find_node(t, "data.scale", "data"), e,
        "loss binary_crossentropy needs values in [0, 1]: found %lld of %lld outside in %s%s, %s; hint: %s",
        (long long)k->range.outside, (long long)k->range.values, k->name,
        scale_config_is_none(&t->data.scale) ? "" : " after scaling", k->first, proposed_scale(t, k));
}

int check_ranges(
    const struct trial *t, const struct model *m, const struct known_ranges *r, struct err *warnings, struct err *e)
{
    int failed = 0;
    if (t->train.loss != LOSS_BINARY_CROSSENTROPY)
        return 0;
    ASSERT(r->n >= 2, "%d sets", r->n);

    for (int i = 0; i < r->n && !failed; i++) {
        const struct known_range *k = &r->set[i];
        // min_max takes its limits from the training rows, so rows of other sets may be outside them
        bool is_allowed = i > 1 || (i == 1 && scale_config_uses(&t->data.scale, SCALE_MIN_MAX));
        bool counts = i < 2 || model_error_is_cross_entropy(m, (enum error)t->score.error);
        if (k->range.outside && !is_allowed)
            failed = refuse_range(t, k, e);
        else if (k->range.outside && counts)
            err_add(warnings, ERR_DATA,
                "%s: %lld of %lld values lie outside [0, 1]; the cross-entropy takes them as 0 or 1: %s", k->name,
                (long long)k->range.outside, (long long)k->range.values, k->first);
    }
    return failed;
}

// --- batches: at least two rows per shard

static int64_t least_rows(int64_t shards, int64_t rows, int64_t batch_size)
{
    struct shards s;
    shards_cut(&s, (int)shards, rows, batch_size);
    return shards_least_rows(&s);
}

// Writes a hint that avoids a shard with a single row: the nearest batch size, or fewer shards.
static void propose_batches(const struct train_config *c, int64_t rows, char out[128])
{
    enum { NEAR = 64 };

    out[0] = 0;
    for (int64_t shards = c->shards; shards >= 1; shards /= 2) {
        if (shards < c->shards && least_rows(shards, rows, c->batch_size) > 1) {
            snprintf(out, 128, "; hint: train.shards: %lld", (long long)shards);
            return;
        }
        for (int64_t i = 1; i <= NEAR; i++) {
            int64_t size = c->batch_size + (i % 2 ? (i + 1) / 2 : -i / 2);
            if (size < 2 * shards || least_rows(shards, rows, size) < 2)
                continue;
            snprintf(
                out, 128, "; hint: train.batch_size: %lld, train.shards: %lld", (long long)size, (long long)shards);
            return;
        }
    }
}

int check_batches(const struct trial *t, const struct model *m, int64_t rows, struct err *e)
{
    const struct train_config *c = &t->train;
    char hint[128];
    if (!c->epochs || !model_needs_two_rows(m) || least_rows(c->shards, rows, c->batch_size) > 1)
        return 0;

    propose_batches(c, rows, hint);
    return node_error(find_node(t, "train.batch_size", "train"), e,
        "batch_normalization has statistics of a shard's rows, and %lld training rows in batches of %lld and %lld "
        "shard%s leave some shard a single row, which has none%s",
        (long long)rows, (long long)c->batch_size, (long long)c->shards, text_plural(c->shards), hint);
}

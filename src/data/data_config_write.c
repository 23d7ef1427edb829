// Writes the `data:` section: all spellings with the same meaning give the same tree, which is valid input.
#include "base/err.h"
#include "base/field.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include "data/data_filter.h"
#include "data/scale_config.h"
#include "data/window_config.h"
#include "spec/spec.h"
#include <stdlib.h>

struct naming {
    char *(*name)(const struct data_source *, void *);
    void *context;
};

// Adds a string to a map, or to a list if `key` is NULL. Frees `text`.
static void add_owned_text(struct node *parent, const char *key, char *text)
{
    node_add(parent, key, node_new_text(text));
    free(text);
}

static void add_filters(struct node *map, const struct data_filters *filters)
{
    if (filters->n == 0)
        return;
    struct node *list = node_add(map, "where", node_new_list());
    for (int i = 0; i < filters->n; i++)
        add_owned_text(list, NULL, data_filter_text(&filters->v[i]));
}

static void add_ints(struct node *map, const char *key, const struct field_ints *ints)
{
    struct node *list = node_add(map, key, node_new_list());
    for (int i = 0; i < ints->n; i++)
        add_owned_text(list, NULL, mem_format("%lld", (long long)ints->v[i]));
}

// Adds the normal labels, each number only once. The config keeps them sorted, so equal numbers follow each other.
static void add_normal(struct node *map, const struct field_texts *normal, bool numbers)
{
    struct node *list = node_add(map, "normal", node_new_list());
    int64_t number, last = 0;

    for (int i = 0; i < normal->n; i++) {
        bool is_number = numbers && data_label_number(normal->v[i], &number);
        if (!is_number)
            node_add(list, NULL, node_new_text(normal->v[i]));
        else if (i == 0 || number != last)
            add_owned_text(list, NULL, mem_format("%lld", (long long)(last = number)));
    }
}

// Returns "FIRST:LAST" in new memory, or "FIRST:" if the slice has no end, followed by ":STEP" unless the step is 1.
static char *slice_text(const struct data_rows *rows)
{
    struct text t = {0};

    ASSERT(rows->kind == ROWS_SLICE && rows->step > 0, "step %lld", (long long)rows->step);
    text_add(&t, "%lld:", (long long)rows->first);
    if (rows->last != INT64_MAX)
        text_add(&t, "%lld", (long long)rows->last);
    if (rows->step != 1)
        text_add(&t, ":%lld", (long long)rows->step);
    return t.data;
}

static struct node *write_source(const struct data_source *source, const struct naming *naming)
{
    char *name = naming->name(source, naming->context);
    bool plain = source->rows.kind == ROWS_ALL && source->where.n == 0 && source->anomaly == ANOMALY_UNKNOWN;
    struct node *n = plain ? node_new_text(name) : node_new_map();

    if (!plain)
        node_add(n, "from", node_new_text(name));
    free(name);
    if (source->rows.kind == ROWS_SLICE)
        add_owned_text(n, "rows", slice_text(&source->rows));
    else if (source->rows.kind == ROWS_LIST)
        add_ints(n, "rows", &source->rows.list);
    add_filters(n, &source->where);
    if (source->anomaly != ANOMALY_UNKNOWN)
        node_add(n, "anomaly", node_new_text(source->anomaly == ANOMALY_TRUE ? "true" : "false"));
    return n;
}

static struct node *write_part(const struct data_part *part, const struct naming *naming)
{
    ASSERT(part->n > 0, "%s has no source", part->name);
    if (part->n == 1)
        return write_source(&part->source[0], naming);
    struct node *list = node_new_list();
    for (int i = 0; i < part->n; i++)
        node_add(list, NULL, write_source(&part->source[i], naming));
    return list;
}

static char *split_by_text(const struct data_config *cfg)
{
    static const char *const names[] = {[SPLIT_BY_ROWS] = "rows", [SPLIT_BY_GROUP] = "group", [SPLIT_BY_TIME] = "time"};
    return mem_text(names[cfg->split_by]);
}

// Adds the protocol, and its seed if rows are drawn at random. With a validation fraction, add_split adds the seed.
static void add_protocol(struct node *split, const struct data_config *cfg)
{
    bool is_shuffled = cfg->protocol == PROTOCOL_HALF_SHUFFLED;

    node_add(split, "protocol", node_new_text(is_shuffled ? "half_shuffled" : "half_in_order"));
    if (is_shuffled && cfg->validation_fraction == 0)
        add_owned_text(split, "seed", mem_format("%lld", (long long)cfg->seed));
}

static void add_split(struct node *map, const struct data_config *cfg)
{
    char number[32];
    bool has_split = cfg->test_fraction > 0 || cfg->validation_fraction > 0 || cfg->folds > 0;
    if (!has_split && cfg->protocol == PROTOCOL_NONE)
        return;
    struct node *split = node_add(map, "split", node_new_map());
    if (cfg->protocol != PROTOCOL_NONE)
        add_protocol(split, cfg);
    if (!has_split)
        return;
    if (cfg->test_fraction > 0)
        node_add(split, "test", node_new_text(text_number(number, cfg->test_fraction)));
    add_owned_text(split, "seed", mem_format("%lld", (long long)cfg->seed));
    if (cfg->split_by != (cfg->window.length ? SPLIT_BY_TIME : SPLIT_BY_ROWS)) // not what `auto` means
        add_owned_text(split, "by", split_by_text(cfg));
}

// Adds the order of the rows, unless it is the default. Thus trials keep the identity that they had before this setting
// existed.
static void add_shuffle(struct node *map, const struct data_config *cfg)
{
    static const char *const keys[] = {"shuffle", "shuffle_block", "shuffle_window"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys && cfg->shuffle == SHUFFLE_BLOCKS; i++)
        add_owned_text(map, keys[i], field_get(field_find(data_fields, keys[i]), cfg));
}

struct node *data_config_write_as(
    const struct data_config *cfg, bool numbers, char *(*name)(const struct data_source *, void *), void *context)
{
    const struct naming naming = {name, context};
    char number[32];
    struct node *map = node_new_map();

    node_add(map, "train", write_part(&cfg->train, &naming));
    if (cfg->validation_fraction > 0)
        node_add(map, "validation", node_new_text(text_number(number, cfg->validation_fraction)));
    else if (cfg->validation.n)
        node_add(map, "validation", write_part(&cfg->validation, &naming));
    struct node *tests = cfg->n_test ? node_add(map, "test", node_new_map()) : NULL;
    for (int i = 0; i < cfg->n_test; i++)
        node_add(tests, cfg->test[i].name, write_part(&cfg->test[i], &naming));
    add_split(map, cfg);
    if (cfg->folds)
        add_owned_text(map, "folds", mem_format("%lld", (long long)cfg->folds));
    if (cfg->folds && cfg->fold)
        add_owned_text(map, "fold", mem_format("%lld", (long long)cfg->fold));
    add_filters(map, &cfg->filters);
    if (cfg->normal.n)
        add_normal(map, &cfg->normal, numbers);
    add_owned_text(map, "fill", field_get(field_find(data_fields, "fill"), cfg));
    add_owned_text(map, "missing", field_get(field_find(data_fields, "missing"), cfg));
    node_add(map, "scale", scale_config_write(&cfg->scale));
    if (cfg->window.length)
        node_add(map, "window", window_config_write(&cfg->window));
    add_shuffle(map, cfg);

    return map;
}

static char *source_full_name(const struct data_source *source, void *context)
{
    (void)context;
    return mem_format("%s:%s", source->file, source->split);
}

struct node *data_config_write(const struct data_config *cfg)
{
    return data_config_write_as(cfg, false, source_full_name, NULL);
}

// Reads the setting `data.split`, and holds its table of fields.
#include "data/split_config.h"

#include "base/err.h"
#include "base/field.h"
#include "spec/spec.h"

static const char *const split_by_choices[] = {"auto", "rows", "group", "time", NULL};
struct split_config {
    double test;
    int64_t seed;
    int by; // index into split_by_choices
    int protocol;
};
static const char *const protocol_choices[] = {
    [PROTOCOL_NONE] = "none",
    [PROTOCOL_HALF_IN_ORDER] = "half_in_order",
    [PROTOCOL_HALF_SHUFFLED] = "half_shuffled",
    NULL,
};
const struct field data_split_fields[] = {
    FIELD_ROW(split_config, test, "test", FIELD_REAL,
        "fraction of the rows of train that becomes the test set; 0: no test set", .default_text = "0", .min = 0,
        .max = 1, .flags = FIELD_MAX_EXCLUDED),
    FIELD_ROW(split_config, seed, "seed", FIELD_INT,
        "seed of the random choice of rows, for test and for a validation given as a fraction", .default_text = "1",
        .min = 0, .max = 9e15),
    FIELD_ROW(split_config, by, "by", FIELD_CHOICE,
        "how test, and a validation given as a fraction, are chosen: rows: at random, stratified by label; group: whole "
        "groups at random; time: the latest rows, or without times the last ones; auto: time with data.window, "
        "otherwise rows",
        .default_text = "auto", .choices = split_by_choices),
    FIELD_ROW(split_config, protocol, "protocol", FIELD_CHOICE,
        "a published way to train on half of the normal rows of train and to test on all other rows; half_in_order: the "
        "first half; half_shuffled: a half drawn with seed",
        .default_text = "none", .choices = protocol_choices),
    {0},
};

// If a protocol is given, checks that no other setting gives a test set, and that rows are neither time steps nor parts
// of a group.
static void check_protocol(const struct data_config *cfg, bool has_split, struct err *e)
{
    const struct node *at = cfg->split_node ? node_get(cfg->split_node, "protocol") : NULL;

    if (cfg->protocol == PROTOCOL_NONE)
        return;
    ASSERT(at, "a protocol that is not in the spec");
    if (has_split || cfg->test_node || cfg->folds)
        node_error(at, e,
            "found a protocol and another test set, allowed: one of data.split.protocol, data.split.test, data.test, "
            "data.folds");
    if (cfg->window.length)
        node_error(at, e,
            "found a protocol with data.window, allowed: without: windows of both sets would share time steps; hint: "
            "data.split.test takes the latest time steps");
    else if (cfg->split_by != SPLIT_BY_ROWS)
        node_error(node_get(cfg->split_node, "by"), e,
            "found %s with data.split.protocol, allowed: rows: a protocol divides the normal rows one by one, so a group "
            "or period would have rows in both sets; hint: data.split.test divides by group and by time",
            split_by_choices[cfg->split_by + 1]);
}

// Checks the settings of a cross-validation. has_split: split.test is given.
static void check_folds(const struct data_config *cfg, bool has_split, struct err *e)
{
    const struct node *section = cfg->train_node ? cfg->train_node->parent : NULL;
    const struct node *at = section ? node_get(section, "folds") : NULL;
    const struct node *fold = section ? node_get(section, "fold") : NULL;

    if (cfg->folds == 0 && fold && cfg->fold > 0)
        node_error(fold, e, "found a fold without data.folds, allowed: with data.folds");
    if (cfg->folds == 0)
        return;
    if (cfg->folds == 1)
        node_error(at, e, "found 1, allowed: 0 or at least 2 folds");
    else if (cfg->fold > cfg->folds)
        node_error(fold, e, "found %lld, allowed: in [1, %lld], as data.folds says", (long long)cfg->fold,
            (long long)cfg->folds);
    if (has_split || cfg->test_node)
        node_error(at, e, "found folds and another test set, allowed: one of data.folds, data.split.test, data.test");
}

void split_config_read(struct data_config *cfg, struct err *e)
{
    struct split_config split = {0};

    spec_read(cfg->split_node, data_split_fields, &split, e);
    cfg->test_fraction = split.test;
    cfg->seed = split.seed;
    cfg->protocol = split.protocol;
    cfg->split_by = cfg->window.length ? SPLIT_BY_TIME : SPLIT_BY_ROWS;
    if (split.by)
        cfg->split_by = split.by - 1;
    if (split.by && cfg->split_by == SPLIT_BY_ROWS && cfg->window.length)
        node_error(node_get(cfg->split_node, "by"), e,
            "found rows with data.window, allowed: group, time: windows of both sets would share time steps");
    check_folds(cfg, split.test > 0, e);
    check_protocol(cfg, split.test > 0, e);
    if (split.test > 0 && cfg->test_node)
        node_error(cfg->split_node, e, "found test both here and as data.test (line %d), allowed: one of them",
            cfg->test_node->line);
}

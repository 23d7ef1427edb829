// Reads the setting `data.split`: its table of fields.
#include "data/split_config.h"

#include "base/err.h"
#include "base/field.h"
#include "spec/spec.h"

static const char *const split_by_choices[] = {"auto", "rows", "group", "time", NULL};
struct split_config {
    double test;
    int64_t seed;
    int by; // an index into split_by_choices
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
    {0},
};

void split_config_read(struct data_config *cfg, struct err *e)
{
    struct split_config split = {0};

    spec_read(cfg->split_node, data_split_fields, &split, e);
    cfg->test_fraction = split.test;
    cfg->seed = split.seed;
    cfg->split_by = cfg->window.length ? SPLIT_BY_TIME : SPLIT_BY_ROWS;
    if (split.by)
        cfg->split_by = split.by - 1;
    if (split.by && cfg->split_by == SPLIT_BY_ROWS && cfg->window.length)
        node_error(node_get(cfg->split_node, "by"), e,
            "found rows with data.window, allowed: group, time: windows of both sets would share time steps");
    if (split.test > 0 && cfg->test_node)
        node_error(cfg->split_node, e, "found test both here and as data.test (line %d), allowed: one of them",
            cfg->test_node->line);
}

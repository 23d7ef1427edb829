// The section `sweep:`: the method, its settings, and which settings belong to which method.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const methods[] = {"grid", "random", "sobol", "halving", "hyperband", "tpe", NULL};

const struct field spec_sweep_fields[] = {
    FIELD_ROW(sweep_config, method, "method", FIELD_CHOICE,
        "how to choose configurations; grid: all combinations; random: at random; sobol: evenly "
        "spread (Sobol's sequence); halving: successive halving; hyperband: brackets of halving; "
        "tpe: a tree of Parzen estimators",
        .default_text = "grid", .choices = methods),
    FIELD_ROW(sweep_config, trials, "trials", FIELD_INT,
        "random, sobol, tpe: number of configurations; halving: number in the first rung; default, "
        "if all keys have lists: every combination once (not tpe)",
        .min = 1, .max = SPEC_MAX_TRIALS),
    FIELD_ROW(sweep_config, seed, "seed", FIELD_INT,
        "seed of all random draws; sobol: seed of the shift of the sequence", .default_text = "1", .min = 0,
        .max = 9e15),
    FIELD_ROW(sweep_config, objective, "objective", FIELD_TEXT,
        "metric of the leaderboard that decides which trial is best, such as roc_auc or "
        "validation_loss; default: roc_auc if there are labels, else validation_loss, else "
        "train_loss. Not of methods that learn: consensus, stability (no labels needed)"),
    FIELD_ROW(sweep_config, set, "test_set", FIELD_TEXT,
        "test set whose metric is the objective; default: the first that has it"),
    FIELD_ROW(sweep_config, repeats, "repeats", FIELD_INT,
        "number of trials per configuration, with train.seed and the numbers that follow it; the "
        "objective is their mean. A list of train.seed in `over` does the same",
        .default_text = "1", .min = 1, .max = 10000),
    FIELD_ROW(sweep_config, reduction, "reduction", FIELD_INT,
        "halving, hyperband: each rung keeps one in this many configurations and trains it for "
        "this many times as many epochs",
        .default_text = "3", .min = 2, .max = 1000),
    FIELD_ROW(sweep_config, min_epochs, "min_epochs", FIELD_INT,
        "halving, hyperband: least number of epochs of the first rung; the last has train.epochs", .default_text = "1",
        .min = 1, .max = 1 << 24, .unit = "epochs"),
    FIELD_ROW(sweep_config, parallel, "parallel", FIELD_INT,
        "tpe: number of configurations tried at a time; a proposal does not know the results of "
        "the parallel - 1 before it. Results depend on this, but not on the number of groups of "
        "ranks",
        .default_text = "8", .min = 1, .max = 100000),
    FIELD_ROW(sweep_config, startup, "startup", FIELD_INT,
        "tpe: number of configurations drawn at random before the first proposal", .default_text = "10", .min = 1,
        .max = SPEC_MAX_TRIALS),
    FIELD_ROW(sweep_config, over, "over", FIELD_NODE,
        "what varies: variables, paths such as train.seed, or sections, each with a list of values "
        "or a range; required without zip"),
    FIELD_ROW(sweep_config, zip, "zip", FIELD_NODE,
        "a list of maps of keys that vary together: the n-th values of the lists of a map belong together, and a single "
        "value belongs to all"),
    FIELD_ROW(sweep_config, only_if, "only_if", FIELD_NODE,
        "KEY: {OTHER: VALUES, ...}: KEY varies only in trials in which each OTHER has one of these values; in all others "
        "it has the value that the spec gives it otherwise"),
    FIELD_ROW(sweep_config, exclude, "exclude", FIELD_NODE,
        "a list of maps {KEY: VALUES, ...}: combinations in which each KEY has one of these values are left out"),
    FIELD_ROW(sweep_config, start, "start", FIELD_NODE,
        "random, tpe: a list of maps {KEY: VALUE, ...} of the configurations that are tried first; keys that are not "
        "given are drawn"),
    FIELD_ROW(sweep_config, from, "from", FIELD_TEXT,
        "tpe: an earlier run (its folder or run.h5), whose trials with the same keys and objective are results that the "
        "proposals know"),
    {0},
};

// Settings that belong to some methods only.
static const struct {
    const char *key;
    unsigned methods; // 1 << enum sweep_method
} belongs[] = {
    {"trials", 1 << SWEEP_RANDOM | 1 << SWEEP_SOBOL | 1 << SWEEP_HALVING | 1 << SWEEP_TPE},
    {"seed", ~(1u << SWEEP_GRID)},
    {"reduction", 1 << SWEEP_HALVING | 1 << SWEEP_HYPERBAND},
    {"min_epochs", 1 << SWEEP_HALVING | 1 << SWEEP_HYPERBAND},
    {"parallel", 1 << SWEEP_TPE},
    {"startup", 1 << SWEEP_TPE},
    {"start", 1 << SWEEP_RANDOM | 1 << SWEEP_TPE},
    {"from", 1 << SWEEP_TPE},
};

static int refuse_setting(const struct node *at, unsigned allowed, int method, struct err *e)
{
    struct text names = {0};
    for (int i = 0; methods[i]; i++)
        if (allowed >> i & 1)
            text_add(&names, "%s%s", names.data ? ", " : "", methods[i]);
    node_key_error(at, e, "method %s has no such setting, allowed: with %s", methods[method], names.data);
    text_free(&names);
    return -1;
}

int sweep_config_read(const struct node *sweep, struct sweep_config *c, struct err *e)
{
    int rc = spec_read(sweep, spec_sweep_fields, c, e);
    if (!node_section(sweep, "over") && !node_section(sweep, "zip"))
        rc = spec_refuse_missing(sweep, "over", "a section", e);
    for (size_t i = 0; i < sizeof belongs / sizeof *belongs && rc == 0; i++) {
        const struct node *given = node_get(sweep, belongs[i].key);
        if (given && !(belongs[i].methods >> c->method & 1))
            rc = refuse_setting(given, belongs[i].methods, c->method, e);
    }
    return rc;
}

const char *sweep_method_name(int method)
{
    ASSERT(method >= SWEEP_GRID && method <= SWEEP_TPE, "%d", method);
    return methods[method];
}

// --- ranges

// The names of ranges, in the order of enum sweep_kind from SWEEP_UNIFORM on.
static const char *const ranges[] = {"uniform", "log_uniform", "integer", "log_integer", NULL};
enum { RANGES = sizeof ranges / sizeof *ranges - 1 };

// Returns the index of a range, or RANGES if no range has that name.
static int find_range(const char *key)
{
    int i = 0;
    while (ranges[i] && strcmp(ranges[i], key) != 0)
        i++;
    return i;
}

bool sweep_is_range(const struct node *item)
{
    if (item->kind != NODE_MAP || item->n != 1)
        return false;
    const char *key = item->items[0]->key;
    return find_range(key) < RANGES || text_nearest(key, ranges, RANGES);
}

static int read_range_end(const struct node *n, bool is_integer, double *value, struct err *e)
{
    char found[80];
    bool is_good = n->kind == NODE_SCALAR && text_to_double(n->text, value) == 0 && isfinite(*value);
    if (is_good && (!is_integer || (floor(*value) == *value && fabs(*value) <= 1e9)))
        return 0;
    return node_error(
        n, e, "found %s, allowed: %s", node_found(found, n), is_integer ? "an integer up to 1e9" : "a number");
}

int sweep_range_read(const struct node *item, struct sweep_range *r, struct err *e)
{
    ASSERT(sweep_is_range(item), "%s", item->key);
    const struct node *ends = item->items[0];
    char hint[DID_YOU_MEAN_ROOM];
    int i = find_range(ends->key);

    if (i == RANGES)
        return node_key_error(ends, e, "no such range%s", text_did_you_mean(hint, ends->key, ranges, RANGES));
    if (ends->kind != NODE_LIST || ends->n != 2)
        return node_error(ends, e, "allowed: the least and the greatest value, [LOW, HIGH]");

    const struct node *low = ends->items[0];
    const struct node *high = ends->items[1];
    r->kind = SWEEP_UNIFORM + i;
    bool is_integer = r->kind >= SWEEP_INTEGER;
    bool is_log = r->kind == SWEEP_LOG_UNIFORM || r->kind == SWEEP_LOG_INTEGER;

    int rc = read_range_end(low, is_integer, &r->low, e);
    rc |= read_range_end(high, is_integer, &r->high, e);
    if (rc == 0 && r->low >= r->high)
        rc = node_error(ends, e, "found %s and %s, allowed: the lower one first", low->text, high->text);
    if (rc == 0 && is_log && r->low <= 0)
        rc = node_error(low, e, "found '%s', allowed in a logarithmic range: above 0", low->text);

    return rc;
}

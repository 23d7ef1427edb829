// Reads and writes `data.scale`: the name of a method, or a map with method, log1p, clip and rules for single columns.
#include "data/scale_config.h"

#include "base/mem.h"
#include "base/text.h"
#include "data/picture_scaling.h"
#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Names of the methods: first those of enum data_scale, then log1p, which means `standard` after the logarithm.
static const char *const methods[] = {"none", "unit", "standard", "min_max", "robust", "log1p", NULL};
enum { METHOD_LOG = SCALE_ROBUST + 1 };

// The settings of a map, as the user writes them.
struct scale_keys {
    int method;
    bool log1p;
    const struct node *clip, *columns;
    int by;
    double smooth;
    bool normalize;
};
static const char *const by_choices[] = {"none", "group", NULL};
const struct field data_scale_column_fields[] = {
    FIELD_ROW(scale_keys, method, "method", FIELD_CHOICE,
        "unit: maps bytes 0..255 to 0..1; standard: mean 0 and standard deviation 1; min_max: maps to 0..1; robust: "
        "median 0 and interquartile range 1.349, which is that of a normal distribution with deviation 1; log1p: "
        "standard, after the logarithm",
        .choices = methods),
    FLAG_ROW(scale_keys, log1p, "log1p",
        "takes the logarithm of each value before the method, log(1 + x), and -log(1 - x) below 0"),
    FIELD_ROW(scale_keys, clip, "clip", FIELD_NODE,
        "limits of the scaled values: [LOW, HIGH], or one number for [-number, number]"),
    {0},
};
const struct field data_scale_fields[] = {
    FIELD_ROW(scale_keys, columns, "columns", FIELD_NODE,
        "{NAME: ...}: other rules for single columns: a method, or a map of method, log1p and clip, in which what is "
        "not given is as for all columns"),
    FIELD_ROW(scale_keys, by, "by", FIELD_CHOICE,
        "group: the rows of each group (import --group, or several files) have statistics of their own; rows of groups "
        "that are not in train have those of all training rows",
        .default_text = "none", .choices = by_choices),
    FIELD_ROW(scale_keys, smooth, "smooth", FIELD_REAL,
        "pictures: smooths each one with a Gaussian filter of this deviation in pixels, after the method; 0: not",
        .default_text = "0", .min = 0, .max = SMOOTH_MAX),
    FLAG_ROW(scale_keys, normalize, "normalize",
        "pictures: divides each one by the root mean square of its values, after all else, so that bright and dark "
        "pictures compare"),
    {0},
};

bool scale_rule_is_affine(const struct scale_rule *r)
{
    return !r->takes_log && isinf(r->low) && isinf(r->high);
}

static void set_method(struct scale_rule *r, int method)
{
    ASSERT(method >= SCALE_NONE && method <= METHOD_LOG, "%d", method);
    r->method = method == METHOD_LOG ? SCALE_STANDARD : method;
    r->takes_log = method == METHOD_LOG;
}

static int read_limit(const struct node *n, double *value)
{
    return n->kind == NODE_SCALAR && text_to_double(n->text, value) == 0 && isfinite(*value) ? 0 : -1;
}

static int read_clip(const struct node *at, struct scale_rule *r, struct err *e)
{
    char found[80];
    bool is_one = at->kind == NODE_SCALAR;
    bool is_pair = at->kind == NODE_LIST && at->n == 2;

    if (is_one && read_limit(at, &r->high) == 0 && r->high > 0) {
        r->low = -r->high;
        return 0;
    }
    if (is_pair && read_limit(at->items[0], &r->low) == 0 && read_limit(at->items[1], &r->high) == 0 &&
        r->low < r->high)
        return 0;

    r->low = -INFINITY;
    r->high = INFINITY;
    return node_error(
        at, e, "found %s, allowed: a number above 0, or [LOW, HIGH] with LOW below HIGH", node_found(found, at));
}

// Reads the map of a rule into *r, which must hold the defaults. `parts` is 2 if the map may also have `columns` and
// `by`, otherwise 1. Sets *more to all settings of the map.
static int read_rule_map(const struct node *at, int parts, struct scale_rule *r, struct scale_keys *more, struct err *e)
{
    struct scale_keys keys = {0};
    const struct spec_part part[] = {{data_scale_column_fields, &keys}, {data_scale_fields, &keys}};
    int rc = spec_read_parts(at, part, parts, e);

    if (rc == 0 && node_get(at, "method"))
        set_method(r, keys.method);
    if (rc == 0 && node_get(at, "log1p") && keys.method == METHOD_LOG && !keys.log1p)
        rc = node_error(node_get(at, "log1p"), e, "found false, but the method is log1p; hint: method: standard");
    else if (rc == 0 && node_get(at, "log1p"))
        r->takes_log = keys.log1p;
    if (rc == 0 && keys.clip)
        rc = read_clip(keys.clip, r, e);
    *more = keys;

    return rc;
}

static int read_rule_name(const struct node *at, struct scale_rule *r, struct err *e)
{
    struct scale_keys keys = {0};
    char why[256];

    if (field_set(field_find(data_scale_column_fields, "method"), &keys, at->text, why) < 0)
        return node_error(at, e, "%s", why);
    set_method(r, keys.method);
    return 0;
}

// Checks the use of the method unit and of `by`. Unit is for bytes whose limits are known, so it has no statistics that
// columns or groups could have of their own.
static int check_unit(const struct node *at, const struct scale_config *c, struct err *e)
{
    int rc = 0;
    bool is_unit = c->rule.method == SCALE_UNIT;

    if (is_unit && (c->n > 0 || c->by_group || !isinf(c->rule.low)))
        rc = node_error(at, e, "found method unit with columns, clip or by, allowed: unit without them");
    else if (c->by_group && scale_config_is_none(c))
        rc = node_error(at, e, "found by: group without a method, allowed: with standard, min_max, robust or log1p");
    for (int i = 0; i < c->n && rc == 0; i++)
        if (c->column[i].rule.method == SCALE_UNIT)
            rc = node_error(c->column[i].at, e, "found method unit for one column, allowed: unit for all columns");
    return rc;
}

static int compare_scale_columns(const void *a, const void *b)
{
    return strcmp(((const struct scale_column *)a)->name, ((const struct scale_column *)b)->name);
}

static int read_scale_columns(const struct node *at, struct scale_config *c, struct err *e)
{
    char found[80];
    int rc = 0;

    if (at->kind != NODE_MAP)
        return node_error(at, e, "found %s, allowed: {NAME: METHOD, ...}", node_found(found, at));
    c->column = mem_new((size_t)at->n, sizeof *c->column);
    for (c->n = 0; c->n < at->n; c->n++) {
        const struct node *item = at->items[c->n];
        struct scale_keys none;
        struct scale_column *column = &c->column[c->n];
        *column = (struct scale_column){.name = mem_text(item->key), .rule = c->rule, .at = item};
        if (item->kind == NODE_SCALAR)
            rc |= read_rule_name(item, &column->rule, e);
        else if (item->kind == NODE_MAP)
            rc |= read_rule_map(item, 1, &column->rule, &none, e);
        else
            rc = node_error(
                item, e, "found %s, allowed: a method, or a map of method, log1p and clip", node_found(found, item));
    }

    if (c->n)
        qsort(c->column, (size_t)c->n, sizeof *c->column, compare_scale_columns);
    return rc;
}

int scale_config_read(const struct node *at, struct scale_config *c, struct err *e)
{
    struct scale_keys keys = {0};
    char found[80];
    int rc = 0;

    *c = (struct scale_config){.rule = {SCALE_NONE, false, -INFINITY, INFINITY}, .at = at};
    if (!at)
        return 0;
    if (at->kind == NODE_SCALAR)
        return read_rule_name(at, &c->rule, e);
    if (at->kind != NODE_MAP)
        return node_error(at, e,
            "found %s, allowed: a method, or a map of method, log1p, clip, columns, by, smooth and normalize",
            node_found(found, at));

    rc = read_rule_map(at, 2, &c->rule, &keys, e);
    c->by_group = keys.by != 0;
    c->smooth = keys.smooth;
    c->normalizes = keys.normalize;
    if (keys.columns)
        rc |= read_scale_columns(keys.columns, c, e);
    return rc < 0 ? -1 : check_unit(at, c, e);
}

void scale_config_free(struct scale_config *c)
{
    for (int i = 0; i < c->n; i++)
        free(c->column[i].name);
    free(c->column);
    *c = (struct scale_config){0};
}

// --- questions of other modules

bool scale_config_is_none(const struct scale_config *c)
{
    bool is_none = c->rule.method == SCALE_NONE && scale_rule_is_affine(&c->rule) && !scale_config_sees_pictures(c);
    for (int i = 0; i < c->n; i++)
        is_none = is_none && c->column[i].rule.method == SCALE_NONE && scale_rule_is_affine(&c->column[i].rule);
    return is_none;
}

bool scale_config_sees_pictures(const struct scale_config *c)
{
    return c->smooth > 0 || c->normalizes;
}

bool scale_config_uses(const struct scale_config *c, enum data_scale method)
{
    bool is_used = c->rule.method == (int)method;
    for (int i = 0; i < c->n; i++)
        is_used = is_used || c->column[i].rule.method == (int)method;
    return is_used;
}

// --- writing

static bool is_same_rule(const struct scale_rule *a, const struct scale_rule *b)
{
    return a->method == b->method && a->takes_log == b->takes_log && !(a->low < b->low) && !(a->low > b->low) &&
           !(a->high < b->high) && !(a->high > b->high);
}

// Returns the name of the method. Standard scaling of the logarithm is called `log1p`.
static const char *rule_name(const struct scale_rule *r)
{
    return methods[r->method == SCALE_STANDARD && r->takes_log ? (int)METHOD_LOG : r->method];
}

// Adds the limits of a rule. Their absence never has to be written: a column inherits the limits of the common rule,
// and a spec can replace but not remove them.
static void add_clip(struct node *map, const struct scale_rule *r)
{
    char number[32];
    struct node *clip = node_add(map, "clip", node_new_list());
    node_add(clip, NULL, node_new_text(text_number(number, r->low)));
    node_add(clip, NULL, node_new_text(text_number(number, r->high)));
}

static struct node *write_rule(const struct scale_rule *r)
{
    struct node *map = node_new_map();
    bool has_name = r->takes_log && r->method == SCALE_STANDARD;

    node_add(map, "method", node_new_text(rule_name(r)));
    if (!has_name)
        node_add(map, "log1p", node_new_text(r->takes_log ? "true" : "false"));
    if (!isinf(r->low))
        add_clip(map, r);
    return map;
}

struct node *scale_config_write(const struct scale_config *c)
{
    char number[32];
    struct node *columns = node_new_map();
    for (int i = 0; i < c->n; i++)
        if (!is_same_rule(&c->column[i].rule, &c->rule))
            node_add(columns, c->column[i].name, write_rule(&c->column[i].rule));

    bool has_name = scale_rule_is_affine(&c->rule) || (c->rule.method == SCALE_STANDARD && isinf(c->rule.low));
    bool is_name = has_name && columns->n == 0 && !c->by_group && !scale_config_sees_pictures(c);
    struct node *n = is_name ? node_new_text(rule_name(&c->rule)) : write_rule(&c->rule);
    if (columns->n > 0)
        node_add(n, "columns", columns);
    else
        node_free(&columns);
    if (c->by_group)
        node_add(n, "by", node_new_text("group"));
    if (c->smooth > 0)
        node_add(n, "smooth", node_new_text(text_number(number, c->smooth)));
    if (c->normalizes)
        node_add(n, "normalize", node_new_text("true"));
    return n;
}

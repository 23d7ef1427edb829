// Reads the `data:` section of a spec. Tables of fields list its settings and those of one source. Settings that are
// lists or maps are nodes of the tree and are read here: sources, sets of sources, choices of rows, and filters. No
// file is opened here; dataset.c reports settings that do not fit the data.
//
// A config borrows the nodes of the tree, so that later mistakes can be reported at their place in the spec. It owns
// everything else. Each reader reports every mistake and continues, so that one pass shows them all.
#include "data/data_config.h"

#include "base/err.h"
#include "base/field.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_filter.h"
#include "data/split_config.h"
#include "data/window_config.h"
#include "spec/spec.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const fill_choices[] = {"none", "mean", "median", "mode", NULL};
static const char *const missing_choices[] = {"refuse", "ignore", NULL};
static const char *const shuffle_choices[] = {"rows", "blocks", NULL};
static const char *const anomaly_choices[] = {"unknown", "false", "true", NULL};

const struct field data_fields[] = {
    FIELD_ROW(data_config, train_node, "train", FIELD_NODE,
        "training data: a source FILE.h5:SPLIT, a map {from, rows, where, anomaly}, or a list of "
        "these, which are joined",
        .flags = FIELD_REQUIRED),
    FIELD_ROW(data_config, validation_node, "validation", FIELD_NODE,
        "sources as in train, or a fraction in (0, 1) of the rows of train, stratified by label"),
    FIELD_ROW(data_config, test_node, "test", FIELD_NODE,
        "sources as in train, which form a test set named test; or a map NAME: sources of several "
        "test sets"),
    FIELD_ROW(data_config, split_node, "split", FIELD_NODE,
        "{test: FRACTION, seed: NUMBER}: uses a stratified random part of train as the test set, "
        "instead of test"),
    FIELD_ROW(data_config, folds, "folds", FIELD_INT,
        "cross-validation: train is divided into this many folds (as split.by says), and each becomes the test set of a "
        "trial of its own; 0: none",
        .default_text = "0", .min = 0, .max = 1000),
    FIELD_ROW(data_config, fold, "fold", FIELD_INT,
        "the fold that is the test set, from 1; not given: each in turn, as if it were a list in sweep.over",
        .default_text = "0", .min = 0, .max = 1000),
    FIELD_ROW(data_config, where, "where", FIELD_TEXTS,
        "filters that the rows of all sources must pass: COLUMN == NUMBER (or != < <= > >=), "
        "COLUMN in [NUMBER, ...]; for labels with names LABEL == NAME, LABEL != NAME, LABEL in "
        "[NAME, ...]"),
    FIELD_ROW(data_config, normal, "normal", FIELD_TEXTS,
        "normal labels, given by name, or by number if labels are numbers; train and validation "
        "keep only these, and in test sets all others are anomalies"),
    FIELD_ROW(data_config, fill, "fill", FIELD_CHOICE,
        "replaces each missing value (NaN) by this statistic of its column in train", .default_text = "none",
        .choices = fill_choices),
    FIELD_ROW(data_config, missing, "missing", FIELD_CHOICE,
        "how to handle missing values that are not filled; ignore: the model sees 0 (after "
        "scaling) instead, and the loss and the error are means over the values that are present",
        .default_text = "refuse", .choices = missing_choices),
    FIELD_ROW(data_config, scale_node, "scale", FIELD_NODE,
        "one of none, unit, standard, min_max, robust, log1p; or a map of method, log1p, clip, columns and by; statistics "
        "are those of train; default: none"),
    FIELD_ROW(data_config, window_node, "window", FIELD_NODE,
        "{length, step, max_gap, label}: rows are time steps of series, and a sample is a window of them"),
    FIELD_ROW(data_config, shuffle, "shuffle", FIELD_CHOICE,
        "order of the training samples in an epoch: rows: any sample at any time; blocks: blocks of neighbouring "
        "samples in random order, whose samples are mixed within a window of some blocks, so that data can be larger "
        "than memory",
        .default_text = "rows", .choices = shuffle_choices),
    FIELD_ROW(data_config, shuffle_block, "shuffle_block", FIELD_INT,
        "with shuffle: blocks: neighbouring samples that are read together", .default_text = "4096", .min = 1,
        .max = 1e9, .unit = "samples"),
    FIELD_ROW(data_config, shuffle_window, "shuffle_window", FIELD_INT,
        "with shuffle: blocks: blocks that are in memory and mixed at a time, at least one per virtual shard",
        .default_text = "32", .min = 1, .max = 1e9, .unit = "blocks"),
    {0},
};

struct source_config {
    char *from;
    const struct node *rows;
    struct field_texts where;
    int anomaly;
};
const struct field data_source_fields[] = {
    FIELD_ROW(source_config, from, "from", FIELD_TEXT, "FILE.h5:SPLIT", .flags = FIELD_REQUIRED),
    FIELD_ROW(source_config, rows, "rows", FIELD_NODE,
        "row numbers such as [0, 5], or a slice as in Python: \"0:1000\", \"1000:\", \"::10\"; negative "
        "numbers count from the end"),
    FIELD_ROW(source_config, where, "where", FIELD_TEXTS, "filters for this source only, in addition to data.where"),
    FIELD_ROW(source_config, anomaly, "anomaly", FIELD_CHOICE,
        "whether these rows are anomalies; unknown: data.normal decides, or without it false if "
        "another source of the set is true",
        .default_text = "unknown", .choices = anomaly_choices),
    {0},
};

static int add_message_at(const struct node *at, struct err *e, enum err_kind kind, const char *text)
{
    char *name = at ? node_name(at) : NULL;
    if (at && at->file)
        err_at(e, kind, at->file, at->line, at->column, "%s: %s", name, text);
    else if (at)
        err_add(e, kind, "%s: %s", name, text);
    else
        err_add(e, kind, "%s", text);
    free(name);
    return -1;
}

int data_error(const struct node *at, struct err *e, const char *format, ...)
{
    char message[2048]; // as long as a message of err.h
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return add_message_at(at, e, ERR_DATA, message);
}

int data_blame(const struct node *at, const struct err *from, struct err *e)
{
    const char *line = from->text;

    for (int i = 0; i < from->count - from->hidden; i++) {
        const char *end = strchr(line, '\n');
        ASSERT(end, "message %d of %d has no end", i, from->count);
        char *message = mem_format("%.*s", (int)(end - line), line);
        add_message_at(at, e, from->kind, message);
        free(message);
        line = end + 1;
    }
    return -1;
}

// --- one source

// Reads one of the integers of a slice, which colons separate. An empty string means `otherwise`. Returns -1 if the
// string is not an integer.
static int slice_number(const char *text, size_t length, int64_t otherwise, int64_t *value)
{
    char *number = mem_format("%.*s", (int)length, text);

    *value = otherwise;
    int result = *number ? text_to_int64(number, value) : 0;
    free(number);
    return result;
}

static int read_slice(const struct node *at, struct data_rows *rows, struct err *e)
{
    const char *last = strchr(at->text, ':') + 1, *step = strchr(last, ':');
    size_t last_length = step ? (size_t)(step - last) : strlen(last);
    size_t step_length = step ? strlen(step + 1) : 0;

    rows->kind = ROWS_SLICE;
    if (slice_number(at->text, (size_t)(last - 1 - at->text), 0, &rows->first) != 0 ||
        slice_number(last, last_length, INT64_MAX, &rows->last) != 0 ||
        slice_number(step ? step + 1 : "", step_length, 1, &rows->step) != 0 || rows->step < 1)
        return node_error(at, e,
            "found '%s', allowed: FIRST:LAST or FIRST:LAST:STEP in integers, each may be left "
            "out, STEP at least 1; hint: \"0:1000\"",
            at->text);
    return 0;
}

static int read_row_choice(const struct node *at, struct data_rows *rows, struct err *e)
{
    char found[80];

    rows->at = at;
    if (at->kind == NODE_SCALAR && strchr(at->text, ':'))
        return read_slice(at, rows, e);

    int before = e->count;
    rows->kind = ROWS_LIST;
    for (int i = 0; i < node_count(at); i++) {
        const struct node *item = node_item(at, i);
        int64_t row = 0;
        if (item->kind != NODE_SCALAR || text_to_int64(item->text, &row) != 0)
            node_error(item, e, "found %s, allowed: row numbers [0, 5] or a slice \"0:1000\"", node_found(found, item));
        rows->list.v = mem_grow(rows->list.v, (size_t)rows->list.n + 1, sizeof *rows->list.v);
        rows->list.v[rows->list.n++] = row;
    }

    if (rows->list.n == 0)
        node_error(at, e, "found no row, allowed: row numbers [0, 5] or a slice \"0:1000\"");
    return e->count == before ? 0 : -1;
}

static int read_filters(
    const struct field_texts *texts, const struct node *at, struct data_filters *filters, struct err *e)
{
    int result = 0;
    for (int i = 0; i < texts->n; i++)
        if (data_filter_parse(texts->v[i], at ? node_item(at, i) : NULL, filters, e) != 0)
            result = -1;
    return result;
}

static int refuse_source(const char *text, const struct node *at, struct err *e)
{
    static const char format[] = "found '%s', allowed: FILE.h5:SPLIT; hint: %s%s%s";
    size_t n = strlen(text);
    const char *hint[3] = {"", "mnist.h5:train", ""};

    if (n > 3 && strcmp(text + n - 3, ".h5") == 0)
        hint[0] = "hourglass info ", hint[1] = text, hint[2] = " lists the splits";
    else if (access(text, F_OK) == 0)
        hint[0] = "hourglass import ", hint[1] = text, hint[2] = " -o FILE.h5:SPLIT";

    return at ? node_error(at, e, format, text, hint[0], hint[1], hint[2])
              : err_add(e, ERR_USAGE, format, text, hint[0], hint[1], hint[2]);
}

int data_source_parse(const char *text, const struct node *at, struct data_source *source, struct err *e)
{
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || !colon[1] || strchr(colon, '/'))
        return refuse_source(text, at, e);
    *source = (struct data_source){
        .file = mem_format("%.*s", (int)(colon - text), text), .split = mem_text(colon + 1), .at = at};
    return 0;
}

void data_source_free(struct data_source *source)
{
    free(source->file);
    free(source->split);
    free(source->rows.list.v);
    data_filters_free(&source->where);
    *source = (struct data_source){0};
}

// Reads a source that is a map: {from: ..., rows: ..., where: ..., anomaly: ...}.
static int read_source_map(const struct node *at, struct data_source *source, struct err *e)
{
    struct source_config map = {0};
    int before = e->count;

    spec_read(at, data_source_fields, &map, e);
    if (map.from)
        data_source_parse(map.from, node_get(at, "from"), source, e);

    source->at = at;
    source->anomaly = map.anomaly;
    if (map.rows)
        read_row_choice(map.rows, &source->rows, e);
    read_filters(&map.where, node_get(at, "where"), &source->where, e);

    field_free(data_source_fields, &map);
    return e->count == before ? 0 : -1;
}

static int read_source(const struct node *at, struct data_source *source, struct err *e)
{
    char found[80];

    if (at->kind == NODE_SCALAR)
        return data_source_parse(at->text, at, source, e);
    if (at->kind == NODE_MAP)
        return read_source_map(at, source, e);
    return node_error(at, e, "found %s, allowed: FILE.h5:SPLIT, or {from: FILE.h5:SPLIT, rows, where, anomaly}",
        node_found(found, at));
}

// --- sets

static void set_sources_free(struct data_part *part)
{
    for (int i = 0; i < part->n; i++)
        data_source_free(&part->source[i]);
    free(part->source);
    free(part->name);
    *part = (struct data_part){0};
}

static int read_set_sources(const char *name, const struct node *at, struct data_part *part, struct err *e)
{
    int result = 0, n = node_count(at);

    part->name = mem_text(name);
    part->source = mem_new((size_t)n, sizeof *part->source);
    if (n == 0)
        return node_error(at, e, "found no source, allowed: FILE.h5:SPLIT, or a list of these");

    ASSERT(n > 0, "%d sources", n);
    for (part->n = 0; part->n < n; part->n++)
        if (read_source(node_item(at, part->n), &part->source[part->n], e) != 0)
            result = -1;
    return result;
}

static int read_validation(const struct node *at, struct data_config *cfg, struct err *e)
{
    double fraction;
    bool is_scalar = at->kind == NODE_SCALAR, is_beyond = is_scalar && text_is_beyond_double(at->text);

    if (!is_beyond && (!is_scalar || text_to_double(at->text, &fraction) != 0))
        return read_set_sources("validation", at, &cfg->validation, e);
    if (is_beyond || !(fraction > 0 && fraction < 1))
        return node_error(
            at, e, "found '%s', allowed: a fraction of train's rows in (0, 1), or sources FILE.h5:SPLIT", at->text);

    cfg->validation_fraction = fraction;
    return 0;
}

// Refuses a name that cannot be the name of a test set's group in the results.
static int check_set_name(const struct node *set, struct err *e)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    static const char *const taken[] = {"train", "validation"};

    for (int i = 0; i < 2; i++)
        if (strcmp(set->key, taken[i]) == 0)
            return node_key_error(
                set, e, "found '%s' as the name of a test set, allowed: any but train, validation", set->key);

    if (!*set->key || set->key[strspn(set->key, letters)])
        return node_key_error(
            set, e, "found '%s' as the name of a test set, allowed: letters, digits, _ and -", set->key);
    return 0;
}

static int read_test_sets(const struct node *at, struct data_config *cfg, struct err *e)
{
    bool named = at->kind == NODE_MAP && !node_get(at, "from");
    int result = 0, n = named ? at->n : 1;

    if (n == 0)
        return node_error(at, e, "found no test set, allowed: sources FILE.h5:SPLIT, or a map NAME: sources");
    cfg->test = mem_new((size_t)n, sizeof *cfg->test);
    for (cfg->n_test = 0; cfg->n_test < n; cfg->n_test++) {
        const struct node *set = named ? at->items[cfg->n_test] : at;
        int bad_name = named ? check_set_name(set, e) : 0;
        int bad_part =
            read_set_sources(named ? set->key : "test", set, &cfg->test[cfg->n_test], e); // both are reported
        if (bad_name || bad_part)
            result = -1;
    }
    return result;
}

// --- the section

bool data_label_number(const char *text, int64_t *number)
{
    double value;

    if (text_to_int64(text, number) == 0)
        return true;
    if (text_to_double(text, &value) != 0 || !(fabs(value) <= 9e15) || value != floor(value))
        return false;
    *number = (int64_t)value;
    return true;
}

// Orders labels: numbers by value, and then names by their bytes.
static int compare_normal_labels(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    int64_t m = 0, n = 0;
    bool is_x = data_label_number(x, &m), is_y = data_label_number(y, &n);

    if (is_x != is_y)
        return is_x ? -1 : 1;
    if (m != n)
        return m < n ? -1 : 1;
    return strcmp(x, y);
}

// Sorts the labels and removes duplicates, because neither order nor repetition has a meaning.
static void sort_normal_labels(struct field_texts *normal)
{
    int n = 0;

    if (normal->n)
        qsort(normal->v, (size_t)normal->n, sizeof *normal->v, compare_normal_labels);
    for (int i = 0; i < normal->n; i++)
        if (n > 0 && strcmp(normal->v[n - 1], normal->v[i]) == 0)
            free(normal->v[i]);
        else
            normal->v[n++] = normal->v[i];

    ASSERT(n <= normal->n, "%d of %d labels", n, normal->n);
    normal->n = n;
}

// Refuses sizes of blocks if rows are not shuffled in blocks, because they would have no effect.
static void refuse_unused_blocks(const struct node *section, const struct data_config *cfg, struct err *e)
{
    static const char *const keys[] = {"shuffle_block", "shuffle_window"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys && cfg->shuffle != SHUFFLE_BLOCKS; i++) {
        const struct node *at = node_get(section, keys[i]);
        if (at)
            node_key_error(at, e, "given without shuffle: blocks, allowed: both or neither");
    }
}

int data_config_read(const struct node *section, struct data_config *cfg, struct err *e)
{
    char found[80];

    *cfg = (struct data_config){0};
    if (!section)
        return err_add(e, ERR_USAGE,
            "data: found nothing, allowed: a section that says what to train on; hint: data: {train: mnist.h5:train}");
    if (section->kind != NODE_MAP)
        return node_error(section, e, "found %s, allowed: a section with train, test, ...", node_found(found, section));

    int before = e->count;
    spec_read(section, data_fields, cfg, e);
    if (cfg->train_node)
        read_set_sources("train", cfg->train_node, &cfg->train, e);
    if (cfg->validation_node)
        read_validation(cfg->validation_node, cfg, e);
    if (cfg->test_node)
        read_test_sets(cfg->test_node, cfg, e);

    window_config_read(cfg->window_node, &cfg->window, e);
    split_config_read(cfg, e);
    read_filters(&cfg->where, node_get(section, "where"), &cfg->filters, e);
    cfg->normal_at = node_get(section, "normal");
    sort_normal_labels(&cfg->normal);
    cfg->fill_at = node_get(section, "fill");
    scale_config_read(cfg->scale_node, &cfg->scale, e);

    refuse_unused_blocks(section, cfg, e);
    if (cfg->fill != FILL_NONE && cfg->missing == MISSING_IGNORE)
        node_key_error(node_get(section, "missing"), e, "given with fill, allowed: one of the two");
    if (e->count == before)
        return 0;

    data_config_free(cfg);
    return -1;
}

bool data_allows_missing(const struct data_config *cfg)
{
    return cfg->fill != FILL_NONE || cfg->missing == MISSING_IGNORE;
}

void data_config_free(struct data_config *cfg)
{
    set_sources_free(&cfg->train);
    set_sources_free(&cfg->validation);
    for (int i = 0; i < cfg->n_test; i++)
        set_sources_free(&cfg->test[i]);

    free(cfg->test);
    data_filters_free(&cfg->filters);
    scale_config_free(&cfg->scale);
    field_free(data_fields, cfg);
    *cfg = (struct data_config){0};
}

// Reads YAML text into a tree, through libyaml's events. No other file includes yaml.h.
//
// Scalars stay strings; spec_read.c gives them types. There are two kinds of mistakes. If the reader cannot continue
// (bad syntax, too large, too deep, a key that is not a string, a second document), it stops (yaml_stop). Other
// mistakes, such as tags, keys that are too long and duplicate keys, are only reported (yaml_refuse), so that one pass
// finds every such mistake.
//
// The functions that read always return a node, which may be incomplete, so that each caller has a node to attach and
// to free. spec_parse drops the whole tree if there was any error.
//
// Each alias becomes a copy of its anchor's node. The budget bounds these copies: without it, a few lines of aliases to
// aliases would fill the memory.
#include "spec/spec_impl.h"

#include "base/input.h"
#include "base/mem.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { MAX_ANCHORS = 1000 };

struct yaml_anchor {
    char *name;              // owned
    const struct node *node; // borrowed from the tree
};

struct yaml_reader {
    yaml_parser_t yaml;
    const char *file; // shared with the nodes
    const char *text; // (length), borrowed
    size_t length;
    struct yaml_anchor anchors[MAX_ANCHORS];
    int n_anchors;
    struct budget budget;
    bool has_failed; // nothing more can be read
    struct err *e;
};

static int yaml_refuse(struct yaml_reader *r, yaml_mark_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static int yaml_refuse(struct yaml_reader *r, yaml_mark_t at, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return err_at(r->e, ERR_USAGE, r->file, (int)at.line + 1, (int)at.column + 1, "%s", message);
}

// Does the same as yaml_refuse, and stops reading.
static void yaml_stop(struct yaml_reader *r, yaml_mark_t at, const char *what)
{
    yaml_refuse(r, at, "%s", what);
    r->has_failed = true;
}

// Returns the line and column of an offset. libyaml gives no mark for bytes that are not UTF-8.
static yaml_mark_t mark_of_offset(const struct yaml_reader *r, size_t offset)
{
    yaml_mark_t at = {0};
    for (size_t i = 0; i < offset && i < r->length; i++) {
        bool is_end = r->text[i] == '\n';
        at.line += is_end;
        at.column = is_end ? 0 : at.column + ((r->text[i] & 0xc0) != 0x80);
    }
    return at;
}

static const char *syntax_hint(const struct yaml_reader *r, const char *problem)
{
    if (strstr(problem, "cannot start any token"))
        return "; indent with spaces, not tabs; put a string that begins with a special character in quotes";
    if (strstr(problem, "did not find expected ','") && memmem(r->text, r->length, "${", 2))
        return "; inside { } and [ ] a variable stands in quotes: \"${name}\"";
    return "";
}

static void yaml_stop_syntax(struct yaml_reader *r)
{
    const yaml_parser_t *y = &r->yaml;
    const char *problem = y->problem ? y->problem : "no memory";
    bool is_bytes = y->error == YAML_READER_ERROR;
    yaml_mark_t at = is_bytes ? mark_of_offset(r, y->problem_offset) : y->problem_mark;
    char context[128] = "";
    if (!is_bytes && y->context)
        snprintf(context, sizeof context, " %s that begins in line %zu", y->context, y->context_mark.line + 1);
    yaml_refuse(r, at, "not YAML: %s%s%s", problem, context, syntax_hint(r, problem));
    r->has_failed = true;
}

// Gets the next event, which the caller deletes. Returns false, and an empty event, if reading has failed.
static bool next_event(struct yaml_reader *r, yaml_event_t *event)
{
    memset(event, 0, sizeof *event);
    if (!r->has_failed && !yaml_parser_parse(&r->yaml, event))
        yaml_stop_syntax(r);
    return !r->has_failed;
}

static struct node *node_at_mark(struct yaml_reader *r, struct node *n, yaml_mark_t at)
{
    node_place(n, r->file, (int)at.line + 1, (int)at.column + 1);
    return n;
}

// Subtracts from the budget the nodes and bytes by which the tree will grow. If the budget is exceeded, stops reading
// with an error.
static void count_growth(struct yaml_reader *r, int64_t nodes, int64_t bytes, yaml_mark_t at)
{
    if (!r->has_failed && !budget_take(&r->budget, nodes, bytes))
        yaml_stop(r, at, "too large: at most 100000 values and 16 MiB of text, aliases counted as copies");
}

static void keep_anchor(struct yaml_reader *r, const yaml_char_t *name, const struct node *n, yaml_mark_t at)
{
    if (!name)
        return;
    ASSERT(r->n_anchors <= MAX_ANCHORS, "%d", r->n_anchors);
    if (r->n_anchors == MAX_ANCHORS)
        yaml_stop(r, at, "more than 1000 anchors");
    else
        r->anchors[r->n_anchors++] = (struct yaml_anchor){.name = mem_text((const char *)name), .node = n};
}

static struct node *read_alias(struct yaml_reader *r, const yaml_event_t *event, int depth)
{
    const char *name = (const char *)event->data.alias.anchor;
    int i = r->n_anchors - 1; // the last anchor of that name counts

    while (i >= 0 && strcmp(r->anchors[i].name, name) != 0)
        i--;
    if (i < 0) {
        yaml_refuse(r, event->start_mark, "'*%.60s' names no anchor above", name);
        return node_at_mark(r, node_new(NODE_NULL), event->start_mark);
    }
    struct measure m = node_measure(r->anchors[i].node);
    count_growth(r, m.nodes, m.bytes, event->start_mark);
    if (!r->has_failed && depth + m.depth > SPEC_MAX_DEPTH)
        yaml_stop(r, event->start_mark, "deeper than 64 levels");

    return r->has_failed ? node_new(NODE_NULL) : node_copy(r->anchors[i].node);
}

static void refuse_tag(struct yaml_reader *r, const yaml_char_t *tag, yaml_mark_t at)
{
    if (tag)
        yaml_refuse(r, at, "found the tag '%.60s', allowed: values without tags", (const char *)tag);
}

// If a scalar contains a NUL, which a C string cannot hold, adds an error and returns true.
static bool refuse_nul(struct yaml_reader *r, const yaml_event_t *event)
{
    if (strlen((const char *)event->data.scalar.value) == event->data.scalar.length)
        return false;
    yaml_refuse(r, event->start_mark, "a string holds the character NUL");
    return true;
}

static struct node *read_scalar_event(struct yaml_reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    bool is_null = is_plain && (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
    refuse_tag(r, event->data.scalar.tag, event->start_mark);
    refuse_nul(r, event);
    struct node *n = node_at_mark(r, node_new_text(is_null ? NULL : text), event->start_mark);
    n->quoted = !is_plain;
    count_growth(r, 1, (int64_t)event->data.scalar.length, event->start_mark);
    keep_anchor(r, event->data.scalar.anchor, n, event->start_mark);
    return n;
}

static struct node *read_node(struct yaml_reader *r, const yaml_event_t *event, int depth);

static struct node *read_sequence(struct yaml_reader *r, const yaml_event_t *start, int depth)
{
    struct node *list = node_at_mark(r, node_new_list(), start->start_mark);
    yaml_event_t event;
    refuse_tag(r, start->data.sequence_start.tag, start->start_mark);
    while (next_event(r, &event) && event.type != YAML_SEQUENCE_END_EVENT) {
        node_append(list, NULL, read_node(r, &event, depth + 1));
        yaml_event_delete(&event);
    }
    yaml_event_delete(&event);
    keep_anchor(r, start->data.sequence_start.anchor, list, start->start_mark);
    return list;
}

static int compare_keys(const void *a, const void *b)
{
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    int order = strcmp(x->key, y->key);
    if (order)
        return order;
    if (x->key_line != y->key_line)
        return x->key_line < y->key_line ? -1 : 1;
    return (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

// Refuses keys that occur more than once. Sorts the keys, because a map may have very many: O(n log n).
static void refuse_duplicates(struct yaml_reader *r, const struct node *map)
{
    if (map->n < 2)
        return;
    const struct node **sorted = mem_new((size_t)map->n, sizeof *sorted);
    memcpy(sorted, map->items, (size_t)map->n * sizeof *sorted);
    qsort(sorted, (size_t)map->n, sizeof *sorted, compare_keys);
    for (int i = 1; i < map->n; i++)
        if (strcmp(sorted[i]->key, sorted[i - 1]->key) == 0)
            err_at(r->e, ERR_USAGE, r->file, sorted[i]->key_line, sorted[i]->key_column,
                "%s: this key is in line %d already", sorted[i]->key, sorted[i - 1]->key_line);
    free(sorted);
}

// Returns true if an event can be a key; otherwise stops reading with an error.
static bool check_key(struct yaml_reader *r, const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT) {
        yaml_stop(r, event->start_mark, "found a list, section or alias as a key, allowed: a string");
        return false;
    }

    const char *key = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;

    refuse_tag(r, event->data.scalar.tag, event->start_mark);
    if (strcmp(key, "<<") == 0)
        yaml_refuse(r, event->start_mark, "'<<': maps are not merged, allowed: an alias as the whole value");
    if (!refuse_nul(r, event) && (length == 0 || length > SPEC_MAX_KEY))
        yaml_refuse(r, event->start_mark, "found a key of %zu bytes, allowed: 1 to %d", length, SPEC_MAX_KEY);

    return true;
}

static struct node *read_mapping(struct yaml_reader *r, const yaml_event_t *start, int depth)
{
    struct node *map = node_at_mark(r, node_new_map(), start->start_mark);
    yaml_event_t key, event;

    refuse_tag(r, start->data.mapping_start.tag, start->start_mark);

    while (next_event(r, &key) && key.type != YAML_MAPPING_END_EVENT && check_key(r, &key) && next_event(r, &event)) {
        struct node *item = read_node(r, &event, depth + 1);
        item->key_line = (int)key.start_mark.line + 1;
        item->key_column = (int)key.start_mark.column + 1;
        node_append(map, (const char *)key.data.scalar.value, item);
        count_growth(r, 0, (int64_t)key.data.scalar.length, key.start_mark);
        yaml_event_delete(&event);
        yaml_event_delete(&key);
    }

    yaml_event_delete(&key);
    refuse_duplicates(r, map);
    keep_anchor(r, start->data.mapping_start.anchor, map, start->start_mark);

    return map;
}

// Reads the value that begins with an event. The root has depth 1. Never returns NULL: after a failure, returns the
// part that was read.
static struct node *read_node(struct yaml_reader *r, const yaml_event_t *event, int depth)
{
    if (depth > SPEC_MAX_DEPTH) {
        yaml_stop(r, event->start_mark, "deeper than 64 levels");
        return node_new(NODE_NULL);
    }
    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(r, event, depth - 1);
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar_event(r, event);
    count_growth(r, 1, 0, event->start_mark);
    return event->type == YAML_SEQUENCE_START_EVENT ? read_sequence(r, event, depth) : read_mapping(r, event, depth);
}

// Reads the only document of a stream; an empty stream is a null.
static struct node *read_document(struct yaml_reader *r)
{
    yaml_event_t event;
    struct node *root = NULL;

    for (bool is_end = false; !is_end && next_event(r, &event); yaml_event_delete(&event)) {
        if (event.type == YAML_STREAM_END_EVENT)
            is_end = true;
        else if (event.type == YAML_DOCUMENT_START_EVENT && root)
            yaml_stop(r, event.start_mark, "found a second document, allowed: one in a file");
        else if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT &&
                 event.type != YAML_DOCUMENT_END_EVENT)
            root = read_node(r, &event, 1);
    }

    return root ? root : node_at_mark(r, node_new(NODE_NULL), (yaml_mark_t){0});
}

struct node *spec_parse(const char *name, const char *text, size_t length, struct err *e)
{
    struct yaml_reader r = {.text = text, .length = length, .budget = {SPEC_MAX_NODES, SPEC_MAX_TEXT}, .e = e};
    int errors = e->count;

    if (length > SPEC_MAX_BYTES) {
        err_at(e, ERR_USAGE, name, 0, 0, "found more than 1 MiB of text, allowed: less");
        return NULL;
    }
    if (!yaml_parser_initialize(&r.yaml)) {
        err_at(e, ERR_SYSTEM, name, 0, 0, "no memory to read it");
        return NULL;
    }

    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, length);
    r.file = name_share(name);
    struct node *root = read_document(&r);

    yaml_parser_delete(&r.yaml);
    for (int i = 0; i < r.n_anchors; i++)
        free(r.anchors[i].name);
    if (e->count > errors)
        node_free(&root);
    file_drop(r.file);

    return root;
}

struct node *spec_load(const char *path, struct err *e)
{
    const char *why = NULL;
    FILE *f = input_stream(path, &why);
    char *text = mem_new(SPEC_MAX_BYTES + 1, 1);
    size_t n = f ? fread(text, 1, SPEC_MAX_BYTES + 1, f) : 0;

    struct node *root = NULL;
    if (!f || ferror(f))
        err_at(e, ERR_USAGE, path, 0, 0, "cannot be read: %s", why ? why : strerror(errno));
    else
        root = spec_parse(path, text, n, e);

    if (f)
        fclose(f);
    free(text);

    return root;
}

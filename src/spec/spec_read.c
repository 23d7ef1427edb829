// Reads maps into configs and writes configs as maps, both by the tables of fields.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *node_member(const struct field *f, void *config)
{
    ASSERT(f->type == FIELD_NODE, "%s", f->key);
    return (char *)config + f->offset;
}

static bool is_list_field(const struct field *f)
{
    return f->type == FIELD_INTS || f->type == FIELD_TEXTS;
}

// Frees the value and leaves it unset: NULL or an empty list.
static void unset_field(const struct field *f, void *config)
{
    const struct field alone[] = {*f, {0}};
    field_free(alone, config);
}

static int refuse_node(const struct field *f, const struct node *n, struct err *e)
{
    char found[80], allowed[256];
    return node_error(n, e, "found %s, allowed: %s", node_found(found, n), field_allowed(allowed, f));
}

static int read_list_field(const struct field *f, void *config, const struct node *list, struct err *e)
{
    char why[256];
    int rc = 0;

    ASSERT(is_list_field(f) && list->kind == NODE_LIST, "%s", f->key);
    unset_field(f, config);
    for (int i = 0; i < list->n; i++) {
        const struct node *item = list->items[i];
        if (item->kind != NODE_SCALAR)
            rc = refuse_node(f, item, e);
        else if (field_append(f, config, item->text, why) < 0)
            rc = node_error(item, e, "%s", why);
    }

    return rc;
}

static int read_null_field(const struct field *f, void *config, const struct node *n, struct err *e)
{
    bool can_be_unset = f->type == FIELD_TEXT || is_list_field(f);
    if (!can_be_unset || f->flags & FIELD_REQUIRED)
        return refuse_node(f, n, e);
    unset_field(f, config);
    return 0;
}

static int read_field(const struct field *f, void *config, const struct node *n, struct err *e)
{
    char why[256];

    if (f->type == FIELD_NODE && !(n->kind == NODE_NULL && f->flags & FIELD_REQUIRED)) {
        *(const struct node **)node_member(f, config) = n->kind == NODE_NULL ? NULL : n;
        return 0;
    }
    if (n->kind == NODE_NULL)
        return read_null_field(f, config, n, e);
    if (n->kind == NODE_LIST && is_list_field(f))
        return read_list_field(f, config, n, e);
    if (n->kind != NODE_SCALAR)
        return refuse_node(f, n, e);

    return field_set(f, config, n->text, why) < 0 ? node_error(n, e, "%s", why) : 0;
}

static int refuse_unknown_key(const struct node *item, const struct spec_part *parts, int n_parts, struct err *e)
{
    struct text all = {0};
    int room = 0, n = 0;

    for (int i = 0; i < n_parts; i++)
        room += field_count(parts[i].fields);
    const char **keys = mem_new((size_t)room, sizeof *keys);

    text_add(&all, "%s", "");
    for (int i = 0; i < n_parts; i++)
        for (const struct field *f = parts[i].fields; f->key; f++) {
            text_add(&all, "%s%s", n ? ", " : "", f->key);
            ASSERT(n < room, "%d of %d", n, room);
            keys[n++] = f->key;
        }

    char hint[DID_YOU_MEAN_ROOM];
    if (!e->hidden && *text_did_you_mean(hint, item->key, keys, n))
        node_key_error(item, e, "unknown key%s", hint);
    else
        node_key_error(item, e, "unknown key, allowed: %.600s", all.data);

    text_free(&all);
    free(keys);
    return -1;
}

static int read_map_item(const struct node *item, const struct spec_part *parts, int n, struct err *e)
{
    for (int i = 0; i < n; i++) {
        const struct field *f = field_find(parts[i].fields, item->key);
        if (f)
            return read_field(f, parts[i].config, item, e);
    }
    return refuse_unknown_key(item, parts, n, e);
}

int spec_refuse_missing(const struct node *map, const char *key, const char *allowed, struct err *e)
{
    char *name = map ? node_name(map) : mem_text("");
    char *message = mem_format("%s%s%s: missing, allowed: %s", name, *name ? "." : "", key, allowed);

    if (map && map->file)
        err_at(e, ERR_USAGE, map->file, map->line, map->column, "%s", message);
    else
        err_add(e, ERR_USAGE, "%s", message);

    free(message);
    free(name);
    return -1;
}

static int refuse_missing_key(const struct node *map, const struct field *f, struct err *e)
{
    char allowed[256];
    return spec_refuse_missing(map, f->key, field_allowed(allowed, f), e);
}

int spec_read_parts(const struct node *map, const struct spec_part *parts, int n, struct err *e)
{
    char found[80];
    int rc = 0;

    for (int i = 0; i < n; i++)
        field_defaults(parts[i].fields, parts[i].config);
    if (map && map->kind != NODE_NULL && map->kind != NODE_MAP)
        return node_error(map, e, "found %s, allowed: a section", node_found(found, map));

    for (int i = 0; map && i < map->n; i++)
        if (read_map_item(map->items[i], parts, n, e) < 0)
            rc = -1;

    for (int i = 0; i < n; i++)
        for (const struct field *f = parts[i].fields; f->key; f++)
            if (f->flags & FIELD_REQUIRED && !node_get(map, f->key))
                rc = refuse_missing_key(map, f, e);

    return rc;
}

int spec_read(const struct node *map, const struct field *fields, void *config, struct err *e)
{
    const struct spec_part part = {fields, config};
    return spec_read_parts(map, &part, 1, e);
}

static struct node *write_list_field(const struct field *f, const void *config)
{
    const void *p = (const char *)config + f->offset;
    const struct field_ints *ints = p;
    const struct field_texts *texts = p;
    struct node *list = node_new_list();
    char digits[24];

    ASSERT(is_list_field(f), "%s", f->key);
    int n = f->type == FIELD_INTS ? ints->n : texts->n;
    for (int i = 0; i < n; i++) {
        if (f->type == FIELD_INTS)
            snprintf(digits, sizeof digits, "%lld", (long long)ints->v[i]);
        node_add(list, NULL, node_new_text(f->type == FIELD_INTS ? digits : texts->v[i]));
    }

    return list;
}

// Returns the value of a field as a node, which is a null if the value is unset.
static struct node *write_field(const struct field *f, const void *config)
{
    if (f->type == FIELD_NODE) {
        const struct node *n = *(const struct node *const *)(const void *)((const char *)config + f->offset);
        return n ? node_copy(n) : node_new_text(NULL);
    }
    if (is_list_field(f))
        return write_list_field(f, config);
    char *text = field_get(f, config);
    struct node *n = node_new_text(text);
    free(text);
    return n;
}

struct node *spec_write(const struct field *fields, const void *config, unsigned without)
{
    struct node *map = node_new_map();

    for (const struct field *f = fields; f->key; f++) {
        if (f->flags & without)
            continue;

        struct node *value = write_field(f, config);
        bool is_unset =
            value->kind == NODE_NULL || (f->type != FIELD_NODE && value->kind == NODE_LIST && value->n == 0);
        if (is_unset && !f->default_text)
            node_free(&value);
        else
            node_add(map, f->key, value);
    }

    return map;
}

// Appends a cell of a Markdown table. Escapes '|', which would end the cell.
static void add_table_cell(struct text *t, const char *text)
{
    text_add(t, "%s", text && *text ? " " : "");
    for (const char *p = text; p && *p; p++)
        text_add(t, *p == '|' ? "\\%c" : "%c", *p);
    text_add(t, " |");
}

void spec_reference(const struct field *fields, struct text *t)
{
    char range[80];

    text_add(t, "| key | type | default | range | unit | help |\n|---|---|---|---|---|---|\n");
    for (const struct field *f = fields; f->key; f++) {
        struct text type = {0};
        text_add(&type, "%s", f->type == FIELD_NODE ? "see below" : field_type_name(f));
        for (int i = 0; f->choices && f->choices[i]; i++)
            text_add(&type, "%s `%s`", i ? "," : "", f->choices[i]);

        text_add(t, "| `%s` |", f->key);
        add_table_cell(t, type.data);
        add_table_cell(t, f->flags & FIELD_REQUIRED ? "required" : f->default_text);
        add_table_cell(t, field_range(range, f));
        add_table_cell(t, f->unit);
        add_table_cell(t, f->help);
        text_add(t, "\n");
        text_free(&type);
    }
}

// Makes, changes, copies, finds, compares and frees the nodes of a spec's tree.
//
// A node owns its key, its string and its items; a root has no parent. The position of a node is only for messages. The
// name of its file is reference-counted, and shared by all nodes of that file and by their copies, so that a trial's
// tree can outlive the tree of the spec. The counter is not atomic: a tree and its copies stay in one thread.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

// A file's name, reference-counted and shared by the nodes of the file.
struct file_name {
    int uses;
    char name[];
};

static struct file_name *name_header(const char *name)
{
    return (struct file_name *)(void *)((char *)name - offsetof(struct file_name, name));
}

const char *name_share(const char *name)
{
    size_t n = strlen(name) + 1;
    struct file_name *f = mem_new(1, sizeof *f + n);
    f->uses = 1;
    return memcpy(f->name, name, n);
}

void file_drop(const char *file)
{
    if (!file)
        return;
    struct file_name *f = name_header(file);
    ASSERT(f->uses > 0, "%s", file);
    if (--f->uses == 0)
        free(f);
}

struct node *node_new(enum node_kind kind)
{
    struct node *n = mem_new(1, sizeof *n);
    n->kind = kind;
    return n;
}

struct node *node_new_map(void)
{
    return node_new(NODE_MAP);
}

struct node *node_new_list(void)
{
    return node_new(NODE_LIST);
}

struct node *node_new_text(const char *text)
{
    struct node *n = node_new(text ? NODE_SCALAR : NODE_NULL);
    n->text = mem_text(text);
    return n;
}

void node_place(struct node *n, const char *file, int line, int column)
{
    if (file)
        name_header(file)->uses++;
    file_drop(n->file);
    n->file = file;
    n->line = line;
    n->column = column;
}

struct node *node_append(struct node *parent, const char *key, struct node *item)
{
    ASSERT(key ? parent->kind == NODE_MAP : parent->kind == NODE_LIST);
    ASSERT(!item->parent && item != parent);
    ASSERT(parent->n <= parent->capacity, "%d of %d", parent->n, parent->capacity);

    if (parent->n == parent->capacity) {
        parent->capacity = parent->capacity ? 2 * parent->capacity : 4;
        parent->items = mem_grow(parent->items, (size_t)parent->capacity, sizeof *parent->items);
    }

    char *owned = mem_text(key); // before the free: key may be the item's own
    free(item->key);
    item->key = owned;
    item->parent = parent;

    return parent->items[parent->n++] = item;
}

struct node *node_add(struct node *parent, const char *key, struct node *item)
{
    struct node *old = key ? node_get(parent, key) : NULL;
    if (!old)
        return node_append(parent, key, item);
    node_replace(old, item);
    return item;
}

int node_index(const struct node *item)
{
    int i = 0;
    ASSERT(item->parent);
    while (item->parent->items[i] != item) {
        i++;
        ASSERT(i < item->parent->n, "%d of %d", i, item->parent->n);
    }
    return i;
}

void node_replace(struct node *old, struct node *item)
{
    ASSERT(old->parent && !item->parent && item != old);
    free(item->key);
    item->key = old->key;
    old->key = NULL;
    item->parent = old->parent;
    item->parent->items[node_index(old)] = item;
    node_free(&old);
}

struct node *node_take(struct node *map, const char *key)
{
    struct node *item = node_get(map, key);
    if (!item)
        return NULL;
    for (int i = node_index(item); i + 1 < map->n; i++)
        map->items[i] = map->items[i + 1];
    map->n--;
    item->parent = NULL;
    return item;
}

struct node *node_copy(const struct node *n)
{
    struct node *copy = node_new(n->kind);
    copy->quoted = n->quoted;
    copy->text = mem_text(n->text);
    copy->key = mem_text(n->key);
    copy->key_line = n->key_line;
    copy->key_column = n->key_column;
    node_place(copy, n->file, n->line, n->column);
    for (int i = 0; i < n->n; i++)
        node_append(copy, n->items[i]->key, node_copy(n->items[i]));
    return copy;
}

void node_free(struct node **n)
{
    if (!*n)
        return;
    for (int i = 0; i < (*n)->n; i++)
        node_free(&(*n)->items[i]);
    free((*n)->items);
    free((*n)->key);
    free((*n)->text);
    file_drop((*n)->file);
    free(*n);
    *n = NULL;
}

void node_set_place(struct node *n, const struct node *at)
{
    node_place(n, at->file, at->line, at->column);
    n->key_line = at->key_line;
    n->key_column = at->key_column;
}

struct node *node_get(const struct node *map, const char *key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (int i = 0; i < map->n; i++)
        if (strcmp(map->items[i]->key, key) == 0)
            return map->items[i];
    return NULL;
}

int node_count(const struct node *n)
{
    if (!n || n->kind == NODE_NULL)
        return 0;
    return n->kind == NODE_LIST ? n->n : 1;
}

const struct node *node_item(const struct node *n, int i)
{
    ASSERT(i >= 0 && i < node_count(n), "%d of %d", i, node_count(n));
    return n->kind == NODE_LIST ? n->items[i] : n;
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool node_equal(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || a->n != b->n || !is_same_text(a->text, b->text))
        return false;
    for (int i = 0; i < a->n; i++)
        if (!is_same_text(a->items[i]->key, b->items[i]->key) || !node_equal(a->items[i], b->items[i]))
            return false;
    return true;
}

struct measure node_measure(const struct node *n)
{
    struct measure m = {.nodes = 1, .depth = 1};
    m.bytes = n->text ? (int64_t)strlen(n->text) : 0;
    m.bytes += n->key ? (int64_t)strlen(n->key) : 0;
    for (int i = 0; i < n->n; i++) {
        struct measure item = node_measure(n->items[i]);
        m.nodes += item.nodes;
        m.bytes += item.bytes;
        m.depth = item.depth >= m.depth ? item.depth + 1 : m.depth;
    }
    return m;
}

bool budget_take(struct budget *b, int64_t nodes, int64_t bytes)
{
    ASSERT(nodes >= 0 && bytes >= 0);
    b->nodes -= nodes;
    b->bytes -= bytes;
    return b->nodes >= 0 && b->bytes >= 0;
}

const struct node *node_section(const struct node *map, const char *name)
{
    const struct node *n = node_get(map, name);
    return n && n->kind != NODE_NULL ? n : NULL;
}

int node_items(const struct node *n)
{
    return n ? n->n : 0;
}

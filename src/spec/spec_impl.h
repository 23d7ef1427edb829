// What the files of spec/ share.
#pragma once

#include "spec/spec.h"

// --- node.c
// A file's name in new memory with one use; node_free drops the use of each node, file_drop that of the maker.
const char *name_share(const char *name);
void file_drop(const char *file);

struct node *node_new(enum node_kind kind);
// Says where n was written (`file` may be NULL).
void node_place(struct node *n, const char *file, int line, int column);
// As node_add without a look for the same key.
struct node *node_append(struct node *parent, const char *key, struct node *item);
// `item` takes the place and key of `old`, which is freed. `old` must have a parent.
void node_replace(struct node *old, struct node *item);

// What copies cost: aliases and variables make large trees of small texts.
struct measure {
    int64_t nodes, bytes;
    int depth; // 1: a scalar
};
struct measure node_measure(const struct node *n);
// What may still be made. Takes it; false where it is more than there is.
struct budget {
    int64_t nodes, bytes;
};
enum { SPEC_MAX_TEXT = 16 << 20 }; // bytes of all texts of a tree
bool budget_take(struct budget *b, int64_t nodes, int64_t bytes);

// --- sweep_config.c
// The section, resolved. Checks also that each setting belongs to the method.
int sweep_config_read(const struct node *sweep, struct sweep_config *c, struct err *e);
// Whether a key of `over` has a range, or what is meant for one.
bool sweep_is_range(const struct node *item);
int sweep_range_read(const struct node *item, struct sweep_range *r, struct err *e);

// --- node_path.c
// 0 when `path` is one that node_put can follow from root; -1 and the reason.
int node_path_check(const struct node *root, const char *path, char why[256]);
// Puts `item` at `path` below root in place of what is there; missing maps are made on the way. node_path_check has
// passed.
void node_put(struct node *root, const char *path, struct node *item);

// --- variable.c
struct variable {
    const char *name;         // borrowed
    const struct node *value; // borrowed; as `variables` gives it; NULL: only swept
    bool is_swept;
    bool is_used;
    bool is_varying; // swept, or uses one that is varying
    int *uses;       // owned; (n_uses) indices of variables
    int n_uses;
    int state; // of the search for cycles
};
struct variables {
    struct variable *v; // owned; (n), sorted by name
    int *order;         // owned; (n) indices: each after all that it uses
    int n, ordered;
};
enum { SPEC_MAX_VARIABLES = 1000, SPEC_MAX_MODELS = 1000 };
// The variables of a spec and where they are used; `over`: `sweep.over` or NULL. Reports undefined and unused ones and
// cycles.
int variables_find(struct variables *vars, const struct node *root, const struct node *over, struct err *e);
void variables_free(struct variables *vars);
int variable_index(const struct variables *vars, const char *name); // -1: none

// What variables stand for while a tree is resolved.
struct scope {
    const struct variables *vars;
    const struct node **value; // (n) of vars; NULL: varies, and is not known here
    struct budget budget;
    struct err *e;
};
// A copy of n with every variable replaced; mistakes are added to scope->e. `depth` is that of n in its tree.
struct node *scope_resolve(struct scope *s, const struct node *n, int depth);

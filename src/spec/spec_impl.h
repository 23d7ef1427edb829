// Shared by the files of spec/.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include "base/text.h"
#include "spec/spec.h"

// --- node.c
// The name of a file is reference-counted memory that its nodes share. name_share makes it with one reference, which
// the caller drops with file_drop. node_place adds a reference for its node, which node_free drops.
const char *name_share(const char *name);
void file_drop(const char *file);

struct node *node_new(enum node_kind kind);
// Sets the position of n (`file` may be NULL).
void node_place(struct node *n, const char *file, int line, int column);
// Does the same as node_add in O(1), without a search: the key must be new.
struct node *node_append(struct node *parent, const char *key, struct node *item);
// Replaces `old` by `item`, which gets the key of `old` and its place in the parent, and frees `old`. `old` must have a
// parent.
void node_replace(struct node *old, struct node *item);
// Returns the number of items of a list or map; 0 for NULL.
int node_items(const struct node *n);
// Returns the item of a map, or NULL if it is missing or null.
const struct node *node_section(const struct node *map, const char *name);
// Returns the index of an item in its parent, which must not be NULL.
int node_index(const struct node *item);

// The cost of copying a tree. It has a limit, because aliases and variables make large trees from short files.
struct measure {
    int64_t nodes, bytes;
    int depth; // 1: a scalar
};
struct measure node_measure(const struct node *n);
// The nodes and bytes that may still be made.
struct budget {
    int64_t nodes, bytes;
};
enum { SPEC_MAX_TEXT = 16 << 20 }; // bytes of all strings of a tree
// Subtracts a cost. Returns false if the budget is exceeded, by this cost or by an earlier one.
bool budget_take(struct budget *b, int64_t nodes, int64_t bytes);

// --- sweep_config.c
// Reads the section `sweep`, in which variables are already replaced, and checks that each setting belongs to the
// method.
int sweep_config_read(const struct node *sweep, struct sweep_config *c, struct err *e);
// Returns true if the value of a key of `over` is a range, or was probably meant as one.
bool sweep_is_range(const struct node *item);
int sweep_range_read(const struct node *item, struct sweep_range *r, struct err *e);

// --- node_path.c
// Returns 0 if node_put can put an item at `path` below root, else -1 and the reason in `why`.
int node_path_check(const struct node *root, const char *path, char why[256]);
// Puts `item` at `path` below root, replaces what is there, and creates missing maps. node_path_check must have
// returned 0.
void node_put(struct node *root, const char *path, struct node *item);

// --- variable.c
enum variable_state { VARIABLE_NEW, VARIABLE_OPEN, VARIABLE_DONE }; // of the depth-first search that orders variables
struct variable {
    const char *name;              // borrowed
    const struct node *value;      // borrowed; the item of `variables`; NULL: the variable is only a swept key
    bool is_swept, is_conditional; // is_conditional: only_if lets it vary in some trials only
    bool is_used;
    bool is_varying; // swept, or uses a variable that varies
    int *uses;       // owned; (n_uses) indices of the variables that its value uses
    int n_uses;
    enum variable_state state;
};
struct variables {
    struct variable *v; // owned; (n), sorted by name
    int *order;         // owned; (n) indices: each variable comes after all that it uses
    int n, ordered;
};
enum { SPEC_MAX_VARIABLES = 1000, SPEC_MAX_MODELS = 1000 };
// The keys of a sweep that vary.
struct swept_keys {
    const struct node **item; // (n)
    int n;
    const struct node *only_if; // `sweep.only_if`, or NULL
};
// Finds the variables of a spec and their uses. Reports undefined and unused variables and cycles. The caller frees
// `vars` with variables_free, even after -1.
int variables_find(struct variables *vars, const struct node *root, const struct swept_keys *swept, struct err *e);
void variables_free(struct variables *vars);
int variable_index(const struct variables *vars, const char *name); // -1: no such variable
// Returns true if a name is not a variable, but has a value that depends on the data: `features`, `length`.
bool variable_is_fact(const char *name);

// --- resolve.c
// The values of variables while a tree is resolved.
struct scope {
    const struct variables *vars;
    const struct node **value; // (n of vars); NULL: the variable varies and has no value here
    struct budget budget;
    struct err *e;
};
// Returns a scope without values. The caller sets scope.value[i] for each variable, and frees scope.value.
struct scope scope_begin(const struct variables *vars, struct err *e);
// Returns a copy of n with every variable replaced, and adds mistakes to scope->e. `depth` is the depth of n in its
// tree.
struct node *scope_resolve(struct scope *s, const struct node *n, int depth);

// --- sweep_key.c
// A key of `sweep.over`.
struct sweep_key {
    const struct node *item;  // borrowed; the node of the key, resolved: a list of values, one value, or a range
    int variable;             // index of the variable with the name of the key; -1: the key is a path into the spec
    struct sweep_range range; // the range; if the key has a list, the range of the indices of its values
    char **text;              // owned; (n) the values as strings
    int n;                    // number of listed values; 0: the key has a range
    int leader;               // the key that this key follows; -1: this key is free
    bool is_zipped;
};
// Reads the key at k->item into `k`, whose other members must be zero. The caller frees `k` with sweep_key_free, even
// after -1.
int sweep_key_read(
    struct sweep_key *k, const struct node *root, const struct variables *vars, int method, struct err *e);
void sweep_key_free(struct sweep_key *k);
// Adds the error that `models` has no model with the name `model`. Returns -1.
int sweep_refuse_model(const struct node *model, const struct node *models, struct err *e);
// Returns true if a section belongs to the sweep and not to its trials: sweep, variables, models.
bool sweep_is_own_section(const char *key);

// --- spec_sweep.c
// Some values of a key: those inside any of these ranges.
struct sweep_match {
    int key;
    struct sweep_range *range; // owned; (n)
    int n;
};
// A condition {KEY: VALUES, ...}: each key must have one of its values.
struct sweep_clause {
    struct sweep_match *match; // owned; (n)
    int n;
    const struct node *at; // borrowed
};
// The combinations that no rule leaves out, by their numbers.
struct sweep_list {
    int32_t *number; // owned; (n), ascending; NULL: no rule leaves any out
    int64_t n;       // -1: there are infinitely many
};
struct spec_sweep {
    struct node *root;     // owned; the spec as it was written
    struct node *resolved; // owned; a map that holds `sweep` with its variables replaced
    struct variables vars;
    struct node **constant; // owned; (vars.n) the value of each variable; NULL: the variable varies
    struct sweep_config config;
    struct sweep_key *key; // owned; (n)
    int n;
    struct sweep_clause *only_if; // owned; (n) conditions of the keys; if empty, the key varies in all trials
    int *order;                   // owned; (ordered) keys; each follows the keys in its only_if
    int ordered;                  // 0 without only_if
    struct sweep_clause *exclude; // owned; (n_exclude)
    int n_exclude;
    double *start; // owned; (n_start, n); NaN: the starting point does not give the key
    int n_start;
    struct sweep_list all, seedless; // all: combinations of all keys; seedless: of all keys except the key of the seed
};

// --- sweep_rules.c
// Reads `zip`, `only_if`, `exclude` and `start`, after the keys.
int sweep_rules_read(struct spec_sweep *s, struct err *e);
void sweep_rules_free(struct spec_sweep *s);

// --- sweep_space.c
// Lists the combinations that no rule leaves out, if there are rules.
int sweep_space_read(struct spec_sweep *s, struct err *e);

// What the files of spec/ share.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include "base/text.h"
#include "spec/spec.h"

// --- node.c
// The name of a file is counted memory that its nodes share. name_share makes it with one use, which the maker returns
// with file_drop; node_place takes a use for its node and node_free returns that.
const char *name_share(const char *name);
void file_drop(const char *file);

struct node *node_new(enum node_kind kind);
// Records where n was written (`file` may be NULL).
void node_place(struct node *n, const char *file, int line, int column);
// Does the same as node_add in O(1), without a search: the caller knows that the key is new.
struct node *node_append(struct node *parent, const char *key, struct node *item);
// Gives `item` the place and key of `old`, which is freed. `old` must have a parent.
void node_replace(struct node *old, struct node *item);
// Returns how many items a list or map has; NULL has none.
int node_items(const struct node *n);
// Returns the item of a map, or NULL if it is missing or null.
const struct node *node_section(const struct node *map, const char *name);
// Returns the index of an item in its parent, which it must have.
int node_index(const struct node *item);

// What a copy of a tree costs: aliases and variables make large trees from short files.
struct measure {
    int64_t nodes, bytes;
    int depth; // 1: a scalar
};
struct measure node_measure(const struct node *n);
// What may still be made.
struct budget {
    int64_t nodes, bytes;
};
enum { SPEC_MAX_TEXT = 16 << 20 }; // bytes of all strings of a tree
// Subtracts a cost. Returns false once the budget is overdrawn.
bool budget_take(struct budget *b, int64_t nodes, int64_t bytes);

// --- sweep_config.c
// Reads the section, whose variables are resolved, and checks that each setting belongs to the method.
int sweep_config_read(const struct node *sweep, struct sweep_config *c, struct err *e);
// Returns true if a key of `over` has a range, or something that was probably meant as one.
bool sweep_is_range(const struct node *item);
int sweep_range_read(const struct node *item, struct sweep_range *r, struct err *e);

// --- node_path.c
// Returns 0 if node_put can follow `path` from root, else -1 and the reason in `why`.
int node_path_check(const struct node *root, const char *path, char why[256]);
// Puts `item` at `path` below root, in place of what is there; missing maps are created. node_path_check must have
// passed.
void node_put(struct node *root, const char *path, struct node *item);

// --- variable.c
enum variable_state { VARIABLE_NEW, VARIABLE_OPEN, VARIABLE_DONE }; // of the search for cycles
struct variable {
    const char *name;              // borrowed
    const struct node *value;      // borrowed; its item of `variables`; NULL: only swept
    bool is_swept, is_conditional; // conditional: it does not vary in all trials
    bool is_used;
    bool is_varying; // swept, or uses a variable that varies
    int *uses;       // owned; (n_uses) indices of variables
    int n_uses;
    enum variable_state state;
};
struct variables {
    struct variable *v; // owned; (n), sorted by name
    int *order;         // owned; (n) indices: each after all that it uses
    int n, ordered;
};
enum { SPEC_MAX_VARIABLES = 1000, SPEC_MAX_MODELS = 1000 };
// The keys that vary.
struct swept_keys {
    const struct node **item; // (n)
    int n;
    const struct node *only_if; // `sweep.only_if`, or NULL
};
// Finds the variables of a spec and their uses. Reports undefined and unused variables and cycles. Also after -1 the
// caller frees `vars` with variables_free.
int variables_find(struct variables *vars, const struct node *root, const struct swept_keys *swept, struct err *e);
void variables_free(struct variables *vars);
int variable_index(const struct variables *vars, const char *name); // -1: none
// Returns true if a name that is not a variable has a value that depends on the data: features, length.
bool variable_is_fact(const char *name);

// --- resolve.c
// What variables stand for while a tree is resolved.
struct scope {
    const struct variables *vars;
    const struct node **value; // (n) of vars; NULL: varies, and is unknown here
    struct budget budget;
    struct err *e;
};
// Begins to resolve variables. The caller sets what is in scope.value, and frees it.
struct scope scope_begin(const struct variables *vars, struct err *e);
// Returns a copy of n with every variable replaced; mistakes are added to scope->e. `depth` is that of n in its tree.
struct node *scope_resolve(struct scope *s, const struct node *n, int depth);

// --- sweep_key.c
// A key of `sweep.over`.
struct sweep_key {
    const struct node *item;  // borrowed; its node, resolved: a list of values, one value, or a range
    int variable;             // index of the variable that it names; -1: the key is a path into the spec
    struct sweep_range range; // with a list: the indices of its values
    char **text;              // owned; (n) the values as strings
    int n;                    // 0: a range
    int leader;               // the key that it follows; -1: it is free
    bool is_zipped;
};
// Reads the key at k->item, with the rest of `k` zero. Also after -1 the caller frees `k` with sweep_key_free.
int sweep_key_read(
    struct sweep_key *k, const struct node *root, const struct variables *vars, int method, struct err *e);
void sweep_key_free(struct sweep_key *k);
// Adds the error that `model` names none of `models`. Returns -1.
int sweep_refuse_model(const struct node *model, const struct node *models, struct err *e);
// Returns true if a section belongs to the sweep and not to its trials: sweep, variables, models.
bool sweep_is_own_section(const char *key);

// --- spec_sweep.c
// Values of a key: those inside one of these ranges.
struct sweep_match {
    int key;
    struct sweep_range *range; // owned; (n)
    int n;
};
// {KEY: VALUES, ...}
struct sweep_clause {
    struct sweep_match *match; // owned; (n)
    int n;
    const struct node *at; // borrowed
};
// Numbers of the combinations that are not left out.
struct sweep_list {
    int32_t *number; // owned; (n), ascending; NULL: none is left out
    int64_t n;       // -1: they are endless
};
struct spec_sweep {
    struct node *root;     // owned; the spec as it was written
    struct node *resolved; // owned; a map that holds `sweep` with its variables replaced
    struct variables vars;
    struct node **constant; // owned; (vars.n) what the variables that do not vary stand for, else NULL
    struct sweep_config config;
    struct sweep_key *key; // owned; (n)
    int n;
    struct sweep_clause *only_if; // owned; (n) of each key; without matches: it varies in all trials
    int *order;                   // owned; (ordered) keys, each behind those that its only_if names
    int ordered;                  // 0 without only_if
    struct sweep_clause *exclude; // owned; (n_exclude)
    int n_exclude;
    double *start; // owned; (n_start, n); NaN: not given
    int n_start;
    struct sweep_list all, seedless; // of all keys, and of all but the key of seeds
};

// --- sweep_rules.c
// Reads `zip`, `only_if`, `exclude` and `start`, after the keys.
int sweep_rules_read(struct spec_sweep *s, struct err *e);
void sweep_rules_free(struct spec_sweep *s);

// --- sweep_space.c
// Lists the combinations that are not left out.
int sweep_space_read(struct spec_sweep *s, struct err *e);

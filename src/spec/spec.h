// An experiment's YAML as a tree, and the work on that tree: variables, settings, sweeps, configs, canonical text,
// identity.
//
// From the file to a config: spec_load reads the tree, spec_set applies each option `--set`, and spec_sweep_new finds
// the trials. spec_sweep_trial then makes the resolved tree of one trial, from which every module reads its section
// with spec_read. From a config back to text: spec_write makes the tree of a config with all its defaults, and
// node_emit writes the tree as text.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include "base/text.h"

// --- the tree
// NODE_NULL is a plain `null`, `~` or an empty value. Everything else that is neither a list nor a map is a string; the
// reader of the value decides its type (`no` and `010` keep their characters).
enum node_kind { NODE_NULL, NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool quoted;         // a scalar in quotes or in a block: "null" is a string
    char *key;           // owned; in a map, the key of this item, else NULL
    char *text;          // owned; the string of a scalar in UTF-8, else NULL
    struct node **items; // owned; (n); the items of a list or map, in the order of the file
    int n;
    int capacity;        // of items
    struct node *parent; // borrowed; NULL: a root
    const char *file;    // shared by all nodes of a file and their copies, in one thread; NULL: not from a file
    int line, column;    // of the value, from 1; 0: unknown
    int key_line, key_column;
};

// Limits of one file, and of a tree after its variables are replaced.
enum { SPEC_MAX_BYTES = 1 << 20, SPEC_MAX_DEPTH = 64, SPEC_MAX_NODES = 100000, SPEC_MAX_KEY = 128 };
enum { SPEC_MAX_TRIALS = 1000000 };

// Reads a YAML file, or a string that messages call `name`. Returns the tree, which the caller frees, or NULL and every
// mistake in `e`. Aliases become copies. Tags, several documents, merge keys, keys that are not strings and duplicate
// keys are refused.
struct node *spec_load(const char *path, struct err *e);
struct node *spec_parse(const char *name, const char *text, size_t length, struct err *e);

struct node *node_new_map(void);
struct node *node_new_list(void);
struct node *node_new_text(const char *text); // NULL makes a null
// Appends `item` and returns it; the parent owns it from then on. In a map, `item` replaces (and frees) an item with
// the same key. `key` is NULL for lists.
struct node *node_add(struct node *parent, const char *key, struct node *item);
// Takes the item out of the map and returns it to the caller, who frees it. Returns NULL if the map has no such key.
struct node *node_take(struct node *map, const char *key);
// Returns a deep copy with the positions of the original; its parent is NULL.
struct node *node_copy(const struct node *n);
void node_free(struct node **n);
// Gives n the position of `at`, for messages about a node that is not from a file.
void node_set_place(struct node *n, const struct node *at);

// Returns the item with a key, or NULL if there is none or if `map` is NULL or not a map.
struct node *node_get(const struct node *map, const char *key);
// Returns the node at "train.epochs" or "model.encoder[0].dense" below root, or NULL if there is none.
struct node *node_path(const struct node *root, const char *path);
// These two treat a single value as a list of one. NULL and null are empty lists.
int node_count(const struct node *n);
const struct node *node_item(const struct node *n, int i);
// Compares kinds, strings, keys and order, but not positions.
bool node_equal(const struct node *a, const struct node *b);

// Add a message of kind ERR_USAGE, "file:line:column: dotted.path: ...", at the value or at its key. Return -1.
int node_error(const struct node *n, struct err *e, const char *format, ...) __attribute__((format(printf, 3, 4)));
int node_key_error(const struct node *n, struct err *e, const char *format, ...) __attribute__((format(printf, 3, 4)));
// Returns the dotted path of a node from its root, as node_path reads it, in new memory; "" for a root.
char *node_name(const struct node *n);
// Describes what was found, for messages: "a section", "a list", "'3x'", "nothing". Returns out.
char *node_found(char out[80], const struct node *n);

// --- settings
// Applies KEY=VALUE of an option `--set`, where VALUE is YAML. KEY has the same meaning as in `sweep.over`: a swept key
// (VALUE replaces its values), a variable, or a path into the spec. Creates missing maps along a path. In messages the
// file is "--set".
int spec_set(struct node *root, const char *setting, struct err *e);

// --- trials
// The section `sweep`: the values that each key of `sweep.over` can have, and the method by which search/ chooses
// trials.
enum sweep_method { SWEEP_GRID, SWEEP_RANDOM, SWEEP_SOBOL, SWEEP_HALVING, SWEEP_HYPERBAND, SWEEP_TPE };
struct sweep_config {
    int method;      // enum sweep_method
    int64_t trials;  // 0: not given
    int64_t seed;    // of the sampler
    char *objective; // owned; NULL: not given
    char *set;       // owned; the objective's test set; NULL: not given
    int64_t repeats, reduction, min_epochs, parallel, startup;
    const struct node *over, *zip, *only_if, *exclude, *start; // borrowed; NULL: not given
    char *from;                                                // owned; NULL: not given
};
// The values of a key. For SWEEP_CHOICE they are the items `low` to `high` of a list, for other kinds the numbers from
// `low` to `high`. Both ends are included.
enum sweep_kind { SWEEP_CHOICE, SWEEP_UNIFORM, SWEEP_LOG_UNIFORM, SWEEP_INTEGER, SWEEP_LOG_INTEGER };
struct sweep_range {
    enum sweep_kind kind;
    double low, high;
};
// One trial: a value for each key, and the seed and epochs that the sweep's method gives the trial.
struct sweep_point {
    const double *value; // (keys), borrowed; NaN: the key does not vary here
    int64_t repeat;      // is added to train.seed
    int64_t epochs;      // train.epochs; 0: as in the spec
};

extern const struct field spec_sweep_fields[]; // the section `sweep:`
const char *sweep_method_name(int method);
// Finds the trials of a spec. The result holds one copy of the spec and of each value; free it with spec_sweep_free. A
// spec without `sweep` is one trial. Returns NULL and every mistake in `e` if the spec is refused.
struct spec_sweep;
struct spec_sweep *spec_sweep_new(const struct node *root, struct err *e);
void spec_sweep_free(struct spec_sweep **s);
const struct sweep_config *spec_sweep_config(const struct spec_sweep *s);
// Returns the section `sweep`, for messages, or the whole spec if it has none.
const struct node *spec_sweep_section(const struct spec_sweep *s);
// Return the number of keys of `sweep.over` and `sweep.zip`, and the name of one key (borrowed).
int spec_sweep_keys(const struct spec_sweep *s);
const char *spec_sweep_key(const struct spec_sweep *s, int k);
// Returns the key whose values repeat a configuration: train.seed, or else data.fold. Returns -1 if neither has a list
// of values in `sweep.over`.
int spec_sweep_seed_key(const struct spec_sweep *s);
struct sweep_range spec_sweep_range(const struct spec_sweep *s, int k);
// Returns true if a key is free. If not, it follows another key with which it is zipped.
bool spec_sweep_is_free(const struct spec_sweep *s, int k);
// Returns a value as a string: lists and maps as flow YAML, NaN as "". The string is borrowed, or is in `buffer`.
const char *spec_sweep_value(const struct spec_sweep *s, int k, double value, char buffer[32]);
// Returns the number of combinations of values, or -1 if it is infinite or more than SPEC_MAX_TRIALS. Leaves out the
// key `without` (-1: none).
int64_t spec_sweep_combinations(const struct spec_sweep *s, int without);
// Sets value[k] for every key k but `without` to its value in combination `number`; the last key varies fastest.
void spec_sweep_combination(const struct spec_sweep *s, int without, int64_t number, double *value);
// Returns the number of a combination, or -1 if the sweep leaves it out. In spec_sweep_combinations,
// spec_sweep_combination and this function, `without` must be -1 or the key of spec_sweep_seed_key.
int64_t spec_sweep_combination_number(const struct spec_sweep *s, int without, const double *value);
// Sets the first combination or, if there are infinitely many, one that is allowed if possible.
void spec_sweep_first(const struct spec_sweep *s, double *value);
// Completes a configuration whose free keys are set. A key that follows another gets that key's value; a key whose
// `only_if` is not met gets NaN.
void spec_sweep_complete(const struct spec_sweep *s, double *value);
// Returns true if a completed configuration is not excluded.
bool spec_sweep_is_allowed(const struct spec_sweep *s, const double *value);
// spec_sweep_starts returns the number of starting points. spec_sweep_start sets the free keys that starting point i
// gives, and leaves other keys unchanged.
int spec_sweep_starts(const struct spec_sweep *s);
void spec_sweep_start(const struct spec_sweep *s, int i, double *value);
// Makes the tree of one trial: sets the values, inserts the named model and replaces variables. The tree has no
// `sweep`, `variables` and `models`. The caller frees it. Returns NULL and an error if the trial is refused.
struct node *spec_sweep_trial(const struct spec_sweep *s, const struct sweep_point *point, struct err *e);

// The values of the names `features` and `length` in formulas, which depend on the data: the number of values of a
// sample, and its first dimension.
struct spec_facts {
    int64_t features, length;
};
// Returns a copy of a section of a trial in which every formula with `features` or `length` is computed. The copy has
// the parent of the original, so that messages have the same path, but it is not one of the parent's items. The caller
// frees it. Returns NULL and every mistake in `e` if a formula has no value.
struct node *spec_bind(const struct node *section, const struct spec_facts *facts, struct err *e);
// Returns the first value at or below n (which may be NULL) that still needs spec_bind, or NULL if there is none.
const struct node *spec_unbound(const struct node *n);

// --- configs
// Reads a map into a config by its table: defaults first, then every key. The config must be all zero before. Reports
// unknown keys, wrong types, values out of range and missing keys in one pass. If `map` is NULL or null, only the
// defaults are set. A null unsets a string, a list or a node, and is an error for any other field and for a required
// one. Even after -1 the config holds valid values, and the caller frees it with field_free. FIELD_NODE fields point
// into `map`.
int spec_read(const struct node *map, const struct field *fields, void *config, struct err *e);

// Does the same as spec_read for a map whose keys belong to several tables, such as those of one layer type and those
// of all layers.
struct spec_part {
    const struct field *fields;
    void *config;
};
int spec_read_parts(const struct node *map, const struct spec_part *parts, int n, struct err *e);

// Adds the error that a map has no such key (`map` is NULL: the whole spec is missing). Returns -1.
int spec_refuse_missing(const struct node *map, const char *key, const char *allowed, struct err *e);

// Returns the map of a config with all values, in the order of the table; spec_read makes an equal config of it. Leaves
// out fields with a flag of `without` (0: no flag; FIELD_COSMETIC for an identity), and unset fields without a default.
// FIELD_NODE fields are copied. The caller frees the map.
struct node *spec_write(const struct field *fields, const void *config, unsigned without);

// --- text
// Appends canonical block YAML that parses back to an equal tree. Equal trees give the same text.
void node_emit(const struct node *n, struct text *t);
// Appends the tree on one line: [1, 2], {a: b}.
void node_emit_flow(const struct node *n, struct text *t);
// Appends a table of fields as Markdown: key, type, default, range, unit, help.
void spec_reference(const struct field *fields, struct text *t);

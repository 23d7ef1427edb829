// An experiment's YAML as a tree, and what is done with it: variables, settings, sweeps, configs, canonical text,
// identity.
//
// The way of a spec: spec_load, then spec_set for each option `--set`, then spec_sweep_new; spec_sweep_trial gives one
// trial's resolved tree, from which every module reads its section with spec_read. Back: spec_write makes the tree of a
// config with all its defaults, node_emit its text, spec_identity the hash of that.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include "base/text.h"

// --- the tree
// NODE_NULL is a plain `null`, `~` or nothing at all; everything else that is no list or map is text, typed by whoever
// reads it (`no` and `010` are what they look like).
enum node_kind { NODE_NULL, NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool quoted;         // a scalar in quotes or a block: "null" is a text
    char *key;           // owned; in a map, else NULL
    char *text;          // owned; UTF-8; of a scalar, else NULL
    struct node **items; // owned; (n); of a list or map, in the order of the file
    int n, room;
    struct node *parent; // borrowed; NULL: a root
    const char *file;    // shared by all nodes of a file and their copies, in one thread; NULL: made by the program
    int line, column;    // of the value, from 1; 0: unknown
    int key_line, key_column;
};

// Limits of one file, and of a tree after its variables are replaced.
enum { SPEC_MAX_BYTES = 1 << 20, SPEC_MAX_DEPTH = 64, SPEC_MAX_NODES = 100000, SPEC_MAX_KEY = 128 };
enum { SPEC_MAX_TRIALS = 1000000 };

// The tree of a YAML file, or of a text whose messages will say `name`: new memory. NULL and all that was found wrong
// in e. Aliases are copies; tags, several documents, merge keys and keys that are no text are refused, as are duplicate
// keys.
struct node *spec_load(const char *path, struct err *e);
struct node *spec_parse(const char *name, const char *text, size_t length, struct err *e);

struct node *node_new_map(void);
struct node *node_new_list(void);
struct node *node_new_text(const char *text); // NULL: a null
// Appends `item`, which the parent owns from now on; returns it. `key` is for maps, where an item with that key is
// replaced (and freed); NULL for lists.
struct node *node_add(struct node *parent, const char *key, struct node *item);
// Takes the item out of the map: the caller's to free, or NULL where there is none.
struct node *node_take(struct node *map, const char *key);
struct node *node_copy(const struct node *n); // deep, new memory, with positions; its parent is NULL
void node_free(struct node **n);

// The item of a map; NULL where there is none, or `map` is NULL or no map.
struct node *node_get(const struct node *map, const char *key);
// The node at "train.epochs" or "model.encoder[0].dense" below root; NULL where there is none.
struct node *node_path(const struct node *root, const char *path);
// One or many: the items of a list; any other node is its own only item; NULL and a null have none.
int node_count(const struct node *n);
const struct node *node_item(const struct node *n, int i);
bool node_equal(const struct node *a, const struct node *b); // kinds, texts, keys and order; not positions

// Adds a message of kind ERR_USAGE: "file:line:column: dotted.path: ..." at the value, or at its key. Return -1.
int node_error(const struct node *n, struct err *e, const char *format, ...) __attribute__((format(printf, 3, 4)));
int node_key_error(const struct node *n, struct err *e, const char *format, ...) __attribute__((format(printf, 3, 4)));
// The dotted path of a node from its root, as node_path reads it: new memory; "" for a root.
char *node_name(const struct node *n);
// "a section", "a list", "'3x'", "nothing": what was found, for messages. Returns out.
char *node_found(char out[80], const struct node *n);

// --- settings
// KEY=VALUE of an option `--set`, VALUE as YAML. KEY names what it would name in `sweep.over`: a key that is swept
// (VALUE takes the place of its values), a variable, or a path into the spec, where missing maps are made on the way.
// In messages the file is "--set".
int spec_set(struct node *root, const char *setting, struct err *e);

// --- trials
// What `sweep` says: the values that each key of `sweep.over` can have, and how they are chosen (search/ does it).
// Holds one copy of the spec and of each value. A spec without `sweep` is a grid over no keys: one trial. NULL and all
// that was found wrong in e.
enum sweep_method { SWEEP_GRID, SWEEP_RANDOM, SWEEP_SOBOL, SWEEP_HALVING, SWEEP_HYPERBAND, SWEEP_TPE };
struct sweep_config {
    int method;     // enum sweep_method
    int64_t trials; // 0: not given
    int64_t seed;
    char *objective, *set; // owned; NULL: not given
    int64_t repeats, reduction, min_epochs, parallel, startup;
    const struct node *over; // borrowed
};
// The values of a key: those of a list by their index, or numbers from low to high, both included.
enum sweep_kind { SWEEP_CHOICE, SWEEP_UNIFORM, SWEEP_LOG_UNIFORM, SWEEP_INTEGER, SWEEP_LOG_INTEGER };
struct sweep_range {
    enum sweep_kind kind;
    double low, high;
};
// One trial: a value for each key, and what its place in the sweep changes beside.
struct sweep_point {
    const double *value; // (keys), borrowed
    int64_t repeat;      // added to train.seed
    int64_t epochs;      // train.epochs; 0: as the spec says
};

extern const struct field spec_sweep_fields[]; // the section `sweep:`
const char *sweep_method_name(int method);
struct spec_sweep;
struct spec_sweep *spec_sweep_new(const struct node *root, struct err *e);
void spec_sweep_free(struct spec_sweep **s);
const struct sweep_config *spec_sweep_config(const struct spec_sweep *s);
// The section for messages, or the whole spec where it has none.
const struct node *spec_sweep_section(const struct spec_sweep *s);
int spec_sweep_keys(const struct spec_sweep *s);               // number of keys in `sweep.over`
const char *spec_sweep_key(const struct spec_sweep *s, int k); // borrowed
int spec_sweep_seed_key(const struct spec_sweep *s);           // that with a list of train.seed; -1: none
struct sweep_range spec_sweep_range(const struct spec_sweep *s, int k);
// The value as text, a list or map as flow text: borrowed, or in `room`.
const char *spec_sweep_value(const struct spec_sweep *s, int k, double value, char room[32]);
// How many combinations the values have, and the values of one of them: the last key varies fastest. The key `without`
// (-1: none) is left alone. -1: endless, or more than SPEC_MAX_TRIALS.
int64_t spec_sweep_combinations(const struct spec_sweep *s, int without);
void spec_sweep_combination(const struct spec_sweep *s, int without, int64_t number, double *value);
// The tree of one trial, new memory: values set, the named model in place, variables replaced; without `sweep`,
// `variables` and `models`. NULL and an error where that cannot be done.
struct node *spec_sweep_trial(const struct spec_sweep *s, const struct sweep_point *point, struct err *e);

// --- configs
// Reads a map into a config (all zero before) by its table: defaults first, then every key. Unknown keys, wrong types,
// values out of range and missing keys are reported in one pass. `map` NULL or null: only defaults. A null unsets a
// text, a list or a node and is refused for anything else. Also after -1 the config holds valid values and is the
// caller's to field_free. FIELD_NODE fields point into `map`.
int spec_read(const struct node *map, const struct field *fields, void *config, struct err *e);

// As spec_read for a map whose keys belong to several tables (those of one layer type, those of all layers).
struct spec_part {
    const struct field *fields;
    void *config;
};
int spec_read_parts(const struct node *map, const struct spec_part *parts, int n, struct err *e);

// The map of a config with all values, in the order of the table, but for fields with a flag of `without`
// (FIELD_COSMETIC for an identity; 0: none): new memory. What is unset and has no default is left out; FIELD_NODE
// fields are copied. spec_read of it gives an equal config.
struct node *spec_write(const struct field *fields, const void *config, unsigned without);

// --- text
// Appends canonical block YAML that parses back to an equal tree: one text for one tree.
void node_emit(const struct node *n, struct text *t);
// Appends it on one line: [1, 2], {a: b}.
void node_emit_flow(const struct node *n, struct text *t);
// The hash of the canonical text. Returns out.
char *spec_identity(char out[33], const struct node *n);
// Appends a table of fields as Markdown: key, type, default, range, unit, help.
void spec_reference(const struct field *fields, struct text *t);

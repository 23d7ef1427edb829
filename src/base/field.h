// Fields: one table per config struct defines the name, type, place, default, range, unit and help of each key. The
// YAML reader, `--set`, `--help`, the HDF5 attributes, the leaderboard's columns and the reference in
// experiments/README.md all read these tables; a new setting is a new row.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    FIELD_BOOL,   // bool
    FIELD_INT,    // int64_t
    FIELD_REAL,   // double
    FIELD_TEXT,   // char *, owned by the struct; NULL if not given and without default
    FIELD_CHOICE, // int, an index into `choices`
    FIELD_INTS,   // struct field_ints, owned: one scalar or a list
    FIELD_TEXTS,  // struct field_texts, owned: one scalar or a list
    FIELD_NODE,   // const struct node *, borrowed from the tree, for the module to read; NULL if not given
};

enum field_flags {
    FIELD_REQUIRED = 1,
    FIELD_COSMETIC = 2,     // does not affect results: left out of a trial's identity
    FIELD_MIN_EXCLUDED = 4, // `min` itself is not allowed
    FIELD_MAX_EXCLUDED = 8,
};

struct field_ints {
    int64_t *v;
    int n;
};
struct field_texts {
    char **v;
    int n;
};

struct field {
    const char *key;
    enum field_type type;
    size_t offset;              // offset of the value in its struct
    const char *default_text;   // as it would be written in YAML; NULL: no default (0, NULL or empty)
    double min, max;            // range of FIELD_INT, FIELD_REAL and each of FIELD_INTS; both 0: any
    const char *const *choices; // values of FIELD_CHOICE, NULL-terminated
    const char *unit;           // NULL: none
    const char *help;           // one line
    unsigned flags;
};

// One row of a table: the struct, its member, the key, the type, the help line, and other members that are not 0, such
// as .default_text = "1".
#define FIELD_ROW(owner, member, name, kind, words, ...)                                                  \
    {                                                                                                     \
        .key = name, .type = kind, .offset = offsetof(struct owner, member), .help = words, ##__VA_ARGS__ \
    }
// An option that is off unless it is given.
#define FLAG_ROW(owner, member, name, words) FIELD_ROW(owner, member, name, FIELD_BOOL, words, .default_text = "false")

// Returns the number of rows of a table, which ends with a row whose key is NULL.
int field_count(const struct field *fields);
// Returns the field with this key, or NULL.
const struct field *field_find(const struct field *fields, const char *key);
// Returns "a number", "true or false" and the like.
const char *field_type_name(const struct field *f);
// Writes "in (0, 1]", "at least 1", or "" if any value is allowed. Returns out.
char *field_range(char out[80], const struct field *f);
// Writes type, range and choices, for messages. Returns out.
char *field_allowed(char out[256], const struct field *f);

// Sets the value from a string as YAML gives it. If the string is not allowed, returns -1 and writes to `why` what was
// found and what is allowed.
int field_set(const struct field *f, void *config, const char *text, char why[256]);
// Does the same as field_set, but appends one element to a FIELD_INTS or FIELD_TEXTS.
int field_append(const struct field *f, void *config, const char *text, char why[256]);
// Returns the value as YAML writes it, in new memory: "[a, b]" for lists, NULL for FIELD_NODE and for a FIELD_TEXT that
// is NULL.
char *field_get(const struct field *f, const void *config);
// Sets every field that has a default to this default. `config` must be all zeros or hold valid values.
void field_defaults(const struct field *fields, void *config);
// Frees what the fields own, and sets it to NULL. `config` may be all zeros.
void field_free(const struct field *fields, void *config);

// Names of labels. Labels are compared by name, never by the number that represents the name in a file, because these
// numbers depend on the other names in the file.
#pragma once

#include "base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A set of names, ordered by their bytes.
struct label_names {
    char **v; // (n), owned
    int n;
};

// Returns the index of a name, or -1.
int label_names_find(const struct label_names *l, const char *name);
// Returns the index of a name. Adds a copy if the name is new, which can move all later names, so use it only for short
// lists.
int label_names_add(struct label_names *l, const char *name);
// Makes a set of names[0..n). Takes over the strings, and frees duplicates.
void label_names_build(struct label_names *l, char **names, int n);
void label_names_free(struct label_names *l);

// label_names_join returns the names as files store them, one per line, in new memory. label_names_split reads them
// back into new memory; NULL means no names.
char *label_names_join(char *const *names, int n);
void label_names_split(const char *lines, char ***names, int *n);

// Returns true and sets *number if the name is an integer in digits. For example, folders called "0", "2" and "10" have
// labels that are numbers.
bool label_is_number(const char *name, int64_t *number);
// Returns true if there are names and all of them are integers.
bool label_names_are_numbers(char *const *names, int n);

// Appends the first names in quotes: "'bad', 'good', ... (7 more)".
void label_names_quote(struct text *t, char *const *names, int n);
// Appends "; did you mean 'good'?" if one of the names is similar to `found`.
void label_names_suggest(struct text *t, const char *found, char *const *names, int n);

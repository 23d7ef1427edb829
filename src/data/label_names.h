// Names of labels. Labels are compared by name, never by the number that means the name in one file, because numbers
// depend on which names a file has.
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
// Adds a copy of the name unless it is in the set, and returns its index. Each call can move all later names, so use it
// for short lists.
int label_names_add(struct label_names *l, const char *name);
// Makes the set of names[0..n), which owns them from now on; equal ones are freed.
void label_names_build(struct label_names *l, char **names, int n);
void label_names_free(struct label_names *l);

// label_names_join returns one name per line, as files store them, in new memory. label_names_split reads the names
// back into new memory; NULL has none.
char *label_names_join(char *const *names, int n);
void label_names_split(const char *lines, char ***names, int *n);

// Returns true and sets *number if the name is an integer in digits. Folders called "0", "2", "10" have labels that are
// numbers.
bool label_is_number(const char *name, int64_t *number);
// Returns true if there are names and all of them are integers.
bool label_names_are_numbers(char *const *names, int n);

// Appends "'bad', 'good', ... (7 more)", fit for a message.
void label_names_quote(struct text *t, char *const *names, int n);
// Appends "; did you mean 'good'?" if one of the names is near.
void label_names_suggest(struct text *t, const char *found, char *const *names, int n);

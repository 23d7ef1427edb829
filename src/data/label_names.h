// Names of labels. A label is compared by its name, never by the number that stands for it in one file: numbers follow
// from which names a file happens to have.
#pragma once

#include "base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A set of names in the order of their bytes.
struct label_names {
    char **v; // (n), owned
    int n;
};

// The index of a name, or -1.
int label_names_find(const struct label_names *l, const char *name);
// Adds a copy of the name unless it is there; returns its index. Each call can move all later names: for short lists.
int label_names_add(struct label_names *l, const char *name);
// Makes the set of texts[0..n), which are owned by it from now on; equal ones are freed.
void label_names_build(struct label_names *l, char **texts, int n);
void label_names_free(struct label_names *l);

// One name per line, as files store them: new memory. Reading it back gives the same names; NULL gives none.
char *label_names_join(char *const *names, int n);
void label_names_split(const char *lines, char ***names, int *n);

// Whether the name is an integer in digits, and which. Folders called "0", "2", "10" have labels that are numbers.
bool label_is_number(const char *name, int64_t *number);
// Whether there are names, and all of them are integers.
bool label_names_are_numbers(char *const *names, int n);

// Appends "'bad', 'good', ... (7 more)", fit for a message.
void label_names_quote(struct text *t, char *const *names, int n);
// Appends "; did you mean 'good'?" if one of the names is near.
void label_names_suggest(struct text *t, const char *found, char *const *names, int n);

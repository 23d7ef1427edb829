// The distinct strings of a column, numbered in the order in which they appear.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DICTIONARY_MOST = 1 << 20 };

// Zero it to start.
struct csv_dictionary {
    char **v; // (n), owned
    int n;
    int *slot; // (n_slots), owned: the number of a string + 1; 0: the slot is free
    int n_slots;
    bool is_more; // there were more strings than the dictionary may hold
};

// Returns the number of the string text[0..n), or -1 if it is not in the dictionary.
int csv_dictionary_find(const struct csv_dictionary *d, const char *text, size_t n);
// Returns the number of the string text[0..n), which is added if it is new. Returns -1 if the dictionary is full.
int csv_dictionary_add(struct csv_dictionary *d, const char *text, size_t n);
void csv_dictionary_free(struct csv_dictionary *d);

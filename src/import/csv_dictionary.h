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
    int *slot; // (n_slots), owned: numbers + 1; 0: free
    int n_slots;
    bool is_more; // there are more strings than are kept
};

// Returns the number of text[0..n), or -1 if it is not in the dictionary.
int csv_dictionary_find(const struct csv_dictionary *d, const char *text, size_t n);
// Does the same, and adds it first if need be. Returns -1 if the dictionary is full.
int csv_dictionary_add(struct csv_dictionary *d, const char *text, size_t n);
void csv_dictionary_free(struct csv_dictionary *d);

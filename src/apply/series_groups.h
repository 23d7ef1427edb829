// The groups in the rows of a file, which stand together: each is entered once.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Zero it to start.
struct series_groups {
    char **slot; // (room), owned: a hash table of the names; NULL: free
    size_t room; // a power of 2
    int64_t n;
    const char *current; // borrowed of a slot; NULL: none so far
};

// Enters the group of the next row. Returns its number, from 1, or -1 if it was left before.
int64_t series_groups_enter(struct series_groups *g, const char *name, size_t bytes);
void series_groups_free(struct series_groups *g);

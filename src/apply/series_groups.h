// Finds the groups of rows in a file. The rows of a group must be together, so each group is entered only once.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Zero it to start.
struct series_groups {
    char **slot; // (room), owned: a hash table of the names; NULL: the slot is free
    size_t room; // a power of 2
    int64_t n;
    const char *current; // name of the current group, borrowed from a slot; NULL: none so far
};

// Enters the group of the next row. Returns the number of the group, from 1, or -1 if it was entered before and other
// groups followed.
int64_t series_groups_enter(struct series_groups *g, const char *name, size_t bytes);
void series_groups_free(struct series_groups *g);

// Numbers groups with a hash table that uses linear probing. At most half of its slots are used, so that a search is
// short.
#include "apply/series_groups.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

static bool is_name(const char *slot, const char *name, size_t bytes)
{
    return strlen(slot) == bytes && memcmp(slot, name, bytes) == 0;
}

// Returns the slot of a name. If the name is new, this is the free slot where it belongs.
static char **find_group_slot(const struct series_groups *g, const char *name, size_t bytes)
{
    size_t at = hash_bytes(name, bytes) & (g->room - 1);

    ASSERT((size_t)g->n < g->room, "%lld groups", (long long)g->n);
    while (g->slot[at] && !is_name(g->slot[at], name, bytes))
        at = (at + 1) & (g->room - 1);
    return &g->slot[at];
}

// Enlarges the table if it has no space for another name.
static void grow_groups(struct series_groups *g)
{
    struct series_groups larger = {.room = g->room ? 2 * g->room : FIRST_ROOM, .n = g->n, .current = g->current};

    if (2 * ((size_t)g->n + 1) <= g->room)
        return;
    larger.slot = mem_new(larger.room, sizeof *larger.slot);
    for (size_t i = 0; i < g->room; i++)
        if (g->slot[i])
            *find_group_slot(&larger, g->slot[i], strlen(g->slot[i])) = g->slot[i];
    free(g->slot);
    *g = larger;
}

int64_t series_groups_enter(struct series_groups *g, const char *name, size_t bytes)
{
    bytes = strnlen(name, bytes); // a NUL ends a name

    if (g->current && is_name(g->current, name, bytes))
        return g->n;
    grow_groups(g);
    char **slot = find_group_slot(g, name, bytes);
    if (*slot)
        return -1;

    *slot = mem_format("%.*s", (int)bytes, name);
    g->current = *slot;
    return ++g->n;
}

void series_groups_free(struct series_groups *g)
{
    for (size_t i = 0; i < g->room; i++)
        free(g->slot[i]);
    free(g->slot);
    *g = (struct series_groups){0};
}

// Finds strings by a hash table with linear probing. At most half of its slots are used.
#include "import/csv_dictionary.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

// Returns the slot of a string. If the string is new, this is the free slot where it belongs.
static int find_slot(const struct csv_dictionary *d, const char *text, size_t n)
{
    size_t mask = (size_t)d->n_slots - 1, i = (size_t)hash_bytes(text, n) & mask;

    ASSERT(d->n_slots > d->n, "%d of %d slots are taken", d->n, d->n_slots);
    while (d->slot[i]) {
        const char *other = d->v[d->slot[i] - 1];
        if (strcmp(other, text) == 0)
            break;
        i = (i + 1) & mask;
    }
    return (int)i;
}

int csv_dictionary_find(const struct csv_dictionary *d, const char *text, size_t n)
{
    return d->n_slots ? d->slot[find_slot(d, text, n)] - 1 : -1;
}

static void grow_slots(struct csv_dictionary *d)
{
    free(d->slot);
    d->n_slots = d->n_slots ? 2 * d->n_slots : 16;
    d->slot = mem_new((size_t)d->n_slots, sizeof *d->slot);
    for (int i = 0; i < d->n; i++)
        d->slot[find_slot(d, d->v[i], strlen(d->v[i]))] = i + 1;
    d->v = mem_grow(d->v, (size_t)d->n_slots / 2, sizeof *d->v);
}

int csv_dictionary_add(struct csv_dictionary *d, const char *text, size_t n)
{
    int found = csv_dictionary_find(d, text, n);

    if (found >= 0)
        return found;
    if (d->n == DICTIONARY_MOST) {
        d->is_more = true;
        return -1;
    }
    if (2 * (d->n + 1) > d->n_slots)
        grow_slots(d);

    ASSERT(strlen(text) == n, "a string of %zu bytes holds a NUL", n);
    d->v[d->n] = mem_text(text);
    d->slot[find_slot(d, text, n)] = d->n + 1;
    return d->n++;
}

void csv_dictionary_free(struct csv_dictionary *d)
{
    list_free(d->v, d->n);
    free(d->slot);
    *d = (struct csv_dictionary){0};
}

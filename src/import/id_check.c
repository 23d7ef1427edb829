// Finds names that occur twice. Keeps their 64-bit hashes in a hash table with linear probing. Names with equal hashes
// are almost certainly equal.
#include "import/id_check.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include <stdlib.h>

enum { ID_SLOTS_MOST = 1 << 23 };

struct id_check {
    uint64_t *slot; // (n_slots), owned: hashes; 0: the slot is free
    size_t n_slots, taken;
    int64_t repeats, first_repeat;
};

struct id_check *id_check_new(void)
{
    struct id_check *c = mem_new(1, sizeof *c);
    c->n_slots = 1024;
    c->slot = mem_new(c->n_slots, sizeof *c->slot);
    return c;
}

void id_check_free(struct id_check **c)
{
    if (*c)
        free((*c)->slot);
    free(*c);
    *c = NULL;
}

// Returns the slot of a hash. If the hash is new, this is the free slot where it belongs.
static size_t slot_of_hash(const struct id_check *c, uint64_t hash)
{
    size_t i = hash & (c->n_slots - 1);

    ASSERT(c->taken < c->n_slots, "%zu of %zu slots are taken", c->taken, c->n_slots);
    while (c->slot[i] && c->slot[i] != hash)
        i = (i + 1) & (c->n_slots - 1);
    return i;
}

static void grow_id_slots(struct id_check *c)
{
    uint64_t *old = c->slot;
    size_t n = c->n_slots;

    c->n_slots *= 2;
    c->slot = mem_new(c->n_slots, sizeof *c->slot);
    for (size_t i = 0; i < n; i++)
        if (old[i])
            c->slot[slot_of_hash(c, old[i])] = old[i];
    free(old);
}

void id_check_add(struct id_check *c, const char *id, size_t n, int64_t at)
{
    uint64_t hash = hash_bytes(id, n);
    hash += hash == 0; // 0 marks a free slot
    size_t i = slot_of_hash(c, hash);

    if (c->slot[i] == hash) {
        if (c->repeats++ == 0)
            c->first_repeat = at;
        return;
    }
    if (2 * c->taken >= ID_SLOTS_MOST)
        return;
    c->slot[i] = hash;
    c->taken++;
    if (2 * c->taken > c->n_slots)
        grow_id_slots(c);
}

int64_t id_check_repeats(const struct id_check *c, int64_t *first)
{
    *first = c->first_repeat;
    return c->repeats;
}

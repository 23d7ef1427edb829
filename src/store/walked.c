// Files that passed a walk, as they were then: an unchanged one is not walked again.
#include "store/store_impl.h"

#include "base/mem.h"
#include <stdlib.h>

struct walked {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    bool is_used;
};
static struct walked *table; // (room), by inode: the next free place behind its own
static size_t room, count;

static size_t place_of(const struct walked *in, size_t n, const struct walked *w)
{
    size_t at = (size_t)(w->inode * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (n - 1);
    while (in[at].is_used && (in[at].inode != w->inode || in[at].device != w->device))
        at = (at + 1) & (n - 1);
    return at;
}

static struct walked of(const struct stat *s)
{
    return (struct walked){s->st_dev, s->st_ino, s->st_size, s->st_mtim, true};
}

bool walked_has(const struct stat *s)
{
    struct walked w = of(s), *found = room ? &table[place_of(table, room, &w)] : NULL;
    return found && found->is_used && found->size == w.size && found->modified.tv_sec == w.modified.tv_sec &&
           found->modified.tv_nsec == w.modified.tv_nsec;
}

static void grow(void)
{
    size_t more = room ? 2 * room : 64;
    struct walked *larger = mem_new(more, sizeof *larger);
    for (size_t i = 0; i < room; i++)
        if (table[i].is_used)
            larger[place_of(larger, more, &table[i])] = table[i];
    free(table);
    table = larger;
    room = more;
}

void walked_add(const struct stat *s)
{
    if (2 * (count + 1) > room)
        grow();
    struct walked w = of(s), *at = &table[place_of(table, room, &w)];
    count += !at->is_used;
    *at = w;
}

// Files that passed a walk or have a good seal, as they were then: an unchanged one is not checked again.
#include "store/store_impl.h"

#include "base/mem.h"
#include <stdlib.h>

struct known {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    unsigned what; // enum known_what, or-ed
    bool is_used;
};
static struct known *table; // (room), by inode: the next free place behind its own
static size_t room, count;

static size_t place_of(const struct known *in, size_t n, const struct known *w)
{
    size_t at = (size_t)(w->inode * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (n - 1);
    while (in[at].is_used && (in[at].inode != w->inode || in[at].device != w->device))
        at = (at + 1) & (n - 1);
    return at;
}

static struct known of(const struct stat *s)
{
    return (struct known){s->st_dev, s->st_ino, s->st_size, s->st_mtim, 0, true};
}

static bool is_same(const struct known *a, const struct known *b)
{
    return a->is_used && a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
           a->modified.tv_nsec == b->modified.tv_nsec;
}

bool known_has(const struct stat *s, enum known_what what)
{
    struct known w = of(s), *found = room ? &table[place_of(table, room, &w)] : NULL;
    return found && is_same(found, &w) && (found->what & what);
}

static void grow(void)
{
    size_t more = room ? 2 * room : 64;
    struct known *larger = mem_new(more, sizeof *larger);
    for (size_t i = 0; i < room; i++)
        if (table[i].is_used)
            larger[place_of(larger, more, &table[i])] = table[i];
    free(table);
    table = larger;
    room = more;
}

void known_add(const struct stat *s, enum known_what what)
{
    if (2 * (count + 1) > room)
        grow();
    struct known w = of(s), *at = &table[place_of(table, room, &w)];

    count += !at->is_used;
    w.what = what | (is_same(at, &w) ? at->what : 0);
    *at = w;
}

// Files that passed a walk or have a good seal, as they were then: an unchanged one is not checked again.
#include "store/store_impl.h"

#include "base/mem.h"
#include <stdlib.h>

struct known_file {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    unsigned what; // enum known_what, or-ed
    bool is_used;
};
static struct known_file *table; // (room), by inode: the next free place behind its own
static size_t room, count;

static size_t known_place(const struct known_file *in, size_t n, const struct known_file *w)
{
    ASSERT(n > 0 && (n & (n - 1)) == 0, "%zu places: no power of two", n);
    size_t at = (size_t)(w->inode * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (n - 1);
    while (in[at].is_used && (in[at].inode != w->inode || in[at].device != w->device))
        at = (at + 1) & (n - 1);
    return at;
}

static struct known_file known_of_stat(const struct stat *s)
{
    return (struct known_file){s->st_dev, s->st_ino, s->st_size, s->st_mtim, 0, true};
}

static bool known_is_same(const struct known_file *a, const struct known_file *b)
{
    return a->is_used && a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
           a->modified.tv_nsec == b->modified.tv_nsec;
}

bool known_has(const struct stat *s, enum known_what what)
{
    struct known_file w = known_of_stat(s), *found = room ? &table[known_place(table, room, &w)] : NULL;
    return found && known_is_same(found, &w) && (found->what & what);
}

static void known_grow(void)
{
    size_t more = room ? 2 * room : 64;
    struct known_file *larger = mem_new(more, sizeof *larger);
    for (size_t i = 0; i < room; i++)
        if (table[i].is_used)
            larger[known_place(larger, more, &table[i])] = table[i];
    free(table);
    table = larger;
    room = more;
}

void known_add(const struct stat *s, enum known_what what)
{
    if (2 * (count + 1) > room)
        known_grow();
    struct known_file w = known_of_stat(s), *at = &table[known_place(table, room, &w)];

    count += !at->is_used;
    w.what = what | (known_is_same(at, &w) ? at->what : 0);
    ASSERT(2 * count <= room, "%zu files in %zu places", count, room);
    *at = w;
}

// Remembers which files this process has checked, so that it checks an unchanged file only once. A file is recognized
// by device and inode. It counts as unchanged if its size and modification time are the same.
#include "store/store_impl.h"

#include "base/mem.h"
#include <stdlib.h>

struct checked_file {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    unsigned what; // enum checked_what, combined with |
    bool is_used;
};
// A hash table of `room` places, by inode. An entry takes the first free place at or after its hash.
static struct checked_file *table;
static size_t room, count;

static size_t checked_place(const struct checked_file *in, size_t n, const struct checked_file *w)
{
    ASSERT(n > 0 && (n & (n - 1)) == 0, "%zu places: no power of two", n);
    size_t at = (size_t)(w->inode * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (n - 1);
    while (in[at].is_used && (in[at].inode != w->inode || in[at].device != w->device))
        at = (at + 1) & (n - 1);
    return at;
}

static struct checked_file checked_of_stat(const struct stat *s)
{
    return (struct checked_file){s->st_dev, s->st_ino, s->st_size, s->st_mtim, 0, true};
}

static bool checked_is_same(const struct checked_file *a, const struct checked_file *b)
{
    return a->is_used && a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
           a->modified.tv_nsec == b->modified.tv_nsec;
}

bool checked_has(const struct stat *s, enum checked_what what)
{
    struct checked_file w = checked_of_stat(s), *found = room ? &table[checked_place(table, room, &w)] : NULL;
    return found && checked_is_same(found, &w) && (found->what & what);
}

static void checked_grow(void)
{
    size_t more = room ? 2 * room : 64;
    struct checked_file *larger = mem_new(more, sizeof *larger);
    for (size_t i = 0; i < room; i++)
        if (table[i].is_used)
            larger[checked_place(larger, more, &table[i])] = table[i];
    free(table);
    table = larger;
    room = more;
}

void checked_add(const struct stat *s, enum checked_what what)
{
    if (2 * (count + 1) > room)
        checked_grow();
    struct checked_file w = checked_of_stat(s), *at = &table[checked_place(table, room, &w)];

    count += !at->is_used;
    w.what = what | (checked_is_same(at, &w) ? at->what : 0);
    ASSERT(2 * count <= room, "%zu files in %zu places", count, room);
    *at = w;
}

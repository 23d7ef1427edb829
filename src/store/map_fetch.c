// Brings a part of a mapping into memory before it is needed.
#include "store/store_impl.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 // Linux 5.14
#endif

// One request makes the system read no more than its read-ahead size, which is usually 128 KiB (HINT_BYTES). We wait
// for pieces of FETCH_BYTES, and request the next piece before we wait for the current one.
enum { HINT_BYTES = 1 << 17, FETCH_BYTES = 1 << 22 };

// Asks the system to read a piece, but does not wait for it.
static void request_bytes(char *first, size_t n)
{
    for (size_t at = 0; at < n; at += HINT_BYTES)
        madvise(first + at, n - at < HINT_BYTES ? n - at : HINT_BYTES, MADV_WILLNEED);
}

// Waits until a piece is in memory. If the system cannot populate a mapping, touches each page.
static void await_bytes(const char *first, size_t n, size_t page)
{
    if (madvise((void *)(uintptr_t)first, n, MADV_POPULATE_READ) == 0 || errno != EINVAL)
        return;
    for (size_t at = 0; at < n; at += page)
        (void)*(const volatile char *)(first + at);
}

void store_map_fetch(const struct store_mapping *map, size_t first, size_t n)
{
    if (!map->base || n == 0)
        return;

    size_t page = (size_t)sysconf(_SC_PAGESIZE), offset = (size_t)((const char *)map->data - (const char *)map->base);
    size_t begin = (offset + first) / page * page;
    size_t end = offset + first + n < map->length ? offset + first + n : map->length;
    char *base = map->base;
    ASSERT(begin < end, "bytes %zu to %zu", begin, end);

    request_bytes(base + begin, end - begin < FETCH_BYTES ? end - begin : FETCH_BYTES);
    for (size_t at = begin; at < end; at += FETCH_BYTES) {
        size_t next = at + FETCH_BYTES;
        if (next < end)
            request_bytes(base + next, end - next < FETCH_BYTES ? end - next : FETCH_BYTES);
        await_bytes(base + at, end - at < FETCH_BYTES ? end - at : FETCH_BYTES, page);
    }
}

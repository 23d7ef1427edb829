// Large arrays, in a file of their own: they report errors, and err.c itself needs the small objects of mem.c.
#include "base/mem.h"

#include "base/err.h"
#include <stdlib.h>
#include <string.h>

void *mem_array(size_t count, size_t size, const char *what, struct err *e)
{
    enum { ALIGNMENT = 64 };
    size_t bytes;
    void *p = NULL;

    if (!__builtin_mul_overflow(count, size, &bytes) && bytes < SIZE_MAX - ALIGNMENT) {
        bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        p = aligned_alloc(ALIGNMENT, bytes ? bytes : ALIGNMENT);
    }
    if (!p) {
        err_add(e, ERR_SYSTEM, "%s: no memory for %zu x %zu bytes", what, count, size);
        return NULL;
    }

    ASSERT((uintptr_t)p % ALIGNMENT == 0, "%p", p);
    return memset(p, 0, bytes);
}

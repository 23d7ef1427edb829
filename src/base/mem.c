// If memory for a small object runs out, the process ends; for a large array, an error is reported instead.
#include "base/mem.h"

#include "base/err.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Ends the process without its exit handlers: a library may be in the middle of a call, and HDF5's handler would close
// files in use.
static _Noreturn void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "hourglass: out of memory: %zu x %zu bytes\n", count, size);
    fflush(stdout);
    _exit(ERR_SYSTEM);
}

static size_t at_least_one(size_t n)
{
    return n ? n : 1;
}

void *mem_new(size_t count, size_t size)
{
    void *p = calloc(at_least_one(count), at_least_one(size));
    if (!p)
        out_of_memory(count, size);
    return p;
}

void *mem_grow(void *old, size_t count, size_t size)
{
    void *p = reallocarray(old, at_least_one(count), at_least_one(size));
    if (!p)
        out_of_memory(count, size);
    return p;
}

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

char *mem_text(const char *text)
{
    if (!text)
        return NULL;
    size_t n = strlen(text) + 1;
    return memcpy(mem_new(n, 1), text, n);
}

char *mem_format_list(const char *format, va_list args)
{
    char *p = NULL;

    ASSERT(format);
    if (vasprintf(&p, format, args) < 0)
        out_of_memory(strlen(format), 1);
    return p;
}

char *mem_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *p = mem_format_list(format, args);
    va_end(args);
    return p;
}

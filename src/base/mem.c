// Memory: small things that cannot be missed, and large arrays whose lack is an error to report.
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// No exit handlers: this may be the middle of a library's call, and HDF5's handler would close files that are in use.
static _Noreturn void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "hourglass: out of memory: %zu x %zu bytes\n", count, size);
    fflush(stdout);
    _exit(ERR_SYSTEM);
}

void *mem_new(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        out_of_memory(count, size);
    return p;
}

void *mem_grow(void *old, size_t count, size_t size)
{
    void *p = reallocarray(old, count ? count : 1, size ? size : 1);
    if (!p)
        out_of_memory(count, size);
    return p;
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

void *mem_array(size_t count, size_t size, const char *what, struct err *e)
{
    size_t bytes;
    void *p = NULL;
    if (!__builtin_mul_overflow(count, size, &bytes) && bytes < SIZE_MAX - 64)
        p = aligned_alloc(64, (bytes + 63) / 64 * 64 + (bytes == 0) * 64);
    if (!p) {
        err_add(e, ERR_SYSTEM, "%s: no memory for %zu x %zu bytes", what, count, size);
        return NULL;
    }
    memset(p, 0, (bytes + 63) / 64 * 64);
    return p;
}

// The number behind `key` in a file of lines (NULL: the file is a number); -1: none.
static int64_t number_in(const char *path, const char *key)
{
    char line[256];
    int64_t value = -1;
    FILE *in = fopen(path, "r");
    while (in && value < 0 && fgets(line, sizeof line, in))
        if (!key || strncmp(line, key, strlen(key)) == 0)
            if (sscanf(line + (key ? strlen(key) : 0), "%ld", &value) != 1)
                value = -1;
    if (in)
        fclose(in);
    return value;
}

int64_t mem_limit(bool is_free)
{
    static const char *const groups[] = {
        "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes", NULL};
    int64_t least = number_in("/proc/meminfo", is_free ? "MemAvailable:" : "MemTotal:") * 1024;
    for (int i = 0; groups[i]; i++) {
        int64_t limit = number_in(groups[i], NULL);
        least = limit > 0 && limit < least ? limit : least;
    }
    const char *slurm = getenv("SLURM_MEM_PER_NODE"); // megabytes
    int64_t job = slurm ? atoll(slurm) * (1 << 20) : 0;
    return job > 0 && job < least ? job : least;
}

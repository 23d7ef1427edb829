// Memory: small objects, which never fail, and large arrays, whose failure is an error to report.
#pragma once

#include "base/err.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Returns zeroed memory for small structures and tables; free it with free(). Never returns NULL: if memory runs out,
// the process prints a message and ends with ERR_SYSTEM. That loses nothing, because files appear whole or not at all.
void *mem_new(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));
// Does the same as realloc, but never returns NULL; new bytes are not zeroed.
void *mem_grow(void *old, size_t count, size_t size);
char *mem_text(const char *text); // strdup that ends the process if memory runs out; NULL gives NULL
// Does the same as printf, but into new memory. Never returns NULL.
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_format_list(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

// Returns a large array, 64-byte aligned and zeroed; free it with free(). Returns NULL and an error in `e`, which calls
// the array `what`, if there is not enough memory.
void *mem_array(size_t count, size_t size, const char *what, struct err *e);

// Returns the bytes that the processes of this machine may use together: its memory (with `is_free`: what is free now),
// or less if a control group or the Slurm job sets a lower limit. The total is read only once per process.
int64_t mem_limit(bool is_free);
// Returns the lowest limit of the control groups of a process, or `least` if that is lower. `list` is the file that
// names them, such as /proc/self/cgroup. `root` is the folder of all groups, such as /sys/fs/cgroup. Groups of version
// 1 and of version 2 count.
int64_t mem_group_limit(const char *list, const char *root, int64_t least);
// Returns how many processes the kernel of this machine has killed for lack of memory, or -1 if it does not say so.
int64_t mem_kills(void);

// Memory: small things that cannot be missed, and large arrays whose lack is an error to report.
#pragma once

#include "base/err.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Zeroed memory for small structures and tables. Never NULL: where there is none the process says so and ends with
// ERR_SYSTEM, which loses nothing (files appear whole or not at all). Free with free().
void *mem_new(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));
// As realloc, never NULL; what is added is not zeroed.
void *mem_grow(void *old, size_t count, size_t size);
char *mem_text(const char *text); // strdup, never NULL; NULL gives NULL
// printf into new memory, never NULL.
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_format_list(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

// A large array, 64-byte aligned and zeroed; `what` names it in the message. NULL and an error in `e` where there is no
// room. Free with free().
void *mem_array(size_t count, size_t size, const char *what, struct err *e);

// Bytes that the processes of this machine may have together: its memory (`is_free`: what is left of it now), or less
// where a control group or Slurm's job gives less.
int64_t mem_limit(bool is_free);

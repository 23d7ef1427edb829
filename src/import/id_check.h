// Finds names of rows that occur twice. Memory is bounded: beyond some millions of rows, it looks no further.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct id_check;
struct id_check *id_check_new(void);
void id_check_free(struct id_check **c);
// Notes the name of a row at line `at`.
void id_check_add(struct id_check *c, const char *id, size_t n, int64_t at);
// Returns how many rows have a name that was there before, and sets the line of the first of them.
int64_t id_check_repeats(const struct id_check *c, int64_t *first);

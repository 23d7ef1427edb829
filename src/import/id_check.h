// Finds names of rows that occur twice. Its memory is limited: after some millions of different names it ignores new
// ones.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct id_check;
struct id_check *id_check_new(void);
void id_check_free(struct id_check **c);
// Notes the name of a row at line `at`.
void id_check_add(struct id_check *c, const char *id, size_t n, int64_t at);
// Returns the number of rows whose name has occurred before, and sets *first to the line of the first such row.
int64_t id_check_repeats(const struct id_check *c, int64_t *first);

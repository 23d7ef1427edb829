// Lists in one string, as options take them: "a,b" or "\"a,b\",c".
#pragma once

#include "base/text.h"

// Splits a list at its commas and returns *n names, to be freed with list_free. Blanks around a name are dropped, and a
// comma at the end adds an empty name. A name in double quotes may hold commas and blanks, and a quote if it is
// doubled: "a ""b"", c".
char **list_split(const char *list, int *n);
// Appends a name to a list, in quotes if the name needs them.
void list_add(struct text *list, const char *name);
// Returns an owned copy of n names; NULL gives NULL.
char **list_copy(char *const *names, int n);
// Frees what list_split or list_copy returned; NULL is allowed.
void list_free(char **names, int n);

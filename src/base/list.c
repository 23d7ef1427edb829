// Lists in one string, by the grammar of one line of CSV.
#include "base/list.h"

#include "base/err.h"
#include "base/mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Reads the string in quotes that begins at `at` into `out`, which has space for the rest of the list. Returns the end
// of the string, or NULL if neither a comma nor the end of the list follows: then the quote is part of a name.
static const char *read_list_quoted(const char *at, char *out)
{
    if (*at != '"')
        return NULL;
    for (at++; *at && (*at != '"' || at[1] == '"'); at++) {
        at += *at == '"';
        *out++ = *at;
    }
    *out = 0;
    if (*at != '"')
        return NULL;

    at += 1 + strspn(at + 1, " ");
    return *at == 0 || *at == ',' ? at : NULL;
}

static const char *read_unquoted(const char *at, char *out)
{
    const char *end = at + strcspn(at, ",");
    const char *stop = end;
    while (stop > at && stop[-1] == ' ')
        stop--;
    memcpy(out, at, (size_t)(stop - at));
    out[stop - at] = 0;
    return end;
}

char **list_split(const char *list, int *n)
{
    char **out = NULL;
    *n = 0;

    for (bool is_more = true; is_more; list++) {
        list += strspn(list, " ");
        char *name = mem_new(strlen(list) + 1, 1);
        const char *end = read_list_quoted(list, name);
        list = end ? end : read_unquoted(list, name);
        ASSERT(*list == 0 || *list == ',', "%s", list);
        out = mem_grow(out, (size_t)*n + 1, sizeof *out);
        out[(*n)++] = name;
        is_more = *list == ',';
    }

    return out;
}

void list_add(struct text *list, const char *name)
{
    size_t n = strlen(name);
    bool needs_quotes = n == 0 || strpbrk(name, ",\"") || name[0] == ' ' || name[n - 1] == ' ';
    const char *quote = needs_quotes ? "\"" : "";
    text_add(list, "%s%s", list->length ? "," : "", quote);
    for (; *name; name++)
        text_add(list, *name == '"' ? "\"\"" : "%c", *name);
    text_add(list, "%s", quote);
}

char **list_copy(char *const *names, int n)
{
    char **copy = names ? mem_new((size_t)n, sizeof *copy) : NULL;
    for (int i = 0; names && i < n; i++)
        copy[i] = mem_text(names[i]);
    return copy;
}

void list_free(char **names, int n)
{
    for (int i = 0; names && i < n; i++)
        free(names[i]);
    free(names);
}

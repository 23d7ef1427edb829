// Keeps sets of label names as sorted arrays.
#include "data/label_names.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20 };

// Returns the place of a name, or the place where it belongs.
static int find_place(const struct label_names *l, const char *name)
{
    int low = 0, high = l->n;

    while (low < high) {
        int middle = low + (high - low) / 2;
        if (strcmp(l->v[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    ASSERT(low >= 0 && low <= l->n, "place %d of %d", low, l->n);
    return low;
}

int label_names_find(const struct label_names *l, const char *name)
{
    int i = find_place(l, name);

    return i < l->n && strcmp(l->v[i], name) == 0 ? i : -1;
}

int label_names_add(struct label_names *l, const char *name)
{
    int i = find_place(l, name);

    if (i < l->n && strcmp(l->v[i], name) == 0)
        return i;
    l->v = mem_grow(l->v, (size_t)l->n + 1, sizeof *l->v);
    memmove(l->v + i + 1, l->v + i, (size_t)(l->n - i) * sizeof *l->v);
    l->v[i] = mem_text(name);
    l->n++;
    return i;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void label_names_build(struct label_names *l, char **texts, int n)
{
    ASSERT(n >= 0, "%d names", n);
    *l = (struct label_names){.v = texts};
    if (n > 0)
        qsort(texts, (size_t)n, sizeof *texts, compare_texts);

    for (int i = 0; i < n; i++)
        if (l->n > 0 && strcmp(texts[l->n - 1], texts[i]) == 0)
            free(texts[i]);
        else
            texts[l->n++] = texts[i];
}

void label_names_free(struct label_names *l)
{
    list_free(l->v, l->n);
    *l = (struct label_names){0};
}

// --- as files store them

char *label_names_join(char *const *names, int n)
{
    struct text t = {0};

    text_add(&t, "%s", "");
    for (int i = 0; i < n; i++)
        text_add(&t, "%s%s", i ? "\n" : "", names[i]);
    return t.data;
}

void label_names_split(const char *lines, char ***names, int *n)
{
    *names = NULL;
    *n = 0;
    while (lines) {
        size_t length = strcspn(lines, "\n");

        if ((*n & (*n - 1)) == 0) // a power of two: the capacity doubles
            *names = mem_grow(*names, *n ? 2 * (size_t)*n : 1, sizeof **names);
        (*names)[(*n)++] = mem_format("%.*s", (int)length, lines);
        lines = lines[length] && lines[length + 1] ? lines + length + 1 : NULL; // a line feed at the end adds no name
    }
}

// --- names that are numbers

bool label_is_number(const char *name, int64_t *number)
{
    const char *digits = name + (name[0] == '-');

    return *digits && digits[strspn(digits, "0123456789")] == 0 && text_to_int64(name, number) == 0;
}

bool label_names_are_numbers(char *const *names, int n)
{
    int64_t ignored;

    for (int i = 0; i < n; i++)
        if (!label_is_number(names[i], &ignored))
            return false;
    return n > 0;
}

// --- in messages

void label_names_quote(struct text *t, char *const *names, int n)
{
    char room[QUOTE_ROOM];

    for (int i = 0; i < n && i < SHOWN; i++)
        text_add(t, "%s'%s'", i ? ", " : "", text_quote(room, names[i], strlen(names[i])));
    if (n > SHOWN)
        text_add(t, ", ... (%d more)", n - SHOWN);
}

void label_names_suggest(struct text *t, const char *found, char *const *names, int n)
{
    char hint[DID_YOU_MEAN_ROOM];

    if (found[0] && found[1]) // almost any name is similar to a single letter
        text_add(t, "%s", text_did_you_mean(hint, found, (const char *const *)names, n));
}

// Compares lists of versions, which are sets of lines: keys and checksums matter, their order does not.
#include "leaderboard/versions.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "presence/state_text.h"
#include "store/schema.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One line of a list, within the list's text.
struct version_line {
    const char *text;
    size_t length, key; // lengths of the line, and of the key at its beginning
};

// Finds the next line and moves *at after it. Returns false at the end of the text.
static bool next_line(const char **at, struct version_line *l)
{
    while (**at == '\n')
        ++*at;
    if (!**at)
        return false;

    l->text = *at;
    l->length = l->key = strcspn(*at, "\n");
    while (l->key > 0 && l->text[l->key] != ' ')
        l->key--;
    *at += l->length;

    ASSERT(l->key <= l->length, "a key of %zu in %zu bytes", l->key, l->length);
    return true;
}

static bool has_same_source(const struct version_line *a, const struct version_line *b)
{
    return a->key == b->key && memcmp(a->text, b->text, a->key) == 0;
}

static bool is_same_version(const struct version_line *a, const struct version_line *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static bool find_version(const char *lines, const struct version_line *wanted, struct version_line *found)
{
    while (next_line(&lines, found))
        if (has_same_source(found, wanted))
            return true;
    return false;
}

char *versions_update(const char *older, const char *newer)
{
    struct text all = {0};
    struct version_line l, found;
    text_add(&all, "%s", "");

    for (const char *at = newer; next_line(&at, &l);)
        if (!find_version(all.data, &l, &found))
            text_add(&all, "%.*s\n", (int)l.length, l.text);
    for (const char *at = older; next_line(&at, &l);)
        if (!find_version(all.data, &l, &found))
            text_add(&all, "%.*s\n", (int)l.length, l.text);
    return all.data;
}

// Returns the name of the source in new memory, without the suffix for labels.
static char *source_name(const struct version_line *l)
{
    static const char labels[] = VERSIONS_LABELS;
    size_t tail = sizeof labels - 1;
    size_t n = l->key;

    if (n > tail && memcmp(l->text + n - tail, labels, tail) == 0)
        n -= tail;
    return mem_format("%.*s", (int)n, l->text);
}

char *versions_changed(const char *lines, const char *current)
{
    struct text names = {0};
    struct version_line l, now;
    text_add(&names, "%s", "");

    for (const char *at = lines; next_line(&at, &l);) {
        if (!find_version(current, &l, &now) || is_same_version(&l, &now))
            continue;
        char *name = source_name(&l);
        if (!strstr(names.data, name))
            text_add(&names, "%s%s", names.length ? ", " : "", name);
        free(name);
    }
    return names.data;
}

bool versions_share(const char *a, const char *b, const char *sources)
{
    struct version_line mine, other;
    bool shares = false;

    while (!shares && next_line(&a, &mine)) {
        char *name = source_name(&mine);
        shares = strstr(sources, name) && find_version(b, &mine, &other) && is_same_version(&mine, &other);
        free(name);
    }
    return shares;
}

char *versions_read(const char *folder)
{
    char *text = state_text_read(folder, "data");
    return text ? text : mem_text("");
}

int versions_write(const char *folder, const char *lines, struct err *e)
{
    return state_text_write(folder, "data", lines, e);
}

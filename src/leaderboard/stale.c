// Reads and writes the list of stale trials. It has lines "ID SOURCES" in order of id. Other lines are ignored.
#include "leaderboard/stale.h"

#include "base/mem.h"
#include "base/text.h"
#include "presence/state_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stale_add(struct stale *s, const char *id, char *sources)
{
    s->trial = mem_grow(s->trial, (size_t)s->n + 1, sizeof *s->trial);
    struct stale_trial *t = &s->trial[s->n++];
    snprintf(t->id, sizeof t->id, "%s", id);
    t->sources = sources;
}

static int compare_stale(const void *a, const void *b)
{
    return strcmp(((const struct stale_trial *)a)->id, ((const struct stale_trial *)b)->id);
}

void stale_sort(struct stale *s)
{
    if (s->n > 1)
        qsort(s->trial, (size_t)s->n, sizeof *s->trial, compare_stale);
}

void stale_read(const char *folder, struct stale *s)
{
    char *text = state_text_read(folder, "stale");
    *s = (struct stale){.is_known = text != NULL};

    for (const char *at = text; at && *at;) {
        size_t length = strcspn(at, "\n"), n = strspn(at, "0123456789abcdef");
        if (n > 0 && n < sizeof s->trial->id && at[n] == ' ' && length > n + 1) {
            char *id = mem_format("%.*s", (int)n, at);
            stale_add(s, id, mem_format("%.*s", (int)(length - n - 1), at + n + 1));
            free(id);
        }
        at += length + (at[length] == '\n');
    }
    stale_sort(s);
    free(text);
}

int stale_write(const char *folder, const struct stale *s, struct err *e)
{
    struct text t = {0};

    text_add(&t, "%s", "");
    for (int i = 0; i < s->n; i++)
        text_add(&t, "%s %s\n", s->trial[i].id, s->trial[i].sources);
    int rc = state_text_write(folder, "stale", t.data, e);
    text_free(&t);
    return rc;
}

const char *stale_find(const struct stale *s, const char *id)
{
    struct stale_trial key;

    snprintf(key.id, sizeof key.id, "%s", id);
    const struct stale_trial *found = s->n ? bsearch(&key, s->trial, (size_t)s->n, sizeof key, compare_stale) : NULL;
    return found ? found->sources : NULL;
}

void stale_mark(const struct stale *s, struct leaderboard_row *rows, int n)
{
    for (int i = 0; i < n && s->is_known; i++) {
        const char *sources = stale_find(s, rows[i].id);
        free(rows[i].stale);
        rows[i].stale = mem_text(sources ? sources : "");
    }
}

void stale_free(struct stale *s)
{
    for (int i = 0; i < s->n; i++)
        free(s->trial[i].sources);
    free(s->trial);
    *s = (struct stale){0};
}

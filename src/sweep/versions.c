// Which versions of data the trials of a folder are of, and which of them are stale.
#include "sweep/versions.h"

#include "base/disk.h"
#include "base/input.h"
#include "base/mem.h"
#include "store/schema.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One line: its text, and the length of its key.
struct line {
    const char *text;
    size_t length, key;
};

// The line at *at, which moves behind it. False at the end.
static bool next_line(const char **at, struct line *l)
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
    return true;
}

static bool has_same_key(const struct line *a, const struct line *b)
{
    return a->key == b->key && memcmp(a->text, b->text, a->key) == 0;
}

static bool is_same(const struct line *a, const struct line *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static bool find_key(const char *lines, const struct line *wanted, struct line *found)
{
    while (next_line(&lines, found))
        if (has_same_key(found, wanted))
            return true;
    return false;
}

void versions_add(struct text *lines, const struct dataset *d)
{
    for (int i = 0; i < d->n_sources; i++) {
        const struct dataset_source *s = &d->sources[i];
        if (s->checksum)
            text_add(lines, "%s xxh3:%s\n", s->name, s->checksum);
        if (s->label_checksum)
            text_add(lines, "%s" VERSIONS_LABELS " xxh3:%s\n", s->name, s->label_checksum);
    }
}

char *versions_update(const char *older, const char *newer)
{
    struct text all = {0};
    struct line l, found;
    text_add(&all, "%s", "");

    for (const char *at = newer; next_line(&at, &l);)
        if (!find_key(all.data, &l, &found))
            text_add(&all, "%.*s\n", (int)l.length, l.text);
    for (const char *at = older; next_line(&at, &l);)
        if (!find_key(all.data, &l, &found))
            text_add(&all, "%.*s\n", (int)l.length, l.text);
    return all.data;
}

// The name of the source, without what is said of its labels: new memory.
static char *source_name(const struct line *l)
{
    static const char labels[] = VERSIONS_LABELS;
    size_t tail = sizeof labels - 1, n = l->key;
    if (n > tail && memcmp(l->text + n - tail, labels, tail) == 0)
        n -= tail;
    return mem_format("%.*s", (int)n, l->text);
}

char *versions_changed(const char *lines, const char *current)
{
    struct text names = {0};
    struct line l, now;
    text_add(&names, "%s", "");

    for (const char *at = lines; next_line(&at, &l);) {
        if (!find_key(current, &l, &now) || is_same(&l, &now))
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
    struct line mine, other;
    bool shares = false;

    while (!shares && next_line(&a, &mine)) {
        char *name = source_name(&mine);
        shares = strstr(sources, name) && find_key(b, &mine, &other) && is_same(&mine, &other);
        free(name);
    }
    return shares;
}

// --- small files of the folder
enum { FILE_BYTES = 64 << 20 }; // more is none of ours

// The whole text of a file in state/, new memory; NULL: there is none.
static char *read_text(const char *folder, const char *name)
{
    char *path = mem_format("%s/state/%s", folder, name), *text = NULL;
    FILE *in = input_stream(path, NULL);
    size_t length = 0, room = 0, got = in ? 1 : 0;

    while (got > 0 && length < FILE_BYTES) {
        room = 2 * room + 4096;
        text = mem_grow(text, room, 1);
        got = fread(text + length, 1, room - length - 1, in);
        length += got;
        text[length] = 0;
    }
    if (in)
        fclose(in);
    free(path);
    return text;
}

char *versions_read(const char *folder)
{
    char *text = read_text(folder, "data");
    return text ? text : mem_text("");
}

static int write_text(const char *folder, const char *name, const char *text, struct err *e)
{
    char *path = mem_format("%s/state/%s", folder, name);
    int failed = disk_write(path, text, e);
    free(path);
    return failed;
}

int versions_write(const char *folder, const char *lines, struct err *e)
{
    return write_text(folder, "data", lines, e);
}

void stale_add(struct stale *s, const char *id, char *sources)
{
    s->trial = mem_grow(s->trial, (size_t)s->n + 1, sizeof *s->trial);
    struct stale_trial *t = &s->trial[s->n++];
    snprintf(t->id, sizeof t->id, "%s", id);
    t->sources = sources;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct stale_trial *)a)->id, ((const struct stale_trial *)b)->id);
}

void stale_sort(struct stale *s)
{
    if (s->n > 1)
        qsort(s->trial, (size_t)s->n, sizeof *s->trial, by_id);
}

// Lines "ID SOURCES"; all else is passed over.
void stale_read(const char *folder, struct stale *s)
{
    char *text = read_text(folder, "stale");
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
    int failed = write_text(folder, "stale", t.data, e);
    text_free(&t);
    return failed;
}

const char *stale_find(const struct stale *s, const char *id)
{
    struct stale_trial key;
    snprintf(key.id, sizeof key.id, "%s", id);
    const struct stale_trial *found = s->n ? bsearch(&key, s->trial, (size_t)s->n, sizeof key, by_id) : NULL;
    return found ? found->sources : NULL;
}

void stale_mark(const struct stale *s, struct trial_summary *rows, int n)
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

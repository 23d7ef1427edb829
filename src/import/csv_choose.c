// Decides from --like and the other options how each column of data becomes features.
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "data/columns.h"
#include "import/csv_columns.h"
#include "import/csv_dictionary.h"
#include "import/csv_encode.h"
#include <stdlib.h>
#include <string.h>

// Returns the column of data that the value `wanted` of an option names, or NULL and an error.
static struct csv_encoding *find_encoding(struct csv_encodings *c, const struct csv_columns *columns, const char *path,
    const char *option, const char *wanted, struct err *e)
{
    int column = csv_columns_find_name(columns, path, option, wanted, e);

    if (column < 0)
        return NULL;
    if (columns->use[column] < 0) {
        err_add(e, ERR_USAGE,
            "%s: %s: column '%s' is no column of data, allowed: one that is not left out and not "
            "the label, id, time or group",
            path, option, columns->names[column]);
        return NULL;
    }
    return &c->v[columns->use[column]];
}

static bool has_name(const struct csv_columns *columns, const char *name)
{
    for (int i = 0; i < columns->n; i++)
        if (strcmp(columns->names[i], name) == 0)
            return true;
    return false;
}

static void choose_one_hot(
    struct csv_encodings *c, const struct csv_columns *columns, const char *path, const char *list, struct err *e)
{
    int n;
    char **names = list_split(list, &n);

    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], "auto") == 0 && !has_name(columns, "auto")) {
            c->is_auto = true;
            continue;
        }
        struct csv_encoding *found = find_encoding(c, columns, path, "--one-hot", names[i], e);
        if (found)
            csv_encoding_choose(found, COLUMN_ONE_HOT);
    }
    list_free(names, n);
}

// Adds the values in "S<M<L" to the dictionary of the column, in this order.
static void set_order(struct csv_encoding *c, const char *order, const char *path, struct err *e)
{
    for (const char *at = order; at;) {
        const char *end = strchr(at, '<');
        char *value = end ? mem_format("%.*s", (int)(end - at), at) : mem_text(at);
        int before = c->values.n;
        csv_dictionary_add(&c->values, value, strlen(value));
        if (c->values.n == before)
            err_add(e, ERR_USAGE, "%s: --ordinal: found the value '%s' of column '%s' twice, allowed: once", path,
                value, c->name);
        free(value);
        at = end ? end + 1 : NULL;
    }
    c->is_fixed = c->is_listed = true;
}

// Chooses the column that an entry of --ordinal names: "NAME" or "NAME=A<B<C". The name may contain '=', too.
static void choose_ordinal(
    struct csv_encodings *c, const struct csv_columns *columns, const char *path, char *entry, struct err *e)
{
    char *equal = has_name(columns, entry) ? NULL : strchr(entry, '=');

    for (char *next = equal; next; next = strchr(next + 1, '=')) {
        *next = 0;
        bool is_name = has_name(columns, entry);
        *next = '=';
        if (is_name)
            equal = next;
    }

    if (equal)
        *equal = 0;
    struct csv_encoding *found = find_encoding(c, columns, path, "--ordinal", entry, e);
    if (!found)
        return;
    if (found->is_chosen)
        err_add(e, ERR_USAGE, "%s: --ordinal: column '%s' is chosen twice, allowed: once, by --one-hot or --ordinal",
            path, found->name);
    csv_encoding_choose(found, COLUMN_ORDINAL);
    if (equal)
        set_order(found, equal + 1, path, e);
}

// Reads from the options which features are made of the time.
static void choose_time_features(
    struct csv_encodings *c, const struct import_options *o, const char *path, struct err *e)
{
    int n;
    char **names = list_split(o->time_features, &n);

    for (int i = 0; i < n; i++)
        if (strcmp(names[i], column_kinds[COLUMN_HOUR]) == 0)
            c->hour = 0;
        else if (strcmp(names[i], column_kinds[COLUMN_WEEKDAY]) == 0)
            c->weekday = 0;
        else
            err_add(e, ERR_USAGE, "%s: --time-features: found '%s', allowed: hour, weekday", path, names[i]);
    if (!o->time)
        err_add(e, ERR_USAGE, "%s: --time-features: found no --time COLUMN, which they are made of", path);
    list_free(names, n);
}

// Copies kinds, places and dictionaries from the columns of another data set.
static void take_columns(struct csv_encodings *c, const struct columns *like)
{
    int at = 0;

    for (int k = 0; k < like->n; k++) {
        const struct column *column = &like->v[k];
        if (column->kind == COLUMN_HOUR)
            c->hour = column->first;
        else if (column->kind == COLUMN_WEEKDAY)
            c->weekday = column->first;
        if (column_is_of_time(column))
            continue;

        ASSERT(at < c->n, "column %d of %d", at, c->n);
        struct csv_encoding *encoding = &c->v[at++];
        encoding->kind = column->kind;
        encoding->first = column->first;
        encoding->n_features = column->n;
        encoding->is_chosen = encoding->is_fixed = column->n_categories > 0;
        for (int i = 0; i < column->n_categories; i++)
            csv_dictionary_add(&encoding->values, column->categories[i], strlen(column->categories[i]));
    }
}

int csv_encodings_begin(struct csv_encodings *c, const struct csv_columns *columns, const char *path,
    const struct import_options *o, struct err *e)
{
    int before = e->count;

    *c = (struct csv_encodings){.n = columns->n_data, .hour = -1, .weekday = -1};
    c->missing = (enum import_missing_category)o->missing_category;
    c->v = mem_new((size_t)c->n, sizeof *c->v);
    for (int i = 0; i < columns->n; i++)
        if (columns->use[i] >= 0)
            c->v[columns->use[i]].name = columns->names[i];

    c->like = o->like_columns;
    if (o->like_columns)
        take_columns(c, o->like_columns);
    if (o->one_hot)
        choose_one_hot(c, columns, path, o->one_hot, e);
    else if (o->is_one_hot_default && !o->like_columns)
        c->is_auto = true;
    if (o->ordinal) {
        int n;
        char **entries = list_split(o->ordinal, &n);
        for (int i = 0; i < n; i++)
            choose_ordinal(c, columns, path, entries[i], e);
        list_free(entries, n);
    }
    if (o->time_features)
        choose_time_features(c, o, path, e);
    return e->count > before ? -1 : 0;
}

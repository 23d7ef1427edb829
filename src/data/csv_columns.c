// Columns of CSV files: found by name, or by number where no name is meant.
#include "data/csv_columns.h"

#include "base/mem.h"
#include "base/text.h"
#include "data/csv_table.h"
#include "data/source.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 1 << 22 };

struct first_record {
    char **fields; // (n), owned
    int n, numbers;
    bool is_complete, has_nul;
};

static void take_field(void *context, char *text, size_t n)
{
    struct first_record *r = context;
    double ignored;
    if (r->is_complete || r->n == MAX_FIELDS)
        return;
    if ((r->n & (r->n - 1)) == 0) // room doubles
        r->fields = mem_grow(r->fields, r->n ? 2 * (size_t)r->n : 1, sizeof *r->fields);
    r->fields[r->n++] = mem_text(text);
    r->numbers += csv_number(text, n, &ignored);
    r->has_nul |= strlen(text) != n;
}

static void take_record(void *context)
{
    ((struct first_record *)context)->is_complete = true;
}

static int read_first(struct first_record *r, const char *path, struct csv_dialect dialect, struct err *e)
{
    struct csv_table *table =
        csv_table_open(path, dialect, (struct csv_sink){.context = r, .field = take_field, .record = take_record}, e);
    if (!table)
        return -1;
    int pushed = 1;
    while (!r->is_complete && pushed == 1)
        pushed = csv_table_push_line(table, e);
    csv_table_free(&table);
    if (pushed == 0 && !r->is_complete)
        err_add(e, ERR_DATA, "%s: no rows: the data are empty", path);
    return pushed == 1 ? 0 : -1;
}

// RFC 3629, as far as a name needs it: no byte that cannot stand in UTF-8, every sequence complete.
bool csv_is_utf8(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        int more = *at < 0x80 ? 0 : *at < 0xC2 ? -1 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2 : *at < 0xF5 ? 3 : -1;
        if (more < 0)
            return false;
        for (; more > 0; more--)
            if ((*++at & 0xC0) != 0x80)
                return false;
    }
    return true;
}

static void name_columns(struct csv_columns *c, struct first_record *r, int header)
{
    c->has_header = header == HEADER_YES || (header == HEADER_AUTO && r->numbers == 0);
    c->n = r->n;
    c->names = mem_new((size_t)c->n, sizeof *c->names);
    c->use = mem_new((size_t)c->n, sizeof *c->use);
    for (int i = 0; i < c->n; i++)
        c->names[i] = c->has_header && r->fields[i][0] ? mem_text(r->fields[i]) : mem_format("column_%d", i + 1);
}

// The column that `wanted` names, or whose number it is, counted from 1. -1 and an error where there is none.
static int find_column(
    const struct csv_columns *c, const char *path, const char *option, const char *wanted, struct err *e)
{
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->names[i], wanted) == 0)
            return i;
    int64_t number;
    if (text_to_int64(wanted, &number) == 0 && number >= 1 && number <= c->n)
        return (int)number - 1;
    const char *near = text_nearest(wanted, (const char *const *)c->names, c->n);
    return err_add(e, ERR_USAGE, "%s: %s: found '%s', allowed: the name of a column, or its number from 1 to %d%s%s%s",
        path, option, wanted, c->n, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

// use[] := `use` for every column of the list.
static void mark(struct csv_columns *c, const char *path, const char *option, const char *list, int use, struct err *e)
{
    int n;
    char **wanted = source_split_list(list, &n);
    for (int i = 0; i < n; i++) {
        int column = find_column(c, path, option, wanted[i], e);
        if (column >= 0)
            c->use[column] = use;
    }
    source_free_list(wanted, n);
}

static void select_columns(struct csv_columns *c, const char *path, const struct import_options *o, struct err *e)
{
    for (int i = 0; i < c->n; i++)
        c->use[i] = o->columns ? CSV_LEFT_OUT : 0;
    if (o->columns)
        mark(c, path, "--columns", o->columns, 0, e);
    if (o->drop)
        mark(c, path, "--drop", o->drop, CSV_LEFT_OUT, e);
    int label = o->label ? find_column(c, path, "--label", o->label, e) : o->is_label && c->n == 1 ? 0 : -1;
    if (label >= 0)
        c->use[label] = CSV_LABEL;
    c->has_label = label >= 0;
    for (int i = 0; i < c->n; i++)
        if (c->use[i] >= 0)
            c->use[i] = c->n_features++;
    if (c->n_features == 0 && !o->is_label)
        err_add(e, ERR_USAGE, "%s: no column is left for the data", path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

// Names are read by others from the result: they must be text, and features must be told apart by them.
static void check_names(const struct csv_columns *c, const char *path, struct err *e)
{
    char ***sorted = mem_new((size_t)c->n, sizeof *sorted); // pointers into names, so that positions are known
    int n = 0;
    for (int i = 0; i < c->n; i++) {
        char found[QUOTE_ROOM];
        if (c->use[i] != CSV_LEFT_OUT && !csv_is_utf8(c->names[i]))
            err_at(e, ERR_DATA, path, 1, i + 1, "name '%s' is not UTF-8: convert the file with iconv",
                source_quote(found, c->names[i], strlen(c->names[i])));
        if (c->use[i] != CSV_LEFT_OUT)
            sorted[n++] = &c->names[i];
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_name);
    for (int i = 1; i < n; i++)
        if (strcmp(*sorted[i - 1], *sorted[i]) == 0) {
            char found[QUOTE_ROOM];
            err_at(e, ERR_DATA, path, 1, (int)(sorted[i] - c->names) + 1,
                "name '%s' stands for columns %d and %d: rename one, or leave it out with --drop NUMBER",
                source_quote(found, *sorted[i], strlen(*sorted[i])), (int)(sorted[i - 1] - c->names) + 1,
                (int)(sorted[i] - c->names) + 1);
        }
    free(sorted);
}

int csv_columns_find(
    struct csv_columns *c, const char *path, struct csv_dialect dialect, const struct import_options *o, struct err *e)
{
    *c = (struct csv_columns){0};
    struct first_record r = {0};
    int before = e->count;
    if (read_first(&r, path, dialect, e) == 0) {
        if (r.has_nul)
            err_at(e, ERR_DATA, path, 1, 0, "found a NUL byte, allowed: text");
        if (r.n == MAX_FIELDS)
            err_at(e, ERR_DATA, path, 1, 0, "found %d fields or more: is this a text file?", MAX_FIELDS);
        name_columns(c, &r, o->header);
        select_columns(c, path, o, e);
        check_names(c, path, e);
    }
    source_free_list(r.fields, r.n);
    return e->count == before ? 0 : -1;
}

void csv_columns_free(struct csv_columns *c)
{
    source_free_list(c->names, c->n);
    free(c->use);
    *c = (struct csv_columns){0};
}

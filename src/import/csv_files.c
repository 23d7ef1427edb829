// Finds the columns of all files of a table. The first file decides whether there is a header. The columns of the other
// files are matched with it by name.
#include "import/csv_files.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "import/source.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_FILE_ERRORS = 20 };

static int find_file_columns(
    struct csv_file *f, const struct csv_missing *missing, const struct import_options *o, struct err *e)
{
    return csv_dialect_find(&f->dialect, f->path, o, e) == 0
               ? csv_columns_find(&f->columns, f->path, f->dialect, missing, o, e)
               : -1;
}

// --- data and labels, or two files of a table

static bool has_column(const struct csv_columns *c, const char *name)
{
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->names[i], name) == 0)
            return true;
    return false;
}

static bool have_same_columns(const struct csv_columns *a, const struct csv_columns *b)
{
    if (a->n != b->n || a->has_header != b->has_header || (a->n == 1 && !a->has_header))
        return false;
    for (int i = 0; i < a->n; i++)
        if (!has_column(b, a->names[i]))
            return false;
    return true;
}

bool csv_is_one_table(const char *a, const char *b, const struct import_options *o)
{
    struct import_options plain = {.header = o->header,
        .delimiter = o->delimiter,
        .missing = o->missing,
        .decimal = o->decimal,
        .comment = o->comment,
        .skip = o->skip,
        .is_label = true};
    struct csv_file first = {.path = a}, second = {.path = b};
    struct csv_missing missing;
    struct err ignored = {0};
    if (!source_is_csv(a) || !source_is_csv(b))
        return false;

    csv_missing_read(&missing, o->missing, o->decimal == DECIMAL_COMMA);
    bool is_one = find_file_columns(&first, &missing, &plain, &ignored) == 0 &&
                  find_file_columns(&second, &missing, &plain, &ignored) == 0 &&
                  have_same_columns(&first.columns, &second.columns);
    csv_columns_free(&first.columns);
    csv_columns_free(&second.columns);
    csv_missing_free(&missing);
    return is_one;
}

// --- all files

// Returns the number of the column of data that has this name in the first file, or -1.
static int find_data_column(const struct csv_columns *first, const char *name)
{
    for (int i = 0; i < first->n; i++)
        if (first->use[i] >= 0 && strcmp(first->names[i], name) == 0)
            return first->use[i];
    return -1;
}

// Numbers the columns of data as in the first file. Returns -1 and an error if a file has other columns of data.
static int match_file(struct csv_file *f, const struct csv_file *first, struct err *e)
{
    int before = e->count;

    for (int i = 0; i < f->columns.n; i++) {
        if (f->columns.use[i] < 0)
            continue;
        f->columns.use[i] = find_data_column(&first->columns, f->columns.names[i]);
        if (f->columns.use[i] < 0)
            err_at(e, ERR_DATA, f->path, f->columns.header_line, i + 1,
                "found column '%.60s', which %s does not have, allowed: the same columns in all files; --columns chooses "
                "them",
                f->columns.names[i], first->path);
    }

    for (int i = 0; i < first->columns.n; i++)
        if (first->columns.use[i] >= 0 && !has_column(&f->columns, first->columns.names[i]))
            err_at(e, ERR_DATA, f->path, f->columns.header_line, 0,
                "found no column '%.60s', which %s has, allowed: the same columns in all files; --columns chooses them",
                first->columns.names[i], first->path);
    return e->count > before ? -1 : 0;
}

static bool is_empty_file(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) && s.st_size == 0;
}

// Adds a file. Returns -1 and errors if its columns cannot be found or are not those of the first file.
static int add_table_file(struct csv_files *f, const char *path, const struct csv_missing *missing,
    const struct import_options *o, struct err *e)
{
    struct import_options same = *o;
    struct csv_file *file = &f->v[f->n++];

    *file = (struct csv_file){.path = path};
    if (file == f->v)
        return find_file_columns(file, missing, o, e);
    same.header = f->v->columns.has_header ? HEADER_YES : HEADER_NO;
    return find_file_columns(file, missing, &same, e) == 0 ? match_file(file, f->v, e) : -1;
}

int csv_files_open(struct csv_files *f, const char *path, const struct csv_missing *missing,
    const struct import_options *o, struct text *warnings, struct err *e)
{
    const char *const *paths = o->n_tables ? o->tables : &path;
    int n = o->n_tables ? o->n_tables : 1;
    struct text empty = {0};
    int n_empty = 0, before = e->count;

    *f = (struct csv_files){.v = mem_new((size_t)n, sizeof *f->v)};
    for (int i = 0; i < n && e->count < before + MAX_FILE_ERRORS; i++) {
        bool is_left_out = n > 1 && is_empty_file(paths[i]);
        if (is_left_out && n_empty++ < 5)
            text_add(&empty, "%s%s", n_empty > 1 ? ", " : "", paths[i]);
        if (is_left_out)
            continue;
        if (add_table_file(f, paths[i], missing, o, e) != 0 && f->n == 1)
            break; // without the first file, there is nothing to compare the others with
    }

    if (n_empty)
        text_add(warnings, "%d empty file%s left out: %s%s\n", n_empty, text_plural(n_empty), empty.data,
            n_empty > 5 ? ", ..." : "");
    text_free(&empty);
    if (f->n == 0 && e->count == before)
        err_add(e, ERR_DATA, "%s: all %d files are empty", path, n);
    return e->count > before ? -1 : 0;
}

void csv_files_free(struct csv_files *f)
{
    for (int i = 0; i < f->n; i++)
        csv_columns_free(&f->v[i].columns);
    free(f->v);
    *f = (struct csv_files){0};
}

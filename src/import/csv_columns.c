// Finds which columns a CSV file has and what each is used for. The first line may name the columns or be data.
// Only the lines below it show which (csv_first.c). Doubts that remain become warnings; struct csv_columns lists them.
//
// Two kinds of columns are never meant as data and are found next: the names of rows that R writes, and the empty field
// after a delimiter at the end of each line. Options choose from the other columns, by name first and then by number.
#include "import/csv_columns.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "import/csv_first.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Returns the name of a column in new memory. In "# a, b", '#' is not part of the first name.
static char *column_name(const struct csv_columns *c, const char *field, int column)
{
    if (column == 0 && c->has_header && *field == '#')
        field += strspn(field, "# \t");
    return c->has_header && *field ? mem_text(field) : mem_format("column_%d", column + 1);
}

// Returns true if every line of data ends with a delimiter that no column follows. The header may end with one, too.
static bool has_trailing_delimiter(const struct csv_columns *c, const struct first_records *r)
{
    bool is_longer = r->longer == r->records - 1;
    bool is_unnamed = r->longer == 0 && r->n > 1 && !*r->fields[r->n - 1];
    return r->records > 1 && r->last_empty == r->records - 1 && ((c->has_header && is_longer) || is_unnamed);
}

// Returns true if the first column holds names of rows. R writes no name above such a column: the header has one field
// fewer, or its first field is empty. A shorter header does not prove this, and a mistake would leave out a column of
// data and shift the others. So the first column must also hold only strings, or integers that increase.
static bool has_row_names(const struct csv_columns *c, const struct first_records *r)
{
    bool is_shorter = r->longer == r->records - 1;
    bool is_text = r->below[0].texts > 0 && r->below[0].numbers == 0;
    if (!c->has_header || r->records < 2 || c->has_trailing)
        return false;
    return is_shorter ? is_text || first_records_rise(r) : !*r->fields[0] && is_text;
}

static void name_columns(struct csv_columns *c, const struct first_records *r, int header)
{
    c->has_header = first_records_have_header(r, header);
    c->may_be_header = !c->has_header && header == HEADER_AUTO && first_records_count_from(r) >= 0;
    c->has_numeric_header = c->has_header && header == HEADER_AUTO && r->numbers > 0;
    c->is_doubtful = header == HEADER_AUTO && r->numbers == 0 && first_records_are_doubtful(r, c->has_header);
    c->header_line = r->line;
    c->has_trailing = has_trailing_delimiter(c, r);
    c->has_row_names = has_row_names(c, r);

    int before = c->has_row_names && r->longer > 0; // number of columns without a field in the header
    int behind = c->has_trailing && r->longer > 0;

    ASSERT(r->n > 0 && r->n <= CSV_MOST_FIELDS, "%d fields", r->n);
    c->n = r->n + before + behind;
    c->names = mem_new((size_t)c->n, sizeof *c->names);
    c->use = mem_new((size_t)c->n, sizeof *c->use);
    if (before)
        c->names[0] = mem_text("row_name");
    for (int i = 0; i < r->n; i++)
        c->names[i + before] = column_name(c, r->fields[i], i + before);
    if (behind)
        c->names[r->n] = column_name(c, "", r->n);
}

int csv_columns_find_use(const struct csv_columns *c, int use)
{
    for (int i = 0; i < c->n; i++)
        if (c->use[i] == use)
            return i;
    return -1;
}

// Returns a hint if the name of a column contains a comma, otherwise "". In a list of names, such a name must be in
// quotes. The value of --label is not a list.
static const char *comma_hint(const struct csv_columns *c, const char *option)
{
    for (int i = 0; i < c->n && strcmp(option, "--label") != 0; i++)
        if (strchr(c->names[i], ','))
            return "; a name that holds a comma goes into quotes: '\"a,b\",c'";
    return "";
}

int csv_columns_find_name(
    const struct csv_columns *c, const char *path, const char *option, const char *wanted, struct err *e)
{
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->names[i], wanted) == 0)
            return i;

    int64_t number;
    if (text_to_int64(wanted, &number) == 0 && number >= 1 && number <= c->n)
        return (int)number - 1;
    char meant[DID_YOU_MEAN_ROOM];
    return err_add(e, ERR_USAGE, "%s: %s: found '%s', allowed: the name of a column, or its number from 1 to %d%s%s",
        path, option, wanted, c->n, text_did_you_mean(meant, wanted, (const char *const *)c->names, c->n),
        comma_hint(c, option));
}

static bool is_among(const int *columns, int n, int column)
{
    for (int i = 0; i < n; i++)
        if (columns[i] == column)
            return true;
    return false;
}

// Returns the numbers of the columns in a list (*n of them) in new memory. Columns that are not found, or that would be
// kept twice, are left out and reported.
static int *find_listed_columns(
    const struct csv_columns *c, const char *path, const char *option, const char *list, int *n, struct err *e)
{
    int wanted_n, *found;

    *n = 0;
    char **wanted = list_split(list, &wanted_n);
    found = mem_new((size_t)wanted_n, sizeof *found);
    for (int i = 0; i < wanted_n; i++) {
        int column = csv_columns_find_name(c, path, option, wanted[i], e);
        if (column >= 0 && is_among(found, *n, column) && strcmp(option, "--columns") == 0)
            err_add(e, ERR_USAGE, "%s: %s: found column %d, '%s', twice, allowed: every column once", path, option,
                column + 1, c->names[column]);
        else if (column >= 0)
            found[(*n)++] = column;
    }

    ASSERT(*n <= wanted_n, "%d of %d columns", *n, wanted_n);
    list_free(wanted, wanted_n);
    return found;
}

// Numbers the columns of data: all columns in the order of the file, or those of --columns in the order of that list.
static void number_features(struct csv_columns *c, const char *path, const char *list, struct err *e)
{
    int n = 0, *kept = list ? find_listed_columns(c, path, "--columns", list, &n, e) : NULL;

    for (int i = 0; i < c->n && !kept; i++)
        if (c->use[i] >= 0)
            c->use[i] = c->n_data++;

    for (int i = 0; i < n; i++) {
        ASSERT(kept[i] >= 0 && kept[i] < c->n, "column %d of %d", kept[i], c->n);
        if (c->use[kept[i]] == CSV_KEPT)
            c->use[kept[i]] = c->n_data++;
    }

    for (int i = 0; kept && i < c->n; i++)
        if (c->use[i] == CSV_KEPT)
            c->use[i] = CSV_LEFT_OUT;
    free(kept);
}

// Sets the use of the column that an option names. Returns false if `wanted` is NULL, or with an error if there is no
// such column. It is also an error if the column has another use already.
static bool set_use(
    struct csv_columns *c, const char *path, const char *option, const char *wanted, int use, struct err *e)
{
    int column = wanted ? csv_columns_find_name(c, path, option, wanted, e) : -1;

    if (column < 0)
        return false;
    if (c->use[column] <= CSV_LABEL && c->use[column] != CSV_KEPT)
        err_add(e, ERR_USAGE,
            "%s: %s: column '%s' has another use already, allowed: one of --label, --id, --time, --group", path, option,
            c->names[column]);
    c->use[column] = use;
    return true;
}

// Gives the column `name` the use that it has in --like, unless an option chose another column for that use.
static void set_use_like(struct csv_columns *c, const char *name, int use, bool *has_use)
{
    if (*has_use || !name)
        return;
    for (int i = 0; i < c->n && !*has_use; i++)
        if (c->use[i] == CSV_KEPT && strcmp(c->names[i], name) == 0) {
            c->use[i] = use;
            *has_use = true;
        }
}

static void set_uses(struct csv_columns *c, const char *path, const struct import_options *o, struct err *e)
{
    const struct columns *like = o->like_columns;

    c->has_label = set_use(c, path, "--label", o->label, CSV_LABEL, e);
    c->has_id = set_use(c, path, "--id", o->id, CSV_ID, e);
    c->has_time = set_use(c, path, "--time", o->time, CSV_TIME, e);
    c->has_group = set_use(c, path, "--group", o->group, CSV_GROUP, e);
    if (like) {
        set_use_like(c, like->label_name, CSV_LABEL, &c->has_label);
        set_use_like(c, like->id_name, CSV_ID, &c->has_id);
        set_use_like(c, like->time_name, CSV_TIME, &c->has_time);
        set_use_like(c, like->group_name, CSV_GROUP, &c->has_group);
    }
    if (!o->label && o->is_label && c->n == 1) {
        c->use[0] = CSV_LABEL;
        c->has_label = true;
    }
}

// Returns true if the columns have the names that import gives to columns of an array. Such columns are known only by
// their order.
static bool are_unnamed(const struct columns *like)
{
    for (int i = 0; i < like->n; i++) {
        char name[32];
        snprintf(name, sizeof name, "feature_%d", i + 1);
        if (like->v[i].kind != COLUMN_NUMBER || strcmp(like->v[i].name, name) != 0)
            return false;
    }
    return like->n > 0;
}

// Numbers the columns that have no other use, in the order of the file.
static void number_by_place(struct csv_columns *c, const char *path, const struct columns *like, struct err *e)
{
    int n = 0;

    for (int i = 0; i < c->n; i++)
        if (c->use[i] == CSV_KEPT)
            c->use[i] = n++;
    if (n != like->n)
        err_add(
            e, ERR_DATA, "%s: found %d columns of data, allowed: %d without names, as --like says", path, n, like->n);
}

static void refuse_columns_of_like(const char *path, const struct text *missing, int n, struct err *e)
{
    if (n > 0)
        err_add(e, ERR_DATA, "%s: found no column%s %.600s, allowed: all columns of --like, in any order", path,
            text_plural(n), missing->data);
}

// Gives each column the number that the column of the same name has in `like`. Columns that `like` does not have are
// left out. If `like` comes from an array, columns are numbered by their place.
static void number_like(struct csv_columns *c, const char *path, const struct columns *like, struct err *e)
{
    struct text missing = {0};
    int n_missing = 0;

    if (are_unnamed(like)) {
        number_by_place(c, path, like, e);
        c->n_data = like->n;
        return;
    }

    for (int k = 0; k < like->n; k++) {
        int i = 0;
        if (column_is_of_time(&like->v[k])) {
            if (!c->has_time)
                text_add(&missing, "%s'%s' (or --time)", n_missing++ ? ", " : "", like->v[k].name);
            continue;
        }
        while (i < c->n && (c->use[i] != CSV_KEPT || strcmp(c->names[i], like->v[k].name) != 0))
            i++;
        if (i < c->n)
            c->use[i] = c->n_data;
        else
            text_add(&missing, "%s'%s'", n_missing++ ? ", " : "", like->v[k].name);
        c->n_data++;
    }

    for (int i = 0; i < c->n; i++)
        if (c->use[i] == CSV_KEPT) {
            c->use[i] = CSV_LEFT_OUT;
            list_add(&c->ignored, c->names[i]);
        }
    refuse_columns_of_like(path, &missing, n_missing, e);
    text_free(&missing);
}

static void select_columns(struct csv_columns *c, const char *path, const struct import_options *o, struct err *e)
{
    int n = 0, *dropped = o->drop ? find_listed_columns(c, path, "--drop", o->drop, &n, e) : NULL;

    for (int i = 0; i < c->n; i++)
        c->use[i] = o->columns || o->like_columns ? CSV_KEPT : 0;
    if (c->has_row_names && !o->columns)
        c->use[0] = CSV_LEFT_OUT;
    if (c->has_trailing && !o->columns)
        c->use[c->n - 1] = CSV_LEFT_OUT;
    for (int i = 0; i < n; i++)
        c->use[dropped[i]] = CSV_LEFT_OUT;
    free(dropped);

    set_uses(c, path, o, e);
    if (o->like_columns)
        number_like(c, path, o->like_columns, e);
    else
        number_features(c, path, o->columns, e);
    if (c->n_data == 0 && !o->is_label)
        err_add(e, ERR_USAGE, "%s: no column is left for the data", path);
}

static int compare_column_names(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

// Refuses names that are not UTF-8, because other programs will read them from the output. Refuses names that occur
// twice, because features are selected by name.
static void check_column_names(const struct csv_columns *c, const char *path, struct err *e)
{
    char ***sorted = mem_new((size_t)c->n, sizeof *sorted); // pointers into c->names, from which the positions follow
    int n = 0;

    for (int i = 0; i < c->n; i++) {
        char found[QUOTE_ROOM];
        if (c->use[i] != CSV_LEFT_OUT && !utf8_is_valid(c->names[i]))
            err_at(e, ERR_DATA, path, c->header_line, i + 1, "name '%s' is not UTF-8: convert the file with iconv",
                text_quote(found, c->names[i], strlen(c->names[i])));
        if (c->use[i] != CSV_LEFT_OUT)
            sorted[n++] = &c->names[i];
    }

    ASSERT(n <= c->n, "%d of %d columns", n, c->n);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_column_names);
    for (int i = 1; i < n; i++)
        if (strcmp(*sorted[i - 1], *sorted[i]) == 0) {
            char found[QUOTE_ROOM];
            err_at(e, ERR_DATA, path, c->header_line, (int)(sorted[i] - c->names) + 1,
                "name '%s' stands for columns %d and %d: rename one, or leave it out with --drop NUMBER",
                text_quote(found, *sorted[i], strlen(*sorted[i])), (int)(sorted[i - 1] - c->names) + 1,
                (int)(sorted[i] - c->names) + 1);
        }

    free(sorted);
}

int csv_columns_find(struct csv_columns *c, const char *path, struct csv_dialect dialect,
    const struct csv_missing *missing, const struct import_options *o, struct err *e)
{
    *c = (struct csv_columns){0};

    struct first_records r = {.missing = missing};
    int before = e->count;
    if (first_records_read(&r, path, dialect, e) == 0) {
        if (r.has_nul)
            err_at(e, ERR_DATA, path, r.line, 0, "found a NUL byte, allowed: text");
        if (r.n == CSV_MOST_FIELDS)
            err_at(e, ERR_DATA, path, r.line, 0, "found %d fields or more: is this a text file?", CSV_MOST_FIELDS);
        name_columns(c, &r, o->header);
        select_columns(c, path, o, e);
        check_column_names(c, path, e);
    }

    first_records_free(&r);
    return e->count == before ? 0 : -1;
}

void csv_columns_free(struct csv_columns *c)
{
    list_free(c->names, c->n);
    free(c->use);
    text_free(&c->ignored);
    *c = (struct csv_columns){0};
}

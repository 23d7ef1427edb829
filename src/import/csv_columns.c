// Columns of CSV files: found by name, or by number where no name is meant.
#include "import/csv_columns.h"

#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "import/csv_table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 1 << 22 };

// The first record, and what the records behind it say of it: SAMPLE_RECORDS of them at most.
enum { SAMPLE_RECORDS = 32 };

struct column_sample {
    double low, high;
    int numbers, texts;
    bool has_fraction;
    bool is_same; // the field of the current record is that of the first
    bool repeats; // a record that is not equal to the first has its field here
};

struct first_records {
    char **fields; // (n), owned: the first record
    int n, numbers;
    int line; // where it is
    bool has_nul;

    struct column_sample *below; // (n), owned
    int records, field;
    int longer;       // records with one field more than the first
    int last_empty;   // records whose last field, of as many as the first record has or one more, is empty
    bool is_rising;   // the numbers of the first column are whole and rise from record to record
    double last_row;  // the latest of them
    bool ends_empty;  // the latest field is empty
    bool is_repeated; // the second record is equal to the first
    bool is_equal;    // the current record is, so far
    bool is_counting; // the second record goes on counting where the first ends
    const struct csv_missing *missing;
    struct csv_table *table;
};

static void keep_first_field(struct first_records *r, const char *text, size_t n)
{
    double ignored;
    if (r->n == MAX_FIELDS)
        return;
    if ((r->n & (r->n - 1)) == 0) // capacity doubles
        r->fields = mem_grow(r->fields, r->n ? 2 * (size_t)r->n : 1, sizeof *r->fields);
    r->fields[r->n++] = mem_text(text);
    r->numbers += csv_field(r->missing, text, n, &ignored) == CSV_NUMBER;
    r->has_nul |= strlen(text) != n;
}

static void sample_field(void *context, char *text, size_t n)
{
    struct first_records *r = context;
    double value;

    if (r->records == 0) {
        keep_first_field(r, text, n);
        return;
    }

    int column = r->field++;
    r->ends_empty = n == 0;
    if (column >= r->n)
        return;

    struct column_sample *c = &r->below[column];
    enum csv_kind kind = csv_field(r->missing, text, n, &value);
    c->is_same = strcmp(text, r->fields[column]) == 0;
    r->is_equal &= c->is_same;
    r->is_repeated &= r->records > 1 || c->is_same;
    r->is_counting &= r->records > 1 || (kind == CSV_NUMBER && (value == r->n + column || value == r->n + column + 1));
    c->texts += kind == CSV_TEXT;
    if (kind != CSV_NUMBER)
        return;

    c->low = c->numbers == 0 || value < c->low ? value : c->low;
    c->high = c->numbers == 0 || value > c->high ? value : c->high;
    c->has_fraction |= value != floor(value);
    if (column == 0) {
        r->is_rising &= value == floor(value) && (c->numbers == 0 || value > r->last_row);
        r->last_row = value;
    }
    c->numbers++;
}

// Which fields of the first record are values below. A whole record that comes again says nothing: headers do, too,
// where files were joined.
static void note_repeats(struct first_records *r)
{
    for (int i = 0; i < r->n && i < r->field; i++)
        r->below[i].repeats |= r->below[i].is_same && (r->n == 1 || !r->is_equal);
}

static void sample_record(void *context)
{
    struct first_records *r = context;

    if (r->records == 0) {
        r->below = mem_new((size_t)r->n, sizeof *r->below);
        r->line = csv_table_line(r->table);
        r->is_repeated = r->is_counting = r->is_rising = true;
    } else {
        note_repeats(r);
    }
    r->longer += r->records > 0 && r->field == r->n + 1;
    r->last_empty += r->records > 0 && r->ends_empty && (r->field == r->n || r->field == r->n + 1);
    r->records++;
    r->field = 0;
    r->is_equal = true;
}

static int sample_records(struct first_records *r, const char *path, struct csv_dialect dialect, struct err *e)
{
    r->table = csv_table_open(
        path, dialect, (struct csv_sink){.context = r, .field = sample_field, .record = sample_record}, e);
    if (!r->table)
        return -1;

    struct err later = {0}; // the pass over all rows reports what is wrong behind the first record
    int pushed = 1;
    while (r->records <= SAMPLE_RECORDS && pushed == 1)
        pushed = csv_table_push_line(r->table, r->records == 0 ? e : &later);
    csv_table_free(&r->table);
    if (pushed == 0 && r->records == 0)
        err_add(e, ERR_DATA, "%s: no rows: the data are empty", path);
    return r->records > 0 ? 0 : -1;
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

// Whether the first column numbers the rows: whole numbers that rise, none missing.
static bool has_rising_numbers(const struct first_records *r)
{
    return r->below[0].numbers == r->records - 1 && r->is_rising;
}

// What the first record counts from if it is 0, 1, 2, ... or 1, 2, 3, ...: pandas and others write such a line above
// columns without names, with an empty field above an index of the rows. Returns -1 if it does not count.
static int counts_from(const struct first_records *r)
{
    int64_t number, first;
    int corner = r->n > 0 && !*r->fields[0]; // fields above an index

    if (r->n < 3 || r->records < 2 || r->is_repeated || r->is_counting)
        return -1;
    if (text_to_int64(r->fields[corner], &first) != 0 || (corner && !has_rising_numbers(r)))
        return -1;
    if (first != 0 && first != 1)
        return -1;

    for (int i = corner; i < r->n; i++)
        if (text_to_int64(r->fields[i], &number) != 0 || number != first + i - corner)
            return -1;

    return (int)first;
}

// Whether the first record counts columns of fractions, or from 0. 1, 2, 3 above whole numbers may be a row like them.
static bool counts_columns(const struct first_records *r)
{
    int first = counts_from(r);
    bool has_fraction = false;
    for (int i = 0; i < r->n; i++)
        has_fraction |= r->below[i].has_fraction;
    return first == 0 || (first == 1 && has_fraction);
}

// Whether the first record is unlike all that follows: a text above numbers, or, such as years, whole numbers outside
// the range of a column of fractions. One column that could be data decides against it.
static bool is_unlike_the_rest(const struct first_records *r)
{
    int unlike = 0;

    if (r->records < 4)
        return false;

    for (int i = 0; i < r->n; i++) {
        const struct column_sample *c = &r->below[i];
        double value;
        enum csv_kind kind = csv_field(r->missing, r->fields[i], strlen(r->fields[i]), &value);
        if (c->numbers == 0 || c->texts > 0)
            continue;
        bool is_data = kind == CSV_MISSING || (kind == CSV_NUMBER && (value != floor(value) || !c->has_fraction ||
                                                                         (value >= c->low && value <= c->high)));
        if (is_data)
            return false;
        unlike++;
    }

    return unlike >= 2;
}

// What a first record without numbers is made of.
struct first_texts {
    int texts;   // neither empty nor a token of missing values
    int tokens;  // of missing values, which no column is called
    int gaps;    // empty fields between others: not above the names of rows, nor behind a last delimiter
    int above;   // texts above numbers: as data they would be errors
    int repeats; // texts that are also values of their column
};

static struct first_texts count_first_texts(const struct first_records *r)
{
    struct first_texts t = {0};

    for (int i = 0; i < r->n; i++) {
        const struct column_sample *below = &r->below[i];
        const char *field = r->fields[i];
        double ignored;

        if (!*field)
            t.gaps += i > 0 && i < r->n - 1;
        else if (csv_field(r->missing, field, strlen(field), &ignored) == CSV_MISSING)
            t.tokens++;
        else {
            t.texts++;
            t.above += below->numbers > 0 && below->texts == 0;
            t.repeats += below->repeats;
        }
    }
    return t;
}

// Whether a first record without numbers names the columns. A row of data may hold nothing but missing values and the
// name of its label.
static bool names_columns(const struct first_records *r)
{
    struct first_texts t = count_first_texts(r);

    if (t.texts == 0 || t.above > 0)
        return t.above > 0;
    return t.repeats == 0 && t.tokens == 0 && t.gaps == 0;
}

// Whether a first record without numbers that was taken for names, or for data, could also be the other.
static bool is_doubtful(const struct first_records *r, bool is_header_record)
{
    struct first_texts t = count_first_texts(r);

    return is_header_record ? t.above == 0 || t.tokens > 0 : t.repeats == 0;
}

static bool is_header_record(const struct first_records *r, int header)
{
    if (header != HEADER_AUTO)
        return header == HEADER_YES;
    return r->numbers == 0 ? names_columns(r) : counts_columns(r) || is_unlike_the_rest(r);
}

// A name as the header gives it; of "# a, b" the sign of a comment is no part of it.
static char *column_name(const struct csv_columns *c, const char *field, int column)
{
    if (column == 0 && c->has_header && *field == '#')
        field += strspn(field, "# \t");
    return c->has_header && *field ? mem_text(field) : mem_format("column_%d", column + 1);
}

// Every line ends with a delimiter, the header too or not: behind it is no column.
static bool has_trailing_delimiter(const struct csv_columns *c, const struct first_records *r)
{
    bool is_longer = r->longer == r->records - 1;
    bool is_unnamed = r->longer == 0 && r->n > 1 && !*r->fields[r->n - 1];
    return r->records > 1 && r->last_empty == r->records - 1 && ((c->has_header && is_longer) || is_unnamed);
}

// R writes the names of rows without a name above them: the header has one field fewer, or its first is empty. A
// shorter header alone proves nothing, or a column of data would be left out and the others would move: the first
// column must hold texts only, or whole numbers that rise, as those of rows do.
static bool has_row_names(const struct csv_columns *c, const struct first_records *r)
{
    bool is_shorter = r->longer == r->records - 1;
    bool is_text = r->below[0].texts > 0 && r->below[0].numbers == 0;
    if (!c->has_header || r->records < 2 || c->has_trailing)
        return false;
    return is_shorter ? is_text || has_rising_numbers(r) : !*r->fields[0] && is_text;
}

static void name_columns(struct csv_columns *c, const struct first_records *r, int header)
{
    c->has_header = is_header_record(r, header);
    c->may_be_header = !c->has_header && header == HEADER_AUTO && counts_from(r) >= 0;
    c->has_numeric_header = c->has_header && header == HEADER_AUTO && r->numbers > 0;
    c->is_doubtful = header == HEADER_AUTO && r->numbers == 0 && is_doubtful(r, c->has_header);
    c->header_line = r->line;
    c->has_trailing = has_trailing_delimiter(c, r);
    c->has_row_names = has_row_names(c, r);

    int before = c->has_row_names && r->longer > 0; // columns without a place in the header
    int behind = c->has_trailing && r->longer > 0;

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

// In a list of names a comma is part of a name only within quotes.
static const char *comma_hint(const struct csv_columns *c, const char *option)
{
    for (int i = 0; i < c->n && strcmp(option, "--label") != 0; i++)
        if (strchr(c->names[i], ','))
            return "; a name that holds a comma goes into quotes: '\"a,b\",c'";
    return "";
}

// The column that `wanted` names, or whose number it is, counted from 1. -1 and an error where there is none.
static int find_csv_column(
    const struct csv_columns *c, const char *path, const char *option, const char *wanted, struct err *e)
{
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->names[i], wanted) == 0)
            return i;

    int64_t number;
    if (text_to_int64(wanted, &number) == 0 && number >= 1 && number <= c->n)
        return (int)number - 1;
    const char *near = text_nearest(wanted, (const char *const *)c->names, c->n);
    return err_add(e, ERR_USAGE,
        "%s: %s: found '%s', allowed: the name of a column, or its number from 1 to %d%s%s%s%s", path, option, wanted,
        c->n, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "", comma_hint(c, option));
}

static bool is_among(const int *columns, int n, int column)
{
    for (int i = 0; i < n; i++)
        if (columns[i] == column)
            return true;
    return false;
}

// The columns of a list: (*n) numbers, new memory; what cannot be found, or is to be kept twice, is left out with an
// error.
static int *find_listed_columns(
    const struct csv_columns *c, const char *path, const char *option, const char *list, int *n, struct err *e)
{
    int wanted_n, *found;

    *n = 0;
    char **wanted = list_split(list, &wanted_n);
    found = mem_new((size_t)wanted_n, sizeof *found);
    for (int i = 0; i < wanted_n; i++) {
        int column = find_csv_column(c, path, option, wanted[i], e);
        if (column >= 0 && is_among(found, *n, column) && strcmp(option, "--columns") == 0)
            err_add(e, ERR_USAGE, "%s: %s: found column %d, '%s', twice, allowed: every column once", path, option,
                column + 1, c->names[column]);
        else if (column >= 0)
            found[(*n)++] = column;
    }

    list_free(wanted, wanted_n);
    return found;
}

// Numbers the features: all columns as they are, or those of --columns in its order.
static void number_features(struct csv_columns *c, const char *path, const char *list, struct err *e)
{
    int n = 0, *kept = list ? find_listed_columns(c, path, "--columns", list, &n, e) : NULL;

    for (int i = 0; i < c->n && !kept; i++)
        if (c->use[i] >= 0)
            c->use[i] = c->n_features++;

    for (int i = 0; i < n; i++)
        if (c->use[kept[i]] == CSV_KEPT)
            c->use[kept[i]] = c->n_features++;

    for (int i = 0; kept && i < c->n; i++)
        if (c->use[i] == CSV_KEPT)
            c->use[i] = CSV_LEFT_OUT;
    free(kept);
}

static void select_columns(struct csv_columns *c, const char *path, const struct import_options *o, struct err *e)
{
    int n = 0, *dropped = o->drop ? find_listed_columns(c, path, "--drop", o->drop, &n, e) : NULL;

    for (int i = 0; i < c->n; i++)
        c->use[i] = o->columns ? CSV_KEPT : 0;
    if (c->has_row_names && !o->columns)
        c->use[0] = CSV_LEFT_OUT;
    if (c->has_trailing && !o->columns)
        c->use[c->n - 1] = CSV_LEFT_OUT;
    for (int i = 0; i < n; i++)
        c->use[dropped[i]] = CSV_LEFT_OUT;
    free(dropped);

    int label = o->label ? find_csv_column(c, path, "--label", o->label, e) : o->is_label && c->n == 1 ? 0 : -1;
    if (label >= 0)
        c->use[label] = CSV_LABEL;
    c->has_label = label >= 0;
    number_features(c, path, o->columns, e);
    if (c->n_features == 0 && !o->is_label)
        err_add(e, ERR_USAGE, "%s: no column is left for the data", path);
}

static int compare_column_names(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

// Names are read by others from the result: they must be text, and features must be told apart by them.
static void check_column_names(const struct csv_columns *c, const char *path, struct err *e)
{
    char ***sorted = mem_new((size_t)c->n, sizeof *sorted); // pointers into names, so that positions are known
    int n = 0;

    for (int i = 0; i < c->n; i++) {
        char found[QUOTE_ROOM];
        if (c->use[i] != CSV_LEFT_OUT && !csv_is_utf8(c->names[i]))
            err_at(e, ERR_DATA, path, c->header_line, i + 1, "name '%s' is not UTF-8: convert the file with iconv",
                text_quote(found, c->names[i], strlen(c->names[i])));
        if (c->use[i] != CSV_LEFT_OUT)
            sorted[n++] = &c->names[i];
    }

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
    if (sample_records(&r, path, dialect, e) == 0) {
        if (r.has_nul)
            err_at(e, ERR_DATA, path, r.line, 0, "found a NUL byte, allowed: text");
        if (r.n == MAX_FIELDS)
            err_at(e, ERR_DATA, path, r.line, 0, "found %d fields or more: is this a text file?", MAX_FIELDS);
        name_columns(c, &r, o->header);
        select_columns(c, path, o, e);
        check_column_names(c, path, e);
    }

    list_free(r.fields, r.n);
    free(r.below);

    return e->count == before ? 0 : -1;
}

void csv_columns_free(struct csv_columns *c)
{
    list_free(c->names, c->n);
    free(c->use);
    *c = (struct csv_columns){0};
}

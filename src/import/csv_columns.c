// Which columns a CSV file has and what each is used for. The first line may name the columns or be data, and only what
// follows can decide: the first record is therefore kept, and up to SAMPLE_RECORDS records below it are sampled, column
// by column (struct first_records). The decision (is_header_record) is made in favour of data if in doubt, because a
// sample that is taken for names is lost; csv_columns.h says which doubts remain, so that the user is warned.
//
// Then come the columns that no one means as data: the names of the rows that R writes, and the empty field behind a
// delimiter at the end of each line. Options choose from the rest, by name first and then by number.
#include "import/csv_columns.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "import/csv_table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 1 << 22 };

enum { SAMPLE_RECORDS = 32 }; // below the first

struct column_sample {
    double low, high;
    int numbers, texts;
    bool has_fraction;
    bool is_same; // the current record has the same field here as the first
    bool repeats; // a record that differs from the first has the same field here
};

// The first record, and what the records below it say about it.
struct first_records {
    char **fields; // (n), owned: the first record
    int n, numbers;
    int line; // where it is
    bool has_nul;

    struct column_sample *below; // (n), owned
    int records, field;
    int longer;       // records with one field more than the first
    int last_empty;   // records of n or n + 1 fields whose last field is empty
    bool is_rising;   // the first column holds integers that rise from record to record
    double last_row;  // the latest number of the first column
    bool ends_empty;  // the latest field is empty
    bool is_repeated; // the second record is equal to the first
    bool is_equal;    // the current record is, so far
    bool is_counting; // the second record continues to count where the first ends
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

    ASSERT(r->below, "record %d without a first", r->records);
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

// Notes which fields of the first record occur again below it. A record that is repeated as a whole does not count: the
// header of joined files is, too.
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

// Returns true if the first column numbers the rows: integers that rise, none missing.
static bool has_rising_numbers(const struct first_records *r)
{
    ASSERT(r->n > 0 && r->below, "%d fields", r->n);
    return r->below[0].numbers == r->records - 1 && r->is_rising;
}

// Returns what the first record counts from, 0 or 1, or -1 if it does not count. pandas and others write such a line
// above columns without names, with an empty field above an index of the rows.
static int counts_from(const struct first_records *r)
{
    int64_t number, first;
    int corner = r->n > 0 && !*r->fields[0]; // an empty field above an index

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

// Returns true if the first record counts the columns. 1, 2, 3 above integers may be a row like them, so there must be
// fractions below.
static bool counts_columns(const struct first_records *r)
{
    int first = counts_from(r);
    bool has_fraction = false;
    for (int i = 0; i < r->n; i++)
        has_fraction |= r->below[i].has_fraction;
    return first == 0 || (first == 1 && has_fraction);
}

// Returns true if the first record is unlike all that follow: strings above numbers or, such as years, integers outside
// the range of a column of fractions. One column that could be data decides against it.
static bool differs_from_others(const struct first_records *r)
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

// The fields of a first record without numbers.
struct first_texts {
    int texts;   // neither empty nor a token of missing values
    int tokens;  // tokens of missing values, which are no names
    int gaps;    // empty fields between others, not at either end
    int above;   // strings above numbers, which would be errors as data
    int repeats; // strings that are also values of their column
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

// Returns true if a first record without numbers names the columns. It may also be a row that holds only missing values
// and the name of its label.
static bool names_columns(const struct first_records *r)
{
    struct first_texts t = count_first_texts(r);

    if (t.texts == 0 || t.above > 0)
        return t.above > 0;
    return t.repeats == 0 && t.tokens == 0 && t.gaps == 0;
}

// Returns true if a first record without numbers, read as names or as data, could also be the other.
static bool is_doubtful(const struct first_records *r, bool is_header_record)
{
    struct first_texts t = count_first_texts(r);

    return is_header_record ? t.above == 0 || t.tokens > 0 : t.repeats == 0;
}

static bool is_header_record(const struct first_records *r, int header)
{
    if (header != HEADER_AUTO)
        return header == HEADER_YES;
    return r->numbers == 0 ? names_columns(r) : counts_columns(r) || differs_from_others(r);
}

// Returns the name of a column as new memory. In "# a, b" the sign of a comment is no part of the first name.
static char *column_name(const struct csv_columns *c, const char *field, int column)
{
    if (column == 0 && c->has_header && *field == '#')
        field += strspn(field, "# \t");
    return c->has_header && *field ? mem_text(field) : mem_format("column_%d", column + 1);
}

// Returns true if every line of data ends with a delimiter, which no column follows. The header may end so or not.
static bool has_trailing_delimiter(const struct csv_columns *c, const struct first_records *r)
{
    bool is_longer = r->longer == r->records - 1;
    bool is_unnamed = r->longer == 0 && r->n > 1 && !*r->fields[r->n - 1];
    return r->records > 1 && r->last_empty == r->records - 1 && ((c->has_header && is_longer) || is_unnamed);
}

// Returns true if the first column holds names of rows. R writes them without a name above: the header has one field
// fewer, or its first is empty. A shorter header proves nothing, or a column of data would be left out and the others
// would move: the first column must also hold only strings, or integers that rise.
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

    int before = c->has_row_names && r->longer > 0; // columns that the header does not count
    int behind = c->has_trailing && r->longer > 0;

    ASSERT(r->n > 0 && r->n <= MAX_FIELDS, "%d fields", r->n);
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

// Returns a hint if a name holds a comma, which in a list of names is part of a name only within quotes.
static const char *comma_hint(const struct csv_columns *c, const char *option)
{
    for (int i = 0; i < c->n && strcmp(option, "--label") != 0; i++)
        if (strchr(c->names[i], ','))
            return "; a name that holds a comma goes into quotes: '\"a,b\",c'";
    return "";
}

// Returns the column that `wanted` names, or whose number from 1 it is. Returns -1 and an error if there is none.
static int find_csv_column(
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

// Returns the columns of a list, *n numbers in new memory. What cannot be found, or is to be kept twice, is left out
// with an error.
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

    ASSERT(*n <= wanted_n, "%d of %d columns", *n, wanted_n);
    list_free(wanted, wanted_n);
    return found;
}

// Numbers the features: all columns in their order, or those of --columns in its order.
static void number_features(struct csv_columns *c, const char *path, const char *list, struct err *e)
{
    int n = 0, *kept = list ? find_listed_columns(c, path, "--columns", list, &n, e) : NULL;

    for (int i = 0; i < c->n && !kept; i++)
        if (c->use[i] >= 0)
            c->use[i] = c->n_features++;

    for (int i = 0; i < n; i++) {
        ASSERT(kept[i] >= 0 && kept[i] < c->n, "column %d of %d", kept[i], c->n);
        if (c->use[kept[i]] == CSV_KEPT)
            c->use[kept[i]] = c->n_features++;
    }

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

    int label = o->is_label && c->n == 1 ? 0 : -1;
    if (o->label)
        label = find_csv_column(c, path, "--label", o->label, e);
    ASSERT(label < c->n, "column %d of %d", label, c->n);
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

// Refuses names that are not UTF-8, because other programs read them from the result, and names that occur twice,
// because features are selected by name.
static void check_column_names(const struct csv_columns *c, const char *path, struct err *e)
{
    char ***sorted = mem_new((size_t)c->n, sizeof *sorted); // pointers into names, so that positions are known
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

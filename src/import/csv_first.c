// Decides whether the first record names the columns. The first record is kept, and up to SAMPLE_RECORDS records below
// it are summarized column by column. In doubt the first record is data, because a row that is taken for names is lost.
#include "import/csv_first.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "import/csv_table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_RECORDS = 32 }; // number of records below the first

static void keep_first_field(struct first_records *r, const char *text, size_t n)
{
    double ignored;
    if (r->n == CSV_MOST_FIELDS)
        return;
    if ((r->n & (r->n - 1)) == 0) // a power of two: the capacity doubles
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

// Notes which fields of the first record occur again in the current one. A record that equals the first in all fields
// does not count if it has several: it may be the header of a file that was appended.
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

int first_records_read(struct first_records *r, const char *path, struct csv_dialect dialect, struct err *e)
{
    r->table = csv_table_open(
        path, dialect, (struct csv_sink){.context = r, .field = sample_field, .record = sample_record}, e);
    if (!r->table)
        return -1;

    struct err later = {0}; // errors after the first record; the pass over all rows reports them
    int pushed = 1;
    while (r->records <= SAMPLE_RECORDS && pushed == 1)
        pushed = csv_table_push_line(r->table, r->records == 0 ? e : &later);
    csv_table_free(&r->table);
    if (pushed == 0 && r->records == 0)
        err_add(e, ERR_DATA, "%s: no rows: the data are empty", path);
    return r->records > 0 ? 0 : -1;
}

bool first_records_rise(const struct first_records *r)
{
    ASSERT(r->n > 0 && r->below, "%d fields", r->n);
    return r->below[0].numbers == r->records - 1 && r->is_rising;
}

int first_records_count_from(const struct first_records *r)
{
    int64_t number, first;
    int corner = r->n > 0 && !*r->fields[0]; // an empty field above an index

    if (r->n < 3 || r->records < 2 || r->is_repeated || r->is_counting)
        return -1;
    if (text_to_int64(r->fields[corner], &first) != 0 || (corner && !first_records_rise(r)))
        return -1;
    if (first != 0 && first != 1)
        return -1;

    for (int i = corner; i < r->n; i++)
        if (text_to_int64(r->fields[i], &number) != 0 || number != first + i - corner)
            return -1;
    return (int)first;
}

// Returns true if the first record numbers the columns. Above integers, the record 1, 2, 3 could be a row like the
// others, so it counts only if some column holds fractions.
static bool counts_columns(const struct first_records *r)
{
    int first = first_records_count_from(r);
    bool has_fraction = false;
    for (int i = 0; i < r->n; i++)
        has_fraction |= r->below[i].has_fraction;
    return first == 0 || (first == 1 && has_fraction);
}

// Returns true if the first record differs from all that follow: it has strings above numbers, or integers (names such
// as years) outside the range of a column of fractions. Returns false if a single column shows that it could be data,
// if fewer than two columns differ, or if fewer than three records follow.
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

// Counts of the fields of a first record that holds no number.
struct first_texts {
    int texts;   // strings that are not tokens of missing values
    int tokens;  // tokens of missing values, which cannot be names
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

// Returns true if a first record without numbers names the columns. Such a record can also be a row of data that has a
// label but no values.
static bool names_columns(const struct first_records *r)
{
    struct first_texts t = count_first_texts(r);

    if (t.texts == 0 || t.above > 0)
        return t.above > 0;
    return t.repeats == 0 && t.tokens == 0 && t.gaps == 0;
}

bool first_records_are_doubtful(const struct first_records *r, bool is_header_record)
{
    struct first_texts t = count_first_texts(r);

    return is_header_record ? t.above == 0 || t.tokens > 0 : t.repeats == 0;
}

bool first_records_have_header(const struct first_records *r, int header)
{
    if (header != HEADER_AUTO)
        return header == HEADER_YES;
    return r->numbers == 0 ? names_columns(r) : counts_columns(r) || differs_from_others(r);
}

void first_records_free(struct first_records *r)
{
    list_free(r->fields, r->n);
    free(r->below);
}

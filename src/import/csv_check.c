// Checks and counts every field of a CSV file in the first pass. A mistake that a whole column shares, such as a
// decimal comma or text, is reported once, with what to do about it.
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "import/csv_impl.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ERRORS = 20, MAX_COLUMN_ERRORS = 5 };

// Counts a mistake. Returns false if it must not be reported because the limit of reports is reached.
static bool may_report(struct csv *c)
{
    bool may = c->errors < MAX_ERRORS;
    c->errors++;
    c->errors_hidden += !may;
    return may;
}

static void report_field(struct csv *c, const char *text, size_t n, const char *allowed)
{
    char found[QUOTE_ROOM];
    if (may_report(c))
        err_at(c->e, ERR_DATA, c->path, csv_table_line(c->table), c->field + 1, "%s: found '%s', allowed: %s",
            c->columns.names[c->field], text_quote(found, text, n), allowed);
}

// Returns true for numbers with commas between thousands: "1,234", "12,345,678.9". Text with one comma and no point can
// also be a number with a decimal comma.
static bool is_grouped(const char *text)
{
    size_t digits = strspn(text += *text == '-' || *text == '+', "0123456789");
    int groups = 0;

    if (digits == 0 || digits > 3)
        return false;
    for (text += digits; *text == ',' && strspn(text + 1, "0123456789") == 3; text += 4)
        groups++;
    return groups > 0 && (*text == 0 || *text == '.');
}

static void count_number(struct csv_encoding *column, double value, int64_t row)
{
    if (row == 0)
        column->first_value = value;
    column->numbers++;
    column->in_order += value == column->first_value + (double)row;
}

static void count_text(struct csv *c, struct csv_encoding *column, const char *text, size_t n)
{
    double ignored;

    if (column->texts++ == 0)
        column->first_text = csv_table_line(c->table);
    column->commas += csv_number_comma(text, n, &ignored);
    column->grouped += is_grouped(text);
    if (strlen(text) == n)
        csv_dictionary_add(&column->values, text, n);
}

// Reports a string in a column of numbers, at most MAX_COLUMN_ERRORS times per column. A column that holds no number is
// reported only once, because it needs an option.
static void report_text(struct csv *c, const struct csv_encoding *column, const char *text, size_t n)
{
    bool may_be_header = c->file_rows == 0 && !c->columns.has_header;
    int most = column->numbers ? MAX_COLUMN_ERRORS : 1;

    if (column->texts > most) {
        c->errors_hidden++;
        return;
    }
    report_field(c, text, n,
        may_be_header ? "a number or one of the missing-value tokens, or --header yes if this line names the columns"
                      : "a number or one of the missing-value tokens");
}

static void check_number_field(struct csv *c, struct csv_encoding *column, const char *text, size_t n)
{
    double value;
    enum csv_kind kind = csv_field(&c->missing, text, n, &value);

    ASSERT(c->field < c->columns.n, "field %d of %d", c->field, c->columns.n);
    if (kind == CSV_NUMBER) {
        count_number(column, value, c->rows);
        if (isinf(value) && strpbrk(text, "0123456789")) // a number that is too large, not the word "inf"
            report_field(c, text, n, "numbers below 1.8e308");
        return;
    }
    column->missings += kind == CSV_MISSING;
    if (kind == CSV_MISSING)
        return;

    count_text(c, column, text, n);
    if (!c->encodings.is_auto || strlen(text) != n)
        report_text(c, column, text, n);
}

static void check_data_field(struct csv *c, int number, const char *text, size_t n)
{
    struct csv_encoding *column = &c->encodings.v[number];

    if (!column->is_chosen) {
        check_number_field(c, column, text, n);
        return;
    }
    const char *allowed = csv_encoding_add(column, &c->missing, text, n);
    if (allowed)
        report_field(c, text, n, allowed);
}

static void check_label_field(struct csv *c, const char *text, size_t n)
{
    double ignored;

    if (strlen(text) != n || csv_field(&c->missing, text, n, &ignored) == CSV_MISSING)
        report_field(c, text, n, "a label in every row");
    else
        csv_labels_add(&c->labels, text, n, csv_table_line(c->table));
}

// --- what identifies the rows

static bool is_missing_text_field(const struct csv *c, const char *text, size_t n)
{
    double ignored;
    return strlen(text) == n && csv_field(&c->missing, text, n, &ignored) == CSV_MISSING;
}

static void check_id_field(struct csv *c, const char *text, size_t n)
{
    if (strlen(text) != n || !utf8_is_valid(text))
        report_field(c, text, n, "a name in UTF-8");
    else if (n > 0)
        id_check_add(c->ids, text, n, csv_table_line(c->table));
}

static void check_time_field(struct csv *c, const char *text, size_t n)
{
    if (is_missing_text_field(c, text, n))
        return;
    const char *allowed = time_column_add(&c->time, text, n, csv_table_line(c->table));
    if (allowed)
        report_field(c, text, n, allowed);
}

static void check_group_field(struct csv *c, const char *text, size_t n)
{
    if (is_missing_text_field(c, text, n))
        return;
    if (strlen(text) != n || !utf8_is_valid(text) || strchr(text, '\n'))
        report_field(c, text, n, "the name of a group: one line of UTF-8");
    else if (csv_dictionary_add(&c->groups, text, n) < 0 && c->groups.is_more)
        report_field(c, text, n, "up to 1048576 groups");
}

// Returns true if the current field follows a delimiter at the end of the line. Such a field must be empty, so that no
// value is lost silently.
static bool is_trailing(const struct csv *c)
{
    return c->columns.has_trailing && !c->skips_record && c->field == c->columns.n - 1 &&
           c->columns.use[c->field] == CSV_LEFT_OUT;
}

void csv_check_field(void *context, char *text, size_t n)
{
    struct csv *c = context;
    int use = c->field < c->columns.n && !c->skips_record ? c->columns.use[c->field] : CSV_LEFT_OUT;

    c->hashes += c->field == 0 && !c->skips_record && *text == '#';
    if (use >= 0)
        check_data_field(c, use, text, n);
    else if (use == CSV_LABEL)
        check_label_field(c, text, n);
    else if (use == CSV_ID)
        check_id_field(c, text, n);
    else if (use == CSV_TIME)
        check_time_field(c, text, n);
    else if (use == CSV_GROUP)
        check_group_field(c, text, n);
    else if (n > 0 && is_trailing(c))
        report_field(c, text, n, "nothing, as in the first rows; --columns keeps this column");
    c->field++;
}

void csv_check_record(void *context)
{
    struct csv *c = context;

    if (c->field != c->columns.n && !c->skips_record) {
        c->is_first_odd = c->is_first_odd || c->file_rows == 0;
        if (may_report(c))
            err_at(c->e, ERR_DATA, c->path, csv_table_line(c->table), 0,
                "found %d field%s, allowed: %d as in the first line", c->field, text_plural(c->field), c->columns.n);
    }
    c->rows += !c->skips_record;
    c->file_rows += !c->skips_record;
    c->skips_record = false;
    c->field = 0;
}

struct csv_labels_origin csv_label_origin(const struct csv *c)
{
    int i = 0;
    while (i + 1 < c->columns.n && c->columns.use[i] != CSV_LABEL)
        i++;
    return (struct csv_labels_origin){.path = c->path, .column = c->columns.names[i], .number = i + 1};
}

static void check_label_column(const struct csv *c)
{
    const struct csv_labels_origin origin = csv_label_origin(c);
    csv_labels_check(&c->labels, &origin, c->e);
}

// Summary of the columns of data that hold no number.
struct text_columns {
    struct text names, list; // "'proto' (3 values), 'state' (2 values)"; "proto,state"
    int n;
    bool has_many;               // some have more values than --one-hot auto takes
    char *time;                  // name of the first column that holds times, owned; NULL: none
    bool has_commas, has_groups; // some columns hold numbers with a decimal comma; some hold grouped thousands
};

static void note_text_column(struct text_columns *t, const struct csv_encoding *c)
{
    enum { NAMED = 20 };
    const char *first = c->values.n ? c->values.v[0] : "";

    if (c->texts == c->grouped) {
        t->has_groups = true;
        return;
    }
    if (c->texts == c->commas) {
        t->has_commas = true;
        return;
    }
    if (c->numbers > 0)
        return;

    const char *more = c->values.is_more ? "over " : "";
    if (t->n < NAMED)
        text_add(&t->names, "%s'%.60s' (%s%d value%s)", t->n ? ", " : "", c->name, more, c->values.n,
            text_plural(c->values.n));
    list_add(&t->list, c->name);
    t->n++;
    t->has_many = t->has_many || c->values.n > CATEGORIES_AUTO_MOST;
    if (!t->time && time_column_looks_like(first, strlen(first)))
        t->time = mem_text(c->name);
}

static bool needs_shell_quotes(const char *text)
{
    return strpbrk(text, " \"$&();<>|*?#~`\\!{}[]") != NULL;
}

// Reports columns of text, with the options that would read them.
static void report_text_columns(struct csv *c, const struct text_columns *t)
{
    if (t->has_groups)
        err_add(c->e, ERR_DATA,
            "%s: commas between thousands? They are not read: remove them; --decimal comma reads 1,234 as 1.234",
            c->path);
    if (t->has_commas)
        err_add(c->e, ERR_DATA, "%s: numbers with a decimal comma? --decimal comma reads them", c->path);
    if (t->n == 0 || c->encodings.is_auto)
        return;

    const char *quote = needs_shell_quotes(t->list.data) ? "'" : "";
    err_add(c->e, ERR_DATA, "%s: some columns hold text and no number: %s%s", c->path, t->names.data,
        t->n > 20 ? ", ..." : "");
    if (t->time)
        err_add(c->e, ERR_DATA, "%s: --time '%s' makes the times of that column those of the rows", c->path, t->time);
    err_add(c->e, ERR_DATA,
        "%s: --one-hot auto makes features of their values (up to %d per column)%s; --label, --id, --time or --group "
        "says that a column is no data; to leave them out: --drop %s%.300s%s",
        c->path, CATEGORIES_AUTO_MOST, t->has_many ? ", --ordinal COLUMN numbers them" : "", quote, t->list.data,
        quote);
}

static struct text_columns find_text_columns(struct csv *c)
{
    struct text_columns t = {0};

    for (int i = 0; i < c->encodings.n; i++)
        if (!c->encodings.v[i].is_chosen && c->encodings.v[i].texts > 0)
            note_text_column(&t, &c->encodings.v[i]);
    return t;
}

int csv_check_report(struct csv *c)
{
    int before = c->e->count;

    if (c->errors_hidden)
        err_add(c->e, ERR_DATA, "%s: and %lld more fields or rows like these", c->path, (long long)c->errors_hidden);
    if (c->columns.has_label)
        check_label_column(c);
    if (c->hashes && c->errors)
        err_add(c->e, ERR_DATA, "%s: comments among the rows? --comment '#' leaves them out", c->path);
    if (c->is_first_odd && c->columns.has_header)
        err_add(
            c->e, ERR_DATA, "%s: does the table begin further down? --skip N leaves out the first N lines", c->path);

    struct text_columns t = find_text_columns(c);
    report_text_columns(c, &t);
    text_free(&t.names);
    text_free(&t.list);
    free(t.time);
    if (c->is_whole && !c->errors && c->rows == 0)
        err_add(c->e, ERR_DATA, "%s: no rows: the data are empty", c->path);
    return c->errors || c->e->count > before ? -1 : 0;
}

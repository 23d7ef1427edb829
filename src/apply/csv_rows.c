// Turns the records of a CSV file into rows of numbers, on several threads. Text in place of a number counts as
// missing. So does a category that the model does not know, but a one_hot column then has 0 in all features. Both are
// counted, and reported once, after the last file.
#include "apply/csv_stream.h"
#include "apply/new_rows_impl.h"
#include "base/err.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "import/time_text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const csv_unknown_choices[] = {"report", "anomalous", "error", NULL};

const char *new_rows_title(const struct new_rows *r)
{
    const char *name = r->request->names[r->file];
    return strcmp(name, CSV_STDIN) == 0 ? "standard input" : name;
}

// A field of a record.
struct csv_place {
    int64_t row;
    int field;
    struct csv_span span;
};

// Reads a number into *x. Text counts as missing: *x becomes NaN, and `part` counts it and keeps the first one.
static void read_csv_number(struct new_rows *r, struct rows_part *part, const struct csv_place *at, double *x)
{
    if (csv_field(&r->state->missing, at->span.text, at->span.n, x) != CSV_TEXT)
        return;

    *x = NAN;
    if (part->texts++ == 0) {
        part->text_row = at->row;
        part->text_field = at->field;
        text_quote(part->text, at->span.text, at->span.n);
    }
}

// Reads a category into the features x of its column. If the category is unknown, all features of a one_hot column are
// 0, and those of other columns are missing. A missing value has the category of missing values if a one_hot column
// has this category; otherwise its features are missing.
static void read_csv_category(
    struct new_rows *r, struct rows_part *part, const struct csv_place *at, const struct column *column, double *x)
{
    int number = (int)(column - r->request->columns->v);
    int found = csv_dictionary_find(&r->state->categories[number], at->span.text, at->span.n);
    double ignored;
    bool is_missing = found < 0 && csv_field(&r->state->missing, at->span.text, at->span.n, &ignored) == CSV_MISSING;

    if (found < 0 && !is_missing) {
        r->unknown[at->row]++;
        __atomic_fetch_add(&r->state->unknowns[number], 1, __ATOMIC_RELAXED);
        if (part->unknowns++ == 0) {
            part->unknown_row = at->row;
            part->unknown_field = at->field;
            text_quote(part->unknown, at->span.text, at->span.n);
        }
        part->has_bad_utf8 = part->has_bad_utf8 || !utf8_is_valid(at->span.text);
    }
    if (is_missing && column->kind == COLUMN_ONE_HOT)
        found = column_find_category(column, CATEGORY_MISSING);

    if (column->kind != COLUMN_ONE_HOT) {
        *x = found < 0 ? NAN : found;
        return;
    }
    for (int k = 0; k < column->n; k++)
        x[k] = is_missing && found < 0 ? NAN : 0;
    if (found >= 0)
        x[found] = 1;
}

// Sets the features that are made of the time of a row. They are missing if there is no time, or if it cannot be read,
// for example because the order of day and month is unknown.
static void read_csv_time(struct new_rows *r, struct rows_part *part, const struct csv_place *at, double *row)
{
    const struct columns *columns = r->request->columns;
    int first = columns->n;
    struct time_parts p;
    double ignored;
    while (first > 0 && column_is_of_time(&columns->v[first - 1]))
        first--;
    if (first == columns->n)
        return;

    bool is_missing = csv_field(&r->state->missing, at->span.text, at->span.n, &ignored) == CSV_MISSING;
    bool is_time = !is_missing && time_text_read_alone(at->span.text, at->span.n, &p);
    if (!is_time && !is_missing && part->texts++ == 0) {
        part->text_row = at->row;
        part->text_field = at->field;
        text_quote(part->text, at->span.text, at->span.n);
    }
    for (int i = first; i < columns->n; i++) {
        const struct column *c = &columns->v[i];
        row[c->first] = NAN;
        if (is_time)
            row[c->first] = c->kind == COLUMN_HOUR ? time_hour(&p.at) : time_weekday(&p.at);
    }
}

static void read_csv_field(struct new_rows *r, struct rows_part *part, const struct csv_place *at, double *row)
{
    const struct columns *columns = r->request->columns;
    int use = r->state->match.use[at->field];

    if (use == FIELD_ID && r->id)
        r->id[at->row] = (struct row_text){at->span.text, at->span.n};
    else if (use == FIELD_TIME && r->time)
        r->time[at->row] = (struct row_text){at->span.text, at->span.n};
    else if (use == FIELD_GROUP && r->group)
        r->group[at->row] = (struct row_text){at->span.text, at->span.n};
    if (use == FIELD_TIME)
        read_csv_time(r, part, at, row);
    if (use < 0)
        return;

    const struct column *column = columns->n ? &columns->v[use] : NULL;
    if (column && column->n_categories)
        read_csv_category(r, part, at, column, row + column->first);
    else
        read_csv_number(r, part, at, row + (column ? column->first : use));
}

int csv_row_read(struct new_rows *r, struct rows_part *part, int64_t i, double *row)
{
    const struct csv_match *m = &r->state->match;
    struct csv_stream *s = &r->state->stream;
    char *at = s->buffer + s->record[i].begin, *end = s->buffer + s->record[i].end;
    struct csv_span span;
    int field = 0;

    for (; at; field++) {
        if (!csv_cut_field(&m->delimiter, &at, end, &span))
            return 0;
        if (field < m->n)
            read_csv_field(r, part, &(struct csv_place){i, field, span}, row);
    }
    return field == m->n + 1 && span.n == 0 ? m->n : field; // the line may end with a delimiter
}

int csv_row_refuse(const struct new_rows *r, const struct rows_part *part, struct err *e)
{
    const struct new_rows_state *s = r->state;
    int line = csv_stream_line(&s->stream, part->bad_row);

    if (part->bad_fields == 0)
        return err_at(e, ERR_DATA, new_rows_title(r), line, 0,
            "a quote stands within a field: put the field into quotes and double the quotes in it");
    return err_at(e, ERR_DATA, new_rows_title(r), line, 0, "found %d field%s, allowed: %d as in the first line",
        part->bad_fields, text_plural(part->bad_fields), s->match.n);
}

// Writes the place of a field and its content: "new.csv:7: column 'x': found 'abc'".
static void describe_field(const struct new_rows *r, int64_t row, int field, const char *found, char out[300])
{
    const struct new_rows_state *s = r->state;
    const char *name = s->match.n ? s->match.names[field] : "";
    char column[80];

    snprintf(column, sizeof column, "%d", field + 1);
    if (*name)
        snprintf(column, sizeof column, "'%.60s'", name);
    snprintf(out, 300, "%.120s:%d: column %s: found '%s'", new_rows_title(r), csv_stream_line(&s->stream, row), column,
        found);
}

int csv_rows_refuse_unknown(const struct new_rows *r, const struct rows_part *part, struct err *e)
{
    char found[300];

    if (r->request->csv->unknown != UNKNOWN_ERROR || part->unknowns == 0)
        return 0;
    describe_field(r, part->unknown_row, part->unknown_field, part->unknown, found);
    return err_add(e, ERR_DATA, "%s, allowed: a category that the model knows; hint: --unknown report", found);
}

void csv_rows_count(struct new_rows *r, const struct rows_part *part)
{
    struct new_rows_state *s = r->state;

    if (part->texts && !s->texts)
        describe_field(r, part->text_row, part->text_field, part->text, s->first_text);
    if (part->unknowns && !s->n_unknowns)
        describe_field(r, part->unknown_row, part->unknown_field, part->unknown, s->first_unknown);
    s->texts += part->texts;
    s->filled += part->filled;
    s->empty += part->empty;
    s->n_unknowns += part->unknowns;
    s->has_bad_utf8 = s->has_bad_utf8 || part->has_bad_utf8;
}

static void warn_of_texts(struct new_rows *r)
{
    struct new_rows_state *s = r->state;

    if (s->texts)
        text_add(&r->warnings, "%s, allowed: numbers; %lld value%s like this count%s as missing\n", s->first_text,
            (long long)s->texts, text_plural(s->texts), s->texts == 1 ? "s" : "");
    s->texts = 0;
}

// Reports for each column how many rows have a category that the model does not know.
static void warn_about_unknowns(struct new_rows *r)
{
    enum { SHOWN = 8 };
    struct new_rows_state *s = r->state;
    const struct columns *columns = r->request->columns;
    int shown = 0;

    if (!s->n_unknowns)
        return;
    text_add(
        &r->warnings, "%s, a category that the model does not know; rows with unknown categories: ", s->first_unknown);
    for (int i = 0; i < columns->n; i++) {
        if (!s->unknowns[i] || shown++ >= SHOWN)
            continue;
        const char *meaning = columns->v[i].kind == COLUMN_ONE_HOT ? "0 in all features" : "taken as missing";
        text_add(&r->warnings, "%s%lld in '%.60s' (%s)", shown > 1 ? ", " : "", (long long)s->unknowns[i],
            columns->v[i].name, meaning);
    }
    if (shown > SHOWN)
        text_add(&r->warnings, " and %d more columns", shown - SHOWN);
    if (s->has_bad_utf8)
        text_add(
            &r->warnings, "; some are not UTF-8, as the categories of the model are; hint: iconv -f LATIN1 -t UTF-8");
    text_add(&r->warnings, "\n");
    s->n_unknowns = 0;
}

static void warn_about_filled(struct new_rows *r)
{
    struct new_rows_state *s = r->state;

    const char *verb = r->request->fit->scaling->ignores_missing ? "ignores" : "fills";

    if (s->filled)
        text_add(&r->notes, "%s: rows with missing values, which the model %s: %lld; without any value: %lld\n",
            new_rows_title(r), verb, (long long)s->filled, (long long)s->empty);
    s->filled = s->empty = 0;
}

void csv_rows_warn(struct new_rows *r)
{
    warn_about_filled(r);
    warn_of_texts(r);
    warn_about_unknowns(r);
}

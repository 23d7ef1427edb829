// Finds the columns of a model in a CSV file. The model knows their names, so a first line that holds these names is a
// header. We choose the delimiter that gives most of these names. In a file without them we guess: a first line with a
// string in it names the columns, and columns are matched by their order.
#include "apply/csv_match.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "data/columns.h"
#include "data/label_names.h"
#include "import/csv_delimiter.h"
#include "import/csv_number.h"
#include "import/import.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const csv_header_choices[] = {"auto", "yes", "no", NULL};
const char *const csv_decimal_choices[] = {"point", "comma", NULL};

enum { SAMPLED = 32, SHOWN = 10 };

// The fields of a record, cut from a copy of the record.
struct record_fields {
    char *bytes;        // owned
    struct csv_span *v; // (n), owned
    int n;
};

struct match_maker {
    struct csv_match *m;
    struct csv_stream *s;
    const struct csv_wanted *wanted;
    const struct csv_options *o;
    struct csv_missing missing;
    int first; // number of the record that may be a header
};

static struct record_fields copy_record_fields(const struct csv_stream *s, int record, const struct csv_delimiter *d)
{
    const struct csv_record *r = &s->record[record];
    size_t n = r->end - r->begin;
    struct record_fields f = {.bytes = memcpy(mem_new(n + 1, 1), s->buffer + r->begin, n)};
    int most = csv_cut_count(d, f.bytes, f.bytes + n);

    f.v = mem_new((size_t)most + 1, sizeof *f.v);
    for (char *at = f.bytes; at && f.n <= most; f.n++)
        csv_cut_field(d, &at, f.bytes + n, &f.v[f.n]);
    if (f.n > 1 && f.v[f.n - 1].n == 0)
        f.n--; // the last field is empty, because a delimiter ends the line
    return f;
}

static void free_record_fields(struct record_fields *f)
{
    free(f->bytes);
    free(f->v);
    *f = (struct record_fields){0};
}

static int find_wanted(const struct csv_wanted *wanted, const char *name)
{
    for (int i = 0; wanted->names && i < wanted->n; i++)
        if (strcmp(wanted->names[i], name) == 0)
            return i;
    return -1;
}

static int count_wanted(const struct csv_wanted *wanted, const struct record_fields *f)
{
    int found = 0;
    for (int i = 0; i < f->n; i++)
        found += find_wanted(wanted, f->v[i].text) >= 0;
    return found;
}

// Returns true if the names of the model's columns only number them, such as "column_3". import gives such names if a
// file has no header.
static bool are_names_numbers(const struct csv_wanted *wanted)
{
    for (int i = 0; wanted->names && i < wanted->n; i++) {
        int64_t number;
        const char *name = wanted->names[i];
        const char *digits = strrchr(name, '_');
        bool is_counted = strncmp(name, "column_", 7) == 0 || strncmp(name, "feature_", 8) == 0;
        if (!is_counted || text_to_int64(digits + 1, &number) != 0)
            return false;
    }
    return true;
}

// --- the delimiter

// Returns a rating of a delimiter. The number of names that it finds counts most, then the number of fields.
static int rate_delimiter(const struct match_maker *k, const struct csv_delimiter *d)
{
    struct record_fields f = copy_record_fields(k->s, k->first, d);
    int last = (int)k->s->n - 1;
    struct record_fields other = copy_record_fields(k->s, last, d);
    int rate = 4 * count_wanted(k->wanted, &f);

    if (f.n > 1)
        rate += 1 + (other.n == f.n) + 2 * (f.n == k->wanted->n);
    free_record_fields(&f);
    free_record_fields(&other);
    return rate;
}

static int find_delimiter_of(struct match_maker *k, struct err *e)
{
    bool has_decimal_comma = k->o->decimal == DECIMAL_COMMA;
    int best = 0;

    if (k->o->delimiter)
        return csv_delimiter_read(&k->m->delimiter, k->o->delimiter, has_decimal_comma, e);

    k->m->delimiter = csv_delimiters[has_decimal_comma ? CSV_SEMICOLON : CSV_COMMA];
    for (int i = 0; i < CSV_DELIMITERS; i++) {
        if (i == CSV_COMMA && has_decimal_comma)
            continue;
        int rate = rate_delimiter(k, &csv_delimiters[i]);
        if (rate > best)
            k->m->delimiter = csv_delimiters[i];
        best = rate > best ? rate : best;
    }
    return 0;
}

// --- the header

// Skips the lines before the table that begin with '#'. If the last one names all columns of the model, it is the
// header.
static void skip_comment_records(struct match_maker *k)
{
    struct csv_stream *s = k->s;
    int n = 0;
    while (n < s->n && s->buffer[s->record[n].begin] == '#')
        n++;
    k->first = n < s->n ? n : 0;
    if (n == 0 || n == s->n)
        return;

    struct csv_record *last = &s->record[n - 1];
    size_t begin = last->begin;
    while (last->begin < last->end && strchr("# \t", s->buffer[last->begin]))
        last->begin++;
    if (find_delimiter_of(k, &(struct err){0}) == 0) {
        struct record_fields f = copy_record_fields(s, n - 1, &k->m->delimiter);
        if (count_wanted(k->wanted, &f) == k->wanted->n)
            k->first = n - 1;
        free_record_fields(&f);
    }
    if (k->first == n)
        last->begin = begin;
}

// Returns true if this field of a row may hold text in a file without names of columns: its column holds categories, or
// it follows the last column of the model and any column holds categories.
static bool may_be_text(const struct csv_wanted *wanted, int field)
{
    const struct columns *c = wanted->columns;
    bool has_text = false;

    for (int i = 0; i < c->n; i++)
        has_text = has_text || c->v[i].n_categories > 0;
    return field < c->n ? c->v[field].n_categories > 0 : has_text;
}

// Returns the number of fields that hold text where a row would have numbers.
static int count_text_fields(const struct match_maker *k, const struct record_fields *f)
{
    int texts = 0;
    double ignored;

    for (int i = 0; i < f->n; i++)
        if (!may_be_text(k->wanted, i))
            texts += csv_field(&k->missing, f->v[i].text, f->v[i].n, &ignored) == CSV_TEXT;
    return texts;
}

static bool is_header_line(const struct match_maker *k, const struct record_fields *f)
{
    if (k->o->header != HEADER_AUTO)
        return k->o->header == HEADER_YES;
    int texts = count_text_fields(k, f);
    int found = count_wanted(k->wanted, f);
    return texts > 0 || 2 * found > k->wanted->n;
}

// Copies the names of the columns. If the header has one field less than every row, the first field of each row is its
// name, as R writes it.
static void take_field_names(struct match_maker *k, const struct record_fields *f)
{
    struct csv_match *m = k->m;
    int longer = 0;

    for (int i = k->first + 1; i < k->s->n && m->has_header; i++) {
        struct record_fields row = copy_record_fields(k->s, i, &m->delimiter);
        longer += row.n == f->n + 1;
        free_record_fields(&row);
    }
    m->has_row_names = longer > 0 && longer == k->s->n - k->first - 1;

    m->n = f->n + m->has_row_names;
    m->names = mem_new((size_t)m->n, sizeof *m->names);
    m->use = mem_new((size_t)m->n, sizeof *m->use);
    if (m->has_row_names)
        m->names[0] = mem_text("");
    for (int i = 0; i < f->n; i++)
        m->names[i + m->has_row_names] = mem_text(m->has_header ? f->v[i].text : "");
    for (int i = 0; i < m->n; i++)
        m->use[i] = FIELD_IGNORED;
}

// --- which field is what

// Returns the index of the field that the value of an option, `wanted`, gives by name or by number (from 1). Returns -1
// and an error if there is no such field.
static int find_option_field(const struct match_maker *k, const char *option, const char *wanted, struct err *e)
{
    const struct csv_match *m = k->m;
    int64_t number;

    for (int i = 0; i < m->n; i++)
        if (m->has_header && strcmp(m->names[i], wanted) == 0)
            return i;
    if (text_to_int64(wanted, &number) == 0 && number >= 1 && number <= m->n)
        return (int)number - 1;

    struct text near = {0};
    if (m->has_header)
        label_names_suggest(&near, wanted, m->names, m->n);
    err_add(e, ERR_USAGE, "%s: %s: found '%s', allowed: the name of a column, or its number from 1 to %d%s", k->s->name,
        option, wanted, m->n, near.data ? near.data : "");
    text_free(&near);
    return -1;
}

// Returns the field that an option names. Without the option, returns the field with the name `usual`, which the column
// had in the training data. Returns -1 if there is no such field, and an error only if the option was given.
static int find_identity_field(
    const struct match_maker *k, const char *option, const char *wanted, const char *usual, struct err *e)
{
    if (wanted)
        return find_option_field(k, option, wanted, e);
    for (int i = 0; usual && i < k->m->n; i++)
        if (k->m->has_header && strcmp(k->m->names[i], usual) == 0)
            return i;
    return -1;
}

// Reports that times are missing if the model uses features that are made of the time.
static void check_needs_no_time(const struct match_maker *k, struct err *e)
{
    const struct columns *c = k->wanted->columns;

    for (int i = 0; i < c->n; i++)
        if (column_is_of_time(&c->v[i])) {
            err_add(e, ERR_DATA, "%s: found no column '%s', of which the model takes the %s; hint: --time COLUMN",
                k->s->name, c->v[i].name, column_kinds[c->v[i].kind]);
            return;
        }
}

// Returns the field that --group names, or -1 and an error if there is none. Without --group, returns the field with
// the name of the training data's groups, or -1 if there is none, or if it is left out or an input of the model.
static int find_group_field(const struct match_maker *k, const bool *is_used, struct err *e)
{
    const char *name = k->wanted->group_name;
    struct err ignored = {0};

    if (k->o->group)
        return find_option_field(k, "--group", k->o->group, e);
    int group = find_identity_field(k, "group", NULL, name, &ignored);
    return group < 0 || is_used[group] || find_wanted(k->wanted, name) >= 0 ? -1 : group;
}

// Applies --id, --time, --group and --drop. Marks their fields in is_used (m->n): matching by position skips them.
static int mark_option_fields(struct match_maker *k, bool *is_used, struct err *e)
{
    int n, before = e->count;
    char **dropped = list_split(k->o->drop ? k->o->drop : "", &n);

    for (int i = 0; k->o->drop && i < n; i++) {
        int field = find_option_field(k, "--drop", dropped[i], e);
        if (field >= 0)
            is_used[field] = true;
    }
    list_free(dropped, n);
    if (k->m->has_row_names)
        is_used[0] = true;

    int id = find_identity_field(k, "--id", k->o->id, k->wanted->columns->id_name, e);
    int time = find_identity_field(k, "--time", k->o->time, k->wanted->columns->time_name, e);
    if (time < 0 && e->count == before)
        check_needs_no_time(k, e);

    const int field[] = {find_group_field(k, is_used, e), id, time}; // if two are the same field, the later use counts
    const int use[] = {FIELD_GROUP, FIELD_ID, FIELD_TIME};
    for (int i = 0; i < 3; i++)
        if (field[i] >= 0) {
            k->m->use[field[i]] = use[i];
            is_used[field[i]] = true;
        }
    return e->count == before ? 0 : -1;
}

static void quote_some(struct text *t, char *const *names, int n)
{
    for (int i = 0; i < n && i < SHOWN; i++)
        text_add(t, "%s'%.60s'", i ? ", " : "", names[i]);
    if (n > SHOWN)
        text_add(t, " and %d more", n - SHOWN);
}

static int refuse_missing_columns(const struct match_maker *k, const bool *is_found, struct err *e)
{
    const struct csv_match *m = k->m;
    struct text missing = {0}, found = {0}, near = {0};
    char **names = mem_new((size_t)k->wanted->n, sizeof *names);
    int n = 0;

    for (int i = 0; i < k->wanted->n; i++)
        if (!is_found[i])
            names[n++] = k->wanted->names[i];
    quote_some(&missing, names, n);
    quote_some(&found, m->names, m->n);
    if (n < k->wanted->n)
        label_names_suggest(&near, names[0], m->names, m->n);
    const char *hint = n == k->wanted->n && k->o->header == HEADER_AUTO
                           ? "; hint: --header no if the first line is a row, in the order of the model's columns"
                           : "";

    err_at(e, ERR_DATA, k->s->name, csv_stream_line(k->s, k->first), 0,
        "found no column %s, which the model takes; the columns are %s%s%s", missing.data, found.data,
        near.data ? near.data : "", hint);
    text_free(&missing);
    text_free(&found);
    text_free(&near);
    free(names);
    return -1;
}

// Matches fields by name. Every column of the model must occur exactly once.
static int match_by_name(struct match_maker *k, const bool *is_used, struct err *e)
{
    struct csv_match *m = k->m;
    int *field = mem_new((size_t)k->wanted->n, sizeof *field); // number of the field of each column, from 1
    bool *is_found = mem_new((size_t)k->wanted->n, sizeof *is_found);
    bool is_whole = true;
    int before = e->count;

    for (int i = 0; i < m->n; i++) {
        int column = find_wanted(k->wanted, m->names[i]);
        if (column < 0 || (is_used[i] && m->use[i] == FIELD_IGNORED))
            continue;
        if (m->use[i] != FIELD_IGNORED)
            err_add(e, ERR_USAGE, "%s: column '%s' is one that the model takes, so it cannot be --id or --time",
                k->s->name, m->names[i]);
        if (field[column])
            err_at(e, ERR_DATA, k->s->name, csv_stream_line(k->s, k->first), i + 1,
                "name '%s' stands for columns %d and %d: rename one, or leave it out with --drop NUMBER", m->names[i],
                field[column], i + 1);
        field[column] = i + 1;
        is_found[column] = true;
        if (m->use[i] == FIELD_IGNORED)
            m->use[i] = column;
    }

    for (int i = 0; i < k->wanted->n; i++)
        is_whole &= is_found[i];
    if (!is_whole)
        refuse_missing_columns(k, is_found, e);
    free(field);
    free(is_found);
    return e->count == before ? 0 : -1;
}

// Matches column "column_7" with field 7. Used if the numbers of fields and columns differ. Returns false on failure.
static bool match_by_number(struct match_maker *k, const bool *is_used)
{
    for (int i = 0; i < k->wanted->n; i++) {
        int64_t number;
        if (!k->wanted->names || strncmp(k->wanted->names[i], "column_", 7) != 0 ||
            text_to_int64(k->wanted->names[i] + 7, &number) != 0 || number < 1 || number > k->m->n ||
            is_used[number - 1])
            return false;
        k->m->use[number - 1] = i;
    }
    return true;
}

static int match_by_position(struct match_maker *k, const bool *is_used, struct err *e)
{
    int left = 0, next = 0;

    for (int i = 0; i < k->m->n; i++)
        left += !is_used[i];
    if (left != k->wanted->n && match_by_number(k, is_used))
        return 0;
    if (left != k->wanted->n)
        return err_at(e, ERR_DATA, k->s->name, csv_stream_line(k->s, k->first), 0,
            "found %d column%s, allowed: %d, which the model takes in their order; hint: --drop NUMBER,... leaves "
            "columns out",
            left, text_plural(left), k->wanted->n);

    for (int i = 0; i < k->m->n; i++)
        if (!is_used[i])
            k->m->use[i] = next++;
    return 0;
}

static void note_ignored_columns(const struct match_maker *k, struct text *notes)
{
    const struct csv_match *m = k->m;
    char **names = mem_new((size_t)m->n, sizeof *names);
    int n = 0;

    for (int i = 0; i < m->n; i++)
        if (m->use[i] == FIELD_IGNORED)
            names[n++] = *m->names[i] ? mem_text(m->names[i]) : mem_format("%d", i + 1);
    if (n) {
        text_add(notes, "%s: ignored column%s ", k->s->name, text_plural(n));
        quote_some(notes, names, n);
        text_add(notes, ", which the model does not take\n");
    }
    list_free(names, n);
}

static int match_fields(struct match_maker *k, struct text *notes, struct err *e)
{
    bool *is_used = mem_new((size_t)k->m->n, sizeof *is_used);
    bool has_names = k->m->has_header && k->wanted->names && !are_names_numbers(k->wanted);
    int rc = mark_option_fields(k, is_used, e);

    for (int i = 0; i < k->m->n && k->m->has_header; i++)
        has_names |= find_wanted(k->wanted, k->m->names[i]) >= 0;
    if (rc == 0)
        rc = has_names ? match_by_name(k, is_used, e) : match_by_position(k, is_used, e);
    if (rc == 0)
        note_ignored_columns(k, notes);
    free(is_used);
    return rc;
}

// Leaves the stream before the first row of data, after the header if there is one.
static int go_to_first_row(struct match_maker *k, struct err *e)
{
    int row = k->first + k->m->has_header;

    if (row < k->s->n) {
        csv_stream_give_back(k->s, row);
        return 0;
    }
    return err_add(e, ERR_DATA, "%s: no rows: nothing follows the names of the columns", k->s->name);
}

int csv_match_make(struct csv_match *m, struct csv_stream *s, const struct csv_wanted *wanted,
    const struct csv_options *o, struct text *notes, struct err *e)
{
    struct match_maker k = {.m = m, .s = s, .wanted = wanted, .o = o};
    int64_t n = csv_stream_next(s, s->most < SAMPLED ? s->most : SAMPLED, e);

    ASSERT(wanted->n > 0, "%d columns", wanted->n);
    *m = (struct csv_match){0};
    if (n < 0)
        return -1;
    if (n == 0)
        return err_add(e, ERR_DATA, "%s: no rows: all lines are empty", s->name);

    csv_missing_read(&k.missing, o->missing, o->decimal == DECIMAL_COMMA);
    skip_comment_records(&k);
    int rc = find_delimiter_of(&k, e);
    if (rc == 0) {
        struct record_fields f = copy_record_fields(s, k.first, &m->delimiter);
        m->has_header = is_header_line(&k, &f);
        take_field_names(&k, &f);
        free_record_fields(&f);
        rc = match_fields(&k, notes, e);
    }
    if (rc == 0)
        rc = go_to_first_row(&k, e);
    csv_missing_free(&k.missing);
    return rc;
}

void csv_match_free(struct csv_match *m)
{
    list_free(m->names, m->n);
    free(m->use);
    *m = (struct csv_match){0};
}

bool csv_match_has_groups(const struct csv_match *m)
{
    for (int i = 0; i < m->n; i++)
        if (m->use[i] == FIELD_GROUP)
            return true;
    return false;
}

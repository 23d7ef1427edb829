// Turns columns of text into features. Such a column is read twice: first to collect its values, then to turn each
// value into features. Options name the columns; --one-hot auto chooses every column that holds text and no number.
#include "import/csv_encode.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "import/time_column.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void csv_encoding_choose(struct csv_encoding *c, enum column_kind kind)
{
    c->kind = kind;
    c->is_chosen = true;
}

void csv_encodings_free(struct csv_encodings *c)
{
    for (int i = 0; i < c->n; i++) {
        csv_dictionary_free(&c->v[i].values);
        csv_dictionary_free(&c->v[i].unknown);
        free(c->v[i].category);
    }
    free(c->v);
    *c = (struct csv_encodings){0};
}

// --- the first reading

static bool is_missing_field(const struct csv_missing *missing, const char *text, size_t n)
{
    double ignored;
    return csv_field(missing, text, n, &ignored) == CSV_MISSING;
}

const char *csv_encoding_add(struct csv_encoding *c, const struct csv_missing *missing, const char *text, size_t n)
{
    ASSERT(c->is_chosen, "column %s has no dictionary", c->name);
    if (is_missing_field(missing, text, n)) {
        c->missings++;
        return NULL;
    }
    if (strlen(text) != n)
        return "text without NUL bytes";

    c->texts++;
    if (!c->is_fixed)
        csv_dictionary_add(&c->values, text, n);
    else if (c->is_listed && csv_dictionary_find(&c->values, text, n) < 0)
        return "the values that --ordinal lists";
    return NULL;
}

// --- the decision

struct numbered_value {
    const char *text;
    double number;
    int index; // number of the string in the dictionary
};

static int compare_value_bytes(const void *a, const void *b)
{
    return strcmp(((const struct numbered_value *)a)->text, ((const struct numbered_value *)b)->text);
}

static int compare_value_numbers(const void *a, const void *b)
{
    const struct numbered_value *x = a, *y = b;
    int order = (x->number > y->number) - (x->number < y->number);
    return order ? order : strcmp(x->text, y->text);
}

// Warns if two categories are spellings of the same number, such as 1 and 1.0. `values` are in order of number.
static void warn_of_spellings(
    const struct csv_encoding *c, const struct numbered_value *values, const char *path, struct text *warnings)
{
    for (int i = 1; i < c->values.n; i++)
        if (values[i].number == values[i - 1].number) {
            text_add(warnings, "%s: column '%s': '%s' and '%s' spell one number and are different values\n", path,
                c->name, values[i - 1].text, values[i].text);
            return;
        }
}

// Returns true if the text is a number with a percent sign, a currency sign, spaces, or commas between thousands.
static bool is_decorated_number(const char *text)
{
    static const char *const signs[] = {
        "%", "$", ",", " ", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa0"}; // the last three: euro, pound, no-break space
    char bare[64];
    size_t n = 0;
    double ignored;

    for (const char *at = text; *at && n < sizeof bare - 1;) {
        size_t skipped = 0;
        for (size_t i = 0; i < sizeof signs / sizeof *signs && !skipped; i++)
            skipped = strncmp(at, signs[i], strlen(signs[i])) == 0 ? strlen(signs[i]) : 0;
        if (!skipped)
            bare[n++] = *at++;
        at += skipped;
    }
    bare[n] = 0;
    return n > 0 && n < strlen(text) && csv_number(bare, n, &ignored);
}

// Warns of a column in which all of at least three values are numbers with such signs, as in "$1,200", because each
// value becomes a category.
static void warn_of_decorated(const struct csv_encoding *c, const char *path, struct text *warnings)
{
    enum { LEAST = 3 };
    char found[QUOTE_ROOM];

    for (int i = 0; i < c->values.n; i++)
        if (!is_decorated_number(c->values.v[i]))
            return;
    if (c->values.n >= LEAST)
        text_add(warnings,
            "%s: column '%s': its %d values look like numbers with a sign or commas, such as '%s', and become "
            "categories; hint: write them without these in the file, and the column is one of numbers\n",
            path, c->name, c->values.n, text_quote(found, c->values.v[0], strlen(c->values.v[0])));
}

// Returns the categories of a column in new memory, in their order, and sets the category of each value of the
// dictionary. A fixed dictionary keeps its order. Otherwise numbers are sorted as numbers, and strings by their bytes.
static char **order_categories(struct csv_encoding *c, const char *path, struct text *warnings)
{
    int n = c->values.n;
    bool are_numbers = true;
    struct numbered_value *values = mem_new((size_t)n, sizeof *values);
    char **categories = mem_new((size_t)n + 1, sizeof *categories); // + 1: for missing values

    for (int i = 0; i < n; i++) {
        values[i] = (struct numbered_value){.text = c->values.v[i], .index = i};
        are_numbers = are_numbers && csv_number(values[i].text, strlen(values[i].text), &values[i].number);
    }
    if (!c->is_fixed && n > 0)
        qsort(values, (size_t)n, sizeof *values, are_numbers ? compare_value_numbers : compare_value_bytes);
    if (are_numbers && !c->is_fixed)
        warn_of_spellings(c, values, path, warnings);
    if (!are_numbers && !c->is_fixed)
        warn_of_decorated(c, path, warnings);

    c->category = mem_new((size_t)n, sizeof *c->category);
    for (int i = 0; i < n; i++) {
        categories[i] = mem_text(values[i].text);
        c->category[values[i].index] = i;
    }
    free(values);
    return categories;
}

// Refuses categories that other programs could not read from the output.
static void check_categories(const struct csv_encoding *c, const char *path, struct err *e)
{
    for (int i = 0; i < c->values.n; i++) {
        char found[QUOTE_ROOM];
        if (utf8_is_valid(c->values.v[i]))
            continue;
        err_add(e, ERR_DATA, "%s: column '%s': found '%s', which is not UTF-8: convert the file with iconv", path,
            c->name, text_quote(found, c->values.v[i], strlen(c->values.v[i])));
        return;
    }
}

static void refuse_many_values(const struct csv_encoding *c, bool is_named, const char *path, struct err *e)
{
    bool all_differ = c->values.n == c->texts;
    const char *hint = all_differ ? ", or --id if it names the rows" : "";
    const char *more = c->values.is_more ? "more than " : "";
    const char *option = is_named ? "--one-hot" : "--one-hot auto";
    int most = is_named ? CATEGORIES_MOST : CATEGORIES_AUTO_MOST;

    if (time_column_looks_like(c->values.v[0], strlen(c->values.v[0])))
        hint = ", or --time if it holds times";
    err_add(e, ERR_DATA,
        "%s: column '%s' has %s%d different values, allowed with %s: up to %d; hint: --ordinal numbers them, --drop "
        "leaves the column out%s",
        path, c->name, more, c->values.n, option, most, hint);
}

static void refuse_mixed(const struct csv_encoding *c, const char *path, struct err *e)
{
    char found[QUOTE_ROOM];

    err_add(e, ERR_DATA,
        "%s:%lld: column '%s' holds %lld numbers, and text such as '%s' in %lld rows, allowed with --one-hot auto: "
        "columns of numbers or of text; hint: --missing if the text means a missing value, --one-hot '%.60s' if all "
        "are names",
        path, (long long)c->first_text, c->name, (long long)c->numbers,
        text_quote(found, c->values.v[0], strlen(c->values.v[0])), (long long)c->texts, c->name);
}

// Makes categories of a column of text that no option names. Returns false and an error if that is not possible.
static bool decide_auto(struct csv_encoding *c, const char *path, struct err *e)
{
    int before = e->count;

    if (c->is_chosen || c->texts == 0)
        return true;
    if (c->numbers > 0)
        refuse_mixed(c, path, e);
    else if (time_column_looks_like(c->values.v[0], strlen(c->values.v[0])))
        err_add(e, ERR_DATA,
            "%s: column '%s' holds times; hint: --time '%.60s' makes them the time of the rows, --drop "
            "leaves them out",
            path, c->name, c->name);
    else if (c->values.n > CATEGORIES_AUTO_MOST)
        refuse_many_values(c, false, path, e);
    else
        csv_encoding_choose(c, COLUMN_ONE_HOT);
    return e->count == before;
}

// Appends a list such as "3 values: icmp, tcp, udp".
static void add_value_list(struct text *t, char *const *values, int n)
{
    enum { SHOWN = 8 };
    char shown[QUOTE_ROOM];

    text_add(t, "%d value%s: ", n, text_plural(n));
    for (int i = 0; i < n && i < SHOWN; i++)
        text_add(t, "%s%s", i ? ", " : "", text_quote(shown, values[i], strlen(values[i])));
    text_add(t, "%s", n > SHOWN ? ", ..." : "");
}

// Appends a note of how a column of text was encoded.
static void note_column(struct text *notes, const struct csv_encoding *c, const struct column *column)
{
    char name[QUOTE_ROOM];

    text_add(notes, "%s: ", text_quote(name, column->name, strlen(column->name)));
    if (column->kind == COLUMN_BINARY)
        text_add(notes, "0 for %s, 1 for %s", column->categories[0], column->categories[1]);
    else {
        text_add(
            notes, column->kind == COLUMN_ONE_HOT ? "one feature for each of " : "numbered from 0 in this order, ");
        add_value_list(notes, column->categories, column->n_categories);
    }
    if (c->missings)
        text_add(notes, "; %lld missing", (long long)c->missings);
    text_add(notes, "\n");
}

// Adds a column of categories, whose dictionary is complete, to the columns of the source.
static void add_chosen(struct csv_encodings *all, struct csv_encoding *c, struct source *s, struct err *e)
{
    int n = c->values.n;
    bool has_own = c->missings > 0 && all->missing == MISSING_OWN && c->kind == COLUMN_ONE_HOT;

    check_categories(c, s->path, e);
    if (c->kind == COLUMN_ONE_HOT && n > CATEGORIES_MOST) {
        refuse_many_values(c, true, s->path, e);
        return;
    }
    if (n + has_own == 0) { // all values are missing: there is nothing to encode
        c->is_chosen = false;
        c->kind = COLUMN_NUMBER;
        columns_add(&s->columns, c->name, COLUMN_NUMBER, NULL, 0);
        return;
    }

    char **categories = order_categories(c, s->path, &s->warnings);
    if (has_own) {
        c->missing = csv_dictionary_find(&c->values, CATEGORY_MISSING, strlen(CATEGORY_MISSING));
        c->missing = c->missing >= 0 ? c->category[c->missing] : n;
        if (c->missing == n)
            categories[n++] = mem_text(CATEGORY_MISSING);
    }
    if (c->kind == COLUMN_ONE_HOT && n == 2 && !has_own)
        c->kind = COLUMN_BINARY;
    const struct column *column = columns_add(&s->columns, c->name, c->kind, categories, n);
    c->n_features = column->n;
    note_column(&s->column_notes, c, column);
    list_free(categories, n);
}

static int compare_feature_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// Refuses features with equal names. The value "b=c" of column "a" and the value "c" of column "a=b" give the same
// name.
static void check_feature_names(const struct source *s, struct err *e)
{
    char **names = columns_feature_names(&s->columns);
    int n = s->columns.n_features;

    if (n > 1)
        qsort(names, (size_t)n, sizeof *names, compare_feature_names);
    for (int i = 1; i < n; i++)
        if (strcmp(names[i - 1], names[i]) == 0) {
            err_add(e, ERR_DATA, "%s: two features would be called '%s': rename a column, or leave one out with --drop",
                s->path, names[i]);
            break;
        }
    list_free(names, n);
}

// Gives the source the columns of --like, and fills in the places of their categories.
static void finish_fixed(struct csv_encodings *c, struct source *s)
{
    columns_copy(&s->columns, c->like);
    for (int i = 0; i < c->n; i++) {
        struct csv_encoding *encoding = &c->v[i];
        if (!encoding->is_chosen)
            continue;
        encoding->category = mem_new((size_t)encoding->values.n, sizeof *encoding->category);
        for (int k = 0; k < encoding->values.n; k++)
            encoding->category[k] = k;
        if (encoding->kind == COLUMN_ONE_HOT)
            encoding->missing = csv_dictionary_find(&encoding->values, CATEGORY_MISSING, strlen(CATEGORY_MISSING));
    }
}

static void add_time_feature(struct source *s, enum column_kind kind, int *feature)
{
    if (*feature < 0)
        return;
    *feature = s->columns.n_features;
    columns_add(&s->columns, s->coordinates.time_name, kind, NULL, 0);
}

int csv_encodings_finish(struct csv_encodings *c, struct source *s, struct err *e)
{
    int before = e->count;

    for (int i = 0; i < c->n; i++)
        c->v[i].missing = -1;
    if (c->like) {
        finish_fixed(c, s);
        return 0;
    }

    for (int i = 0; i < c->n; i++) {
        struct csv_encoding *encoding = &c->v[i];
        if (c->is_auto && !decide_auto(encoding, s->path, e))
            continue;
        encoding->first = s->columns.n_features;
        if (encoding->is_chosen)
            add_chosen(c, encoding, s, e);
        else
            columns_add(&s->columns, encoding->name, COLUMN_NUMBER, NULL, 0);
    }
    add_time_feature(s, COLUMN_HOUR, &c->hour);
    add_time_feature(s, COLUMN_WEEKDAY, &c->weekday);
    if (e->count == before && columns_are_derived(&s->columns))
        check_feature_names(s, e);
    return e->count > before ? -1 : 0;
}

// --- the second reading

static void store_missing(const struct csv_encoding *c, int n, double *x)
{
    for (int i = 0; i < n; i++)
        x[i] = c->missing < 0 ? NAN : 0;
    if (c->missing >= 0)
        x[c->missing] = 1;
}

void csv_encoding_store(
    struct csv_encoding *c, const struct csv_missing *missing, const char *text, size_t n, double *row)
{
    double *x = row + c->first;
    int features = c->kind == COLUMN_ONE_HOT ? c->n_features : 1;

    ASSERT(c->is_chosen && c->category, "column %s has no categories", c->name);
    int found = csv_dictionary_find(&c->values, text, n);
    if ((found < 0 || strlen(text) != n) && is_missing_field(missing, text, n)) {
        store_missing(c, features, x);
        return;
    }
    if (found < 0) {
        c->unknowns++;
        csv_dictionary_add(&c->unknown, text, strlen(text));
    }

    int category = found < 0 ? -1 : c->category[found];
    if (c->kind != COLUMN_ONE_HOT) {
        *x = category < 0 ? NAN : category;
        return;
    }
    memset(x, 0, (size_t)features * sizeof *x);
    if (category >= 0)
        x[category] = 1;
}

void csv_encodings_warn(const struct csv_encodings *c, const char *path, struct text *warnings)
{
    for (int i = 0; i < c->n; i++) {
        const struct csv_encoding *encoding = &c->v[i];
        if (encoding->unknowns == 0)
            continue;
        text_add(warnings, "%s: column '%s': %lld row%s with a value that --like does not have, %s: ", path,
            encoding->name, (long long)encoding->unknowns, text_plural(encoding->unknowns),
            encoding->kind == COLUMN_ONE_HOT ? "0 in all features" : "taken as missing");
        add_value_list(warnings, encoding->unknown.v, encoding->unknown.n);
        text_add(warnings, "\n");
    }
}

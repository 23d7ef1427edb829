// Parses filters, writes them in canonical spelling, and decides whether a value passes.
#include "data/data_filter.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// An operator comes before a shorter one with which it begins: "<=" before "<".
static const char *const symbols[] = {[FILTER_EQ] = "==",
    [FILTER_NE] = "!=",
    [FILTER_LE] = "<=",
    [FILTER_GE] = ">=",
    [FILTER_LT] = "<",
    [FILTER_GT] = ">",
    [FILTER_IN] = "in"};

// Returns text[0..length) in new memory, without white space at both ends.
static char *trim_filter_text(const char *text, size_t length)
{
    while (length && strchr(" \t", *text))
        text++, length--;
    while (length && strchr(" \t", text[length - 1]))
        length--;
    return mem_format("%.*s", (int)length, text);
}

// Returns the beginning of an "in" before a list, or NULL if there is none.
static const char *find_in_operator(const char *text)
{
    const char *in = strstr(text, " in");

    while (in && in[3 + strspn(in + 3, " \t")] != '[')
        in = strstr(in + 1, " in");
    return in ? in + 1 : NULL;
}

// Returns the beginning of the operator and sets *op to it. Returns NULL if there is no operator.
static const char *find_operator(const char *text, enum filter_operator *op)
{
    const char *p = strpbrk(text, "=!<>"), *in = find_in_operator(text);

    if (in && (!p || in < p)) {
        *op = FILTER_IN;
        return in;
    }

    for (int i = FILTER_EQ; p && i <= FILTER_GT; i++)
        if (strncmp(p, symbols[i], strlen(symbols[i])) == 0) {
            *op = (enum filter_operator)i;
            return p;
        }
    return NULL;
}

// --- values: numbers and names; names are in quotes if they could be read as something else

// Returns true if a name without quotes is read as that name.
static bool needs_no_quotes(const char *name)
{
    double number;
    size_t n = strlen(name);

    return n > 0 && !strpbrk(name, "=!<>[],'\"") && !strchr(" \t", name[0]) && !strchr(" \t", name[n - 1]) &&
           text_to_double(name, &number) != 0;
}

// Returns the name in quotes, in new memory. Quotes in the name are doubled.
static char *quote_filter_name(const char *name)
{
    struct text t = {0};

    text_add(&t, "'");
    for (; *name; name++)
        text_add(&t, "%s%c", *name == '\'' ? "'" : "", *name);
    text_add(&t, "'");
    return t.data;
}

// Returns the length of a value with both of its quotes, or 0 if the second quote is missing.
static size_t quoted_length(const char *text)
{
    const char *end = text + 1;

    while (*end && (*end != *text || end[1] == *text))
        end += *end == *text ? 2 : 1;
    return *end ? (size_t)(end + 1 - text) : 0;
}

// Returns the name in the quoted value text[0..length), in new memory.
static char *unquote_filter_name(const char *text, size_t length)
{
    ASSERT(length >= 2, "%zu bytes", length);
    char *name = mem_format("%.*s", (int)length - 2, text + 1), *to = name;

    for (const char *from = name; *from; from++) {
        from += from[0] == *text && from[1] == *text;
        *to++ = *from;
    }
    *to = 0;
    return name;
}

// Returns true and sets *number if the string is a finite number. An integer below 2^53 may also be written as 1e3 or
// 1000.0.
static bool read_filter_number(const char *text, struct filter_number *number)
{
    *number = (struct filter_number){0};
    if (text_to_double(text, &number->real) != 0 || !isfinite(number->real))
        return false;

    number->is_integer = text_to_int64(text, &number->integer) == 0;
    if (!number->is_integer && fabs(number->real) < 0x1p53 && number->real == floor(number->real)) {
        number->is_integer = true;
        number->integer = (int64_t)number->real;
    }
    return true;
}

// Appends a value: `name`, which the filter then owns, or `number` if `name` is NULL.
static void append_value(struct data_filter *f, struct filter_number number, char *name)
{
    f->values = mem_grow(f->values, (size_t)f->n + 1, sizeof *f->values);
    f->names = mem_grow(f->names, (size_t)f->n + 1, sizeof *f->names);
    f->values[f->n] = number;
    f->names[f->n++] = name;
}

// Appends one value. Returns -1 if text[0..length) is not a value.
static int add_filter_value(struct data_filter *f, const char *text, size_t length)
{
    const struct filter_number none = {.real = NAN};
    struct filter_number number;
    char *value = trim_filter_text(text, length);

    if (value[0] == '\'' || value[0] == '"') {
        bool is_whole = quoted_length(value) == strlen(value);

        if (is_whole)
            append_value(f, none, unquote_filter_name(value, strlen(value)));
        free(value);
        return is_whole ? 0 : -1;
    }
    if (read_filter_number(value, &number)) {
        append_value(f, number, NULL);
        free(value);
        return 0;
    }
    if (!needs_no_quotes(value)) {
        free(value);
        return -1;
    }
    append_value(f, none, value);
    return 0;
}

// Returns the length of the first value of a list, up to the next comma outside quotes.
static size_t value_length(const char *list)
{
    size_t blanks = strspn(list, " \t");
    size_t skipped = list[blanks] == '\'' || list[blanks] == '"' ? blanks + quoted_length(list + blanks) : 0;

    return skipped + strcspn(list + skipped, ",");
}

// Appends the values of a list "[1, 2, 3]". Returns -1 if `text` is not such a list, or if it is empty.
static int add_filter_list(struct data_filter *f, const char *text)
{
    char *list = trim_filter_text(text, strlen(text));
    size_t length = strlen(list);
    int bad = length < 2 || list[0] != '[' || list[length - 1] != ']';

    if (!bad)
        list[length - 1] = 0;
    for (const char *p = list + 1, *end = list + length; !bad && p < end;) {
        size_t n = value_length(p);
        bad = add_filter_value(f, p, n) != 0;
        p += n + 1;
    }
    free(list);
    return bad ? -1 : 0;
}

static int refuse_filter(const char *text, const struct node *at, struct err *e)
{
#define ALLOWED                                                                                                    \
    "allowed: COLUMN OPERATOR NUMBER with == != < <= > >=, or COLUMN in [NUMBER, ...]; of labels with names also " \
    "LABEL == NAME, LABEL != NAME, LABEL in [NAME, ...]; a name with any of =!<>[],'\" in quotes; hint: \"NSP != 2\""
    return at ? node_error(at, e, "found '%s', " ALLOWED, text)
              : err_add(e, ERR_USAGE, "filter: found '%s', " ALLOWED, text);
#undef ALLOWED
}

static void filter_free(struct data_filter *f)
{
    for (int i = 0; i < f->n; i++)
        free(f->names[i]);
    free(f->names);
    free(f->values);
    free(f->column);
}

static int read_filter_values(struct data_filter *f, const char *text)
{
    int failed = f->op == FILTER_IN ? add_filter_list(f, text) : add_filter_value(f, text, strlen(text));

    if (failed)
        return -1;
    bool has_order = f->op == FILTER_LT || f->op == FILTER_LE || f->op == FILTER_GT || f->op == FILTER_GE;
    return has_order && data_filter_name(f) ? -1 : 0;
}

int data_filter_parse(const char *text, const struct node *at, struct data_filters *filters, struct err *e)
{
    struct data_filter f = {.at = at};
    const char *op = find_operator(text, &f.op);

    if (!op)
        return refuse_filter(text, at, e);
    f.column = trim_filter_text(text, (size_t)(op - text));
    if (!*f.column || read_filter_values(&f, op + strlen(symbols[f.op])) != 0) {
        filter_free(&f);
        return refuse_filter(text, at, e);
    }

    ASSERT(f.n > 0 && (f.n == 1 || f.op == FILTER_IN), "%d values", f.n);
    filters->v = mem_grow(filters->v, (size_t)filters->n + 1, sizeof *filters->v);
    filters->v[filters->n++] = f;
    return 0;
}

void data_filters_free(struct data_filters *filters)
{
    for (int i = 0; i < filters->n; i++)
        filter_free(&filters->v[i]);
    free(filters->v);
    *filters = (struct data_filters){0};
}

const char *data_filter_name(const struct data_filter *f)
{
    for (int i = 0; i < f->n; i++)
        if (f->names[i])
            return f->names[i];
    return NULL;
}

char *data_filter_value_text(const struct data_filter *f, int i)
{
    char number[32];

    ASSERT(i >= 0 && i < f->n, "value %d of %d", i, f->n);
    if (f->names[i])
        return mem_text(f->names[i]);
    if (f->values[i].is_integer)
        return mem_format("%lld", (long long)f->values[i].integer);
    return mem_text(text_number(number, f->values[i].real));
}

char *data_filter_text(const struct data_filter *f)
{
    struct text t = {0};

    ASSERT(f->n > 0 && (size_t)f->op < sizeof symbols / sizeof *symbols, "%d values", f->n);
    text_add(&t, "%s %s %s", f->column, symbols[f->op], f->op == FILTER_IN ? "[" : "");
    for (int i = 0; i < f->n; i++) {
        char *value = data_filter_value_text(f, i);
        char *safe = f->names[i] && !needs_no_quotes(value) ? quote_filter_name(value) : NULL;
        text_add(&t, "%s", i ? ", " : "");
        text_add(&t, "%s", safe ? safe : value);
        free(safe);
        free(value);
    }
    text_add(&t, "%s", f->op == FILTER_IN ? "]" : "");
    return t.data;
}

// --- evaluation

// Results of comparing a value with a number of the filter. A missing value is unordered.
enum filter_order { BELOW, EQUAL, ABOVE, UNORDERED };

static enum filter_order order_of_reals(double a, double b)
{
    if (a < b)
        return BELOW;
    if (a > b)
        return ABOVE;
    return a == b ? EQUAL : UNORDERED;
}

// Compares an integer with a number of the filter. The result is exact, because neither is rounded.
static enum filter_order order_of_integer(int64_t a, const struct filter_number *b)
{
    if (b->is_integer && a == b->integer)
        return EQUAL;
    if (b->is_integer)
        return a < b->integer ? BELOW : ABOVE;
    if (b->real >= 0x1p63)
        return BELOW;
    if (b->real < -0x1p63)
        return ABOVE;

    double below = floor(b->real);
    if ((double)(int64_t)below == b->real && a == (int64_t)below)
        return EQUAL;
    return a <= (int64_t)below ? BELOW : ABOVE;
}

static bool operator_accepts(enum filter_operator op, enum filter_order order)
{
    switch (op) {
    case FILTER_NE:
        return order != EQUAL;
    case FILTER_LE:
        return order == BELOW || order == EQUAL;
    case FILTER_GE:
        return order == ABOVE || order == EQUAL;
    case FILTER_LT:
        return order == BELOW;
    case FILTER_GT:
        return order == ABOVE;
    case FILTER_EQ:
    case FILTER_IN:
        break;
    }

    return order == EQUAL;
}

bool data_filter_holds(const struct data_filter *f, double value)
{
    for (int i = 0; i < f->n; i++)
        if (operator_accepts(f->op, order_of_reals(value, f->values[i].real)))
            return true;
    return false;
}

bool data_filter_holds_integer(const struct data_filter *f, int64_t value)
{
    for (int i = 0; i < f->n; i++)
        if (operator_accepts(f->op, order_of_integer(value, &f->values[i])))
            return true;
    return false;
}

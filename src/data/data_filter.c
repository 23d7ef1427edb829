// Filters on rows: parsing, canonical spelling, and the verdict on one value.
#include "data/data_filter.h"

#include "base/mem.h"
#include "base/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Longer operators stand before their beginnings.
static const char *const symbols[] = {[FILTER_EQ] = "==",
    [FILTER_NE] = "!=",
    [FILTER_LE] = "<=",
    [FILTER_GE] = ">=",
    [FILTER_LT] = "<",
    [FILTER_GT] = ">",
    [FILTER_IN] = "in"};

// New memory: text[0..length) without white space at its ends.
static char *trimmed(const char *text, size_t length)
{
    while (length && strchr(" \t", *text))
        text++, length--;
    while (length && strchr(" \t", text[length - 1]))
        length--;
    return mem_format("%.*s", (int)length, text);
}

// Where the operator begins, and which it is; NULL: there is none.
static const char *find_operator(const char *text, enum filter_operator *op)
{
    const char *p = strpbrk(text, "=!<>");
    for (int i = FILTER_EQ; p && i <= FILTER_GT; i++)
        if (strncmp(p, symbols[i], strlen(symbols[i])) == 0) {
            *op = (enum filter_operator)i;
            return p;
        }
    *op = FILTER_IN;
    p = p ? NULL : strstr(text, " in ");
    p = p ? p : strstr(text, " in[");
    return p ? p + 1 : NULL;
}

static int add_value(struct data_filter *f, const char *text, size_t length)
{
    double v;
    char *number = trimmed(text, length);
    int bad = text_to_double(number, &v) != 0 || !isfinite(v);
    free(number);
    if (bad)
        return -1;
    f->values = mem_grow(f->values, (size_t)f->n + 1, sizeof *f->values);
    f->values[f->n++] = v;
    return 0;
}

// "[1, 2, 3]" with at least one number.
static int add_list(struct data_filter *f, const char *text)
{
    char *list = trimmed(text, strlen(text));
    size_t length = strlen(list);
    int bad = length < 2 || list[0] != '[' || list[length - 1] != ']';
    if (!bad)
        list[length - 1] = 0;
    for (const char *p = list + 1, *end = list + length; !bad && p < end;) {
        size_t n = strcspn(p, ",");
        bad = add_value(f, p, n) != 0;
        p += n + 1;
    }
    free(list);
    return bad ? -1 : 0;
}

static int refuse(const char *text, const struct node *at, struct err *e)
{
#define ALLOWED "allowed: COLUMN OPERATOR NUMBER with == != < <= > >=, or COLUMN in [NUMBER, ...]; hint: \"NSP != 2\""
    return at ? node_error(at, e, "found '%s', " ALLOWED, text)
              : err_add(e, ERR_USAGE, "filter: found '%s', " ALLOWED, text);
#undef ALLOWED
}

int data_filter_parse(const char *text, const struct node *at, struct data_filters *filters, struct err *e)
{
    struct data_filter f = {.at = at};
    const char *op = find_operator(text, &f.op);
    if (!op)
        return refuse(text, at, e);
    const char *value = op + strlen(symbols[f.op]);
    f.column = trimmed(text, (size_t)(op - text));
    int bad = !*f.column || (f.op == FILTER_IN ? add_list(&f, value) : add_value(&f, value, strlen(value))) != 0;
    if (bad) {
        free(f.column);
        free(f.values);
        return refuse(text, at, e);
    }
    filters->v = mem_grow(filters->v, (size_t)filters->n + 1, sizeof *filters->v);
    filters->v[filters->n++] = f;
    return 0;
}

void data_filters_free(struct data_filters *filters)
{
    for (int i = 0; i < filters->n; i++) {
        free(filters->v[i].column);
        free(filters->v[i].values);
    }
    free(filters->v);
    *filters = (struct data_filters){0};
}

char *data_filter_text(const struct data_filter *f)
{
    struct text t = {0};
    char number[32];
    text_add(&t, "%s %s %s", f->column, symbols[f->op], f->op == FILTER_IN ? "[" : "");
    for (int i = 0; i < f->n; i++)
        text_add(&t, "%s%s", i ? ", " : "", text_number(number, f->values[i]));
    text_add(&t, "%s", f->op == FILTER_IN ? "]" : "");
    return t.data;
}

static bool is_among(const double *values, int n, double value)
{
    for (int i = 0; i < n; i++)
        if (values[i] == value)
            return true;
    return false;
}

bool data_filter_holds(const struct data_filter *f, double value)
{
    switch (f->op) {
    case FILTER_EQ:
        return value == f->values[0];
    case FILTER_NE:
        return value != f->values[0];
    case FILTER_LE:
        return value <= f->values[0];
    case FILTER_GE:
        return value >= f->values[0];
    case FILTER_LT:
        return value < f->values[0];
    case FILTER_GT:
        return value > f->values[0];
    case FILTER_IN:
        break;
    }
    return is_among(f->values, f->n, value);
}

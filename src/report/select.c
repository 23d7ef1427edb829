// Conditions and order over the columns of a leaderboard.
#include "report/select.h"

#include "base/mem.h"
#include "base/text.h"
#include "report/json.h"
#include "report/table.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum operation { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL };

struct condition {
    const struct leaderboard_column *column;
    enum operation operation;
    double number;
    char *text; // owned
};

// --- what the user says
static char *trimmed(const char *text, size_t n)
{
    while (n > 0 && isspace((unsigned char)*text))
        text++, n--;
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;
    return mem_format("%.*s", (int)n, text);
}

static const struct leaderboard_column *find_column(
    const struct leaderboard *b, const char *option, const char *name, struct err *e)
{
    int i = leaderboard_find(b, name);
    if (i >= 0)
        return &b->column[i];
    const char **names = mem_new((size_t)b->n_columns, sizeof *names);
    struct text all = {0};
    for (i = 0; i < b->n_columns; i++) {
        names[i] = b->column[i].name;
        text_add(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = text_nearest(name, names, b->n_columns);
    err_add(e, ERR_USAGE, "--%s: no column '%s'%s%s%s there are: %s", option, name, near ? "; is '" : "",
        near ? near : "", near ? "' meant?" : ";", all.data);
    text_free(&all);
    free(names);
    return NULL;
}

// The operation that begins at `at`, and its length.
static int operation_at(const char *at, enum operation *o)
{
    static const struct {
        const char *sign;
        enum operation operation;
    } signs[] = {{"==", EQUAL}, {"!=", NOT_EQUAL}, {"<=", LESS_EQUAL}, {">=", GREATER_EQUAL}, {"=", EQUAL}, {"<", LESS},
        {">", GREATER}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(at, signs[i].sign, strlen(signs[i].sign)) == 0) {
            *o = signs[i].operation;
            return (int)strlen(signs[i].sign);
        }
    return 0;
}

static int condition_parse(const struct leaderboard *b, const char *text, struct condition *c, struct err *e)
{
    size_t at = strcspn(text, "=!<>");
    int length = operation_at(text + at, &c->operation);
    if (length == 0 || at == 0)
        return err_add(e, ERR_USAGE, "--where: found '%s', allowed: COLUMN OP VALUE with one of = != < <= > >=", text);
    char *name = trimmed(text, at);
    c->column = find_column(b, "where", name, e);
    c->text = trimmed(text + at + length, strlen(text + at + length));
    int failed = c->column ? 0 : -1;
    if (!failed && c->column->number && text_to_double(c->text, &c->number) != 0)
        failed = err_add(e, ERR_USAGE, "--where: %s: found '%s', allowed: a number", name, c->text);
    else if (!failed && c->column->text && c->operation != EQUAL && c->operation != NOT_EQUAL)
        failed = err_add(e, ERR_USAGE, "--where: %s holds texts, allowed: = and !=", name);
    free(name);
    return failed;
}

// --- rows
static bool compares(enum operation o, int order)
{
    switch (o) {
    case EQUAL:
        return order == 0;
    case NOT_EQUAL:
        return order != 0;
    case LESS:
        return order < 0;
    case LESS_EQUAL:
        return order <= 0;
    case GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool meets(const struct condition *c, int row)
{
    if (c->column->text)
        return *c->column->text[row] && compares(c->operation, strcmp(c->column->text[row], c->text));
    double v = c->column->number[row];
    return !isnan(v) && compares(c->operation, (v > c->number) - (v < c->number));
}

struct order {
    const struct leaderboard_column *column;
    int sign;
};

static int in_order(const void *a, const void *b, void *context)
{
    const struct order *o = context;
    int x = *(const int *)a, y = *(const int *)b, order;
    if (o->column->text) {
        order = o->sign * strcmp(o->column->text[x], o->column->text[y]);
    } else {
        double v = o->column->number[x], w = o->column->number[y];
        order = isnan(v) || isnan(w) ? isnan(v) - isnan(w) : o->sign * ((v > w) - (v < w));
    }
    return order ? order : (x > y) - (x < y);
}

static int sort_rows(const struct leaderboard *b, const char *sort, int *rows, int n, struct err *e)
{
    struct order o = {.sign = *sort == '-' ? -1 : 1};
    o.column = find_column(b, "sort", sort + (*sort == '-'), e);
    if (o.column && n > 1)
        qsort_r(rows, (size_t)n, sizeof *rows, in_order, &o);
    return o.column ? 0 : -1;
}

int *select_rows(const struct leaderboard *b, char *const *where, int n_where, const char *sort, int *n, struct err *e)
{
    struct condition *c = mem_new((size_t)n_where + 1, sizeof *c);
    int *rows = mem_new((size_t)b->n + 1, sizeof *rows), failed = 0;
    *n = 0;
    for (int k = 0; k < n_where; k++)
        failed |= condition_parse(b, where[k], &c[k], e);
    for (int i = 0; i < b->n && !failed; i++) {
        bool is_in = true;
        for (int k = 0; k < n_where && is_in; k++)
            is_in = meets(&c[k], i);
        if (is_in)
            rows[(*n)++] = i;
    }
    if (sort)
        failed |= sort_rows(b, sort, rows, *n, e);
    for (int k = 0; k < n_where; k++)
        free(c[k].text);
    free(c);
    if (!failed)
        return rows;
    free(rows);
    return NULL;
}

// --- every digit
void select_print_csv(const struct leaderboard *b, const int *rows, int n, FILE *out)
{
    struct table *t = table_new();
    char number[32];
    for (int i = 0; i < b->n_columns; i++)
        table_column(t, b->column[i].name, TABLE_LEFT);
    for (int k = 0; k < n; k++) {
        table_row(t);
        for (int i = 0; i < b->n_columns; i++) {
            const struct leaderboard_column *c = &b->column[i];
            if (c->text)
                table_cell(t, "%s", c->text[rows[k]]);
            else if (isnan(c->number[rows[k]]))
                table_null(t);
            else
                table_cell(t, "%s", text_number(number, c->number[rows[k]]));
        }
    }
    table_print_csv(t, out);
    table_free(&t);
}

void select_print_json(const struct leaderboard *b, const int *rows, int n, FILE *out)
{
    struct json j = {.out = out};
    json_open(&j, NULL, '[');
    for (int k = 0; k < n; k++) {
        json_open(&j, NULL, '{');
        for (int i = 0; i < b->n_columns; i++) {
            const struct leaderboard_column *c = &b->column[i];
            if (c->text)
                json_text(&j, c->name, c->text[rows[k]]);
            else
                json_number(&j, c->name, c->number[rows[k]]);
        }
        json_close(&j, '}');
    }
    json_close(&j, ']');
}

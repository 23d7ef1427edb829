// Selects and sorts rows by conditions on the columns of a leaderboard. A column holds strings ("": missing) or numbers
// (NaN: missing).
#include "report/select.h"

#include "base/err.h"
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
    const struct leaderboard_column *column; // borrowed
    enum operation operation;
    double number; // is compared with columns of numbers
    char *text;    // is compared with columns of strings; owned
};

// --- reading conditions
// Returns text[0..n) without white space at its ends, as new memory.
static char *trim_text(const char *text, size_t n)
{
    while (n > 0 && isspace((unsigned char)*text)) {
        text++;
        n--;
    }
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;
    return mem_format("%.*s", (int)n, text);
}

// Adds an error that lists all columns, and suggests the most similar one.
static void report_unknown_column(const struct leaderboard *b, const char *option, const char *name, struct err *e)
{
    const char **names = mem_new((size_t)b->n_columns + 1, sizeof *names);
    struct text all = {0};
    char hint[DID_YOU_MEAN_ROOM];

    for (int i = 0; i < b->n_columns; i++) {
        names[i] = b->column[i].name;
        text_add(&all, "%s%s", i ? ", " : "", names[i]);
    }
    err_add(e, ERR_USAGE, "--%s: found column '%s', allowed: %s%s", option, name, all.data,
        text_did_you_mean(hint, name, names, b->n_columns));

    text_free(&all);
    free(names);
}

// Returns the column with this name, or NULL and an error that names the option.
static const struct leaderboard_column *find_column(
    const struct leaderboard *b, const char *option, const char *name, struct err *e)
{
    int i = leaderboard_find(b, name);
    if (i < 0) {
        report_unknown_column(b, option, name, e);
        return NULL;
    }

    ASSERT(i < b->n_columns, "column %d of %d", i, b->n_columns);
    ASSERT(!b->column[i].text != !b->column[i].number, "%s holds strings or numbers", name);
    return &b->column[i];
}

// Finds the operation at the start of `at`. Returns the length of its sign, or 0 if there is none.
static int operation_at(const char *at, enum operation *o)
{
    static const struct {
        const char *sign;
        enum operation operation;
    } signs[] = {{"==", EQUAL}, {"!=", NOT_EQUAL}, {"<=", LESS_EQUAL}, {">=", GREATER_EQUAL}, {"=", EQUAL}, {"<", LESS},
        {">", GREATER}}; // a sign that begins with another one comes before it: ">=" before ">"

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(at, signs[i].sign, strlen(signs[i].sign)) == 0) {
            *o = signs[i].operation;
            return (int)strlen(signs[i].sign);
        }
    return 0;
}

char *select_column(const char *condition)
{
    return trim_text(condition, strcspn(condition, "=!<>"));
}

static int condition_parse(const struct leaderboard *b, const char *text, struct condition *c, struct err *e)
{
    size_t at = strcspn(text, "=!<>");
    int length = operation_at(text + at, &c->operation);
    if (length == 0 || at == 0)
        return err_add(e, ERR_USAGE, "--where: found '%s', allowed: COLUMN OP VALUE with one of = != < <= > >=", text);

    char *name = select_column(text);
    c->column = find_column(b, "where", name, e);
    c->text = trim_text(text + at + length, strlen(text + at + length));

    int rc = c->column ? 0 : -1;
    if (rc == 0 && c->column->number && text_to_double(c->text, &c->number) != 0)
        rc = err_add(e, ERR_USAGE, "--where: %s: found '%s', allowed: a number", name, c->text);
    else if (rc == 0 && c->column->text && c->operation != EQUAL && c->operation != NOT_EQUAL)
        rc = err_add(e, ERR_USAGE, "--where: %s holds strings, allowed: = and !=", name);
    free(name);

    return rc;
}

// --- selecting and sorting
// Returns true if "a OP b" holds, where `difference` has the sign of a - b.
static bool operation_holds(enum operation o, int difference)
{
    switch (o) {
    case EQUAL:
        return difference == 0;
    case NOT_EQUAL:
        return difference != 0;
    case LESS:
        return difference < 0;
    case LESS_EQUAL:
        return difference <= 0;
    case GREATER:
        return difference > 0;
    case GREATER_EQUAL:
        break;
    }

    return difference >= 0;
}

static bool condition_holds(const struct condition *c, int row)
{
    if (c->column->text) {
        const char *text = c->column->text[row];
        return *text && operation_holds(c->operation, strcmp(text, c->text));
    }
    double v = c->column->number[row];
    return !isnan(v) && operation_holds(c->operation, (v > c->number) - (v < c->number));
}

static bool all_conditions_hold(const struct condition *c, int n, int row)
{
    for (int k = 0; k < n; k++)
        if (!condition_holds(&c[k], row))
            return false;
    return true;
}

struct row_order {
    const struct leaderboard_column *column;
    int sign; // 1: ascending; -1: descending
};

static int compare_selected_rows(const void *a, const void *b, void *context)
{
    const struct row_order *o = context;
    int x = *(const int *)a, y = *(const int *)b;
    int order;

    if (o->column->text) {
        order = o->sign * strcmp(o->column->text[x], o->column->text[y]);
    } else {
        double v = o->column->number[x], w = o->column->number[y];
        if (isnan(v) || isnan(w))
            order = isnan(v) - isnan(w);
        else
            order = o->sign * ((v > w) - (v < w));
    }

    return order ? order : (x > y) - (x < y);
}

static int sort_selected_rows(const struct leaderboard *b, const char *sort, int *rows, int n, struct err *e)
{
    bool is_descending = *sort == '-';
    struct row_order o = {find_column(b, "sort", sort + is_descending, e), is_descending ? -1 : 1};
    if (!o.column)
        return -1;
    if (n > 1)
        qsort_r(rows, (size_t)n, sizeof *rows, compare_selected_rows, &o);
    return 0;
}

int *select_rows(const struct leaderboard *b, char *const *where, int n_where, const char *sort, int *n, struct err *e)
{
    struct condition *c = mem_new((size_t)n_where + 1, sizeof *c);
    int *rows = mem_new((size_t)b->n + 1, sizeof *rows);
    int rc = 0;

    *n = 0;
    for (int k = 0; k < n_where; k++)
        rc |= condition_parse(b, where[k], &c[k], e);
    for (int i = 0; i < b->n && rc == 0; i++)
        if (all_conditions_hold(c, n_where, i))
            rows[(*n)++] = i;
    if (sort)
        rc |= sort_selected_rows(b, sort, rows, *n, e);

    for (int k = 0; k < n_where; k++)
        free(c[k].text);
    free(c);
    if (rc == 0)
        return rows;
    free(rows);
    return NULL;
}

// --- printing
static void add_selected_cell(struct table *t, const struct leaderboard_column *c, int row)
{
    char number[32];
    if (c->text)
        table_cell(t, "%s", c->text[row]);
    else if (isnan(c->number[row]))
        table_null(t);
    else
        table_cell(t, "%s", text_number(number, c->number[row]));
}

void select_print_csv(const struct leaderboard *b, const int *rows, int n, FILE *out)
{
    struct table *t = table_new();

    for (int i = 0; i < b->n_columns; i++)
        table_column(t, b->column[i].name, TABLE_LEFT);
    for (int k = 0; k < n; k++) {
        ASSERT(rows[k] >= 0 && rows[k] < b->n, "row %d of %d", rows[k], b->n);
        table_row(t);
        for (int i = 0; i < b->n_columns; i++)
            add_selected_cell(t, &b->column[i], rows[k]);
    }

    table_print_csv(t, out);
    table_free(&t);
}

static void json_selected_row(struct json *j, const struct leaderboard *b, int row)
{
    json_open(j, NULL, '{');
    for (int i = 0; i < b->n_columns; i++) {
        const struct leaderboard_column *c = &b->column[i];
        if (c->text)
            json_text(j, c->name, c->text[row]);
        else
            json_number(j, c->name, c->number[row]);
    }
    json_close(j, '}');
}

void select_print_json(const struct leaderboard *b, const int *rows, int n, FILE *out)
{
    struct json j = {.out = out};
    json_open(&j, NULL, '[');
    for (int k = 0; k < n; k++) {
        ASSERT(rows[k] >= 0 && rows[k] < b->n, "row %d of %d", rows[k], b->n);
        json_selected_row(&j, b, rows[k]);
    }
    json_close(&j, ']');
}

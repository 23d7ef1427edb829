// Builds and prints tables. Cells are kept as strings, row after row; widths are computed when the table is printed.
#include "report/table.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct table_column {
    char *header; // owned
    enum table_align align;
};

struct table {
    struct table_column *columns; // (n_columns), owned
    int n_columns;
    char **cells; // (n_rows, n_columns), owned; NULL: null
    bool *rules;  // (n_rows), owned: true: a rule follows this row
    int n_rows;
    int capacity; // rows that `cells` and `rules` can hold
    int next;     // column of the next cell
};

static const char *const NULL_TEXT = "–";

struct table *table_new(void)
{
    return mem_new(1, sizeof(struct table));
}

void table_free(struct table **t)
{
    if (!*t)
        return;

    for (int i = 0; i < (*t)->n_rows * (*t)->n_columns; i++)
        free((*t)->cells[i]);
    for (int c = 0; c < (*t)->n_columns; c++)
        free((*t)->columns[c].header);
    free((*t)->cells);
    free((*t)->rules);
    free((*t)->columns);
    free(*t);
    *t = NULL;
}

void table_column(struct table *t, const char *header, enum table_align align)
{
    ASSERT(t->n_rows == 0, "%d rows", t->n_rows);
    t->columns = mem_grow(t->columns, (size_t)t->n_columns + 1, sizeof *t->columns);
    t->columns[t->n_columns++] = (struct table_column){.header = mem_text(header), .align = align};
}

void table_row(struct table *t)
{
    ASSERT(t->n_columns > 0, "a row without columns");
    if (t->n_rows == t->capacity) {
        t->capacity = 2 * t->capacity + 8;
        t->cells = mem_grow(t->cells, (size_t)t->capacity * (size_t)t->n_columns, sizeof *t->cells);
        t->rules = mem_grow(t->rules, (size_t)t->capacity, sizeof *t->rules);
    }

    for (int c = 0; c < t->n_columns; c++)
        t->cells[t->n_rows * t->n_columns + c] = NULL;
    t->rules[t->n_rows++] = false;
    t->next = 0;
}

static char **table_next_cell(struct table *t)
{
    ASSERT(t->n_rows > 0 && t->next < t->n_columns, "row %d, cell %d of %d", t->n_rows, t->next, t->n_columns);
    return &t->cells[(t->n_rows - 1) * t->n_columns + t->next++];
}

void table_cell(struct table *t, const char *format, ...)
{
    char **cell = table_next_cell(t);
    va_list args;
    va_start(args, format);
    *cell = mem_format_list(format, args);
    va_end(args);
}

void table_null(struct table *t)
{
    table_next_cell(t);
}

void table_number(struct table *t, const char *format, double value)
{
    char **cell = table_next_cell(t);
    if (!isnan(value))
        *cell = mem_format(format, value);
}

void table_exact_number(struct table *t, double value)
{
    char number[32];
    if (isnan(value))
        table_null(t);
    else
        table_cell(t, "%s", text_number(number, value));
}

void table_rule(struct table *t)
{
    if (t->n_rows > 0)
        t->rules[t->n_rows - 1] = true;
}

static const char *cell_text(const struct table *t, int row, int c)
{
    ASSERT(row >= 0 && row < t->n_rows && c >= 0 && c < t->n_columns, "cell (%d, %d)", row, c);
    const char *text = t->cells[row * t->n_columns + c];
    return text ? text : NULL_TEXT;
}

static int column_width(const struct table *t, int c)
{
    int width = utf8_width(t->columns[c].header);
    for (int row = 0; row < t->n_rows; row++) {
        int w = utf8_width(cell_text(t, row, c));
        width = w > width ? w : width;
    }
    return width;
}

static void print_times(const char *text, int times, FILE *out)
{
    for (int i = 0; i < times; i++)
        fputs(text, out);
}

static void print_safely(const char *text, FILE *out)
{
    while (*text) {
        const char *start = text;
        if (utf8_next(&text) == '?')
            fputc('?', out);
        else
            fwrite(start, 1, (size_t)(text - start), out);
    }
}

static void print_padded(const char *text, const struct table_column *column, int width, bool is_last, FILE *out)
{
    int pad = width - utf8_width(text);
    ASSERT(pad >= 0, "width %d of %s", width, text);
    print_times(" ", column->align == TABLE_RIGHT ? pad : 0, out);
    print_safely(text, out);
    print_times(" ", column->align == TABLE_LEFT && !is_last ? pad : 0, out);
}

enum { HEADER_ROW = -1, RULE_ROW = -2 };

// Returns the string of a cell of a row, or of the header. Returns NULL for a cell of a rule.
static const char *printed_text(const struct table *t, int row, int c)
{
    if (row == RULE_ROW)
        return NULL;
    return row == HEADER_ROW ? t->columns[c].header : cell_text(t, row, c);
}

// Returns the index of the last cell that is not empty, because lines must not end in white space.
static int last_cell(const struct table *t, int row)
{
    int last = t->n_columns - 1;
    while (last > 0 && row != RULE_ROW && !*printed_text(t, row, last))
        last--;
    return last;
}

static void print_row(const struct table *t, int row, const int *widths, int indent, FILE *out)
{
    int last = last_cell(t, row);

    print_times(" ", indent, out);
    for (int c = 0; c <= last; c++) {
        const char *text = printed_text(t, row, c);
        if (text)
            print_padded(text, &t->columns[c], widths[c], c == last, out);
        else
            print_times("─", widths[c], out);
        fputs(c == last ? "\n" : "  ", out);
    }
}

void table_print(const struct table *t, int indent, FILE *out)
{
    int *widths = mem_new((size_t)t->n_columns, sizeof *widths);

    for (int c = 0; c < t->n_columns; c++)
        widths[c] = column_width(t, c);

    print_row(t, HEADER_ROW, widths, indent, out);
    print_row(t, RULE_ROW, widths, indent, out);
    for (int row = 0; row < t->n_rows; row++) {
        print_row(t, row, widths, indent, out);
        if (t->rules[row])
            print_row(t, RULE_ROW, widths, indent, out);
    }

    free(widths);
}

static void print_csv_cell(const char *text, FILE *out)
{
    if (!text)
        return;
    if (*text && !strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }

    fputc('"', out); // quotes also an empty string, because an empty cell is null
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void table_print_csv(const struct table *t, FILE *out)
{
    for (int row = HEADER_ROW; row < t->n_rows; row++) {
        for (int c = 0; c < t->n_columns; c++) {
            print_csv_cell(row == HEADER_ROW ? t->columns[c].header : t->cells[row * t->n_columns + c], out);
            fputc(c == t->n_columns - 1 ? '\n' : ',', out);
        }
    }
}

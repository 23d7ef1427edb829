// Cells are kept as text, row after row; widths are found when the table is printed.
#include "report/table.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct column {
    char *header; // owned
    enum table_align align;
};

struct table {
    struct column *columns;
    int n_columns;
    char **cells; // (rows, columns), owned; NULL: null
    bool *rules;  // (rows): a line below this row
    int n_rows, rows_room;
    int next; // column of the next cell
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
    ASSERT(t->n_rows == 0);
    t->columns = mem_grow(t->columns, (size_t)t->n_columns + 1, sizeof *t->columns);
    t->columns[t->n_columns++] = (struct column){.header = mem_text(header), .align = align};
}

void table_row(struct table *t)
{
    if (t->n_rows == t->rows_room) {
        t->rows_room = 2 * t->rows_room + 8;
        t->cells = mem_grow(t->cells, (size_t)t->rows_room * (size_t)t->n_columns, sizeof *t->cells);
        t->rules = mem_grow(t->rules, (size_t)t->rows_room, sizeof *t->rules);
    }
    for (int c = 0; c < t->n_columns; c++)
        t->cells[t->n_rows * t->n_columns + c] = NULL;
    t->rules[t->n_rows++] = false;
    t->next = 0;
}

// Where the next cell goes.
static char **next_cell(struct table *t)
{
    ASSERT(t->n_rows > 0 && t->next < t->n_columns, "row %d, cell %d of %d", t->n_rows, t->next, t->n_columns);
    return &t->cells[(t->n_rows - 1) * t->n_columns + t->next++];
}

void table_cell(struct table *t, const char *format, ...)
{
    char **cell = next_cell(t);
    va_list args;
    va_start(args, format);
    *cell = mem_format_list(format, args);
    va_end(args);
}

void table_null(struct table *t)
{
    next_cell(t);
}

void table_number(struct table *t, const char *format, double value)
{
    char **cell = next_cell(t);
    if (!isnan(value))
        *cell = mem_format(format, value);
}

void table_rule(struct table *t)
{
    if (t->n_rows > 0)
        t->rules[t->n_rows - 1] = true;
}

static const char *cell_text(const struct table *t, int row, int c)
{
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
        bool is_safe = utf8_next(&text) != '?';
        fwrite(is_safe ? start : "?", 1, is_safe ? (size_t)(text - start) : 1, out);
    }
}

static void print_padded(const char *text, const struct column *column, int width, bool is_last, FILE *out)
{
    int pad = width - utf8_width(text);
    print_times(" ", column->align == TABLE_RIGHT ? pad : 0, out);
    print_safely(text, out);
    print_times(" ", column->align == TABLE_LEFT && !is_last ? pad : 0, out);
}

enum { HEADER_ROW = -1, RULE_ROW = -2 };

// The text of a row's cell; NULL in a rule.
static const char *row_text(const struct table *t, int row, int c)
{
    return row == HEADER_ROW ? t->columns[c].header : row >= 0 ? cell_text(t, row, c) : NULL;
}

// Behind its last cell that is not empty a row ends: no white space at the ends of lines.
static int last_cell(const struct table *t, int row)
{
    int last = t->n_columns - 1;
    while (last > 0 && row != RULE_ROW && !*row_text(t, row, last))
        last--;
    return last;
}

static void print_row(const struct table *t, int row, const int *widths, int indent, FILE *out)
{
    print_times(" ", indent, out);
    int last = last_cell(t, row);
    for (int c = 0; c <= last; c++) {
        const char *text = row_text(t, row, c);
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
    fputc('"', out); // an empty text too: nothing at all is null
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

// Passes a CSV file to libcsv line by line, so that messages can name the line.
#include "import/csv_table.h"

#include "base/err.h"
#include "base/mem.h"
#include "import/byte_stream.h"
#include <csv.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELD = 1 << 20 };

struct csv_table {
    struct csv_lines lines;
    struct csv_parser parser;
    struct csv_sink sink;
    char comment;
    bool is_run, in_quotes;
    bool is_within; // a quoted line break keeps the record open
    int quote;      // line in which a quote was opened that is still open; 0: no quote is open
};

static void push_field(void *text, size_t n, void *table)
{
    const struct csv_sink *sink = &((struct csv_table *)table)->sink;
    static char empty[1];
    ASSERT(!text || ((char *)text)[n] == 0, "a field of %zu bytes has no end", n);
    sink->field(sink->context, text ? text : empty, n);
}

static void push_record(int terminator, void *table)
{
    (void)terminator;
    struct csv_table *t = table;
    t->is_within = false;
    t->sink.record(t->sink.context);
}

static int is_terminator(unsigned char c)
{
    return c == '\n';
}

struct csv_table *csv_table_open(const char *path, struct csv_dialect dialect, struct csv_sink sink, struct err *e)
{
    struct csv_table *t = mem_new(1, sizeof *t);

    t->sink = sink;
    t->is_run = dialect.delimiter.is_run;
    t->comment = dialect.comment;
    csv_init(&t->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    csv_set_delim(&t->parser, (unsigned char)dialect.delimiter.character);
    csv_set_term_func(&t->parser, is_terminator);
    if (csv_lines_open(&t->lines, path, e) != 0 || csv_lines_skip(&t->lines, &dialect, e) != 0)
        csv_table_free(&t);
    return t;
}

void csv_table_free(struct csv_table **t)
{
    if (!*t)
        return;
    csv_lines_close(&(*t)->lines);
    csv_free(&(*t)->parser);
    free(*t);
    *t = NULL;
}

int csv_table_line(const struct csv_table *t)
{
    return t->lines.line < INT_MAX ? (int)t->lines.line : INT_MAX;
}

// Replaces every run of blanks outside quotes by one space, and removes blanks at both ends of the line. Returns the
// new length.
static size_t squeeze_blanks(struct csv_table *t, char *line, size_t n)
{
    size_t out = 0;

    ASSERT(n > 0 && line[n - 1] == '\n', "%zu bytes", n);
    for (size_t i = 0; i + 1 < n; i++) {
        t->in_quotes ^= line[i] == '"';
        if (t->in_quotes || !csv_is_blank(line[i]))
            line[out++] = line[i];
        else if (out > 0 && line[out - 1] != ' ')
            line[out++] = ' ';
    }

    if (!t->in_quotes && out > 0 && line[out - 1] == ' ')
        out--;
    line[out++] = '\n';
    return out;
}

static int refuse_line(const struct csv_table *t, int line, const char *what, struct err *e)
{
    return err_at(e, ERR_DATA, byte_stream_name(t->lines.stream), line, 0, "%s", what);
}

// Updates `quote` after a line, which ends with '\n'. A doubled quote within quotes is an ordinary character.
static void follow_quotes(struct csv_table *t, const char *line, size_t n)
{
    const char *end = line + n;

    ASSERT(n > 0 && end[-1] == '\n', "%zu bytes", n);
    for (const char *at = line; (at = memchr(at, '"', (size_t)(end - at))); at++)
        if (t->quote && at[1] == '"')
            at++;
        else
            t->quote = t->quote ? 0 : csv_table_line(t);
}

// Reports a mistake at the line where the open quote was opened.
static int refuse_open_quote(const struct csv_table *t, const char *what, struct err *e)
{
    return refuse_line(t, t->quote ? t->quote : csv_table_line(t), what, e);
}

int csv_table_push_line(struct csv_table *t, struct err *e)
{
    char *line;
    size_t n;
    int found = csv_lines_next(&t->lines, &line, &n, e);

    if (found < 0)
        return -1;
    if (found == 0)
        return csv_fini(&t->parser, push_field, push_record, t) == 0
                   ? 0
                   : refuse_open_quote(t, "a quote opens here and is never closed", e);
    if (!t->is_within && (line[0] == '\n' || (t->comment && line[0] == t->comment)))
        return 1;

    if (!t->is_within)
        t->quote = 0;
    t->is_within = true;
    follow_quotes(t, line, n);
    if (t->is_run)
        n = squeeze_blanks(t, line, n);

    if (csv_parse(&t->parser, line, n, push_field, push_record, t) != n)
        return refuse_line(t, csv_table_line(t),
            "a quote stands within a field: put the field into quotes and double the quotes in it", e);
    if (csv_get_buffer_size(&t->parser) > MAX_FIELD)
        return refuse_open_quote(t, "a field of more than a million characters: is a quote never closed?", e);
    return 1;
}

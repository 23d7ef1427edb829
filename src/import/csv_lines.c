// Reads lines with any of the three usual line ends, and finds the delimiter on which the first lines agree.
#include "import/csv_lines.h"

#include "base/err.h"
#include "base/mem.h"
#include "import/byte_stream.h"
#include "import/csv_delimiter.h"
#include <stdlib.h>
#include <string.h>

enum { READ_BYTES = 1 << 18, MAX_LINE = 1 << 28, SAMPLE_LINES = 32 };

// Moves the bytes that were not returned to the front of the buffer and reads more after them. Returns -1 and an error
// on failure.
static int fill_line_buffer(struct csv_lines *r, struct err *e)
{
    ASSERT(r->begin <= r->end && r->end <= r->room, "%zu <= %zu <= %zu", r->begin, r->end, r->room);
    if (r->begin > 0)
        memmove(r->buffer, r->buffer + r->begin, r->end - r->begin);
    r->end -= r->begin;
    r->begin = 0;
    if (r->end + READ_BYTES + 1 > r->room) { // 1: for the '\n' that the last line may not have
        r->room = 2 * r->room + READ_BYTES + 1;
        r->buffer = mem_grow(r->buffer, r->room, 1);
    }
    int64_t got = byte_stream_read(r->stream, r->buffer + r->end, READ_BYTES, e);
    if (got < 0)
        return -1;

    r->at_end = got < READ_BYTES;
    r->end += (size_t)got;
    return 0;
}

int csv_lines_open(struct csv_lines *r, const char *path, struct err *e)
{
    *r = (struct csv_lines){.stream = byte_stream_open(path, e)};
    if (!r->stream || fill_line_buffer(r, e) != 0) {
        csv_lines_close(r);
        return -1;
    }
    if (r->end >= 3 && memcmp(r->buffer, "\xEF\xBB\xBF", 3) == 0) // a byte order mark
        r->begin = 3;
    r->terminator = !memchr(r->buffer, '\n', r->end) && memchr(r->buffer, '\r', r->end) ? '\r' : '\n';
    return 0;
}

void csv_lines_close(struct csv_lines *r)
{
    byte_stream_free(&r->stream);
    free(r->buffer);
    *r = (struct csv_lines){0};
}

// Finds the end of the next line. The buffer grows if the line is longer. Returns 1, or 0 at the end of the file, or -1
// and an error.
static int find_line_end(struct csv_lines *r, size_t *length, struct err *e)
{
    size_t searched = 0;

    for (;;) {
        size_t n = r->end - r->begin;
        const char *end = n > searched ? memchr(r->buffer + r->begin + searched, r->terminator, n - searched) : NULL;
        if (end)
            *length = (size_t)(end - r->buffer) - r->begin + 1;
        if (end || r->at_end)
            return end ? 1 : 0;
        if (n > MAX_LINE)
            return err_at(e, ERR_DATA, byte_stream_name(r->stream), (int)r->line + 1, 0,
                "a line of more than %d bytes: is this a text file?", MAX_LINE);
        searched = n;
        if (fill_line_buffer(r, e) != 0)
            return -1;
    }
}

int csv_lines_next(struct csv_lines *r, char **line, size_t *length, struct err *e)
{
    int found = find_line_end(r, length, e);
    if (found < 0 || (found == 0 && r->begin == r->end))
        return found;
    if (found == 0) {
        ASSERT(r->end < r->room, "no space for the end of line %lld", (long long)r->line + 1);
        *length = r->end - r->begin + 1;
        r->end++;
    }
    ASSERT(*length >= 1 && r->begin + *length <= r->end, "%zu + %zu > %zu", r->begin, *length, r->end);
    *line = r->buffer + r->begin;
    r->begin += *length;
    r->line++;
    if (r->terminator == '\n' && *length >= 2 && (*line)[*length - 2] == '\r')
        --*length;
    if (r->terminator == '\r') // in a file whose lines end with '\r', a '\n' is not a line end
        for (char *at = *line; (at = memchr(at, '\n', (size_t)(*line + *length - at)));)
            *at = ' ';
    (*line)[*length - 1] = '\n';

    return 1;
}

// Returns the number of delimiters in a line, not counting those in quotes.
static int count_delimiters(const char *line, size_t n, struct csv_delimiter d)
{
    int count = 0;
    bool in_quotes = false;

    ASSERT(n >= 1 && line[n - 1] == '\n', "%zu bytes", n);
    while (d.is_run && n > 1 && csv_is_blank(line[n - 2]))
        n--;
    size_t i = 0;
    while (d.is_run && i < n && csv_is_blank(line[i]))
        i++;

    for (; i + 1 < n; i++) {
        in_quotes ^= line[i] == '"';
        if (!in_quotes && (d.is_run ? csv_is_blank(line[i]) && !csv_is_blank(line[i - 1]) : line[i] == d.character))
            count++;
    }
    return count;
}

static bool is_blank_line(const char *line, size_t n)
{
    while (n > 0 && (csv_is_blank(line[n - 1]) || line[n - 1] == '\n'))
        n--;
    return n == 0;
}

// Reads the first few lines. Sets agree[c] to the number of lines in which delimiter c occurs as often as in the first
// one. Returns the number of lines read, or -1 and an error.
static int count_agreement(struct csv_lines *lines, char comment, int agree[CSV_DELIMITERS], struct err *e)
{
    int counts[CSV_DELIMITERS], n = 0, found = 0;
    char *line;
    size_t length;

    while (n < SAMPLE_LINES && (found = csv_lines_next(lines, &line, &length, e)) > 0) {
        if (is_blank_line(line, length) || (comment && line[0] == comment))
            continue;
        for (int c = 0; c < CSV_DELIMITERS; c++) {
            int count = count_delimiters(line, length, csv_delimiters[c]);
            counts[c] = n == 0 ? count : counts[c];
            agree[c] += count > 0 && count == counts[c];
        }
        n++;
    }
    return found < 0 ? -1 : n;
}

int csv_lines_skip(struct csv_lines *r, const struct csv_dialect *d, struct err *e)
{
    char *line;
    size_t length;
    int found = 1;

    ASSERT(d->skip >= 0, "%lld lines", (long long)d->skip);
    for (int64_t i = 0; i < d->skip && found == 1; i++)
        found = csv_lines_next(r, &line, &length, e);
    return found < 0 ? -1 : 0;
}

// Chooses the first delimiter on which at least four of five lines agree. Not all must agree, because a file may have a
// short row, which is reported later. A decimal comma cannot be the delimiter. If the lines agree on none, it is the
// comma, or the semicolon with a decimal comma.
static int choose_delimiter(struct csv_dialect *d, struct csv_lines *lines, struct err *e)
{
    int agree[CSV_DELIMITERS] = {0};
    int n = csv_lines_skip(lines, d, e) == 0 ? count_agreement(lines, d->comment, agree, e) : -1;
    int best = d->has_decimal_comma ? CSV_SEMICOLON : CSV_COMMA;

    for (int c = 0; c < CSV_DELIMITERS && n > 0; c++)
        if (5 * agree[c] >= 4 * n && !(d->has_decimal_comma && c == CSV_COMMA)) {
            best = c;
            break;
        }

    ASSERT(best >= 0 && best < CSV_DELIMITERS, "delimiter %d", best);
    d->delimiter = csv_delimiters[best];
    return n < 0 ? -1 : 0;
}

static int find_delimiter(struct csv_dialect *d, const char *path, struct err *e)
{
    struct csv_lines lines;
    int status = csv_lines_open(&lines, path, e);
    if (status == 0)
        status = choose_delimiter(d, &lines, e);
    csv_lines_close(&lines);
    return status;
}

// Returns the number of lines up to the last line with '#' before the table. Sets *last to the number of fields of that
// line, and *next to the number of fields of the first line of the table. `d` separates the fields.
static int64_t count_comments(struct csv_lines *lines, struct csv_delimiter d, int *last, int *next, struct err *e)
{
    char *line;
    size_t length;
    int64_t n = 0, read = 0;

    *last = *next = 0;
    while (csv_lines_next(lines, &line, &length, e) == 1) {
        int fields = 1 + count_delimiters(line, length, d);
        read++;
        if (line[0] == '#') {
            *last = fields;
            n = read;
        } else if (!is_blank_line(line, length)) {
            *next = fields;
            break;
        }
    }
    return n;
}

// Lets the dialect skip the comments before the table. A file that holds only comments keeps them as its table.
static int skip_comments(struct csv_dialect *d, const char *path, const char *delimiter, struct err *e)
{
    int last, next, before = e->count;
    struct csv_lines lines;

    for (int pass = 0; pass < 2; pass++) { // twice: the delimiter is found only after comments are skipped
        if (csv_lines_open(&lines, path, e) != 0)
            return -1;
        int64_t n = count_comments(&lines, d->delimiter, &last, &next, e);
        csv_lines_close(&lines);
        d->skip = next ? n : 0;
        if (n == 0 || (!delimiter && pass == 0 && find_delimiter(d, path, e) != 0))
            break;
    }

    if (d->skip && last == next && next > 1)
        d->skip--; // "# a, b, c" names the columns
    d->comments = d->skip;
    return e->count == before ? 0 : -1;
}

int csv_dialect_find(struct csv_dialect *d, const char *path, const struct import_options *o, struct err *e)
{
    *d = (struct csv_dialect){
        .delimiter = csv_delimiters[CSV_COMMA], .has_decimal_comma = o->decimal == DECIMAL_COMMA, .skip = o->skip};
    if (o->comment && (strlen(o->comment) != 1 || strchr("\"0123456789.+-", o->comment[0])))
        return err_add(
            e, ERR_USAGE, "--comment: found '%s', allowed: one character that no number begins with", o->comment);
    d->comment = o->comment ? o->comment[0] : 0;
    if (o->delimiter && csv_delimiter_read(&d->delimiter, o->delimiter, d->has_decimal_comma, e) != 0)
        return -1;

    if (!o->comment && o->skip == 0 && skip_comments(d, path, o->delimiter, e) != 0)
        return -1;
    return o->delimiter ? 0 : find_delimiter(d, path, e);
}

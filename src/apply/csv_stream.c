// Cuts a stream of bytes into records. Later, several threads cut the records into fields (new_rows.c). So this file
// does as little per byte as possible: it looks for line ends. Only if a line has a quote does it check whether the
// line break is within quotes.
#include "apply/csv_stream.h"

#include "base/mem.h"
#include "import/byte_stream.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 20, RECORD_MAX = 1 << 28 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// --- bytes

static int64_t read_standard_input(void *to, size_t n, struct err *e)
{
    size_t done = 0;

    while (done < n) {
        ssize_t got = read(STDIN_FILENO, (char *)to + done, n - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_errno(e, "standard input: cannot read");
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (int64_t)done;
}

// Appends more bytes to those in the buffer. At the end of the file, also appends a line end if the last line has none.
// Returns -1 and an error on failure.
static int read_more_bytes(struct csv_stream *s, struct err *e)
{
    if (s->end + READ_BYTES + 2 > s->room) { // 2: a line end for the last line, and a NUL
        s->room = 2 * s->room + READ_BYTES + 2;
        s->buffer = mem_grow(s->buffer, s->room, 1);
    }
    int64_t got = s->stream ? byte_stream_read(s->stream, s->buffer + s->end, READ_BYTES, e)
                            : read_standard_input(s->buffer + s->end, READ_BYTES, e);
    if (got < 0)
        return -1;
    if (got < READ_BYTES) {
        s->at_end = true;
        if (s->end + (size_t)got > s->begin && s->buffer[s->end + (size_t)got - 1] != s->terminator)
            s->buffer[s->end + (size_t)got++] = s->terminator;
    }
    s->end += (size_t)got;

    return 0;
}

// Refuses a file if its first bytes show that it is not text, or is text in a form that cannot be read here.
static int check_first_bytes(struct csv_stream *s, struct err *e)
{
    const char *b = s->buffer;
    size_t n = s->end;

    if (n >= 2 && (memcmp(b, "\xff\xfe", 2) == 0 || memcmp(b, "\xfe\xff", 2) == 0))
        return err_add(e, ERR_DATA, "%s: found UTF-16, allowed: UTF-8; hint: iconv -f UTF-16 -t UTF-8", s->name);
    if (!s->stream && n >= 2 && memcmp(b, "\x1f\x8b", 2) == 0)
        return err_add(
            e, ERR_DATA, "%s: found gzip data, allowed: CSV; hint: gzip -dc FILE | hourglass score ... -", s->name);
    if (memchr(b, 0, n))
        return err_add(e, ERR_DATA, "%s: found a NUL byte, allowed: CSV, which is text", s->name);
    return 0;
}

int csv_stream_open(struct csv_stream *s, const char *path, int64_t most, struct err *e)
{
    bool is_input = strcmp(path, CSV_STDIN) == 0;

    ASSERT(most > 0, "%lld records", (long long)most);
    *s = (struct csv_stream){
        .name = mem_text(is_input ? "standard input" : path), .terminator = '\n', .next_line = 1, .most = most};
    s->record = mem_array((size_t)most, sizeof *s->record, s->name, e);
    if (!is_input)
        s->stream = byte_stream_open(path, e);
    if (!s->record || (!is_input && !s->stream) || read_more_bytes(s, e) != 0)
        return -1;
    if (s->end == 0)
        return err_add(e, ERR_DATA, "%s: the file is empty", s->name);
    if (check_first_bytes(s, e) != 0)
        return -1;

    if (s->end >= 3 && memcmp(s->buffer, "\xEF\xBB\xBF", 3) == 0) // a byte order mark
        s->begin = 3;
    if (!memchr(s->buffer, '\n', s->end - s->at_end) && memchr(s->buffer, '\r', s->end))
        s->terminator = '\r';
    if (s->at_end)
        s->buffer[s->end - 1] = s->terminator;
    return 0;
}

void csv_stream_free(struct csv_stream *s)
{
    byte_stream_free(&s->stream);
    free(s->name);
    free(s->buffer);
    free(s->record);
    *s = (struct csv_stream){0};
}

// --- records

// Drops the last piece: moves the bytes after it to the front of the buffer.
static void drop_last_piece(struct csv_stream *s)
{
    ASSERT(s->begin <= s->end, "%zu <= %zu", s->begin, s->end);
    if (s->begin > 0)
        memmove(s->buffer, s->buffer + s->begin, s->end - s->begin);
    s->end -= s->begin;
    s->begin = 0;
    s->n = 0;
}

// Finds the first line end at or after *searched and sets *searched to it. Returns 1, or 0 if there is no further line,
// or -1 and an error.
static int seek_line_end(struct csv_stream *s, size_t *searched, struct err *e)
{
    for (;;) {
        const char *found =
            s->end > *searched ? memchr(s->buffer + *searched, s->terminator, s->end - *searched) : NULL;
        if (found) {
            *searched = (size_t)(found - s->buffer);
            return 1;
        }
        if (s->at_end)
            return 0;
        *searched = s->end;
        if (read_more_bytes(s, e) != 0)
            return -1;
    }
}

static int count_quotes(const char *from, const char *to)
{
    int n = 0;
    while ((from = memchr(from, '"', (size_t)(to - from)))) {
        n++;
        from++;
    }
    return n;
}

// Finds the end of the record that begins at `begin`: the first line end outside quotes. Returns 1, or 0 if there is no
// further record, or -1 and an error.
static int find_record_end(struct csv_stream *s, size_t begin, size_t *end, struct err *e)
{
    int64_t first_line = s->next_line;
    size_t from = begin;
    int quotes = 0;

    for (*end = begin;;) {
        int found = seek_line_end(s, end, e);
        if (found < 0 || (found == 0 && from == begin))
            return found;
        if (found == 0)
            return err_at(e, ERR_DATA, s->name, (int)first_line, 0, "a quote opens here and is never closed");
        if (*end - begin > RECORD_MAX)
            return err_at(e, ERR_DATA, s->name, (int)first_line, 0,
                "a record of more than %d bytes: is a quote never closed?", RECORD_MAX);
        s->next_line++;
        quotes += count_quotes(s->buffer + from, s->buffer + *end);
        if (quotes % 2 == 0)
            return 1;
        from = ++*end;
    }
}

static bool is_blank_record(const char *at, const char *end)
{
    while (at < end && (is_blank(*at) || *at == '\r'))
        at++;
    return at == end;
}

int64_t csv_stream_next(struct csv_stream *s, int64_t most, struct err *e)
{
    size_t end;
    int found = 1;

    ASSERT(most > 0 && most <= s->most, "%lld records", (long long)most);
    drop_last_piece(s);
    int64_t first_line = s->next_line;
    while (s->n < most && (found = find_record_end(s, s->begin, &end, e)) == 1) {
        size_t begin = s->begin;
        int64_t line = first_line;
        first_line = s->next_line;
        s->begin = end + 1;
        if (end > begin && s->terminator == '\n' && s->buffer[end - 1] == '\r')
            end--;
        if (is_blank_record(s->buffer + begin, s->buffer + end))
            continue;
        s->record[s->n++] = (struct csv_record){begin, end, line};
    }

    return found < 0 ? -1 : s->n;
}

void csv_stream_give_back(struct csv_stream *s, int64_t n)
{
    ASSERT(n >= 0 && n < s->n, "%lld of %lld records", (long long)n, (long long)s->n);
    s->next_line = s->record[n].line;
    s->begin = s->record[n].begin;
    s->n = n;
}

int csv_stream_line(const struct csv_stream *s, int64_t record)
{
    ASSERT(record >= 0 && record < s->n, "record %lld of %lld", (long long)record, (long long)s->n);
    return s->record[record].line < INT_MAX ? (int)s->record[record].line : INT_MAX;
}

// --- fields

static bool is_field_end(const struct csv_delimiter *d, char c)
{
    return d->is_run ? is_blank(c) : c == d->character;
}

// Returns the byte after the delimiter at `from`, or NULL at the end of the record.
static char *skip_delimiter(const struct csv_delimiter *d, char *from, char *end)
{
    if (from == end)
        return NULL;
    from++;
    while (d->is_run && from < end && is_blank(*from))
        from++;
    return d->is_run && from == end ? NULL : from;
}

// Takes a field in quotes, whose opening quote is at `from`. Doubled quotes become one.
static bool cut_quoted_field(const struct csv_delimiter *d, char **at, char *from, char *end, struct csv_span *field)
{
    char *out = ++from;

    field->text = out;
    for (; from < end; from++) {
        if (*from == '"' && (from + 1 == end || from[1] != '"'))
            break;
        from += *from == '"';
        *out++ = *from;
    }
    bool is_closed = from < end;
    from += is_closed;
    while (from < end && is_blank(*from) && !is_field_end(d, *from))
        from++;

    bool is_good = is_closed && (from == end || is_field_end(d, *from));
    *at = skip_delimiter(d, from, end);
    *out = 0;
    field->n = (size_t)(out - field->text);
    return is_good;
}

bool csv_cut_field(const struct csv_delimiter *d, char **at, char *end, struct csv_span *field)
{
    char *from = *at;

    while (from < end && is_blank(*from) && (d->is_run || *from != d->character))
        from++;
    if (from < end && *from == '"')
        return cut_quoted_field(d, at, from, end, field);

    char *to = from;
    bool has_quote = false;
    if (d->is_run)
        for (; to < end && !is_blank(*to); to++)
            has_quote |= *to == '"';
    else
        for (const char delimiter = d->character; to < end && *to != delimiter; to++)
            has_quote |= *to == '"';

    *at = skip_delimiter(d, to, end);
    while (to > from && is_blank(to[-1]))
        to--;
    *to = 0;
    field->text = from;
    field->n = (size_t)(to - from);
    return !has_quote;
}

int csv_cut_count(const struct csv_delimiter *d, const char *at, const char *end)
{
    bool in_quotes = false;
    int n = 1;

    while (d->is_run && at < end && is_blank(*at))
        at++;
    while (d->is_run && at < end && is_blank(end[-1]))
        end--;
    for (; at < end; at++) {
        in_quotes ^= *at == '"';
        if (!in_quotes && is_field_end(d, *at) && !(d->is_run && is_blank(at[-1])))
            n++;
    }
    return n;
}

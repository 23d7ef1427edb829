// Messages of errors, collected in one plain value.
//
// The kinds of errors are never mixed. A mistake of the user and a failure of the machine (disk, memory, network) are
// messages in a struct err, which a function returns to its caller together with -1. A bug of ours is an ASSERT that
// does not hold: it ends the job at once (err_bug).
//
// A struct err holds no pointers, so that MPI can send it as bytes and rank 0 can collect the messages of all ranks.
// Its space is therefore limited. A message that does not fit is only counted; the first ones matter most.
//
// base/mem.c and base/text.c report their failures through this file, so it uses neither: a message is written straight
// into the value's buffer.
#include "base/err.h"

#include "base/utf8.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void (*err_abort_hook)(void);

// Does the same as utf8_show, but a line feed, tab or carriage return becomes a space.
static size_t show_on_one_line(char out[UTF8_SHOWN_MOST], const char **text)
{
    if (**text != '\n' && **text != '\t' && **text != '\r')
        return utf8_show(out, text);
    out[0] = ' ';
    (*text)++;
    return 1;
}

const char *err_behind(const char *message, const char *name)
{
    const char *rest = message;
    char shown[UTF8_SHOWN_MOST];

    while (*name) {
        size_t n = show_on_one_line(shown, &name);
        if (strncmp(rest, shown, n) != 0)
            return message;
        rest += n;
    }
    return strncmp(rest, ": ", 2) == 0 ? rest + 2 : message;
}

// Appends one line and its line feed to the text. Returns -1 if it does not fit, and then leaves the text unchanged.
static int append_line(struct err *e, const char *line)
{
    size_t n = e->length;
    char shown[UTF8_SHOWN_MOST];
    ASSERT(n < sizeof e->text, "length %zu of %zu", n, sizeof e->text);

    while (*line) {
        size_t width = show_on_one_line(shown, &line);
        if (n + width + 2 > sizeof e->text) {
            e->text[e->length] = 0;
            return -1;
        }
        memcpy(e->text + n, shown, width);
        n += width;
    }
    if (n + 2 > sizeof e->text)
        return -1;

    e->text[n++] = '\n';
    e->text[n] = 0;
    e->length = n;
    return 0;
}

// Adds the message "WHERE FORMAT: WHY"; `why` may be NULL. Returns -1.
static int err_add_line(
    struct err *e, enum err_kind kind, const char *where, const char *format, va_list args, const char *why)
{
    char line[2048];

    ASSERT(kind != ERR_NONE && e->hidden <= e->count, "%d of %d hidden", e->hidden, e->count);
    if (e->kind == ERR_NONE)
        e->kind = kind;
    e->count++;

    size_t n = (size_t)snprintf(line, sizeof line, "%s", where);
    ASSERT(n < sizeof line, "%zu bytes", n);
    n += (size_t)vsnprintf(line + n, sizeof line - n, format, args);
    if (n < sizeof line && why)
        snprintf(line + n, sizeof line - n, ": %s", why);
    if (append_line(e, line) < 0)
        e->hidden++;

    return -1;
}

int err_add(struct err *e, enum err_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err_add_line(e, kind, "", format, args, NULL);
    va_end(args);
    return -1;
}

int err_at(struct err *e, enum err_kind kind, const char *file, int line, int column, const char *format, ...)
{
    char where[1024];
    va_list args;
    int n = snprintf(where, sizeof where, "%s:", file);

    if (line > 0 && n < (int)sizeof where)
        n += snprintf(where + n, sizeof where - (size_t)n, "%d:", line);
    if (line > 0 && column > 0 && n < (int)sizeof where)
        n += snprintf(where + n, sizeof where - (size_t)n, "%d:", column);
    if (n < (int)sizeof where)
        snprintf(where + n, sizeof where - (size_t)n, " ");

    va_start(args, format);
    err_add_line(e, kind, where, format, args, NULL);
    va_end(args);
    return -1;
}

int err_errno(struct err *e, const char *format, ...)
{
    const char *why = strerror(errno);
    va_list args;
    va_start(args, format);
    err_add_line(e, ERR_IO, "", format, args, why);
    va_end(args);
    return -1;
}

static bool err_has_line(const struct err *e, const char *line, size_t length)
{
    for (const char *at = e->text; *at; at = strchr(at, '\n') + 1)
        if (strncmp(at, line, length) == 0)
            return true;
    return false;
}

void err_merge(struct err *to, const struct err *from)
{
    for (const char *line = from->text; *line;) {
        size_t length = (size_t)(strchr(line, '\n') - line) + 1;
        if (!err_has_line(to, line, length))
            err_add(to, from->kind, "%.*s", (int)length - 1, line);
        line += length;
    }
    to->count += from->hidden;
    to->hidden += from->hidden;
}

static void err_print_lines(const struct err *e, const char *before)
{
    const char *line = e->text;
    for (int i = 0; i < e->count - e->hidden; i++) {
        const char *end = strchr(line, '\n');
        ASSERT(end, "%s", line);
        fprintf(stderr, "%s%.*s\n", before, (int)(end - line), line);
        line = end + 1;
    }
    if (e->hidden)
        fprintf(stderr, "%sand %d more\n", before, e->hidden);
}

int err_print(const struct err *e)
{
    err_print_lines(e, "hourglass: ");
    return (int)e->kind;
}

void err_print_warnings(const struct err *warnings)
{
    err_print_lines(warnings, "hourglass: warning: ");
}

void err_bug(const char *file, int line, const char *condition, const char *format, ...)
{
    fprintf(stderr, "hourglass: bug: %s:%d: %s does not hold", file, line, condition);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    if (err_abort_hook)
        err_abort_hook();
    abort();
}

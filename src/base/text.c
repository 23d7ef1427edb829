// Strings for people: every number and name that the program prints is formatted here.
#include "base/text.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Makes space for n more bytes and a NUL.
static void text_reserve(struct text *t, size_t n)
{
    if (t->length + n + 1 > t->room) {
        t->room = 2 * (t->length + n + 1);
        t->data = mem_grow(t->data, t->room, 1);
    }
    ASSERT(t->data && t->length < t->room, "length %zu of %zu", t->length, t->room);
}

void text_add(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);

    int n = vsnprintf(NULL, 0, format, args);
    ASSERT(n >= 0, "format %s", format);
    text_reserve(t, (size_t)n);
    vsnprintf(t->data + t->length, (size_t)n + 1, format, again);
    t->length += (size_t)n;
    va_end(args);
    va_end(again);
}

void text_add_bytes(struct text *t, const char *bytes, size_t n)
{
    text_reserve(t, n);
    memcpy(t->data + t->length, bytes, n);
    t->length += n;
    t->data[t->length] = 0;
}

void text_add_visible(struct text *t, const char *text, size_t n)
{
    char *copy = mem_format("%.*s", (int)n, text); // utf8_show needs the NUL at its end
    text_reserve(t, strlen(copy) * 4 + UTF8_SHOWN_MOST);
    for (const char *at = copy; *at;)
        t->length += utf8_show(t->data + t->length, &at);
    ASSERT(t->length < t->room, "length %zu of %zu", t->length, t->room);
    t->data[t->length] = 0;
    free(copy);
}

char *text_visible(const char *text)
{
    struct text t = {0};
    text_add_visible(&t, text, strlen(text));
    return t.data;
}

char *text_message(const char *format, va_list args)
{
    static const char end[] = "\1\2\1"; // marks the line feeds of the format while the arguments are inserted
    struct text marked = {0}, shown = {0};

    text_add(&marked, "%s", "");
    for (const char *at = format; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        size_t n = strcspn(at, "\n");
        text_add(&marked, "%.*s%s", (int)n, at, at[n] ? end : "");
    }
    char *line = mem_format_list(marked.data, args);

    text_add(&shown, "%s", "");
    for (const char *at = line; *at;) {
        const char *next = strstr(at, end);
        size_t n = next ? (size_t)(next - at) : strlen(at);
        for (size_t k; n > 0; at += k, n -= k) {
            k = strcspn(at, "\n") < n ? strcspn(at, "\n") : n;
            text_add_visible(&shown, at, k);
            if (k < n)
                text_add(&shown, "\\x0a"), k++;
        }
        if (next)
            text_add(&shown, "\n"), at += strlen(end);
    }
    free(line);
    text_free(&marked);
    return shown.data;
}

void text_free(struct text *t)
{
    free(t->data);
    *t = (struct text){0};
}

void text_add_json(struct text *t, const char *text)
{
    text_add(t, text ? "\"" : "null");
    for (; text && *text; text++)
        if ((unsigned char)*text < ' ')
            text_add(t, "\\u%04x", *text);
        else
            text_add(t, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    text_add(t, text ? "\"" : "");
}

const char *text_plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static int least_of_three(int a, int b, int c)
{
    int m = a < b ? a : b;
    return m < c ? m : c;
}

enum { NEAR_LENGTH_MAX = 63 }; // most bytes of a word that is compared

// Returns the edit distance (Levenshtein), with one row of the table. A word of more than NEAR_LENGTH_MAX bytes is far
// from all others. O(|a| |b|).
static int edit_distance(const char *a, const char *b)
{
    int row[NEAR_LENGTH_MAX + 1];
    int n = (int)strnlen(a, NEAR_LENGTH_MAX + 1);
    int m = (int)strnlen(b, NEAR_LENGTH_MAX + 1);

    if (n > NEAR_LENGTH_MAX || m > NEAR_LENGTH_MAX)
        return INT_MAX;

    for (int j = 0; j <= m; j++)
        row[j] = j;
    for (int i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            int above = row[j];
            row[j] = least_of_three(row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }

    return row[m];
}

const char *text_nearest(const char *word, const char *const *words, int n)
{
    const char *best = NULL;

    ASSERT(word && n >= 0, "%d", n);
    int limit = (int)strlen(word) / 3 + 1;
    for (int i = 0; i < n; i++) {
        int d = edit_distance(word, words[i]);
        if (d <= limit) {
            limit = d - 1;
            best = words[i];
        }
    }
    return best;
}

char *text_did_you_mean(char out[DID_YOU_MEAN_ROOM], const char *word, const char *const *words, int n)
{
    const char *near = text_nearest(word, words, n);
    int length = near ? snprintf(out, DID_YOU_MEAN_ROOM, "; did you mean '%s'?", near) : 0;

    ASSERT(length < DID_YOU_MEAN_ROOM, "%d bytes", length);
    out[length] = 0;
    return out;
}

char *text_bytes(char out[16], double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    int u = 0;
    for (; bytes >= 999.5 && u < 5; u++)
        bytes /= 1000;
    ASSERT(u >= 0 && u < (int)(sizeof units / sizeof *units), "%d", u);
    snprintf(out, 16, u && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[u]);
    return out;
}

char *text_percent(char out[24], double share)
{
    const double few = 0.00995; // digits after the point only below 1 %

    snprintf(out, 24, share > 0 && share < few ? "%.2g %%" : "%.0f %%", 100 * share);
    return out;
}

char *text_seconds(char out[48], double seconds)
{
    long s = (long)(seconds + 0.5);
    if (seconds < 9.95)
        snprintf(out, 48, "%.1f s", seconds);
    else if (s < 60)
        snprintf(out, 48, "%ld s", s);
    else if (s < 3600)
        snprintf(out, 48, "%ld min %02ld s", s / 60, s % 60);
    else
        snprintf(out, 48, "%ld h %02ld min", s / 3600, s / 60 % 60);
    return out;
}

// Returns the number of digits at which the search for the shortest decimal can begin. If 15 digits do not read back as
// the same double, fewer do not either, because no decimal of fewer digits is nearer. Powers of two are the exception:
// the doubles below them are nearer than those above.
static int least_digits(double value)
{
    enum { MANY = 15 };
    char text[32];
    int exponent;

    if (fabs(frexp(value, &exponent)) == 0.5)
        return 1;
    snprintf(text, sizeof text, "%.*g", MANY, value);
    return strtod(text, NULL) == value ? 1 : MANY + 1;
}

char *text_number(char out[32], double value)
{
    if (fabs(value) < 1e15 && value == floor(value)) { // 100, not 1e+02
        snprintf(out, 32, "%.0f", value);
        return out;
    }
    for (int digits = least_digits(value); digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return out;
}

// Does the same as strtod. Sets *is_beyond to true if no double holds the number: it is too large, or so small that it
// becomes 0.
static double read_double(const char *text, char **end, bool *is_beyond)
{
    errno = 0;
    double value = strtod(text, end);
    *is_beyond = errno == ERANGE && (value == 0 || isinf(value));
    return value;
}

int text_to_double(const char *text, double *value)
{
    char *end;
    bool is_beyond;
    *value = read_double(text, &end, &is_beyond);
    return end == text || *end || is_beyond || isspace((unsigned char)*text) ? -1 : 0;
}

bool text_is_beyond_double(const char *text)
{
    char *end;
    bool is_beyond;
    read_double(text, &end, &is_beyond);
    return is_beyond && !*end;
}

int text_to_int64(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return end == text || *end || errno || isspace((unsigned char)*text) ? -1 : 0;
}

char *text_quote(char out[QUOTE_ROOM], const char *text, size_t n)
{
    const size_t most = QUOTE_ROOM - 4; // "..." and a NUL
    size_t length = n < most ? n : most;
    while (length < n && length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--; // do not cut a character of UTF-8
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
    ASSERT(length + 4 <= QUOTE_ROOM, "%zu", length);
    strcpy(out + length, length < n ? "..." : "");
    return out;
}

// Appends numbers and strings to a line. printf needs more time for a number than a small model needs for a row, so
// numbers are written by functions of our own.
#include "apply/line_text.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Returns space for n more bytes at the end of the text.
static char *line_room(struct line_text *t, size_t n)
{
    if (t->n + n > t->room) {
        t->room = 2 * t->room + n + 256;
        t->data = mem_grow(t->data, t->room, 1);
    }
    return t->data + t->n;
}

void line_bytes(struct line_text *t, const char *text, size_t n)
{
    if (n)
        memcpy(line_room(t, n), text, n);
    t->n += n;
}

void line_string(struct line_text *t, const char *text)
{
    line_bytes(t, text, strlen(text));
}

void line_free(struct line_text *t)
{
    free(t->data);
    *t = (struct line_text){0};
}

// Writes the digits of a number so that the last one is just before `end`. Returns the first digit.
static char *digits_before(char *end, uint64_t value)
{
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    return end;
}

void line_integer(struct line_text *t, int64_t value)
{
    char digits[24], *end = digits + sizeof digits;
    char *begin = digits_before(end, value < 0 ? -(uint64_t)value : (uint64_t)value);
    if (value < 0)
        *--begin = '-';
    line_bytes(t, begin, (size_t)(end - begin));
}

// --- floats

static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { FLOAT_DIGITS = 9, SURE_DIGITS = 6, ZEROS_MAX = 4 };

// A decimal number with the value digits / 10^scale.
struct decimal_digits {
    uint64_t digits;
    int scale;
};

// Returns the exponent of ten of the first digit of v, such as 2 for 345. v = fraction * 2^exponent is between 1e-10
// and 1e10.
static int decimal_order(double v, int exponent)
{
    static const double log10_of_2 = 0.30102999566398119521;
    double least = (exponent - 1) * log10_of_2; // log10 of 2^(exponent - 1), which is not above v
    int order = (int)least - (least < 0);
    double next = order >= -1 ? powers[order + 1] : 1 / powers[-order - 1];

    ASSERT(order >= -11 && order <= 10, "%g", v);
    return order + (v >= next);
}

// Finds the shortest decimal that reads back as the float `v`, which is between 1e-10 and 1e10. All steps are exact
// enough: a float has 24 bits, and its products with powers up to 1e22 are rounded to 53 bits. A candidate is accepted
// only if it is clearly nearer to v than half the distance to the next float. The search begins at SURE_DIGITS digits.
// Decimals with so few digits are much farther apart than floats. So if fewer digits are enough, the search finds them,
// with zeros as the last digits, and the zeros are removed.
static struct decimal_digits shortest_digits(double v)
{
    int exponent;
    double fraction = frexp(v, &exponent);
    double half = ldexp(fraction == 0.5 ? 0.25 : 0.5, exponent - 24) * 0.99; // floats are closer below a power of two
    int order = decimal_order(v, exponent);
    struct decimal_digits d = {0};

    for (int digits = SURE_DIGITS; digits <= FLOAT_DIGITS; digits++) {
        d.scale = digits - 1 - order;
        ASSERT(d.scale > -23 && d.scale < 23, "%g", v);
        double scaled = d.scale >= 0 ? v * powers[d.scale] : v / powers[-d.scale];
        d.digits = (uint64_t)(scaled + 0.5);
        double back = (double)d.digits;
        back = d.scale >= 0 ? back / powers[d.scale] : back * powers[-d.scale];
        if (fabs(back - v) < half)
            break;
    }
    while (d.digits % 10 == 0 && d.scale > 0) {
        d.digits /= 10;
        d.scale--;
    }
    return d;
}

// Writes a decimal as "12.5", "0.004", "1200" or "1.2e-07". Returns the end of the text.
static char *write_decimal(char *out, struct decimal_digits d)
{
    char digits[24], *end = digits + sizeof digits;
    char *begin = digits_before(end, d.digits);
    int n = (int)(end - begin);
    int zeros = d.scale - n; // zeros between the point and the first digit

    if (zeros > ZEROS_MAX) {
        *out++ = *begin;
        if (n > 1)
            *out++ = '.';
        memcpy(out, begin + 1, (size_t)n - 1);
        return out + n - 1 + sprintf(out + n - 1, "e-%02d", zeros + 1);
    }
    if (zeros >= 0) {
        memcpy(out, "0.0000000", (size_t)zeros + 2);
        memcpy(out + zeros + 2, begin, (size_t)n);
        return out + zeros + 2 + n;
    }

    int whole = n - d.scale;
    memcpy(out, begin, (size_t)(whole < n ? whole : n));
    if (d.scale <= 0) {
        memset(out + n, '0', (size_t)-d.scale);
        return out + n - d.scale;
    }
    out[whole] = '.';
    memcpy(out + whole + 1, begin + whole, (size_t)d.scale);
    return out + n + 1;
}

void line_float(struct line_text *t, float value, const char *infinity)
{
    enum { ROOM = 48 };
    double v = fabs((double)value);

    if (isnan(v))
        return;
    char *begin = line_room(t, ROOM), *out = begin;
    if (value < 0)
        *out++ = '-';

    if (isinf(v))
        out += snprintf(out, ROOM - 1, "%s", infinity);
    else if (v == 0)
        *out++ = '0';
    else if (v >= 1e-10 && v < 1e10)
        out = write_decimal(out, shortest_digits(v));
    else
        for (int digits = 6; digits <= FLOAT_DIGITS; digits++) {
            int n = snprintf(out, ROOM - 1, "%.*g", digits, v);
            if (digits == FLOAT_DIGITS || strtof(out, NULL) == (float)v) {
                out += n;
                break;
            }
        }
    t->n += (size_t)(out - begin);
}

// --- strings

void line_csv_field(struct line_text *t, const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] != ',' && text[i] != '"' && text[i] != '\n' && text[i] != '\r')
        i++;
    if (i == n) {
        line_bytes(t, text, n);
        return;
    }

    line_bytes(t, "\"", 1);
    for (i = 0; i < n; i++) {
        if (text[i] == '"')
            line_bytes(t, "\"", 1);
        line_bytes(t, text + i, 1);
    }
    line_bytes(t, "\"", 1);
}

void line_json_string(struct line_text *t, const char *text, size_t n)
{
    bool is_utf8 = utf8_is_valid(text);

    ASSERT(text[n] == 0, "%zu bytes", n);
    line_bytes(t, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        char escaped[8];
        if (c < ' ')
            line_bytes(t, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", c));
        else if (c == '"' || c == '\\')
            line_bytes(t, c == '"' ? "\\\"" : "\\\\", 2);
        else
            line_bytes(t, c < 0x80 || is_utf8 ? text + i : "?", 1);
    }
    line_bytes(t, "\"", 1);
}

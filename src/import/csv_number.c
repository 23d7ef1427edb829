// Reads numbers. Most numbers have few digits, and two operations give their exact value: the fast path of Clinger
// 1990, "How to read floating point numbers accurately". strtod reads the others.
#include "import/csv_number.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct decimal {
    uint64_t digits; // the significant digits without the point
    int count;       // number of significant digits
    int exponent;    // the value is digits * 10^exponent
    bool is_negative;
};

// Reads digits, each of which adds `step` to the exponent. Returns where they end.
static const char *scan_digits(const char *at, struct decimal *d, int step)
{
    for (; *at >= '0' && *at <= '9'; at++) {
        d->digits = d->digits * 10 + (uint64_t)(*at - '0'); // overflows above 19 digits, and is not used then
        d->count += d->count > 0 || *at != '0';
        d->exponent += step;
    }
    return at;
}

// Reads the exponent after the "e" at `at`. Returns where it ends, or `at` if no digits follow.
static const char *scan_exponent(const char *at, struct decimal *d)
{
    bool is_negative = at[1] == '-';
    const char *digit = at + 1 + (at[1] == '-' || at[1] == '+');
    int exponent = 0;

    if (*digit < '0' || *digit > '9')
        return at;
    for (; *digit >= '0' && *digit <= '9'; digit++)
        exponent = exponent < 100000 ? exponent * 10 + (*digit - '0') : exponent;
    d->exponent += is_negative ? -exponent : exponent;
    return digit;
}

// Reads a decimal number. Returns false if text[0..n) is not one.
static bool scan_decimal(const char *text, size_t n, struct decimal *d)
{
    const char *at = text + (*text == '-' || *text == '+');

    d->is_negative = *text == '-';
    const char *whole = at;
    at = scan_digits(at, d, 0);
    bool has_digits = at > whole;
    if (*at == '.') {
        const char *fraction = at + 1;
        at = scan_digits(fraction, d, -1);
        has_digits |= at > fraction;
    }
    if (!has_digits)
        return false;
    if (*at == 'e' || *at == 'E')
        at = scan_exponent(at, d);
    return at == text + n;
}

bool csv_number(const char *text, size_t n, double *value)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
        1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct decimal d = {0};
    if (!scan_decimal(text, n, &d))
        return false;
    if (d.count > 19 || d.digits > 1ull << 53 || d.exponent < -22 || d.exponent > 22) {
        *value = strtod(text, NULL);
        return true;
    }
    ASSERT(d.exponent >= -22 && d.exponent <= 22, "exponent %d", d.exponent);
    double v = d.exponent < 0 ? (double)d.digits / powers[-d.exponent] : (double)d.digits * powers[d.exponent];
    *value = d.is_negative ? -v : v;

    return true;
}

// v := 10^zeros v + digit. Returns false if the result exceeds 64 bits.
static bool append_digit(uint64_t *v, int zeros, unsigned digit)
{
    for (; zeros > 0 && *v > 0; zeros--)
        if (__builtin_mul_overflow(*v, 10, v))
            return false;
    return !__builtin_add_overflow(*v, digit, v);
}

bool csv_integer(const char *text, size_t n, int64_t *value)
{
    struct decimal d = {0};
    uint64_t v = 0;
    int zeros = 0; // zeros at the end of the digits read so far

    if (!scan_decimal(text, n, &d))
        return false;
    for (const char *at = text; *at && *at != 'e' && *at != 'E'; at++) {
        if (*at == '0')
            zeros++;
        if (*at < '1' || *at > '9')
            continue;
        if (!append_digit(&v, zeros + 1, (unsigned)(*at - '0')))
            return false;
        zeros = 0;
    }

    if (v > 0 && (d.exponent + zeros < 0 || !append_digit(&v, d.exponent + zeros, 0)))
        return false;
    if (v > (uint64_t)INT64_MAX + d.is_negative)
        return false;

    *value = (int64_t)(d.is_negative ? -v : v);
    return true;
}

bool csv_number_comma(const char *text, size_t n, double *value)
{
    char copy[512];

    if (n >= sizeof copy || memchr(text, '.', n))
        return false;
    memcpy(copy, text, n);
    copy[n] = 0;
    char *comma = memchr(copy, ',', n);
    if (comma)
        *comma = '.';
    return csv_number(copy, n, value);
}

static bool read_field_number(const struct csv_missing *m, const char *text, size_t n, double *value)
{
    return m->has_decimal_comma ? csv_number_comma(text, n, value) : csv_number(text, n, value);
}

void csv_missing_read(struct csv_missing *m, const char *list, bool has_decimal_comma)
{
    *m = (struct csv_missing){.has_decimal_comma = has_decimal_comma};
    m->tokens = list_split(list ? list : "NA,NaN,nan,?,", &m->n);
    m->numbers = mem_new((size_t)m->n, sizeof *m->numbers);

    for (int i = 0; i < m->n; i++)
        if (csv_number(m->tokens[i], strlen(m->tokens[i]), &m->numbers[m->n_numbers]))
            m->n_numbers++;
    ASSERT(m->n_numbers <= m->n, "%d of %d tokens", m->n_numbers, m->n);
}

void csv_missing_free(struct csv_missing *m)
{
    list_free(m->tokens, m->n);
    free(m->numbers);
    *m = (struct csv_missing){0};
}

static bool is_missing_number(const struct csv_missing *m, double value)
{
    for (int i = 0; i < m->n_numbers; i++)
        if (m->numbers[i] == value)
            return true;
    return false;
}

static bool is_missing_text(const struct csv_missing *m, const char *text)
{
    for (int i = 0; i < m->n; i++)
        if (strcmp(m->tokens[i], text) == 0)
            return true;
    return false;
}

// Reads "inf" and "-Infinity", as other programs write infinite values.
static bool is_infinite(const char *text, size_t n, double *value)
{
    size_t sign = *text == '-' || *text == '+';
    const char *word = text + sign;
    if (strcasecmp(word, "inf") != 0 && strcasecmp(word, "infinity") != 0)
        return false;

    *value = *text == '-' ? -INFINITY : INFINITY;
    return strlen(text) == n;
}

enum csv_kind csv_field(const struct csv_missing *m, const char *text, size_t n, double *value)
{
    ASSERT(text[n] == 0, "a field of %zu bytes has no end", n);
    bool is_number = read_field_number(m, text, n, value) || is_infinite(text, n, value);
    if (is_number && !is_missing_number(m, *value))
        return CSV_NUMBER;
    if (!is_number && (strlen(text) != n || !is_missing_text(m, text)))
        return CSV_TEXT;

    *value = NAN;
    return CSV_MISSING;
}

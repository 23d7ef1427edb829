// The formulas inside ${...}: splits them into tokens, and computes them by recursive descent.
#include "spec/expression.h"

#include "base/err.h"
#include "base/text.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// --- numbers

struct number number_of_integer(int64_t value)
{
    return (struct number){true, value, (double)value};
}

static struct number number_of_real(double value)
{
    return (struct number){false, 0, value};
}

int number_read(const char *text, struct number *value)
{
    int64_t integer;
    double real;
    if (text_to_int64(text, &integer) == 0)
        *value = number_of_integer(integer);
    else if (text_to_double(text, &real) == 0 && isfinite(real))
        *value = number_of_real(real);
    else
        return -1;
    return 0;
}

char *number_write(char out[32], struct number value)
{
    if (!value.is_integer)
        return text_number(out, value.real);
    snprintf(out, 32, "%lld", (long long)value.integer);
    return out;
}

// --- tokens

static bool is_word_begin(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

static bool is_word_character(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && isdigit((unsigned char)*p))
        p++;
    return p;
}

// Returns the end of the number at p.
static const char *skip_number(const char *p, const char *end)
{
    p = skip_digits(p, end);
    if (p < end && *p == '.')
        p = skip_digits(p + 1, end);
    if (p < end && (*p == 'e' || *p == 'E')) {
        const char *exponent = p + 1 < end && (p[1] == '+' || p[1] == '-') ? p + 2 : p + 1;
        if (exponent < end && isdigit((unsigned char)*exponent))
            p = skip_digits(exponent, end);
    }
    return p;
}

// Returns the end of the name at p. A '-' belongs to the name if a letter, digit or '_' follows directly.
static const char *skip_name(const char *p, const char *end)
{
    while (p < end && (is_word_character(*p) || (*p == '-' && p + 1 < end && is_word_character(p[1]))))
        p++;
    return p;
}

struct token token_next(const char **p, const char *end)
{
    while (*p < end && isspace((unsigned char)**p))
        ++*p;

    const char *begin = *p;
    const char *stop = begin;
    enum token_kind kind = TOKEN_END;
    bool is_fraction = begin + 1 < end && *begin == '.' && isdigit((unsigned char)begin[1]);

    if (begin == end) {
        kind = TOKEN_END;
    } else if (is_fraction || isdigit((unsigned char)*begin)) {
        stop = skip_number(begin, end);
        kind = stop < end && is_word_begin(*stop) ? TOKEN_BAD : TOKEN_NUMBER;
    } else if (is_word_begin(*begin)) {
        stop = skip_name(begin, end);
        kind = TOKEN_NAME;
    } else {
        bool is_double = *begin == '/' && begin + 1 < end && begin[1] == '/';
        stop = begin + (is_double ? 2 : 1);
        kind = *begin && strchr("+-*/%(),", *begin) ? TOKEN_SIGN : TOKEN_BAD;
    }

    *p = stop;
    return (struct token){kind, begin, (int)(stop - begin)};
}

bool token_is(const struct token *t, const char *text)
{
    return (size_t)t->length == strlen(text) && strncmp(t->begin, text, (size_t)t->length) == 0;
}

bool token_is_function(const struct token *t, const char *p, const char *end)
{
    struct token next = token_next(&p, end);
    return t->kind == TOKEN_NAME && token_is(&next, "(");
}

// --- uses

static bool is_plain_name(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_word_character(text[i]) && text[i] != '-')
            return false;
    return n > 0 && *text != '-';
}

bool use_find(const char *text, struct use *u)
{
    const char *begin = strstr(text, "${");
    if (!begin)
        return false;

    const char *inside = begin + 2;
    const char *close = strchr(inside, '}');
    *u = (struct use){.begin = begin, .length = 2, .inside = inside, .is_closed = close != NULL};
    if (!close)
        return true;

    u->length = (size_t)(close + 1 - begin);
    while (inside < close && isspace((unsigned char)*inside))
        inside++;
    while (close > inside && isspace((unsigned char)close[-1]))
        close--;
    u->inside = inside;
    u->inside_length = (size_t)(close - inside);
    u->is_name = is_plain_name(inside, u->inside_length);

    return true;
}

// --- computing

struct expression {
    const char *p, *end;
    struct token token; // the token to be read next
    int nesting;
    expression_lookup lookup;
    const void *context;
    char *why; // (EXPRESSION_WHY); "": no mistake so far
};

static void expression_advance(struct expression *x)
{
    x->token = token_next(&x->p, x->end);
}

// If the next token is `sign`, moves past it and returns true.
static bool expression_take(struct expression *x, const char *sign)
{
    if (x->token.kind != TOKEN_SIGN || !token_is(&x->token, sign))
        return false;
    expression_advance(x);
    return true;
}

// Stores the reason, unless there is one already. Returns 0, so that the caller has a value.
static struct number refuse_formula(struct expression *x, const char *reason)
{
    if (!*x->why)
        snprintf(x->why, EXPRESSION_WHY, "%s", reason);
    return number_of_integer(0);
}

static struct number refuse_token(struct expression *x, const char *allowed)
{
    char reason[EXPRESSION_WHY];
    if (x->token.kind == TOKEN_END)
        snprintf(reason, sizeof reason, "it ends where %s is expected", allowed);
    else
        snprintf(reason, sizeof reason, "found '%.*s' where %s is expected",
            x->token.length > 40 ? 40 : x->token.length, x->token.begin, allowed);
    return refuse_formula(x, reason);
}

// Returns a number, or refuses the formula if the value is not finite.
static struct number finish_real(struct expression *x, double value)
{
    return isfinite(value) ? number_of_real(value) : refuse_formula(x, "the result is too large");
}

static int64_t floor_quotient(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

static struct number compute_integer(struct expression *x, const char *sign, int64_t a, int64_t b)
{
    int64_t r = 0;
    bool is_too_large = false;

    if (*sign == '+')
        is_too_large = __builtin_add_overflow(a, b, &r);
    else if (*sign == '-')
        is_too_large = __builtin_sub_overflow(a, b, &r);
    else if (*sign == '*')
        is_too_large = __builtin_mul_overflow(a, b, &r);
    else if (b == -1) // the least integer divided by -1 does not fit
        is_too_large = *sign != '%' && __builtin_sub_overflow(0, a, &r);
    else if (*sign == '%')
        r = a - floor_quotient(a, b) * b;
    else if (sign[1] == '/' || a % b == 0)
        r = floor_quotient(a, b);
    else
        return finish_real(x, (double)a / (double)b);

    return is_too_large ? refuse_formula(x, "the result does not fit into 64 bits") : number_of_integer(r);
}

static struct number compute_real(struct expression *x, const char *sign, double a, double b)
{
    if (*sign == '+')
        return finish_real(x, a + b);
    if (*sign == '-')
        return finish_real(x, a - b);
    if (*sign == '*')
        return finish_real(x, a * b);
    if (*sign == '%')
        return finish_real(x, a - floor(a / b) * b);
    return finish_real(x, sign[1] == '/' ? floor(a / b) : a / b);
}

// Computes a SIGN b. Without `lookup` only the form is checked: names have no values then, so a division by 0 is not a
// mistake.
static struct number compute_sign(struct expression *x, const char *sign, struct number a, struct number b)
{
    bool divides = *sign == '/' || *sign == '%';
    if (!x->lookup)
        return number_of_integer(1);
    if (divides && (b.is_integer ? b.integer == 0 : !(b.real < 0 || b.real > 0)))
        return refuse_formula(x, "division by 0");
    if (a.is_integer && b.is_integer)
        return compute_integer(x, sign, a.integer, b.integer);
    return compute_real(x, sign, a.real, b.real);
}

static struct number read_sum(struct expression *x);

static bool number_is_less(struct number a, struct number b)
{
    return a.is_integer && b.is_integer ? a.integer < b.integer : a.real < b.real;
}

static struct number read_function(struct expression *x, const struct token *name)
{
    bool is_min = token_is(name, "min");
    if (!is_min && !token_is(name, "max")) {
        char reason[EXPRESSION_WHY];
        snprintf(reason, sizeof reason, "no function '%.*s', allowed: min, max", name->length > 40 ? 40 : name->length,
            name->begin);
        return refuse_formula(x, reason);
    }

    struct number best = read_sum(x);
    while (expression_take(x, ",")) {
        struct number next = read_sum(x);
        if (is_min ? number_is_less(next, best) : number_is_less(best, next))
            best = next;
    }
    return expression_take(x, ")") ? best : refuse_token(x, "',' or ')'");
}

static struct number read_name(struct expression *x)
{
    struct token name = x->token;
    struct number value = number_of_integer(1);

    expression_advance(x);
    if (expression_take(x, "("))
        return read_function(x, &name);
    if (x->lookup && !*x->why)
        x->lookup(x->context, name.begin, name.length, &value, x->why);
    return value;
}

static struct number read_number_token(struct expression *x)
{
    char text[64];
    struct number value;

    snprintf(text, sizeof text, "%.*s", x->token.length, x->token.begin);
    if (x->token.length >= (int)sizeof text || number_read(text, &value) != 0)
        return refuse_token(x, "a number that double precision can hold");
    expression_advance(x);
    return value;
}

static struct number read_bracket(struct expression *x)
{
    struct number value = read_sum(x);
    return expression_take(x, ")") ? value : refuse_token(x, "an operator or ')'");
}

static struct number read_operand(struct expression *x)
{
    struct number value = number_of_integer(0);

    if (*x->why)
        return value;
    if (++x->nesting > SPEC_MAX_NESTING)
        return refuse_formula(x, "more than 64 levels of brackets and signs");

    if (expression_take(x, "-"))
        value = compute_sign(x, "-", value, read_operand(x));
    else if (expression_take(x, "("))
        value = read_bracket(x);
    else if (x->token.kind == TOKEN_NAME)
        value = read_name(x);
    else if (x->token.kind == TOKEN_NUMBER)
        value = read_number_token(x);
    else
        value = refuse_token(x, "a number, a name, '-' or '('");

    x->nesting--;
    return value;
}

// If the next token is one of `signs`, moves past it and returns it, else NULL.
static const char *take_operator(struct expression *x, const char *const *signs)
{
    for (int i = 0; signs[i]; i++)
        if (expression_take(x, signs[i]))
            return signs[i];
    return NULL;
}

static struct number read_product(struct expression *x)
{
    static const char *const signs[] = {"*", "//", "/", "%", NULL};
    const char *sign;
    struct number value = read_operand(x);
    while (!*x->why && (sign = take_operator(x, signs)))
        value = compute_sign(x, sign, value, read_operand(x));
    return value;
}

static struct number read_sum(struct expression *x)
{
    static const char *const signs[] = {"+", "-", NULL};
    const char *sign;
    struct number value = read_product(x);
    while (!*x->why && (sign = take_operator(x, signs)))
        value = compute_sign(x, sign, value, read_product(x));
    return value;
}

int expression_evaluate(const char *text, size_t n, expression_lookup lookup, const void *context, struct number *value,
    char why[EXPRESSION_WHY])
{
    struct expression x = {.p = text, .end = text + n, .lookup = lookup, .context = context, .why = why};
    *why = 0;

    expression_advance(&x);
    *value = read_sum(&x);
    if (!*why && x.token.kind != TOKEN_END)
        refuse_token(&x, "an operator");
    ASSERT(x.p <= x.end, "%td behind the end", x.p - x.end);

    return *why ? -1 : 0;
}

// The formulas inside ${...}: arithmetic over numbers and names.
//
//     sum     = product { ("+" | "-") product }
//     product = factor { ("*" | "/" | "//" | "%") factor }
//     factor  = "-" factor | "(" sum ")" | ("min" | "max") "(" sum { "," sum } ")" | number | name
//
// Operators have the meaning that they have in Python, with one exception: the quotient a / b of two integers is an
// integer if the remainder is 0. Integers have 64 bits; a result that does not fit is an error.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPEC_MAX_NESTING = 64, EXPRESSION_WHY = 256 };

struct number {
    bool is_integer;
    int64_t integer;
    double real; // set for integers, too
};
struct number number_of_integer(int64_t value);
// Reads a number in any spelling that YAML allows. Returns -1 if `text` is not a number.
int number_read(const char *text, struct number *value);
// Writes a number as a spec shows it. Returns out.
char *number_write(char out[32], struct number value);

// One word or sign of a formula.
enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_NAME, TOKEN_SIGN, TOKEN_BAD };
struct token {
    enum token_kind kind;
    const char *begin; // borrowed from the formula
    int length;
};
// Returns the token that begins at *p or later, before `end`, and moves *p past it.
struct token token_next(const char **p, const char *end);
bool token_is(const struct token *t, const char *text);
// Returns true if a token is the name of a function: a name that is followed by "(". `p` is the end of the token.
bool token_is_function(const struct token *t, const char *p, const char *end);

// A "${...}" in a string.
struct use {
    const char *begin;  // the "$"
    size_t length;      // including "}"
    const char *inside; // the formula, without blanks at its ends
    size_t inside_length;
    bool is_closed; // "}" was found; if not, the use is only "${"
    bool is_name;   // the formula is only a name: letters, digits, '_' and, except at the start, '-'
};
// Finds the first use that begins at `text` or later. Returns false if there is none.
bool use_find(const char *text, struct use *u);

// Finds the value of a name. Returns 0, or -1 and the reason in `why`.
typedef int (*expression_lookup)(
    const void *context, const char *name, int length, struct number *value, char why[EXPRESSION_WHY]);
// Computes the formula text[0..n). Returns -1 and the reason in `why` if the formula is not well-formed or has no
// value. If `lookup` is NULL, checks only the form.
int expression_evaluate(const char *text, size_t n, expression_lookup lookup, const void *context, struct number *value,
    char why[EXPRESSION_WHY]);

// The formulas inside ${...}: arithmetic over numbers and names.
//
//     sum     = product { ("+" | "-") product }
//     product = factor { ("*" | "/" | "//" | "%") factor }
//     factor  = "-" factor | "(" sum ")" | ("min" | "max") "(" sum { "," sum } ")" | number | name
//
// Operators mean what they mean in Python, with one exception: the quotient a / b of two integers is an integer if the
// division leaves no rest. Integers have 64 bits; a result that does not fit is an error.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPEC_MAX_NESTING = 64, EXPRESSION_WHY = 256 };

struct number {
    bool is_integer;
    int64_t integer;
    double real; // also of an integer
};
struct number number_of_integer(int64_t value);
// Reads a number in any spelling that YAML allows. Returns -1 if `text` is none.
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
// Returns the token at or behind *p, before `end`, and moves *p behind it.
struct token token_next(const char **p, const char *end);
bool token_is(const struct token *t, const char *text);
// Returns true if a name is that of a function, because a bracket opens behind it at `p`.
bool token_is_function(const struct token *t, const char *p, const char *end);

// A "${...}" in a string.
struct use {
    const char *begin;  // of "${"
    size_t length;      // up to and with "}"
    const char *inside; // without the blanks at its ends
    size_t inside_length;
    bool is_closed; // whether "}" was found; if not, it ends with "${"
    bool is_name;   // inside is only a name: letters, digits, '_' and, not as the first, '-'
};
// Finds the next use at or behind `text`. Returns false if there is none.
bool use_find(const char *text, struct use *u);

// Finds the value of a name. Returns 0, or -1 and the reason in `why`.
typedef int (*expression_lookup)(
    const void *context, const char *name, int length, struct number *value, char why[EXPRESSION_WHY]);
// Computes the formula text[0..n). Returns -1 and the reason in `why` if it is not well-formed or has no value. Without
// `lookup`, only its form is checked.
int expression_evaluate(const char *text, size_t n, expression_lookup lookup, const void *context, struct number *value,
    char why[EXPRESSION_WHY]);

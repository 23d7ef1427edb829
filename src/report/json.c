// Writes strings, numbers and brackets of JSON.
#include "report/json.h"

#include "base/err.h"
#include "base/text.h"
#include "base/utf8.h"
#include <math.h>
#include <stdlib.h>

// Returns true if the character must be escaped in a page, where "</script" and "<!--" have a meaning inside strings.
static bool is_markup(char c)
{
    return c == '<' || c == '>' || c == '&';
}

static void write_json_string(FILE *out, const char *text, bool is_in_page)
{
    fputc('"', out);

    while (*text) {
        const char *start = text;
        if ((unsigned char)*text < 0x20 || (is_in_page && is_markup(*text))) {
            fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text++);
        } else if (*text == '"' || *text == '\\') {
            fprintf(out, "\\%c", *text++);
        } else {
            bool is_good = utf8_next(&text) != '?' || *start == '?';
            if (is_good)
                fwrite(start, 1, (size_t)(text - start), out);
            else
                fputc('?', out);
        }
    }

    fputc('"', out);
}

// Writes the characters before a value: a comma, the indentation, the key.
static void json_begin_value(struct json *j, const char *key)
{
    ASSERT(j->depth > 0 || (!key && !j->has_value), "only one value may be outermost, without a key");
    if (j->has_value)
        fputc(',', j->out);
    if (j->depth > 0 && !j->is_in_page)
        fprintf(j->out, "\n%*s", 2 * j->depth, "");

    if (key) {
        write_json_string(j->out, key, j->is_in_page);
        fputs(j->is_in_page ? ":" : ": ", j->out);
    }
    j->has_value = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
    ASSERT(bracket == '{' || bracket == '[', "'%c'", bracket);
    json_begin_value(j, key);
    fputc(bracket, j->out);
    j->depth++;
    j->has_value = false;
}

void json_close(struct json *j, char bracket)
{
    ASSERT(j->depth > 0 && (bracket == '}' || bracket == ']'), "'%c' at depth %d", bracket, j->depth);
    j->depth--;
    if (j->has_value && !j->is_in_page)
        fprintf(j->out, "\n%*s", 2 * j->depth, "");
    fputc(bracket, j->out);
    if (j->depth == 0)
        fputc('\n', j->out);
    j->has_value = true;
}

void json_text(struct json *j, const char *key, const char *value)
{
    json_begin_value(j, key);
    if (value)
        write_json_string(j->out, value, j->is_in_page);
    else
        fputs("null", j->out);
}

void json_number(struct json *j, const char *key, double value)
{
    char number[32];
    json_begin_value(j, key);
    fputs(isfinite(value) ? text_number(number, value) : "null", j->out);
}

void json_rounded(struct json *j, const char *key, double value)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%.5g", value);
    json_number(j, key, strtod(digits, NULL));
}

void json_rounded_list(struct json *j, const char *key, const double *value, int n)
{
    json_open(j, key, '[');
    for (int i = 0; i < n; i++)
        json_rounded(j, NULL, value[i]);
    json_close(j, ']');
}

void json_bool(struct json *j, const char *key, bool value)
{
    json_begin_value(j, key);
    fputs(value ? "true" : "false", j->out);
}

// JSON (RFC 8259) as it is written; bytes that are not UTF-8 become '?'.
#include "report/json.h"

#include "base/text.h"
#include "base/utf8.h"
#include <math.h>

static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text) {
        const char *start = text;
        if ((unsigned char)*text < 0x20) {
            fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text++);
        } else if (*text == '"' || *text == '\\') {
            fprintf(out, "\\%c", *text++);
        } else {
            bool is_good = utf8_next(&text) != '?' || *start == '?';
            fwrite(is_good ? start : "?", 1, is_good ? (size_t)(text - start) : 1, out);
        }
    }
    fputc('"', out);
}

static void begin(struct json *j, const char *key)
{
    if (j->has_value)
        fputc(',', j->out);
    if (j->depth > 0)
        fprintf(j->out, "\n%*s", 2 * j->depth, "");
    if (key) {
        put_string(j->out, key);
        fputs(": ", j->out);
    }
    j->has_value = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
    begin(j, key);
    fputc(bracket, j->out);
    j->depth++;
    j->has_value = false;
}

void json_close(struct json *j, char bracket)
{
    j->depth--;
    if (j->has_value)
        fprintf(j->out, "\n%*s", 2 * j->depth, "");
    fputc(bracket, j->out);
    if (j->depth == 0)
        fputc('\n', j->out);
    j->has_value = true;
}

void json_text(struct json *j, const char *key, const char *value)
{
    begin(j, key);
    if (value)
        put_string(j->out, value);
    else
        fputs("null", j->out);
}

void json_number(struct json *j, const char *key, double value)
{
    char number[32];
    begin(j, key);
    fputs(isfinite(value) ? text_number(number, value) : "null", j->out);
}

void json_bool(struct json *j, const char *key, bool value)
{
    begin(j, key);
    fputs(value ? "true" : "false", j->out);
}

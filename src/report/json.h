// JSON for machines: values one after the other, commas and indentation come by themselves.
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct json {
    FILE *out;
    int depth;
    bool has_value; // in the object or array that is open
};

// `key` NULL: an element of an array, or the whole.
void json_open(struct json *j, const char *key, char bracket);      // '{' or '['
void json_close(struct json *j, char bracket);                      // '}' or ']'
void json_text(struct json *j, const char *key, const char *value); // NULL: null
// The shortest digits that give the same double; null where it is not finite.
void json_number(struct json *j, const char *key, double value);
void json_bool(struct json *j, const char *key, bool value);

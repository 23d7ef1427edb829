// Strings: a growing buffer, numbers for people, and the nearest of several words.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A growing string. Zero it to start; `data` is NULL, or NUL-terminated once anything was added. Free with text_free.
struct text {
    char *data; // owned
    size_t length;
    size_t room; // capacity of data, in bytes
};
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Appends n bytes as they are, several times as fast as text_add.
void text_add_bytes(struct text *t, const char *bytes, size_t n);
void text_free(struct text *t);
// Appends a string as JSON writes it, in quotes; NULL becomes null.
void text_add_json(struct text *t, const char *text);
// Returns the ending of a plural: "" for 1, else "s".
const char *text_plural(int64_t n);

// Returns the word of words[0..n) with the least edit distance to `word`, or NULL if none is similar enough.
const char *text_nearest(const char *word, const char *const *words, int n);
// Writes "; did you mean 'good'?" with the nearest of words[0..n), or "" if none is similar enough. Returns out.
enum { DID_YOU_MEAN_ROOM = 96 };
char *text_did_you_mean(char out[DID_YOU_MEAN_ROOM], const char *word, const char *const *words, int n);

// Appends n bytes of a name or message from a file so that a terminal shows them and obeys none of them: control
// characters, marks that change the direction of writing and bytes that are not UTF-8 become \xNN. Line feeds and tabs
// stay.
void text_add_visible(struct text *t, const char *text, size_t n);
// Does the same as text_add_visible for a whole string, in new memory.
char *text_visible(const char *text);

// Formats a message as printf does, in new memory, and makes it fit for a terminal as text_visible does. Only line
// feeds of the format begin a line: one in an argument, such as a file's name, becomes \x0a.
char *text_message(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

// Makes a string from a file fit for a message: cuts it to a few words and shows control characters as '?'. Returns
// out.
enum { QUOTE_ROOM = 64 };
char *text_quote(char out[QUOTE_ROOM], const char *text, size_t n);

// text_bytes writes "4.2 MB", text_seconds writes "37 s" or "2 min 05 s". Both return out.
char *text_bytes(char out[16], double bytes);
// Writes a share in percent: "62 %", "0.42 %". NaN gives "nan %". Returns out.
char *text_percent(char out[24], double share);
char *text_seconds(char out[48], double seconds);
// Writes the shortest decimal that reads back as the same double: "0.1", "1e-07", "100". Returns out.
char *text_number(char out[32], double value);

// Both return 0 and the value if all of `text` is a number of their type, else -1. A number that the type cannot hold
// gives -1, too: for a double, one that is too large, or so small that it would become 0, such as 1e-400.
int text_to_double(const char *text, double *value);
int text_to_int64(const char *text, int64_t *value);
// Returns true if `text` is a number that no double can hold.
bool text_is_beyond_double(const char *text);

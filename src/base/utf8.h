// Characters of UTF-8 strings, and how many terminal cells each takes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Returns the character at *text and moves *text past it; *text must not be at the end of the string. Bytes that are
// not UTF-8, control characters and marks that change the direction of writing give '?', so that a user's string cannot
// move the cursor.
uint32_t utf8_next(const char **text);
// Returns true if every byte belongs to a complete sequence of UTF-8.
bool utf8_is_valid(const char *text);
// Writes a character to `out`, which has space for 4 bytes, and returns the number of bytes written. A number that is
// not a character becomes the byte 0xFF, which UTF-8 never contains.
size_t utf8_put(uint32_t character, char *out);

enum { UTF8_SHOWN_MOST = 16 }; // four bytes as \xNN
// Writes the character at *text to `out` so that a terminal shows it and does not obey it, and moves *text past it;
// *text must not be at the end of the string. Where utf8_next would return '?', the bytes become \xNN; line feeds and
// tabs stay. Returns the number of bytes written; no NUL follows them.
size_t utf8_show(char out[UTF8_SHOWN_MOST], const char **text);

// Returns 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
int utf8_character_width(uint32_t character);
// Returns the number of terminal cells that a string takes.
int utf8_width(const char *text);

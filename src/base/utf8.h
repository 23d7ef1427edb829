// Characters of UTF-8 strings, and how many terminal cells each takes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Returns the character at *text, which must not be at its end, and moves past it. Bytes that are not UTF-8, control
// characters and marks that change the direction of writing give '?', so that a user's string cannot move the cursor.
uint32_t utf8_next(const char **text);
// Returns true if every byte belongs to a complete sequence of UTF-8.
bool utf8_is_valid(const char *text);
// Writes a character to `out`, which has space for 4 bytes, and returns how many it takes. A number that is no
// character becomes the byte 0xFF, which no UTF-8 holds.
size_t utf8_put(uint32_t character, char *out);

enum { UTF8_SHOWN_MOST = 16 }; // four bytes as \xNN
// Writes the character at *text, which must not be at its end, to `out` so that a terminal shows it and obeys none of
// it, and moves past it. The bytes of what utf8_next refuses become \xNN; line feeds and tabs stay. Returns the number
// of bytes written; no NUL follows them.
size_t utf8_show(char out[UTF8_SHOWN_MOST], const char **text);

// Returns 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
int utf8_character_width(uint32_t character);
// Returns the number of cells that a string takes.
int utf8_width(const char *text);

// Hashes: XXH3 of xxHash, 64 bits for checksums of arrays, 128 bits for identities.
#pragma once

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *bytes, size_t length);
// Writes the identity of a string: 32 lower-case hexadecimal digits. Returns out.
char *hash_identity(char out[33], const char *text, size_t length);

// The checksum of an array that comes in pieces; it equals hash_bytes of the whole.
struct hash_stream;
struct hash_stream *hash_stream_new(void);
void hash_stream_add(struct hash_stream *s, const void *bytes, size_t length);
uint64_t hash_stream_value(const struct hash_stream *s);
void hash_stream_free(struct hash_stream **s);

// Calls xxHash. No other file includes its header.
#include "base/hash.h"

#include "base/err.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

struct hash_stream {
    XXH3_state_t *state;
};

uint64_t hash_bytes(const void *bytes, size_t length)
{
    return XXH3_64bits(bytes, length);
}

char *hash_identity(char out[33], const char *text, size_t length)
{
    XXH128_hash_t h = XXH3_128bits(text, length);

    snprintf(out, 33, "%016llx%016llx", (unsigned long long)h.high64, (unsigned long long)h.low64);
    return out;
}

struct hash_stream *hash_stream_new(void)
{
    struct hash_stream *s = mem_new(1, sizeof *s);

    s->state = XXH3_createState();
    ASSERT(s->state, "no state");
    XXH3_64bits_reset(s->state);
    return s;
}

void hash_stream_add(struct hash_stream *s, const void *bytes, size_t length)
{
    ASSERT(s && (bytes || length == 0), "%zu", length);
    XXH3_64bits_update(s->state, bytes, length);
}

uint64_t hash_stream_value(const struct hash_stream *s)
{
    return XXH3_64bits_digest(s->state);
}

void hash_stream_free(struct hash_stream **s)
{
    if (!*s)
        return;

    XXH3_freeState((*s)->state);
    free(*s);
    *s = NULL;
}

// Frees and hashes lists of strings. An array of strings is such a list in memory.
#include "store/store_impl.h"

#include "base/hash.h"
#include <stdlib.h>
#include <string.h>

void strings_free(char **strings, int64_t n)
{
    for (int64_t i = 0; strings && i < n; i++) {
        free(strings[i]);
        strings[i] = NULL;
    }
}

void strings_hash(struct hash_stream *hash, char *const *strings, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const char *string = strings[i] ? strings[i] : "";
        hash_stream_add(hash, string, strlen(string) + 1);
    }
}

// Fills in and checks the header of a journal's record.
#include "store/journal_impl.h"

#include "base/hash.h"
#include <stdio.h>
#include <string.h>

size_t journal_padded(uint64_t bytes)
{
    return (size_t)(bytes + 7) / 8 * 8;
}

void journal_head(char out[JOURNAL_HEAD_BYTES])
{
    const uint16_t one = 1;
    const bool is_little = *(const unsigned char *)&one == 1;

    memset(out, 0, JOURNAL_HEAD_BYTES);
    snprintf(out, JOURNAL_HEAD_BYTES, "Hourglass journal, version %d, %s-endian\n", JOURNAL_VERSION,
        is_little ? "little" : "big");
}

static uint64_t record_checksum(const struct journal_record *r)
{
    return hash_bytes(r, offsetof(struct journal_record, own));
}

void journal_record_set(struct journal_record *r, enum journal_kind kind, const void *bytes, size_t n, const char *id)
{
    ASSERT(strlen(id) < sizeof r->id, "%s is too long for an id", id);
    memset(r, 0, sizeof *r);
    memcpy(r->magic, JOURNAL_MAGIC, sizeof r->magic);
    r->version = JOURNAL_VERSION;
    r->kind = kind;
    r->bytes = n;
    r->checksum = hash_bytes(bytes, n);
    snprintf(r->id, sizeof r->id, "%s", id);
    r->own = record_checksum(r);
}

bool journal_record_is_good(const struct journal_record *r)
{
    return memcmp(r->magic, JOURNAL_MAGIC, sizeof r->magic) == 0 && r->own == record_checksum(r) &&
           r->id[sizeof r->id - 1] == 0 && (r->kind == JOURNAL_TRIAL || r->kind == JOURNAL_SHARED);
}

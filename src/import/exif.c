// Reads the orientation of a picture from EXIF data. These are a TIFF file without a picture: a header, and a directory
// whose entry 0x0112 is the orientation. We need only this entry, so we parse it here instead of using a library. Every
// offset is checked, because the data come from foreign files.
#include "import/exif.h"

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, HEADER_BYTES = 8, ENTRY_BYTES = 12, UPRIGHT = 1, LAST = 8 };

struct tiff {
    const unsigned char *bytes;
    size_t n;
    bool is_big_endian;
};

// Returns the number that is stored in `size` bytes at offset `at`. These bytes must be within the data.
static uint32_t tiff_number(const struct tiff *t, size_t at, int size)
{
    uint32_t value = 0;

    ASSERT(at + (size_t)size <= t->n, "%zu + %d of %zu", at, size, t->n);
    for (int i = 0; i < size; i++) {
        int byte = t->is_big_endian ? i : size - 1 - i;
        value = value << 8 | t->bytes[at + (size_t)byte];
    }
    return value;
}

static int entry_orientation(const struct tiff *t, size_t at)
{
    uint32_t value = tiff_number(t, at + 8, 2);
    bool is_short = tiff_number(t, at + 2, 2) == TYPE_SHORT && tiff_number(t, at + 4, 4) == 1;

    return is_short && value >= UPRIGHT && value <= LAST ? (int)value : UPRIGHT;
}

int exif_orientation(const unsigned char *tiff, size_t n)
{
    struct tiff t = {.bytes = tiff, .n = n};

    if (n < HEADER_BYTES)
        return UPRIGHT;
    t.is_big_endian = memcmp(tiff, "MM\0*", 4) == 0;
    if (!t.is_big_endian && memcmp(tiff, "II*\0", 4) != 0)
        return UPRIGHT;

    size_t at = tiff_number(&t, 4, 4);
    if (at > n - 2)
        return UPRIGHT;

    size_t entries = tiff_number(&t, at, 2);
    for (at += 2; entries > 0 && at + ENTRY_BYTES <= n; entries--, at += ENTRY_BYTES)
        if (tiff_number(&t, at, 2) == TAG_ORIENTATION)
            return entry_orientation(&t, at);
    return UPRIGHT;
}

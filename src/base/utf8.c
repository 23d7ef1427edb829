// UTF-8 by RFC 3629. The ranges of widths are coarser than the tables of Unicode, but exact for usual labels and names.
#include "base/utf8.h"

#include "base/err.h"
#include <string.h>

struct character_range {
    uint32_t first, last;
};
static const struct character_range unsafe[] = {
    {0x00, 0x1f}, {0x7f, 0x9f}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}, {0xd800, 0xdfff}, {0, 0}};
static const struct character_range zero_width[] = {{0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd}, {0x64b, 0x65f},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200d}, {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff}, {0, 0}};
static const struct character_range double_width[] = {{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf},
    {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd}, {0, 0}};

static bool is_in_ranges(uint32_t character, const struct character_range *ranges)
{
    for (const struct character_range *r = ranges; r->last; r++)
        if (character >= r->first && character <= r->last)
            return true;
    return false;
}

// Returns the length of the sequence that `lead` begins, or 0 if it begins none. Sets *bits to the bits of the
// character that `lead` holds.
static int sequence_length(unsigned char lead, uint32_t *bits)
{
    *bits = lead;
    if (lead < 0x80)
        return 1;
    *bits = lead & 0x1f;
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    *bits = lead & 0x0f;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    *bits = lead & 0x07;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

uint32_t utf8_next(const char **text)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000}; // the smallest character of each length
    const unsigned char *s = (const unsigned char *)*text;
    uint32_t character;
    int length = sequence_length(*s, &character);

    ASSERT(*s && length <= 4, "%d", length);
    for (int i = 1; i < length; i++) {
        if (s[i] >> 6 != 2) // also true for the NUL at the end
            length = 0;
        else
            character = character << 6 | (s[i] & 0x3f);
    }

    *text += length ? length : 1;
    if (!length || character < smallest[length] || character > 0x10ffff || is_in_ranges(character, unsafe))
        return '?';
    return character;
}

bool utf8_is_valid(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t ignored;

    while (*at) {
        int length = sequence_length(*at++, &ignored);
        if (length == 0)
            return false;
        for (; length > 1; length--)
            if (*at++ >> 6 != 2) // also true for the NUL at the end
                return false;
    }
    return true;
}

size_t utf8_put(uint32_t character, char *out)
{
    static const uint32_t limits[] = {0x80, 0x800, 0x10000, 0x110000};
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    size_t more = 0; // bytes that follow the first

    while (more < 4 && character >= limits[more])
        more++;
    if (more == 4) {
        out[0] = (char)0xff;
        return 1;
    }

    out[0] = (char)(leads[more] | character >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (character >> 6 * (more - i) & 0x3f));
    return more + 1;
}

size_t utf8_show(char out[UTF8_SHOWN_MOST], const char **text)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *begin = (const unsigned char *)*text;
    bool is_plain = *begin == '\n' || *begin == '\t' || *begin == '?';
    bool is_refused = utf8_next(text) == '?' && !is_plain;
    size_t length = (size_t)((const unsigned char *)*text - begin);
    size_t n = 0;

    if (!is_refused) {
        memcpy(out, begin, length);
        return length;
    }
    for (size_t i = 0; i < length; i++) {
        out[n++] = '\\';
        out[n++] = 'x';
        out[n++] = digits[begin[i] >> 4];
        out[n++] = digits[begin[i] & 15];
    }

    return n;
}

int utf8_character_width(uint32_t character)
{
    if (character < 0x300)
        return 1;
    if (is_in_ranges(character, zero_width))
        return 0;
    return is_in_ranges(character, double_width) ? 2 : 1;
}

int utf8_width(const char *text)
{
    int width = 0;
    while (*text)
        width += utf8_character_width(utf8_next(&text));
    return width;
}

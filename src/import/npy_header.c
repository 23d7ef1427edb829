// Parses the header of a .npy array: a magic number, a version, a length, and a Python dictionary with the keys descr,
// fortran_order and shape. The parser is strict: it refuses a dictionary that NumPy itself would not write. Source:
// numpy.lib.format.
#include "import/npy_header.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "import/byte_stream.h"
#include <ctype.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEADER = 65536 };

struct npy_parser {
    const char *at, *end;
    const char *name; // name of the file, for messages
    struct array_reader *array;
    struct err *e;
};

static const struct {
    const char *code; // type code after the byte order
    enum element type;
} types[] = {{"b1", ELEMENT_BOOL}, {"u1", ELEMENT_U1}, {"i1", ELEMENT_I1}, {"u2", ELEMENT_U2}, {"i2", ELEMENT_I2},
    {"u4", ELEMENT_U4}, {"i4", ELEMENT_I4}, {"u8", ELEMENT_U8}, {"i8", ELEMENT_I8}, {"f2", ELEMENT_F2},
    {"f4", ELEMENT_F4}, {"f8", ELEMENT_F8}};

static int refuse_header(struct npy_parser *p, const char *what)
{
    char found[QUOTE_ROOM];
    return err_add(p->e, ERR_DATA, "%s: damaged NumPy header: %s, found '%s'", p->name, what,
        text_quote(found, p->at, strlen(p->at)));
}

static void skip_space(struct npy_parser *p)
{
    ASSERT(p->at <= p->end, "%s: beyond the header", p->name);
    while (*p->at == ' ' || *p->at == '\n')
        p->at++;
}

static bool accept_character(struct npy_parser *p, char c)
{
    skip_space(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

// Parses a quoted string without escapes.
static int parse_npy_string(struct npy_parser *p, char *out, size_t room)
{
    skip_space(p);
    char quote = *p->at;
    const char *end = quote == '\'' || quote == '"' ? strchr(p->at + 1, quote) : NULL;
    if (!end || (size_t)(end - p->at) > room || memchr(p->at, '\\', (size_t)(end - p->at)))
        return refuse_header(p, "expected a short quoted string");
    size_t n = (size_t)(end - p->at) - 1;
    memcpy(out, p->at + 1, n);
    out[n] = 0;
    p->at = end + 1;
    return 0;
}

// Parses "<U5" (strings of five characters of UTF-32) and "|S5" (strings of five bytes). Returns false for all other
// types.
static bool parse_string_type(struct array_reader *array, const char *descr)
{
    int64_t length;

    if (!strchr("<>|=", descr[0]) || !descr[0] || !strchr("US", descr[1]) || !descr[1] ||
        text_to_int64(descr + 2, &length) != 0 || length < 1 || length > 1 << 16)
        return false;
    array->text_length = (int)length;
    array->has_wide_texts = descr[1] == 'U';
    array->is_swapped = descr[0] == (__BYTE_ORDER == __LITTLE_ENDIAN ? '>' : '<');
    array->shape.type = STORE_TEXT;
    return true;
}

static int parse_npy_type(struct npy_parser *p)
{
    char descr[32];

    skip_space(p);
    if (*p->at == '[')
        return err_add(p->e, ERR_DATA,
            "%s: found an array of records, allowed: an array of numbers; save its columns separately", p->name);
    if (parse_npy_string(p, descr, sizeof descr) != 0)
        return -1;
    if (strchr("<>|=", descr[0]) && descr[0])
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            if (strcmp(descr + 1, types[i].code) == 0) {
                p->array->type = types[i].type;
                p->array->is_swapped = descr[0] == (__BYTE_ORDER == __LITTLE_ENDIAN ? '>' : '<');
                p->array->shape.type = element_store_type(types[i].type);
                return 0;
            }
    if (p->array->takes_texts && parse_string_type(p->array, descr))
        return 0;

    char found[QUOTE_ROOM];
    return err_add(p->e, ERR_DATA,
        "%s: found an array of %s ('%s'), allowed: numbers of type b1 u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8; convert it "
        "with numpy.astype",
        p->name, strchr(descr, 'O') ? "objects" : "another type", text_quote(found, descr, strlen(descr)));
}

static int parse_npy_order(struct npy_parser *p)
{
    skip_space(p);
    bool yes = strncmp(p->at, "True", 4) == 0;
    if (!yes && strncmp(p->at, "False", 5) != 0)
        return refuse_header(p, "expected True or False");
    p->array->is_column_major = yes;
    p->at += yes ? 4 : 5;
    return 0;
}

static int parse_dimension(struct npy_parser *p)
{
    struct store_shape *shape = &p->array->shape;

    skip_space(p);
    if (!isdigit((unsigned char)*p->at))
        return refuse_header(p, "expected a dimension");
    int64_t n = 0;
    for (; isdigit((unsigned char)*p->at); p->at++)
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *p->at - '0', &n))
            return refuse_header(p, "a dimension is beyond all bounds");

    if (*p->at == 'L') // Python 2 wrote "3L"
        p->at++;
    if (shape->rank == STORE_MAX_RANK)
        return err_add(p->e, ERR_DATA, "%s: found more than %d dimensions, allowed: 1 to %d", p->name, STORE_MAX_RANK,
            STORE_MAX_RANK);
    ASSERT(shape->rank >= 0 && shape->rank < STORE_MAX_RANK, "rank %d", shape->rank);
    shape->dims[shape->rank++] = n;
    return 0;
}

static int parse_npy_shape(struct npy_parser *p)
{
    p->array->shape.rank = 0;
    if (!accept_character(p, '('))
        return refuse_header(p, "expected a tuple");

    while (!accept_character(p, ')')) {
        if (parse_dimension(p) != 0)
            return -1;
        skip_space(p);
        if (!accept_character(p, ',') && *p->at != ')')
            return refuse_header(p, "expected , or )");
    }

    if (p->array->shape.rank == 0)
        return err_add(p->e, ERR_DATA, "%s: found a single number, allowed: an array of 1 to %d dimensions", p->name,
            STORE_MAX_RANK);
    return 0;
}

static int parse_dictionary(struct npy_parser *p)
{
    static const struct {
        const char *key;
        int (*parse)(struct npy_parser *);
    } keys[] = {{"descr", parse_npy_type}, {"fortran_order", parse_npy_order}, {"shape", parse_npy_shape}};

    unsigned seen = 0;
    if (!accept_character(p, '{'))
        return refuse_header(p, "expected {");

    while (!accept_character(p, '}')) {
        char key[32];
        if (parse_npy_string(p, key, sizeof key) != 0)
            return -1;
        int k = 0;
        while (k < 3 && strcmp(key, keys[k].key) != 0)
            k++;
        if (k == 3 || seen & 1u << k || !accept_character(p, ':'))
            return refuse_header(p, "expected the keys descr, fortran_order and shape, once each");
        seen |= 1u << k;
        if (keys[k].parse(p) != 0)
            return -1;
        skip_space(p);
        if (!accept_character(p, ',') && *p->at != '}')
            return refuse_header(p, "expected , or }");
    }

    skip_space(p);
    return seen != 7 || p->at != p->end
               ? refuse_header(p, "expected the keys descr, fortran_order and shape, and no more")
               : 0;
}

// Reads the length of the dictionary, which has two bytes in version 1 and four in versions 2 and 3. Returns -1 and an
// error if it is missing or too large.
static int64_t read_dictionary_length(struct array_reader *array, struct err *e)
{
    unsigned char head[8], n[4] = {0};
    const char *name = byte_stream_name(array->stream);

    if (byte_stream_read_header(array->stream, head, sizeof head, e) != 0)
        return -1;
    if (memcmp(head, "\x93NUMPY", 6) != 0)
        return err_add(e, ERR_DATA, "%s: not a NumPy array: its magic number is missing", name);
    if (head[6] < 1 || head[6] > 3)
        return err_add(e, ERR_DATA, "%s: found .npy version %d, allowed: 1 to 3", name, head[6]);
    if (byte_stream_read_header(array->stream, n, head[6] == 1 ? 2 : 4, e) != 0)
        return -1;

    int64_t length = n[0] | n[1] << 8 | n[2] << 16 | (int64_t)n[3] << 24;
    if (length > MAX_HEADER)
        return err_add(e, ERR_DATA, "%s: damaged NumPy header: found %lld bytes, allowed: at most %d", name,
            (long long)length, MAX_HEADER);
    return length;
}

int npy_header_read(struct array_reader *array, struct err *e)
{
    int64_t length = read_dictionary_length(array, e);
    if (length < 0)
        return -1;
    char *text = mem_new((size_t)length + 1, 1);
    struct npy_parser p = {
        .at = text, .end = text + length, .name = byte_stream_name(array->stream), .array = array, .e = e};
    int status = byte_stream_read_header(array->stream, text, (size_t)length, e);
    if (status == 0)
        status = parse_dictionary(&p);
    free(text);
    return status;
}

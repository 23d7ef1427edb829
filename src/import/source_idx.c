// Reads IDX, the format of MNIST. A file holds a magic number, which gives element type and number of dimensions; then
// the dimensions, and the values. All are big-endian, and the file is often packed with gzip.
#include "base/err.h"
#include "base/mem.h"
#include "import/array_reader.h"
#include "import/byte_stream.h"
#include "import/source.h"
#include <endian.h>
#include <stdlib.h>
#include <string.h>

// Element types by the third byte of the magic number. The first two bytes are 0, the fourth is the number of
// dimensions.
static const struct {
    unsigned char code;
    enum element type;
} codes[] = {{0x08, ELEMENT_U1}, {0x09, ELEMENT_I1}, {0x0B, ELEMENT_I2}, {0x0C, ELEMENT_I4}, {0x0D, ELEMENT_F4},
    {0x0E, ELEMENT_F8}};

static int find_code(unsigned char code)
{
    for (int i = 0; i < (int)(sizeof codes / sizeof codes[0]); i++)
        if (codes[i].code == code)
            return i;
    return -1;
}

static bool idx_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return n >= 4 && head[0] == 0 && head[1] == 0 && find_code(head[2]) >= 0 && head[3] > 0;
}

static int read_idx_header(struct array_reader *array, const char *name, struct err *e)
{
    unsigned char magic[4];
    uint32_t dims[STORE_MAX_RANK];
    if (byte_stream_read_header(array->stream, magic, sizeof magic, e) < 0)
        return -1;
    if (magic[3] > STORE_MAX_RANK)
        return err_add(e, ERR_DATA, "%s: found %d dimensions, allowed: 1 to %d", name, magic[3], STORE_MAX_RANK);

    if (byte_stream_read_header(array->stream, dims, magic[3] * sizeof dims[0], e) < 0)
        return -1;
    int code = find_code(magic[2]);
    ASSERT(code >= 0, "%s was recognised as IDX", name);

    array->type = codes[code].type;
    array->is_swapped = __BYTE_ORDER == __LITTLE_ENDIAN;
    array->shape.type = element_store_type(array->type);
    array->shape.rank = magic[3];
    for (int d = 0; d < array->shape.rank; d++)
        array->shape.dims[d] = be32toh(dims[d]);
    return 0;
}

static int idx_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct array_reader *array = s->state = mem_new(1, sizeof *array);

    array->stream = byte_stream_open(s->path, e);
    if (!array->stream || read_idx_header(array, s->path, e) != 0)
        return -1;
    if (source_transposes(&array->shape, o))
        array_reader_transpose(array);
    if (array_reader_begin(array, e) != 0)
        return -1;
    s->shape = array->shape;
    return 0;
}

static int idx_read(struct source *s, int64_t rows, const struct source_rows *to, struct err *e)
{
    return array_reader_read(s->state, rows, to->x, e);
}

static int idx_finish(struct source *s, struct err *e)
{
    return array_reader_finish(s->state, e);
}

static void idx_close(struct source *s)
{
    if (s->state)
        array_reader_free(s->state);
    free(s->state);
}

const struct source_format source_idx = {
    .name = "IDX",
    .heeds = HEEDS_ARRAY,
    .recognise = idx_recognise,
    .open = idx_open,
    .read = idx_read,
    .finish = idx_finish,
    .close = idx_close,
};

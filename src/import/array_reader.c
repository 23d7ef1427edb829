// Reads the rows of an array, whatever its storage order. An array in C order is a stream of rows. An array in Fortran
// order is stored by columns, so the values of a row are far apart. Such an array is read in blocks of rows: for each
// block we read one run of values from every column. That needs random access. The runs come from the file itself or,
// if the file is packed, from the "spool": an unnamed unpacked copy in $TMPDIR, which is removed when it is closed. A
// block holds at most 32 MB.
//
// Values arrive in the file's type and byte order at the end of the caller's buffer, and are swapped and widened within
// the buffer.
#include "import/array_reader.h"

#include "base/disk.h"
#include "base/err.h"
#include "base/mem.h"
#include "import/byte_stream.h"
#include "import/source.h"
#include "store/store.h"
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 32 << 20, COPY_BYTES = 1 << 20 };

static const struct {
    int size;
    enum store_type store;
} elements[] = {
    [ELEMENT_U1] = {1, STORE_U8},
    [ELEMENT_I1] = {1, STORE_I8},
    [ELEMENT_U2] = {2, STORE_I32},
    [ELEMENT_I2] = {2, STORE_I16},
    [ELEMENT_U4] = {4, STORE_I64},
    [ELEMENT_I4] = {4, STORE_I32},
    [ELEMENT_U8] = {8, STORE_I64},
    [ELEMENT_I8] = {8, STORE_I64},
    [ELEMENT_F2] = {2, STORE_F32},
    [ELEMENT_F4] = {4, STORE_F32},
    [ELEMENT_F8] = {8, STORE_F64},
    [ELEMENT_BOOL] = {1, STORE_U8},
};

int element_size(enum element type)
{
    ASSERT((size_t)type < sizeof elements / sizeof *elements, "type %d", (int)type);
    return elements[type].size;
}

enum store_type element_store_type(enum element type)
{
    ASSERT((size_t)type < sizeof elements / sizeof *elements, "type %d", (int)type);
    return elements[type].store;
}

static void swap_bytes(void *values, int size, int64_t n)
{
    if (size == 2)
        for (uint16_t *v = values, *end = v + n; v < end; v++)
            *v = __builtin_bswap16(*v);
    else if (size == 4)
        for (uint32_t *v = values, *end = v + n; v < end; v++)
            *v = __builtin_bswap32(*v);
    else if (size == 8)
        for (uint64_t *v = values, *end = v + n; v < end; v++)
            *v = __builtin_bswap64(*v);
}

// Returns the value of an IEEE 754 number of 16 bits.
static float half_to_float(uint16_t half)
{
    int exponent = half >> 10 & 31, mantissa = half & 0x3ff;
    float size;

    if (exponent == 31)
        size = mantissa ? NAN : INFINITY;
    else if (exponent == 0)
        size = ldexpf((float)mantissa, -24);
    else
        size = ldexpf((float)(mantissa | 0x400), exponent - 25);
    return half & 0x8000 ? -size : size;
}

// Widens n elements. The narrow ones may be in the upper half of `wide`, because each is read before it is overwritten.
static void widen_elements(enum element type, const void *narrow, void *wide, int64_t n)
{
    ASSERT(type == ELEMENT_U2 || type == ELEMENT_U4 || type == ELEMENT_F2, "type %d", (int)type);
    for (int64_t i = 0; i < n; i++)
        if (type == ELEMENT_U4) {
            uint32_t v;
            memcpy(&v, (const char *)narrow + 4 * i, sizeof v);
            memcpy((char *)wide + 8 * i, &(int64_t){v}, 8);
        } else {
            uint16_t v;
            memcpy(&v, (const char *)narrow + 2 * i, sizeof v);
            if (type == ELEMENT_F2)
                memcpy((char *)wide + 4 * i, &(float){half_to_float(v)}, 4);
            else
                memcpy((char *)wide + 4 * i, &(int32_t){v}, 4);
        }
}

// Checks that n values, which were just read as u8, fit into i8. Returns -1 and an error for the first that does not
// fit.
static int check_u8(const struct array_reader *a, const uint64_t *values, int64_t n, struct err *e)
{
    for (int64_t i = 0; i < n; i++)
        if (values[i] > INT64_MAX)
            return err_add(e, ERR_DATA,
                "%s: row %lld: value %lld: found %" PRIu64 " (u8), allowed: integers up to %" PRId64
                " (i8); hint: numpy.astype('f8') if rounding is no harm",
                byte_stream_name(a->stream), (long long)(a->row - n / a->columns + i / a->columns),
                (long long)(i % a->columns + 1), values[i], INT64_MAX);
    return 0;
}

void array_reader_transpose(struct array_reader *a)
{
    struct store_shape *shape = &a->shape;

    ASSERT(shape->rank >= 1 && shape->rank <= STORE_MAX_RANK, "rank %d", shape->rank);
    for (int d = 0; d < shape->rank / 2; d++) {
        int64_t other = shape->dims[d];
        shape->dims[d] = shape->dims[shape->rank - 1 - d];
        shape->dims[shape->rank - 1 - d] = other;
    }
    a->is_column_major = !a->is_column_major;
}

int array_reader_begin(struct array_reader *a, struct err *e)
{
    const char *name = byte_stream_name(a->stream);

    a->columns = source_columns(&a->shape);
    if (a->shape.dims[0] <= 0 || a->columns == 0)
        return err_add(e, ERR_DATA, "%s: its header promises no values: the data are empty", name);
    int64_t bytes;
    if (a->columns < 0 || __builtin_mul_overflow(a->shape.dims[0], a->columns * element_size(a->type), &bytes))
        return err_add(e, ERR_DATA, "%s: its header promises more values than can be: is the file damaged?", name);

    a->begin = byte_stream_position(a->stream);
    int64_t size = byte_stream_size(a->stream);
    if (size >= 0 && size - a->begin != bytes)
        return err_add(e, ERR_DATA, "%s: its header promises %lld bytes of values, but %lld follow it: %s", name,
            (long long)bytes, (long long)(size - a->begin),
            size - a->begin < bytes ? "is it truncated?" : "is the header damaged, or was something appended?");
    return 0;
}

// Reads the next `rows` rows of an array that is stored by rows.
static int read_row_major(struct array_reader *a, int64_t rows, char *to, struct err *e)
{
    int64_t row_bytes = a->columns * element_size(a->type), want = rows * row_bytes;
    ASSERT(want >= 0, "%lld rows", (long long)rows);
    int64_t got = byte_stream_read(a->stream, to, (size_t)want, e);

    if (got >= 0 && got < want)
        return err_add(e, ERR_DATA, "%s: the data end in row %lld of %lld", byte_stream_name(a->stream),
            (long long)(a->row + got / row_bytes + 1), (long long)a->shape.dims[0]);
    a->row += rows;
    return got < 0 ? -1 : 0;
}

// Writes all n bytes. Returns -1 and sets errno on failure.
static int write_spool(int file, const char *from, size_t n)
{
    while (n > 0) {
        ssize_t done = write(file, from, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        from += done;
        n -= (size_t)done;
    }

    return 0;
}

// Opens an unnamed file in $TMPDIR or /tmp. The kernel removes it when its descriptor is closed, even if the process is
// killed.
static int open_unnamed(void)
{
    const char *folder = getenv("TMPDIR");

    if (!folder || !*folder)
        folder = "/tmp";
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        return file;
    char *path = mem_format("%s/hourglass-XXXXXX", folder); // not every file system has O_TMPFILE
    file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        unlink(path);
    free(path);
    return file;
}

// Copies the rest of the stream to a new spool. Returns -1 and an error if it cannot be copied, or if it is too short
// or too long.
static int unpack_to_spool(struct array_reader *a, struct err *e)
{
    a->spool = open_unnamed();
    if (a->spool < 0)
        return err_errno(e, "%s: no temporary file to unpack into ($TMPDIR or /tmp)", byte_stream_name(a->stream));

    a->owns_spool = true;
    char *piece = mem_new(COPY_BYTES, 1);
    int64_t got;
    int status = 0;

    while (status == 0 && (got = byte_stream_read(a->stream, piece, COPY_BYTES, e)) != 0)
        if (got < 0)
            status = -1;
        else if (write_spool(a->spool, piece, (size_t)got) != 0)
            status = err_errno(e, "%s: cannot unpack into a temporary file", byte_stream_name(a->stream));

    free(piece);
    if (status == 0 &&
        byte_stream_position(a->stream) - a->begin != a->shape.dims[0] * a->columns * element_size(a->type))
        return err_add(e, ERR_DATA, "%s: its header promises another number of values than follow it",
            byte_stream_name(a->stream));
    a->begin = 0;
    return status;
}

// Reads n bytes of the spool from offset `at`.
static int read_spool(const struct array_reader *a, void *to, int64_t n, int64_t at, struct err *e)
{
    const ssize_t got = disk_read_at(a->spool, to, (size_t)n, (off_t)at);
    if (got < 0)
        return err_errno(e, "%s: cannot read", byte_stream_name(a->stream));
    if (got < n)
        return err_add(e, ERR_DATA, "%s: the data end early", byte_stream_name(a->stream));
    return 0;
}

int64_t array_column_place(const struct store_shape *shape, int64_t c)
{
    int64_t at[STORE_MAX_RANK] = {0}, place = 0;
    ASSERT(shape->rank <= STORE_MAX_RANK && c >= 0, "column %lld", (long long)c);
    for (int d = shape->rank - 1; d > 0; d--) {
        at[d] = c % shape->dims[d];
        c /= shape->dims[d];
    }
    for (int d = shape->rank - 1; d > 0; d--)
        place = place * shape->dims[d] + at[d];
    return place;
}

// Loads the next block of rows. Reads a run of values from every column and spreads them over the rows.
static int load_column_block(struct array_reader *a, struct err *e)
{
    int size = element_size(a->type);
    int64_t left = a->shape.dims[0] - a->row, rows = left < a->block_room ? left : a->block_room;
    ASSERT(a->block && rows > 0, "row %lld of %lld", (long long)a->row, (long long)a->shape.dims[0]);
    char *run = mem_array((size_t)rows, (size_t)size, byte_stream_name(a->stream), e);
    int status = run ? 0 : -1;

    for (int64_t c = 0; c < a->columns && status == 0; c++) {
        int64_t at = array_column_place(&a->shape, c) * a->shape.dims[0] + a->row;
        status = read_spool(a, run, rows * size, a->begin + at * size, e);
        char *to = a->block + c * size;
        for (int64_t r = 0; r < rows; r++, to += a->columns * size)
            memcpy(to, run + r * size, (size_t)size);
    }

    free(run);
    a->block_first = a->row;
    a->block_rows = rows;
    return status;
}

static int allocate_column_blocks(struct array_reader *a, struct err *e)
{
    int64_t row_bytes = a->columns * element_size(a->type);

    a->block_room = row_bytes < BLOCK_BYTES ? BLOCK_BYTES / row_bytes : 1;
    if (a->block_room > a->shape.dims[0])
        a->block_room = a->shape.dims[0];
    a->block = mem_array((size_t)a->block_room, (size_t)row_bytes, byte_stream_name(a->stream), e);
    if (!a->block)
        return -1;
    if (byte_stream_file(a->stream) < 0)
        return unpack_to_spool(a, e);
    a->spool = byte_stream_file(a->stream);
    return 0;
}

static int read_column_major(struct array_reader *a, int64_t rows, char *to, struct err *e)
{
    int64_t row_bytes = a->columns * element_size(a->type);

    if (!a->block && allocate_column_blocks(a, e) != 0)
        return -1;
    while (rows > 0) {
        if (a->row == a->block_first + a->block_rows && load_column_block(a, e) != 0)
            return -1;
        int64_t n = a->block_first + a->block_rows - a->row;
        n = n < rows ? n : rows;
        memcpy(to, a->block + (a->row - a->block_first) * row_bytes, (size_t)(n * row_bytes));
        to += n * row_bytes;
        a->row += n;
        rows -= n;
    }
    return 0;
}

int array_reader_read(struct array_reader *a, int64_t rows, void *to, struct err *e)
{
    int size = element_size(a->type), wide = (int)store_type_size(a->shape.type);
    int64_t n = rows * a->columns;
    ASSERT(a->row + rows <= a->shape.dims[0], "rows %lld + %lld", (long long)a->row, (long long)rows);
    ASSERT(wide >= size, "%d bytes become %d", size, wide);
    char *narrow = (char *)to + n * (wide - size);
    if ((a->is_column_major ? read_column_major : read_row_major)(a, rows, narrow, e) != 0)
        return -1;
    if (a->is_swapped)
        swap_bytes(narrow, size, n);
    if (wide != size)
        widen_elements(a->type, narrow, to, n);
    return a->type == ELEMENT_U8 ? check_u8(a, to, n, e) : 0;
}

int array_reader_finish(struct array_reader *a, struct err *e)
{
    return a->is_column_major ? 0 : byte_stream_finish(a->stream, e);
}

void array_reader_free(struct array_reader *a)
{
    if (a->owns_spool)
        close(a->spool);
    byte_stream_free(&a->stream);
    free(a->block);
    a->block = NULL;
}

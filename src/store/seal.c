// Writes and compares the seal of a file. This is a checksum at the end of the file, which shows any damage before HDF5
// reads a byte. We need it because HDF5 crashes on some damaged files. The checksums of arrays and attributes also do
// not cover everything that HDF5 stores: names, types, shapes, scales and heaps.
//
// The seal follows the last byte that HDF5 wrote. HDF5 ignores the seal, which consists of a table of the large arrays,
// with the offset and length of each, and a string of SEAL_BYTES. The string gives three values: the number of bytes
// that HDF5 wrote; the number of arrays in the table; and the XXH3-64 of the table and of all bytes of HDF5 outside
// these arrays. Each of the arrays has a checksum of its own and is compared when it is read. So a large file can be
// opened without reading all of it.
//
// Checkpoints of earlier versions have their seal in the user block of HDF5, the first 512 bytes. That seal covers all
// bytes after it.
#include "store/seal.h"

#include "base/disk.h"
#include "base/hash.h"
#include "base/input.h"
#include "base/mem.h"
#include "store/store_impl.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SEAL_BYTES = 128, OLD_SEAL_BYTES = 512 };
enum { SETTLED_SECONDS = 2 }; // after this time, another change gets another modification time

#define SEAL_BEGIN "Sealed HDF5: bytes %" // the beginning of every version's seal

// The content of a seal.
struct seal {
    int64_t bytes; // number of bytes that HDF5 wrote
    int64_t arrays;
    struct seal_array *table; // (arrays), owned
};

static void seal_text(char out[SEAL_BYTES], const struct seal *s, uint64_t sum)
{
    memset(out, 0, SEAL_BYTES);
    snprintf(out, SEAL_BYTES, SEAL_BEGIN PRId64 ", arrays apart %" PRId64 ", xxh3 of the others %016" PRIx64 "\n",
        s->bytes, s->arrays, sum);
}

static size_t table_bytes(const struct seal *s)
{
    return (size_t)s->arrays * sizeof *s->table;
}

// Adds bytes [from, to) to the checksum. Returns -1 with errno if they cannot be read.
static int add_bytes(struct hash_stream *hash, int fd, off_t from, off_t to)
{
    size_t room = to - from < STORE_PIECE_BYTES ? (size_t)(to - from) : STORE_PIECE_BYTES;
    char *piece = mem_new(room + 1, 1);
    ssize_t got = 1;

    for (off_t at = from; at < to && got > 0; at += got) {
        got = disk_read_at(fd, piece, to - at < (off_t)room ? (size_t)(to - at) : room, at);
        if (got > 0)
            hash_stream_add(hash, piece, (size_t)got);
    }

    free(piece);
    return got < 0 ? -1 : 0;
}

// Computes the checksum that the seal of the file should hold. Returns -1 with errno if the file cannot be read.
static int seal_sum(int fd, const struct seal *s, uint64_t *sum)
{
    struct hash_stream *hash = hash_stream_new();
    off_t at = 0;
    int rc = 0;

    ASSERT(s->arrays >= 0 && s->bytes >= 0, "%" PRId64 " arrays, %" PRId64 " bytes", s->arrays, s->bytes);
    for (int64_t i = 0; i < s->arrays && rc == 0; i++) {
        rc = add_bytes(hash, fd, at, s->table[i].offset);
        at = s->table[i].offset + s->table[i].bytes;
    }
    if (rc == 0)
        rc = add_bytes(hash, fd, at, s->bytes);
    if (s->arrays)
        hash_stream_add(hash, s->table, table_bytes(s));

    *sum = hash_stream_value(hash);
    hash_stream_free(&hash);
    return rc;
}

// --- writing
void seal_note(struct seal_arrays *arrays, int64_t offset, int64_t bytes)
{
    ASSERT(offset >= 0 && bytes >= 0, "%" PRId64 " bytes at %" PRId64, bytes, offset);
    if (bytes < SEAL_ARRAY_BYTES)
        return;
    if (arrays->n == arrays->room) {
        arrays->room = 2 * arrays->room + 16;
        arrays->list = mem_grow(arrays->list, (size_t)arrays->room, sizeof *arrays->list);
    }
    ASSERT(arrays->n < arrays->room, "%d arrays of %d", arrays->n, arrays->room);
    arrays->list[arrays->n++] = (struct seal_array){offset, bytes};
}

void seal_arrays_free(struct seal_arrays *arrays)
{
    free(arrays->list);
    *arrays = (struct seal_arrays){0};
}

static int by_offset(const void *a, const void *b)
{
    const struct seal_array *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

// Appends the seal to an open file. Returns -1 with errno on failure.
static int seal_append(int fd, struct seal *s)
{
    ASSERT(fd >= 0 && s->arrays >= 0, "file %d, %" PRId64 " arrays", fd, s->arrays);
    char text[SEAL_BYTES];
    uint64_t sum;
    off_t end = lseek(fd, 0, SEEK_END);

    s->bytes = end;
    if (end < 0 || seal_sum(fd, s, &sum) < 0)
        return -1;

    seal_text(text, s, sum);
    if (s->arrays && disk_write_at(fd, s->table, table_bytes(s), end) < 0)
        return -1;

    return disk_write_at(fd, text, sizeof text, end + (off_t)table_bytes(s));
}

int seal_write(const char *temporary, const char *path, struct seal_arrays *arrays, struct err *e)
{
    struct seal s = {.arrays = arrays->n, .table = arrays->list};
    int fd = open(temporary, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return disk_fail(e, path, errno, 0, "cannot open its temporary to seal it");
    if (arrays->n)
        qsort(arrays->list, (size_t)arrays->n, sizeof *arrays->list, by_offset);
    int rc = seal_append(fd, &s);
    if (rc < 0)
        disk_fail(e, path, errno, (double)s.bytes + (double)table_bytes(&s) + SEAL_BYTES, "cannot seal it");
    if (close(fd) < 0 && rc == 0)
        rc = disk_fail(e, path, errno, 0, "cannot seal it");

    return rc;
}

// --- reading
static int fail_damaged(const char *path, struct err *e)
{
    return err_add(e, ERR_DATA, "%s: damaged: its bytes are not those that were written", path);
}

static int fail_unreadable(const char *path, struct err *e)
{
    return err_errno(e, "%s: cannot read it", path);
}

// Returns true if the arrays of the table are in order, do not overlap, and are within the file.
static bool is_table(const struct seal *s)
{
    int64_t at = 0;

    for (int64_t i = 0; i < s->arrays; i++) {
        if (s->table[i].offset < at || s->table[i].bytes < 0 || s->table[i].offset > s->bytes - s->table[i].bytes)
            return false;
        at = s->table[i].offset + s->table[i].bytes;
    }
    return true;
}

// Compares a file of `size` bytes with its seal. `found` is the string of the seal.
static int seal_compare(int fd, const char *path, int64_t size, const char found[SEAL_BYTES], struct err *e)
{
    struct seal s = {0};
    char expected[SEAL_BYTES];
    uint64_t sum;

    if (sscanf(found, SEAL_BEGIN SCNd64 ", arrays apart %" SCNd64, &s.bytes, &s.arrays) != 2 || s.bytes < 0 ||
        s.arrays < 0 || s.arrays > size / (int64_t)sizeof *s.table)
        return fail_damaged(path, e);
    if (s.bytes != size - (int64_t)table_bytes(&s) - SEAL_BYTES)
        return err_add(e, ERR_DATA, "%s: damaged: it has %" PRId64 " bytes, written were %" PRId64, path, size,
            s.bytes + (int64_t)table_bytes(&s) + SEAL_BYTES);
    s.table = mem_new((size_t)s.arrays + 1, sizeof *s.table);
    int rc = 0;
    if (disk_read_at(fd, s.table, table_bytes(&s), s.bytes) < 0)
        rc = fail_unreadable(path, e);
    else if (!is_table(&s))
        rc = fail_damaged(path, e);
    else if (seal_sum(fd, &s, &sum) < 0)
        rc = fail_unreadable(path, e);
    if (rc == 0) {
        seal_text(expected, &s, sum);
        rc = memcmp(found, expected, SEAL_BYTES) == 0 ? 0 : fail_damaged(path, e);
    }

    free(s.table);
    return rc;
}

// Compares a file with `found`, a seal in the user block.
static int old_seal_compare(int fd, const char *path, int64_t size, const char found[OLD_SEAL_BYTES], struct err *e)
{
    char expected[OLD_SEAL_BYTES] = "";
    struct hash_stream *hash = hash_stream_new();
    int rc = add_bytes(hash, fd, OLD_SEAL_BYTES, size) < 0 ? fail_unreadable(path, e) : 0;

    snprintf(expected, sizeof expected, SEAL_BEGIN PRId64 ", xxh3 of those from %d %016" PRIx64 "\n", size,
        OLD_SEAL_BYTES, hash_stream_value(hash));
    hash_stream_free(&hash);
    if (rc == 0 && memcmp(found, expected, OLD_SEAL_BYTES) != 0)
        rc = fail_damaged(path, e);

    return rc;
}

static bool is_seal(const char *text)
{
    return strncmp(text, SEAL_BEGIN, strlen(SEAL_BEGIN) - 1) == 0;
}

static int file_check(int fd, const char *path, int64_t size, bool *is_sealed, struct err *e)
{
    char first[OLD_SEAL_BYTES + 1] = "", last[SEAL_BYTES + 1] = "";

    if (size >= SEAL_BYTES && disk_read_at(fd, last, SEAL_BYTES, size - SEAL_BYTES) < 0)
        return fail_unreadable(path, e);
    if (size >= OLD_SEAL_BYTES && disk_read_at(fd, first, OLD_SEAL_BYTES, 0) < 0)
        return fail_unreadable(path, e);

    *is_sealed = is_seal(last) || is_seal(first);
    if (is_seal(last))
        return seal_compare(fd, path, size, last, e);

    return is_seal(first) ? old_seal_compare(fd, path, size, first, e) : 0;
}

int seal_check(const char *path, bool *is_sealed, struct err *e)
{
    const char *why;
    struct stat s;
    int fd = input_open(path, &why);

    *is_sealed = false;
    if (fd < 0)
        return err_add(e, ERR_DATA, "%s: %s", path, why);

    int rc = fstat(fd, &s) < 0 ? fail_unreadable(path, e) : 0;
    if (rc == 0 && checked_has(&s, CHECKED_SEAL))
        *is_sealed = true;
    else if (rc == 0)
        rc = file_check(fd, path, s.st_size, is_sealed, e);
    if (rc == 0 && *is_sealed && time(NULL) - s.st_mtime >= SETTLED_SECONDS)
        checked_add(&s, CHECKED_SEAL);

    close(fd);
    return rc;
}

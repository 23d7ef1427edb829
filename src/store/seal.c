// Sealed files: HDF5's user block, the 512 bytes before its own, says how long the file is and what all bytes behind it
// add up to. The checksums of arrays leave out what HDF5 keeps beside them: names, types, shapes, attributes. With the
// seal any change of any byte is seen before HDF5 reads one.
#include "store/store_impl.h"

#include "base/disk.h"
#include "base/hash.h"
#include "base/input.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void seal_text(char out[STORE_SEAL_BYTES], int64_t bytes, uint64_t sum)
{
    memset(out, 0, STORE_SEAL_BYTES);
    snprintf(out, STORE_SEAL_BYTES, "Sealed HDF5: bytes %" PRId64 ", xxh3 of those from %d %016" PRIx64 "\n", bytes,
        STORE_SEAL_BYTES, sum);
}

static ssize_t read_piece(int fd, void *to, size_t n, off_t at)
{
    ssize_t got;
    do
        got = pread(fd, to, n, at);
    while (got < 0 && errno == EINTR);
    return got;
}

// The seal that the file should have, by its bytes as they are.
static int seal_compute(int fd, const char *path, char out[STORE_SEAL_BYTES], struct err *e)
{
    char *piece = mem_array(STORE_PIECE_BYTES, 1, path, e);
    if (!piece)
        return -1;
    struct hash_stream *hash = hash_stream_new();
    off_t at = STORE_SEAL_BYTES;
    ssize_t got;
    while ((got = read_piece(fd, piece, STORE_PIECE_BYTES, at)) > 0) {
        hash_stream_add(hash, piece, (size_t)got);
        at += got;
    }
    int failed = got < 0 ? err_errno(e, "%s: cannot read it", path) : 0;
    seal_text(out, at, hash_stream_value(hash));
    hash_stream_free(&hash);
    free(piece);
    return failed;
}

int seal_write(const char *temporary, const char *path, struct err *e)
{
    char seal[STORE_SEAL_BYTES];
    int fd = open(temporary, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "%s: cannot open its temporary to seal it", path);
    int failed = seal_compute(fd, path, seal, e);
    if (!failed && pwrite(fd, seal, sizeof seal, 0) != (ssize_t)sizeof seal)
        failed = err_errno(e, "%s: cannot seal it", path);
    if (close(fd) < 0 && !failed)
        failed = err_errno(e, "%s: cannot seal it", path);
    return failed;
}

static int refuse(const char *path, const char found[STORE_SEAL_BYTES], const char *expected, struct err *e)
{
    int64_t bytes = 0, is = 0;
    bool is_sealed = sscanf(found, "Sealed HDF5: bytes %" SCNd64, &bytes) == 1;
    if (!is_sealed)
        return err_add(e, ERR_DATA, "%s: damaged, or not written by this program: it has no seal", path);
    if (sscanf(expected, "Sealed HDF5: bytes %" SCNd64, &is) == 1 && is != bytes)
        return err_add(e, ERR_DATA, "%s: damaged: it has %" PRId64 " bytes, written were %" PRId64, path, is, bytes);
    return err_add(e, ERR_DATA, "%s: damaged: its bytes are not those that were written", path);
}

static int seal_check(const char *path, struct err *e)
{
    char found[STORE_SEAL_BYTES + 1] = "", expected[STORE_SEAL_BYTES];
    const char *why;
    int fd = input_open(path, &why);
    if (fd < 0)
        return err_add(e, errno == EINVAL ? ERR_DATA : ERR_IO, "%s: %s", path, why);
    ssize_t got = read_piece(fd, found, STORE_SEAL_BYTES, 0);
    int failed = got < 0 ? err_errno(e, "%s: cannot read it", path) : seal_compute(fd, path, expected, e);
    close(fd);
    if (!failed && (got != STORE_SEAL_BYTES || memcmp(found, expected, STORE_SEAL_BYTES) != 0))
        failed = refuse(path, found, expected, e);
    return failed;
}

struct store_file *store_open_sealed(const char *path, const char *format, struct err *e)
{
    return seal_check(path, e) == 0 ? store_open(path, format, true, e) : NULL;
}

struct store_file *store_create_sealed(const char *path, const char *format, int format_version, struct err *e)
{
    struct store_file *f = durable_open(path, disk_temporary(path), DURABLE_SEALED, e);
    if (f && durable_format(f, format, format_version, e) < 0)
        store_abandon(&f);
    return f;
}

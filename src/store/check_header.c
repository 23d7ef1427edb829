// Checks the first bytes of a file without HDF5. Detects files that are empty, cut off, or not HDF5 at all. The check
// needs no child process, so that thousands of files can be checked, even during a run.
#include "store/store.h"

#include "base/err.h"
#include "base/input.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 64 };
static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

static uint64_t little_endian(const unsigned char *bytes, int n)
{
    uint64_t value = 0;
    for (int i = n - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

// Sets *end to the end of the file according to its superblock (HDF5 File Format Specification, section II). Returns
// false if the version of the superblock or the size of its addresses is not known here. This is not reported as
// damage, because HDF5 may know them.
static bool stored_end(const unsigned char head[HEAD_BYTES], uint64_t *end)
{
    int superblock = head[8], size = superblock < 2 ? head[13] : head[9], base;

    if (superblock == 0)
        base = 24;
    else if (superblock == 1)
        base = 28;
    else if (superblock <= 3)
        base = 12;
    else
        return false;
    if (size != 4 && size != 8)
        return false;

    // the superblock has: base address, free-space or extension address, end of file
    *end = little_endian(head + base, size) + little_endian(head + base + 2 * size, size);
    return true;
}

static int check_head(const char *path, const unsigned char head[HEAD_BYTES], ssize_t got, int64_t size, struct err *e)
{
    uint64_t end;

    if (size == 0)
        return err_add(e, ERR_DATA, "%s: damaged: it is empty", path);
    if (got < HEAD_BYTES || memcmp(head, signature, sizeof signature) != 0)
        return err_add(e, ERR_DATA, "%s: damaged: it is no HDF5 file", path);
    if (stored_end(head, &end) && end > (uint64_t)size)
        return err_add(e, ERR_DATA, "%s: damaged: it is cut off: found %lld bytes, expected %llu", path,
            (long long)size, (unsigned long long)end);
    return 0;
}

int store_check_header(const char *path, struct err *e)
{
    unsigned char head[HEAD_BYTES];
    struct stat s;
    const char *why;
    int fd = input_open(path, &why), failed = 0;
    ssize_t got = 0;

    if (fd < 0)
        return err_add(e, ERR_DATA, "%s: cannot be read: %s", path, why);
    if (fstat(fd, &s) < 0)
        failed = err_add(e, ERR_DATA, "%s: cannot be read: %s", path, strerror(errno));
    else if ((got = pread(fd, head, sizeof head, 0)) < 0)
        failed = err_add(e, ERR_DATA, "%s: cannot be read: %s", path, strerror(errno));
    else
        failed = check_head(path, head, got, (int64_t)s.st_size, e);
    close(fd);
    return failed;
}

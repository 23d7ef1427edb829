// A file driver for writing that never reports a failed write to HDF5. Otherwise HDF5 could not close the file after a
// failed write, would keep it open, and would crash when the program ends. The driver notes the first failure instead
// and drops all later writes. Before the file gets its final name, its owner checks the note (durable_check).
#include "store/store_impl.h"

#include "base/disk.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct driver {
    H5FD_t base; // HDF5's part; must be the first member
    int fd;
    struct disk_note *note; // borrowed
    dev_t device;
    ino_t inode;
    haddr_t allocated, end; // ends of the allocated space, and of the bytes that HDF5 believes to be written
};

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t access, haddr_t max)
{
    (void)max;
    int how = O_RDWR | O_CLOEXEC;
    how |= flags & H5F_ACC_TRUNC ? O_TRUNC : 0;
    how |= flags & H5F_ACC_CREAT ? O_CREAT : 0;
    struct disk_note *const *note = H5Pget_driver_info(access);

    int fd = open(name, how, 0666);
    struct stat s;
    if (fd < 0 || fstat(fd, &s) < 0) {
        (*note)->error = errno;
        if (fd >= 0)
            close(fd);
        return NULL;
    }

    (*note)->error = 0; // HDF5 opens a file twice; if the file is new, the first attempt fails, which is normal
    struct driver *d = mem_new(1, sizeof *d);
    *d = (struct driver){.fd = fd, .note = *note, .device = s.st_dev, .inode = s.st_ino, .end = (haddr_t)s.st_size};
    return &d->base;
}

static herr_t driver_close(H5FD_t *file)
{
    struct driver *d = (struct driver *)file;
    if (close(d->fd) < 0 && !d->note->error)
        d->note->error = errno;
    free(d);
    return 0;
}

static int driver_compare(const H5FD_t *a, const H5FD_t *b)
{
    const struct driver *x = (const struct driver *)a, *y = (const struct driver *)b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return (x->inode > y->inode) - (x->inode < y->inode);
}

static herr_t driver_query(const H5FD_t *file, unsigned long *features)
{
    (void)file;
    *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
                H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t driver_get_allocated(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const struct driver *)file)->allocated;
}

static herr_t driver_set_allocated(H5FD_t *file, H5FD_mem_t type, haddr_t allocated)
{
    (void)type;
    ((struct driver *)file)->allocated = allocated;
    return 0;
}

static haddr_t driver_get_end(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const struct driver *)file)->end;
}

static herr_t driver_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t n, void *data)
{
    (void)type, (void)transfer;
    struct driver *d = (struct driver *)file;

    const ssize_t got = disk_read_at(d->fd, data, n, (off_t)at);
    if (got < 0) {
        d->note->error = d->note->error ? d->note->error : errno;
        return -1;
    }

    memset((char *)data + got, 0, n - (size_t)got); // bytes that were never written are zeros
    return 0;
}

static herr_t driver_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t n, const void *data)
{
    (void)type, (void)transfer;
    struct driver *d = (struct driver *)file;

    ASSERT(at + n <= d->allocated, "bytes to %llu of %llu", (unsigned long long)(at + n),
        (unsigned long long)d->allocated);
    if (at + n > d->end)
        d->end = at + n;
    if (d->end > d->note->bytes)
        d->note->bytes = d->end;
    if (!d->note->error && disk_write_at(d->fd, data, n, (off_t)at) < 0)
        d->note->error = errno;

    return 0;
}

static herr_t driver_truncate(H5FD_t *file, hid_t transfer, hbool_t is_closing)
{
    (void)transfer, (void)is_closing;
    struct driver *d = (struct driver *)file;
    if (d->end != d->allocated && !d->note->error && ftruncate(d->fd, (off_t)d->allocated) < 0)
        d->note->error = errno;
    d->end = d->allocated;
    return 0;
}

int driver_set(hid_t access, struct disk_note *note)
{
    static const H5FD_class_t driver = {
#ifdef H5FD_CLASS_VERSION // since HDF5 1.14; unregistered drivers may use 256 to 511
        .version = H5FD_CLASS_VERSION,
        .value = (H5FD_class_value_t)(H5_VFD_RESERVED + 1),
#endif
        .name = "hourglass",
        .maxaddr = INT64_MAX,
        .fc_degree = H5F_CLOSE_STRONG,
        .fapl_size = sizeof(struct disk_note *),
        .open = driver_open,
        .close = driver_close,
        .cmp = driver_compare,
        .query = driver_query,
        .get_eoa = driver_get_allocated,
        .set_eoa = driver_set_allocated,
        .get_eof = driver_get_end,
        .read = driver_read,
        .write = driver_write,
        .truncate = driver_truncate,
        .fl_map = H5FD_FLMAP_DICHOTOMY};
    hid_t id = H5FDregister(&driver);
    int rc = id >= 0 && H5Pset_driver(access, id, &note) >= 0 ? 0 : -1;
    if (id >= 0)
        H5FDunregister(id);

    return rc;
}

// Creates, extends and reads unnamed files in $TMPDIR or /tmp. Small writes, such as single names and times, are
// collected in memory and written together.
#include "apply/spool.h"

#include "base/disk.h"
#include "base/mem.h"
#include "store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HELD_BYTES = 1 << 16 };

static int open_spool_file(struct spool *s, struct err *e)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder)
        folder = "/tmp";

    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) { // not every file system has O_TMPFILE
        char *path = mem_format("%s/hourglass-XXXXXX", folder);
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0)
            unlink(path);
        free(path);
    }
    if (fd < 0)
        return err_errno(e, "%s: no temporary file for the scores ($TMPDIR or /tmp)", folder);

    s->fd = fd + 1;
    return 0;
}

// Appends n bytes to the file, which holds `at` bytes so far.
static int write_spool_bytes(struct spool *s, int64_t at, const char *data, size_t n, struct err *e)
{
    if (!s->fd && open_spool_file(s, e) != 0)
        return -1;

    for (size_t done = 0; done < n;) {
        ssize_t wrote = pwrite(s->fd - 1, data + done, n - done, at + (int64_t)done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return err_errno(e, "a temporary file for the scores ($TMPDIR or /tmp): cannot write");
        done += (size_t)wrote;
    }
    return 0;
}

int spool_write(struct spool *s, const void *data, size_t n, struct err *e)
{
    if (!s->held)
        s->held = mem_new(HELD_BYTES, 1);
    if (s->n_held + n > HELD_BYTES) {
        if (write_spool_bytes(s, s->bytes - (int64_t)s->n_held, s->held, s->n_held, e) != 0)
            return -1;
        s->n_held = 0;
    }
    if (n > HELD_BYTES && write_spool_bytes(s, s->bytes, data, n, e) != 0)
        return -1;
    if (n && n <= HELD_BYTES) {
        memcpy(s->held + s->n_held, data, n);
        s->n_held += n;
    }

    s->bytes += (int64_t)n;
    return 0;
}

int spool_read(const struct spool *s, int64_t at, void *data, size_t n, struct err *e)
{
    int64_t written = s->bytes - (int64_t)s->n_held; // bytes that are in the file
    int64_t left = at < written ? written - at : 0;
    size_t of_file = (int64_t)n < left ? n : (size_t)left;

    ASSERT(at >= 0 && at + (int64_t)n <= s->bytes, "[%lld + %zu) of %lld", (long long)at, n, (long long)s->bytes);
    if (n > of_file)
        memcpy((char *)data + of_file, s->held + (at + (int64_t)of_file - written), n - of_file);

    ssize_t got = of_file ? disk_read_at(s->fd - 1, data, of_file, (off_t)at) : 0;
    if (got < (ssize_t)of_file)
        return err_errno(e, "a temporary file for the scores ($TMPDIR or /tmp): cannot read");
    return 0;
}

int spool_copy(const struct spool *s, size_t size, struct store_stream **to, struct err *e)
{
    const int64_t rows = s->bytes / (int64_t)size, most = size < HELD_BYTES ? HELD_BYTES / (int64_t)size : 1;
    char *data = mem_new((size_t)most, size);
    struct err ignored = {0};
    int rc = *to ? 0 : -1;

    ASSERT(s->bytes % (int64_t)size == 0, "%lld bytes in rows of %zu", (long long)s->bytes, size);
    for (int64_t row = 0, n; row < rows && rc == 0; row += n) {
        n = rows - row < most ? rows - row : most;
        rc = spool_read(s, row * (int64_t)size, data, (size_t)n * size, e);
        if (rc == 0)
            rc = store_stream_write(*to, n, data, e);
    }

    free(data);
    return store_stream_end(to, rc < 0 ? &ignored : e) | rc;
}

void spool_close(struct spool *s)
{
    if (s->fd)
        close(s->fd - 1);
    free(s->held);
    *s = (struct spool){0};
}

// Creates, grows and reads unnamed files in $TMPDIR or /tmp.
#include "apply/spool.h"

#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

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

int spool_write(struct spool *s, const void *data, size_t n, struct err *e)
{
    if (!s->fd && open_spool_file(s, e) != 0)
        return -1;

    for (size_t done = 0; done < n;) {
        ssize_t wrote = pwrite(s->fd - 1, (const char *)data + done, n - done, s->bytes + (int64_t)done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return err_errno(e, "a temporary file for the scores ($TMPDIR or /tmp): cannot write");
        done += (size_t)wrote;
    }

    s->bytes += (int64_t)n;
    return 0;
}

int spool_read(const struct spool *s, int64_t at, void *data, size_t n, struct err *e)
{
    ASSERT(at >= 0 && at + (int64_t)n <= s->bytes, "[%lld + %zu) of %lld", (long long)at, n, (long long)s->bytes);
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(s->fd - 1, (char *)data + done, n - done, at + (int64_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_errno(e, "a temporary file for the scores ($TMPDIR or /tmp): cannot read");
        done += (size_t)got;
    }
    return 0;
}

void spool_close(struct spool *s)
{
    if (s->fd)
        close(s->fd - 1);
    *s = (struct spool){0};
}

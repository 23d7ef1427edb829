// Moves bytes from pipe to pipe by splice, which does not block here. So signals are noticed even while the reader is
// slow.
#include "cli/relay.h"

#include "base/err.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 16, PATIENCE = 100 }; // bytes; milliseconds

void relay_open(struct relay *r, int to)
{
    struct stat s;
    int ends[2];

    *r = (struct relay){.from = -1, .to = to, .write = -1};
    if (fstat(to, &s) != 0 || (!S_ISFIFO(s.st_mode) && !S_ISSOCK(s.st_mode)) || pipe2(ends, O_CLOEXEC) != 0)
        return;
    r->from = ends[0];
    r->write = ends[1];
}

void relay_use(const struct relay *r, int fd)
{
    if (r->write >= 0)
        dup2(r->write, fd);
}

void relay_start(struct relay *r)
{
    if (r->write >= 0)
        close(r->write);
    r->write = -1;
}

static bool relay_has_bytes(const struct relay *r)
{
    int n = 0;

    return ioctl(r->from, FIONREAD, &n) == 0 && n > 0;
}

static ssize_t drop_bytes(const struct relay *r)
{
    char bytes[4096];

    return read(r->from, bytes, sizeof bytes);
}

bool relay_pass(struct relay *r)
{
    ASSERT(r->from >= 0 && r->write < 0, "a relay that is not open, or has not started");
    if (r->is_cut)
        return drop_bytes(r) > 0;

    ssize_t n = splice(r->from, NULL, r->to, NULL, PIECE_BYTES, SPLICE_F_NONBLOCK);
    if (n >= 0)
        return n > 0;
    if (errno == EAGAIN && relay_has_bytes(r)) {
        struct pollfd reader = {.fd = r->to, .events = POLLOUT};
        poll(&reader, 1, PATIENCE);
    } else if (errno != EAGAIN && errno != EINTR) {
        r->is_cut = true;
    }

    return true;
}

void relay_finish(struct relay *r)
{
    if (r->from < 0)
        return;
    while (relay_has_bytes(r))
        relay_pass(r);
    close(r->from);
    r->from = -1;
}

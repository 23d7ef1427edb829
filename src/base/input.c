// Files that are read: only regular ones are opened.
#include "base/input.h"

#include "base/err.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Returns the message about a file that is not a regular one.
static const char *describe_kind(mode_t mode)
{
    if (S_ISDIR(mode))
        return "found a folder, allowed: a regular file";
    if (S_ISFIFO(mode))
        return "found a FIFO (a pipe), allowed: a regular file; hint: write its content to a file first, because it "
               "can be read only once";
    if (S_ISSOCK(mode))
        return "found a socket, allowed: a regular file";
    if (S_ISCHR(mode) || S_ISBLK(mode))
        return "found a device, allowed: a regular file";
    return "found something else, allowed: a regular file";
}

// Returns 0 for a regular file. For a file of another kind, sets *why and errno (EINVAL) and returns -1.
static int refuse_irregular(mode_t mode, const char **why)
{
    if (S_ISREG(mode))
        return 0;
    *why = describe_kind(mode);
    errno = EINVAL;
    return -1;
}

// Sets *why to the description of errno. Returns -1.
static int input_fail_errno(const char **why)
{
    *why = strerror(errno);
    return -1;
}

// Examines the file before it opens it, because opening some devices changes their state. O_NONBLOCK is for a FIFO that
// takes the file's place in between.
int input_open(const char *path, const char **why)
{
    const char *ignored;
    struct stat s;

    why = why ? why : &ignored;
    if (stat(path, &s) < 0)
        return input_fail_errno(why);
    if (refuse_irregular(s.st_mode, why) < 0)
        return -1;

    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return input_fail_errno(why);
    int rc = fstat(fd, &s) < 0 ? input_fail_errno(why) : refuse_irregular(s.st_mode, why);
    if (rc == 0)
        return fd;

    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

FILE *input_stream(const char *path, const char **why)
{
    int fd = input_open(path, why);
    FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
    if (fd >= 0 && !in) {
        if (why)
            *why = strerror(errno);
        close(fd);
    }
    return in;
}

int input_check(const char *path, const char **why)
{
    int fd = input_open(path, why);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

bool input_begins_with(const char *path, const void *bytes, size_t n, const char **why)
{
    char head[64];
    ASSERT(n <= sizeof head, "%zu bytes", n);
    FILE *in = input_stream(path, why);
    size_t got = in ? fread(head, 1, n, in) : 0;

    if (in)
        fclose(in);
    return got == n && memcmp(head, bytes, n) == 0;
}

bool input_is_same(const char *a, const char *b)
{
    struct stat x;
    struct stat y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

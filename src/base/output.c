// The turns of commands that write one file.
#include "base/output.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/request.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 3 };   // until a message says who is waited for
enum { PAUSE_NANOS = 50000000 }; // between two attempts
enum verdict { LOCK_TAKEN, LOCK_BUSY, LOCK_REPLACED, LOCK_IMPOSSIBLE };

// ".NAME.lock" beside the file, new memory.
static char *lock_path(const char *path)
{
    char *target = disk_resolve(path);
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    char *lock = mem_format("%.*s.%s.lock", (int)(name - target), target, name);
    free(target);
    return lock;
}

// The lock of another user can often be read only, which is enough for flock except on NFS.
static int open_lock(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    return fd < 0 && errno == EACCES ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : fd;
}

// The holder removes the file before it releases the lock, so that whoever waited may have locked a file without a
// name. The name is opened again, because only then does a network file system ask its server.
static bool has_name(int fd, const char *path)
{
    struct stat locked, named;
    int again = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool has = again >= 0 && fstat(fd, &locked) == 0 && fstat(again, &named) == 0 && locked.st_dev == named.st_dev &&
               locked.st_ino == named.st_ino;
    if (again >= 0)
        close(again);
    return has;
}

// Removes a file that cannot be locked, unless somebody has signed it.
static void remove_unlockable(int fd, const char *path)
{
    struct stat s;
    if (fstat(fd, &s) == 0 && s.st_size == 0)
        unlink(path);
}

// One attempt. On LOCK_TAKEN and LOCK_BUSY *fd is open; on LOCK_IMPOSSIBLE errno is the reason.
static enum verdict try_lock(const char *path, int *fd)
{
    enum verdict verdict = LOCK_TAKEN;
    *fd = open_lock(path);
    if (*fd < 0)
        return LOCK_IMPOSSIBLE;
    if (flock(*fd, LOCK_EX | LOCK_NB) < 0)
        verdict = errno == EWOULDBLOCK || errno == EINTR ? LOCK_BUSY : LOCK_IMPOSSIBLE;
    else if (!has_name(*fd, path))
        verdict = LOCK_REPLACED;
    if (verdict == LOCK_TAKEN || verdict == LOCK_BUSY)
        return verdict;

    int error = errno;
    if (verdict == LOCK_IMPOSSIBLE)
        remove_unlockable(*fd, path);
    close(*fd);
    *fd = -1;
    errno = error;
    return verdict;
}

// Who holds the lock, for the message of whoever waits. That it cannot be written harms nobody.
static void sign(int fd)
{
    char host[256] = "", text[300];
    gethostname(host, sizeof host - 1);
    int n = snprintf(text, sizeof text, "process %ld on %s", (long)getpid(), host);
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) != n)
        (void)!ftruncate(fd, 0);
}

static void report_waiting(const char *path, int fd)
{
    struct err w = {0};
    char holder[300] = "";
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
    holder[n > 0 ? n : 0] = 0;
    char *visible = text_visible(*holder ? holder : "another process");
    err_add(&w, ERR_BUSY, "%s: %s is writing it: waiting until it has ended", path, visible);
    err_print_warnings(&w);
    free(visible);
}

// If no file can be made here, the temporary cannot be made either, which is an error and says more.
static void report_impossible(const struct output *o, int error)
{
    struct err w = {0};
    if ((error == EACCES || error == EPERM || error == ENOENT || error == EROFS || error == ENOSPC || error == EDQUOT ||
            error == ENOTDIR) &&
        access(o->lock, F_OK) != 0)
        return;
    err_add(&w, ERR_IO,
        "%s: cannot be locked (%s): another command that writes it at the same time is noticed only at the end",
        o->path, strerror(error));
    err_print_warnings(&w);
}

static enum verdict wait_for_turn(struct output *o)
{
    double start = clock_wall();
    bool has_reported = false;

    for (;;) {
        enum verdict verdict = try_lock(o->lock, &o->fd);
        if (verdict == LOCK_TAKEN || verdict == LOCK_IMPOSSIBLE)
            return verdict;
        if (verdict == LOCK_BUSY && !has_reported && clock_wall() - start > PATIENCE_SECONDS) {
            report_waiting(o->path, o->fd);
            has_reported = true;
        }
        if (o->fd >= 0)
            close(o->fd);
        o->fd = -1;
        if (request_pending() == REQUEST_STOP)
            return LOCK_BUSY;
        nanosleep(&(struct timespec){.tv_nsec = verdict == LOCK_BUSY ? PAUSE_NANOS : 0}, NULL);
    }
}

int output_take(struct output *o, const char *path, struct err *e)
{
    *o = (struct output){.path = mem_text(path), .lock = lock_path(path), .fd = -1};
    enum verdict verdict = wait_for_turn(o);
    if (verdict == LOCK_BUSY)
        return err_add(e, ERR_STOPPED, "%s: asked to stop while another process was writing it", path);

    if (verdict == LOCK_TAKEN) {
        cleanup_add(o->lock, CLEANUP_LOCK);
        sign(o->fd);
    } else
        report_impossible(o, errno);
    disk_tidy(path);
    disk_look(path, &o->seen);
    return 0;
}

void output_release(struct output *o)
{
    if (o->lock && o->fd >= 0) {
        cleanup_drop(o->lock);
        unlink(o->lock); // before the lock is released: until then it is certainly ours
        close(o->fd);
    }
    free(o->lock);
    free(o->path);
    *o = (struct output){0};
}

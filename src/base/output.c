// The turns of commands that write one file, by flock on `.NAME.lock`.
//
// The holder removes the lock's file before it releases the lock. A process that waited may therefore have locked a
// file that has no name any more, while a third process has already locked a new one. So try_lock checks that the file
// that it has locked still has the name. If it does not, the caller tries again.
#include "base/output.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/disk.h"
#include "base/err.h"
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

enum { PATIENCE_SECONDS = 3 };   // wait before a message names the process that has the lock
enum { PAUSE_NANOS = 50000000 }; // pause between two attempts
enum lock_verdict { LOCK_TAKEN, LOCK_BUSY, LOCK_REPLACED, LOCK_IMPOSSIBLE };

// Returns ".NAME.lock" next to the file, in new memory.
static char *lock_path(const char *path)
{
    char *target = disk_resolve(path);
    const char *slash = strrchr(target, '/');
    const char *name = slash ? slash + 1 : target;
    char *lock = mem_format("%.*s.%s.lock", (int)(name - target), target, name);
    free(target);
    return lock;
}

// Opens the lock's file. If it belongs to another user, it can often only be read, which is enough for flock, except on
// NFS.
static int open_lock(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    return fd < 0 && errno == EACCES ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : fd;
}

// Returns true if the locked file still has its name. The name is opened again, because only then does a network file
// system ask its server.
static bool has_lock_name(int fd, const char *path)
{
    struct stat locked, named;
    int again = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool has = again >= 0 && fstat(fd, &locked) == 0 && fstat(again, &named) == 0 && locked.st_dev == named.st_dev &&
               locked.st_ino == named.st_ino;
    if (again >= 0)
        close(again);
    return has;
}

// Removes a lock's file that cannot be locked, unless a process has written its name into it (sign_lock).
static void remove_unlockable(int fd, const char *path)
{
    struct stat s;
    if (fstat(fd, &s) == 0 && s.st_size == 0)
        unlink(path);
}

// Tries once to take the lock. On LOCK_TAKEN and LOCK_BUSY *fd is open; on LOCK_IMPOSSIBLE errno is the reason.
static enum lock_verdict try_lock(const char *path, int *fd)
{
    enum lock_verdict verdict = LOCK_TAKEN;
    *fd = open_lock(path);
    if (*fd < 0)
        return LOCK_IMPOSSIBLE;
    if (flock(*fd, LOCK_EX | LOCK_NB) < 0)
        verdict = errno == EWOULDBLOCK || errno == EINTR ? LOCK_BUSY : LOCK_IMPOSSIBLE;
    else if (!has_lock_name(*fd, path))
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

// Writes into the lock's file which process holds it, for the message of a process that waits. A failure does no harm.
static void sign_lock(int fd)
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

// Warns that the file cannot be locked. If no file can be made in the folder, prints nothing: the temporary cannot be
// made there either, and that error says more.
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

static enum lock_verdict wait_for_turn(struct output *o)
{
    double start = clock_wall();
    bool has_reported = false;

    for (;;) {
        enum lock_verdict verdict = try_lock(o->lock, &o->fd);
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

    enum lock_verdict verdict = wait_for_turn(o);
    if (verdict == LOCK_BUSY)
        return err_add(e, ERR_STOPPED, "%s: asked to stop while another process was writing it", path);

    ASSERT((verdict == LOCK_TAKEN) == (o->fd >= 0), "%d, %d", (int)verdict, o->fd);
    if (verdict == LOCK_TAKEN) {
        cleanup_add(o->lock, CLEANUP_LOCK);
        sign_lock(o->fd);
    } else {
        report_impossible(o, errno);
    }

    disk_tidy(path);
    disk_look(path, &o->seen);
    return 0;
}

void output_release(struct output *o)
{
    if (o->lock && o->fd >= 0) {
        cleanup_drop(o->lock);
        unlink(o->lock); // remove it before the lock is released: until then it is certainly ours
        close(o->fd);
    }
    free(o->lock);
    free(o->path);
    *o = (struct output){0};
}

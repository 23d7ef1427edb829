// Small files on disk that appear whole or not at all, and messages of a disk that fails.
#include "base/disk.h"

#include "base/mem.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static char *folder_of(const char *path)
{
    const char *name = name_of(path);
    return name == path ? mem_text(".") : mem_format("%.*s", (int)(name - path), path);
}

char *disk_temporary(const char *path)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    const char *name = name_of(path);
    return mem_format("%.*s.%s.tmp-%s-%ld", (int)(name - path), path, name, host, (long)getpid());
}

bool disk_is_temporary(const char *name, char host[256], long *pid)
{
    const char *mark = strstr(name, ".tmp-"), *dash = strrchr(name, '-');
    int64_t number;
    if (name[0] != '.' || !mark || dash < mark + 5 || text_to_int64(dash + 1, &number) != 0)
        return false;
    snprintf(host, 256, "%.*s", (int)(dash - mark - 5), mark + 5);
    *pid = (long)number;
    return true;
}

char *disk_room(char out[96], const char *path, double bytes)
{
    char *folder = folder_of(path), needed[16], left[16];
    struct statvfs s;
    bool knows_left = statvfs(folder, &s) == 0;
    text_bytes(needed, bytes);
    text_bytes(left, knows_left ? (double)s.f_bavail * (double)s.f_frsize : 0);
    free(folder);
    out[0] = 0;
    if (bytes > 0 && knows_left)
        snprintf(out, 96, " (%s needed, %s free)", needed, left);
    else if (bytes > 0 || knows_left)
        snprintf(out, 96, " (%s %s)", bytes > 0 ? needed : left, bytes > 0 ? "needed" : "free");
    return out;
}

int disk_fail(struct err *e, const char *path, int error, double bytes, const char *what)
{
    bool is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    char room[96];
    return err_add(e, ERR_IO, "%s: %s: %s%s", path, what, strerror(error), is_full ? disk_room(room, path, bytes) : "");
}

// EINVAL: the file system knows no sync of such a thing (folders on some network file systems).
static int sync_path(const char *path, int flags, double bytes, struct err *e)
{
    int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return disk_fail(e, path, errno, 0, "cannot open it to sync it");
    int r = fsync(fd) < 0 && errno != EINVAL ? disk_fail(e, path, errno, bytes, "cannot sync it to disk") : 0;
    close(fd);
    return r;
}

int disk_rename(const char *temporary, const char *path, const char *previous, struct err *e)
{
    struct stat s;
    double bytes = stat(temporary, &s) == 0 ? (double)s.st_size : 0;
    if (sync_path(temporary, 0, bytes, e) < 0)
        return -1;
    if (previous && rename(path, previous) < 0 && errno != ENOENT)
        return disk_fail(e, path, errno, 0, "cannot keep what was there under another name");
    if (rename(temporary, path) < 0)
        return disk_fail(e, path, errno, bytes, "cannot give the file its name");
    char *folder = folder_of(path);
    int r = sync_path(folder, O_DIRECTORY, 0, e);
    free(folder);
    return r;
}

// 0, or -1 with errno of what failed.
static int write_whole(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), error = 0;
    if (fd < 0)
        return -1;
    for (size_t n = strlen(text); n > 0 && !error;) {
        ssize_t written = write(fd, text, n);
        if (written < 0 && errno != EINTR)
            error = errno;
        text += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
    }
    if (close(fd) < 0 && !error)
        error = errno;
    errno = error;
    return error ? -1 : 0;
}

// The text in a temporary of `path`, whose name is new memory; NULL and an error where it cannot be written.
static char *write_temporary(const char *path, const char *text, struct err *e)
{
    char *temporary = disk_temporary(path);
    if (write_whole(temporary, text) == 0)
        return temporary;
    disk_fail(e, path, errno, (double)strlen(text), "cannot write it");
    unlink(temporary);
    free(temporary);
    return NULL;
}

int disk_write(const char *path, const char *text, struct err *e)
{
    char *temporary = write_temporary(path, text, e);
    if (!temporary)
        return -1;
    int r = disk_rename(temporary, path, NULL, e);
    if (r < 0)
        unlink(temporary);
    free(temporary);
    return r;
}

int disk_replace(const char *path, const char *text, struct err *e)
{
    char *temporary = write_temporary(path, text, e);
    if (!temporary)
        return -1;
    int r = rename(temporary, path) < 0 ? disk_fail(e, path, errno, 0, "cannot give the file its name") : 0;
    if (r < 0)
        unlink(temporary);
    free(temporary);
    return r;
}

// A link is refused or made in one step on every file system, NFS included; one that knows none has O_EXCL.
static int link_or_create(const char *temporary, const char *path, const char *text)
{
    struct stat s;
    if (link(temporary, path) == 0)
        return 0;
    int error = errno;
    if (stat(temporary, &s) == 0 && s.st_nlink == 2)
        return 0; // the answer that it was made was lost on the network, and the second try found it there
    if (error != EPERM && error != EOPNOTSUPP && error != ENOSYS && error != EMLINK) {
        errno = error;
        return -1;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return -1;
    close(fd);
    return write_whole(path, text);
}

int disk_create(const char *path, const char *text, struct err *e)
{
    char *temporary = write_temporary(path, text, e);
    if (!temporary)
        return -1;
    int r = 0;
    if (link_or_create(temporary, path, text) < 0)
        r = errno == EEXIST ? 1 : disk_fail(e, path, errno, (double)strlen(text), "cannot make it");
    unlink(temporary);
    free(temporary);
    return r;
}

static int make_one(const char *path, struct err *e)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : disk_fail(e, path, errno, 0, "cannot make the folder");
}

int disk_make_folder(const char *path, struct err *e)
{
    char *copy = mem_text(path);
    int failed = 0;
    for (char *slash = strchr(copy + 1, '/'); slash && !failed; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        failed = make_one(copy, e);
        *slash = '/';
    }
    failed = failed ? failed : make_one(copy, e);
    free(copy);
    return failed;
}

// How a small file appears whole: it is written under a temporary name, synced, and renamed.
//
// The order matters: the data is synced before the rename, so that the name never leads to half a file, and the folder
// is synced after it, so that the name survives a crash. disk_replace leaves both syncs out.
//
// A temporary is noted in base/cleanup.h from before it exists until it has its name or is removed. It is made with the
// mode of the file that it will replace, so that private data is never readable for others, not even for a moment.
#include "base/disk.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char *file_name_in(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static char *folder_of_file(const char *path)
{
    const char *name = file_name_in(path);
    return name == path ? mem_text(".") : mem_format("%.*s", (int)(name - path), path);
}

char *disk_resolve(const char *path)
{
    enum { LINKS_MOST = 40 }; // the kernel's limit
    char to[4096];
    char *at = mem_text(path);

    for (int i = 0; i < LINKS_MOST; i++) {
        ssize_t n = readlink(at, to, sizeof to - 1);
        if (n <= 0)
            break;
        ASSERT((size_t)n < sizeof to, "%zd", n);
        to[n] = 0;
        const char *name = file_name_in(at);
        char *next = to[0] == '/' ? mem_text(to) : mem_format("%.*s%s", (int)(name - at), at, to);
        free(at);
        at = next;
    }

    return at;
}

// Returns the name of a temporary of the file without the process number at its end, in new memory.
static char *temporary_prefix(const char *path)
{
    char host[256] = "";
    char *target = disk_resolve(path);

    gethostname(host, sizeof host - 1);
    const char *name = file_name_in(target);
    char *prefix = mem_format("%.*s.%s.tmp-%s-", (int)(name - target), target, name, host);
    free(target);
    return prefix;
}

char *disk_temporary(const char *path)
{
    char *prefix = temporary_prefix(path);
    char *temporary = mem_format("%s%ld", prefix, (long)getpid());
    free(prefix);
    return temporary;
}

// Returns true if a name is `prefix` followed by the number of a process that has ended.
static bool is_left_behind(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);
    int64_t pid;
    return strncmp(name, prefix, length) == 0 && text_to_int64(name + length, &pid) == 0 && pid > 0 &&
           !process_runs(pid);
}

void disk_tidy(const char *path)
{
    char *prefix = temporary_prefix(path);
    char *folder = folder_of_file(prefix);
    DIR *dir = opendir(folder);

    for (struct dirent *d; dir && (d = readdir(dir));)
        if (is_left_behind(d->d_name, file_name_in(prefix)))
            unlinkat(dirfd(dir), d->d_name, 0);

    if (dir)
        closedir(dir);
    free(folder);
    free(prefix);
}

bool disk_is_temporary(const char *name, char host[256], long *pid)
{
    const char *mark = strstr(name, ".tmp-");
    const char *dash = strrchr(name, '-');
    int64_t number;

    if (name[0] != '.' || !mark || dash < mark + 5 || text_to_int64(dash + 1, &number) != 0)
        return false;

    snprintf(host, 256, "%.*s", (int)(dash - mark - 5), mark + 5);
    *pid = (long)number;
    return true;
}

char *disk_room(char out[96], const char *path, double bytes)
{
    char *folder = folder_of_file(path);
    char needed[16], left[16];
    struct statvfs s;
    bool knows_left = statvfs(folder, &s) == 0;
    free(folder);

    text_bytes(needed, bytes);
    text_bytes(left, knows_left ? (double)s.f_bavail * (double)s.f_frsize : 0);
    out[0] = 0;
    if (bytes > 0 && knows_left)
        snprintf(out, 96, " (%s needed, %s free)", needed, left);
    else if (bytes > 0)
        snprintf(out, 96, " (%s needed)", needed);
    else if (knows_left)
        snprintf(out, 96, " (%s free)", left);

    return out;
}

int disk_fail(struct err *e, const char *path, int error, double bytes, const char *what)
{
    bool is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    char room[96];
    return err_add(e, ERR_IO, "%s: %s: %s%s", path, what, strerror(error), is_full ? disk_room(room, path, bytes) : "");
}

// Opens `path` and syncs it. EINVAL is not an error: some network file systems report with it that they cannot sync
// folders.
static int sync_path(const char *path, int flags, double bytes, struct err *e)
{
    int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return disk_fail(e, path, errno, 0, "cannot open it to sync it");

    bool has_failed = fsync(fd) < 0 && errno != EINVAL;
    int rc = has_failed ? disk_fail(e, path, errno, bytes, "cannot sync it to disk") : 0;
    close(fd);
    return rc;
}

// Gives an open file the owner and the group of another, if this user may do so, and its mode with the bits of `more`
// added. If the group cannot be kept, the file's current group gets only the rights that everybody has. If the owner or
// the group cannot be kept, bits such as set-user-ID are dropped.
static void copy_owner_and_mode(int fd, const struct stat *from, mode_t more)
{
    struct stat s;
    mode_t mode = from->st_mode & 07777;

    ASSERT(fd >= 0);
    if (fstat(fd, &s) < 0)
        return;

    bool has_owner = s.st_uid == from->st_uid || fchown(fd, from->st_uid, (gid_t)-1) == 0;
    bool has_group = s.st_gid == from->st_gid || fchown(fd, (uid_t)-1, from->st_gid) == 0;
    if (!has_group)
        mode &= ~(mode_t)070 | (mode & 007) << 3;
    if (!has_owner || !has_group)
        mode &= 0777;
    (void)!fchmod(fd, mode | more); // some file systems have no modes
}

int disk_open_temporary(const char *temporary, const char *path)
{
    struct stat s;
    bool exists = stat(path, &s) == 0;

    if (!exists && errno == ELOOP)
        return -1;

    bool replaces = exists && S_ISREG(s.st_mode);
    cleanup_add(temporary, CLEANUP_TEMPORARY);
    int fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, replaces ? 0600 : 0666);
    if (fd < 0) {
        int error = errno;
        cleanup_drop(temporary);
        errno = error;
    } else if (replaces) {
        copy_owner_and_mode(fd, &s, 0600); // 0600: the temporary is opened again before it is complete
    }

    return fd;
}

void disk_discard(const char *temporary)
{
    unlink(temporary);
    cleanup_drop(temporary);
}

void disk_look(const char *path, struct disk_seen *seen)
{
    seen->exists = stat(path, &seen->s) == 0;
}

static bool is_as_seen(const char *path, const struct disk_seen *seen)
{
    struct stat now;
    const struct stat *then = &seen->s;
    if (stat(path, &now) < 0)
        return !seen->exists;

    return seen->exists && now.st_dev == then->st_dev && now.st_ino == then->st_ino && now.st_size == then->st_size &&
           now.st_mtim.tv_sec == then->st_mtim.tv_sec && now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

// Gives the temporary the mode and the owner of the file that it replaces, then its name. Returns -1 and errno on
// failure.
static int rename_to_target(const char *temporary, const char *path)
{
    struct stat s;
    char *target = disk_resolve(path);
    int fd = stat(target, &s) == 0 && S_ISREG(s.st_mode) ? open(temporary, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        copy_owner_and_mode(fd, &s, 0);
        close(fd);
    }

    int rc = rename(temporary, target);
    int error = errno;
    if (rc == 0)
        cleanup_drop(temporary);
    free(target);
    errno = error;
    return rc;
}

int disk_sync_folder(const char *path, struct err *e)
{
    char *target = disk_resolve(path);
    char *folder = folder_of_file(target);
    int rc = sync_path(folder, O_DIRECTORY, 0, e);

    free(folder);
    free(target);
    return rc;
}

static int rename_durably(
    const char *temporary, const char *path, const char *previous, const struct disk_seen *seen, struct err *e)
{
    struct stat s;
    double bytes = stat(temporary, &s) == 0 ? (double)s.st_size : 0;

    ASSERT(!seen || !previous);
    if (sync_path(temporary, 0, bytes, e) < 0)
        return -1;
    if (seen && !is_as_seen(path, seen))
        return err_add(
            e, ERR_IO, "%s: another program wrote it meanwhile; nothing was changed: run the same command again", path);
    if (previous && rename(path, previous) < 0 && errno != ENOENT)
        return disk_fail(e, path, errno, 0, "cannot keep what was there under another name");
    if (rename_to_target(temporary, path) < 0)
        return disk_fail(e, path, errno, bytes, "cannot give the file its name");

    return disk_sync_folder(path, e);
}

int disk_rename(const char *temporary, const char *path, const char *previous, struct err *e)
{
    return rename_durably(temporary, path, previous, NULL, e);
}

int disk_rename_over(const char *temporary, const char *path, const struct disk_seen *seen, struct err *e)
{
    return rename_durably(temporary, path, NULL, seen, e);
}

int disk_write_at(int fd, const void *data, size_t n, off_t at)
{
    enum { PIECE = 16 << 20, MANY = 4 << 20 };

    ASSERT(at >= 0, "offset %lld", (long long)at);
    for (const char *p = data; n > 0;) {
        ssize_t written = pwrite(fd, p, n < PIECE ? n : PIECE, at);
        if (written < 0 && errno != EINTR)
            return -1;

        size_t step = written > 0 ? (size_t)written : 0;
        if (step >= MANY)
            sync_file_range(fd, at, (off_t)step, SYNC_FILE_RANGE_WRITE);
        p += step;
        at += (off_t)step;
        n -= step;
    }

    return 0;
}

ssize_t disk_read_at(int fd, void *to, size_t n, off_t at)
{
    size_t done = 0;

    ASSERT(at >= 0, "offset %lld", (long long)at);
    while (done < n) {
        const ssize_t got = pread(fd, (char *)to + done, n - done, at + (off_t)done);
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            return -1;
        done += got > 0 ? (size_t)got : 0;
    }

    return (ssize_t)done;
}

// Writes a string into an empty file and closes `fd`, which may be -1 after a failed open. Returns -1 and errno on
// failure.
static int write_and_close(int fd, const char *text)
{
    if (fd < 0)
        return -1;

    int error = disk_write_at(fd, text, strlen(text), 0) < 0 ? errno : 0;
    if (close(fd) < 0 && !error)
        error = errno;
    errno = error;
    return error ? -1 : 0;
}

// Writes a string into a temporary of `path`. Returns its name in new memory, or NULL and an error.
static char *write_temporary(const char *path, const char *text, struct err *e)
{
    char *temporary = disk_temporary(path);
    if (write_and_close(disk_open_temporary(temporary, path), text) == 0)
        return temporary;
    disk_fail(e, path, errno, (double)strlen(text), "cannot write it");
    disk_discard(temporary);
    free(temporary);
    return NULL;
}

int disk_write_stream(const char *path, const char *what,
    int (*write)(void *context, const char *path, FILE *out, struct err *e), void *context, int64_t *bytes,
    struct err *e)
{
    disk_tidy(path);
    char *temporary = disk_temporary(path);
    int fd = disk_open_temporary(temporary, path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "wb");
    int rc = out ? write(context, path, out, e) : err_errno(e, "%s: cannot create %s", path, what);

    if (rc == 0 && (fflush(out) || ferror(out)))
        rc = err_errno(e, "%s: cannot write %s", path, what);
    if (bytes)
        *bytes = out ? (int64_t)ftello(out) : 0;
    if (out && fclose(out) && rc == 0)
        rc = err_errno(e, "%s: cannot write %s", path, what);
    if (rc == 0)
        rc = disk_rename(temporary, path, NULL, e);
    if (rc != 0 && fd >= 0)
        disk_discard(temporary);
    free(temporary);
    return rc;
}

int disk_write(const char *path, const char *text, struct err *e)
{
    char *temporary = write_temporary(path, text, e);
    if (!temporary)
        return -1;
    int rc = disk_rename(temporary, path, NULL, e);
    if (rc < 0)
        disk_discard(temporary);
    free(temporary);
    return rc;
}

int disk_replace(const char *path, const char *text, struct err *e)
{
    char *temporary = write_temporary(path, text, e);
    if (!temporary)
        return -1;
    int rc = rename_to_target(temporary, path) < 0 ? disk_fail(e, path, errno, 0, "cannot give the file its name") : 0;
    if (rc < 0)
        disk_discard(temporary);
    free(temporary);
    return rc;
}

// Creates `path` in one step if it does not exist. A hard link to `temporary` does that, even on NFS; on a file system
// without hard links, O_EXCL does. Returns -1 and errno, which is EEXIST if the file exists.
static int link_or_create(const char *temporary, const char *path, const char *text)
{
    struct stat s;

    if (link(temporary, path) == 0)
        return 0;

    int error = errno;
    if (stat(temporary, &s) == 0 && s.st_nlink == 2)
        return 0; // the network lost the first answer, and the second attempt found the link there
    if (error != EPERM && error != EOPNOTSUPP && error != ENOSYS && error != EMLINK) {
        errno = error;
        return -1;
    }

    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return write_and_close(fd, text);
}

int disk_create(const char *path, const char *text, struct err *e)
{
    char *temporary = write_temporary(path, text, e);
    if (!temporary)
        return -1;
    int rc = 0;
    if (link_or_create(temporary, path, text) < 0)
        rc = errno == EEXIST ? 1 : disk_fail(e, path, errno, (double)strlen(text), "cannot make it");
    disk_discard(temporary);
    free(temporary);
    return rc;
}

static int make_one_folder(const char *path, struct err *e)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : disk_fail(e, path, errno, 0, "cannot make the folder");
}

int disk_make_folder(const char *path, struct err *e)
{
    char *copy = mem_text(path);
    int rc = 0;

    ASSERT(*path);
    for (char *slash = strchr(copy + 1, '/'); slash && rc == 0; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        rc = make_one_folder(copy, e);
        *slash = '/';
    }
    if (rc == 0)
        rc = make_one_folder(copy, e);

    free(copy);
    return rc;
}

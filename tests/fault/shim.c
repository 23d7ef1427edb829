// A library to be preloaded (LD_PRELOAD) that lets one call of `hourglass` to the system fail.
//
//     SHIM_CALL=write|sync|rename|memory|lock   which kind
//     SHIM_AT=K                                 the K-th one, from 1; 0: none
//     SHIM_ALL=1                                and all behind it: a disk that stays full
//     SHIM_LOG=FILE                             where a process says at its end how many there were: a line each
//
// Counted are allocations by the program's own code (what libraries do without memory is theirs), and writes, syncs and
// renames of files below a folder called results. A write fails for lack of space.
// Locks of any file are counted.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { NONE, WRITE, SYNC, RENAME, MEMORY, LOCK };

static struct {
    bool is_ready;
    enum kind kind;
    long at;
    bool all;
    uintptr_t text, text_end; // of the program
    atomic_long calls;
} shim;

static int find_text(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
            shim.text = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            shim.text_end = shim.text + info->dlpi_phdr[i].p_memsz;
        }
    return 1; // the first is the program itself
}

__attribute__((constructor)) static void begin(void)
{
    static const char *const names[] = {"", "write", "sync", "rename", "memory", "lock"};
    const char *call = getenv("SHIM_CALL"), *at = getenv("SHIM_AT");
    if (!call || strcmp(program_invocation_short_name, "hourglass") != 0)
        return;
    for (enum kind k = WRITE; k <= LOCK; k++)
        if (strcmp(call, names[k]) == 0)
            shim.kind = k;
    shim.at = at ? atol(at) : 0;
    shim.all = getenv("SHIM_ALL") != NULL;
    dl_iterate_phdr(find_text, NULL);
    shim.is_ready = true;
}

__attribute__((destructor)) static void end(void)
{
    const char *log = getenv("SHIM_LOG");
    char line[64];
    if (!shim.is_ready || !log)
        return;
    int fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    int n = snprintf(line, sizeof line, "%ld\n", (long)shim.calls);
    shim.is_ready = false;
    if (fd >= 0 && write(fd, line, (size_t)n) == n)
        close(fd);
}

static bool fails(enum kind kind)
{
    if (!shim.is_ready || shim.kind != kind)
        return false;
    long call = atomic_fetch_add(&shim.calls, 1) + 1;
    return shim.at > 0 && (call == shim.at || (shim.all && call > shim.at));
}

static bool is_result(const char *path)
{
    return strstr(path, "results/") != NULL;
}

static bool is_result_fd(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = shim.is_ready ? readlink(link, path, sizeof path - 1) : -1;
    path[n > 0 ? n : 0] = 0;
    return is_result(path);
}

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))
#define WRITES(condition)              \
    if ((condition) && fails(WRITE)) { \
        errno = ENOSPC;                \
        return -1;                     \
    }

ssize_t write(int fd, const void *data, size_t n)
{
    WRITES(is_result_fd(fd))
    return NEXT(write)(fd, data, n);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    WRITES(is_result_fd(fd))
    return NEXT(pwrite)(fd, data, n, at);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
    WRITES(is_result_fd(fd))
    return NEXT(pwrite64)(fd, data, n, at);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
    WRITES(is_result_fd(fd))
    return NEXT(writev)(fd, v, n);
}

int ftruncate(int fd, off_t length)
{
    WRITES(is_result_fd(fd))
    return NEXT(ftruncate)(fd, length);
}

int fsync(int fd)
{
    if (is_result_fd(fd) && fails(SYNC)) {
        errno = EIO;
        return -1;
    }
    return NEXT(fsync)(fd);
}

int rename(const char *from, const char *to)
{
    if (is_result(to) && fails(RENAME)) {
        errno = EIO;
        return -1;
    }
    return NEXT(rename)(from, to);
}

int flock(int fd, int operation)
{
    if (fails(LOCK)) {
        errno = ENOLCK;
        return -1;
    }
    return NEXT(flock)(fd, operation);
}

// --- memory
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *old, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static bool is_own(const void *caller)
{
    return shim.is_ready && (uintptr_t)caller >= shim.text && (uintptr_t)caller < shim.text_end;
}

#define ALLOCATES                                               \
    if (is_own(__builtin_return_address(0)) && fails(MEMORY)) { \
        errno = ENOMEM;                                         \
        return NULL;                                            \
    }

void *malloc(size_t n)
{
    ALLOCATES
    return __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
    ALLOCATES
    return __libc_calloc(count, n);
}

void *realloc(void *old, size_t n)
{
    ALLOCATES
    return __libc_realloc(old, n);
}

void *reallocarray(void *old, size_t count, size_t n)
{
    size_t bytes;
    ALLOCATES
    if (__builtin_mul_overflow(count, n, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    ALLOCATES
    return __libc_memalign(alignment, n);
}

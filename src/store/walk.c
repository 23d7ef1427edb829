// The walk: a foreign file is first opened and read by a forked child, whose crash or endless loop harms nobody. HDF5
// 1.10 crashes on many malformed files and hangs on some.
//
// The child makes the very calls that this program makes later: it visits every object, reads every attribute, and of
// each array whatever its form on disk makes dangerous: all of a compressed, chunked or variable-length one; the first
// and last element of plain numbers, whose bytes HDF5 only copies. What is left is luck: a compressed chunk that
// unpacks to less than its size makes HDF5 read behind its buffer, which need not crash.
#include "store/store_impl.h"

#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
enum { LIMITS_MEMORY = 0 }; // its shadow takes terabytes of address space
#else
enum { LIMITS_MEMORY = 1 };
#endif
enum { CPU_SECONDS = 10, WALL_SECONDS = 20 }; // and one more per 20 MB of the file
static const int64_t BYTES_PER_SECOND = 20000000, MEMORY = INT64_C(2) << 30;

// --- in the child
struct walk {
    struct store_file *f;
    struct err *e;
};

static int read_all(struct walk *w, const char *path, const struct store_shape *shape)
{
    int64_t piece = shape_piece(shape), rows = shape_rows(shape), elements = shape_row_elements(shape);
    if (piece > rows)
        piece = rows;
    void *data = mem_array((size_t)(piece * elements), store_type_size(shape->type), path, w->e);
    int r = data ? 0 : -1;
    for (int64_t first = 0, n; first < rows && r == 0; first += n) {
        n = rows - first < piece ? rows - first : piece;
        r = store_read(w->f, path, shape->type, first, n, data, w->e);
        if (shape->type == STORE_TEXT && r == 0)
            texts_free(data, n * elements);
    }
    free(data);
    return r;
}

static int read_ends(struct walk *w, const char *path, hid_t dataset, const struct store_shape *shape)
{
    hsize_t at[2 * STORE_MAX_RANK] = {0};
    for (int i = 0; i < shape->rank; i++)
        at[shape->rank + i] = (hsize_t)shape->dims[i] - 1;
    hid_t file = H5Dget_space(dataset), memory = H5Screate_simple(1, (const hsize_t[]){shape->rank ? 2 : 1}, NULL);
    hid_t type = type_open(shape->type);
    double values[2];
    int r = shape->rank && H5Sselect_elements(file, H5S_SELECT_SET, 2, at) < 0 ? -1 : 0;
    if (r == 0)
        r = H5Dread(dataset, type, memory, file, H5P_DEFAULT, values) < 0 ? -1 : 0;
    if (r < 0)
        file_fail(w->f, path, w->e, "cannot read its first and last element");
    H5Tclose(type);
    H5Sclose(memory);
    H5Sclose(file);
    return r;
}

static int read_dataset(struct walk *w, const char *path, hid_t dataset)
{
    struct store_shape shape;
    struct err other = {0};
    if (dataset_shape(w->f, path, dataset, &shape, &other) < 0)
        return 0; // refused later too: nobody will read it
    if (shape_rows(&shape) * shape_row_elements(&shape) == 0 || H5Dget_storage_size(dataset) == 0)
        return 0;
    hid_t creation = H5Dget_create_plist(dataset);
    bool is_plain = H5Pget_layout(creation) == H5D_CONTIGUOUS && shape.type != STORE_TEXT;
    H5Pclose(creation);
    return is_plain ? read_ends(w, path, dataset, &shape) : read_all(w, path, &shape);
}

static herr_t read_attribute(hid_t object, const char *name, const H5A_info_t *info, void *walk)
{
    (void)info;
    struct walk *w = walk;
    char path[4096] = "/";
    H5Iget_name(object, path, sizeof path);
    struct err other = {0};
    int64_t whole;
    double real;
    char *text = store_get_text(w->f, path, name);
    if (!text && store_get_int(w->f, path, name, &whole, &other) < 0)
        store_get_real(w->f, path, name, &real, &other);
    free(text);
    return 0;
}

static herr_t visit(hid_t root, const char *path, const H5O_info_t *info, void *walk)
{
    struct walk *w = walk;
    hid_t object = H5Oopen(root, path, H5P_DEFAULT);
    if (object < 0)
        return file_fail(w->f, path, w->e, "cannot open it");
    int r = H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, read_attribute, w) < 0 ? -1 : 0;
    if (r < 0)
        file_fail(w->f, path, w->e, "cannot read its attributes");
    else if (info->type == H5O_TYPE_DATASET)
        r = read_dataset(w, path, object);
    if (H5Oclose(object) < 0 && r == 0)
        r = file_fail(w->f, path, w->e, "cannot close it");
    return r;
}

static int walk_file(const char *path, struct err *e)
{
    struct walk w = {.f = file_open(path, e), .e = e};
    if (!w.f)
        return -1;
    int r = H5Ovisit2(w.f->id, H5_INDEX_NAME, H5_ITER_NATIVE, visit, &w, H5O_INFO_BASIC) < 0 ? -1 : 0;
    if (r < 0 && e->count == 0)
        file_fail(w.f, NULL, e, "cannot visit what is in it");
    if (H5Fclose(w.f->id) < 0 && r == 0)
        r = file_fail(w.f, NULL, e, "cannot close it");
    return r;
}

static void limit(int resource, rlim_t value)
{
    struct rlimit current;
    if (getrlimit(resource, &current) < 0)
        return;
    if (value > current.rlim_max)
        value = current.rlim_max;
    setrlimit(resource, &(struct rlimit){.rlim_cur = value, .rlim_max = current.rlim_max});
}

// Bytes of address space that this process has by now: the libraries' and what was allocated before the fork.
static rlim_t address_space(void)
{
    long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (statm && fscanf(statm, "%ld", &pages) != 1)
        pages = 0;
    if (statm)
        fclose(statm);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void restrain(int64_t file_size)
{
    static const int signals[] = {
        SIGALRM, SIGXCPU, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], SIG_DFL); // the parent's handlers are not for its children
    sigprocmask(SIG_SETMASK, &none, NULL);
    int64_t more = file_size / BYTES_PER_SECOND;
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, (rlim_t)(CPU_SECONDS + more));
    alarm((unsigned)(WALL_SECONDS + more));
    if (LIMITS_MEMORY)
        limit(RLIMIT_AS, address_space() + (rlim_t)MEMORY + (rlim_t)file_size);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, STDERR_FILENO); // what allocators and sanitizers say as they die
}

static _Noreturn void child(const char *path, int64_t file_size, int report)
{
    restrain(file_size);
    struct err e = {0};
    int r = walk_file(path, &e);
    size_t length = strcspn(e.text, "\n");
    if (r < 0 && write(report, e.text, length) != (ssize_t)length)
        _exit(2);
    _exit(r < 0 ? 1 : 0);
}

// --- in the parent
static int verdict(const char *path, int status, const char *reason, struct err *e)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    size_t prefix = strlen(path) + strlen(": "); // of every message of the child
    if (strlen(reason) > prefix)
        return err_add(e, ERR_DATA, "%s: not a readable HDF5 file: %s", path, reason + prefix);
    int sign = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (sign == SIGXCPU || sign == SIGALRM || sign == SIGKILL)
        return err_add(e, ERR_DATA, "%s: not a readable HDF5 file: reading it does not come to an end", path);
    return err_add(e, ERR_DATA, "%s: not a readable HDF5 file: it is malformed (reading it ended with %s)", path,
        sign ? strsignal(sign) : "an error");
}

static int fork_and_wait(const char *path, int64_t file_size, struct err *e)
{
    int ends[2], status = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(e, "%s: cannot make a pipe to check it", path);
    pid_t pid = fork();
    if (pid == 0)
        child(path, file_size, ends[1]);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_errno(e, "%s: cannot start a process to check it", path);
    }
    char reason[1024];
    size_t length = 0;
    for (ssize_t n = 1; n > 0 || (n < 0 && errno == EINTR);) {
        n = read(ends[0], reason + length, sizeof reason - 1 - length);
        length += n > 0 ? (size_t)n : 0;
    }
    reason[length] = 0;
    close(ends[0]);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return err_errno(e, "%s: lost the process that checks it", path);
    return verdict(path, status, reason, e);
}

// Files that passed, as they were then.
static struct walked {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
} * walked;
static int walked_count;
static bool trusts; // another process has walked what this one opens

static bool is_walked(const struct stat *s)
{
    for (int i = walked_count - 1; i >= 0; i--) {
        const struct walked *w = &walked[i];
        if (w->device == s->st_dev && w->inode == s->st_ino && w->size == s->st_size &&
            w->modified.tv_sec == s->st_mtim.tv_sec && w->modified.tv_nsec == s->st_mtim.tv_nsec)
            return true;
    }
    return false;
}

int store_walk(const char *path, struct err *e)
{
    struct stat s;
    if (stat(path, &s) < 0)
        return err_add(e, ERR_DATA, "%s: %s", path, strerror(errno));
    if (!S_ISREG(s.st_mode))
        return err_add(e, ERR_DATA, "%s: not a file", path);
    if (trusts || is_walked(&s))
        return 0;
    if (fork_and_wait(path, s.st_size, e) < 0)
        return -1;
    walked = mem_grow(walked, (size_t)walked_count + 1, sizeof *walked);
    walked[walked_count++] =
        (struct walked){.device = s.st_dev, .inode = s.st_ino, .size = s.st_size, .modified = s.st_mtim};
    return 0;
}

void store_trust(void)
{
    trusts = true;
}

// The walk: a forked child opens and reads a foreign file before this process does, because HDF5 1.10 crashes on many
// malformed files and never returns from some.
//
// The child makes the same calls that this program makes later. It visits every object, or only those that the caller
// names, and reads their attributes. It reads all of a compressed, chunked or variable-length array, because any part
// of it can crash HDF5. HDF5 only copies the bytes of plain numbers, so the child reads their first and last element
// (walk_array.c). One risk remains: if a compressed chunk unpacks to fewer bytes than it should, HDF5 reads past the
// end of its buffer, which does not always crash.
//
// The parent sends nothing. For each file the child writes records into a pipe: one for each array, if the caller wants
// them, and a last one with the messages. If the child dies before the last record, the file is bad. The child has
// limits on CPU time, wall time and memory that depend on the size of the file.
#include "store/store_impl.h"

#include "base/clock.h"
#include "base/input.h"
#include "base/mem.h"
#include "store/schema.h"
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
enum { LIMITS_MEMORY = 0 }; // the shadow memory of AddressSanitizer takes terabytes of address space
#else
enum { LIMITS_MEMORY = 1 };
#endif
enum { CPU_SECONDS = 10, WALL_SECONDS = 20 }; // plus one second per 20 MB of the file
static const int64_t BYTES_PER_SECOND = 20000000, MEMORY = INT64_C(2) << 30;

// The work of a child.
struct task {
    const char *const *paths;
    int n;
    const char *const *objects; // objects to visit, besides the file's attributes; NULL: all objects
    int n_objects;
    bool verifies;                 // also compares checksums
    const struct store_each *each; // receives each array; NULL: the walk of a file stops at the first damage
};

// --- in the child
struct walk {
    struct store_file *f;
    struct err *e;
    const char *object; // path of the object that is visited
    const struct task *task;
    int report; // the pipe for records
    bool is_damaged;
};

// What a child reports about a file: a record for each array, and a last one, which the messages follow. A file without
// messages is good.
struct record {
    int64_t bytes;  // number of bytes of an array
    int32_t length; // number of bytes of the messages; RECORD_ARRAY: this is the record of an array
    int32_t hidden; // number of messages that did not fit
    bool has_checksum;
};
enum { RECORD_ARRAY = -1 };

static void record_send(int report, const struct record *record, const char *messages)
{
    const struct {
        const char *data;
        size_t n;
    } parts[] = {{(const char *)record, sizeof *record}, {messages, record->length > 0 ? (size_t)record->length : 0}};

    for (size_t i = 0; i < 2; i++)
        for (size_t done = 0; done < parts[i].n;) {
            ssize_t written = write(report, parts[i].data + done, parts[i].n - done);
            if (written < 0 && errno != EINTR)
                _exit(2);
            done += written > 0 ? (size_t)written : 0;
        }
}

static void array_send(void *walk, const char *path, int64_t bytes, bool has_checksum)
{
    (void)path;
    const struct walk *w = walk;
    record_send(
        w->report, &(struct record){.bytes = bytes, .length = RECORD_ARRAY, .has_checksum = has_checksum}, NULL);
}

static herr_t read_attribute(hid_t object, const char *name, const H5A_info_t *info, void *unused)
{
    (void)info, (void)unused;
    attribute_touch(object, name);
    return 0;
}

// Compares an array with its checksum, if the task compares checksums and the array has one. Otherwise only reads it.
static int check_dataset(struct walk *w, const char *path, hid_t dataset)
{
    struct store_each each = {array_send, w};
    struct open_array a = {.f = w->f, .path = path, .dataset = dataset};
    struct err unreadable = {0}; // not used: array_try reports the error
    bool has_checksum = H5Aexists(dataset, STORE_CHECKSUM) > 0;

    if (has_checksum && w->task->verifies)
        return array_verify(&a, w->task->each ? &each : NULL, w->e);
    if (w->task->each)
        array_verify(&a, &each, &unreadable);

    return array_try(&a, w->e);
}

static int check_object(struct walk *w, const char *path, hid_t object, H5O_type_t type)
{
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, read_attribute, w) < 0)
        return file_fail(w->f, path, w->e, "cannot read its attributes");
    if (type == H5O_TYPE_DATASET)
        return check_dataset(w, path, object);

    return type == H5O_TYPE_GROUP && w->task->verifies ? attributes_verify(w->f, path, object, w->e) : 0;
}

static herr_t walk_visit(hid_t root, const char *relative, const object_info *info, void *walk)
{
    struct walk *w = walk;
    const char *top = *w->object ? w->object : "/";
    const char *slash = *w->object ? "/" : "";
    char *path = strcmp(relative, ".") == 0 ? mem_text(top) : mem_format("%s%s%s", w->object, slash, relative);
    hid_t object = object_of_info(root, info); // does not resolve the path again
    int rc = object < 0 ? file_fail(w->f, path, w->e, "cannot open it") : check_object(w, path, object, info->type);

    if (object >= 0 && H5Oclose(object) < 0 && rc == 0)
        rc = file_fail(w->f, path, w->e, "cannot close it");
    free(path);
    if (rc < 0)
        w->is_damaged = true;

    return w->task->each ? 0 : rc; // with `each`, continues after damage
}

static int visit_object(struct walk *w, const char *path)
{
    hid_t object = object_open(w->f, path, w->e);
    w->object = path;
    int rc = object < 0 || objects_visit(object, walk_visit, w) < 0 ? -1 : 0;
    if (rc < 0 && w->e->count == 0)
        file_fail(w->f, path, w->e, "cannot visit what is in it");
    if (object >= 0)
        H5Oclose(object);
    return rc;
}

static int visit_parts(struct walk *w, const struct task *t)
{
    int rc = H5Aiterate2(w->f->id, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, read_attribute, w) < 0 ? -1 : 0;
    if (rc < 0)
        file_fail(w->f, NULL, w->e, "cannot read its attributes");
    for (int i = 0; i < t->n_objects && rc == 0; i++)
        if (store_has(w->f, t->objects[i]))
            rc = visit_object(w, t->objects[i]);
    return rc;
}

static int walk_file(const struct task *t, const char *path, int report, struct err *e)
{
    bool is_sealed;
    const char *why;

    if (input_check(path, &why) < 0)
        return err_add(e, ERR_DATA, "%s: %s", path, why);

    struct walk w = {.e = e, .task = t, .report = report, .is_damaged = seal_check(path, &is_sealed, e) < 0};

    if (w.is_damaged && !t->verifies)
        return -1;

    w.f = file_open_unchecked(path, e);
    if (!w.f)
        return -1;

    w.f->is_sealed = is_sealed;
    int rc = t->objects ? visit_parts(&w, t) : visit_object(&w, "");
    if (t->each && seal_missing(w.f, e) < 0)
        rc = -1;
    if (H5Fclose(w.f->id) < 0 && rc == 0)
        rc = file_fail(w.f, NULL, e, "cannot close it");

    file_free(&w.f);
    return w.is_damaged ? -1 : rc;
}

// Sets the soft limit only, because the next file gets another limit.
static void limit_resource(int resource, rlim_t value)
{
    struct rlimit current;
    if (getrlimit(resource, &current) < 0)
        return;
    current.rlim_cur = value < current.rlim_max ? value : current.rlim_max;
    setrlimit(resource, &current);
}

// Returns the size of this process's address space. It includes libraries and what the parent allocated before the
// fork.
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

static void restrain_child(void)
{
    static const int signals[] = {
        SIGALRM, SIGXCPU, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
    sigset_t none;
    sigemptyset(&none);

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], SIG_DFL); // the child must not run the parent's handlers
    sigprocmask(SIG_SETMASK, &none, NULL);
    limit_resource(RLIMIT_CORE, 0);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, STDERR_FILENO); // hides the last words of allocators and sanitizers
}

static void restrain_file(const char *path)
{
    struct stat s = {0};
    stat(path, &s);
    int64_t more = s.st_size / BYTES_PER_SECOND;
    limit_resource(RLIMIT_CPU, (rlim_t)clock_cpu() + 1 + (rlim_t)(CPU_SECONDS + more));
    alarm((unsigned)(WALL_SECONDS + more));
    if (LIMITS_MEMORY)
        limit_resource(RLIMIT_AS, address_space() + (rlim_t)MEMORY + (rlim_t)s.st_size);
}

static _Noreturn void child_run(const struct task *t, int first, int report)
{
    struct err *e = mem_new(1, sizeof *e);
    restrain_child();

    for (int i = first; i < t->n; i++) {
        restrain_file(t->paths[i]);
        *e = (struct err){0};
        int rc = walk_file(t, t->paths[i], report, e);
        record_send(report, &(struct record){.length = rc < 0 ? (int32_t)e->length : 0, .hidden = e->hidden}, e->text);
    }
    _exit(0);
}

// --- in the parent
static int fail_malformed(const char *path, int status, struct err *e)
{
    int sign = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (sign == SIGXCPU || sign == SIGALRM || sign == SIGKILL)
        return err_add(e, ERR_DATA, "%s: not a readable HDF5 file: reading it does not come to an end", path);
    return err_add(e, ERR_DATA, "%s: not a readable HDF5 file: it is malformed (reading it ended with %s)", path,
        sign ? strsignal(sign) : "an error");
}

// Adds a message of the child as an error. The message begins with the path. Unless it reports damage or a change, says
// that the file is not a readable HDF5 file.
static void reason_add(const char *path, const char *reason, struct err *e)
{
    if (strstr(reason, ": damaged: ") || strstr(reason, ": changed since it was written: "))
        err_add(e, ERR_DATA, "%s", reason);
    else
        err_add(e, ERR_DATA, "%s: not a readable HDF5 file: %s", path, err_behind(reason, path));
}

static int reasons_add(const char *path, char *reasons, struct err *e)
{
    char *rest = NULL;
    for (char *line = strtok_r(reasons, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        reason_add(path, line, e);

    return -1;
}

static bool read_whole(int from, void *data, size_t n)
{
    for (char *at = data; n > 0;) {
        ssize_t got = read(from, at, n);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        at += got > 0 ? got : 0;
        n -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

struct store_walker {
    struct task task;
    int at;    // index of the file whose result is next
    pid_t pid; // the running child; 0: none
    int from;  // the pipe from which its records are read
};

struct store_walker *store_walker_new(const char *const *paths, int n, enum store_depth depth)
{
    struct store_walker *w = mem_new(1, sizeof *w);
    w->task = (struct task){.paths = paths, .n = n, .verifies = depth == STORE_CHECKSUMS};
    return w;
}

static int child_start(struct store_walker *w, struct err *e)
{
    ASSERT(w->pid == 0 && w->at < w->task.n, "file %d of %d", w->at, w->task.n);
    int ends[2];
    const char *path = w->task.paths[w->at];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(e, "%s: cannot make a pipe to check it", path);

    w->pid = fork();
    if (w->pid == 0)
        child_run(&w->task, w->at, ends[1]);
    close(ends[1]);
    w->from = ends[0];
    if (w->pid > 0)
        return 0;

    close(ends[0]);
    w->pid = 0;

    return err_errno(e, "%s: cannot start a process to check it", path);
}

static int child_end(struct store_walker *w)
{
    ASSERT(w->pid > 0, "no child runs");
    int status = 0;
    close(w->from);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
    }
    w->pid = 0;
    return status;
}

void store_walker_report(struct store_walker *w, const struct store_each *each)
{
    ASSERT(w->task.verifies, "the walker of %d files compares no checksums", w->task.n);
    w->task.each = each;
}

// Reads the child's records of a file up to the last one, and the messages after it. Returns false if the child has
// died.
static bool verdict_read(struct store_walker *w, char *messages, size_t room, int *hidden)
{
    struct record record = {0};
    bool is_read;
    while ((is_read = read_whole(w->from, &record, sizeof record)) && record.length == RECORD_ARRAY)
        w->task.each->array(w->task.each->context, NULL, record.bytes, record.has_checksum);
    if (!is_read || record.length < 0 || (size_t)record.length >= room ||
        !read_whole(w->from, messages, (size_t)record.length))
        return false;
    messages[record.length] = 0;
    *hidden = record.hidden;

    return true;
}

int store_walker_next(struct store_walker *w, struct err *e)
{
    char messages[sizeof e->text + 1];
    int hidden;

    ASSERT(w->at < w->task.n, "file %d of %d", w->at, w->task.n);
    const char *path = w->task.paths[w->at];
    if (!w->pid && child_start(w, e) < 0)
        return -1;

    w->at++;
    if (!verdict_read(w, messages, sizeof messages, &hidden))
        return fail_malformed(path, child_end(w), e); // the child died while it read this file
    e->count += hidden;
    e->hidden += hidden;

    return *messages ? reasons_add(path, messages, e) : 0;
}

void store_walker_free(struct store_walker **w)
{
    if (*w && (*w)->pid) {
        kill((*w)->pid, SIGKILL);
        child_end(*w);
    }
    free(*w);
    *w = NULL;
}

static int is_file(const char *path, struct stat *s, struct err *e)
{
    const char *why, *split = strstr(path, ".h5:");
    if (input_check(path, &why) < 0 && errno == ENOENT && split)
        return err_add(
            e, ERR_DATA, "%s: %s, allowed: a file, not a split; hint: %.*s", path, why, (int)(split + 3 - path), path);
    if (input_check(path, &why) < 0)
        return err_add(e, ERR_DATA, "%s: %s", path, why);

    return stat(path, s) < 0 ? err_add(e, ERR_DATA, "%s: %s", path, strerror(errno)) : 0;
}

static bool trusts; // another process has already walked the files that this one opens

static int walk_path(const char *path, const char *const *objects, int n, struct err *e)
{
    struct stat s;
    bool is_sealed;
    if (is_file(path, &s, e) < 0)
        return -1;
    if (trusts || checked_has(&s, CHECKED_WALK))
        return 0;
    if (seal_check(path, &is_sealed, e) < 0) // compared only here, not in the child
        return -1;

    struct store_walker *w = store_walker_new(&path, 1, STORE_STRUCTURE);
    w->task.objects = objects;
    w->task.n_objects = n;
    int rc = store_walker_next(w, e);
    store_walker_free(&w);
    if (rc == 0 && !objects)
        checked_add(&s, CHECKED_WALK);

    return rc;
}

int store_walk(const char *path, struct err *e)
{
    return walk_path(path, NULL, 0, e);
}

int store_walk_objects(const char *path, const char *const *objects, int n, struct err *e)
{
    return walk_path(path, objects, n, e);
}

void store_trust(void)
{
    trusts = true;
}

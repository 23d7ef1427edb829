// Files appear whole or not at all: full disks, damaged writes, refused names, a kill while writing, two writers.
// links: store base
#include "store_folder.h"

#include "store/schema.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { N = 50000 };

// A file with some of everything; its values follow from `seed`. -1 and an error as soon as a write fails.
static int write_file(struct store_file *f, float seed, struct err *e)
{
    static float values[N];
    static const char *names[100];
    for (int i = 0; i < N; i++)
        values[i] = seed * 65536 + (float)i;
    for (int i = 0; i < 100; i++)
        names[i] = i % 2 ? "odd" : "even";
    struct store_about about = {.long_name = "values", .units = "1", .scales = {"sample"}};
    struct store_about named = {.scales = {"row"}};
    if (store_write_index(f, "g/sample", N, "row", e) < 0 ||
        store_write(f, "g/values", &(struct store_shape){STORE_F32, 1, {N}}, values, &about, e) < 0 ||
        store_write_index(f, "h/row", 100, "row", e) < 0 ||
        store_write(f, "h/name", &(struct store_shape){STORE_TEXT, 1, {100}}, names, &named, e) < 0)
        return -1;
    return store_set_real(f, "g", "seed", seed, e);
}

static int make_file(const char *path, float seed, struct err *e)
{
    struct store_file *f = store_create(path, FORMAT_TRIAL, e);
    if (!f)
        return -1;
    if (write_file(f, seed, e) < 0) {
        store_abandon(&f);
        return -1;
    }
    return store_commit(&f, e);
}

static void check_file(const char *path, float seed)
{
    struct err e = {0};
    float last;
    struct store_file *f = store_open(path, FORMAT_TRIAL, STORE_OWN, &e);
    if (!f)
        fail_msg("%s", e.text);
    assert_ok(store_read(f, "g/values", STORE_F32, store_entries(N - 1, 1), &last, &e), e);
    assert_true(last == seed * 65536 + N - 1);
    assert_ok(store_verify(f, "g/values", &e), e);
    assert_ok(store_verify(f, "h/name", &e), e);
    store_close(&f);
}

static char *read_bytes(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat s;
    assert_non_null(file);
    fstat(fileno(file), &s);
    char *bytes = mem_new((size_t)s.st_size, 1);
    *size = fread(bytes, 1, (size_t)s.st_size, file);
    fclose(file);
    return bytes;
}

// Equal contents are equal files.
static void test_equal_bytes(void **state)
{
    struct err e = {0};
    size_t a_size, b_size;
    assert_ok(make_file(in_folder(state, "a.h5"), 1, &e), e);
    sleep(1);
    assert_ok(make_file(in_folder(state, "b.h5"), 1, &e), e);
    char *a = read_bytes(in_folder(state, "a.h5"), &a_size), *b = read_bytes(in_folder(state, "b.h5"), &b_size);
    assert_int_equal(a_size, b_size);
    assert_memory_equal(a, b, a_size);
    free(a);
    free(b);
}

// --- faults: this program's versions of the system's calls come before the C library's, also for HDF5
static struct {
    bool is_on;
    int countdown; // calls until the first that fails
    bool is_for_ever;
    int hits;
    dev_t device; // of the files that are meant
} fault;

static bool is_faulty(int fd)
{
    struct stat s;
    if (!fault.is_on || (fd >= 0 && (fstat(fd, &s) < 0 || s.st_dev != fault.device)))
        return false;
    if (fault.countdown-- > 0 || (fault.hits && !fault.is_for_ever))
        return false;
    fault.hits++;
    errno = ENOSPC;
    return true;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int fd, const void *data, size_t n, off_t offset)
{
    return is_faulty(fd) ? -1 : REAL(pwrite)(fd, data, n, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t offset)
{
    return is_faulty(fd) ? -1 : REAL(pwrite64)(fd, data, n, offset);
}

int ftruncate(int fd, off_t length)
{
    return is_faulty(fd) ? -1 : REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
    return is_faulty(fd) ? -1 : REAL(ftruncate64)(fd, length);
}

int fsync(int fd)
{
    return is_faulty(fd) ? -1 : REAL(fsync)(fd);
}

int rename(const char *from, const char *to)
{
    return is_faulty(-1) ? -1 : REAL(rename)(from, to);
}

// Every call that writes fails once, or from then on for ever, as on a full disk: the file of before stays.
static void fail_each_call(void **state, bool is_for_ever)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    struct stat s;
    assert_int_equal(stat(*state, &s), 0);
    assert_ok(make_file(path, 1, &e), e);
    int calls = 0, r = -1;
    for (; r < 0; calls++) {
        fault = (__typeof__(fault)){.is_on = true, .countdown = calls, .is_for_ever = is_for_ever, .device = s.st_dev};
        r = make_file(path, 2, &e);
        fault.is_on = false;
        if (fault.hits == 0)
            break;
        assert_error(r, e, ERR_IO, "No space left on device");
        assert_int_equal(folder_count(*state), 1);
        assert_true(calls < 1000);
    }
    print_message("%d calls failed in turn\n", calls);
    assert_true(calls > 10);
    check_file(path, 2);
}

static void test_full_once(void **state)
{
    fail_each_call(state, false);
}

static void test_full(void **state)
{
    fail_each_call(state, true);
}

// --- damage
// Turns one byte of the values over: where their bytes lie in a file of this folder.
static void damage(void **state, const char *name)
{
    static const float mark[4] = {2 * 65536, 2 * 65536 + 1, 2 * 65536 + 2, 2 * 65536 + 3};
    size_t size;
    char *bytes = read_bytes(in_folder(state, name), &size);
    char *at = memmem(bytes, size, mark, sizeof mark);
    assert_non_null(at);
    int fd = open(in_folder(state, name), O_WRONLY);
    char other = (char)~*at;
    assert_int_equal(REAL(pwrite)(fd, &other, 1, at - bytes), 1);
    close(fd);
    free(bytes);
}

static char *temporary_name(void **state)
{
    DIR *d = opendir(*state);
    char *name = NULL;
    for (struct dirent *entry; (entry = readdir(d));)
        if (strncmp(entry->d_name, ".a.h5.tmp-", 10) == 0)
            name = mem_text(entry->d_name);
    closedir(d);
    assert_non_null(name);
    return name;
}

// What the disk does not give back as it was written never gets its name.
static void test_damaged_before_commit(void **state)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    assert_ok(make_file(path, 1, &e), e);
    struct store_file *f = store_create(path, FORMAT_TRIAL, &e);
    assert_ok(write_file(f, 2, &e), e);
    char *temporary = temporary_name(state);
    damage(state, temporary);
    assert_error(store_commit(&f, &e), e, ERR_IO, "g/values: damaged: its checksum is ");
    assert_int_equal(folder_count(*state), 1);
    check_file(path, 1);
    free(temporary);
}

static void test_damaged_later(void **state)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    assert_ok(make_file(path, 2, &e), e);
    damage(state, "a.h5");
    struct store_file *f = store_open(path, FORMAT_TRIAL, STORE_CHECK, &e);
    assert_non_null(f);
    assert_ok(store_verify(f, "g/sample", &e), e);
    assert_error(store_verify(f, "g/values", &e), e, ERR_DATA, "a.h5: g/values: damaged");
    store_close(&f);
}

static void test_refused_name(void **state)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    assert_int_equal(mkdir(path, 0777), 0);
    assert_error(make_file(path, 1, &e), e, ERR_IO, "a.h5: cannot give the file its name: Is a directory");
    assert_int_equal(folder_count(*state), 1);
    assert_int_equal(rmdir(path), 0);
}

// --- other processes
static void test_killed(void **state)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    assert_ok(make_file(path, 1, &e), e);
    pid_t pid = fork();
    if (pid == 0) {
        struct store_file *f = store_create(path, FORMAT_TRIAL, &e);
        write_file(f, 2, &e);
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    check_file(path, 1);
    assert_int_equal(folder_count(*state), 2); // the temporary of the dead
}

static void test_two_writers(void **state)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    struct store_file *f = store_create(path, FORMAT_TRIAL, &e);
    assert_ok(write_file(f, 1, &e), e);
    pid_t pid = fork();
    if (pid == 0)
        _exit(make_file(path, 2, &e) == 0 ? 0 : 1);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    check_file(path, 2);
    assert_ok(store_commit(&f, &e), e);
    check_file(path, 1);
    assert_int_equal(folder_count(*state), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {TEST(test_equal_bytes), TEST(test_full_once), TEST(test_full),
        TEST(test_damaged_before_commit), TEST(test_damaged_later), TEST(test_refused_name), TEST(test_killed),
        TEST(test_two_writers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Walks of many files by one process: every verdict belongs to its file, also where a file is the process's end; and
// the check of all arrays of a file.
// links: store base
#include "store_folder.h"

#include "store/schema.h"
#include <dlfcn.h>
#include <signal.h>
#include <sys/stat.h>

enum { N = 4000 };

// A read of this file never ends: this program's version of the call comes before the C library's.
static ino_t endless;

ssize_t pread(int fd, void *data, size_t n, off_t offset)
{
    struct stat s;
    while (endless && fstat(fd, &s) == 0 && s.st_ino == endless)
        pause();
    return ((__typeof__(&pread))dlsym(RTLD_NEXT, "pread"))(fd, data, n, offset);
}

static void write_file(const char *path)
{
    struct err e = {0};
    static int64_t data[N];
    for (int64_t i = 0; i < N; i++)
        data[i] = i * i;
    struct store_file *f = store_create(path, FORMAT_TRIAL, &e);
    assert_non_null(f);
    assert_ok(store_write(f, "deep/one", &(struct store_shape){STORE_I64, 1, {N}}, data, NULL, &e), e);
    static const char *const names[] = {"a", "b"};
    assert_ok(store_write(f, "deep/names", &(struct store_shape){STORE_TEXT, 1, {2}}, names, NULL, &e), e);
    assert_ok(store_write(f, "two", &(struct store_shape){STORE_I64, 1, {3}}, data, NULL, &e), e);
    assert_ok(store_commit(&f, &e), e);
}

// One bit of an element of "deep/one", found by its value.
static void damage(const char *path)
{
    int64_t wanted = INT64_C(1234) * 1234, at = 0;
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    for (int64_t found = 0; found != wanted; at += 8)
        assert_int_equal(fseek(f, at, SEEK_SET) == 0 && fread(&found, sizeof found, 1, f) == 1, 1);
    wanted ^= 1;
    fseek(f, at - 8, SEEK_SET);
    fwrite(&wanted, sizeof wanted, 1, f);
    fclose(f);
}

// The only child of this process.
static pid_t child_of_this(void)
{
    char path[64];
    int pid = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *in = fopen(path, "r");
    if (in && fscanf(in, "%d", &pid) != 1)
        pid = 0;
    if (in)
        fclose(in);
    return pid;
}

static void test_each_its_verdict(void **state)
{
    struct err e = {0};
    char *paths[5];
    static const char *const names[] = {"good.h5", "none.h5", "text.h5", "damaged.h5", "last.h5"};
    for (int i = 0; i < 5; i++)
        paths[i] = mem_text(in_folder(state, names[i]));
    write_file(paths[0]);
    write_file(paths[3]);
    write_file(paths[4]);
    damage(paths[3]);
    FILE *text = fopen(paths[2], "w");
    fputs("no HDF5\n", text);
    fclose(text);
    for (int verifies = 0; verifies <= 1; verifies++) {
        struct store_walker *w = store_walker_new((const char *const *)paths, 5, verifies);
        assert_ok(store_walker_next(w, &e), e);
        assert_error(store_walker_next(w, &e), e, ERR_DATA, "none.h5: not a readable HDF5 file: No such file");
        assert_error(store_walker_next(w, &e), e, ERR_DATA, "text.h5: not a readable HDF5 file: cannot open it");
        if (verifies)
            assert_error(store_walker_next(w, &e), e, ERR_DATA, "damaged.h5: deep/one: damaged: its checksum is");
        else
            assert_ok(store_walker_next(w, &e), e);
        assert_ok(store_walker_next(w, &e), e);
        store_walker_free(&w);
        assert_null(w);
    }
    for (int i = 0; i < 5; i++)
        free(paths[i]);
}

static void test_end_of_the_process(void **state)
{
    struct err e = {0};
    struct stat s;
    char *paths[3] = {mem_text(in_folder(state, "a.h5")), mem_text(in_folder(state, "endless.h5")),
        mem_text(in_folder(state, "c.h5"))};
    for (int i = 0; i < 3; i++)
        write_file(paths[i]);
    assert_int_equal(stat(paths[1], &s), 0);
    endless = s.st_ino;
    struct store_walker *w = store_walker_new((const char *const *)paths, 3, STORE_STRUCTURE);
    assert_ok(store_walker_next(w, &e), e);
    assert_true(child_of_this() > 0);
    kill(child_of_this(), SIGKILL);
    assert_error(
        store_walker_next(w, &e), e, ERR_DATA, "endless.h5: not a readable HDF5 file: reading it does not come");
    assert_ok(store_walker_next(w, &e), e);
    store_walker_free(&w);
    w = store_walker_new((const char *const *)paths, 3, STORE_STRUCTURE);
    assert_ok(store_walker_next(w, &e), e);
    store_walker_free(&w); // ends the process that waits
    assert_int_equal(child_of_this(), 0);
    endless = 0;
    for (int i = 0; i < 3; i++)
        free(paths[i]);
}

static void test_objects(void **state)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    write_file(path);
    assert_ok(store_walk_objects(path, (const char *const[]){"deep", "none"}, 2, &e), e);
    assert_error(store_walk_objects(in_folder(state, "none.h5"), (const char *const[]){"deep"}, 1, &e), e, ERR_DATA,
        "none.h5: No such file");
}

static void count_array(void *context, const char *path, int64_t bytes, bool has_checksum)
{
    (void)path;
    int64_t *sums = context;
    sums[0]++;
    sums[1] += bytes;
    sums[2] += has_checksum;
}

static void test_verify_all(void **state)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    int64_t sums[3] = {0};
    struct store_each each = {count_array, sums};
    write_file(path);
    struct store_file *f = store_open(path, NULL, STORE_CHECK, &e);
    assert_ok(store_verify_all(f, &each, &e), e);
    store_close(&f);
    assert_int_equal(sums[0], 3);
    assert_int_equal(sums[1], 8 * (N + 3 + 2));
    assert_int_equal(sums[2], 3);
    damage(path);
    f = store_open(path, NULL, STORE_CHECK, &e);
    assert_error(store_verify_all(f, &each, &e), e, ERR_DATA, "a.h5: deep/one: damaged");
    store_close(&f);
    assert_int_equal(sums[0], 5); // and continued with the other
}

// Everything that is damaged in a file is reported, and the next file is read.
static void test_report(void **state)
{
    struct err e = {0};
    char *paths[2] = {mem_text(in_folder(state, "a.h5")), mem_text(in_folder(state, "b.h5"))};
    int64_t sums[3] = {0};
    struct store_each each = {count_array, sums};
    write_file(paths[0]);
    write_file(paths[1]);
    damage(paths[0]);
    struct store_walker *w = store_walker_new((const char *const *)paths, 2, STORE_CHECKSUMS);
    store_walker_report(w, &each);
    assert_error(store_walker_next(w, &e), e, ERR_DATA, "a.h5: deep/one: damaged: its checksum is");
    assert_int_equal(sums[0], 2);
    assert_ok(store_walker_next(w, &e), e);
    assert_int_equal(sums[0], 5);
    assert_int_equal(sums[2], 5);
    store_walker_free(&w);
    for (int i = 0; i < 2; i++)
        free(paths[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_its_verdict, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_end_of_the_process, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_objects, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_verify_all, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_report, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

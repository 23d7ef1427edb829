// Names and contents of small files that anybody may have written: only what this program writes is believed.
// links: run presence
#include "store_folder.h"

#include "base/request.h"
#include "presence/beacon.h"
#include "presence/state_file.h"
#include "run/plan_file.h"
#include <math.h>
#include <sys/stat.h>

static void names(void **state)
{
    static const char *const bad[] = {"lease-0-9223372036854775807", "lease-0-9223372036854775808",
        "lease-0-1000000000000000", "lease-0-99999999999999999999999", "lease-0--1", "lease-0-+1", "lease-0- 1",
        "lease-0-01", "lease-0-1x", "lease-0-1 ", "lease-0-", "lease-0", "lease-", "lease", "lease--1-1",
        "lease-2147483648-1", "lease-00-1", "lease-0-0x1", "lease-0-1e3", "lease-0-1.tmp", "xlease-0-1", ""};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int part;
        int64_t number;
        if (record_name_read(bad[i], "lease", &part, &number))
            fail_msg("'%s' was read as part %d, number %lld", bad[i], part, (long long)number);
    }

    static const int64_t good[] = {0, 1, 9, 10, 123456, RECORD_NUMBER_MAX};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int part = -1;
        int64_t number = -1;
        char *name = record_name("lease", INT32_MAX, good[i]);
        assert_true(record_name_read(name, "lease", &part, &number));
        assert_int_equal(part, INT32_MAX);
        assert_int_equal(number, good[i]);
        assert_false(record_name_read(name, "rank", &part, &number));
        free(name);
    }
}

static void put(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

// --- state/plan-0
static void plans(void **state)
{
    static const char *const bad[] = {"0123456789abcdef nan\n", "0123456789abcdef inf\n", "0123456789abcdef -1\n",
        "0123456789abcdef 1e999\n", "0123456789abcdef 1x\n", "0123456789abcdef\n", "0123456789abcde 1\n",
        "0123456789ABCDEF 1\n", "../../../../etc/x 1\n", "0123456789abcdef0 1\n", "\n", "0123456789abcdef 12",
        "0123456789abcdef 1\n\nx"};
    const char *folder = *state;
    char *inside = mem_format("%s/state", folder), *path = mem_format("%s/plan-0", inside);
    int n;
    struct err none = {0};
    assert_int_equal(mkdir(inside, 0777), 0);
    assert_null(plan_file_read(folder, 0, &n, &none));
    assert_int_equal(none.count, 0);

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        put(path, bad[i]);
        struct plan_line *lines = plan_file_read(folder, 0, &n, &e);
        if (lines || n || e.kind != ERR_DATA || !strstr(e.text, "plan-0: damaged: line "))
            fail_msg("'%s': %d lines, %s", bad[i], n, e.text);
    }

    put(path, "0123456789abcdef 1\nfedcba9876543210 2.5e+20\n");
    struct plan_line *lines = plan_file_read(folder, 0, &n, &none);
    assert_int_equal(n, 2);
    assert_string_equal(lines[1].id, "fedcba9876543210");
    assert_true(lines[1].operations == 2.5e20);
    free(lines);

    unlink(path);
    assert_int_equal(mkdir(path, 0777), 0); // a folder in its place
    assert_null(plan_file_read(folder, 0, &n, &none));
    assert_int_equal(none.kind, ERR_IO);
    rmdir(path);
    rmdir(inside);
    free(path);
    free(inside);
}

// --- state/rank-0-0
static void beacons(void **state)
{
    static const char *const bad[] = {"rank: -1", "rank: 99999999999999999999", "leader: -9223372036854775808",
        "epoch: .inf", "epoch: nan", "epoch: -1", "epochs: -1", "operations: -1", "operations: 1e400", "pid: -1",
        "seconds: -5", "epochs: 1x", "rank: [1]", "trials: {a: b}"};
    const char *path = in_folder(state, "rank-0-0");
    struct beacon b;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        put(path, bad[i]);
        if (beacon_read(path, &b, &e) == 0)
            fail_msg("'%s' was read", bad[i]);
        beacon_free(&b);
    }
    struct err e = {0};
    put(path, "rank: 3\nepoch: 2.5\nepochs: 9\n");
    assert_ok(beacon_read(path, &b, &e), e);
    assert_int_equal(b.rank, 3);
    beacon_free(&b);
}

// --- the first bytes of a trial's file
static void make_hdf5(const char *path)
{
    struct err e = {0};
    struct store_file *f = store_create(path, "hourglass-trial", &e);
    assert_non_null(f);
    assert_ok(store_write_index(f, "sample", 2000, "row", &e), e);
    assert_ok(store_commit(&f, &e), e);
}

static void expect_refusal(const char *path, const char *why)
{
    struct err e = {0};
    if (store_check_header(path, &e) == 0 || e.kind != ERR_DATA || !strstr(e.text, why))
        fail_msg("%s: found '%s', expected '%s'", path, e.text, why);
}

static void header_is_checked(void **state)
{
    const char *path = in_folder(state, "x.h5"), *other = in_folder(state, "other");
    struct err e = {0};
    struct stat s;
    make_hdf5(path);
    assert_ok(store_check_header(path, &e), e);
    assert_int_equal(symlink(path, other), 0);
    assert_ok(store_check_header(other, &e), e);
    assert_int_equal(stat(path, &s), 0);
    for (off_t size = s.st_size - 2000; // what HDF5 wrote is shorter than the file, which has its seal at the end
         size > 0; size -= size > 70 ? 97 : 1) {
        assert_int_equal(truncate(path, size), 0);
        expect_refusal(path, size < 64 ? "damaged: it is no HDF5 file" : "damaged: it is cut off: found ");
    }
    assert_int_equal(truncate(path, 0), 0);
    expect_refusal(path, "damaged: it is empty");
    put(path, "a text that is longer than the first bytes of which an HDF5 file has its signature");
    expect_refusal(path, "no HDF5 file");
    unlink(path);
    expect_refusal(other, "cannot be read: No such file"); // the link leads nowhere
    unlink(other);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refusal(path, "cannot be read: ");
    unlink(path);
    expect_refusal(*state, "cannot be read: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test_setup_teardown(plans, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(beacons, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(header_is_checked, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Files in memory, and journals of them: what is read is what was written; damage in any place costs the trials that it
// hits and is named.
// links: store base
#include "store_folder.h"

#include "base/disk.h"
#include "store/journal.h"
#include "store/schema.h"
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 300 };

// Writes a trial with values of every kind: some shared by all, one its own.
static struct store_file *make_trial(int number)
{
    struct err e = {0};
    struct store_file *f = store_create_packed("memory", FORMAT_TRIAL, &e);
    float error[ROWS];
    int64_t label[ROWS];
    const char *const names[] = {"a", "", "Größe"};
    const struct store_shape rows = {STORE_F32, 1, {ROWS}}, labels = {STORE_I64, 1, {ROWS}},
                             three = {STORE_TEXT, 1, {3}};
    const struct store_shape scalar = {STORE_F64, 0, {0}};
    const double real = number / 3.0;

    for (int i = 0; i < ROWS; i++) {
        error[i] = (float)(number * 1000 + i) / 7;
        label[i] = i % 3;
    }
    assert_ok(store_write_index(f, "scores/test/sample", ROWS, "row", &e), e);
    assert_ok(
        store_write(f, "scores/test/error", &rows, error, &(struct store_about){"an error", "1", {"sample"}}, &e), e);
    assert_ok(
        store_write(f, "scores/test/label", &labels, label, &(struct store_about){"a label", "1", {"sample"}}, &e), e);
    assert_ok(store_write(f, "names/name", &three, names, NULL, &e), e);
    assert_ok(store_write(f, "real", &scalar, &real, NULL, &e), e);
    assert_ok(store_set_int(f, "", TRIAL_NUMBER, number, &e), e);
    assert_ok(store_set_real(f, "scores/test", SCORES_MEAN_ERROR, real, &e), e);
    assert_ok(store_set_text(f, "provenance", "host", "first", &e), e);
    assert_ok(store_set_text(f, "provenance", "host", "second", &e), e);
    return f;
}

// Checks that `f` holds trial `number`, seen below `at`, "" or "GROUP/".
static void check_trial(struct store_file *f, const char *at, int number)
{
    struct err e = {0};
    char path[200];
    float error[ROWS];
    char *names[3], *text;
    int64_t whole, first[2];
    double real;
    struct store_shape shape;

    snprintf(path, sizeof path, "%sscores/test/error", at);
    assert_ok(store_get_shape(f, path, &shape, &e), e);
    assert_int_equal(shape.dims[0], ROWS);
    assert_ok(store_read(f, path, STORE_F32, store_entries(0, ROWS), error, &e), e);
    for (int i = 0; i < ROWS; i++)
        assert_true(error[i] == (float)(number * 1000 + i) / 7);
    snprintf(path, sizeof path, "%sscores/test/label", at);
    assert_ok(store_read(f, path, STORE_I64, store_entries(1, 2), first, &e), e);
    assert_true(first[0] == 1 && first[1] == 2);
    snprintf(path, sizeof path, "%snames/name", at);
    assert_ok(store_read(f, path, STORE_TEXT, store_entries(0, 3), names, &e), e);
    assert_string_equal(names[2], "Größe");
    for (int i = 0; i < 3; i++)
        free(names[i]);
    snprintf(path, sizeof path, "%sscores/test", at);
    assert_ok(store_get_real(f, path, SCORES_MEAN_ERROR, &real, &e), e);
    assert_true(real == number / 3.0);
    snprintf(path, sizeof path, "%sprovenance", at);
    text = store_get_text(f, path, "host");
    assert_string_equal(text, "second");
    free(text);
    snprintf(path, sizeof path, "%.*s", *at ? (int)strlen(at) - 1 : 0, at);
    assert_ok(store_get_int(f, path, TRIAL_NUMBER, &whole, &e), e);
    assert_int_equal(whole, number);
}

static void test_file_in_memory(void **state)
{
    struct err e = {0};
    struct store_file *f = make_trial(5);
    char **names, *sum;
    int n;
    uint8_t small[ROWS];
    double reals[2];

    check_trial(f, "", 5);
    assert_ok(store_list(f, "", &names, &n, &e), e);
    assert_int_equal(n, 4);
    assert_string_equal(names[0], "names");
    assert_string_equal(names[3], "scores");
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    assert_ok(store_attributes(f, "scores/test/error", &names, &n, &e), e);
    assert_int_equal(n, 3);
    assert_string_equal(names[2], STORE_CHECKSUM);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    assert_ok(store_read(f, "scores/test/label", STORE_F64, store_entries(0, 2), reals, &e), e);
    assert_true(reals[1] == 1);
    assert_error(store_read(f, "scores/test/error", STORE_U8, store_entries(0, ROWS), small, &e), e, ERR_DATA,
        "memory: scores/test/error: row 0: found a value that u1 cannot hold");
    assert_error(store_read(f, "names/name", STORE_F32, store_entries(0, 3), small, &e), e, ERR_DATA, "strings");
    assert_error(store_read(f, "real", STORE_F64, store_entries(0, 2), reals, &e), e, ERR_DATA, "has 1 rows, not 2");
    assert_error(store_get_int(f, "scores/test", SCORES_MEAN_ERROR, &(int64_t){0}, &e), e, ERR_DATA, "of another type");
    assert_false(store_has(f, "scores/other"));

    // copied into an HDF5 file, it is the same
    struct store_file *to = store_create(in_folder(state, "a.h5"), FORMAT_TRIAL, &e);
    assert_ok(store_copy(f, "", to, "trials/x", &e), e);
    assert_ok(store_seal_attributes(to, "trials/x", &e), e);
    assert_ok(store_commit(&to, &e), e);
    to = store_open(in_folder(state, "a.h5"), FORMAT_TRIAL, STORE_OWN, &e);
    check_trial(to, "trials/x/", 5);
    sum = store_get_text(f, "scores/test/error", STORE_CHECKSUM);
    char *other = store_get_text(to, "trials/x/scores/test/error", STORE_CHECKSUM);
    assert_string_equal(sum, other);
    free(sum);
    free(other);
    assert_ok(store_verify_all(to, NULL, &e), e);
    store_close(&to);
    store_close(&f);
}

static char *id_of_trial(char out[17], int number)
{
    snprintf(out, 17, "%016x", number);
    return out;
}

// Writes a journal of n trials. Returns its path.
static const char *write_journal(void **state, int n)
{
    struct err e = {0};
    struct journal_writer *w = journal_writer_new(in_folder(state, "0-0"));

    for (int i = 0; i < n; i++) {
        char id[17];
        struct store_file *f = make_trial(i);
        assert_ok(journal_add(w, id_of_trial(id, i), f, &e), e);
        store_close(&f);
    }
    assert_ok(journal_writer_end(&w, &e), e);
    static char path[512];
    snprintf(path, sizeof path, "%s", in_folder(state, "0-0-1.hgj"));
    return path;
}

// Opens a journal and checks all trials in it. Returns how many there are.
static int check_journal(const char *path, int *damages)
{
    struct err e = {0};
    struct journal *j = journal_open(path, &e);
    int n = 0;

    assert_non_null(j);
    for (int i = 0; i < journal_trials(j); i++) {
        struct err found = {0};
        struct store_file *f = journal_trial(j, i, "trials/x", &found);
        if (!f) // a value that it shares is damaged
            continue;
        check_trial(f, "trials/x/", (int)strtol(journal_id(j, i), NULL, 16));
        assert_int_equal(journal_find(j, journal_id(j, i)), i);
        store_close(&f);
        n++;
    }
    assert_int_equal(journal_find(j, "no trial"), -1);
    *damages = journal_damages(j);
    journal_free(&j);
    return n;
}

static void test_journal(void **state)
{
    enum { N = 600 };
    int damages;
    struct stat s;
    const char *path = write_journal(state, N);

    assert_int_equal(check_journal(path, &damages), N);
    assert_int_equal(damages, 0);
    assert_int_equal(stat(path, &s), 0);
    assert_true(s.st_size < N * (ROWS * 4 + 1500)); // labels and samples are stored a few times, not N times
}

// Copies the journal, cut to `size` bytes, with the byte at `at` changed (-1: none).
static const char *copy_damaged(void **state, const char *from, off_t size, off_t at)
{
    const char *to = in_folder(state, "damaged.hgj");
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    char *bytes = mem_new((size_t)size + 1, 1);

    assert_int_equal(read(in, bytes, (size_t)size), size);
    if (at >= 0)
        bytes[at] ^= 0x20;
    assert_int_equal(write(out, bytes, (size_t)size), size);
    close(in);
    close(out);
    free(bytes);
    return to;
}

static void test_torn_tails(void **state)
{
    enum { N = 4 };
    int damages, last = 0;
    struct stat s;
    const char *path = write_journal(state, N);

    assert_int_equal(stat(path, &s), 0);
    for (off_t size = 0; size <= s.st_size; size += 37) {
        int found = check_journal(copy_damaged(state, path, size, -1), &damages);
        assert_int_equal(damages, 0);
        assert_true(found >= last);
        last = found;
    }
    assert_int_equal(check_journal(copy_damaged(state, path, s.st_size, -1), &damages), N);
}

static void test_damaged_bytes(void **state)
{
    enum { N = 6 };
    int damages;
    struct stat s;
    struct err e = {0};
    const char *path = write_journal(state, N);

    assert_int_equal(stat(path, &s), 0);
    for (off_t at = 0; at < s.st_size; at += 13) {
        int found = check_journal(copy_damaged(state, path, s.st_size, at), &damages);
        assert_true(damages <= 1 && (damages == 1 || found == N)); // the padding is of no use
        assert_true(found >= 1);
    }

    // what is left of a damaged journal goes to a new one
    struct journal *j = journal_open(copy_damaged(state, path, s.st_size, s.st_size - 100), &e);
    assert_non_null(j);
    assert_int_equal(journal_damages(j), 1);
    assert_non_null(strstr(journal_damage(j, 0), "trial 0000000000000005 at byte"));
    assert_ok(journal_repair(j, in_folder(state, "repaired.hgj"), &e), e);
    journal_free(&j);
    assert_int_equal(check_journal(in_folder(state, "repaired.hgj"), &damages), N - 1);
    assert_int_equal(damages, 0);
}

static void test_new_file_for_each_writer(void **state)
{
    struct stat s;
    write_journal(state, 1);
    write_journal(state, 1);
    assert_int_equal(stat(in_folder(state, "0-0-2.hgj"), &s), 0);
}

static void test_no_journal(void **state)
{
    struct err e = {0};
    assert_null(journal_open(in_folder(state, "missing.hgj"), &e));
    assert_non_null(strstr(e.text, "missing.hgj"));
    e = (struct err){0};
    assert_null(journal_open(*state, &e)); // a folder
    assert_int_equal(e.kind, ERR_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file_in_memory, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_journal, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_torn_tails, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_damaged_bytes, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_new_file_for_each_writer, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_no_journal, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

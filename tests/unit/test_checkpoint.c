// Checkpoint files: what goes in comes out; a change of any byte, a cut, or another training's file is seen, and the
// generation before is used; a write that fails leaves both as they were.
// links: train nn data comm spec store kernels base
#include "store_folder.h"
#include "train/checkpoint.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

enum { PARAMETERS = 48, VECTORS = 3, EPOCHS = 9 };

// A checkpoint and the memory that it points to.
struct state {
    struct checkpoint c;
    struct history history;
    double columns[4 * EPOCHS];
    real vector[VECTORS][PARAMETERS];
};

static void state_make(struct state *s, int64_t epoch, double seed)
{
    static const char *const names[VECTORS] = {"parameters", "slot_0", "best_parameters"};
    memset(s, 0, sizeof *s);
    s->history = (struct history){
        (int)epoch, s->columns, s->columns + EPOCHS, s->columns + 2 * EPOCHS, s->columns + 3 * EPOCHS, 0};
    s->c = (struct checkpoint){.lineage = "a lineage",
        .layout = "a layout",
        .shards = 4,
        .epochs = EPOCHS,
        .steps = 5,
        .history = &s->history,
        .parameters = PARAMETERS,
        .n = VECTORS};
    s->c.at = (struct train_point){epoch, 2, 700, 1.5, 0.25, {INFINITY, -1, 3, 2, 1}, 0, {seed, 1e-300, -0.0, NAN}};
    for (int i = 0; i < 4 * EPOCHS; i++)
        s->columns[i] = i % EPOCHS < epoch ? seed + i : 0;
    for (int i = 0; i < VECTORS; i++) {
        s->c.vector[i].name = names[i];
        s->c.vector[i].v = s->vector[i];
        for (int k = 0; k < PARAMETERS; k++)
            s->vector[i][k] = (real)(seed * i + k);
    }
}

static void state_clear(struct state *s)
{
    state_make(s, 0, 0);
    memset(&s->c.at, 0xff, sizeof s->c.at);
    memset(s->columns, 0, sizeof s->columns);
    memset(s->vector, 0, sizeof s->vector);
}

static void write_good(const char *path, int64_t epoch)
{
    struct state s;
    struct err e = {0};
    state_make(&s, epoch, (double)epoch);
    assert_ok(checkpoint_write(path, &s.c, &e), e);
}

// What is read must be the state of this epoch; 0: nothing is.
static void expect(const char *path, int64_t epoch)
{
    struct state found, wanted;
    state_clear(&found);
    state_make(&wanted, epoch, (double)epoch);
    bool is_there = checkpoint_read(path, NULL, &found.c);
    if (is_there != (epoch > 0) || (is_there && found.c.at.epoch != epoch))
        fail_msg("read %d, epoch %lld, expected %lld", is_there, (long long)found.c.at.epoch, (long long)epoch);
    if (!is_there)
        return;
    assert_memory_equal(&found.c.at.watch, &wanted.c.at.watch, sizeof wanted.c.at.watch);
    assert_memory_equal(found.c.at.loss, wanted.c.at.loss, 4 * sizeof *wanted.c.at.loss);
    assert_int_equal(found.c.at.step, 2);
    assert_int_equal(found.c.at.samples, 700);
    assert_int_equal(found.c.at.has_diverged, 0);
    assert_true(found.c.at.seconds == 1.5 && found.c.at.epoch_seconds == 0.25);
    assert_memory_equal(found.columns, wanted.columns, sizeof wanted.columns);
    assert_memory_equal(found.vector, wanted.vector, sizeof wanted.vector);
}

// --- damage, while warnings go nowhere
static int mute(void)
{
    fflush(stdout);
    int saved = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY);
    dup2(null, STDOUT_FILENO);
    close(null);
    return saved;
}

static void unmute(int saved)
{
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
}

static void flip(const char *path, off_t at)
{
    int fd = open(path, O_RDWR);
    unsigned char byte;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= (unsigned char)(1 << at % 8);
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static off_t size_of(const char *path)
{
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    return s.st_size;
}

// Written with a good seal, as by a program with a bug: loops would begin at such a number.
static void impossible_numbers(void **state)
{
    const char *path = in_folder(state, "x.h5");
    static const int64_t points[][4] = {// epoch, step, best epoch, diverged
        {3, -1, -1, 0}, {3, 6, -1, 0}, {3, INT64_MAX, -1, 0}, {3, 2, -2, 0}, {3, 2, 4, 0}, {3, 2, INT64_MIN, 0},
        {3, 2, -1, 2}};
    int saved = mute();
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct state s;
        struct err e = {0};
        state_make(&s, points[i][0], 1);
        s.c.at.step = points[i][1];
        s.c.at.watch.best_epoch = points[i][2];
        s.c.at.has_diverged = points[i][3];
        assert_ok(checkpoint_write(path, &s.c, &e), e);
        state_clear(&s);
        if (checkpoint_read(path, NULL, &s.c))
            fail_msg("point %zu was read", i);
        checkpoint_remove(path);
    }
    unmute(saved);
}

static void round_trip(void **state)
{
    const char *path = in_folder(state, "x.h5");
    expect(path, 0);
    write_good(path, 1);
    expect(path, 1);
    write_good(path, 3);
    write_good(path, 5);
    expect(path, 5);
    assert_int_equal(folder_count(*state), 2);
    assert_int_equal(unlink(path), 0); // as after a kill between two renames
    expect(path, 3);
    checkpoint_remove(path);
    assert_int_equal(folder_count(*state), 0);
    expect(path, 0);
}

static void every_byte_counts(void **state)
{
    const char *path = in_folder(state, "x.h5");
    write_good(path, 3);
    write_good(path, 5);
    int saved = mute(), step = 0;
    for (off_t at = 0; at < size_of(path); at += 1 + step++ % 3) {
        flip(path, at);
        expect(path, 3);
        flip(path, at);
    }
    unmute(saved);
    assert_true(step > 2000);
    expect(path, 5);
}

static void cuts_are_seen(void **state)
{
    const char *path = in_folder(state, "x.h5");
    write_good(path, 3);
    write_good(path, 5);
    int saved = mute();
    for (off_t bytes = size_of(path) - 1; bytes > 0; bytes = bytes * 9 / 10) {
        assert_int_equal(truncate(path, bytes), 0);
        expect(path, 3);
    }
    assert_int_equal(truncate(path, 0), 0);
    expect(path, 3);
    char *previous = checkpoint_previous(path);
    flip(previous, 2000); // both are bad
    free(previous);
    expect(path, 0);
    unmute(saved);
}

static void strangers_are_refused(void **state)
{
    const char *path = in_folder(state, "x.h5");
    struct state s;
    int saved = mute();
    write_good(path, 3);
    for (int i = 0; i < 4; i++) {
        state_clear(&s);
        s.c.lineage = i == 0 ? "another lineage" : s.c.lineage;
        s.c.layout = i == 1 ? "another layout" : s.c.layout;
        s.c.parameters = i == 2 ? PARAMETERS - 1 : PARAMETERS;
        s.c.vector[1].name = i == 3 ? "slot_9" : "slot_0";
        assert_false(checkpoint_read(path, NULL, &s.c));
    }
    state_clear(&s);
    assert_true(checkpoint_read(path, NULL, &s.c));
    unmute(saved);
}

// Fewer epochs than the newest has: the one before, or none.
static void not_beyond(void **state)
{
    const char *path = in_folder(state, "x.h5");
    struct state s;
    write_good(path, 3);
    write_good(path, 5);
    for (int64_t epochs = 1; epochs < 8; epochs++) {
        state_clear(&s);
        s.c.epochs = epochs;
        bool is_there = checkpoint_read(path, NULL, &s.c);
        int64_t wanted = epochs > 5 ? 5 : epochs > 3 ? 3 : 0; // two steps into the next one
        assert_int_equal(is_there ? s.c.at.epoch : 0, wanted);
    }
}

static void failed_write(void **state)
{
    char *path = mem_format("%s/x.h5", (const char *)*state), *previous = checkpoint_previous(path);
    struct state s;
    struct err e = {0};
    write_good(path, 3);
    write_good(path, 5);
    state_make(&s, 7, 7);
    s.c.vector[2].name = "slot_0"; // twice
    assert_error(checkpoint_write(path, &s.c, &e), e, ERR_IO, "slot_0");
    expect(path, 5);
    assert_int_equal(folder_count(*state), 2);
    assert_int_equal(unlink(previous) | mkdir(previous, 0777), 0); // what has the name cannot make way
    state_make(&s, 7, 7);
    assert_error(checkpoint_write(path, &s.c, &e), e, ERR_IO, "cannot keep what was there");
    expect(path, 5);
    assert_int_equal(folder_count(*state), 2);
    assert_int_equal(rmdir(previous), 0);
    write_good(path, 7);
    expect(path, 7);
    free(path);
    free(previous);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trip, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(every_byte_counts, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(cuts_are_seen, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(strangers_are_refused, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(not_beyond, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(failed_write, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(impossible_numbers, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

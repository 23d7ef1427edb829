// A file like a trial's, opened labelled by h5py, xarray (both engines) and h5dump: tests/interop/open_sample.py looks.
// links: store base
#include "store_folder.h"

#include "store/schema.h"

enum { EPOCHS = 5, SAMPLES = 4, UNITS = 4 }; // samples and units alike, so that only scales tell them apart

static int write_history(struct store_file *f, struct err *e)
{
    static const double loss[EPOCHS] = {0.5, 0.4, 0.3, 0.25, 0.2}, seconds[EPOCHS] = {1, 1, 1, 1, 1};
    struct store_shape shape = {STORE_F64, 1, {EPOCHS}};
    struct store_about of_loss = {.long_name = "mean training loss", .units = "1", .scales = {"epoch"}};
    struct store_about of_time = {.long_name = "wall time", .units = "s", .scales = {"epoch"}};
    if (store_write_index(f, "history/epoch", EPOCHS, "epoch", e) < 0)
        return -1;
    if (store_write(f, "history/train_loss", &shape, loss, &of_loss, e) < 0)
        return -1;
    return store_write(f, "history/seconds", &shape, seconds, &of_time, e);
}

static int write_scores(struct store_file *f, struct err *e)
{
    static const float error[SAMPLES] = {0.02f, 0.01f, 0.5f, 0.04f};
    static const float code[SAMPLES][UNITS] = {{0, 1, 2, 3}, {10, 11, 12, 13}, {20, 21, 22, 23}, {30, 31, 32, 33}};
    static const int64_t label[SAMPLES] = {7, 2, 9, 1};
    static const int8_t is_anomaly[SAMPLES] = {0, 0, 1, 0};
    static const char *const name[SAMPLES] = {"seven", "two", "Stiefel größer", ""};
    static const float feature[UNITS] = {0.5f, 1, 1.5f, 2};
    const struct {
        const char *path;
        struct store_shape shape;
        const void *data;
        struct store_about about;
    } arrays[] = {
        {"scores/test/error", {STORE_F32, 1, {SAMPLES}}, error, {"reconstruction error", "1", {"sample"}}},
        {"scores/test/label", {STORE_I64, 1, {SAMPLES}}, label, {"label", NULL, {"sample"}}},
        {"scores/test/is_anomaly", {STORE_I8, 1, {SAMPLES}}, is_anomaly, {"1: an anomaly", "1", {"sample"}}},
        {"scores/test/name", {STORE_TEXT, 1, {SAMPLES}}, name, {"name", NULL, {"sample"}}},
        {"scores/test/code", {STORE_F32, 2, {SAMPLES, UNITS}}, code, {"code", "1", {"sample", "unit"}}},
        {"scores/test/code_scale", {STORE_F32, 1, {UNITS}}, feature, {"scale of the code", "1", {"unit"}}},
        {"scores/test/threshold", {STORE_F32, 0, {0}}, feature, {"threshold", "1", {NULL}}},
    };
    if (store_write_index(f, "scores/test/sample", SAMPLES, "row of the test set", e) < 0 ||
        store_write_index(f, "scores/test/unit", UNITS, "unit of the code", e) < 0)
        return -1;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        if (store_write(f, arrays[i].path, &arrays[i].shape, arrays[i].data, &arrays[i].about, e) < 0)
            return -1;
    return store_set_real(f, "scores/test", "roc_auc", 0.75, e);
}

// A split without samples, its features named.
static int write_empty(struct store_file *f, struct err *e)
{
    static const char *const names[2] = {"width", "height"};
    struct store_about about = {.long_name = "features", .scales = {"sample", "feature"}};
    struct store_about of_names = {.scales = {"feature"}};
    if (store_write_index(f, "none/sample", 0, "row", e) < 0 ||
        store_write(f, "none/feature", &(struct store_shape){STORE_TEXT, 1, {2}}, names, &of_names, e) < 0)
        return -1;
    return store_write(f, "none/x", &(struct store_shape){STORE_F32, 2, {0, 2}}, NULL, &about, e);
}

static int write_sample(const char *path, struct err *e)
{
    struct store_file *f = store_create(path, FORMAT_TRIAL, e);
    if (!f)
        return -1;
    if (write_history(f, e) < 0 || write_scores(f, e) < 0 || write_empty(f, e) < 0 ||
        store_set_text(f, "", "about", "größer\nthan one line", e) < 0 || store_set_int(f, "", "ranks", 2, e) < 0) {
        store_abandon(&f);
        return -1;
    }
    return store_commit(&f, e);
}

// The same as a part of a run's file: what was copied is as well labelled.
static int write_run(const char *trial, const char *path, struct err *e)
{
    struct store_file *from = store_open(trial, FORMAT_TRIAL, STORE_OWN, e), *f = store_create(path, FORMAT_RUN, e);
    int r = from && f ? store_copy(from, "", f, "trials/one", e) : -1;
    if (r == 0)
        r = store_copy(from, "", f, "trials/two", e);
    store_close(&from);
    if (r == 0)
        return store_commit(&f, e);
    store_abandon(&f);
    return -1;
}

static void test_open(void **state)
{
    struct err e = {0};
    const char *source = getenv("HOURGLASS_SOURCE"), *python = getenv("PYTHON");
    if (!source) {
        print_message("HOURGLASS_SOURCE does not say where tests/interop/open_sample.py is\n");
        skip();
    }
    assert_ok(write_sample(in_folder(state, "sample.h5"), &e), e);
    assert_ok(write_run(in_folder(state, "sample.h5"), in_folder(state, "run.h5"), &e), e);
    char *command = mem_format("%s %s/tests/interop/open_sample.py %s %s", python ? python : "/usr/bin/python3", source,
        in_folder(state, "sample.h5"), in_folder(state, "run.h5"));
    int status = system(command);
    free(command);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_open, folder_make, folder_remove)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

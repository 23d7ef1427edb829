// Ensembles: kinds of trials, weights, and the group in a run's file, whole and damaged.
// links: leaderboard
#include "store_folder.h"

#include "leaderboard/ensemble.h"
#include "leaderboard/trial_kind.h"
#include "store/schema.h"
#include <math.h>

enum { LEVELS = 4 };
static const double levels[LEVELS] = {0, .25, .75, 1};

static void check_kind(const char *spec, const char *kind, bool is_log)
{
    struct err e = {0};
    struct node *n = spec_parse("spec", spec, strlen(spec), &e);
    assert_non_null(n);
    char *found = trial_kind(n);
    assert_string_equal(found, kind);
    assert_int_equal(trial_error_is_log(n), is_log);
    free(found);
    node_free(&n);
}

static void a_kind_is_what_the_model_learns_and_its_score(void **state)
{
    (void)state;
    check_kind("{model: {neighbours: {k: [1]}}, score: {error: neighbours}}", "neighbours/neighbours", true);
    check_kind(
        "{model: {neighbours: {distance: local}}, score: {error: neighbours}}", "local_neighbours/neighbours", true);
    check_kind("{model: {kind: svdd, encoder: [{dense: 2}]}, score: {error: distance}}", "svdd/distance", false);
    check_kind("{model: {kind: noise_level, encoder: [{gaussian_noise: {relative: 1}}, {dense: 1}]}, score: {error: "
               "noise_level}}",
        "noise_level/noise_level", true);
    check_kind("{model: {encoder: [{gaussian_noise: {relative: [0.5, 1]}}, {dense: 1}]}, score: {error: mse}}",
        "relative_noise/mse", false);
    check_kind(
        "{model: {encoder: [{gaussian_noise: 0.5}, {dense: 1}]}, score: {error: mae}}", "gaussian_noise/mae", false);
    check_kind("{model: {encoder: [{activation: linear, swap_noise: 0.2}]}, score: {error: mse, noise: average}}",
        "swap_noise/mse/average", false);
    check_kind("{model: {encoder: [{dense: 9}]}, score: {error: l2}}", "dense/mse", false); // ranks rows as mse does
    check_kind("{model: {encoder: [{dense: 9}, {gaussian: 2}]}, score: {error: elbo}}", "variational/elbo", true);
    check_kind("{model: {encoder: [{conv1d: 4}, {lstm: 2}]}, score: {error: mse}}", "recurrent/mse", false);
    check_kind("{model: {encoder: [{conv2d: 4}, {dense: 2}]}, score: {error: mse}}", "convolutional/mse", false);
    check_kind("{model: {encoder: [{dense: 4}]}, score: {error: code_mahalanobis, noise: none}}",
        "dense/code_mahalanobis", false);
}

// Two members of one kind, one of another, and a veto.
static struct ensemble make_ensemble(void)
{
    static const double value[3][LEVELS] = {{0, 1, 2, 3}, {0, 2, 4, 6}, {-1, 0, 1, 2}};
    static const char *const kind[3] = {"dense/mse", "svdd/distance", "dense/mse"};
    struct ensemble x = {.experiment = mem_text("x"), .is_held_out = true, .threshold = 1.5, .step_threshold = NAN};
    struct err e = {0};

    x.combination.rule = COMBINE_LOW2;
    for (int i = 0; i < 3; i++) {
        const struct quantiles q = {levels, value[i], LEVELS};
        char id[4] = {'i', 'd', (char)('0' + i), 0};
        ensemble_add(&x, id, kind[i], &q, i == 2);
    }
    ensemble_add_veto(&x, "id9", "it is constant");
    assert_int_equal(ensemble_finish(&x, &e), 0);
    return x;
}

static void each_kind_weighs_the_same(void **state)
{
    (void)state;
    struct ensemble x = make_ensemble();
    assert_int_equal(x.combination.kinds, 2);
    assert_true(x.member[0].weight == .25 && x.member[1].weight == .5 && x.member[2].weight == .25);
    assert_string_equal(ensemble_kind_name(&x, 0), "dense/mse");
    assert_string_equal(ensemble_kind_name(&x, 1), "svdd/distance");
    ensemble_free(&x);
}

static void check_equal(const struct ensemble *a, const struct ensemble *b)
{
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->combination.rule, b->combination.rule);
    assert_int_equal(a->is_held_out, b->is_held_out);
    assert_true(a->threshold == b->threshold && !b->run && b->n_vetoes == 1);
    assert_string_equal(b->veto[0].reason, "it is constant");
    for (int i = 0; i < a->n; i++) {
        assert_string_equal(a->member[i].id, b->member[i].id);
        assert_string_equal(a->member[i].kind, b->member[i].kind);
        assert_true(a->member[i].weight == b->member[i].weight);
        assert_memory_equal(a->member[i].quantile, b->member[i].quantile, LEVELS * sizeof(double));
        assert_int_equal(a->combination.is_log[i], b->combination.is_log[i]);
        assert_int_equal(a->combination.kind[i], b->combination.kind[i]);
    }
}

// Writes an ensemble, whose last quantile is `largest` if that is not 0.
static void write_file(const char *path, double largest)
{
    struct err e = {0};
    struct ensemble x = make_ensemble();
    struct store_file *f = store_create(path, FORMAT_RUN, &e);

    assert_non_null(f);
    if (largest != 0)
        x.member[1].quantile[LEVELS - 1] = largest;
    assert_int_equal(ensemble_write(f, &x, &e), 0);
    assert_int_equal(store_commit(&f, &e), 0);
    ensemble_free(&x);
}

static void a_file_gives_the_same_ensemble(void **state)
{
    struct err e = {0};
    struct ensemble x = make_ensemble(), read;

    write_file(in_folder(state, "ensemble.h5"), 0);
    struct store_file *f = store_open(in_folder(state, "ensemble.h5"), FORMAT_RUN, STORE_OWN, &e);
    assert_false(ensemble_is_model(f));
    assert_int_equal(ensemble_read(f, &read, &e), 0);
    check_equal(&x, &read);
    store_close(&f);
    ensemble_free(&read);
    ensemble_free(&x);
}

static void a_damaged_ensemble_is_refused(void **state)
{
    struct err e = {0};
    struct ensemble x;

    write_file(in_folder(state, "bad.h5"), INFINITY);
    struct store_file *f = store_open(in_folder(state, "bad.h5"), FORMAT_RUN, STORE_OWN, &e);
    assert_int_equal(ensemble_read(f, &x, &e), -1);
    assert_int_equal(e.kind, ERR_DATA);
    assert_non_null(strstr(e.text, "quantiles that are all equal or not finite"));
    store_close(&f);

    e = (struct err){0};
    f = store_create(in_folder(state, "none.h5"), FORMAT_RUN, &e);
    assert_int_equal(store_commit(&f, &e), 0);
    f = store_open(in_folder(state, "none.h5"), FORMAT_RUN, STORE_OWN, &e);
    assert_int_equal(ensemble_read(f, &x, &e), -1);
    assert_non_null(strstr(e.text, "none.h5: holds no ensemble"));
    store_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kind_is_what_the_model_learns_and_its_score),
        cmocka_unit_test(each_kind_weighs_the_same),
        cmocka_unit_test_setup_teardown(a_file_gives_the_same_ensemble, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_damaged_ensemble_is_refused, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

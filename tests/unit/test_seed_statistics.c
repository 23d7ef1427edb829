// Configurations: means and deviations of trials that differ in their seed; leaderboards by their objective.
// links: leaderboard
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "leaderboard/objective.h"
#include "leaderboard/seed_statistics.h"
#include <math.h>
#include <stdlib.h>

// Of one test set and the varied keys `code` and `train.seed`.
static struct leaderboard_row trial(
    const char *id, const char *configuration, const char *seed, double loss, double auc, const char *objective)
{
    struct leaderboard_row s = {.path = mem_text("p"),
        .group = mem_text(""),
        .id = mem_text(id),
        .experiment = mem_text("x"),
        .cluster = mem_text("c"),
        .configuration = mem_text(configuration),
        .objective = mem_text(objective),
        .has_diverged = isnan(loss),
        .epochs = 3,
        .train_loss = loss,
        .validation_loss = NAN,
        .n_varied = 2,
        .n_sets = 1};
    s.key = mem_new(2, sizeof *s.key);
    s.value = mem_new(2, sizeof *s.value);
    s.key[0] = mem_text("code");
    s.value[0] = mem_text(configuration);
    s.key[1] = mem_text("train.seed");
    s.value[1] = mem_text(seed);
    s.set = mem_new(1, sizeof *s.set);
    s.set[0] = (struct set_results){.name = mem_text("test"), .has_labels = true, .roc_auc = auc, .mean_error = loss};
    return s;
}

static void free_rows(struct leaderboard_row *rows, int n)
{
    for (int i = 0; i < n; i++)
        row_free(&rows[i]);
}

static void test_means(void **state)
{
    (void)state;
    struct leaderboard_row rows[] = {trial("1", "8", "1", 2, 0.9, ""), trial("2", "16", "1", 1, 0.95, ""),
        trial("3", "8", "2", 4, 0.8, ""), trial("4", "8", "3", 6, 0.7, ""), trial("5", "16", "2", NAN, NAN, ""),
        trial("6", "32", "1", 3, 0.5, ""), trial("4-2", "8", "3", 6, 0.1, ""), trial("7", "", "3", 6, 0.1, "")};
    int n;
    struct seed_statistics *c = seed_statistics_new(rows, 8, &n);
    assert_int_equal(n, 3);
    assert_string_equal(c[0].mean.id, "8"); // 0.8 in the mean, before 0.5; one with a trial that diverged is last
    assert_string_equal(c[1].mean.id, "32");
    assert_string_equal(c[2].mean.id, "16");
    assert_int_equal(c[0].trials, 3);
    assert_float_equal(c[0].mean.train_loss, 4, 0);
    assert_float_equal(c[0].spread.train_loss, 2, 0);
    assert_float_equal(c[0].mean.set[0].roc_auc, 0.8, 1e-15);
    assert_float_equal(c[0].spread.set[0].roc_auc, 0.1, 1e-15);
    assert_int_equal(c[0].mean.n_varied, 1);
    assert_string_equal(c[0].mean.key[0], "code");
    assert_int_equal(c[1].trials, 1);
    assert_true(isnan(c[1].spread.train_loss) && !isnan(c[1].mean.train_loss));
    assert_true(c[2].mean.has_diverged && isnan(c[2].mean.train_loss) && isnan(c[2].spread.train_loss));
    struct leaderboard *b = seed_statistics_leaderboard(c, n);
    assert_float_equal(b->column[leaderboard_find(b, "trials")].number[0], 3, 0);
    assert_float_equal(b->column[leaderboard_find(b, "train_loss_deviation")].number[0], 2, 0);
    assert_float_equal(b->column[leaderboard_find(b, "roc_auc")].number[1], 0.5, 0);
    assert_true(leaderboard_find(b, "trial") < 0 && leaderboard_find(b, "train.seed") < 0 &&
                leaderboard_find(b, "code_deviation") < 0);
    leaderboard_free(&b);
    seed_statistics_free(&c, n);
    c = seed_statistics_new(rows + 1, 2, &n); // no two of one
    assert_null(c);
    assert_int_equal(n, 0);
    free_rows(rows, 8);
}

static void test_order(void **state)
{
    (void)state;
    static const struct {
        const char *objectives[3], *order;
    } good[] = {
        {{"", "", ""}, "bca"}, // by ROC AUC
        {{"mean_error", "mean_error", "mean_error"}, "abc"},
        {{"test.mean_error", "test.mean_error", "test.mean_error"}, "abc"},
        {{"other.mean_error", "other.mean_error", "other.mean_error"}, "bca"}, // none has it
        {{"train_loss", "train_loss", "train_loss"}, "abc"},
        {{"train_loss", "", "train_loss"}, "bca"}, // of no common one
        {{"unheard_of", "unheard_of", "unheard_of"}, "bca"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct leaderboard_row rows[] = {trial("b", "8", "1", 2, 0.9, good[i].objectives[0]),
            trial("c", "8", "1", 3, 0.8, good[i].objectives[1]), trial("a", "8", "1", 1, 0.7, good[i].objectives[2])};
        rows_sort(rows, 3);
        for (int k = 0; k < 3; k++)
            assert_int_equal(rows[k].id[0], good[i].order[k]);
        free_rows(rows, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_means),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Virtual shards, over many numbers of rows, batches and shards: every row once an epoch, parts that make up the batch.
// links: train
#include "train/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t batches[] = {1, 2, 3, 5, 8, 13, 32, 33, 64, 80, 100, 127, 256, 1000, 1024, 1 << 24};
static const int64_t big[] = {1655, 10000, 40000, 60000, 1234567, 300000000};
enum { BATCHES = sizeof batches / sizeof *batches, BIG = sizeof big / sizeof *big };

#define CHECK(condition)                                                                                             \
    do {                                                                                                             \
        if (!(condition))                                                                                            \
            fail_msg(                                                                                                \
                "%s does not hold: %lld rows, batch %lld, %d shards", #condition, (long long)rows, (long long)B, n); \
    } while (0)

// Shards follow each other without a gap, in the proportion of their rows of a batch, to within one row.
static void check_cut(const struct shards *s, int64_t rows, int64_t B, int n)
{
    int64_t next = 0, batch = 0;
    CHECK(s->n == n);
    for (int k = 0; k < n; k++) {
        CHECK(s->first[k] == next && s->rows[k] >= 0);
        CHECK(s->batch_rows[k] >= B / n && s->batch_rows[k] <= (B + n - 1) / n && s->batch_rows[k] >= 1);
        CHECK(llabs(s->rows[k] * B - rows * s->batch_rows[k]) < B);
        next += s->rows[k];
        batch += s->batch_rows[k];
    }
    CHECK(next == rows && batch == B);
    CHECK(s->steps == (rows + B - 1) / B);
}

// A shard's rows of step t are those behind what its earlier steps took; only the last step may be smaller than a
// batch.
static void check_step(const struct shards *s, int64_t t, int64_t rows, int64_t B, int n)
{
    int64_t sum = 0;
    for (int k = 0; k < n; k++) {
        int64_t done = t * s->batch_rows[k], here = shards_step_rows(s, k, t);
        int64_t left = s->rows[k] > done ? s->rows[k] - done : 0;
        CHECK(here == (left < s->batch_rows[k] ? left : s->batch_rows[k]));
        CHECK(here == s->batch_rows[k] || t >= rows / B);
        sum += here;
    }
    CHECK(sum == shards_batch_rows(s, t));
    CHECK(sum > 0 || t >= s->steps);
    CHECK(sum == (t < rows / B ? B : t < s->steps ? rows % B : 0));
}

static void check(int64_t rows, int64_t B, int n)
{
    struct shards s;
    shards_cut(&s, n, rows, B);
    check_cut(&s, rows, B, n);
    int64_t stride = s.steps > 50 ? s.steps / 17 : 1, sum = 0;
    for (int64_t t = 0; t < s.steps; t += stride)
        check_step(&s, t, rows, B, n);
    for (int64_t t = s.steps > 0 ? s.steps - 1 : 0; t < s.steps + 2; t++) // the last one, and behind it
        check_step(&s, t, rows, B, n);
    for (int64_t t = 0; t < s.steps && s.steps < 5000; t++)
        sum += shards_batch_rows(&s, t);
    CHECK(sum == rows || s.steps >= 5000);
}

static void test_cut(void **state)
{
    (void)state;
    for (int b = 0; b < BATCHES; b++)
        for (int n = 1; n <= SHARDS_MAX && n <= batches[b]; n *= 2) {
            for (int64_t rows = 0; rows < 300; rows++)
                check(rows, batches[b], n);
            for (int i = 0; i < BIG; i++)
                check(big[i], batches[b], n);
        }
}

// By hand: 10 rows, batches of 5, two shards: 2 and 3 rows of a batch, rows 0-3 and 4-9.
static void test_example(void **state)
{
    (void)state;
    struct shards s;
    shards_cut(&s, 2, 10, 5);
    assert_int_equal(s.steps, 2);
    assert_int_equal(s.batch_rows[0], 2);
    assert_int_equal(s.batch_rows[1], 3);
    assert_int_equal(s.first[1], 4);
    assert_int_equal(s.rows[1], 6);
    shards_cut(&s, 2, 11, 5); // one row more: the last batch
    assert_int_equal(s.steps, 3);
    assert_int_equal(shards_batch_rows(&s, 2), 1);
}

static void test_workers(void **state)
{
    (void)state;
    for (int64_t shards = 1; shards <= SHARDS_MAX; shards *= 2)
        for (int most = 1; most < 300; most++) {
            int n = shards_workers(shards, most);
            assert_true(n >= 1 && n <= most && shards % n == 0 && (n & (n - 1)) == 0);
            assert_true(2 * n > most || 2 * n > shards); // none that could be used stands idle
        }
}

// The section's default follows from the batch alone; more shards than rows of a batch are refused.
static void test_config(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        int64_t shards; // -1: refused
    } cases[] = {{"{batch_size: 32}", 1}, {"{batch_size: 127}", 1}, {"{batch_size: 128}", 2}, {"{batch_size: 255}", 2},
        {"{batch_size: 256}", 4}, {"{batch_size: 4096}", 4}, {"{batch_size: 32, shards: 4}", 4},
        {"{batch_size: 256, shards: 256}", 256}, {"{batch_size: 3, shards: 4}", -1}, {"{shards: 3}", -1},
        {"{shards: 0}", -1}, {"{batch_size: 1024, shards: 512}", -1}, {"{batch_size: 0}", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        struct train_config c = {0};
        struct node *section = spec_parse("a.yaml", cases[i].yaml, strlen(cases[i].yaml), &e);
        int failed = train_config_read(section, &c, &e);
        if (failed ? cases[i].shards != -1 || e.count != 1 : c.shards != cases[i].shards)
            fail_msg("%s: %d, %lld shards, %s", cases[i].yaml, failed, (long long)c.shards, e.text);
        if (!failed) { // its canonical form says the same
            struct train_config again = {0};
            struct node *written = train_config_write(&c);
            assert_int_equal(train_config_read(written, &again, &e), 0);
            assert_true(again.shards == c.shards && again.batch_size == c.batch_size);
            node_free(&written);
        }
        node_free(&section);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_example),
        cmocka_unit_test(test_workers),
        cmocka_unit_test(test_config),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

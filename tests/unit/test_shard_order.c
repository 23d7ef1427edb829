// The order of a shard in an epoch: every row once, blocks that stay together, windows that follow each other, and
// another order in every epoch, shard and seed.
// links: train
#include "train/shard_order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FIRST = 1000 }; // of the shard in the data set

static void make_order(struct shard_order *o, struct row_shuffle s, int shards, int64_t rows, struct order_key key)
{
    struct err e = {0};
    assert_int_equal(shard_order_new(o, &s, shards, rows, &e), 0);
    shard_order_shuffle(o, &key, FIRST);
}

static void check_each_once(const struct shard_order *o)
{
    int8_t *seen = calloc((size_t)o->blocks.rows + 1, 1);
    for (int64_t i = 0; i < o->blocks.rows; i++) {
        int64_t row = o->row[i] - FIRST;
        assert_true(row >= 0 && row < o->blocks.rows);
        assert_false(seen[row]++);
    }
    free(seen);
}

// Each window holds whole blocks of at most the size that was asked for, and no more of them than that.
static void check_windows(const struct shard_order *o, int64_t block)
{
    const struct shard_blocks *b = &o->blocks;
    int8_t *seen = calloc((size_t)b->blocks, 1);
    int64_t at = 0, rows = 0;

    for (int64_t w = 0; w < b->windows; w++) {
        int64_t blocks = 0, of_blocks = 0;
        for (; at < o->window_end[w]; at++) {
            int64_t k = 0;
            while (shard_blocks_first(b, k + 1) <= o->row[at] - FIRST)
                k++;
            blocks += seen[k] != w + 1;
            of_blocks += seen[k] != w + 1 ? shard_blocks_first(b, k + 1) - shard_blocks_first(b, k) : 0;
            assert_true(seen[k] == 0 || seen[k] == w + 1); // in no other window
            seen[k] = (int8_t)(w + 1);
            assert_true(shard_blocks_first(b, k + 1) - shard_blocks_first(b, k) <= block);
        }
        assert_true(blocks >= 1 && blocks <= b->window);
        rows += of_blocks;
        assert_int_equal(rows, at);
    }
    assert_int_equal(at, b->rows);
    free(seen);
}

static void test_every_row_once(void **state)
{
    (void)state;
    static const int64_t rows[] = {1, 2, 3, 7, 64, 100, 101, 333};
    static const int64_t sizes[] = {1, 2, 3, 5, 16, 99, 100, 1000};
    static const int windows[] = {1, 2, 3, 8, 1000};
    struct shard_order o;

    for (int r = 0; r < 8; r++)
        for (int s = 0; s < 8; s++)
            for (int w = 0; w < 5; w++) {
                if (rows[r] / sizes[s] > 120)
                    continue; // more windows than int8_t counts
                make_order(&o, (struct row_shuffle){sizes[s], windows[w]}, 1, rows[r], (struct order_key){1, 2, 3});
                check_each_once(&o);
                check_windows(&o, sizes[s]);
                shard_order_free(&o);
            }
}

static void test_no_rows(void **state)
{
    (void)state;
    struct shard_order o;

    make_order(&o, (struct row_shuffle){4, 2}, 1, 0, (struct order_key){1, 0, 0});
    assert_int_equal(o.window_end[0], 0);
    shard_order_free(&o);
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        int64_t block, window, rows, blocks, each, windows;
        int shards;
    } of[] = {
        {0, 0, 100, 1, 1, 1, 1},     // good: no blocks
        {10, 4, 100, 10, 4, 3, 1},   // good
        {10, 4, 101, 11, 4, 3, 1},   // good: blocks of 9 and 10 rows
        {10, 4, 100, 10, 2, 5, 2},   // good: shards share the window
        {10, 4, 100, 10, 1, 10, 16}, // good: at least one block
        {10, 5, 100, 10, 3, 4, 2},   // good: rounded up
        {1000, 4, 100, 1, 4, 1, 1},  // good: a block that holds all
    };

    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        struct shard_blocks b;
        shard_blocks_cut(&b, &(struct row_shuffle){of[i].block, of[i].window}, of[i].shards, of[i].rows);
        assert_int_equal(b.blocks, of[i].blocks);
        assert_int_equal(b.window, of[i].each);
        assert_int_equal(b.windows, of[i].windows);
    }
}

static void test_other_orders(void **state)
{
    (void)state;
    static const struct order_key keys[] = {{1, 0, 0}, {1, 1, 0}, {1, 0, 1}, {2, 0, 0}};
    struct shard_order o[4], again;

    for (int i = 0; i < 4; i++)
        make_order(&o[i], (struct row_shuffle){5, 3}, 1, 100, keys[i]);
    make_order(&again, (struct row_shuffle){5, 3}, 1, 100, keys[0]);
    assert_memory_equal(again.row, o[0].row, 100 * sizeof *again.row);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++) {
            assert_true(memcmp(o[i].row, o[k].row, 100 * sizeof *again.row) != 0);
            assert_true(memcmp(o[i].block, o[k].block, 20 * sizeof *again.block) != 0);
        }

    shard_order_free(&again);
    for (int i = 0; i < 4; i++)
        shard_order_free(&o[i]);
}

static void test_enter(void **state)
{
    (void)state;
    struct shard_order o;
    make_order(&o, (struct row_shuffle){10, 2}, 1, 100, (struct order_key){1, 0, 0});

    assert_int_equal(shard_order_enter(&o, 9), 0);
    assert_int_equal(shard_order_enter(&o, 19), -1);
    assert_int_equal(shard_order_enter(&o, 20), 1);
    assert_int_equal(shard_order_enter(&o, 99), 4);
    shard_order_shuffle(&o, &(struct order_key){1, 1, 0}, FIRST);
    assert_int_equal(shard_order_enter(&o, 45), 2); // training resumes within an epoch
    shard_order_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_row_once), cmocka_unit_test(test_no_rows),
        cmocka_unit_test(test_sizes), cmocka_unit_test(test_other_orders), cmocka_unit_test(test_enter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// How ranks and threads are spread over trials: a table by hand, and what must hold for every number of them.
// links: run
#include "run/ranks_layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    struct ranks_wish wish;
    int ranks, cores, trials; // cores of each rank
    int64_t shards;
    struct ranks_layout expected;
    double step_operations;
} good[] = {
    // good: one rank a trial, threads as cores and shards allow
    {{0, 0, false}, 1, 1, 1, 1, {1, 1, 1}, 0},
    {{0, 0, false}, 1, 8, 1, 4, {1, 1, 4}, 0},
    {{0, 0, false}, 1, 3, 1, 4, {1, 1, 2}, 0},
    {{0, 0, false}, 4, 1, 100, 4, {1, 4, 1}, 0},
    {{0, 0, false}, 3, 1, 7, 1, {1, 3, 1}, 0},
    // good: more ranks than trials train together
    {{0, 0, false}, 4, 1, 1, 4, {4, 1, 1}, 0},
    {{0, 0, false}, 8, 2, 2, 8, {4, 2, 2}, 0},
    {{0, 0, false}, 4, 2, 1, 8, {4, 1, 2}, 0},
    {{2, 0, false}, 2, 2, 1, 4, {2, 1, 2}, 0},
    {{0, 0, false}, 6, 1, 3, 4, {2, 3, 1}, 0},
    {{0, 0, false}, 4, 1, 3, 4, {2, 2, 1}, 0},
    // good: as asked for, though some have nothing to do
    {{0, 2, false}, 4, 1, 5, 4, {2, 2, 1}, 0},
    {{1, 1, false}, 4, 4, 1, 4, {1, 4, 1}, 0},
    {{4, 1, false}, 1, 1, 1, 4, {1, 1, 4}, 0},
    // good: nobody asked for so many
    {{0, 0, true}, 2, 1, 1, 1, {1, 2, 1}, 0},
    {{0, 0, true}, 3, 1, 1, 4, {1, 3, 1}, 0},
    // good: threads that are worth their wait, unless the user asks for more
    {{0, 0, false}, 1, 8, 1, 8, {1, 1, 1}, 1e5},
    {{0, 0, false}, 1, 8, 1, 8, {1, 1, 4}, 4.5e6},
    {{0, 0, false}, 1, 8, 1, 8, {1, 1, 8}, 1e9},
    {{0, 0, false}, 4, 8, 2, 8, {2, 2, 2}, 4e6},
    {{8, 0, false}, 1, 8, 1, 8, {1, 1, 8}, 1e5},
};

static const struct {
    struct ranks_wish wish;
    int ranks, trials;
    int64_t shards;
    const char *message;
} bad[] = {
    // bad: no powers of two, no even share
    {{3, 0, false}, 1, 1, 4, "--threads: found 3, allowed: a power of two"},
    {{0, 3, false}, 3, 1, 4, "--ranks-per-trial: found 3, allowed: a power of two"},
    {{0, 2, false}, 3, 2, 4, "--ranks-per-trial: found 2, allowed: a divisor of the 3 ranks"},
    // bad: more workers than shards
    {{8, 0, false}, 1, 1, 4, "found 1 rank x 8 threads = 8 workers on a trial whose batch has 4 virtual shards"},
    {{0, 2, false}, 2, 1, 1, "found 2 ranks x 1 thread = 2 workers on a trial whose batch has 1 virtual shard:"},
    // bad: ranks without work; what is to be changed
    {{0, 0, false}, 2, 1, 1, "work to 1: start 1, or raise train.shards"},
    {{0, 0, false}, 8, 1, 4, "work to 4: start 4, or raise train.shards"},
    {{0, 0, false}, 3, 1, 4, "work to 2: start 2\n"},
    {{4, 0, false}, 2, 1, 4, "4 threads per rank gives work to 1: start 1, or raise train.shards"},
    {{0, 0, false}, 20, 3, 4, "3 trials with 4 virtual shards each and 1 thread per rank give work to 12: start 12"},
};

static void chooses_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct ranks_layout l;
        struct err e = {0};
        struct ranks_supply supply = {
            good[i].ranks, good[i].cores, good[i].trials, good[i].shards, good[i].step_operations};
        if (ranks_layout_choose(&good[i].wish, &supply, &l, &e) != 0)
            fail_msg("good[%zu]: %s", i, e.text);
        if (memcmp(&l, &good[i].expected, sizeof l) != 0)
            fail_msg(
                "good[%zu]: found %d ranks a trial, %d groups, %d threads", i, l.ranks_per_trial, l.groups, l.threads);
    }
}

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ranks_layout l;
        struct err e = {0};
        struct ranks_supply supply = {bad[i].ranks, 1, bad[i].trials, bad[i].shards, 0};
        if (ranks_layout_choose(&bad[i].wish, &supply, &l, &e) == 0)
            fail_msg("bad[%zu]: not refused", i);
        if (e.kind != ERR_USAGE || !strstr(e.text, bad[i].message))
            fail_msg("bad[%zu]: found '%s', expected '%s'", i, e.text, bad[i].message);
    }
}

// The number behind "start ".
static int advice(const struct err *e)
{
    const char *start = strstr(e->text, "start ");
    int n = 0;
    for (const char *c = start ? start + 6 : ""; *c >= '0' && *c <= '9'; c++)
        n = 10 * n + *c - '0';
    return n;
}

// Every rank has work, no trial has more workers than shards, and the advice of a refusal is one that is taken.
static void holds_for_all(void **state)
{
    (void)state;
    for (int ranks = 1; ranks <= 40; ranks++)
        for (int trials = 1; trials <= 20; trials++)
            for (int64_t shards = 1; shards <= 16; shards *= 2) {
                struct ranks_wish wish = {0};
                struct ranks_layout l;
                struct err e = {0};
                struct ranks_supply supply = {ranks, 4, trials, shards, 0};
                if (ranks_layout_choose(&wish, &supply, &l, &e) == 0) {
                    assert_int_equal(l.groups * l.ranks_per_trial, ranks);
                    assert_true(l.groups <= trials || ranks == 1);
                    assert_true(l.ranks_per_trial * l.threads <= shards && l.threads <= 4);
                    continue;
                }
                struct err again = {0};
                supply.ranks = advice(&e);
                assert_in_range(supply.ranks, 1, ranks - 1);
                assert_int_equal(ranks_layout_choose(&wish, &supply, &l, &again), 0);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_by_hand),
        cmocka_unit_test(refuses),
        cmocka_unit_test(holds_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

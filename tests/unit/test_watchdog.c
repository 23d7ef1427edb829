// When a rank is given up.
// links: presence
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "presence/watchdog.h"

static const struct watchdog_view calm = {.peer_changed = true};
static const struct watchdog_view silent = {.peer_changed = false};

// Looks of one kind, an interval of 10 s apart, until the verdict is another than fine; how many that took. 0: 1000
// were fine.
static int looks_until(struct watchdog *w, double *now, const struct watchdog_view *v, enum watchdog_verdict *verdict)
{
    for (int i = 1; i <= 1000; i++) {
        *verdict = watchdog_check(w, *now += 10, v);
        if (*verdict != WATCHDOG_FINE)
            return i;
    }
    return 0;
}

static void test_silent_peer_hangs(void **state)
{
    (void)state;
    struct watchdog w;
    enum watchdog_verdict verdict;
    double now = 500;
    watchdog_start(&w, 80, now);
    assert_true(watchdog_interval(&w) == 10);
    assert_int_equal(looks_until(&w, &now, &calm, &verdict), 0);
    assert_int_equal(looks_until(&w, &now, &silent, &verdict), 8);
    assert_int_equal(verdict, WATCHDOG_PEER_HANGS);
}

static void test_sign_of_life_forgives(void **state)
{
    (void)state;
    struct watchdog w;
    double now = 0;
    watchdog_start(&w, 80, now);
    for (int i = 0; i < 100; i++)
        assert_int_equal(watchdog_check(&w, now += 10, i % 7 ? &silent : &calm), WATCHDOG_FINE);
}

// The whole job was frozen for an hour: the peer had no chance to say anything.
static void test_own_pause_is_no_silence(void **state)
{
    (void)state;
    struct watchdog w;
    watchdog_start(&w, 80, 0);
    assert_int_equal(watchdog_check(&w, 3600, &silent), WATCHDOG_FINE);
    assert_int_equal(watchdog_check(&w, 3610, &calm), WATCHDOG_FINE);
    assert_int_equal(watchdog_check(&w, 9999, &silent), WATCHDOG_FINE);
}

static void test_training_that_stands_still(void **state)
{
    (void)state;
    const struct watchdog_view stuck = {.peer_changed = true, .trains = true};
    const struct watchdog_view moving = {.peer_changed = true, .trains = true, .has_progress = true};
    struct watchdog w;
    enum watchdog_verdict verdict;
    double now = 0;
    watchdog_start(&w, 80, now);
    assert_int_equal(looks_until(&w, &now, &moving, &verdict), 0);
    assert_int_equal(looks_until(&w, &now, &stuck, &verdict), 12); // later than a silent peer
    assert_int_equal(verdict, WATCHDOG_STANDS_STILL);
    watchdog_start(&w, 80, now);
    assert_int_equal(looks_until(&w, &now, &calm, &verdict), 0); // loading, scoring, writing may take long
}

static void test_peer_that_is_gone(void **state)
{
    (void)state;
    const struct watchdog_view gone = {.peer_changed = false, .peer_gone = true};
    struct watchdog w;
    enum watchdog_verdict verdict;
    double now = 0;
    for (int patience = 0; patience <= 80; patience += 80) { // also where nobody hangs
        watchdog_start(&w, patience, now);
        assert_int_equal(watchdog_check(&w, now += 10, &gone), WATCHDOG_FINE);
        assert_int_equal(watchdog_check(&w, now += 10, &calm), WATCHDOG_FINE);
        assert_int_equal(looks_until(&w, &now, &gone, &verdict), 2);
        assert_int_equal(verdict, WATCHDOG_PEER_GONE);
    }
}

static void test_no_patience_is_endless(void **state)
{
    (void)state;
    struct watchdog w;
    enum watchdog_verdict verdict;
    double now = 0;
    watchdog_start(&w, 0, now);
    assert_int_equal(looks_until(&w, &now, &silent, &verdict), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_silent_peer_hangs),
        cmocka_unit_test(test_sign_of_life_forgives),
        cmocka_unit_test(test_own_pause_is_no_silence),
        cmocka_unit_test(test_training_that_stands_still),
        cmocka_unit_test(test_peer_that_is_gone),
        cmocka_unit_test(test_no_patience_is_endless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

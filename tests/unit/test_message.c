// Strings: the shortest form of numbers; names and words in messages are on one line, and a terminal obeys none.
// links: base
#include "base/err.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *message(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *m = text_message(format, args);
    va_end(args);
    return m;
}

static void is(char *found, const char *expected)
{
    assert_string_equal(found, expected);
    free(found);
}

static void test_lines(void **state)
{
    (void)state;
    is(message(""), "");
    is(message("%s", ""), "");
    is(message("a %s b\n", "name"), "a name b\n");
    is(message("\n%s: %d\n\nend", "x\ny\n", 5), "\nx\\x0ay\\x0a: 5\n\nend");
    is(message("%s\n", "\n"), "\\x0a\n");
    is(message("%s", "e\033[31m"), "e\\x1b[31m");
    is(message("%s%s\n", "a", "ü"), "aü\n");
}

static void test_behind(void **state)
{
    (void)state;
    static const char *const names[] = {"a.h5", "e\033[31mX.h5", "a\nb.h5", "ü: .h5", ""};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct err e = {0};
        err_add(&e, ERR_DATA, "%s: why", names[i]);
        assert_string_equal(err_behind(e.text, names[i]), "why\n");
    }
    assert_string_equal(err_behind("b.h5: why", "a.h5"), "b.h5: why");
    assert_string_equal(err_behind("", "a.h5"), "");
}

// A word of hundreds of bytes is near to none, however many edits its length would allow.
static void test_did_you_mean(void **state)
{
    (void)state;
    static const char *const words[] = {
        "good", "bad", "a-name-that-is-longer-than-the-63-bytes-up-to-which-words-are-compared"};
    char out[DID_YOU_MEAN_ROOM], full[DID_YOU_MEAN_ROOM], text[401];

    assert_string_equal(text_did_you_mean(out, "godo", words, 3), "; did you mean 'good'?");
    assert_string_equal(text_did_you_mean(out, "xyzzy", words, 3), "");
    assert_string_equal(text_did_you_mean(out, "good", words, 0), "");
    assert_string_equal(text_did_you_mean(out, words[2], words, 3), "");
    memset(text, 'x', 400);
    text[400] = 0;
    assert_string_equal(text_did_you_mean(out, text, words, 3), "");

    text[63] = 0; // the longest that is compared
    const char *longest = text;
    snprintf(full, sizeof full, "; did you mean '%.63s'?", text);
    assert_string_equal(text_did_you_mean(out, text, &longest, 1), full);
}

// The shortest decimal that reads back as the same double, which the plain search for it finds.
static void check_number(double value)
{
    char found[32], expected[32];
    int digits = 0;

    do
        snprintf(expected, sizeof expected, "%.*g", ++digits, value);
    while (digits < 17 && strtod(expected, NULL) != value);
    assert_string_equal(text_number(found, value), expected);
}

static void test_shortest_number(void **state)
{
    (void)state;
    uint64_t bits = 1;
    char out[32];

    assert_string_equal(text_number(out, 100), "100");
    for (int power = -1074; power < 1024; power++) {
        double value = ldexp(1, power);
        for (int i = 0; i < 3 && fabs(value) < INFINITY; i++, value = nextafter(value, i % 2 ? INFINITY : 0))
            if (value < 1e-6 || value >= 1e15)
                check_number(value);
    }

    for (int i = 0; i < 20000; i++) {
        double value;
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        uint64_t mixed = bits ^ bits >> 31;
        memcpy(&value, &mixed, sizeof value);
        if (isfinite(value) && (value != floor(value) || fabs(value) >= 1e15))
            check_number(value);
        check_number((double)(mixed % 1000) / 1000 + 0.0005); // few digits
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_behind),
        cmocka_unit_test(test_did_you_mean), cmocka_unit_test(test_shortest_number)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Numbers and strings of scores as text: floats read back as the same float, with the fewest digits.
// links: apply
#include "apply/line_text.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *float_text(float value)
{
    static char text[64];
    struct line_text t = {0};

    line_float(&t, value, "inf");
    assert_true(t.n < sizeof text);
    memcpy(text, t.data ? t.data : "", t.n);
    text[t.n] = 0;
    line_free(&t);
    return text;
}

static void test_floats(void **state)
{
    static const struct {
        float value;
        const char *text;
    } good[] = {{0, "0"}, {-0.0F, "0"}, {1, "1"}, {0.1F, "0.1"}, {-2.5F, "-2.5"}, {1200, "1200"},
        {16777216, "16777216"}, {0.00012F, "0.00012"}, {0.0000012F, "1.2e-06"}, {123456.7F, "123456.7"},
        {9999999.0F, "9999999"}, {0.3333333432674408F, "0.33333334"}, {3.4028234663852886e38F, "3.4028235e+38"},
        {1e-45F, "1.4013e-45"}, {INFINITY, "inf"}, {-INFINITY, "-inf"}, {NAN, ""}, {0.99999994F, "0.99999994"},
        {8388608.5F, "8388608"}, {4.7683716e-07F, "4.7683716e-07"}, {0.5F, "0.5"}, {1e9F, "1000000000"},
        {1e10F, "1e+10"}};
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(float_text(good[i].value), good[i].text);
}

// Returns the digits that printf needs for a float.
static int least_digits(float value)
{
    char text[64];
    int digits = 1;

    for (; digits < 9; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
    return digits;
}

static int count_digits(const char *text)
{
    int n = 0, zeros = 0;

    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (n == 0 && *text == '0'))
            continue;
        n++;
        zeros = *text == '0' ? zeros + 1 : 0;
    }
    return n - zeros;
}

static void test_random_floats(void **state)
{
    uint64_t x = 88172645463325252u;
    int n = 0, longer = 0;
    (void)state;

    for (int i = 0; i < 300000; i++) {
        uint32_t bits;
        float value;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        bits = (uint32_t)(x >> 32) & 0x7fffffff;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        const char *text = float_text(value);
        assert_true(strtof(text, NULL) == value);
        assert_true((float)strtod(text, NULL) == value);
        if (value > 1e-9F && value < 1e9F) {
            longer += count_digits(text) > least_digits(value);
            assert_true(count_digits(text) <= 9);
            n++;
        }
    }
    assert_true(n > 50000 && longer < n / 50); // more digits are safe near half the distance of two floats
}

static void test_strings(void **state)
{
    struct line_text t = {0};
    (void)state;

    line_csv_field(&t, "plain", 5);
    line_csv_field(&t, "a,b", 3);
    line_csv_field(&t, "say \"x\"", 7);
    line_json_string(&t, "a\"\\\n\xc3\xa4", 6);
    line_json_string(&t, "\xff", 1);
    line_integer(&t, INT64_MIN);
    line_integer(&t, 0);
    line_bytes(&t, "", 1);
    assert_string_equal(t.data, "plain\"a,b\"\"say \"\"x\"\"\"\"a\\\"\\\\\\u000a\xc3\xa4\"\"?\"-92233720368547758080");
    line_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floats), cmocka_unit_test(test_random_floats), cmocka_unit_test(test_strings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

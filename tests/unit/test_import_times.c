// Times as people and programs write them: what each text means, which are refused, and what a column decides.
// links: import

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/timestamp.h"
#include "import/time_column.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Reads a column of up to three fields. Returns false if a field or the column is refused.
static bool read_column(const char *const *fields, int n, struct time_column *t, struct text *warnings)
{
    struct err e = {0};

    *t = (struct time_column){0};
    for (int i = 0; i < n; i++)
        if (time_column_add(t, fields[i], strlen(fields[i]), i + 1))
            return false;
    return time_column_finish(t, "x.csv: when", warnings, &e) == 0;
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } good[] = {
        {"2020-03-09 10:14:33", "2020-03-09 10:14:33"},
        {"2020-03-09T10:14:33Z", "2020-03-09 10:14:33"},
        {"2020-03-09 10:14:33.123+01:00", "2020-03-09 09:14:33.123"},
        {"2020-03-09T10:14:33,5-0330", "2020-03-09 13:44:33.5"},
        {"2020-03-09 10:14:33.123456789 UTC", "2020-03-09 10:14:33.123456"},
        {"2020-03-09", "2020-03-09 00:00:00"},
        {"2020/3/9 1:02", "2020-03-09 01:02:00"},
        {"09.03.2020 10:14", "2020-03-09 10:14:00"},
        {"9.3.20", "2020-03-09 00:00:00"},
        {"31.12.1969 23:59:59", "1969-12-31 23:59:59"},
        {"13/03/2020", "2020-03-13 00:00:00"},
        {"03/13/2020 12:00:00 AM", "2020-03-13 00:00:00"},
        {"3/13/20 12:30 pm", "2020-03-13 12:30:00"},
        {"9 Mar 2020 10:14", "2020-03-09 10:14:00"},
        {"09-MAR-20", "2020-03-09 00:00:00"},
        {"09/Mar/2020:10:14:33 +0100", "2020-03-09 09:14:33"},
        {"Mon, 9 March 2020 10:14:33 GMT", "2020-03-09 10:14:33"},
        {"Mar 9, 2020", "2020-03-09 00:00:00"},
        {"20200309T101433Z", "2020-03-09 10:14:33"},
        {"20200309T1014+02", "2020-03-09 08:14:00"},
        {"20200309", "2020-03-09 00:00:00"},
        {"20200309101433", "2020-03-09 10:14:33"},
        {"2020-02-29 24:00:00", "2020-03-01 00:00:00"},
        {"2016-12-31 23:59:60", "2017-01-01 00:00:00"},
        {"1583748873", "2020-03-09 10:14:33"},
        {"1583748873.25", "2020-03-09 10:14:33.25"},
        {"1583748873250", "2020-03-09 10:14:33.25"},
        {"1583748873250001", "2020-03-09 10:14:33.250001"},
        {"1583748873250001999", "2020-03-09 10:14:33.250001"},
        {"1.583748873e9", "2020-03-09 10:14:33"},
        {"-1", "1969-12-31 23:59:59"},
    };
    char text[TIME_TEXT_ROOM];

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct time_column t;
        struct text warnings = {0};
        int offset;
        if (!read_column(&good[i].text, 1, &t, &warnings))
            fail_msg("'%s' is refused", good[i].text);
        timestamp_text(text, time_column_value(&t, good[i].text, strlen(good[i].text), &offset), NULL);
        if (strcmp(text, good[i].expected) != 0)
            fail_msg("'%s': found %s, expected %s", good[i].text, text, good[i].expected);
        text_free(&warnings);
    }
}

static void test_what_is_no_time(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "noon", "10:14", "2020-02-30", "2021-02-29 10:14", "2020-13-01",
        "2020-03-09 25:00", "2020-03-09 10:60", "2020-03-09 10:14:33 CET", "2020-03-09 10:14:33+24:00", "2020-03-09T",
        "2020-03", "20-03-09", "32/13/2020", "2020-03-09 13:00 PM", "2020-03-09 10:14 h", "March 2020", "1e30", "inf",
        "9 Foo 2020", "0000-01-01", "2020-3-", "2020-03-09 10:1", "1.2.3", "10.1.20.5"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct time_column t;
        struct text warnings = {0};
        if (read_column(&bad[i], 1, &t, &warnings))
            fail_msg("'%s' is taken", bad[i]);
        text_free(&warnings);
    }
}

static void test_the_column_decides(void **state)
{
    (void)state;
    static const struct {
        const char *fields[3], *first; // the first as a time; NULL: refused
        const char *warning;
    } cases[] = {
        {{"03/09/2020", "13/09/2020", "04/09/2020"}, "2020-09-03 00:00:00", NULL},
        {{"03/09/2020", "03/13/2020", "04/09/2020"}, "2020-03-09 00:00:00", NULL},
        {{"03/09/2020", "04/09/2020", "05/09/2020"}, "2020-03-09 00:00:00", "--date-order"},
        {{"13/09/2020", "09/13/2020", "05/09/2020"}, NULL, NULL},
        {{"2020-03-09", "1583748873", "2020-03-09"}, NULL, NULL},
        {{"20200309", "20200310", "5"}, "1970-08-22 19:11:49", "below one year"},
        {{"0", "0.5", "1"}, "1970-01-01 00:00:00", "below one year"},
        {{"1583748873", "1583748873000", "1583748873000"}, NULL, NULL},
        {{"2020-03-09 10:00Z", "2020-03-09 10:00", "2020-03-09 10:00"}, "2020-03-09 10:00:00", "offset"},
    };
    char text[TIME_TEXT_ROOM];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct time_column t;
        struct text warnings = {0};
        int offset;
        bool is_good = read_column(cases[i].fields, 3, &t, &warnings);
        assert_int_equal(is_good, cases[i].first != NULL);
        if (is_good) {
            const char *first = cases[i].fields[0];
            timestamp_text(text, time_column_value(&t, first, strlen(first), &offset), NULL);
            assert_string_equal(text, cases[i].first);
        }
        if (cases[i].warning && (!warnings.data || !strstr(warnings.data, cases[i].warning)))
            fail_msg("case %zu: no warning of %s: %s", i, cases[i].warning, warnings.data ? warnings.data : "none");
        if (is_good && !cases[i].warning)
            assert_null(warnings.data);
        text_free(&warnings);
    }
}

static void test_a_time_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double hour; // NAN: refused
        int weekday;
    } cases[] = {{"2020-03-09 10:30+05:00", 10.5, 0}, {"2020-03-15", 0, 6}, {"13/03/2020 06:00", 6, 4},
        {"03/13/2020", 0, 4}, {"03/03/2020", 0, 1}, {"03/04/2020", NAN, 0}, {"31/02/2020", NAN, 0},
        {"1583748873250", 10 + 14 / 60. + 33.25 / 3600, 0}, {"20200309", 0, 0}, {"1969-12-31 12:00", 12, 2},
        {"noon", NAN, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct time_parts p;
        bool is_time = time_text_read_alone(cases[i].text, strlen(cases[i].text), &p);
        assert_int_equal(is_time, !isnan(cases[i].hour));
        if (is_time && (fabs(time_hour(&p.at) - cases[i].hour) > 1e-9 || time_weekday(&p.at) != cases[i].weekday))
            fail_msg("%s: found hour %g, weekday %g", cases[i].text, time_hour(&p.at), time_weekday(&p.at));
    }
}

static void test_the_zone_is_kept_if_all_agree(void **state)
{
    (void)state;
    static const struct {
        const char *fields[2], *zone;
    } cases[] = {{{"2020-03-09 10:00", "2020-03-09 11:00"}, NULL},
        {{"2020-03-09 10:00+0100", "2020-03-09 11:00+01"}, "+01:00"},
        {{"2020-03-09 10:00Z", "2020-03-09 11:00 UTC"}, "Z"},
        {{"2020-03-09 10:00+01:00", "2020-06-09 11:00+02:00"}, "Z"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct time_column t;
        struct text warnings = {0};
        assert_true(read_column(cases[i].fields, 2, &t, &warnings));
        if (cases[i].zone)
            assert_string_equal(time_column_zone(&t), cases[i].zone);
        else
            assert_null(time_column_zone(&t));
        text_free(&warnings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_what_is_no_time),
        cmocka_unit_test(test_the_column_decides),
        cmocka_unit_test(test_a_time_alone),
        cmocka_unit_test(test_the_zone_is_kept_if_all_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// The columns of a table with text: names of features, sums of their errors, and the way through a file. Dates as
// numbers and back.
// links: data

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/list.h"
#include "base/timestamp.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "store/schema.h"
#include "store/store.h"
#include "store_folder.h"
#include <stdlib.h>
#include <string.h>

static struct columns make_columns(void)
{
    struct columns c = {0};

    columns_add(&c, "bytes", COLUMN_NUMBER, NULL, 0);
    columns_add(&c, "proto", COLUMN_ONE_HOT, (char *[]){"a=b", "tcp, udp", "\xc3\xa9"}, 3);
    columns_add(&c, "up", COLUMN_BINARY, (char *[]){"no", "yes"}, 2);
    columns_add(&c, "size", COLUMN_ORDINAL, (char *[]){"S", "M", "L"}, 3);
    columns_add(&c, "at", COLUMN_HOUR, NULL, 0);
    return c;
}

static void test_names_of_features(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "bytes", "proto=a=b", "proto=tcp, udp", "proto=\xc3\xa9", "up=yes", "size", "at.hour"};
    static const int column[] = {0, 1, 1, 1, 2, 3, 4};
    struct columns c = make_columns();
    char **names = columns_feature_names(&c);

    assert_int_equal(c.n_features, 7);
    for (int i = 0; i < 7; i++) {
        assert_string_equal(names[i], expected[i]);
        assert_int_equal(columns_of_feature(&c, i), column[i]);
    }
    assert_int_equal(columns_of_feature(&c, 7), -1);
    assert_int_equal(columns_find(&c, "up"), 2);
    assert_int_equal(columns_find(&c, "down"), -1);
    assert_int_equal(column_find_category(&c.v[3], "L"), 2);
    list_free(names, 7);
    columns_free(&c);
}

static void test_errors_of_a_column_are_summed(void **state)
{
    (void)state;
    struct columns c = make_columns();
    const float errors[] = {1, 2, 3, 4, 5, 6, 7}, gaps[] = {NAN, 2, NAN, 4, 5, 6, 7};
    float sums[5];

    columns_sum_features(&c, errors, sums);
    assert_true(sums[0] == 1 && sums[1] == 9 && sums[2] == 5 && sums[3] == 6 && sums[4] == 7);
    columns_sum_features(&c, gaps, sums);
    assert_true(isnan(sums[0]) && sums[1] == 6 && sums[2] == 5);
    columns_free(&c);
}

static void test_differences_are_named(void **state)
{
    (void)state;
    struct columns a = make_columns(), b = make_columns(), none = {0};

    assert_null(columns_difference(&a, &b));
    assert_null(columns_difference(&a, &none));
    free(b.v[1].categories[0]);
    b.v[1].categories[0] = strdup("icmp");
    char *found = columns_difference(&a, &b);
    assert_string_equal(found, "column 'proto' has the value 'icmp' there and not here");
    free(found);
    columns_free(&a);
    columns_free(&b);
}

static void test_columns_and_coordinates_survive_a_file(void **state)
{
    struct err e = {0};
    struct columns c = make_columns(), back, bad;
    struct coordinates at = {.id = (char *[]){"first", ""},
        .time = (int64_t[]){TIME_MISSING, 1583748873250000},
        .group = (int64_t[]){1, GROUP_MISSING},
        .id_name = "name",
        .time_name = "when",
        .time_zone = "+01:00",
        .group_name = "file",
        .group_names = (char *[]){"a.csv", "b.csv"},
        .n_group_names = 2};
    struct coordinates read;
    char *path = mem_format("%s/x.h5", (char *)*state);
    struct store_file *f = store_create(path, FORMAT_DATASET, &e);

    assert_int_equal(store_write_index(f, "s/" DATASET_SAMPLE, 2, "row number", &e), 0);
    assert_int_equal(coordinates_write(f, "s", 2, &at, &e), 0);
    assert_int_equal(columns_write_group(f, "s", &c, &e), 0);
    assert_int_equal(store_commit(&f, &e), 0);

    f = store_open(path, FORMAT_DATASET, STORE_OWN, &e);
    assert_int_equal(columns_read(f, "s", 7, &back, &e), 0);
    assert_int_equal(back.n, 5);
    assert_null(columns_difference(&c, &back));
    assert_int_equal(coordinates_open(f, "s", 2, &read, &e), 0);
    assert_int_equal(coordinates_read(f, "s", 0, 2, &read, &e), 0);
    char *name = coordinates_row_name(&read, 0), *time = coordinates_row_name(&read, 1);
    assert_string_equal(name, "first");
    assert_string_equal(time, "2020-03-09 11:14:33.25+01:00");
    assert_string_equal(coordinates_group(&read, 0), "b.csv");
    assert_null(coordinates_group(&read, 1));
    assert_int_equal(columns_read(f, "s", 8, &bad, &e), -1); // another number of features
    store_close(&f);

    free(path);
    free(name);
    free(time);
    coordinates_free(&read, 2);
    columns_free(&c);
    columns_free(&back);
}

static void test_dates(void **state)
{
    (void)state;
    static const struct {
        struct calendar_time c;
        int64_t time;
        const char *text;
    } cases[] = {
        {{1970, 1, 1, 0, 0, 0, 0}, 0, "1970-01-01 00:00:00"},
        {{1969, 12, 31, 23, 59, 59, 999999}, -1, "1969-12-31 23:59:59.999999"},
        {{2000, 2, 29, 12, 0, 0, 500000}, 951825600500000, "2000-02-29 12:00:00.5"},
        {{1, 1, 1, 0, 0, 0, 0}, -62135596800000000, "0001-01-01 00:00:00"},
        {{9999, 12, 31, 23, 59, 59, 0}, 253402300799000000, "9999-12-31 23:59:59"},
    };
    char text[TIME_TEXT_ROOM];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(timestamp_is_valid(&cases[i].c));
        assert_int_equal(timestamp_of(&cases[i].c), cases[i].time);
        assert_string_equal(timestamp_text(text, cases[i].time, NULL), cases[i].text);
    }
    assert_false(timestamp_is_valid(&(struct calendar_time){.year = 1900, .month = 2, .day = 29}));
    assert_false(timestamp_is_valid(&(struct calendar_time){.year = 2020, .month = 13, .day = 1}));
    assert_true(timestamp_is_valid(&(struct calendar_time){.year = 2020, .month = 12, .day = 31, .hour = 24}));
    assert_string_equal(timestamp_text(text, TIME_MISSING, "Z"), "");
    assert_string_equal(timestamp_text(text, 0, "-03:30"), "1969-12-31 20:30:00-03:30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_features),
        cmocka_unit_test(test_errors_of_a_column_are_summed),
        cmocka_unit_test(test_differences_are_named),
        cmocka_unit_test(test_columns_and_coordinates_survive_a_file),
        cmocka_unit_test(test_dates),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

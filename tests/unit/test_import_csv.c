// CSV: numbers, dialects, headers, columns, labels, missing values.
// links: import
#include "base/list.h"
#include "import_fixture.h"

#include "base/random.h"
#include "import/csv_number.h"
#include "import/source.h"
#include <math.h>

static void numbers_are_those_of_strtod(void **state)
{
    (void)state;
    static const char *const good[] = {"0", "-0", "1", "+1", "1.", ".5", "-.5e1", "1e0", "1E+5", "1e-5", "0.1",
        "123456789012345678", "1234567890123456789012", "9007199254740993", "9007199254740992", "1e22", "1e23", "1e-22",
        "1e-23", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "1e999", "-1e999", "1e-999",
        "0.000000000000000000000000000000000123", "00000000000000000000000000001.5", "179769313486231580793e289",
        "8.41e21"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double v;
        assert_true(csv_number(good[i], strlen(good[i]), &v));
        double expected = strtod(good[i], NULL);
        assert_memory_equal(&v, &expected, sizeof v);
    }
}

static void random_numbers_are_those_of_strtod(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        struct random_block r = random_at(1, RANDOM_SAMPLE, 0, i);
        char text[64];
        uint64_t digits = ((uint64_t)r.v[0] << 32 | r.v[1]) >> (r.v[2] % 64);
        snprintf(text, sizeof text, r.v[3] & 1 ? "%s%llue%d" : "%s0.%llue%d", r.v[3] & 2 ? "-" : "",
            (unsigned long long)digits, (int)(r.v[3] >> 8) % 60 - 30);
        double v, expected = strtod(text, NULL);
        assert_true(csv_number(text, strlen(text), &v));
        assert_memory_equal(&v, &expected, sizeof v);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "-", "+", ".", "e5", "1e", "1e+", "1x", "x1", " 1", "1 ", "--1", "1.2.3",
        "0x1", "nan", "inf", "Infinity", "1,5", "1_000"};
    double v;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(csv_number(bad[i], strlen(bad[i]), &v));
    assert_false(csv_number("1\0002", 3, &v)); // a NUL within
}

// Every spelling of the same table.
// Fault: labels went through doubles, so that neighbours beyond 2^53 were one label.
static void integers_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0}, {"-0", 0}, {"007", 7}, {"+5", 5}, {"1.0", 1}, {"2.", 2}, {"1e0", 1}, {"120e-1", 12},
        {".0", 0}, {"0e99999", 0}, {"9007199254740993", 9007199254740993},
        {"9007199254740993.0000000000", 9007199254740993}, {"9.00719925474099300000e15", 9007199254740993},
        {"-9007199254740993", -9007199254740993}, {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN}, {"9223372036854775807000e-3", INT64_MAX}, {"1e18", 1000000000000000000}};
    static const char *const bad[] = {"", "-", "a", "1x", "0x1", "1.5", "1e-1", "1.00000000000000000001",
        "9223372036854775808", "-9223372036854775809", "1e19", "1e999", "1e-999", "nan", "inf"};
    int64_t v;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!csv_integer(good[i].text, strlen(good[i].text), &v) || v != good[i].value)
            fail_msg("%s", good[i].text);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (csv_integer(bad[i], strlen(bad[i]), &v))
            fail_msg("%s", bad[i]);
}

static void dialects(void **state)
{
    (void)state;
    static const struct {
        const char *text, *delimiter;
        int header;
    } rows[] = {
        {"a,b\n1,2\n3,4\n", NULL, HEADER_AUTO},
        {"a,b\r\n1,2\r\n3,4\r\n", NULL, HEADER_AUTO},
        {"a,b\r1,2\r3,4\r", NULL, HEADER_AUTO},
        {"a,b\n1,2\n3,4", NULL, HEADER_AUTO}, // no end of the last line
        {"\xEF\xBB\xBF"
         "a,b\n1,2\n3,4\n",
            NULL, HEADER_AUTO},
        {"\n\na,b\n\n1,2\n\n3,4\n\n", NULL, HEADER_AUTO},
        {"a;b\n1;2\n3;4\n", NULL, HEADER_AUTO},
        {"a\tb\n1\t2\n3\t4\n", NULL, HEADER_AUTO},
        {"a|b\n1|2\n3|4\n", NULL, HEADER_AUTO},
        {"  a   b\n 1\t2  \n3    4\n", NULL, HEADER_AUTO},
        {"a  b\n1  2\n3  4\n", "space", HEADER_AUTO},
        {"a\tb\n1\t2\n3\t4\n", "tab", HEADER_AUTO},
        {"a:b\n1:2\n3:4\n", ":", HEADER_AUTO},
        {"\"a\",\"b\"\n\"1\",2\n3,\"4\"\n", NULL, HEADER_AUTO},
        {" a , b \n 1 , 2 \n3,4\n", NULL, HEADER_AUTO},
        {"a,b\n1.0,2e0\n+3,0.4e1\n", NULL, HEADER_AUTO},
        {"a,b\n1,2\n3,4\n", NULL, HEADER_YES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_text("x.csv", rows[i].text);
        struct imported r = import_good((struct import_options){
            SOURCES("x.csv"), .delimiter = (char *)rows[i].delimiter, .header = rows[i].header});
        assert_int_equal(r.shape.type, STORE_F64);
        assert_int_equal(r.shape.rank, 2);
        assert_int_equal(r.shape.dims[0], 2);
        assert_int_equal(r.shape.dims[1], 2);
        assert_memory_equal(r.values, ((double[]){1, 2, 3, 4}), 4 * sizeof(double));
        assert_string_equal(r.features[0], "a");
        assert_string_equal(r.features[1], "b");
        assert_null(r.label);
        imported_free(&r);
    }
}

static void without_header(void **state)
{
    (void)state;
    write_text("x.csv", "1,2\n3,4\n");
    struct imported r = import_good((struct import_options){SOURCES("x.csv")});
    assert_int_equal(r.shape.dims[0], 2);
    assert_string_equal(r.features[1], "column_2");
    imported_free(&r);
    r = import_good((struct import_options){SOURCES("x.csv"), .header = HEADER_YES}); // names may be numbers
    assert_int_equal(r.shape.dims[0], 1);
    assert_string_equal(r.features[1], "2");
    imported_free(&r);
    write_text("x.csv", "?,NA\n3,4\n"); // missing values look like names, unless an option says otherwise
    r = import_good((struct import_options){SOURCES("x.csv"), .header = HEADER_NO});
    assert_int_equal(r.shape.dims[0], 2);
    assert_true(isnan(r.values[0]) && isnan(r.values[1]));
    imported_free(&r);
}

static void quoted_fields_hold_anything(void **state)
{
    (void)state;
    write_text("x.csv", "\"a,1\",\"b \"\"c\"\"\",\"two\nlines\"\n1,2,3\n4,5,6\n");
    struct imported r = import_good((struct import_options){SOURCES("x.csv")});
    assert_string_equal(r.features[0], "a,1");
    assert_string_equal(r.features[1], "b \"c\"");
    assert_string_equal(r.features[2], "two\nlines");
    assert_memory_equal(r.values, ((double[]){1, 2, 3, 4, 5, 6}), 6 * sizeof(double));
    imported_free(&r);
}

static void columns_by_name_and_number(void **state)
{
    (void)state;
    static const struct {
        char *columns, *drop, *label;
        int n;
        double first[3]; // of the first row
        int64_t label_0; // -1: none
    } rows[] = {
        {NULL, NULL, NULL, 4, {1, 2, 3}, -1},
        {NULL, NULL, "d", 3, {1, 2, 3}, 4},
        {NULL, NULL, "4", 3, {1, 2, 3}, 4},
        {NULL, "b", NULL, 3, {1, 3, 4}, -1},
        {NULL, "2,c", "d", 1, {1}, 4},
        {"c,a", NULL, NULL, 2, {3, 1}, -1},
        {"1, 2", NULL, "c", 2, {1, 2}, 3},
        {"d,c,b,a", "c", NULL, 3, {4, 2, 1}, -1},
        {"d,c,b,a", NULL, "d", 3, {3, 2, 1}, 4},
        {"a,b,c", "b", "a", 1, {3}, 1},
    };
    write_text("x.csv", "a,b,c,d\n1,2,3,4\n5,6,7,8\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct imported r = import_good((struct import_options){
            SOURCES("x.csv"), .columns = rows[i].columns, .drop = rows[i].drop, .label = rows[i].label});
        assert_int_equal(r.shape.dims[1], rows[i].n);
        for (int c = 0; c < rows[i].n && c < 3; c++)
            assert_true(r.values[c] == rows[i].first[c]);
        assert_int_equal(r.label ? r.label[0] : -1, rows[i].label_0);
        imported_free(&r);
    }
}

static void names_with_commas_are_quoted_in_lists(void **state)
{
    (void)state;
    write_text("x.csv", "\"a,b\",\"c \"\"d\"\", e\",f\n1,2,3\n4,5,6\n");
    struct imported r = import_good((struct import_options){
        SOURCES("x.csv"), .columns = (char[]){"f, \"c \"\"d\"\", e\" ,\"a,b\""}, .drop = (char[]){"\"a,b\""}});
    assert_int_equal(r.shape.dims[1], 2);
    assert_string_equal(r.features[0], "f");
    assert_string_equal(r.features[1], "c \"d\", e");
    assert_memory_equal(r.values, ((double[]){3, 2, 6, 5}), 4 * sizeof(double));
    imported_free(&r);
    import_bad((struct import_options){SOURCES("x.csv"), .drop = (char[]){"a,b"}}, ERR_USAGE, "goes into quotes");
    write_text("x.csv", "\"a,b\",c\nx,1\ny,2\n");
    import_bad((struct import_options){SOURCES("x.csv")}, ERR_DATA, "to leave them out: --drop '\"a,b\"'");
}

static void lists_are_split_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *list, *parts[4], *written;
        int n;
    } rows[] = {
        {"", {""}, "\"\"", 1}, {"a", {"a"}, "a", 1}, {" a , b,", {"a", "b", ""}, "a,b,\"\"", 3},
        {"\"a,b\",c", {"a,b", "c"}, "\"a,b\",c", 2}, {"\"\",\" \"", {"", " "}, "\"\",\" \"", 2},
        {"\"a\"\"b\" , c", {"a\"b", "c"}, "\"a\"\"b\",c", 2},
        {"\"", {"\""}, "\"\"\"\"", 1},                        // not closed: the quote is part of the text
        {"\"a\"b,c", {"\"a\"b", "c"}, "\"\"\"a\"\"b\",c", 2}, // text follows: so it is here
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int n;
        struct text written = {0};
        char **parts = list_split(rows[i].list, &n);
        assert_int_equal(n, rows[i].n);
        for (int k = 0; k < n; k++) {
            assert_string_equal(parts[k], rows[i].parts[k]);
            list_add(&written, parts[k]);
        }
        assert_string_equal(written.data, rows[i].written);
        list_free(parts, n);
        text_free(&written);
    }
}

// Sentinels are numbers: -999 stands for -999.0 and -9.99e2, and for nothing else.
static void missing_numbers_in_any_spelling(void **state)
{
    (void)state;
    write_text("x.csv", "a,b\n-999,-999.0\n-9.99e2,-999.5\n\"-999\",999\nNA,-0999\n");
    struct imported r = import_good((struct import_options){SOURCES("x.csv"), .missing = (char[]){"-999.00,NA"}});
    static const bool is_missing[] = {1, 1, 1, 0, 1, 0, 1, 1};
    for (int i = 0; i < 8; i++)
        assert_int_equal(isnan(r.values[i]), is_missing[i]);
    imported_free(&r);
    write_text("x.csv", "a,y\n1,-1\n2,-1.0\n"); // of a label, too
    import_bad((struct import_options){SOURCES("x.csv"), .missing = (char[]){"-1"}, .label = (char[]){"y"}}, ERR_DATA,
        "x.csv:3:2: y: found '-1.0', allowed: a label in every row");
}

static void missing_values(void **state)
{
    (void)state;
    write_text("x.csv", "a,b\n1,\nNA,2\n?,nan\nNaN,-999\n");
    struct import_summary s;
    struct err e = {0};
    struct import_options o = {SOURCES("x.csv"), .output = (char[]){"m.h5:s"}};
    assert_int_equal(import_run(&o, &s, &e), 0);
    assert_int_equal(s.missing, 5);
    import_summary_free(&s);
    struct imported r = read_back("m.h5", "s");
    static const double expected[] = {1, NAN, NAN, 2, NAN, NAN, NAN, -999};
    for (int i = 0; i < 8; i++)
        assert_true(r.values[i] == expected[i] || (isnan(r.values[i]) && isnan(expected[i])));
    imported_free(&r);
    write_text("x.csv", "a,b\n1,-999\nNA,2\n");
    r = import_good((struct import_options){SOURCES("x.csv"), .missing = (char[]){"-999,NA"}});
    assert_true(isnan(r.values[1]) && isnan(r.values[2]));
    imported_free(&r);
    import_bad(
        (struct import_options){SOURCES("x.csv"), .missing = (char[]){"-999"}}, ERR_DATA, "x.csv:3:1: a: found 'NA'");
}

static void text_labels_are_numbered_by_name(void **state)
{
    (void)state;
    write_text("x.csv", "5.1,3.5,setosa\n7.0,3.2,virginica\n6.3,3.3,setosa\n6.0,3.0,1\n");
    struct import_summary s;
    struct err e = {0};
    struct import_options o = {SOURCES("x.csv"), .output = (char[]){"l.h5:s"}, .label = (char[]){"3"}};
    assert_int_equal(import_run(&o, &s, &e), 0);
    assert_int_equal(s.n_label_names, 3);
    assert_string_equal(s.label_names[0], "1");
    assert_string_equal(s.label_names[2], "virginica");
    assert_int_equal(s.n_counts, 3);
    assert_int_equal(s.counts[1].count, 2);
    import_summary_free(&s);
    struct imported r = read_back("l.h5", "s");
    assert_memory_equal(r.label, ((int64_t[]){1, 2, 1, 0}), 4 * sizeof(int64_t));
    imported_free(&r);
    struct store_file *f = store_open("l.h5", FORMAT_DATASET, STORE_CHECK, &e);
    char *names = store_get_text(f, "s", DATASET_LABEL_NAMES), *name = store_get_text(f, "s", DATASET_LABEL_NAME);
    assert_string_equal(names, "1\nsetosa\nvirginica");
    assert_string_equal(name, "label");
    free(names);
    free(name);
    store_close(&f);
}

static void whole_labels_in_any_spelling(void **state)
{
    (void)state;
    write_text("x.csv", "y,a\n1.0000000e+00,7\n-2,8\n3.0,9\n");
    struct imported r = import_good((struct import_options){SOURCES("x.csv"), .label = (char[]){"y"}});
    assert_memory_equal(r.label, ((int64_t[]){1, -2, 3}), 3 * sizeof(int64_t));
    imported_free(&r);
}

static void as_floats(void **state)
{
    (void)state;
    write_text("x.csv", "0.1,NA\n1e38,4\n");
    struct imported r = import_good((struct import_options){SOURCES("x.csv"), .type = TYPE_F4});
    assert_int_equal(r.shape.type, STORE_F32);
    assert_true(((float *)r.x)[0] == 0.1f && isnan(((float *)r.x)[1]) && ((float *)r.x)[2] == 1e38f);
    imported_free(&r);
}

// More rows than one piece, lines longer than the reading buffer, a quoted field across its end.
static void large_tables_come_in_pieces(void **state)
{
    (void)state;
    enum { ROWS = 3000, COLUMNS = 300 };
    FILE *f = fopen("x.csv", "w");
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++)
            fprintf(f, "%s%d%s", i % 7 == 0 && j == 5 ? "\"" : "", i * COLUMNS + j,
                j == COLUMNS - 1       ? "\n"
                : i % 7 == 0 && j == 5 ? "\","
                                       : ",");
    fclose(f);
    struct imported r = import_good((struct import_options){SOURCES("x.csv"), .label = (char[]){"1"}});
    assert_int_equal(r.shape.dims[0], ROWS);
    assert_int_equal(r.shape.dims[1], COLUMNS - 1);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(r.label[i], i * COLUMNS);
        for (int j = 1; j < COLUMNS; j++)
            if (r.values[i * (COLUMNS - 1) + j - 1] != i * COLUMNS + j)
                fail_msg("row %d column %d: found %g", i, j, r.values[i * (COLUMNS - 1) + j - 1]);
    }
    imported_free(&r);
    f = fopen("wide.csv", "w"); // lines of 700 kB
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 100000; j++)
            fprintf(f, "%d%c", j, j == 99999 ? '\n' : ',');
    fclose(f);
    r = import_good((struct import_options){SOURCES("wide.csv")});
    assert_int_equal(r.shape.dims[1], 100000);
    assert_true(r.values[299999] == 99999);
    imported_free(&r);
}

// A mistake is reported where it is, and all of them in one pass.
static void mistakes_are_located(void **state)
{
    (void)state;
    write_text("x.csv", "a,b,c\n1,x,3\n4,5\n7,8,1e999\n");
    import_bad((struct import_options){SOURCES("x.csv")}, ERR_DATA, "x.csv:2:2: b: found 'x'");
    import_bad((struct import_options){SOURCES("x.csv")}, ERR_DATA, "x.csv:3: found 2 fields, allowed: 3");
    import_bad((struct import_options){SOURCES("x.csv")}, ERR_DATA, "x.csv:4:3: c: found '1e999'");
    write_text("x.csv", "a,\"b\nb\"\n1,2\n3,\"4\n\"\nx,6\n"); // lines count, not records
    import_bad((struct import_options){SOURCES("x.csv")}, ERR_DATA, "x.csv:6:1: a: found 'x'");
    import_bad((struct import_options){SOURCES("x.csv"), .label = (char[]){"q"}, .drop = (char[]){"aa"}}, ERR_USAGE,
        "did you mean 'a'?");
}

// Fault: rows that differ only in which values are missing, or infinite, were called the same.
static void rows_that_differ_in_missing_values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *warning; // NULL: none
    } rows[] = {
        {"1,\n,4\n", "2 of 2 columns never vary, missing values aside: "},
        {"1,3\n,3\n", "2 of 2 columns never vary, missing values aside: "},
        {"1,2\n1,\n2,2\n", "1 of 2 columns never vary, missing values aside: "},
        {"1,2\n1,2\n", "all 2 rows are the same"},
        {"1,NA\n1,NA\n", "all 2 rows are the same"},
        {"1,inf\n1,2\n", "1 of 2 columns never vary: "},
        {"inf,1\n1,inf\n", NULL},
        {"inf,1\ninf,1\n", "all 2 rows are the same"},
        {"1,-inf\n1,inf\n", "1 of 2 columns never vary: "},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct import_summary s;
        struct err e = {0};
        unlink("x.h5");
        write_text("x.csv", rows[i].text);
        struct import_options o = {SOURCES("x.csv"), .output = (char[]){"x.h5:s"}, .header = HEADER_NO};
        assert_int_equal(import_run(&o, &s, &e), 0);

        const char *warnings = s.warnings.data ? s.warnings.data : "";
        bool is_right = rows[i].warning ? strstr(warnings, rows[i].warning) != NULL
                                        : !strstr(warnings, "vary") && !strstr(warnings, "are the same");
        if (!is_right)
            fail_msg("%s%s", rows[i].text, warnings);
        import_summary_free(&s);
    }
}

static void constant_columns_are_warned_of(void **state)
{
    (void)state;
    write_text("x.csv", "a,b,c,d\n1,2,NA,\n1,3,5,\n1,2,5,\n");
    struct import_summary s;
    struct err e = {0};
    struct import_options o = {SOURCES("x.csv"), .output = (char[]){"c.h5:s"}};
    assert_int_equal(import_run(&o, &s, &e), 0);
    assert_non_null(strstr(s.warnings.data, "3 of 4 columns never vary, missing values aside: a, c, d\n"));
    import_summary_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_strtod),
        cmocka_unit_test(random_numbers_are_those_of_strtod),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(integers_are_exact),
        cmocka_unit_test(dialects),
        cmocka_unit_test(without_header),
        cmocka_unit_test(quoted_fields_hold_anything),
        cmocka_unit_test(columns_by_name_and_number),
        cmocka_unit_test(names_with_commas_are_quoted_in_lists),
        cmocka_unit_test(lists_are_split_and_written),
        cmocka_unit_test(missing_numbers_in_any_spelling),
        cmocka_unit_test(missing_values),
        cmocka_unit_test(text_labels_are_numbered_by_name),
        cmocka_unit_test(whole_labels_in_any_spelling),
        cmocka_unit_test(as_floats),
        cmocka_unit_test(large_tables_come_in_pieces),
        cmocka_unit_test(mistakes_are_located),
        cmocka_unit_test(constant_columns_are_warned_of),
        cmocka_unit_test(rows_that_differ_in_missing_values),
    };
    return cmocka_run_group_tests(tests, setup_folder, teardown_folder);
}

// Tables as text and as CSV: alignment, nulls, UTF-8, hostile cells.
// links: report metrics base
#include "base/utf8.h"
#include "report/table.h"
#include "report/table_metrics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// What the table prints must be `wanted`.
static void check(const struct table *t, int is_csv, const char *wanted)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (is_csv)
        table_print_csv(t, out);
    else
        table_print(t, 2, out);
    fclose(out);
    assert_string_equal(text, wanted);
    free(text);
}

static struct table *leaderboard(void)
{
    struct table *t = table_new();
    table_column(t, "trial", TABLE_LEFT);
    table_column(t, "code", TABLE_RIGHT);
    table_column(t, "ROC AUC", TABLE_RIGHT);
    table_column(t, "note", TABLE_LEFT);
    table_row(t);
    table_cell(t, "%s", "9f3a");
    table_cell(t, "%d", 64);
    table_cell(t, "%.3f ± %.3f", 0.9931, 0.0012);
    table_cell(t, "%s", "said \"best\", twice");
    table_rule(t);
    table_row(t);
    table_cell(t, "%s", "00c1d2");
    table_null(t);
    table_number(t, "%.3f", NAN);
    table_row(t); // a short row
    table_cell(t, "%s", "");
    table_number(t, "%g", 1e-7);
    return t;
}

static void test_text(void **state)
{
    (void)state;
    struct table *t = leaderboard();
    check(t, 0,
        "  trial    code        ROC AUC  note\n"
        "  ──────  ─────  ─────────────  ──────────────────\n"
        "  9f3a       64  0.993 ± 0.001  said \"best\", twice\n"
        "  ──────  ─────  ─────────────  ──────────────────\n"
        "  00c1d2      –              –  –\n"
        "          1e-07              –  –\n");
    table_free(&t);
    assert_null(t);
    table_free(&t);
}

static void test_csv(void **state)
{
    (void)state;
    struct table *t = leaderboard();
    check(t, 1,
        "trial,code,ROC AUC,note\n"
        "9f3a,64,0.993 ± 0.001,\"said \"\"best\"\", twice\"\n"
        "00c1d2,,,\n"
        "\"\",1e-07,,\n");
    table_free(&t);
}

static void test_many_rows(void **state)
{
    (void)state;
    struct table *t = table_new();
    table_column(t, "n", TABLE_RIGHT);
    struct {
        char text[4096];
        size_t length;
    } wanted = {.length = 0};
    wanted.length += (size_t)sprintf(wanted.text, "n\n");
    for (int i = 0; i < 300; i++) {
        table_row(t);
        table_cell(t, "%d", i);
        wanted.length += (size_t)sprintf(wanted.text + wanted.length, "%d\n", i);
    }
    check(t, 1, wanted.text);
    table_free(&t);
}

// A cell can neither break the line nor move the cursor nor turn the direction of writing.
static void test_hostile(void **state)
{
    (void)state;
    struct table *t = table_new();
    table_column(t, "a", TABLE_LEFT);
    table_column(t, "b", TABLE_LEFT);
    table_row(t);
    table_cell(t, "%s", "x\n\033[2J");
    table_cell(t, "%s", "\xff\xc0\x80\xe2\x80\xae\xe2\x82");
    check(t, 0,
        "  a       b\n"
        "  ──────  ──────\n"
        "  x??[2J  ??????\n");
    table_free(&t);
}

static void test_width(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int width;
    } rows[] = {
        {"", 0}, {"plain", 5}, {"0.9 ± 0.1", 9}, {"–", 1}, {"Größe", 5}, {"e\xcc\x81", 1}, {"靴", 2}, {"신발", 4},
        {"👟", 2}, {"\xed\xa0\x80", 1}, // a surrogate
        {"\xf4\x90\x80\x80", 1},       // above U+10FFFF
        {"\xe0\x80\x80", 1},           // longer than need be
        {"\xf5\x80", 2},               // no lead byte
        {"a\xe2\x80", 3},              // cut off
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(utf8_width(rows[i].text), rows[i].width);
}

static void test_confusion(void **state)
{
    (void)state;
    const struct confusion c = {
        .true_positives = 90, .false_positives = 7, .true_negatives = 12345, .false_negatives = 10};
    struct table *t = table_confusion(&c);
    check(t, 0,
        "           called normal  called anomalous\n"
        "  ───────  ─────────────  ────────────────\n"
        "  normal           12345                 7\n"
        "  anomaly             10                90\n");
    table_free(&t);
}

static void test_classification(void **state)
{
    (void)state;
    const struct confusion c = {.true_positives = 1, .false_positives = 3, .true_negatives = 6, .false_negatives = 0};
    struct classification k = confusion_classification(&c);
    struct table *t = table_classification(&k);
    check(t, 0,
        "                    precision  recall      F1  support\n"
        "  ────────────────  ─────────  ──────  ──────  ───────\n"
        "  normal               1.0000  0.6667  0.8000        9\n"
        "  anomaly              0.2500  1.0000  0.4000        1\n"
        "  ────────────────  ─────────  ──────  ──────  ───────\n"
        "  accuracy                             0.7000       10\n"
        "  macro average        0.6250  0.8333  0.6000       10\n"
        "  weighted average     0.9250  0.7000  0.7600       10\n");
    table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_confusion),
        cmocka_unit_test(test_classification),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Finds columns that never vary, values that are missing or infinite, and times that are out of order. Integers are
// compared with those of the first row. For floats the range is kept instead, because missing values must not count.
#include "import/import_check.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "data/coordinates.h"
#include "store/store.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BEYOND = 20, MAX_NAMED = 8 };

struct import_check {
    const char *name;
    enum store_type type;
    int64_t rows, columns;
    char *const *features;
    bool is_image;         // images: their margins are often constant, so constant columns are reported only if all are
    void *first;           // (columns) integers only: the first row
    unsigned char *varies; // (columns) integers only: a value differed from the first row
    double *low, *high;    // (columns) floats only: the range; low > high: all values so far are missing
    unsigned char *has_missing; // (columns) floats only: a value was missing
    int64_t missing, infinite, first_infinite;
    int64_t beyond;              // number of values that the type cannot hold
    struct import_count *counts; // sorted by label
    int n_counts;
    int64_t time_rows, missing_times;   // number of rows whose times were checked, and how many of these have no time
    int64_t backwards, first_backwards; // rows that are earlier than the row before in their group; the first of them
    int64_t *last_time;                 // (n_groups), owned: last time of each group; entry 0: of rows without a group
    int64_t n_groups;
};

static bool has_float_values(const struct import_check *c)
{
    return c->type == STORE_F32 || c->type == STORE_F64;
}

struct import_check *import_check_new(
    const char *name, const struct store_shape *shape, char *const *features, struct err *e)
{
    struct import_check *c = mem_new(1, sizeof *c);

    *c = (struct import_check){.name = name, .type = shape->type, .columns = 1, .features = features};
    ASSERT(shape->rank >= 1 && shape->rank <= STORE_MAX_RANK, "rank %d", shape->rank);
    c->is_image = shape->rank > 2;
    for (int d = 1; d < shape->rank; d++)
        c->columns *= shape->dims[d];
    size_t n = (size_t)c->columns;
    c->counts = mem_new(IMPORT_MAX_LABELS + 1, sizeof *c->counts);
    if (has_float_values(c)) {
        c->low = mem_array(n, sizeof *c->low, name, e);
        c->high = mem_array(n, sizeof *c->high, name, e);
        c->has_missing = mem_array(n, 1, name, e);
    } else {
        c->first = mem_array(n, store_type_size(c->type), name, e);
        c->varies = mem_array(n, 1, name, e);
    }
    if (has_float_values(c) ? !c->low || !c->high || !c->has_missing : !c->first || !c->varies)
        import_check_free(&c);

    for (size_t i = 0; c && c->low && i < n; i++) {
        c->low[i] = INFINITY;
        c->high[i] = -INFINITY;
    }
    return c;
}

void import_check_free(struct import_check **c)
{
    if (!*c)
        return;
    free((*c)->first);
    free((*c)->varies);
    free((*c)->low);
    free((*c)->high);
    free((*c)->has_missing);
    free((*c)->counts);
    free((*c)->last_time);
    free(*c);
    *c = NULL;
}

// Sets varies[i] if row[i] differs from first[i]. There is a function for every width of integers.
#define DEFINE_COMPARE(NAME, TYPE)                                                                  \
    static void NAME(const void *row, const void *first, unsigned char *restrict varies, int64_t n) \
    {                                                                                               \
        const TYPE *a = row, *b = first;                                                            \
        for (int64_t i = 0; i < n; i++)                                                             \
            varies[i] |= a[i] != b[i];                                                              \
    }
DEFINE_COMPARE(compare_1, uint8_t)
DEFINE_COMPARE(compare_2, uint16_t)
DEFINE_COMPARE(compare_4, uint32_t)
DEFINE_COMPARE(compare_8, uint64_t)

static void note_integer_row(struct import_check *c, const char *row)
{
    static void (*const compare[])(const void *, const void *, unsigned char *restrict, int64_t) = {
        [1] = compare_1, [2] = compare_2, [4] = compare_4, [8] = compare_8};

    compare[store_type_size(c->type)](row, c->first, c->varies, c->columns);
}

void import_check_beyond(struct import_check *c, int64_t i, double value, struct err *e)
{
    int64_t column = i % c->columns;
    char number[32] = "", found[32];

    ASSERT(i >= 0, "value %lld", (long long)i);
    if (c->beyond++ >= MAX_BEYOND)
        return;
    if (!c->features)
        snprintf(number, sizeof number, "value %lld", (long long)column + 1);
    err_add(e, ERR_DATA,
        "%s: row %lld: %s: found %s, allowed: numbers up to 3.4e38, which f4 can hold; hint: --type f8", c->name,
        (long long)(c->rows + i / c->columns), c->features ? c->features[column] : number, text_number(found, value));
}

static void note_float(struct import_check *c, int64_t column, double v)
{
    if (isnan(v)) {
        c->missing++;
        c->has_missing[column] = 1;
        return;
    }
    if (isinf(v) && c->infinite++ == 0)
        c->first_infinite = c->rows;
    c->low[column] = v < c->low[column] ? v : c->low[column];
    c->high[column] = v > c->high[column] ? v : c->high[column];
}

static void note_float_row(struct import_check *c, const void *row)
{
    if (c->type == STORE_F32)
        for (int64_t i = 0; i < c->columns; i++)
            note_float(c, i, (double)((const float *)row)[i]);
    else
        for (int64_t i = 0; i < c->columns; i++)
            note_float(c, i, ((const double *)row)[i]);
}

void import_check_rows(struct import_check *c, int64_t rows, const void *x)
{
    size_t row_bytes = (size_t)c->columns * store_type_size(c->type);

    ASSERT(x && rows > 0, "%lld rows", (long long)rows);
    if (c->rows == 0 && c->first)
        memcpy(c->first, x, row_bytes);
    for (int64_t r = 0; r < rows; r++, c->rows++)
        if (has_float_values(c))
            note_float_row(c, (const char *)x + (size_t)r * row_bytes);
        else
            note_integer_row(c, (const char *)x + (size_t)r * row_bytes);
}

static void count_label(struct import_check *c, int64_t label)
{
    int low = 0, high = c->n_counts;

    while (low < high) {
        int middle = (low + high) / 2;
        if (c->counts[middle].label < label)
            low = middle + 1;
        else
            high = middle;
    }

    if (low == c->n_counts || c->counts[low].label != label) {
        if (c->n_counts > IMPORT_MAX_LABELS)
            return;
        ASSERT(low <= c->n_counts, "label %d of %d", low, c->n_counts);
        memmove(c->counts + low + 1, c->counts + low, (size_t)(c->n_counts - low) * sizeof *c->counts);
        c->counts[low] = (struct import_count){label, 0};
        c->n_counts++;
    }
    c->counts[low].count++;
}

void import_count_labels(struct import_check *c, int64_t rows, const int64_t *label)
{
    for (int64_t r = 0; r < rows; r++)
        count_label(c, label[r]);
}

// Returns the place of the last time of a group. Enlarges the array if necessary.
static int64_t *last_time_of(struct import_check *c, int64_t group)
{
    int64_t needed = group + 2; // + 2: the entry of rows without a group (-1) comes first

    if (needed > c->n_groups) {
        int64_t n = 2 * needed;
        c->last_time = mem_grow(c->last_time, (size_t)n, sizeof *c->last_time);
        for (int64_t i = c->n_groups; i < n; i++)
            c->last_time[i] = TIME_MISSING;
        c->n_groups = n;
    }
    return &c->last_time[group + 1];
}

void import_check_times(struct import_check *c, int64_t rows, const int64_t *time, const int64_t *group)
{
    for (int64_t r = 0; r < rows; r++, c->time_rows++) {
        if (time[r] == TIME_MISSING) {
            c->missing_times++;
            continue;
        }
        int64_t *last = last_time_of(c, group ? group[r] : GROUP_MISSING);
        if (time[r] < *last && c->backwards++ == 0)
            c->first_backwards = c->time_rows;
        *last = time[r];
    }
}

static void warn_times(const struct import_check *c, struct text *warnings)
{
    if (c->backwards)
        text_add(warnings, "%s: times go backwards in %lld row%s, the first is row %lld: they are kept as they are\n",
            c->name, (long long)c->backwards, text_plural(c->backwards), (long long)c->first_backwards);
    if (c->missing_times)
        text_add(warnings, "%s: %lld row%s without a time\n", c->name, (long long)c->missing_times,
            text_plural(c->missing_times));
}

// Returns true if all values of a column that are not missing are equal.
static bool is_constant(const struct import_check *c, int64_t column)
{
    return has_float_values(c) ? !(c->low[column] < c->high[column]) : !c->varies[column];
}

// Returns true if a column has both missing values and others, so that its rows differ.
static bool is_partly_missing(const struct import_check *c, int64_t column)
{
    return has_float_values(c) && c->has_missing[column] && c->low[column] <= c->high[column];
}

static void warn_constant(const struct import_check *c, struct text *warnings)
{
    struct text names = {0};
    int64_t constant = 0, partly_missing = 0;

    for (int64_t i = 0; i < c->columns; i++) {
        if (!is_constant(c, i))
            continue;
        if (c->features && constant < MAX_NAMED)
            text_add(&names, "%s%s", constant ? ", " : ": ", c->features[i]);
        constant++;
        partly_missing += is_partly_missing(c, i);
    }

    text_add(&names, "%s", constant > MAX_NAMED && c->features ? ", ..." : "");
    if (constant == c->columns && partly_missing == 0 && c->rows > 1)
        text_add(warnings, "%s: all %lld rows are the same: nothing can be learned from them\n", c->name,
            (long long)c->rows);
    else if (constant && c->rows > 1 && (!c->is_image || constant == c->columns))
        text_add(warnings, "%s: %lld of %lld columns never vary%s%s\n", c->name, (long long)constant,
            (long long)c->columns, partly_missing ? ", missing values aside" : "", names.data);
    text_free(&names);
}

void import_check_summary(struct import_check *c, struct import_summary *s)
{
    ASSERT(c->counts, "%s: a second summary", c->name);
    warn_constant(c, &s->warnings);
    warn_times(c, &s->warnings);
    if (c->infinite)
        text_add(&s->warnings,
            "%s: %lld infinite value%s, the first in row %lld: training refuses such rows, tests and score give them "
            "no "
            "error\n",
            c->name, (long long)c->infinite, text_plural(c->infinite), (long long)c->first_infinite);
    s->missing = c->missing;
    s->n_counts = c->n_counts;
    s->counts = c->counts;
    c->counts = NULL;
}

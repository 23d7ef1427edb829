// Reads a column of times. It is read twice, like the whole CSV file: only after the last field is it known whether day
// or month comes first, and what numbers mean.
#pragma once

#include "base/err.h"
#include "base/text.h"
#include "import/time_text.h"
#include <stdbool.h>
#include <stdint.h>

enum date_order { DATE_AUTO, DATE_DAY_FIRST, DATE_MONTH_FIRST };

struct time_column {
    enum date_order order; // the order that the user gives; after time_column_finish, the order of the column
    int64_t dates, numbers, slashed;
    int64_t first_date, first_number, least_at; // lines of the first date, the first number, and `least`
    int64_t day_first, month_first;             // line of the first date that is valid only in this order; 0: none
    double largest, least; // largest absolute value; smallest absolute value that is at least 1e8, 0: none
    bool are_digits;       // all numbers are dates without separators
    bool has_fractions;    // some numbers have fractions
    int64_t with_offset;   // number of fields with an offset from UTC
    bool has_offsets;      // the offsets differ
    char offset[8];        // the first offset
    int64_t units;         // units per second of the numbers
};

// Adds a field in the first reading, in line `at`. Returns NULL or, if the field is not a time, a string that says what
// is allowed.
const char *time_column_add(struct time_column *t, const char *text, size_t n, int64_t at);
// Decides what the fields mean. `name` names the file and the column in messages. Returns -1 and an error if the fields
// contradict each other.
int time_column_finish(struct time_column *t, const char *name, struct text *warnings, struct err *e);
// Returns the time of a field that was added, and sets the offset from UTC that the field gives.
int64_t time_column_value(const struct time_column *t, const char *text, size_t n, int *offset_minutes);
// Returns the offset with which all times are shown: "Z" if offsets differ or some times have none, NULL if no time has
// an offset.
const char *time_column_zone(const struct time_column *t);
// Returns true if a field can be read as a time and is not just a number.
bool time_column_looks_like(const char *text, size_t n);

// A column of times. It is read twice, as all of a CSV file: what day and month, or a number, mean is known only after
// all fields.
#pragma once

#include "base/err.h"
#include "base/text.h"
#include "import/time_text.h"
#include <stdbool.h>
#include <stdint.h>

enum date_order { DATE_AUTO, DATE_DAY_FIRST, DATE_MONTH_FIRST };

struct time_column {
    enum date_order order; // as the user says; after time_column_finish as it is
    int64_t dates, numbers, slashed;
    int64_t first_date, first_number, least_at; // lines
    int64_t day_first, month_first;             // lines of dates that exist in only this order; 0: none
    double largest, least; // of the numbers, without sign; least: of those from 1e8 on, 0: there is none
    bool are_digits;       // all numbers are dates without separators
    bool has_fractions;    // of the numbers
    int64_t with_offset;   // fields that have one
    bool has_offsets;      // there are several offsets
    char offset[8];        // the first
    int64_t units;         // of the numbers, per second
};

// Adds a field of the first reading, at line `at`. Returns NULL, or what is allowed instead.
const char *time_column_add(struct time_column *t, const char *text, size_t n, int64_t at);
// Decides what the fields mean. `name` is that of the file and the column, for messages. Returns -1 and an error if
// they contradict each other.
int time_column_finish(struct time_column *t, const char *name, struct text *warnings, struct err *e);
// Returns the time of a field that was added, and the offset from UTC with which it was written.
int64_t time_column_value(const struct time_column *t, const char *text, size_t n, int *offset_minutes);
// Returns the offset in which all times are shown, "Z" if they have several, or NULL if none was given.
const char *time_column_zone(const struct time_column *t);
// Returns true if a field can be read as a time and is not just a number.
bool time_column_looks_like(const char *text, size_t n);

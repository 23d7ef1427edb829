// Reads times in the forms in which people and programs write them.
#pragma once

#include "base/timestamp.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The form of a time in text.
enum time_form {
    TIME_DATE,    // a date with only one meaning
    TIME_SLASHED, // a date whose order of day and month is open: 03/09/2020, 3-9-2020
    TIME_NUMBER   // seconds or finer units since 1970, or digits such as 20200309
};

struct time_parts {
    enum time_form form;
    struct calendar_time at; // with TIME_SLASHED, `month` is the first number and `day` is the second
    bool has_offset;
    int offset_minutes;
    char offset[8]; // the offset as it is shown: "Z" or "+01:00"
    double number;
};

// Reads a date with or without a time of day and an offset from UTC, or a number: "2020-03-09 10:14:33.25+01:00",
// "20200309T101433Z", "09.03.2020 10:14", "9 Mar 2020", "3/9/20 10:14 PM", "1583748873". Returns false if text[0..n),
// NUL-terminated, is neither. A date that does not exist, such as 30 February, is accepted here; timestamp_is_valid
// refuses it.
bool time_text_read(const char *text, size_t n, struct time_parts *p);
// Reads a time without the evidence of other fields of its column. `at` is the local time, as it was written. Returns
// false if the text is not a time, or if its order of day and month is open (03/09/2020).
bool time_text_read_alone(const char *text, size_t n, struct time_parts *p);
// Exchanges day and month.
struct calendar_time time_day_first(const struct calendar_time *c);
// time_hour returns the hours since midnight, with fractions; time_weekday the day of the week, from 0 for Monday.
double time_hour(const struct calendar_time *c);
double time_weekday(const struct calendar_time *c);
// Reads a date without separators, YYYYMMDD or YYYYMMDDhhmmss, from a number with that many digits. Returns false if
// the number is not such a date.
bool time_from_digits(double number, struct calendar_time *c);

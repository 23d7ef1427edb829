// Points in time as microseconds since 1970-01-01 00:00:00 UTC, in the Gregorian calendar, without leap seconds.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TIME_MISSING INT64_MIN
enum { TIME_TEXT_ROOM = 48 };

struct calendar_time {
    int year, month, day; // month and day from 1
    int hour, minute, second, microsecond;
};

// Returns the days from 1970-01-01 to a date.
int64_t timestamp_days(int year, int month, int day);
// Returns true if the date exists, in the years 1 to 9999, and the time lies within a day; second 60 and 24:00:00 are
// allowed.
bool timestamp_is_valid(const struct calendar_time *c);
int64_t timestamp_of(const struct calendar_time *c);
// Splits a time into year, month and so on, in a time zone that is `offset_minutes` ahead of UTC.
struct calendar_time timestamp_split(int64_t time, int offset_minutes);
// Reads an offset from UTC: "Z", "UTC", "GMT", "+01:00", "-0330", "+01". Returns false if `text` is not an offset.
bool timestamp_read_offset(const char *text, int *minutes);
// Writes a time as "2020-03-09 10:14:33.25+01:00", in the time zone with the offset `zone`; if `zone` is NULL, in UTC
// and without an offset. A missing time gives "". Returns out.
char *timestamp_text(char out[TIME_TEXT_ROOM], int64_t time, const char *zone);

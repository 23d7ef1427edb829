// Dates as numbers of days, by the algorithms of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
#include "base/timestamp.h"

#include "base/err.h"
#include <stdio.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define DAY_US    (86400 * SECOND_US)

// Years begin in March, so that the leap day is the last of its year; an era has 400 years.
enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };

int64_t timestamp_days(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    ASSERT(month >= 1 && month <= 12, "month %d", month);
    return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - DAYS_TO_1970;
}

static void split_days(int64_t days, struct calendar_time *c)
{
    int64_t shifted = days + DAYS_TO_1970;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day = shifted - era * DAYS_PER_ERA; // number of the day in its era
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153; // 0 is March

    ASSERT(day >= 0 && day < DAYS_PER_ERA, "day %lld of an era", (long long)day);
    c->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    c->month = (int)(month < 10 ? month + 3 : month - 9);
    c->year = (int)(year + era * 400 + (c->month <= 2));
}

bool timestamp_is_valid(const struct calendar_time *c)
{
    if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1)
        return false;
    int next_year = c->year + (c->month == 12), next_month = c->month % 12 + 1;
    int64_t days = timestamp_days(next_year, next_month, 1) - timestamp_days(c->year, c->month, 1);

    if (c->day > days || c->hour < 0 || c->minute < 0 || c->second < 0)
        return false;
    if (c->hour == 24) // the end of the day
        return c->minute == 0 && c->second == 0 && c->microsecond == 0;
    return c->hour < 24 && c->minute < 60 && c->second <= 60;
}

int64_t timestamp_of(const struct calendar_time *c)
{
    int64_t seconds = ((int64_t)c->hour * 60 + c->minute) * 60 + c->second;
    return timestamp_days(c->year, c->month, c->day) * DAY_US + seconds * SECOND_US + c->microsecond;
}

struct calendar_time timestamp_split(int64_t time, int offset_minutes)
{
    struct calendar_time c;
    int64_t shift = offset_minutes * 60 * SECOND_US;
    int64_t local = time < INT64_MIN / 2 || time > INT64_MAX / 2 ? time : time + shift;
    int64_t left = local % DAY_US + (local % DAY_US < 0) * DAY_US; // microseconds since midnight
    int64_t days = local / DAY_US - (local % DAY_US < 0);

    ASSERT(left >= 0 && left < DAY_US, "%lld microseconds of a day", (long long)left);
    split_days(days, &c);
    c.microsecond = (int)(left % SECOND_US);
    left /= SECOND_US;
    c.second = (int)(left % 60);
    c.minute = (int)(left / 60 % 60);
    c.hour = (int)(left / 3600);
    return c;
}

static bool read_two_digits(const char *text, int *value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *value = (text[0] - '0') * 10 + text[1] - '0';
    return true;
}

bool timestamp_read_offset(const char *text, int *minutes)
{
    int hours, rest = 0;

    *minutes = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0 || strcmp(text, "UTC") == 0 || strcmp(text, "GMT") == 0)
        return true;
    if ((*text != '+' && *text != '-') || !read_two_digits(text + 1, &hours))
        return false;

    const char *at = text + 3;
    at += *at == ':' && at[1];
    if (*at && (!read_two_digits(at, &rest) || at[2]))
        return false;
    if (hours > 23 || rest > 59)
        return false;
    *minutes = *text == '-' ? -(hours * 60 + rest) : hours * 60 + rest;
    return true;
}

char *timestamp_text(char out[TIME_TEXT_ROOM], int64_t time, const char *zone)
{
    int minutes = 0, digits = 6;
    bool has_zone = zone && timestamp_read_offset(zone, &minutes);
    const struct calendar_time c = timestamp_split(time, minutes);

    *out = 0;
    if (time == TIME_MISSING)
        return out;
    int n = snprintf(
        out, TIME_TEXT_ROOM, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
    if (c.microsecond) {
        n += snprintf(out + n, TIME_TEXT_ROOM - (size_t)n, ".%06d", c.microsecond);
        for (; digits > 0 && out[n - 1] == '0'; digits--)
            out[--n] = 0;
    }
    if (has_zone)
        snprintf(out + n, TIME_TEXT_ROOM - (size_t)n, "%s", zone);
    return out;
}

// Reads a time from left to right: the date, the separator, the time of day, AM or PM, the offset from UTC. Each step
// moves a cursor and fails if the string does not continue as it must.
#include "import/time_text.h"

#include "base/err.h"
#include "import/csv_number.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Reads 1 to `most` digits. Returns how many, or 0 if there are none or more.
static int read_time_digits(const char **at, int most, int *value)
{
    int n = 0;

    for (*value = 0; n < most && isdigit((unsigned char)**at); n++, ++*at)
        *value = *value * 10 + **at - '0';
    return isdigit((unsigned char)**at) ? 0 : n;
}

// Reads the English name of a month, in full or its first three letters. Returns the number of the month from 1, or 0.
static int read_month_name(const char **at)
{
    static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August",
        "September", "October", "November", "December"};
    size_t letters = 0;
    while (isalpha((unsigned char)(*at)[letters]))
        letters++;

    for (int m = 0; m < 12; m++)
        if ((letters == 3 || letters == strlen(months[m])) && strncasecmp(*at, months[m], letters) == 0) {
            *at += letters;
            return m + 1;
        }
    return 0;
}

// Skips a weekday such as "Mon, " or "Monday ".
static void skip_weekday(const char **at)
{
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    size_t letters = 0;
    while (isalpha((unsigned char)(*at)[letters]))
        letters++;

    for (int d = 0; d < 7; d++)
        if ((letters == 3 || letters == strlen(days[d])) && strncasecmp(*at, days[d], letters) == 0) {
            *at += letters;
            *at += **at == ',';
            *at += strspn(*at, " ");
            return;
        }
}

// Returns the full year. A year of two digits is between 1969 and 2068, as in POSIX.
static int whole_year(int digits, int year)
{
    if (digits != 2)
        return year;
    return year < 69 ? 2000 + year : 1900 + year;
}

// Reads "Mar 9, 2020".
static bool read_month_day_year(const char **at, struct time_parts *p)
{
    p->at.month = read_month_name(at);
    *at += strspn(*at, " ");
    if (p->at.month == 0 || !read_time_digits(at, 2, &p->at.day))
        return false;
    *at += **at == ',';
    *at += strspn(*at, " ");
    return read_time_digits(at, 4, &p->at.year) == 4;
}

// Reads the rest of "9 Mar 2020", "09-Mar-20" or "09/Mar/2020" after the day.
static bool read_named_month(const char **at, int day, struct time_parts *p)
{
    char separator = **at;

    ++*at;
    p->at.day = day;
    p->at.month = read_month_name(at);
    *at += separator == ' ' ? strspn(*at, " ") : (size_t)(**at == separator);
    int digits = read_time_digits(at, 4, &p->at.year);
    p->at.year = whole_year(digits, p->at.year);
    return p->at.month > 0 && (digits == 4 || digits == 2);
}

// Reads the rest of "2020-03-09", "09.03.2020" or "3/9/20" after the first number.
static bool read_numbered_date(const char **at, int digits, int first, struct time_parts *p)
{
    char separator = **at;
    int second, third, end;

    ++*at;
    if (!read_time_digits(at, 2, &second) || **at != separator)
        return false;
    ++*at;
    end = read_time_digits(at, 4, &third);
    if (digits == 4) {
        p->at.year = first;
        p->at.month = second;
        p->at.day = third;
        return end == 1 || end == 2;
    }

    p->form = separator == '.' ? TIME_DATE : TIME_SLASHED;
    p->at.year = whole_year(end, third);
    p->at.month = separator == '.' ? second : first;
    p->at.day = separator == '.' ? first : second;
    return digits <= 2 && (end == 4 || (end == 2 && separator != '-')); // the first number of 20-03-09 may be the year
}

static bool read_date(const char **at, struct time_parts *p)
{
    int first;

    skip_weekday(at);
    if (isalpha((unsigned char)**at))
        return read_month_day_year(at, p);
    int digits = read_time_digits(at, 8, &first);
    if (digits == 8) { // 20200309T1014
        p->at.year = first / 10000;
        p->at.month = first / 100 % 100;
        p->at.day = first % 100;
        return true;
    }
    if (digits == 0 || !**at || !strchr("-/. ", **at))
        return false;

    bool is_named = isalpha((unsigned char)(*at)[1]) || (**at == ' ' && digits <= 2);
    if (is_named)
        return digits <= 2 && read_named_month(at, first, p);
    return **at != ' ' && read_numbered_date(at, digits, first, p);
}

// Reads the digits of a fraction of a second. Digits after the microseconds are ignored.
static bool read_fraction(const char **at, int *microsecond)
{
    int digits = 0;

    for (*microsecond = 0; isdigit((unsigned char)**at); ++*at, digits++)
        if (digits < 6)
            *microsecond = *microsecond * 10 + **at - '0';
    for (int i = digits; i < 6; i++)
        *microsecond *= 10;
    return digits > 0;
}

// Reads "10:14" or "10:14:33.25".
static bool read_clock(const char **at, struct calendar_time *c)
{
    if (!read_time_digits(at, 2, &c->hour) || **at != ':')
        return false;
    ++*at;
    if (read_time_digits(at, 2, &c->minute) != 2)
        return false;
    if (**at != ':')
        return true;
    ++*at;
    if (read_time_digits(at, 2, &c->second) != 2)
        return false;
    if ((**at != '.' && **at != ',') || !isdigit((unsigned char)(*at)[1]))
        return true;
    ++*at;
    return read_fraction(at, &c->microsecond);
}

// Reads "1014" or "101433.25".
static bool read_compact_clock(const char **at, struct calendar_time *c)
{
    int value, digits = read_time_digits(at, 6, &value);

    if (digits != 4 && digits != 6)
        return false;
    value *= digits == 4 ? 100 : 1;
    c->hour = value / 10000;
    c->minute = value / 100 % 100;
    c->second = value % 100;
    if (**at != '.' && **at != ',')
        return true;
    ++*at;
    return read_fraction(at, &c->microsecond);
}

// Reads AM or PM, if present. Returns false if the hour cannot have it.
static bool read_half_of_day(const char **at, struct calendar_time *c)
{
    const char *mark = *at + strspn(*at, " ");
    bool is_am = strncasecmp(mark, "AM", 2) == 0, is_pm = strncasecmp(mark, "PM", 2) == 0;

    if (!is_am && !is_pm)
        return true;
    *at = mark + 2;
    if (c->hour < 1 || c->hour > 12)
        return false;
    c->hour = c->hour % 12 + (is_pm ? 12 : 0);
    return true;
}

// Reads the offset from UTC, if present. Returns false if the string does not end after it.
static bool read_zone(const char *at, struct time_parts *p)
{
    at += strspn(at, " ");
    if (!*at)
        return true;
    if (!timestamp_read_offset(at, &p->offset_minutes))
        return false;

    int minutes = abs(p->offset_minutes);
    p->has_offset = true;
    if (*at == '+' || *at == '-')
        snprintf(p->offset, sizeof p->offset, "%c%02d:%02d", *at, minutes / 60 % 24, minutes % 60);
    else
        strcpy(p->offset, "Z");
    return true;
}

bool time_text_read(const char *text, size_t n, struct time_parts *p)
{
    const char *at = text;

    *p = (struct time_parts){0};
    ASSERT(text[n] == 0, "a time of %zu bytes has no end", n);
    if (strlen(text) != n)
        return false;
    if (csv_number(text, n, &p->number)) {
        p->form = TIME_NUMBER;
        return isfinite(p->number);
    }
    if (!read_date(&at, p))
        return false;
    if (!*at)
        return true;

    if (!strchr("Tt _:-", *at)) // the rest is an offset: 2020-03-09Z has no time of day
        return read_zone(at, p);
    const char *clock = at + (*at == ' ' ? strspn(at, " ") : 1);
    at = clock;
    if (!read_clock(&at, &p->at)) {
        at = clock;
        p->at.hour = p->at.minute = p->at.second = p->at.microsecond = 0;
        if (!read_compact_clock(&at, &p->at))
            return false;
    }
    return read_half_of_day(&at, &p->at) && read_zone(at, p);
}

struct calendar_time time_day_first(const struct calendar_time *c)
{
    struct calendar_time turned = *c;

    turned.month = c->day;
    turned.day = c->month;
    return turned;
}

bool time_text_read_alone(const char *text, size_t n, struct time_parts *p)
{
    double units = 1e6; // microseconds per unit
    if (!time_text_read(text, n, p))
        return false;

    if (p->form == TIME_NUMBER && !time_from_digits(p->number, &p->at)) {
        for (double limit = 1e11; fabs(p->number) >= limit && units > 1e-3; limit *= 1000)
            units /= 1000;
        if (fabs(p->number) >= 9e18)
            return false;
        p->at = timestamp_split((int64_t)llround(p->number * units), 0);
    }
    struct calendar_time turned = time_day_first(&p->at);
    bool may_turn = p->form == TIME_SLASHED && timestamp_is_valid(&turned);
    bool is_valid = timestamp_is_valid(&p->at);
    if (may_turn && is_valid && p->at.month != p->at.day)
        return false;
    if (may_turn)
        p->at = turned;
    return may_turn || is_valid;
}

double time_hour(const struct calendar_time *c)
{
    return c->hour + (c->minute + (c->second + c->microsecond * 1e-6) / 60) / 60;
}

double time_weekday(const struct calendar_time *c)
{
    int64_t day = timestamp_days(c->year, c->month, c->day) + 3; // 1970-01-01 was a Thursday
    return (double)((day % 7 + 7) % 7);
}

bool time_from_digits(double number, struct calendar_time *c)
{
    bool has_clock = number >= 1e13;
    if (number != floor(number) || number < 18000101 || (number >= 22000101 && number < 18000101000000) ||
        number >= 22000101000000)
        return false;

    int64_t digits = (int64_t)number, date = has_clock ? digits / 1000000 : digits;
    int64_t clock = has_clock ? digits % 1000000 : 0;
    *c = (struct calendar_time){.year = (int)(date / 10000),
        .month = (int)(date / 100 % 100),
        .day = (int)(date % 100),
        .hour = (int)(clock / 10000),
        .minute = (int)(clock / 100 % 100),
        .second = (int)(clock % 100)};
    return timestamp_is_valid(c);
}

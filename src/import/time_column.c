// Finds the format of the times in a column: collects evidence from every field and decides at the end.
#include "import/time_column.h"

#include "base/err.h"
#include "base/timestamp.h"
#include "import/csv_number.h"
#include <math.h>
#include <string.h>

#define TIME_ALLOWED "a time such as 2020-03-09 10:14:33.25+01:00, 09.03.2020 10:14 or seconds since 1970"

static void note_number(struct time_column *t, double number, int64_t at)
{
    struct calendar_time ignored;

    if (t->numbers++ == 0) {
        t->first_number = at;
        t->are_digits = true;
    }
    t->largest = fabs(number) > t->largest ? fabs(number) : t->largest;
    if (fabs(number) >= 1e8 && (t->least == 0 || fabs(number) < t->least)) { // 1e8 seconds: the year 1973
        t->least = fabs(number);
        t->least_at = at;
    }
    t->has_fractions |= number != floor(number);
    t->are_digits = t->are_digits && time_from_digits(number, &ignored);
}

// Notes a date such as 03/09/2020. Returns false if it is not a valid date in any order that is allowed.
static bool note_slashed(struct time_column *t, const struct calendar_time *month_first, int64_t at)
{
    struct calendar_time day_first = time_day_first(month_first);
    bool may_be_day = timestamp_is_valid(&day_first) && t->order != DATE_MONTH_FIRST;
    bool may_be_month = timestamp_is_valid(month_first) && t->order != DATE_DAY_FIRST;

    t->slashed++;
    if (may_be_day && !may_be_month && !t->day_first)
        t->day_first = at;
    if (may_be_month && !may_be_day && !t->month_first)
        t->month_first = at;
    return may_be_day || may_be_month;
}

static void note_offset(struct time_column *t, const struct time_parts *p)
{
    if (!p->has_offset)
        return;
    if (t->with_offset++ == 0)
        memcpy(t->offset, p->offset, sizeof t->offset);
    t->has_offsets |= strcmp(t->offset, p->offset) != 0;
}

const char *time_column_add(struct time_column *t, const char *text, size_t n, int64_t at)
{
    struct time_parts p;

    if (!time_text_read(text, n, &p))
        return TIME_ALLOWED;
    if (p.form == TIME_NUMBER) {
        note_number(t, p.number, at);
        return fabs(p.number) < 9e18 ? NULL : TIME_ALLOWED;
    }

    if (t->dates++ == 0)
        t->first_date = at;
    note_offset(t, &p);
    bool exists = p.form == TIME_SLASHED ? note_slashed(t, &p.at, at) : timestamp_is_valid(&p.at);
    return exists ? NULL : "a date and time that exist";
}

// Sets the units per second. The largest number decides: below 1e11 it is seconds, which reach up to the year 5138;
// from there on ms, from 1e14 on us, from 1e17 on ns. Returns -1 and an error if not all numbers have the same unit.
static int choose_units(struct time_column *t, const char *name, struct err *e)
{
    static const double limits[] = {1e11, 1e14, 1e17};
    double lower = 0;

    t->units = 1;
    for (size_t i = 0; i < sizeof limits / sizeof *limits && t->largest >= limits[i]; i++) {
        t->units *= 1000;
        lower = limits[i];
    }
    if (t->are_digits || t->least == 0 || t->least >= lower)
        return 0;
    return err_add(e, ERR_DATA,
        "%s: found %.17g (line %lld) and %.17g, allowed: numbers of one unit (seconds, ms, us or ns since 1970)", name,
        t->least, (long long)t->least_at, t->largest);
}

static void warn_small_numbers(const struct time_column *t, const char *name, struct text *warnings)
{
    if (t->numbers && !t->are_digits && t->largest < 31536000)
        text_add(warnings,
            "%s: all times are below one year of seconds since 1970: they are read as seconds from 1970-01-01\n", name);
}

int time_column_finish(struct time_column *t, const char *name, struct text *warnings, struct err *e)
{
    if (t->dates && t->numbers)
        return err_add(e, ERR_DATA, "%s: found dates (line %lld) and numbers (line %lld), allowed: one of them", name,
            (long long)t->first_date, (long long)t->first_number);
    if (t->order == DATE_AUTO && t->day_first && t->month_first)
        return err_add(e, ERR_DATA,
            "%s: line %lld has the day first and line %lld the month, allowed: one order in all lines", name,
            (long long)t->day_first, (long long)t->month_first);

    if (t->slashed && t->order == DATE_AUTO && !t->day_first && !t->month_first)
        text_add(warnings,
            "%s: in no date is it clear which number is the day: read as month/day/year; --date-order day-first or "
            "month-first says it\n",
            name);
    if (t->with_offset && t->with_offset < t->dates)
        text_add(warnings, "%s: %lld times have no offset from UTC and %lld have one: those without are in UTC\n", name,
            (long long)(t->dates - t->with_offset), (long long)t->with_offset);

    if (t->order == DATE_AUTO)
        t->order = t->day_first ? DATE_DAY_FIRST : DATE_MONTH_FIRST;
    if (choose_units(t, name, e) != 0)
        return -1;
    warn_small_numbers(t, name, warnings);
    return 0;
}

// Converts a number of units since 1970 to microseconds. Integers are converted exactly.
static int64_t time_of_number(const struct time_column *t, const char *text, size_t n, double number)
{
    int64_t integer, result;
    int64_t factor = t->units <= 1000000 ? 1000000 / t->units : 0; // 0: the units are nanoseconds

    if (csv_integer(text, n, &integer)) {
        if (factor == 0)
            return integer / 1000 - (integer % 1000 < 0);
        if (!__builtin_mul_overflow(integer, factor, &result))
            return result;
    }
    return (int64_t)llround(number * (1e6 / (double)t->units));
}

int64_t time_column_value(const struct time_column *t, const char *text, size_t n, int *offset_minutes)
{
    struct time_parts p;
    bool is_time = time_text_read(text, n, &p);

    ASSERT(is_time && t->units > 0, "%s was not added", text);
    *offset_minutes = p.offset_minutes;
    if (!is_time)
        return TIME_MISSING;
    if (p.form == TIME_NUMBER && (!t->are_digits || !time_from_digits(p.number, &p.at)))
        return time_of_number(t, text, n, p.number);
    if (p.form == TIME_SLASHED && t->order == DATE_DAY_FIRST)
        p.at = time_day_first(&p.at);
    return timestamp_of(&p.at) - (int64_t)p.offset_minutes * 60 * 1000000;
}

const char *time_column_zone(const struct time_column *t)
{
    if (t->with_offset == 0)
        return NULL;
    return t->has_offsets || t->with_offset < t->dates ? "Z" : t->offset;
}

bool time_column_looks_like(const char *text, size_t n)
{
    struct time_parts p;
    return time_text_read(text, n, &p) && p.form != TIME_NUMBER;
}

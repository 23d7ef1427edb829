// Reads the clocks of POSIX.
#include "base/clock.h"

#include <time.h>

static double clock_seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double clock_wall(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

double clock_cpu(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

char *clock_date(char out[32])
{
    time_t now = time(NULL);
    struct tm utc;

    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    return out;
}

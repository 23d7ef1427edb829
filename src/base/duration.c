// Reads a number and its unit.
#include "base/duration.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    double seconds;
} units[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}, {NULL, 0}};

int duration_to_seconds(const char *text, double *seconds)
{
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || isspace((unsigned char)*text) || errno || !isfinite(value) || value < 0)
        return -1;

    end += strspn(end, " ");
    for (int i = 0; units[i].name; i++)
        if (strcmp(end, units[i].name) == 0) {
            *seconds = value * units[i].seconds;
            return 0;
        }

    return -1;
}

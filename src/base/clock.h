// Clocks: seconds from an arbitrary start, for measurements; the date, for records.
#pragma once

double clock_wall(void);        // monotonic, in seconds
double clock_cpu(void);         // CPU seconds of this process, all threads
char *clock_date(char out[32]); // date and time in UTC (ISO 8601), "2025-01-31T12:00:00Z"; returns out

// Windows over series: a sample is `length` consecutive time steps, the next one begins `step` steps later. Windows are
// only numbers here; the steps stay where they are.
//
// A run is an unbroken sequence of steps: of one source, of neighbouring rows, of one group, and without a gap in time.
// No window crosses the end of a run, so a run shorter than a window has none. Only the runs that have windows are
// kept, so that memory depends on the number of gaps and not on the number of steps.
#pragma once

#include "base/err.h"
#include "data/coordinates.h"
#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_AUTO = -1 };                                                      // a length found in the training data
enum window_label { WINDOW_LABEL_ANY, WINDOW_LABEL_LAST, WINDOW_LABEL_CENTER }; // which step decides
#define WINDOW_ANY_GAP   INT64_MAX                                              // of max_gap: time may jump forward
#define WINDOW_NO_TIME   INT64_MIN                                              // of a step: its time is missing
#define WINDOW_FALLBACK  125                                                    // the length of series without a period
#define WINDOW_LAG_LEAST 3 // the shortest and the longest period that is looked for
#define WINDOW_LAG_MOST  300
#define WINDOW_POINTS    20000 // steps that are looked at

// The setting `data.window`.
struct window_config {
    int64_t length;  // time steps; 0: rows are no series; WINDOW_AUTO
    int64_t step;    // from the start of a window to the start of the next
    int64_t max_gap; // microseconds between two steps; a longer time begins a new run
    int label;       // enum window_label
};

struct window_run {
    int64_t first_step;   // its first step
    int64_t first_window; // its first window, among all windows
};

struct series_windows {
    int64_t length, step;
    int64_t steps, count;   // all time steps; all windows
    struct window_run *run; // (runs), owned, in the order of the steps
    int64_t runs;
    int64_t short_runs, short_steps; // runs without a window, and their steps
    int64_t longest_run;             // in steps
    int64_t open;                    // first step of the run that is not complete; -1: none
};

// One time step, as windows_add compares it with the one before.
struct window_step {
    int32_t source; // number of its source
    int64_t row;    // in the source
    int64_t time;   // microseconds; TIME_MISSING: it has none; 0 in data without times
    int64_t group;
};

// Returns row `row` of a source, whose coordinates are those at index `at` of `c`.
struct window_step window_step_of(const struct coordinates *c, int64_t at, int64_t row);

// Returns true if `b` continues the series at `a`. A time that is missing or goes backwards is a gap, too.
bool window_continues(const struct window_config *c, const struct window_step *a, const struct window_step *b);

// Counts the windows over steps that are added one by one: begin, add each step, end. *w owns its runs afterwards.
void windows_begin(struct series_windows *w, const struct window_config *c);
void windows_add(struct series_windows *w, bool continues);
void windows_end(struct series_windows *w);
void windows_free(struct series_windows *w);

// Returns the first step of window `i`, by bisection of the runs.
int64_t windows_first_step(const struct series_windows *w, int64_t i);
// Returns how many of the windows [i, last) are of the same run as window `i`.
int64_t windows_in_run(const struct series_windows *w, int64_t i, int64_t last);

// Returns the step in the window whose label is that of the window. is_anomaly (length) may be NULL: unknown. With
// WINDOW_LABEL_ANY it is the first anomaly, if there is one, or else the last step.
int64_t window_deciding_step(int label, int64_t length, const int8_t *is_anomaly);

// Returns the lag of the highest peak of the autocorrelation of x (steps, columns), averaged over the columns, among
// the lags WINDOW_LAG_LEAST to WINDOW_LAG_MOST. Missing values count as the mean of their column. Returns
// WINDOW_FALLBACK if there is no peak.
int64_t window_period(const double *x, int64_t steps, int columns);

// Windows over series. A sample is a window of `length` consecutive time steps; the next one begins `step` steps later.
// Windows are only numbers here; the steps stay where they are.
//
// A run is an unbroken sequence of steps: consecutive rows of one source and one group, without a gap in time. No
// window crosses the end of a run, so a run that is shorter than a window has no window. Only runs with windows are
// stored, so memory depends on the number of gaps and not on the number of steps.
#pragma once

#include "base/err.h"
#include "data/coordinates.h"
#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_AUTO = -1 }; // the length is found in the training data
enum window_label { WINDOW_LABEL_ANY, WINDOW_LABEL_LAST, WINDOW_LABEL_CENTER }; // which step decides the label
#define WINDOW_ANY_GAP   INT64_MAX // of max_gap: times may have gaps of any length
#define WINDOW_NO_TIME   INT64_MIN // of a step: its time is missing
#define WINDOW_FALLBACK  125       // length for series without a period
#define WINDOW_LAG_LEAST 3         // shortest and longest period that is searched for
#define WINDOW_LAG_MOST  300
#define WINDOW_POINTS    20000 // number of steps that are examined

// The setting `data.window`.
struct window_config {
    int64_t length;  // number of time steps; 0: rows are not time steps; WINDOW_AUTO
    int64_t step;    // steps from the start of a window to the start of the next
    int64_t max_gap; // in microseconds; a longer time between two steps begins a new run
    int label;       // enum window_label
};

struct window_run {
    int64_t first_step;   // its first step
    int64_t first_window; // number of its first window, counted over all runs
};

struct series_windows {
    int64_t length, step;
    int64_t steps, count;   // number of time steps; number of windows
    struct window_run *run; // (runs), owned, in the order of the steps
    int64_t runs;
    int64_t short_runs, short_steps; // number of runs without a window; number of their steps
    int64_t longest_run;             // number of steps of the longest run
    int64_t group_changes;           // number of steps whose group is not that of the step before, in the same source
    int64_t open;                    // first step of the run that is not complete; -1: no run is open
};

// A time step with everything that decides whether it continues a run.
struct window_step {
    int32_t source; // number of its source
    int64_t row;    // number of the row in the source
    int64_t time;   // microseconds; TIME_MISSING: the step has no time; 0 in data without times
    int64_t group;
};

// Returns the step that is row `row` of its source. Its coordinates are at index `at` of `c`. Its source is 0.
struct window_step window_step_of(const struct coordinates *c, int64_t at, int64_t row);

// Returns true if step `b` continues the run of step `a`. A time that is missing or goes backwards is also a gap.
bool window_continues(const struct window_config *c, const struct window_step *a, const struct window_step *b);

// Count the windows over steps that are added one by one: begin, add each step, end. *w owns its runs afterwards.
// `last` is the step before; NULL: there is none.
void windows_begin(struct series_windows *w, const struct window_config *c);
void windows_add_step(struct series_windows *w, const struct window_config *c, const struct window_step *last,
    const struct window_step *step);
void windows_add(struct series_windows *w, bool continues); // for steps whose groups do not matter
void windows_end(struct series_windows *w);
void windows_free(struct series_windows *w);
// Returns true if the steps of `groups` groups alternate: the group changes so often that the steps of some group are
// apart.
bool windows_are_interleaved(const struct series_windows *w, int64_t groups);

// Returns the first step of window `i`, found by bisection of the runs.
int64_t windows_first_step(const struct series_windows *w, int64_t i);
// Returns how many of the windows [i, last) are in the same run as window `i`.
int64_t windows_in_run(const struct series_windows *w, int64_t i, int64_t last);

// Returns the index of the step in a window that decides its label. is_anomaly (length) is NULL if anomalies are
// unknown. With WINDOW_LABEL_ANY, this is the first anomaly if there is one, and otherwise the last step.
int64_t window_deciding_step(int label, int64_t length, const int8_t *is_anomaly);

// Returns the lag of the highest peak of the autocorrelation of x (steps, columns), averaged over the columns. Only the
// lags WINDOW_LAG_LEAST to WINDOW_LAG_MOST are searched. Missing values count as the mean of their column. Returns
// WINDOW_FALLBACK if there is no peak.
int64_t window_period(const double *x, int64_t steps, int columns);

// Finds the labels of windows of new data. A window has the label of one of its time steps (data/window.h).
#include "apply/window_labels.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/window.h"
#include <stdlib.h>

// Sets label (n) to the labels of n windows of one run, that is, of steps without a gap. The first window begins at
// step `step`.
static int label_run(
    struct row_reader *r, int64_t step, int64_t n, const int8_t *is_anomaly, int64_t *label, struct err *e)
{
    const struct series_windows *w = &r->windows;
    int64_t steps = (n - 1) * w->step + w->length;
    int64_t *all = mem_array((size_t)steps, sizeof *all, "labels", e);
    int rc = all ? row_reader_step_labels(r, step, steps, all, e) : -1;

    for (int64_t i = 0; i < n && rc == 0; i++) {
        int64_t first = i * w->step;
        const int8_t *marks = is_anomaly ? is_anomaly + step + first : NULL;
        label[i] = all[first + window_deciding_step(r->fit->window.label, w->length, marks)];
    }
    free(all);
    return rc;
}

int window_labels(
    struct row_reader *r, int64_t first, int64_t n, const struct window_marks *marks, int64_t *label, struct err *e)
{
    const struct series_windows *w = &r->windows;
    const int8_t *is_anomaly = marks->of_steps;
    int rc = 0;

    ASSERT(!marks->of_windows || is_anomaly, "the anomalies of %s are unknown", r->name);
    for (int64_t i = 0, run; i < n && rc == 0; i += run) {
        int64_t step = windows_first_step(w, first + i);
        run = windows_in_run(w, first + i, first + n);
        rc = label_run(r, step, run, is_anomaly, label + i, e);
        for (int64_t k = 0; marks->of_windows && k < run; k++, step += w->step)
            marks->of_windows[i + k] =
                is_anomaly[step + window_deciding_step(r->fit->window.label, w->length, is_anomaly + step)];
    }
    return rc;
}

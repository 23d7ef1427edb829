// Cuts the rows of a data set, which are time steps, into windows.
#pragma once

#include "data/data_select.h"
#include "data/dataset.h"

// Copies the settings of windows from `cfg` to *out. If the length is `auto`, finds it in the training rows. Returns -1
// and an error if rows cannot be time steps or if memory is short.
int dataset_window_length(
    const struct data_config *cfg, const struct data_selection *train, struct window_config *out, struct err *e);

// Finds the windows in the rows of a selection, which become the set `name`. Returns -1 and an error if there are no
// windows, or too many or too large ones. The caller frees *out.
int dataset_find_windows(const struct window_config *c, const char *name, const struct data_selection *s,
    struct series_windows *out, struct err *e);

// Makes the windows `w` the rows of `d`, and the former rows its d->steps. Takes over `w`. No value is copied: the
// steps of a window are neighbours in memory. `label` (enum window_label) says which step decides the label of a
// window. Returns -1 and an error if memory is short.
int dataset_cut_windows(struct dataset *d, struct series_windows *w, int label, struct err *e);
void dataset_steps_free(struct dataset *d); // does nothing if rows are not windows

// Adds a warning if the set has time steps that are in no window, because their runs are shorter than a window.
void dataset_note_short_runs(const struct dataset *d, struct err *warnings);

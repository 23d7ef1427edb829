// Makes windows over the rows of files that are not data sets. A new series begins with every file and, as in a data
// set, with every group of rows and after every gap in time.
#pragma once

#include "apply/new_rows.h"
#include "apply/series_groups.h"
#include "data/dataset.h"
#include "data/window.h"

struct comm;
struct team;

// The place of a time step.
struct series_place {
    int file;    // number of the file in the request
    int64_t row; // number of the row in the file
};

// A time step whose names are kept, because its error was not printed so far or because it is in the piece.
struct series_step {
    int file;        // number of the file in the request
    int64_t row;     // number of the row in the file
    char *id, *time; // owned; NULL: the step has none
    int group;       // number of its group in the scaling; -1: none
};

// The members of the piece (from x to windows) are the same on all ranks. The others are used only on rank 0.
struct series_rows {
    struct new_rows *rows; // borrowed
    int features;
    struct window_config window;
    int64_t most; // most windows of a piece

    float *x;            // (most + length, features), owned: the steps of the piece
    double *value;       // (most + length, features), owned: values before scaling, on rank 0; NULL: not kept
    int64_t *start;      // (most), owned: index in x of the first step of each window
    int8_t *is_unscored; // (most), owned: the model cannot take the window
    int64_t windows;     // number of windows of the piece

    int8_t *is_bad;          // (most + length), owned: steps with a value that the model cannot take
    int8_t *is_first;        // (most + length), owned: steps that do not continue the series of the step before them
    struct window_step last; // the last step that was read
    int64_t base, n;         // number of the first step in x, counted over all files; number of steps in x
    int64_t next_window;     // first step of the next window
    int64_t scanned;         // steps before this one were already searched for gaps
    int file;                // number of the current file; -1: none so far
    int64_t file_steps, file_windows; // steps and windows of the current file
    struct series_groups groups;      // groups of the current file
    int64_t bad_steps;                // number of steps in all files with a value that the model cannot take
    struct series_place first_bad;    // the first such step

    bool keeps_names;          // names are kept until series_rows_forget; false: until their steps leave the piece
    struct series_step *named; // (n_named of room_named), owned: steps from first_named on
    int64_t first_named, n_named, room_named;
};

// Allocates memory for windows of the form `window`. `rows` is NULL on ranks other than 0. Returns -1 and an error if
// memory runs out.
int series_rows_open(struct series_rows *s, struct new_rows *rows, const struct window_config *window, int features,
    int64_t most, struct err *e);
void series_rows_free(struct series_rows *s);
// Collective over the ranks of the team. Reads files until some windows are complete. Returns the number of windows, or
// 0 after the last file, or -1 and the same error on all ranks.
int64_t series_rows_next(struct series_rows *s, const struct team *team, struct err *e);
// Collective. Fills and scales the steps of the piece again, for a model with another scaling: sets x and is_unscored.
void series_rows_rescale(struct series_rows *s, const struct scaling *scaling, const struct team *team);
// Returns a step whose names are still kept. `step` is its number, counted over all files.
const struct series_step *series_rows_step(const struct series_rows *s, int64_t step);
// Frees the names of the steps before `step`.
void series_rows_forget(struct series_rows *s, int64_t step);

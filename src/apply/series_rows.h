// Windows over the rows of files that are no data set. Every file is a series of its own, which ends at a gap in time,
// as a series of a data set does.
#pragma once

#include "apply/new_rows.h"
#include "apply/series_groups.h"
#include "data/dataset.h"
#include "data/window.h"

struct comm;
struct team;

// Where a time step is.
struct series_place {
    int file;    // its number in the request
    int64_t row; // in the file
};

// A time step whose error is not printed yet.
struct series_step {
    int file;        // its number in the request
    int64_t row;     // in the file
    char *id, *time; // owned; NULL: it has none
};

// The piece is the same on all ranks. The rest belongs to rank 0.
struct series_rows {
    struct new_rows *rows; // borrowed
    int features;
    struct window_config window;
    int64_t most; // windows of a piece

    float *x;            // (most + length, features), owned: the steps of the piece
    int64_t *start;      // (most), owned: first step of each window, in x
    int8_t *is_unscored; // (most), owned: of each window
    int64_t windows;     // of the piece

    int8_t *is_bad;          // (most + length), owned: steps with a value that the model cannot take
    int8_t *is_first;        // (most + length), owned: steps that do not continue the series of the step before them
    struct window_step last; // that was read
    int64_t base, n;         // number of the first step in x, from the first of all files; steps in x
    int64_t next_window;     // first step of the next window
    int64_t scanned;         // steps before this one were looked at for gaps
    int file;                // of the last step; -1: none so far
    int64_t file_steps, file_windows; // of this file
    struct series_groups groups;      // of this file
    int64_t bad_steps;                // in all files: steps with a value that the model cannot take
    struct series_place first_bad;    // the first of them

    bool keeps_names;          // until the caller forgets them; otherwise those of steps before the piece are forgotten
    struct series_step *named; // (n_named of room_named), owned: steps from first_named on
    int64_t first_named, n_named, room_named;
};

// Allocates for windows of `window`. `rows` is NULL on ranks other than 0. Returns -1 and an error if memory runs out.
int series_rows_open(struct series_rows *s, struct new_rows *rows, const struct window_config *window, int features,
    int64_t most, struct err *e);
void series_rows_free(struct series_rows *s);
// Collective over the team's ranks. Reads files until some windows are complete. Returns their number, 0 after the last
// file, or -1 and the same error on all ranks.
int64_t series_rows_next(struct series_rows *s, const struct team *team, struct err *e);
// Returns a step that is not forgotten. Its number counts from the first of all files.
const struct series_step *series_rows_step(const struct series_rows *s, int64_t step);
// Forgets the steps before this one.
void series_rows_forget(struct series_rows *s, int64_t step);

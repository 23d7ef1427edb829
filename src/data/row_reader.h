// Reads the rows of a split in pieces, filled and scaled for a trained model. Only one piece is in memory, for any
// number of rows. Rows of files that can be mapped are not even copied.
#pragma once

#include "data/dataset.h"

// What the rows of a split must match, and how they are read.
struct row_fit {
    int shape_rank, shape[3];
    char *const *features;         // (features), borrowed: names; NULL: the model has none
    const struct columns *columns; // borrowed: columns of the table of the training data; NULL or n = 0: unknown
    const struct scaling *scaling; // borrowed
    struct window_config window; // length 0: a row is a sample; otherwise a sample is a window over rows, its shape is
                                 // (length, features), and the functions below count windows
    bool marks_bad_rows;         // rows with a value that the model cannot take are marked as is_unscored, not refused
};

struct row_reader {
    const struct row_fit *fit; // borrowed
    int64_t rows;
    int columns;
    int64_t steps;  // rows of the split, from which windows are cut; without windows, the same as `rows`
    int n_features; // values per row of the split; without windows, the same as `columns`
    bool has_label;
    const char *name, *checksum, *label_name;   // borrowed; NULL: the file has none
    char *const *label_names, *const *features; // borrowed
    int n_label_names;                          // 0: labels are plain numbers
    struct row_source *source;                  // owned
    struct series_windows windows;              // owned; length 0: no windows
    struct coordinates step_coordinates; // owned: their arrays are those of the last call of row_reader_coordinates
    int64_t n_step_coordinates;
    struct dataset piece; // owned: the rows that were read last
};

// Opens a split for pieces of up to `most` rows. Returns NULL and an error if the data do not fit in shape, names of
// features, or type.
struct row_reader *row_reader_open(
    const struct data_source *source, const struct row_fit *fit, int64_t most, struct err *e);
void row_reader_free(struct row_reader **r);
// Prepares the reader for another model, which may scale and fill differently but takes the same windows. Call
// row_reader_use afterwards. Returns -1 and an error if the rows do not fit this model, or if memory runs out.
int row_reader_add(struct row_reader *r, const struct row_fit *fit, struct err *e);
// Makes the following calls of row_reader_read return rows for `fit`, which the reader borrows. It was opened with this
// fit, or row_reader_add has taken it. A piece that is read for several models in turn is loaded only once.
void row_reader_use(struct row_reader *r, const struct row_fit *fit);
// Returns rows [first, first + rows) as a data set, which is valid until the next call. Returns NULL and an error if
// they cannot be read. Infinite values, and missing ones that are not filled, are also errors, unless such rows are
// marked.
const struct dataset *row_reader_read(struct row_reader *r, int64_t first, int64_t rows, struct err *e);
// Adds rows [first, first + rows), as stored, to the hash that row_reader_check compares. Each call must continue where
// the last one ended. Only mapped files are hashed, because store_read checks the others.
void row_reader_hash(struct row_reader *r, int64_t first, int64_t rows);
// Checks that the file did not change since it was opened. If all rows were hashed, also checks that the file holds the
// data that was written to it. Returns -1 and ERR_DATA if not.
int row_reader_check(const struct row_reader *r, struct err *e);
// Sets label (rows) to the labels of rows [first, first + rows). The label of a window is that of its last step, or of
// its center if fit->window says so. Returns -1 and an error if the labels cannot be read.
int row_reader_labels(struct row_reader *r, int64_t first, int64_t rows, int64_t *label, struct err *e);
// Sets label (steps) to the labels of rows [first, first + steps) of the split, even if windows are cut from them.
int row_reader_step_labels(struct row_reader *r, int64_t first, int64_t steps, int64_t *label, struct err *e);
// Returns the coordinates of rows [first, first + steps) of the split: ids, times and groups, as far as the split has
// them. They are valid until the next call. Returns NULL and an error if they cannot be read.
const struct coordinates *row_reader_coordinates(struct row_reader *r, int64_t first, int64_t steps, struct err *e);

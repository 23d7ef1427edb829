// The rows of a split in pieces, filled and scaled for a trained model: what is held in memory is one piece, whatever
// the number of rows. Files that can be mapped are not even copied.
#pragma once

#include "data/dataset.h"

// What a model takes.
struct row_fit {
    int shape_rank, shape[3];
    char *const *features;         // (columns) names, borrowed; NULL: it knows none
    const struct scaling *scaling; // borrowed
    bool marks_bad_rows;           // rows with a value that it cannot take are marked is_unscored, not refused
};

struct row_reader {
    const struct row_fit *fit; // borrowed
    int64_t rows;
    int columns;
    bool has_label;
    const char *name, *checksum, *label_name;   // borrowed; of x and of the labels, NULL: the file gives none
    char *const *label_names, *const *features; // borrowed
    int n_label_names;                          // 0: labels are plain numbers
    struct row_source *source;                  // owned
    struct dataset piece;                       // owned: the rows read last
};

// For pieces of up to `most` rows. Data that does not fit is refused with the reason: shape, names of features, type.
// NULL and errors.
struct row_reader *row_reader_open(
    const struct data_source *source, const struct row_fit *fit, int64_t most, struct err *e);
void row_reader_free(struct row_reader **r);
// Rows [first, first + rows) as a data set, valid until the next call. NULL and an error: what cannot be read, a
// missing value that nothing stands for, an infinite one, unless such rows are marked.
const struct dataset *row_reader_read(struct row_reader *r, int64_t first, int64_t rows, struct err *e);
// Adds rows [first, first + rows) as they are in the file to what row_reader_check compares. They must follow each
// other. Only for files that are mapped: store_read compares other ones.
void row_reader_hash(struct row_reader *r, int64_t first, int64_t rows);
// Whether the file is still what it was when it was opened and, if all rows were hashed, what was written. -1 and
// ERR_DATA.
int row_reader_check(const struct row_reader *r, struct err *e);
// Their labels.
int row_reader_labels(struct row_reader *r, int64_t first, int64_t rows, int64_t *label, struct err *e);

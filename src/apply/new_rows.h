// Reads rows of foreign files (CSV, standard input, arrays, pictures), as a model needs them, in pieces. Each file is
// read once, from first to last, without an import.
#pragma once

#include "apply/csv_match.h"
#include "data/columns.h"
#include "data/row_reader.h"

struct team;

struct new_rows_request {
    const char *const *names; // (n), borrowed: names of files, folders of pictures, FILE.h5:/PATH, or CSV_STDIN
    int n;
    const struct csv_options *csv; // borrowed
    const struct row_fit *fit;     // borrowed
    const struct columns *columns; // borrowed: columns of the table on which the model was trained; n = 0: unknown
    bool takes_groups;             // the groups of rows must be read: the model scales by group or takes windows
    const struct scaling *groups;  // borrowed: the scaling whose groups are looked up
    bool keeps_values;             // keep the values of the piece before scaling, for new_rows_rescale
};

// A string that belongs to a row, such as its id, spelled as in the file.
struct row_text {
    const char *text; // NULL: the row has none
    size_t n;
};

struct new_rows {
    const struct new_rows_request *request; // borrowed
    int columns;
    int64_t most;

    // the current piece
    int64_t n;
    int64_t first;                 // number of the first row of the piece in its file
    int file;                      // number of the file in request->names
    float *x;                      // (most, columns), owned: filled and scaled
    double *value;                 // (most, columns), owned: values before that; NULL: not kept
    int8_t *is_unscored;           // (most), owned: the model cannot take the row
    struct row_text *id;           // (most), owned; NULL: the files have no ids
    struct row_text *time, *group; // likewise; `group` is NULL, too, without takes_groups
    int32_t *unknown; // (most), owned: number of unknown categories of each row; NULL: the model has no categories
    int32_t *missing; // (most, NEW_ROWS_MISSING), owned: for unscored rows, the first columns with a value that is
                      // missing, infinite or a string; -1: no more
    struct new_rows_state *state; // owned
    struct text notes, warnings;  // owned; for the user, one per line; the caller prints and empties them
};
enum { NEW_ROWS_MISSING = 3 };

// Returns true if a name from the command line has the form FILE.h5:SPLIT, a split of a data-set file, and no file has
// that whole name.
bool new_rows_is_split(const char *name);
// Checks the HDF5 files among the names. Call it before MPI starts, because it forks. Returns -1 and errors on failure.
int new_rows_walk(const char *const *names, int n, struct err *e);

// Opens the first file for pieces of up to `most` rows. Returns NULL and errors on failure.
struct new_rows *new_rows_open(const struct new_rows_request *request, int64_t most, struct err *e);
void new_rows_free(struct new_rows **r);
// Reads the next piece, on the threads of the team. All rows of a piece are from one file. Not collective. Returns the
// number of rows, or 0 after the last file, or -1 and errors. Values of CSV files that are not numbers count as
// missing; the last call adds a warning with their number.
int64_t new_rows_next(struct new_rows *r, const struct team *team, struct err *e);
// Fills and scales the rows of the piece again, for a model with another scaling: sets x, is_unscored and missing.
void new_rows_rescale(struct new_rows *r, const struct scaling *scaling, const struct team *team);
// Returns true if the values of the current file have single precision.
bool new_rows_are_floats(const struct new_rows *r);

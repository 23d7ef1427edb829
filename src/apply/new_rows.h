// Rows of foreign files (CSV, standard input, arrays, pictures), matched with what a model takes, in pieces. Each file
// is read once, from first to last, without an import.
#pragma once

#include "apply/csv_match.h"
#include "data/columns.h"
#include "data/row_reader.h"

struct team;

struct new_rows_request {
    const char *const *names; // (n), borrowed: files, folders of pictures, FILE.h5:/PATH, or CSV_STDIN
    int n;
    const struct csv_options *csv; // borrowed
    const struct row_fit *fit;     // borrowed
    const struct columns *columns; // borrowed; of the table that the model was trained on; n = 0: unknown
    bool takes_groups;             // the rows are time steps, whose groups count
};

// A name of a row, such as its id, in its own spelling.
struct row_text {
    const char *text; // NULL: it has none
    size_t n;
};

struct new_rows {
    const struct new_rows_request *request; // borrowed
    int columns;
    int64_t most;

    // the piece
    int64_t n;
    int64_t first;                 // number of its first row in its file
    int file;                      // its number in request->names
    float *x;                      // (most, columns), owned: filled and scaled
    int8_t *is_unscored;           // (most), owned: the model cannot take this row
    struct row_text *id;           // (most), owned; NULL: no file has ids
    struct row_text *time, *group; // the same; groups are in the column that the training data has
    int32_t *missing; // (most, NEW_ROWS_MISSING), owned: for rows that are unscored, its first columns with a value
                      // that is missing, infinite or a string; -1: no more
    struct new_rows_state *state; // owned
    struct text notes, warnings;  // owned; what the user should know, one per line; empty them when they are printed
};
enum { NEW_ROWS_MISSING = 3 };

// Returns true if a name from the command line means a split of a data-set file, FILE.h5:SPLIT.
bool new_rows_is_split(const char *name);
// Checks what can be checked before MPI starts, because it forks: HDF5 files. Returns -1 and errors on failure.
int new_rows_walk(const char *const *names, int n, struct err *e);

// Opens the first file for pieces of up to `most` rows. Returns NULL and errors on failure.
struct new_rows *new_rows_open(const struct new_rows_request *request, int64_t most, struct err *e);
void new_rows_free(struct new_rows **r);
// Reads the next piece, all of whose rows are of one file, on the threads of the team. Not collective. Returns the
// number of rows, 0 after the last file, or -1 and errors. Values of CSV files that are no numbers count as missing;
// the last call adds a warning of how many there were.
int64_t new_rows_next(struct new_rows *r, const struct team *team, struct err *e);

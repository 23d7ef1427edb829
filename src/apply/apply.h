// A trained model applied to new data, piece by piece, on any number of ranks. The results stream into arrays of one
// file, so memory does not grow with the number of rows.
#pragma once

#include "data/row_reader.h"
#include "score/score.h"
#include "store/store.h"

// An array that fills up: (rows, width) floats.
struct apply_output {
    char *path;                  // owned; in the file
    const char *long_name;       // borrowed
    int64_t width;               // values per row
    int rank, dims[3];           // of a row; rank 0: one value
    const char *scales[4];       // of sample and of the row's dimensions
    bool is_inner;               // not written into the file
    float *piece;                // owned; (piece rows, width)
    struct store_stream *stream; // owned; on rank 0
};
enum { APPLY_OUTPUTS_MAX = 6 };

struct apply {
    const struct team *team;
    const struct model *m;     // borrowed; the model, or its decoder
    const real *w;             // borrowed; its parameters
    struct row_reader *reader; // owned; NULL if the rows are made by `read`
    // Makes the rows [first, first + rows) if they do not come from a reader; else NULL.
    const struct dataset *(*read)(struct apply *a, int64_t first, int64_t rows, struct err *e);
    // Collective. If it is not known how many rows there are, gets the next piece, whose rows `read` then returns.
    // Returns the number of its rows, 0 after the last piece, or -1 and the same error on all ranks. Else NULL.
    int64_t (*next)(struct apply *a, struct err *e);
    int64_t rows;       // in total; with `next`: so far
    int64_t piece_rows; // rows of a piece, over all ranks
    struct apply_output output[APPLY_OUTPUTS_MAX];
    int n_outputs;
    int64_t first; // the first row of the current piece, for `visit`; set by apply_run, as are the next two
    int64_t from;  // of the rows in the piece, the first that this rank visits
    const struct dataset *visited; // borrowed; the rows of the piece that this rank visits
    // Fills output[].piece after a forward pass of rows [at, at + rows) of the piece, whose values are x. Is called
    // from several threads.
    void (*visit)(const struct apply *a, struct workspace *ws, int64_t at, int rows, const real *x);
    // Is called on rank 0 for each complete piece, which has the rows [first, first + rows). May be NULL.
    int (*finish_piece)(struct apply *a, int64_t first, int64_t rows, struct err *e);
    void *context; // for the callbacks
};

// Opens the reader with a piece of a suitable size; it borrows source and fit. Not collective: each rank calls it and
// reports its own errors. `width` is the number of values per row of all outputs together.
int apply_open(
    struct apply *a, const struct data_source *source, const struct row_fit *fit, int64_t width, struct err *e);
// Returns the number of rows of a piece if each row has `values` floats.
int64_t apply_piece(const struct team *team, int64_t values);

// What apply_add needs to know of an output; all is copied but long_name and scales.
struct apply_array {
    const char *group, *name, *long_name;
    int rank;                  // of a row; 0: one value
    const int *dims;           // (rank)
    const char *const *scales; // (rank)
    bool is_inner;             // only the callbacks use it
};
// Adds an output. Returns its index in a->output.
int apply_add(struct apply *a, const struct apply_array *array);
// Collective over team->comm. Passes all rows through the model; rank 0 writes the outputs into `f`. It is NULL on the
// other ranks, and everywhere if only `finish_piece` uses the outputs.
int apply_run(struct apply *a, struct store_file *f, struct err *e);
void apply_free(struct apply *a);
// Begins the array of an output for a->rows rows, for a caller that writes it. Returns NULL and an error on failure.
struct store_stream *apply_begin_output(const struct apply *a, int number, struct store_file *f, struct err *e);

// Begins an array (rows) along `sample`, such as labels. Returns NULL and an error if that fails.
struct store_stream *apply_begin_column(
    struct store_file *f, const char *path, enum store_type type, int64_t rows, const char *long_name, struct err *e);
// Write an array (rows) along `sample`, in pieces: the numbers from 0 as int64; or zeros of any type up to that.
int apply_write_row_numbers(struct store_file *f, const char *path, int64_t rows, const char *long_name, struct err *e);
int apply_write_zeros(
    struct store_file *f, const char *path, enum store_type type, int64_t rows, const char *long_name, struct err *e);

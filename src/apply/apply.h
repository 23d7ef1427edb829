// Applies one or more trained models to new data, piece by piece, on any number of ranks. The results are streamed into
// arrays of one file or passed to a callback, so memory does not grow with the number of rows.
#pragma once

#include "data/row_reader.h"
#include "score/score.h"
#include "store/store.h"

// An output array (rows, width) of floats, which is filled piece by piece.
struct apply_output {
    char *path;                  // owned; path in the file
    const char *long_name;       // borrowed
    int64_t width;               // values per row
    int rank, dims[3];           // number and sizes of the dimensions of a row; rank 0: a row is one value
    const char *scales[4];       // scales of `sample` and of the dimensions of a row
    bool is_inner;               // used by callbacks, not written into the file
    float *piece;                // owned; (piece rows, width)
    struct store_stream *stream; // owned; on rank 0
};
enum { APPLY_OUTPUTS_MAX = 6 };

// A model, or only its decoder, and its parameters. Both are borrowed.
struct apply_model {
    const struct model *m;
    const real *w;
};

struct apply {
    const struct team *team;
    const struct apply_model *models; // (n_models), borrowed: every piece passes through each of them, in this order
    int n_models;
    int model; // number of the model that the rows pass through now; set by apply_run
    // Collective. Makes the rows of the current piece those of model `a->model`, which `read` then returns. NULL: all
    // models take the same rows.
    void (*select)(struct apply *a);
    struct row_reader *reader; // owned; NULL: `read` makes the rows
    // Makes rows [first, first + rows). NULL: a reader reads them.
    const struct dataset *(*read)(struct apply *a, int64_t first, int64_t rows, struct err *e);
    // Collective. Gets the next piece, whose rows `read` then returns. Returns the number of its rows, or 0 after the
    // last piece, or -1 and the same error on all ranks. NULL: the total number of rows is known.
    int64_t (*next)(struct apply *a, struct err *e);
    int64_t rows;       // total number of rows; with `next`: number so far
    int64_t piece_rows; // most rows of a piece, over all ranks
    struct apply_output output[APPLY_OUTPUTS_MAX];
    int n_outputs;
    int64_t first; // first row of the current piece, for `visit`; set by apply_run, as are the next two members
    int64_t from;  // the first row that this rank visits, counted within the piece
    const struct dataset *visited; // borrowed; the rows that this rank visits
    // Called after the forward pass of rows [at, at + rows) of the piece through a model, with their values x; fills
    // output[].piece. Several threads call it at the same time. All models visit the same ranges of rows.
    void (*visit)(const struct apply *a, struct workspace *ws, int64_t at, int rows, const real *x);
    // Called on rank 0 for each complete piece, which holds rows [first, first + rows). May be NULL.
    int (*finish_piece)(struct apply *a, int64_t first, int64_t rows, struct err *e);
    void *context; // for the callbacks
};

// Opens a reader that borrows `source` and `fit`, and chooses the size of a piece. Not collective: each rank calls it
// and reports its own errors. `width` is the number of values per row of all outputs together.
int apply_open(
    struct apply *a, const struct data_source *source, const struct row_fit *fit, int64_t width, struct err *e);
// Returns the number of rows of a piece for rows of `values` floats.
int64_t apply_piece(const struct team *team, int64_t values);

// Describes an output for apply_add, which copies everything except long_name and scales.
struct apply_array {
    const char *group, *name, *long_name;
    int rank;                  // number of dimensions of a row; 0: a row is one value
    const int *dims;           // (rank)
    const char *const *scales; // (rank)
    bool is_inner;             // only callbacks use it
};
// Adds an output. Returns its index in a->output.
int apply_add(struct apply *a, const struct apply_array *array);
// Collective over team->comm. Passes all rows through the models. Rank 0 writes the outputs into `f`. `f` is NULL on
// the other ranks, and on rank 0 if only `finish_piece` uses the outputs.
int apply_run(struct apply *a, struct store_file *f, struct err *e);
void apply_free(struct apply *a);
// Begins the array of an output for a->rows rows, which the caller writes. Returns NULL and an error on failure.
struct store_stream *apply_begin_output(const struct apply *a, int number, struct store_file *f, struct err *e);

// Begins an array (rows) along `sample`, such as labels. Returns NULL and an error on failure.
struct store_stream *apply_begin_column(
    struct store_file *f, const char *path, enum store_type type, int64_t rows, const char *long_name, struct err *e);
// Both write an array (rows) along `sample`, in pieces. The first writes the numbers from 0, the second zeros of
// `type`, which is int64 or smaller.
int apply_write_row_numbers(struct store_file *f, const char *path, int64_t rows, const char *long_name, struct err *e);
int apply_write_zeros(
    struct store_file *f, const char *path, enum store_type type, int64_t rows, const char *long_name, struct err *e);

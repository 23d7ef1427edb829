// A trained model applied to new data, piece by piece, on any number of ranks: what comes out streams into arrays of
// one file. Memory does not grow with the number of rows.
#pragma once

#include "data/row_reader.h"
#include "score/score.h"
#include "store/store.h"

// An array that fills up: (rows, width) floats.
struct apply_output {
    char *path; // owned: in the file
    const char *long_name;
    int64_t width;               // values a row
    int rank, dims[3];           // of a row; rank 0: one value
    const char *scales[4];       // of sample and the row's dimensions
    float *piece;                // (piece rows, width), owned
    struct store_stream *stream; // owned, on rank 0
};
enum { APPLY_OUTPUTS_MAX = 4 };

struct apply {
    const struct team *team;
    const struct model *m; // what runs: a model or its decoder; borrowed
    const real *w;
    struct row_reader *reader; // owned; NULL where rows do not come from a file:
    const struct dataset *(*read)(struct apply *a, int64_t first, int64_t rows, struct err *e); // then from here
    int64_t rows;                                                                               // in all
    int64_t piece_rows;                                                                         // of all ranks
    struct apply_output output[APPLY_OUTPUTS_MAX];
    int n_outputs;
    int64_t first; // the row that the ranks' piece begins with, for the visitor: set by apply_run
    // After a forward pass of rows [at, at + rows) of this rank's piece: fills output[].piece. Called from several
    // threads.
    void (*visit)(const struct apply *a, struct workspace *ws, int64_t at, int rows, const real *x);
    // On every rank, when its rows of the piece are read, before they are visited: they are those from `from` on. May
    // be NULL.
    void (*begin_piece)(struct apply *a, int64_t from);
    // On rank 0, of each piece that is complete: rows [first, first + rows). May be NULL.
    int (*finish_piece)(struct apply *a, int64_t first, int64_t rows, struct err *e);
    void *context; // of both
};

// Opens the reader with a piece of a fitting size. Each rank by itself; -1 and errors. `width`: values a row that come
// out, all outputs together.
int apply_open(
    struct apply *a, const struct data_source *source, const struct row_fit *fit, int64_t width, struct err *e);
// The rows of a piece where `values` floats belong to each.
int64_t apply_piece(const struct team *team, int64_t values);
// Adds an output: a row's values have the shape `dims` (rank) along `scales`.
void apply_add(struct apply *a, const char *group, const char *name, const char *long_name, int rank, const int *dims,
    const char *const *scales);
// Collective over team->comm. All rows pass; on rank 0 they go into `f` (NULL elsewhere).
int apply_run(struct apply *a, struct store_file *f, struct err *e);
void apply_free(struct apply *a);

// The dimensions' names of a sample of some shape: feature; height, width; height, width, channel.
const char *const *sample_scales(int rank);
// An array (rows) along `sample` that counts from 0 (an int64), or is 0 throughout (any type up to that), in pieces.
int apply_write_numbers(struct store_file *f, const char *path, enum store_type type, int64_t rows, bool counts,
    const char *long_name, struct err *e);

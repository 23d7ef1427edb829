// A source: the rows of one foreign file, read from first to last. A format is one file that fills in a row of the
// table in source.c; nothing else names it.
#pragma once

#include "import/import.h"

struct source_format;

struct source {
    const struct source_format *format;
    char *path;               // owned: the file of SRC
    char *inner;              // owned: what SRC names within the file ("FILE:/inner", HDF5); NULL: nothing
    struct store_shape shape; // of the rows as they will be read; dims[0]: how many
    char **features;          // (dims[1]) names, owned; NULL: the file gives none
    bool has_label;           // labels come along with the rows
    char *label_name;         // owned; NULL: the file gives none
    char **label_names;       // (n_label_names) names of the labels 0, 1, ..., owned; NULL: labels are plain numbers
    int n_label_names;
    char *note;              // how the file was read, owned; NULL: nothing to say
    bool has_header;         // its first line was taken as names of columns
    bool may_lack_header;    // and could be data
    bool has_channels_first; // rows are read as (C, H, W); `shape` is that of (H, W, C), as source_read gives them
    struct text warnings;    // what the user should know of this source, one a line, owned
    void *state;             // the format's own
};

// Options that a format heeds; others, where given, are refused.
enum {
    HEEDS_X = 1,
    HEEDS_LABEL = 2,
    HEEDS_COLUMNS = 4,
    HEEDS_SIZE = 8,
    HEEDS_ARRAY = 16
}; // HEEDS_ARRAY: --transpose, --channels; HEEDS_COLUMNS: --columns, --drop, --header, ...; HEEDS_SIZE: --size,
   // --color, ...

struct source_format {
    const char *name;
    unsigned heeds;
    // Whether a file is of this format. head (n): its first bytes, unpacked if it is a gzip file.
    bool (*recognise)(const char *path, const unsigned char *head, size_t n);
    // Checks all that can be checked before reading and fills in the source; `state` may be left set on failure.
    int (*open)(struct source *s, const struct import_options *o, struct err *e);
    // The next `rows` rows. x (rows, ...) of shape.type; label (rows) is set if has_label.
    int (*read)(struct source *s, int64_t rows, void *x, int64_t *label, struct err *e);
    // After the last row: whether the file ends here as it should. NULL: nothing to check.
    int (*finish)(struct source *s, struct err *e);
    void (*close)(struct source *s); // frees `state`; it may be NULL
};

extern const struct source_format source_csv, source_hdf5, source_idx, source_image, source_npy, source_npz;

// Opens SRC by the format that recognises it. NULL and errors if none does or its file is bad.
struct source *source_open(const char *name, const struct import_options *o, struct err *e);
void source_free(struct source **s);

// The next rows in the shape of the source; see `read` of its format.
int source_read(struct source *s, int64_t rows, void *x, int64_t *label, struct err *e);

// Whether an array is to be transposed: --transpose says so, and it has more than one value a row, or a column of
// labels would become a row.
bool source_transposes(const struct store_shape *shape, const struct import_options *o);
// Exchanges the axes of rows of (C, H, W) if --channels first says so, or warns if the shape looks as if it should.
int source_order_channels(struct source *s, const struct import_options *o, struct err *e);

// Values in a row; 0: a dimension is empty; -1: more than a row can have.
int64_t source_columns(const struct store_shape *shape);

// The shape of labels of one value a row, and of a single row of them as MATLAB has them.
void source_turn_labels(struct store_shape *shape);
// label[0..n) := values[0..n) of `type`, which must be whole numbers. `first`: the row number of values[0], for
// messages.
int source_labels(const char *name, int64_t first, enum store_type type, int64_t n, const void *values, int64_t *label,
    struct err *e);

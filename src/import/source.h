// A source: the rows of one foreign file, read from first to last. A format is one file, source_NAME.c, with one struct
// source_format, which only the table in source.c names.
#pragma once

#include "data/coordinates.h"
#include "import/import.h"

struct source_format;

// Where the next rows go. Each array is NULL if it is not wanted.
struct source_rows {
    void *x;        // (rows, ...) of the source's type
    int64_t *label; // (rows)
    char **id;      // (rows); the strings are new memory
    int64_t *time;  // (rows); TIME_MISSING: the row has no time
    int64_t *group; // (rows); GROUP_MISSING: the row has no group
};

struct source {
    const struct source_format *format;
    char *path;               // owned: the file of SRC
    int n_files;              // files that are read; 0: one
    char *inner;              // owned: what SRC names within the file ("FILE:/inner", HDF5); NULL: nothing
    struct store_shape shape; // of the rows as they are read; dims[0]: how many
    char **features;          // (dims[1]) names, owned; NULL: the file has none
    bool has_label;           // labels are read with the rows
    char *label_name;         // owned; NULL: the file gives none
    char **label_names;       // (n_label_names) names of the labels 0, 1, ..., owned; NULL: labels are plain numbers
    int n_label_names;
    struct coordinates coordinates; // what identifies the rows, owned: only names, the arrays are read with the rows
    struct columns columns;         // of the table, owned; n = 0: a feature is a column
    struct text column_notes;       // what was made of columns, one per line, owned
    char *note;                     // how the file was read, owned; NULL: nothing to say
    bool has_header;                // the first line was taken as the names of the columns
    bool may_lack_header;           // that line could be data
    bool has_channels_first; // rows are read as (C, H, W); `shape` is that of (H, W, C), as source_read gives them
    struct text warnings;    // what the user should know, one per line, owned
    void *state;             // the format's own
};

// Options that a format heeds. Others are refused if given.
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
    // Returns true if a file is of this format. head (n): its first bytes, unpacked if it is a gzip file.
    bool (*recognise)(const char *path, const unsigned char *head, size_t n);
    // Checks all that can be checked before reading and fills in the source. Returns -1 and errors on failure; `state`
    // may be set then.
    int (*open)(struct source *s, const struct import_options *o, struct err *e);
    // Reads the next `rows` rows: x, and what the source has of the rest.
    int (*read)(struct source *s, int64_t rows, const struct source_rows *to, struct err *e);
    // Checks after the last row that the file ends there, and completes the warnings. NULL: nothing to do.
    int (*finish)(struct source *s, struct err *e);
    void (*close)(struct source *s); // frees `state`; it may be NULL
};

extern const struct source_format source_csv, source_hdf5, source_idx, source_image, source_npy, source_npz;

// Opens SRC by the format that recognises it. Returns NULL and errors if none does or the file is bad.
struct source *source_open(const char *name, const struct import_options *o, struct err *e);
void source_free(struct source **s);
// Returns true if a file can be read and is of no format but CSV.
bool source_is_csv(const char *path);

// Reads the next rows in the shape of the source; see `read` of its format.
int source_read(struct source *s, int64_t rows, const struct source_rows *to, struct err *e);

// Returns true if an array is to be transposed: --transpose is given, and the array has more than one value per row,
// because a column of labels would become a row.
bool source_transposes(const struct store_shape *shape, const struct import_options *o);
// Exchanges the axes of rows of (C, H, W) if --channels first is given, or warns if the shape looks like that. Returns
// -1 and an error if the array has other dimensions.
int source_order_channels(struct source *s, const struct import_options *o, struct err *e);

// Returns the number of values per row, 0 if a dimension is empty, or -1 if there are more than a row can have.
int64_t source_columns(const struct store_shape *shape);

// Makes (N, 1) and (1, N), as MATLAB writes labels, (N).
void source_turn_labels(struct store_shape *shape);
// Values of a source as they are stored.
struct source_values {
    const char *name; // of the source, for messages
    int64_t first;    // the number of the first row
    int64_t n;
    enum store_type type;
    const void *values; // (n) of `type`, borrowed
};

// label (v->n) := the values. Returns -1 and errors for those that are no integers.
int source_labels(const struct source_values *v, int64_t *label, struct err *e);

// to (n) := from (n) of `type`, which is not STORE_TEXT.
void source_widen(enum store_type type, const void *from, int64_t n, double *to);

// A source reads the rows of one foreign file, from first to last. Each format is a file source_NAME.c with one struct
// source_format, which only the table in source.c names.
#pragma once

#include "data/coordinates.h"
#include "import/import.h"

struct source_format;

// Where the next rows are stored. An array is NULL if it is not needed.
struct source_rows {
    void *x;        // (rows, ...) of the type of the source
    int64_t *label; // (rows)
    char **id;      // (rows); the strings are new memory
    int64_t *time;  // (rows); TIME_MISSING: the row has no time
    int64_t *group; // (rows); GROUP_MISSING: the row has no group
};

struct source {
    const struct source_format *format;
    char *path;               // owned: the file that SRC names
    int n_files;              // number of files that are read; 0: one file
    char *inner;              // owned: the object within the file that SRC names ("FILE:/inner", HDF5); NULL: none
    struct store_shape shape; // shape of the data as they are read; dims[0]: number of rows
    char **features;          // (dims[1]), owned: names of the features; NULL: the file has none
    bool has_label;           // labels are read with the rows
    char *label_name;         // owned; NULL: the file does not name it
    char **label_names;       // (n_label_names) names of the labels 0, 1, ..., owned; NULL: labels are plain numbers
    int n_label_names;
    struct coordinates coordinates; // owned: the names of ids, times and groups; their arrays are read with the rows
    struct columns columns;         // owned: the columns of a table; n = 0: each feature is a column
    struct text column_notes;       // how columns were encoded, one per line, owned
    char *note;                     // how the file was read, owned; NULL: nothing to say
    bool has_header;                // the first line was taken as the names of the columns
    bool may_lack_header;           // the line that was taken as names could be data
    bool has_channels_first;        // the format reads (C, H, W); source_read and `shape` have (H, W, C)
    struct text warnings;           // one warning per line, owned
    void *state;                    // private to the format
};

// Options that a format uses. Other options are refused if given.
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
    // Makes all checks that are possible before reading, and fills in the source. Returns -1 and errors on failure,
    // possibly with `state` set.
    int (*open)(struct source *s, const struct import_options *o, struct err *e);
    // Reads x of the next `rows` rows, and the labels, ids, times and groups that the source has.
    int (*read)(struct source *s, int64_t rows, const struct source_rows *to, struct err *e);
    // Checks that the file ends after the last row, and completes the warnings. May be NULL.
    int (*finish)(struct source *s, struct err *e);
    void (*close)(struct source *s); // frees `state`, which may be NULL
};

extern const struct source_format source_csv, source_hdf5, source_idx, source_image, source_npy, source_npz;

// Opens SRC with the format that recognises it. Returns NULL and errors if no format does or the file is bad.
struct source *source_open(const char *name, const struct import_options *o, struct err *e);
void source_free(struct source **s);
// Returns true if a file can be read and is recognised only as CSV.
bool source_is_csv(const char *path);

// Reads the next rows in the shape of the source; see `read` of its format.
int source_read(struct source *s, int64_t rows, const struct source_rows *to, struct err *e);

// Returns true if an array must be transposed: --transpose is given, and the array has more than one value per row. A
// column of labels is never transposed, because it would become a row.
bool source_transposes(const struct store_shape *shape, const struct import_options *o);
// With --channels first, changes the shape of the rows from (C, H, W) to (H, W, C). Returns -1 and an error if the
// array does not have four dimensions. Without --channels, warns if the shape looks like (C, H, W).
int source_order_channels(struct source *s, const struct import_options *o, struct err *e);

// Returns the number of values per row, 0 if a dimension is empty, or -1 if the number is larger than allowed.
int64_t source_columns(const struct store_shape *shape);

// Changes the shape of labels from (N, 1), or from (1, N) as MATLAB writes them, to (N).
void source_turn_labels(struct store_shape *shape);
// Stored values of a source.
struct source_values {
    const char *name; // name of the source, for messages
    int64_t first;    // the number of the first row
    int64_t n;
    enum store_type type;
    const void *values; // (n) of `type`, borrowed
};

// Converts the values to label (v->n). Returns -1 and errors if values are not integers.
int source_labels(const struct source_values *v, int64_t *label, struct err *e);

// Converts the numbers `from` (n), of type `type`, to doubles in `to` (n).
void source_widen(enum store_type type, const void *from, int64_t n, double *to);

// Data sets in memory: rows from which batches are gathered, with labels, the scaling of the training part, and
// provenance.
//
// Bytes and floats that are contiguous in a file are not copied: rows point into its mapping, which all ranks of a node
// share through the page cache. Everything else (doubles, wider integers, sets with missing values, joined sources of
// different types, scaling that is not affine) is converted once into floats in memory. With `data.shuffle: blocks`,
// the sets may be larger than memory: nothing is converted in advance, and readers announce which rows they need next
// (dataset_stream.h).
#pragma once

#include "base/err.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "data/data_config.h"
#include "data/data_scaling.h"
#include "data/window.h"
#include <stdint.h>

// DATASET_STORED: values have the type of their table, and a row is converted when it is gathered.
enum dataset_type { DATASET_U8, DATASET_F32, DATASET_STORED };

// How training orders the rows (`data.shuffle`).
struct row_shuffle {
    int64_t block, window; // block: rows per block, 0: all rows are mixed; window: blocks per window
};
struct data_table;
struct dataset_rules; // how stored rows are converted

// A source of rows. The data set owns all members.
struct dataset_source {
    char *name;           // "mnist.h5:train", as the user named it
    char *path;           // path of the file that was read
    char *checksum;       // XXH3 of the values, hexadecimal
    char *label_checksum; // XXH3 of the labels; NULL: no labels
    char *label_name;     // "NSP"; "label" if the file gives no name; NULL: no labels
    char *origin;         // what the data was imported from; NULL: unknown
    int64_t rows;         // number of rows taken from this source
};

// The time steps from which the windows of a set are cut. The arrays have the meaning of those in struct dataset, with
// one entry per step.
struct dataset_steps {
    struct series_windows windows; // owned
    int64_t n;
    int8_t *is_unscored, *is_anomaly; // (n), owned; each may be NULL
    int64_t *label;                   // (n), owned; may be NULL
    int64_t *index;                   // (n), owned
    int32_t *source;                  // (n), owned
    struct coordinates coordinates;   // owned: coordinates of the steps
};

struct dataset {
    char *name; // owned: "train", "validation", or the name of a test set
    int64_t rows;
    int columns;           // values per row
    int shape_rank;        // dimensions of a row as stored: 1 (features), 2 (height, width), 3 (height, width, channel)
    int shape[3];          // for windows: (time steps, features)
    int n_features;        // columns of the data: values per row, or per time step of a window
    char *const *features; // (n_features), borrowed from the data_sets; NULL: images, or the file gives no names
    const struct columns
        *table_columns; // borrowed from the data_sets: columns of the imported table; n = 0 or NULL: unknown

    enum dataset_type type;
    const void **row;                 // (rows), owned: each points to (columns) values of `type`, which are not owned
    float *shift, *factor;            // (columns), owned: a gathered value is (x - shift) * factor; both NULL: it is x
    void *values;                     // owned: converted rows; NULL: rows point into mappings of the data_sets
    struct row_shuffle shuffle;       // of the training set
    const struct data_table **tables; // (n_sources), owned: tables of the sources; NULL: rows are not read in pieces
    struct dataset_rules *rules;      // owned, with DATASET_STORED

    char *const
        *label_names; // (n_label_names), borrowed from the data_sets: labels are indices; NULL: labels are numbers
    int n_label_names;

    int8_t *is_unscored;            // (rows), owned: the model cannot take the row; NULL: it can take all rows
    int64_t *label;                 // (rows), owned; NULL: not every source has labels
    struct coordinates coordinates; // owned: those coordinates (id, time, group) that at least one source has
    int8_t *is_anomaly;             // (rows), owned; NULL: unknown
    int64_t *index;                 // (rows), owned: number of the row in its source
    int32_t *source;                // (rows), owned: index into `sources`
    struct dataset_source *sources; // (n_sources), owned
    int n_sources;

    struct dataset_steps *steps; // owned; NULL: rows are not windows. Index and coordinates of a window are those of
                                 // its first step
};

struct data_files; // owns the mappings, which the sets share

struct data_sets {
    struct dataset train, validation; // validation.rows = 0: none
    struct dataset *test;             // (n_test), owned
    int n_test;
    char *const *label_names; // (n_label_names), borrowed from `files`, for all sets; NULL: labels are numbers
    int n_label_names;
    struct scaling scaling;              // fitted to the training part
    char **features;                     // (scaling.columns), owned: names; NULL: none
    const struct columns *table_columns; // borrowed from `files`: columns of the imported table; n = 0: unknown
    struct window_config window;         // from the config, with `length: auto` replaced by the length found
    struct data_files *files;            // owned
};

// Compares every array of every split that `cfg` names with its checksum. Reads all data, at the speed of the disk or
// of memory. Returns -1 and errors if files are missing or damaged.
int data_verify(const struct data_config *cfg, const char *spec_folder, struct err *e);

// Opens, filters, splits, fills and scales the data that `cfg` describes. Call it from one thread. The bits of the
// result depend only on the data and on `cfg`. On failure returns -1 and every mistake that can be found (ERR_USAGE for
// the spec, ERR_DATA for files); then nothing is owned.
int data_load(const struct data_config *cfg, const char *spec_folder, struct data_sets *out, struct err *e);

// Loads new data for a trained model into out->test[0], filled and scaled with a copy of an existing scaling. Sources
// are refused unless their rows have the shape `shape`, which the model takes. Returns -1 and errors on failure.
int data_load_new(const struct data_part *part, const struct scaling *scaling, int shape_rank, const int *shape,
    struct data_sets *out, struct err *e);

// Checks that the data did not change after it was loaded, because other programs can write into mapped files. Call it
// before a result is recorded. It costs almost nothing if size and time of the files are the same. Returns -1 and
// ERR_DATA if the data changed.
int data_sets_check(const struct data_sets *sets, struct err *e);
void data_sets_free(struct data_sets *sets);

// Returns the `data:` section in canonical form as a new tree. The name of every source is replaced by the checksums of
// its arrays, so that the identity of a trial depends on the data and not on the names of files. Each file numbers its
// labels in its own way. If results depend on the names of labels, a hash of the names replaces the checksum of the
// labels. Returns NULL and errors on failure.
struct node *data_identity(const struct data_config *cfg, const char *spec_folder, struct err *e);

// Warns if training with `shards` virtual shards needs more memory than this machine has. In random order, memory must
// hold all rows; with blocks, it must hold two windows.
void data_warn_memory(const struct data_sets *sets, int64_t shards, struct err *warnings);

// Returns the name of the label of a row, or NULL if labels are numbers or rows have no labels.
const char *dataset_label_name(const struct dataset *d, int64_t row);
// Appends how often each of the first few labels occurs: "bad (10), good (40)". Appends nothing if there are no labels.
void dataset_count_labels(const struct dataset *d, struct text *t);
// Appends the version of the data and of the labels of every source: lines "NAME xxh3:CHECKSUM" and "NAME labels
// xxh3:CHECKSUM".
void dataset_add_versions(struct text *lines, const struct dataset *d);

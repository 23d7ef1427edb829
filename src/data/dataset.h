// Data sets in memory: rows from which batches are gathered, with labels, the scaling of the training part and
// provenance.
//
// Bytes and floats that are contiguous in a file are not copied: rows point into its mapping, which all ranks of a node
// share through the page cache. All else (doubles, wider integers, sets with missing values, joined sources of
// different types) is converted once into floats in memory. With `data.shuffle: blocks`, the sets may be larger than
// memory: nothing is converted in advance, and readers announce which rows they need next (dataset_stream.h).
#pragma once

#include "base/err.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "data/data_config.h"
#include "data/data_scaling.h"
#include "data/window.h"
#include <stdint.h>

// DATASET_STORED: as each table stores it; a row is converted when it is gathered.
enum dataset_type { DATASET_U8, DATASET_F32, DATASET_STORED };

// How training orders the rows (`data.shuffle`).
struct row_shuffle {
    int64_t block, window; // rows per block, blocks per window; block 0: any row can be at any place
};
struct data_table;
struct dataset_rules; // how stored rows are converted

// The origin of rows. The data set owns all members.
struct dataset_source {
    char *name;           // "mnist.h5:train", as the user named it
    char *path;           // the file that was read
    char *checksum;       // XXH3 of x, hexadecimal
    char *label_checksum; // of label; NULL: no labels
    char *label_name;     // "NSP"; "label" if the file has no name; NULL: no labels
    char *origin;         // what it was imported from; NULL: unknown
    int64_t rows;         // taken from here
};

// The time steps that the windows of a set are cut from. The arrays are as those of struct dataset, one entry per step.
struct dataset_steps {
    struct series_windows windows; // owned
    int64_t n;
    int8_t *is_unscored, *is_anomaly; // (n), owned; each may be NULL
    int64_t *label;                   // (n), owned; may be NULL
    int64_t *index;                   // (n), owned
    int32_t *source;                  // (n), owned
    struct coordinates coordinates;   // of the steps, owned
};

struct dataset {
    char *name; // owned: "train", "validation", or the test set's
    int64_t rows;
    int columns;           // values per row
    int shape_rank;        // of a row as stored: 1 (features), 2 (height, width), 3 (height, width, channel)
    int shape[3];          // of a window: (time steps, features)
    int n_features;        // columns of the data: values per row, or per time step of a window
    char *const *features; // (n_features) names, borrowed from the data_sets; NULL: images, or the file gives none
    const struct columns
        *table_columns; // borrowed from the data_sets: those of the imported table; n = 0, NULL: unknown

    enum dataset_type type;
    const void **row;           // (rows) each to (columns) values of `type`; the table is owned, the values are not
    float *shift, *factor;      // (columns), owned: a gathered value is (x - shift) * factor; both NULL: x
    void *values;               // owned: converted rows; NULL: rows point into mappings of the data_sets
    struct row_shuffle shuffle; // of the training set
    const struct data_table **tables; // (n_sources), owned: of the sources; NULL: rows are not read in pieces
    struct dataset_rules *rules;      // owned, with DATASET_STORED

    char *const
        *label_names; // (n_label_names), borrowed from the data_sets: labels are indices of these; NULL: numbers
    int n_label_names;

    int8_t *is_unscored;            // (rows), owned: the model cannot take this row; NULL: it can take all
    int64_t *label;                 // (rows), owned; NULL: not every source has labels
    struct coordinates coordinates; // of the rows, owned: what any of the sources has
    int8_t *is_anomaly;             // (rows), owned; NULL: unknown
    int64_t *index;                 // (rows), owned: the row's number in its source
    int32_t *source;                // (rows), owned: which of `sources`
    struct dataset_source *sources; // (n_sources), owned
    int n_sources;

    struct dataset_steps *steps; // owned; NULL: rows are no windows. Index and coordinates of a window are those of its
                                 // first step
};

struct data_files; // the mappings, shared by the sets

struct data_sets {
    struct dataset train, validation; // validation.rows = 0: none
    struct dataset *test;             // (n_test), owned
    int n_test;
    char *const *label_names; // (n_label_names), borrowed from `files`: of the labels of all sets; NULL: numbers
    int n_label_names;
    struct scaling scaling;              // of the training part
    char **features;                     // (scaling.columns) names, owned; NULL: none
    const struct columns *table_columns; // borrowed from `files`: those of the imported table; n = 0: unknown
    struct window_config window;         // as in the config, with the length that was found
    struct data_files *files;            // owned
};

// Compares every array of every split that `cfg` names with its checksum. Returns -1 and errors for files that are
// missing or damaged. Reads all data, at the speed of the disk or of memory.
int data_verify(const struct data_config *cfg, const char *spec_folder, struct err *e);

// Opens, filters, splits, fills and scales what `cfg` names. Returns -1 and every mistake that can be found (ERR_USAGE
// for the spec, ERR_DATA for files) on failure; then nothing is owned. Call it from one thread. Results depend bit for
// bit only on the data and on `cfg`.
int data_load(const struct data_config *cfg, const char *spec_folder, struct data_sets *out, struct err *e);

// Loads new data for a trained model into out->test[0], filled and scaled with a copy of an existing scaling. `shape`
// is the shape of the rows that the model takes; sources with another shape are refused. Returns -1 and errors on
// failure.
int data_load_new(const struct data_part *part, const struct scaling *scaling, int shape_rank, const int *shape,
    struct data_sets *out, struct err *e);

// Checks that the data are still what was loaded, because another program can write into mapped files. Call it before a
// result is recorded. Nearly free if size and time of the files did not change. Returns -1 and ERR_DATA if the data
// changed.
int data_sets_check(const struct data_sets *sets, struct err *e);
void data_sets_free(struct data_sets *sets);

// Returns the section in canonical form as a new tree. The checksums of its arrays replace the name of every source, so
// that the identity of a trial depends on the data and not on the names of files. Each file numbers its labels in its
// own way; if results depend on the names of labels, these replace the checksum of the labels. Returns NULL and errors
// on failure.
struct node *data_identity(const struct data_config *cfg, const char *spec_folder, struct err *e);

// Returns the name of the label of a row, or NULL if labels are numbers.
const char *dataset_label_name(const struct dataset *d, int64_t row);
// Appends how often each of the first few labels occurs, "bad (10), good (40)", or nothing without labels.
void dataset_count_labels(const struct dataset *d, struct text *t);
// Appends the version of the data and of the labels of every source, as lines "NAME xxh3:CHECKSUM" and
// "NAME labels xxh3:CHECKSUM".
void dataset_add_versions(struct text *lines, const struct dataset *d);

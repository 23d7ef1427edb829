// Data sets in memory: rows that batches are gathered from, with labels, the scaling of the training part and
// provenance.
//
// Bytes and floats that lie contiguous in a file are not copied: rows point into its mapping, which all ranks of a node
// share through the page cache. All else (doubles, wider integers, sets with missing values, joined sources of
// different types) is converted once into floats in memory.
#pragma once

#include "base/err.h"
#include "data/data_config.h"
#include "data/data_scaling.h"
#include <stdint.h>

enum dataset_type { DATASET_U8, DATASET_F32 };

// Where rows come from. All owned by its data set.
struct dataset_source {
    char *name;           // "mnist.h5:train", as the user named it
    char *path;           // the file that it was
    char *checksum;       // XXH3 of x, hexadecimal
    char *label_checksum; // of label; NULL: no labels
    char *label_name;     // "NSP"; "label" where the file gives none; NULL: no labels
    char *origin;         // what it was imported from; NULL: the file does not say
    int64_t rows;         // taken from here
};

struct dataset {
    char *name; // owned: "train", "validation", or the test set's
    int64_t rows;
    int columns;    // values a row
    int shape_rank; // of a row as stored: 1 (features), 2 (height, width), 3 (height, width, channel)
    int shape[3];
    char *const *features; // (columns) names, borrowed from the data_sets; NULL: images, or the file gives none

    enum dataset_type type;
    const void **row;      // (rows) each to (columns) values of `type`; the table is owned, the values are not
    float *shift, *factor; // (columns), owned: a gathered value is (x - shift) * factor; both NULL: x
    void *values;          // owned: what the rows point to where it was converted; NULL: mappings of the data_sets

    char *const
        *label_names; // (n_label_names), borrowed from the data_sets: labels are indices of these; NULL: numbers
    int n_label_names;

    int8_t *is_unscored;            // (rows), owned: the model cannot take this row; NULL: it can take all
    int64_t *label;                 // (rows), owned; NULL: not every source has labels
    int8_t *is_anomaly;             // (rows), owned; NULL: unknown
    int64_t *index;                 // (rows), owned: the row's number in its source
    int32_t *source;                // (rows), owned: which of `sources`
    struct dataset_source *sources; // (n_sources), owned
    int n_sources;
};

struct data_files; // the mappings, shared by the sets

struct data_sets {
    struct dataset train, validation; // validation.rows = 0: none
    struct dataset *test;             // (n_test), owned
    int n_test;
    char *const *label_names; // (n_label_names), borrowed from `files`: of the labels of all sets; NULL: numbers
    int n_label_names;
    struct scaling scaling;   // of the training part
    char **features;          // (train.columns) names, owned; NULL: none
    struct data_files *files; // owned
};

// Compares every array of every split that `cfg` names with its checksum. -1 and errors for files that are missing or
// damaged. Reads the data whole, at the speed of the disk or of memory.
int data_verify(const struct data_config *cfg, const char *spec_folder, struct err *e);

// Opens, filters, splits, fills and scales what `cfg` says. Every mistake that can be found is in `e` (ERR_USAGE for
// the spec, ERR_DATA for files); on failure nothing is owned. Call from one thread. The bits that come out depend on
// the data and on `cfg` alone.
int data_load(const struct data_config *cfg, const char *spec_folder, struct data_sets *out, struct err *e);

// New data for a trained model: out->test[0], filled and scaled with a scaling made before (copied). `shape` is that of
// a row the model was trained on; sources of another are refused.
int data_load_new(const struct data_part *part, const struct scaling *scaling, int shape_rank, const int *shape,
    struct data_sets *out, struct err *e);

// Whether the data is still what was loaded: files are mapped, and another program can write into them. Called when a
// result is about to be believed. Nearly free while size and time of the files are as they were. -1 and ERR_DATA.
int data_sets_check(const struct data_sets *sets, struct err *e);
void data_sets_free(struct data_sets *sets);

// The section in canonical form with the name of every source replaced by the checksums of its arrays, so that a
// trial's identity follows the data and not the names of files. If results depend on names of labels, they replace the
// checksum of the labels, which are numbered in each file for itself. A new tree, or NULL and errors. Its text comes
// from node_emit.
struct node *data_identity(const struct data_config *cfg, const char *spec_folder, struct err *e);

// The name of a row's label; NULL: labels are numbers.
const char *dataset_label_name(const struct dataset *d, int64_t row);
// Appends how often each label occurs, "bad (10), good (40)", the first few; nothing without labels.
void dataset_count_labels(const struct dataset *d, struct text *t);
// Appends the version of the data and of the labels of every source, as lines "NAME xxh3:CHECKSUM" and
// "NAME labels xxh3:CHECKSUM".
void dataset_add_versions(struct text *lines, const struct dataset *d);

// One split of a data-set file as it is stored: a table of numbers with labels and names. The values are mapped if the
// file allows it, and otherwise read into memory.
#pragma once

#include "data/columns.h"
#include "data/coordinates.h"
#include "data/data_config.h"
#include "data/label_names.h"
#include "store/store.h"

struct data_table {
    char *name, *path, *split; // owned. name: "mnist.h5:train", as the user writes it; path: its file; split: its group
    int64_t rows;
    int columns, shape_rank, shape[3];
    enum store_type type;
    const void *values; // (rows, columns) of `type`, in `map` or `owned`
    struct store_mapping map;
    void *owned;
    bool is_held; // rows of a data set point into `values`, which must therefore stay

    bool has_label;
    int64_t *label;                 // (rows), owned; NULL: none. After data_labels_match: classes, if there are any
    char **features;                // (columns), owned: names; NULL: none
    struct columns table_columns;   // owned: columns of the imported table
    struct coordinates coordinates; // owned; without TABLE_COORDINATES, their arrays are not loaded
    char *label_name;               // owned; NULL: no labels
    char **label_names; // (n_label_names), owned: names of the stored labels 0, 1, ...; NULL: labels are plain numbers
    int n_label_names;
    int64_t *label_numbers; // (n_label_numbers), owned, set if all names are integers: label i becomes label_numbers[i]
    int n_label_numbers;
    char *checksum, *label_checksum; // owned, hexadecimal; NULL: the file has none
    char *origin;                    // owned: what the data was imported from; NULL: unknown
};

// The meaning of labels that all sources of a config share.
struct data_classes {
    struct label_names names; // a label is an index of these; n = 0: labels are plain numbers
    struct field_ints normal; // owned: the labels that data.normal names; n = 0: none
};

// The tables of all sources of a config. Each table is opened only once.
struct data_files {
    struct data_table **v; // owned
    int n;
    struct data_classes classes; // set by data_labels_match
};

// What is read besides the description of a table.
enum table_part { TABLE_LABELS = 1, TABLE_VALUES = 2, TABLE_COORDINATES = 4 };

// Returns the table of a source, which `files` owns. The first call for a table opens it with `parts` (enum
// table_part). Later calls ignore `parts`. On failure returns NULL and errors, which begin with the place of the source
// in the spec.
struct data_table *data_files_open(
    struct data_files *files, const struct data_source *source, const char *spec_folder, unsigned parts, struct err *e);
// Opens a table without values and labels. The caller can read them in pieces from *file, which it closes. Returns NULL
// and errors on failure.
struct data_table *data_table_open(const struct data_source *source, struct store_file **file, struct err *e);
void data_table_free(struct data_table **t);
// data_files_release releases the values of all tables that are not held. data_files_free frees all tables and `files`.
void data_files_release(struct data_files *files);
void data_files_free(struct data_files **files);

// Replaces stored labels, label (n), by the integers that their names spell, if all names of the file are integers.
void data_table_number_labels(const struct data_table *t, int64_t n, int64_t *label);
// Compares the values of all mapped tables with their checksums. Returns -1 and ERR_DATA if they changed.
int data_files_check(const struct data_files *files, struct err *e);

// Returns the size of a stored row in bytes.
size_t data_table_row_bytes(const struct data_table *t);
// Sets out (columns) to a row, as doubles.
void data_table_row(const struct data_table *t, int64_t row, double *out);
double data_table_value(const struct data_table *t, int64_t row, int column);
// Returns a value of a table of type STORE_I64 without rounding.
int64_t data_table_integer(const struct data_table *t, int64_t row, int column);
// Returns true if every value of a row is finite: neither missing (NaN) nor infinite.
bool data_table_row_is_finite(const struct data_table *t, int64_t row);
const char *data_type_name(enum store_type type); // name as in NumPy: "u1", "f8"
// Returns true if a float can represent every value of a type.
bool data_type_fits_float(enum store_type type);
// Returns true if the names that two data sets have for column `column` (from 0) agree. A column without a name is
// called column_N in a CSV file and feature_N in an array; these two agree.
bool data_feature_fits(const char *a, const char *b, int column);
// Writes "column 'LB'", or without names "column 5" or "value (3, 17)", to `out`. Returns out.
char *data_column_name(char out[96], const struct data_table *t, int column);

// One split of a data-set file as it is stored: a table of numbers with labels and names. Values are mapped if the
// file allows it, else read into memory.
#pragma once

#include "data/data_config.h"
#include "data/label_names.h"
#include "store/store.h"

struct data_table {
    char *name, *path, *split; // owned: "mnist.h5:train" as the user said it, the file that it is, its group
    int64_t rows;
    int columns, shape_rank, shape[3];
    enum store_type type;
    const void *values; // (rows, columns) of `type`, in `map` or `owned`
    struct store_mapping map;
    void *owned;
    bool is_held; // a data set's rows point into the values

    bool has_label;
    int64_t *label;     // (rows), owned; NULL: none. As data_labels_match leaves them: classes, if there are any
    char **features;    // (columns) names, owned; NULL: none
    char *label_name;   // owned; NULL: no labels
    char **label_names; // (n_label_names), owned: of the stored labels 0, 1, ...; NULL: labels are plain numbers
    int n_label_names;
    int64_t *label_numbers; // (n_label_numbers), owned: all names of the file are integers, and labels are these
    int n_label_numbers;
    char *checksum, *label_checksum; // hexadecimal, owned; NULL: the file gives none
    char *origin;                    // what it was imported from, owned; NULL: the file does not say
};

// What the labels of a config's sources mean together.
struct data_classes {
    struct label_names names; // a label is the index of its name here; n = 0: labels are plain numbers
    struct field_ints normal; // owned: the labels that data.normal names; n = 0: it names none
};

// The tables that the sources of a config name, each opened once.
struct data_files {
    struct data_table **v; // owned
    int n;
    struct data_classes classes; // set by data_labels_match
};

// What is read of a table besides its description.
enum table_part { TABLE_LABELS = 1, TABLE_VALUES = 2 };

// The table of a source; `files` owns it. NULL and errors at the source's place in the spec.
struct data_table *data_files_open(
    struct data_files *files, const struct data_source *source, const char *spec_folder, unsigned parts, struct err *e);
// One table without values and labels, for a caller that reads them in pieces from *file, which it closes.
struct data_table *data_table_open(const struct data_source *source, struct store_file **file, struct err *e);
void data_table_free(struct data_table **t);
// Releases the values of all tables that are not held, or with them the tables and `files` itself.
void data_files_release(struct data_files *files);
void data_files_free(struct data_files **files);

// label[0..n) as stored := what they mean, if the names of all labels are integers; else leaves them as they are.
void data_table_number_labels(const struct data_table *t, int64_t n, int64_t *label);
// Whether the values of all tables are still what their checksums say: 0, or -1 and ERR_DATA.
int data_files_check(const struct data_files *files, struct err *e);

// out (columns) := a row, widened.
void data_table_row(const struct data_table *t, int64_t row, double *out);
double data_table_value(const struct data_table *t, int64_t row, int column);
// The same without rounding, of a table of type STORE_I64.
int64_t data_table_integer(const struct data_table *t, int64_t row, int column);
// Whether every value of a row is a number, neither missing (NaN) nor infinite.
bool data_table_row_is_finite(const struct data_table *t, int64_t row);
const char *data_type_name(enum store_type type); // as NumPy says it: "u1", "f8"
// Whether float holds every value of a type exactly.
bool data_type_fits_float(enum store_type type);
// Whether two data sets agree on the name of their column number `column`, which counts from 0. A column without a name
// in its file is called column_N if it comes from CSV and feature_N if it comes from an array: these fit each other.
bool data_feature_fits(const char *a, const char *b, int column);
// "column 'LB'", or for what has no names "column 5" or "value (3, 17)": into `out`, which is returned.
char *data_column_name(char out[96], const struct data_table *t, int column);

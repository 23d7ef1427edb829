// One split of a data-set file as it lies there: a table of numbers with labels and names. Values are mapped where the
// file allows it and read into memory where not.
#pragma once

#include "data/data_config.h"
#include "store/store.h"

struct data_table {
    char *name, *path, *split; // owned: "mnist.h5:train" as the user said it, the file that it is, its group
    int64_t rows;
    int columns, shape_rank, shape[3];
    enum store_type type;
    const void *values; // (rows, columns) of `type`, in `map` or `owned`
    struct store_map map;
    void *owned;
    bool is_held; // a data set's rows point into the values

    bool has_label;
    int64_t *label;     // (rows), owned; NULL: none
    char **features;    // (columns) names, owned; NULL: none
    char *label_name;   // owned; NULL: no labels
    char **label_names; // (n_label_names), owned
    int n_label_names;
    char *checksum, *label_checksum; // hexadecimal, owned; NULL: the file gives none
    char *origin;                    // what it was imported from, owned; NULL: the file does not say
};

// The tables that the sources of a config name, each opened once.
struct data_files {
    struct data_table **v; // owned
    int n;
};

// The table of a source; `files` owns it. NULL and errors at the source's place in the spec.
struct data_table *data_files_open(
    struct data_files *files, const struct data_source *source, const char *spec_folder, struct err *e);
// One table alone, without values and labels, for who reads them in pieces from *file, which is the caller's to close.
struct data_table *data_table_open(const struct data_source *source, struct store_file **file, struct err *e);
void data_table_free(struct data_table **t);
// Gives back the values of all tables that are not held, or with them the tables and `files` itself.
void data_files_release(struct data_files *files);
void data_files_free(struct data_files **files);

// "xxh3:X" or "xxh3:X+LABEL" of a source's arrays, from the file's attributes: new memory; NULL and an error.
char *data_checksums(const struct data_source *source, const char *spec_folder, struct err *e);

// out (columns) := a row, widened.
void data_table_row(const struct data_table *t, int64_t row, double *out);
double data_table_value(const struct data_table *t, int64_t row, int column);
// Whether every value of a row is a number, neither missing (NaN) nor infinite.
bool data_table_row_is_finite(const struct data_table *t, int64_t row);
const char *data_type_name(enum store_type type); // as NumPy says it: "u1", "f8"
// Whether float holds every value of a type exactly.
bool data_type_fits_float(enum store_type type);
// "column 'LB'", or for what has no names "column 5" or "value (3, 17)": into `out`, which is returned.
char *data_column_name(char out[96], const struct data_table *t, int column);

// Imports foreign files (IDX, CSV, NumPy, HDF5, PNG, JPEG) as a split of a data-set file. Data are read and written in
// pieces, so that memory does not grow with the size of the files.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include "base/text.h"
#include "data/columns.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

enum import_header { HEADER_AUTO, HEADER_YES, HEADER_NO };
enum import_decimal { DECIMAL_POINT, DECIMAL_COMMA };
enum import_channels { CHANNELS_AUTO, CHANNELS_FIRST, CHANNELS_LAST };
enum import_missing_category { MISSING_OWN, MISSING_NAN };
enum import_type { TYPE_STORED, TYPE_F4, TYPE_F8 };

// The options of the user. Strings are NULL if not given.
struct import_options {
    const char **sources; // (n_sources), borrowed: SRC, as the user names them
    int n_sources;
    const char *const *tables; // (n_tables), borrowed: the files of one table; set by import_pair.c
    int n_tables;              // 0: SRC is one file
    char *output;              // "FILE.h5:SPLIT"
    bool force;                // replace a split that exists
    bool is_label;             // the source holds labels, which may be strings; set by import_pair.c
    char *x;                   // the array with the data, if SRC is an archive
    char *label;               // column, array or SRC that holds the labels
    char *id;                  // columns that identify the rows
    char *time, *group;
    int date_order;                     // enum date_order
    char *time_features;                // comma-separated names of column_kinds
    char *one_hot;                      // comma-separated columns of text, or "auto"
    bool is_one_hot_default;            // --one-hot auto applies to tables if neither --one-hot nor --like is given
    char *ordinal;                      // comma-separated columns of text, COLUMN or COLUMN=A<B<C
    int missing_category;               // enum import_missing_category
    char *like;                         // data set or model whose columns are made again
    const struct columns *like_columns; // borrowed: the columns of `like`; NULL: `like` is not given
    char *columns;                      // keep only these columns, comma-separated names or numbers
    char *drop;                         // leave these columns out
    int header;                         // enum import_header
    char *delimiter;                    // one character, "tab" or "space"
    char *missing;                      // comma-separated tokens
    int decimal;                        // enum import_decimal
    char *comment;                      // one character; lines that begin with it are ignored
    int64_t skip;                       // number of lines before the table
    int type;                           // enum import_type
    bool transpose;                     // arrays hold samples in columns
    int channels;                       // enum import_channels
    char *size;                         // HEIGHTxWIDTH of pictures
    bool grayscale;                     // pictures have one channel
    bool color;                         // pictures have three channels
    bool skip_bad;                      // pictures that cannot be read are left out
};
extern const struct field import_fields[];

enum { IMPORT_MAX_LABELS = 1000 }; // most distinct labels whose rows are counted

struct import_count {
    int64_t label, count;
};

// The result of an import.
struct import_summary {
    struct store_shape shape; // shape of x; dims[0]: rows
    char *label_name;         // owned; NULL: no labels
    char **label_names;       // (n_label_names), owned; NULL: labels are plain numbers
    int n_label_names;
    // (n_counts), owned, in order of label; n_counts > IMPORT_MAX_LABELS: too many to count
    struct import_count *counts;
    int n_counts;
    int64_t missing;      // number of missing values
    struct text columns;  // how columns of text and times were encoded, one per line
    uint64_t bytes;       // size of x as stored
    struct text warnings; // one per line
    char *note;           // how the file was read, owned; NULL: nothing to say
};

// Runs the import that `o` describes. On failure returns -1 and every mistake found; the output is then unchanged and
// `s` owns nothing. On success the caller frees `s` with import_summary_free.
int import_run(const struct import_options *o, struct import_summary *s, struct err *e);
void import_summary_free(struct import_summary *s);

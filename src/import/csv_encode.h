// Turns the fields of columns of data into features: as numbers, or by their place in a dictionary.
#pragma once

#include "data/columns.h"
#include "import/csv_columns.h"
#include "import/csv_dictionary.h"
#include "import/csv_number.h"
#include "import/import.h"
#include "import/source.h"

enum {
    CATEGORIES_AUTO_MOST = 64, // most values of a column that --one-hot auto takes
    CATEGORIES_MOST = 4096     // most values of a column that --one-hot names
};

struct csv_encoding {
    const char *name; // borrowed
    enum column_kind kind;
    bool is_chosen; // its values are categories, because an option says so
    bool is_fixed;  // its dictionary comes from --like or from --ordinal NAME=A<B
    bool is_listed; // its dictionary comes from --ordinal NAME=A<B: other values are errors
    int first;      // number of its first feature
    int n_features;

    struct csv_dictionary values; // strings of the first reading: all if is_chosen, else those that are not numbers
    int *category;                // (values.n), owned: the category of each string, after csv_encodings_finish
    int missing;                  // the category of missing values; -1: they are NaN

    // what the first reading has seen
    int64_t numbers, texts, missings;
    int64_t commas;   // strings that are numbers with a decimal comma
    int64_t grouped;  // strings that are numbers with commas between thousands
    int64_t in_order; // rows whose value is `first_value` plus the number of the row
    double first_value;
    int64_t first_text; // line of the first string

    // what the second reading has seen
    struct csv_dictionary unknown;
    int64_t unknowns;
};

struct csv_encodings {
    struct csv_encoding *v; // (n), owned: the columns of data, in the order of their numbers
    int n;
    const struct columns *like; // borrowed: the columns to make; NULL: no columns are given
    bool is_auto;               // columns that hold only text become categories
    enum import_missing_category missing;
    int hour, weekday; // numbers of the features made of the time; -1: not made
};

// Chooses from the options and o->like_columns how columns are read. Borrows the names in `columns`. Returns -1 and
// errors if an option cannot be followed. Free *c in every case.
int csv_encodings_begin(struct csv_encodings *c, const struct csv_columns *columns, const char *path,
    const struct import_options *o, struct err *e);
void csv_encodings_free(struct csv_encodings *c);
// Makes the values of a column categories.
void csv_encoding_choose(struct csv_encoding *c, enum column_kind kind);

// Adds a field of the first reading to the dictionary of a chosen column, or counts it as missing. Returns NULL or, if
// the field is not allowed, a string that says what is allowed.
const char *csv_encoding_add(struct csv_encoding *c, const struct csv_missing *missing, const char *text, size_t n);
// Decides what each column becomes, sets the columns of the source, adds a note for each column of text, and warns. The
// times of the source, if it has any, must have been read. Returns -1 and errors if a column cannot become features.
int csv_encodings_finish(struct csv_encodings *c, struct source *s, struct err *e);

// Writes the features of a field into the row x. If the value is unknown, all features of a one_hot column are 0, and
// those of other columns are missing.
void csv_encoding_store(
    struct csv_encoding *c, const struct csv_missing *missing, const char *text, size_t n, double *x);
// Warns of the unknown values that csv_encoding_store has met.
void csv_encodings_warn(const struct csv_encodings *c, const char *path, struct text *warnings);

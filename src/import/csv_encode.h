// How the fields of the columns of data become features: as numbers, or by their place in a dictionary.
#pragma once

#include "data/columns.h"
#include "import/csv_columns.h"
#include "import/csv_dictionary.h"
#include "import/csv_number.h"
#include "import/import.h"
#include "import/source.h"

enum {
    CATEGORIES_AUTO_MOST = 64, // values of a column that --one-hot auto takes
    CATEGORIES_MOST = 4096     // of one that --one-hot names
};

struct csv_encoding {
    const char *name; // borrowed
    enum column_kind kind;
    bool is_chosen; // its values are categories, because an option says so
    bool is_fixed;  // its dictionary comes from --like or from --ordinal NAME=A<B
    bool is_listed; // from the latter: other values are errors
    int first;      // its first feature
    int n_features;

    struct csv_dictionary values; // the strings so far: all if it is chosen, else those that are no numbers
    int *category;                // (values.n), owned: the category of each string, after csv_encodings_finish
    int missing;                  // the category of missing values; -1: they are NaN

    // what the first reading has seen
    int64_t numbers, texts, missings;
    int64_t commas;   // strings that are numbers with a decimal comma
    int64_t grouped;  // strings that are numbers with commas between thousands
    int64_t in_order; // rows whose value is their number counted from `first_value`
    double first_value;
    int64_t first_text; // its line

    // what the second reading has seen
    struct csv_dictionary unknown;
    int64_t unknowns;
};

struct csv_encodings {
    struct csv_encoding *v; // (n), owned: of the columns of data, in the order of their numbers
    int n;
    const struct columns *like; // borrowed: the columns to make; NULL: any
    bool is_auto;               // columns of text are categories
    enum import_missing_category missing;
    int hour, weekday; // features made of the time; -1: none
};

// Chooses how columns are read, as options and like_columns say. `names` (n) are those of the columns of data, in their
// order; borrowed. Returns -1 and errors for options that cannot be followed. Free in every case.
int csv_encodings_begin(struct csv_encodings *c, const struct csv_columns *columns, const char *path,
    const struct import_options *o, struct err *e);
void csv_encodings_free(struct csv_encodings *c);
// Makes the values of a column categories.
void csv_encoding_choose(struct csv_encoding *c, enum column_kind kind);

// Adds a field of the first reading to the dictionary of a chosen column, or counts it as missing. Returns NULL, or
// what is allowed instead.
const char *csv_encoding_add(struct csv_encoding *c, const struct csv_missing *missing, const char *text, size_t n);
// Decides what each column becomes, sets the columns of the source, describes columns of text in its notes and warns.
// The times of the source, if any, are known. Returns -1 and errors for columns that cannot become features.
int csv_encodings_finish(struct csv_encodings *c, struct source *s, struct err *e);

// Writes the features of a field into the row x. An unknown value is 0 in all features of a one_hot column and missing
// in others.
void csv_encoding_store(
    struct csv_encoding *c, const struct csv_missing *missing, const char *text, size_t n, double *x);
// Warns of unknown values that were stored.
void csv_encodings_warn(const struct csv_encodings *c, const char *path, struct text *warnings);

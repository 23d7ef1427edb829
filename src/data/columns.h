// The columns of the table from which the features of a data set come. A column of numbers is one feature. A column of
// text can become several features: one per category, which is 1 if the row has this category and otherwise 0.
//
// A data set stores its columns, and so does a trained model. New tables with text can therefore be turned into the
// same features.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct store_file;

// The kinds of columns. Their names are in column_kinds.
enum column_kind {
    COLUMN_NUMBER,  // one feature: the value
    COLUMN_BINARY,  // text with two categories; one feature called NAME=CATEGORY, which is 1 for the second category
    COLUMN_ONE_HOT, // text; one feature per category called NAME=CATEGORY
    COLUMN_ORDINAL, // text with an order; one feature: the number of the category, from 0
    COLUMN_HOUR,    // a time; one feature called NAME.hour: hours since midnight, with fractions
    COLUMN_WEEKDAY, // a time; one feature called NAME.weekday: 0 for Monday to 6
    COLUMN_KINDS
};
extern const char *const column_kinds[]; // COLUMN_KINDS names and NULL

// The category of missing values in a one_hot column. In a column without it, they stay missing in the features.
#define CATEGORY_MISSING "(missing)"

struct column {
    char *name; // owned
    enum column_kind kind;
    char **categories; // (n_categories), owned; NULL: the column has none
    int n_categories;
    int first; // number of its first feature
    int n;     // number of its features, which are consecutive
};

// Zero it to start: then no columns are known, and each feature is a column.
struct columns {
    struct column *v; // (n), owned
    int n, n_features;
    // names of the columns of the table that are not data, owned; NULL: there is none
    char *id_name, *time_name, *group_name, *label_name;
};

// Appends a column. Its features follow those of the last column. Copies `name` and `categories`.
struct column *columns_add(
    struct columns *c, const char *name, enum column_kind kind, char *const *categories, int n_categories);
// Makes a column of numbers for each name. Used for data without further information about its columns.
void columns_of_names(struct columns *c, char *const *names, int n);
void columns_copy(struct columns *to, const struct columns *from);
void columns_free(struct columns *c);

// Returns the number of the column to which a feature belongs, or -1 if there is no such feature or no columns are
// known.
int columns_of_feature(const struct columns *c, int feature);
// Returns the number of the column with this name, or -1.
int columns_find(const struct columns *c, const char *name);
// Returns the number of a category of a column, or -1 if the column does not have it.
int column_find_category(const struct column *column, const char *category);
// Returns the name of feature k (from 0) of a column in new memory: "bytes", "proto=tcp", "time.hour".
char *column_feature_name(const struct column *column, int k);
// Returns the names of all features in new memory (n_features), or NULL if no columns are known.
char **columns_feature_names(const struct columns *c);
// Returns true if the features of a column are derived from the time of the row.
bool column_is_of_time(const struct column *column);
// Returns true if some column is not of kind COLUMN_NUMBER, so that its features are not its values.
bool columns_are_derived(const struct columns *c);
// Returns true if some column has categories.
bool columns_have_categories(const struct columns *c);
// Returns NULL if both have the same columns of the same kinds with the same categories, or if the columns of one are
// unknown. Otherwise returns the first difference in new memory: "column 'proto' has the value 'icmp' there and not
// here".
char *columns_difference(const struct columns *here, const struct columns *there);

// Sets out (n) to the sum of feature_error (n_features) over the features of each column. A missing value is NaN and
// adds nothing. If all values of a column are missing, its sum is NaN.
void columns_sum_features(const struct columns *c, const float *feature_error, float *out);

// Reads the columns of `group`, which is a split or a trial's group of columns, with `n_features` features. If the
// group has no arrays of columns, *out has no columns. Returns -1 and an error if the arrays cannot be read or
// contradict each other.
int columns_read(struct store_file *f, const char *group, int n_features, struct columns *out, struct err *e);
// Writes the columns into a group that already has the scale `feature`. Writes nothing if no columns are known.
int columns_write(struct store_file *f, const char *group, const struct columns *c, struct err *e);
// Writes the columns into a new group, with the names of the features and of the columns that are not data.
int columns_write_group(struct store_file *f, const char *group, const struct columns *c, struct err *e);

// Reads the `data:` section of a spec: which files and rows are used, how missing values are filled, and how columns
// are scaled. Files are only named here; dataset.h opens them.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include "data/data_filter.h"
#include "data/scale_config.h"
#include "data/window.h"
#include "spec/spec.h"
#include <stdbool.h>
#include <stdint.h>

enum data_fill { FILL_NONE, FILL_MEAN, FILL_MEDIAN, FILL_MODE };
enum data_missing { MISSING_REFUSE, MISSING_IGNORE };
enum data_split_by { SPLIT_BY_ROWS, SPLIT_BY_GROUP, SPLIT_BY_TIME };
enum data_protocol { PROTOCOL_NONE, PROTOCOL_HALF_IN_ORDER, PROTOCOL_HALF_SHUFFLED };
enum data_shuffle { SHUFFLE_ROWS, SHUFFLE_BLOCKS };
enum data_anomaly { ANOMALY_UNKNOWN, ANOMALY_FALSE, ANOMALY_TRUE };

// A choice of rows of a split, counted as in Python: negative numbers count from the end, and `last` is excluded.
struct data_rows {
    enum { ROWS_ALL, ROWS_SLICE, ROWS_LIST } kind;
    int64_t first, last, step; // for ROWS_SLICE; INT64_MAX as `last`: to the end
    struct field_ints list;    // for ROWS_LIST, owned
    const struct node *at;     // borrowed
};

// One source: "FILE.h5:SPLIT", and which of its rows are used.
struct data_source {
    char *file, *split; // owned; the file is as the user wrote it
    struct data_rows rows;
    struct data_filters where; // filters for only this source, owned
    int anomaly;               // enum data_anomaly
    const struct node *at;     // borrowed; NULL: the source comes from a command line, not from a spec
};

// The sources that are joined into one data set.
struct data_part {
    char *name;                 // owned: "train", "validation", or the name of a test set
    struct data_source *source; // owned
    int n;
};

// The settings of the section. Borrows the nodes of the tree from which it was read.
struct data_config {
    // nodes of settings; NULL if not given
    const struct node *train_node, *validation_node, *test_node, *split_node, *scale_node, *window_node;
    struct field_texts where;
    struct field_texts normal; // labels that are normal, by name or number; n = 0: training uses rows of all labels
    int fill, missing;         // enum data_fill, enum data_missing
    int shuffle;               // enum data_shuffle: the order of the training rows
    int64_t shuffle_block;     // rows per block, for SHUFFLE_BLOCKS
    int64_t shuffle_window;    // blocks that are mixed with each other, of all shards together

    // the contents of the nodes
    struct data_part train, validation; // validation.n = 0: there is none, or it is split from train
    struct scale_config scale;          // owned
    double validation_fraction;         // share of the rows of train; 0: not split
    struct data_part *test;             // owned
    int n_test;
    int64_t folds, fold; // folds of a cross-validation, 0: none; the fold that is the test set, from 1, 0: each in turn
    double test_fraction;        // share of the rows of train; 0: not split
    int protocol;                // enum data_protocol: half of the normal rows train, all other rows are the test set
    int64_t seed;                // seed of all splits
    int split_by;                // enum data_split_by, for all splits
    struct window_config window; // length 0: rows are not time steps
    struct data_filters filters; // `where`, which applies to every source
    const struct node *normal_at, *fill_at; // for messages; NULL if not given
};

extern const struct field data_fields[];        // settings of the section
extern const struct field data_split_fields[];  // settings of `split`
extern const struct field data_source_fields[]; // settings of a source that is a map

// Reads the section, and checks everything that can be checked without opening a file. Returns -1 and every mistake
// (ERR_USAGE) on failure; then nothing is owned. It is also a mistake if the spec has no such section (NULL).
int data_config_read(const struct node *section, struct data_config *cfg, struct err *e);
void data_config_free(struct data_config *cfg);

// Returns true if missing values are allowed, because they are filled or because the model ignores them.
bool data_allows_missing(const struct data_config *cfg);

// Returns the section as a new tree in canonical form. It is valid input with the same meaning. The caller frees it.
struct node *data_config_write(const struct data_config *cfg);
// Does the same as data_config_write, but in place of each "FILE.h5:SPLIT" it writes the string that name(source,
// context) returns in new memory. If `numbers`, all labels are numbers: each label of `normal` is written once, in
// canonical spelling.
struct node *data_config_write_as(
    const struct data_config *cfg, bool numbers, char *(*name)(const struct data_source *, void *), void *context);

// Returns true and sets *number if a label in a spec is an integer in any spelling. 1, 1.0 and 1e0 are the same label.
bool data_label_number(const char *text, int64_t *number);

// Parses "FILE.h5:SPLIT" from a scalar of a spec, or from a command line if `at` is NULL. Returns -1 and an error if
// the text does not have this form.
int data_source_parse(const char *text, const struct node *at, struct data_source *source, struct err *e);
void data_source_free(struct data_source *source);

// Adds a message of kind ERR_DATA. It begins with the place and the dotted path of `at`, unless `at` is NULL. Returns
// -1.
int data_error(const struct node *at, struct err *e, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Adds all messages of `from`, with its kind. Each begins with the place of `at`. Returns -1.
int data_blame(const struct node *at, const struct err *from, struct err *e);

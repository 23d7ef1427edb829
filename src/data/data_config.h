// The `data:` section of a spec: which files, which rows, how missing values are filled and columns scaled. It only
// names files; dataset.h opens them.
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

// Rows of a split as Python counts them: negative numbers from the end, `last` excluded.
struct data_rows {
    enum { ROWS_ALL, ROWS_SLICE, ROWS_LIST } kind;
    int64_t first, last, step; // ROWS_SLICE; INT64_MAX as `last`: to the end
    struct field_ints list;    // ROWS_LIST, owned
    const struct node *at;     // borrowed
};

// One "FILE.h5:SPLIT" and what is taken from it.
struct data_source {
    char *file, *split; // owned; the file as the user names it
    struct data_rows rows;
    struct data_filters where; // of this source alone, owned
    int anomaly;               // enum data_anomaly
    const struct node *at;     // borrowed; NULL: not from a spec (a command line)
};

// The sources that are joined into one data set.
struct data_part {
    char *name;                 // owned: "train", "validation", or a test set's name
    struct data_source *source; // owned
    int n;
};

// Borrows the nodes of the tree that it was read from.
struct data_config {
    // NULL if not given
    const struct node *train_node, *validation_node, *test_node, *split_node, *scale_node, *window_node;
    struct field_texts where;
    struct field_texts normal; // labels that are normal, by name or number; n = 0: no one-class selection
    int fill, missing;         // enum data_fill, enum data_missing
    int shuffle;               // enum data_shuffle: the order of the training rows
    int64_t shuffle_block;     // rows of a block, with SHUFFLE_BLOCKS
    int64_t shuffle_window;    // blocks that are mixed at a time, of all shards together

    // the content of the nodes
    struct data_part train, validation; // validation.n = 0: none, or split from train
    struct scale_config scale;          // owned
    double validation_fraction;         // of the rows of train; 0: none
    struct data_part *test;             // owned
    int n_test;
    int64_t folds, fold;         // of a cross-validation, from 1: the test set is fold `fold`; 0: none
    double test_fraction;        // of the rows of train; 0: none
    int protocol;                // enum data_protocol: the test set is half of the normal rows and all others
    int64_t seed;                // of both splits
    int split_by;                // enum data_split_by, of both splits
    struct window_config window; // length 0: rows are no series
    struct data_filters filters; // `where`, for every source
    const struct node *normal_at, *fill_at; // for messages; NULL if not given
};

extern const struct field data_fields[];        // the section
extern const struct field data_split_fields[];  // of `split`
extern const struct field data_source_fields[]; // of a source with more than its name

// Reads the section and checks all that can be checked without opening a file. Returns -1 and every mistake (ERR_USAGE)
// on failure; then nothing is owned. `section` NULL, a spec without `data`, is such a mistake.
int data_config_read(const struct node *section, struct data_config *cfg, struct err *e);
void data_config_free(struct data_config *cfg);

// Returns true if missing values are allowed: they are filled, or stay NaN and are ignored.
bool data_allows_missing(const struct data_config *cfg);

// Returns the section as a new tree in canonical form, which is valid input with the same meaning. The caller frees it.
struct node *data_config_write(const struct data_config *cfg);
// Does the same as data_config_write, but writes name(source, context), which is new memory, instead of each
// "FILE.h5:SPLIT". `numbers` means that labels are known to be numbers, so that each label of `normal` is written in
// one spelling.
struct node *data_config_write_as(
    const struct data_config *cfg, bool numbers, char *(*name)(const struct data_source *, void *), void *context);

// Returns true and sets *number if a label in a spec is an integer in any spelling: 1, 1.0 and 1e0 are the same label.
bool data_label_number(const char *text, int64_t *number);

// Parses "FILE.h5:SPLIT" from a command line (`at` NULL) or a scalar of a spec. Returns -1 and an error if it is none.
int data_source_parse(const char *text, const struct node *at, struct data_source *source, struct err *e);
void data_source_free(struct data_source *source);

// Adds a message of kind ERR_DATA that begins with the place and the dotted path of `at` (NULL: without them). Returns
// -1.
int data_error(const struct node *at, struct err *e, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Adds all messages of `from`, each with its kind. They begin with the place of `at`. Returns -1.
int data_blame(const struct node *at, const struct err *from, struct err *e);

// Collects the labels of a CSV column or of an array of strings. Labels are integers, or names, which are
// numbered in the order of their bytes.
#pragma once

#include "base/err.h"
#include "base/text.h"
#include "data/label_names.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The labels of one kind: their number, and the first one.
struct csv_label_kind {
    int64_t count;
    char *first; // owned; NULL: no label is of this kind
    int64_t at;  // line or row of the first label
};

struct csv_labels {
    struct label_names names; // the distinct strings so far, at most IMPORT_MAX_LABELS, owned
    bool is_text;             // at least one label is not a number: all are names
    bool is_more;             // there were more distinct strings than are kept
    struct csv_label_kind texts, numbers;
    struct csv_label_kind fractions; // numbers that are not 64-bit integers
};

// Where labels come from, for messages.
struct csv_labels_origin {
    const char *path;
    const char *column; // name of the column; NULL: the labels are an array, whose rows are counted
    int number;         // number of the column, from 1
};

// Adds the label text[0..n), which ends with a NUL. It is in line `at` of the file or in row `at` of the array.
void csv_labels_add(struct csv_labels *l, const char *text, size_t n, int64_t at);
// Checks all labels; call it and csv_labels_warn after the last one was added. Returns -1 and errors if strings cannot
// be labels.
int csv_labels_check(const struct csv_labels *l, const struct csv_labels_origin *origin, struct err *e);
// Adds a one-line warning if there are numbers among names or names among numbers.
void csv_labels_warn(const struct csv_labels *l, const struct csv_labels_origin *origin, struct text *warnings);
// Returns the number of the label text[0..n), which must have been added. Add all labels before the first call.
int64_t csv_labels_number(const struct csv_labels *l, const char *text, size_t n);
void csv_labels_free(struct csv_labels *l);

// The labels of a CSV column or an array of strings: integers, or names that are numbered in their order.
#pragma once

#include "base/err.h"
#include "base/text.h"
#include "data/label_names.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Labels of one kind: how many, and the first of them.
struct csv_label_kind {
    int64_t count;
    char *first; // owned; NULL: there is none
    int64_t at;  // its line or row
};

struct csv_labels {
    struct label_names names; // the distinct strings so far, at most IMPORT_MAX_LABELS, owned
    bool is_text;             // one of them is no number: all are names
    bool is_more;             // there are more strings than are kept
    struct csv_label_kind texts, numbers;
    struct csv_label_kind fractions; // numbers that are no 64-bit integers
};

// Where labels come from, for messages.
struct csv_labels_origin {
    const char *path;
    const char *column; // its name; NULL: an array, whose rows are counted
    int number;         // of the column, from 1
};

// Adds a label, text[0..n) and a NUL, at line `at` of the file or in row `at` of the array.
void csv_labels_add(struct csv_labels *l, const char *text, size_t n, int64_t at);
// Call the next two after the last label. Returns -1 and errors for what cannot be a label.
int csv_labels_check(const struct csv_labels *l, const struct csv_labels_origin *origin, struct err *e);
// Adds a warning, one line, if there are numbers among names or names among numbers.
void csv_labels_warn(const struct csv_labels *l, const struct csv_labels_origin *origin, struct text *warnings);
// Returns the number of a label. It must have been added, and all labels must have been added before the first call.
int64_t csv_labels_number(const struct csv_labels *l, const char *text, size_t n);
void csv_labels_free(struct csv_labels *l);

// The labels of a CSV column or an array of texts: integers, or texts that are numbered in order of name.
#pragma once

#include "base/err.h"
#include "base/text.h"
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
    char **names; // (n) the distinct texts so far, sorted, owned
    int n;
    bool is_text; // one of them is no number
    bool is_more; // more texts than are kept
    struct csv_label_kind texts, numbers;
    struct csv_label_kind fractions; // those numbers that are no 64-bit integers
};

// Where labels come from, for messages.
struct csv_labels_origin {
    const char *path;
    const char *column; // its name; NULL: an array, whose rows are counted
    int number;         // of the column, from 1
};

// `at`: its line in the file or its row in the array.
void csv_labels_add(struct csv_labels *l, const char *text, size_t n, int64_t at);
// After the last label: -1 and errors for what cannot be a label.
int csv_labels_check(const struct csv_labels *l, const struct csv_labels_origin *origin, struct err *e);
// After the last label: a warning, one line, if there are numbers among names or names among numbers.
void csv_labels_warn(const struct csv_labels *l, const struct csv_labels_origin *origin, struct text *warnings);
// The number of a label that was added, once all were.
int64_t csv_labels_number(const struct csv_labels *l, const char *text, size_t n);
// Whether a label of this text was added.
bool csv_labels_have(const struct csv_labels *l, const char *text);
void csv_labels_free(struct csv_labels *l);

// The labels of a CSV file: whole numbers, or texts that are numbered in order of name.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_labels {
    char **names; // (n) the distinct texts so far, sorted, owned
    int n;
    bool is_text;      // one of them is no number
    bool is_more;      // more texts than are kept
    int64_t fractions; // numbers that are not whole
};

void csv_labels_add(struct csv_labels *l, const char *text, size_t n);
// The number of a label that was added, once all were.
int64_t csv_labels_number(const struct csv_labels *l, const char *text, size_t n);
void csv_labels_free(struct csv_labels *l);

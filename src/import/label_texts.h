// Reads labels from an array of strings. They are read twice: first to collect the distinct strings, then to number
// them. If all strings are numbers, these are the labels, as in a CSV column.
#pragma once

#include "import/array_reader.h"
#include "import/csv_labels.h"
#include "import/source.h"

struct label_texts {
    struct csv_labels labels;
    int64_t rows;
};

// Adds one string in the first reading. It has n bytes, followed by a NUL.
void label_texts_add(struct label_texts *t, const char *text, size_t n);
// Ends the first reading. Unless all labels are numbers, gives the source a copy of their names; label_texts_read then
// numbers labels by these. Returns -1 and errors if strings cannot be labels.
int label_texts_finish(struct label_texts *t, const char *name, struct source *s, struct err *e);
void label_texts_free(struct label_texts *t);

// Adds all strings of a .npy array whose header was already read.
int label_texts_add_all(struct label_texts *t, struct array_reader *array, struct err *e);
// Reads the next `rows` strings of the array as labels.
int label_texts_read(struct label_texts *t, struct array_reader *array, int64_t rows, int64_t *label, struct err *e);

// Labels that come as an array of texts. They are read twice: first to know which there are, then to number them. Texts
// that are all numbers are these numbers, as in a CSV column.
#pragma once

#include "import/array_reader.h"
#include "import/csv_labels.h"
#include "import/source.h"

struct label_texts {
    struct csv_labels labels;
    int64_t rows;
};

// One text more of the first reading, of n bytes and a NUL.
void label_texts_add(struct label_texts *t, const char *text, size_t n);
// After the first reading: the source has numbers from now on, with these names. -1 and errors for what is no label.
int label_texts_finish(struct label_texts *t, const char *name, struct source *s, struct err *e);
void label_texts_free(struct label_texts *t);

// The texts of a .npy array whose header was read, from first to last: all of them are added.
int label_texts_add_all(struct label_texts *t, struct array_reader *array, struct err *e);
// The next `rows` of them as labels.
int label_texts_read(
    const struct label_texts *t, struct array_reader *array, int64_t rows, int64_t *label, struct err *e);

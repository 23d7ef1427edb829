// Finds the names of the labels of a set, and how often each label occurs.
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/dataset.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *dataset_label_name(const struct dataset *d, int64_t row)
{
    ASSERT(row >= 0 && row < d->rows, "row %lld of %s", (long long)row, d->name);
    return d->label && d->label_names ? d->label_names[d->label[row]] : NULL;
}

static int compare_label_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

void dataset_count_labels(const struct dataset *d, struct text *t)
{
    enum { SHOWN = 12 };
    char room[QUOTE_ROOM], number[24];
    int shown = 0;

    if (!d->label || d->rows == 0)
        return;
    int64_t *label = mem_new((size_t)d->rows, sizeof *label);
    memcpy(label, d->label, (size_t)d->rows * sizeof *label);
    qsort(label, (size_t)d->rows, sizeof *label, compare_label_numbers);

    for (int64_t first = 0, last; first < d->rows; first = last, shown++) {
        for (last = first; last < d->rows && label[last] == label[first];)
            last++;
        if (shown == SHOWN)
            text_add(t, ", ...");
        if (shown >= SHOWN)
            continue;
        snprintf(number, sizeof number, "%lld", (long long)label[first]);
        const char *name = d->label_names ? d->label_names[label[first]] : number;
        text_add(t, "%s%s (%lld)", shown ? ", " : "", text_quote(room, name, strlen(name)), (long long)(last - first));
    }

    free(label);
}

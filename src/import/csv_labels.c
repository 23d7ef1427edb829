// Labels of CSV files. Whether they are texts is known after the last only, so the distinct ones are kept, up to a
// bound.
#include "import/csv_labels.h"

#include "base/mem.h"
#include "import/csv_number.h"
#include "import/import.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Where the text is, or would be, among the names.
static int place(const struct csv_labels *l, const char *text)
{
    int low = 0, high = l->n;
    while (low < high) {
        int middle = (low + high) / 2;
        if (strcmp(l->names[middle], text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void csv_labels_add(struct csv_labels *l, const char *text, size_t n)
{
    double value;
    if (!csv_number(text, n, &value))
        l->is_text = true;
    else if (value != floor(value) || fabs(value) > 0x1p53)
        l->fractions++;
    int i = place(l, text);
    if (i < l->n && strcmp(l->names[i], text) == 0)
        return;
    if (l->n == IMPORT_MAX_LABELS) {
        l->is_more = true;
        return;
    }
    l->names = mem_grow(l->names, (size_t)l->n + 1, sizeof *l->names);
    memmove(l->names + i + 1, l->names + i, (size_t)(l->n - i) * sizeof *l->names);
    l->names[i] = mem_text(text);
    l->n++;
}

int64_t csv_labels_number(const struct csv_labels *l, const char *text, size_t n)
{
    double value;
    if (l->is_text)
        return place(l, text);
    return csv_number(text, n, &value) ? (int64_t)value : 0;
}

void csv_labels_free(struct csv_labels *l)
{
    for (int i = 0; i < l->n; i++)
        free(l->names[i]);
    free(l->names);
    *l = (struct csv_labels){0};
}

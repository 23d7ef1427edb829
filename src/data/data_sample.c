// Makes a sample: a table of pointers to rows of another data set.
#include "data/data_sample.h"

#include "base/mem.h"
#include "data/dataset_stream.h"
#include <stdlib.h>

int data_sample(const struct dataset *d, int64_t rows, struct dataset *out, struct err *e)
{
    ASSERT(rows > 0 && rows <= d->rows, "%lld of %lld rows", (long long)rows, (long long)d->rows);
    *out = *d;
    out->rows = rows;
    out->label = out->index = NULL;
    out->is_anomaly = NULL;
    out->source = NULL;
    out->coordinates = (struct coordinates){0};
    out->steps = NULL;
    out->rules = NULL;

    out->row = mem_array((size_t)rows, sizeof *out->row, "rows of a sample", e);
    out->is_unscored = d->is_unscored ? mem_array((size_t)rows, 1, "rows of a sample", e) : NULL;
    if (!out->row || (d->is_unscored && !out->is_unscored))
        return -1;

    for (int64_t i = 0; i < rows; i++) {
        int64_t from = data_sample_row(d, i, rows);
        out->row[i] = d->row[from];
        if (d->is_unscored)
            out->is_unscored[i] = d->is_unscored[from];
    }
    return d->rules ? dataset_sample_rules(d, out, e) : 0;
}

void data_sample_free(struct dataset *sample)
{
    free(sample->row);
    free(sample->is_unscored);
    free(sample->source);
    dataset_rules_free(&sample->rules);
    *sample = (struct dataset){0};
}

// Converts rows and reconstructions back to the units of the data. The filter and the limits of a scaling lose what the
// row had, and its level is not stored. So such rows are read once more, filled but not scaled.
#include "apply/original_rows.h"

#include "apply/score_pass.h"
#include "apply/score_rows.h"
#include "base/err.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "data/data_scaling.h"
#include "data/gather.h"
#include "data/row_reader.h"
#include <stdlib.h>

static int group_in(const struct scaling *s, const struct explained_row *row)
{
    return s->n_groups ? row->group : -1;
}

// Reads the values of the n rows, filled but not scaled.
static int read_values(struct score_pass *p, struct explained_row *const *row, int n, struct err *e)
{
    struct apply *a = &p->apply;
    const struct comm self = {.size = 1};
    const struct team alone = {.comm = &self, .threads = a->team->threads};
    const struct row_fit *lead = &p->member[0].fit;
    const struct scaling unscaled = {.columns = lead->scaling->columns,
        .fill = lead->scaling->fill,
        .ignores_missing = lead->scaling->ignores_missing,
        .bytes_only = lead->scaling->bytes_only};
    struct row_fit fit = *lead;
    real *value = mem_new((size_t)p->columns, sizeof *value);

    fit.scaling = &unscaled;
    if (!a->reader)
        score_rows_rescale(p, &unscaled, &alone);
    else if (row_reader_add(a->reader, &fit, e) == 0)
        row_reader_use(a->reader, &fit);

    for (int i = 0; i < n && !e->count; i++) {
        const int64_t place = row[i]->place;
        const struct dataset *d = a->read ? a->read(a, place, 1, e) : row_reader_read(a->reader, place, 1, e);
        const int32_t first = 0;
        if (!d)
            break;
        dataset_gather(d, &first, 1, value);
        for (int k = 0; k < p->columns; k++)
            row[i]->value[k] = (float)value[k];
    }

    if (a->reader) // the next piece is read for the lead again
        row_reader_use(a->reader, lead);
    free(value);
    return e->count ? -1 : 0;
}

static void invert_values(const struct score_pass *p, const struct scaling *s, struct explained_row *row)
{
    for (int i = 0; i < p->columns; i += s->columns)
        scaling_invert(s, group_in(s, row), row->x + i, row->value + i);
}

void original_rows_expect(
    const struct score_pass *p, const struct scaling *s, const struct explained_row *row, const float *y, float *out)
{
    ASSERT(row->value && p->columns % s->columns == 0, "%d values, %d columns", p->columns, s->columns);
    for (int i = 0; i < p->columns; i += s->columns) {
        const double level = scaling_level(s, group_in(s, row), row->value + i);
        for (int k = 0; k < s->columns; k++)
            out[i + k] = (float)((double)y[i + k] * level);
        scaling_invert(s, group_in(s, row), out + i, out + i);
    }
}

int original_rows_add(struct score_pass *p, struct explained_row *row, int n, struct err *e)
{
    const struct scaling *lead = p->member[0].fit.scaling;
    struct explained_row **added = mem_new((size_t)n + 1, sizeof *added);
    int n_added = 0, rc = 0;

    for (int i = 0; i < n; i++) {
        if (!row[i].x || row[i].value)
            continue;
        row[i].value = mem_new((size_t)p->columns, sizeof *row[i].value);
        row[i].expected = mem_new((size_t)p->columns, sizeof *row[i].expected);
        added[n_added++] = &row[i];
    }

    if (n_added && scaling_loses_values(lead))
        rc = read_values(p, added, n_added, e);
    for (int i = 0; i < n_added && !scaling_loses_values(lead); i++)
        invert_values(p, lead, added[i]);
    for (int i = 0; i < n_added && rc == 0; i++)
        original_rows_expect(p, lead, added[i], added[i]->y, added[i]->expected);
    free(added);
    return rc;
}

// Writes the features that explain the errors above the threshold.
#include "apply/tops_file.h"

#include "apply/blame.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>

enum { KEPT_ROWS = 256 };

// Explained rows of a piece, which are written together.
struct kept_tops {
    int64_t sample[KEPT_ROWS];
    int32_t feature[KEPT_ROWS][BLAME_TOP];
    float share[KEPT_ROWS][BLAME_TOP];
    int n;
};

static int flush_tops(struct tops_file *t, struct kept_tops *k, struct err *e)
{
    size_t n = (size_t)k->n;
    int rc = 0;

    if (n)
        rc = spool_write(&t->sample, k->sample, n * sizeof *k->sample, e) |
             spool_write(&t->feature, k->feature, n * sizeof *k->feature, e) |
             spool_write(&t->share, k->share, n * sizeof *k->share, e);
    t->n += k->n;
    k->n = 0;
    return rc;
}

int tops_file_add(struct tops_file *t, const struct score_pass *p, int64_t first, int64_t rows, struct err *e)
{
    const struct apply_output *o = &p->apply.output[p->shares];
    struct kept_tops kept = {.n = 0};
    int rc = 0;

    ASSERT(o->width == 2 * BLAME_TOP, "%lld", (long long)o->width);
    for (int64_t i = 0; i < rows && rc == 0; i++) {
        const float *row = o->piece + i * o->width;
        if (row[0] < 0)
            continue;
        kept.sample[kept.n] = first + i;
        for (int k = 0; k < BLAME_TOP; k++) {
            kept.feature[kept.n][k] = (int32_t)row[k];
            kept.share[kept.n][k] = row[BLAME_TOP + k];
        }
        if (++kept.n == KEPT_ROWS)
            rc = flush_tops(t, &kept, e);
    }
    return rc == 0 ? flush_tops(t, &kept, e) : rc;
}

// An array with `columns` values of `type` per row.
struct tops_array {
    const char *name, *long_name;
    enum store_type type;
    int columns;
    const struct spool *spool;
};

static int write_tops_array(
    const struct tops_array *a, const struct score_pass *p, struct store_file *f, int64_t n, struct err *e)
{
    const struct store_shape shape = {a->type, a->columns > 1 ? 2 : 1, {n, a->columns}};
    struct store_about about = {.long_name = a->long_name, .scales = {SCORES_EXPLAINED}};
    char *path = mem_format("%s/%s", p->group, a->name);

    if (a->columns > 1)
        about.scales[1] = SCORES_PLACE;
    if (a->type != STORE_I32)
        about.units = "1";
    struct store_stream *stream = store_stream_begin(f, path, &shape, &about, e);
    free(path);
    return spool_copy(a->spool, (size_t)a->columns * store_type_size(a->type), &stream, e);
}

static int write_tops_scales(const struct score_pass *p, struct store_file *f, int64_t n, struct err *e)
{
    const struct store_shape shape = {STORE_TEXT, 1, {p->member->blame.n}};
    const struct store_about about = {"name of a feature or of a column of several", NULL, {SCORES_TOP_NAME}};
    char *names = mem_format("%s/" SCORES_TOP_NAME, p->group);
    char *places = mem_format("%s/" SCORES_PLACE, p->group);
    char *explained = mem_format("%s/" SCORES_EXPLAINED, p->group);

    int rc = store_write(f, names, &shape, p->member->blame.names, &about, e);
    if (rc == 0)
        rc = store_write_index(f, places, BLAME_TOP, "place among what explains the error most", e);
    if (rc == 0)
        rc = store_write_index(f, explained, n, "number of an explained sample", e);
    free(names);
    free(places);
    free(explained);
    return rc;
}

int tops_file_write(struct tops_file *t, const struct score_pass *p, struct store_file *f, struct err *e)
{
    const struct tops_array arrays[] = {{SCORES_TOP_SAMPLE, "sample that is explained", STORE_I64, 1, &t->sample},
        {SCORES_TOP_FEATURE, "index of top_name; -1: none", STORE_I32, BLAME_TOP, &t->feature},
        {SCORES_TOP_SHARE, "share of the squared error", STORE_F32, BLAME_TOP, &t->share}};
    int rc = t->n ? write_tops_scales(p, f, t->n, e) : 0;

    for (size_t i = 0; t->n && i < sizeof arrays / sizeof *arrays && rc == 0; i++)
        rc = write_tops_array(&arrays[i], p, f, t->n, e);
    return rc;
}

void tops_file_close(struct tops_file *t)
{
    spool_close(&t->sample);
    spool_close(&t->feature);
    spool_close(&t->share);
}

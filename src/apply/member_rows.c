// Passes the few rows that are explained once more through every member. To keep the values and reconstructions of all
// rows and members would take too much memory.
#include "apply/member_rows.h"

#include "apply/original_rows.h"
#include "apply/score_pass.h"
#include "apply/score_rows.h"
#include "base/err.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "data/data_scaling.h"
#include "data/row_reader.h"
#include "nn/nn.h"
#include "train/train.h"
#include <math.h>
#include <stdlib.h>

// A row on its way through a member.
struct member_row {
    const struct model *model;
    float *x, *y; // (columns)
};

static void visit_member_row(void *context, struct workspace *ws, const struct row_chunk *chunk)
{
    const struct member_row *r = context;
    const real *y = model_reconstructs(r->model) ? model_reconstruct(r->model, ws, 1) : NULL;

    ASSERT(chunk->rows == 1, "%d rows", chunk->rows);
    for (int i = 0; i < shape_size(&r->model->input); i++) {
        r->x[i] = (float)chunk->x[i];
        r->y[i] = y ? (float)y[i] : NAN;
    }
}

// Passes n rows through the current member. The rows of the piece already have its scaling.
static int pass_member_rows(struct score_pass *p, struct explained_row *const *row, int n, struct err *e)
{
    struct apply *a = &p->apply;
    const struct comm self = {.size = 1};
    const struct team alone = {.comm = &self, .threads = 1};
    const struct score_member *member = &p->member[a->model];
    const size_t at = (size_t)member->number * (size_t)p->columns;
    struct workspace **ws = team_workspaces_new(&alone, member->model->model, PASS_ROWS, false, e);

    for (int i = 0; i < n && !e->count; i++) {
        const int64_t place = row[i]->place;
        const struct dataset *d = a->read ? a->read(a, place, 1, e) : row_reader_read(a->reader, place, 1, e);
        struct member_row r = {member->model->model, row[i]->member_x + at, row[i]->member_y + at};
        const struct row_pass pass = {.team = &alone, .model = r.model, .w = member->model->w, .data = d, .ws = ws};
        if (d)
            pass_run(&pass, visit_member_row, &r);
    }
    team_workspaces_free(&alone, &ws);
    return e->count ? -1 : 0;
}

// Returns true if a member has a reconstruction of the row y (n). It has none if it cannot take the row.
static bool are_all_finite(const float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(y[i]))
            return false;
    return true;
}

// Returns the reconstruction of a member, which is finite, or NULL if it has none.
static const float *reconstruction_of(
    const struct score_pass *p, const struct score_member *m, const struct explained_row *row)
{
    const float *y = row->member_y + (size_t)m->number * (size_t)p->columns;
    return are_all_finite(y, (size_t)p->columns) ? y : NULL;
}

// Returns true if some member has a reconstruction of the row as it is, not of the smoothed row.
static bool is_any_sharp(const struct score_pass *p, const struct explained_row *row)
{
    for (int k = 0; k < p->apply.n_models; k++)
        if (p->member[k].fit.scaling->smooth <= 0 && reconstruction_of(p, &p->member[k], row))
            return true;
    return false;
}

// Sets `expected` to the mean of the reconstructions of the members in original units, weighted like the score. Those
// of smoothed pictures count only if there are no others. Rows without any reconstruction get NaN.
static void average_reconstructions(const struct score_pass *p, struct explained_row *row)
{
    const size_t columns = (size_t)p->columns;
    const bool needs_sharp = is_any_sharp(p, row);
    double *mean = mem_new(columns, sizeof *mean), total = 0;
    float *original = mem_new(columns, sizeof *original);

    for (int k = 0; k < p->apply.n_models; k++) {
        const struct score_member *m = &p->member[k];
        const float *y = reconstruction_of(p, m, row);
        if (!y || (needs_sharp && m->fit.scaling->smooth > 0))
            continue;
        original_rows_expect(p, m->fit.scaling, row, y, original);
        for (size_t i = 0; i < columns; i++)
            mean[i] += m->weight * (double)original[i];
        total += m->weight;
    }

    for (size_t i = 0; i < columns; i++)
        row->expected[i] = total > 0 ? (float)(mean[i] / total) : NAN;
    free(original);
    free(mean);
}

// Sets y to the mean of the reconstructions, in the units of the lead. It stays the reconstruction of the lead if that
// smooths or normalizes, because the mean would not be what the lead compares the row with, or if there is no mean.
static void convert_mean(const struct score_pass *p, struct explained_row *row)
{
    const struct scaling *lead = p->member[0].fit.scaling;
    double *mean = mem_new((size_t)p->columns, sizeof *mean);

    for (int i = 0; i < p->columns; i++)
        mean[i] = (double)row->expected[i];
    bool is_known = are_all_finite(row->expected, (size_t)p->columns) && lead->smooth <= 0 && !lead->normalizes;
    for (int i = 0; i < p->columns && is_known; i += p->n_features)
        scaling_apply(lead, lead->n_groups ? row->group : -1, false, mean + i, row->y + i);
    free(mean);
}

int member_rows_add(struct score_pass *p, struct explained_row *row, int n, struct err *e)
{
    struct apply *a = &p->apply;
    const struct comm self = {.size = 1};
    const struct team alone = {.comm = &self, .threads = a->team->threads};
    struct explained_row **added = mem_new((size_t)n + 1, sizeof *added);
    const size_t values = (size_t)a->n_models * (size_t)p->columns;
    int n_added = 0;

    for (int i = 0; i < n && p->job->model->ensemble; i++) {
        if (!row[i].x || row[i].member_x)
            continue;
        row[i].member_x = mem_new(values, sizeof *row[i].member_x);
        row[i].member_y = mem_new(values, sizeof *row[i].member_y);
        added[n_added++] = &row[i];
    }
    for (a->model = 0; a->model < a->n_models && n_added && !e->count; a->model++) {
        if (a->reader)
            row_reader_use(a->reader, &p->member[a->model].fit);
        else
            score_rows_rescale(p, p->member[a->model].fit.scaling, &alone);
        pass_member_rows(p, added, n_added, e);
    }
    for (int i = 0; i < n_added && !e->count; i++) {
        average_reconstructions(p, added[i]);
        convert_mean(p, added[i]);
    }
    free(added);
    return e->count ? -1 : 0;
}

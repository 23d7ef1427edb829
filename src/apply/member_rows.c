// Passes the few rows that are explained once more through every member. To keep the values and reconstructions of all
// rows and members would take too much memory.
#include "apply/member_rows.h"

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

// Returns true if scaled values can be turned back into original ones.
static bool can_be_undone(const struct scaling *s)
{
    return s->smooth <= 0 && !s->normalizes;
}

// Returns true if a member has a reconstruction of the row y (n). It has none if it cannot take the row.
static bool are_all_finite(const float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(y[i]))
            return false;
    return true;
}

// Sets y to the mean of the reconstructions of the members, weighted like the score. It is computed in original units,
// without members whose scaling cannot be undone. If that of the lead cannot be undone, y stays its reconstruction.
static void average_reconstructions(const struct score_pass *p, struct explained_row *row)
{
    const struct scaling *lead = p->member[0].fit.scaling;
    const size_t columns = (size_t)p->columns, features = (size_t)p->n_features;
    double *mean = mem_new(columns, sizeof *mean), total = 0;
    float *original = mem_new(columns, sizeof *original);

    for (int k = 0; k < p->apply.n_models; k++) {
        const struct score_member *m = &p->member[k];
        const struct scaling *s = m->fit.scaling;
        if (!are_all_finite(row->member_y + (size_t)m->number * columns, columns) || !can_be_undone(s))
            continue;
        for (size_t i = 0; i < columns; i += features)
            scaling_invert(
                s, s->n_groups ? row->group : -1, row->member_y + (size_t)m->number * columns + i, original + i);
        for (size_t i = 0; i < columns; i++)
            mean[i] += m->weight * (double)original[i];
        total += m->weight;
    }

    for (size_t i = 0; i < columns && total > 0; i++)
        mean[i] /= total;
    for (size_t i = 0; i < columns && total > 0 && can_be_undone(lead); i += features)
        scaling_apply(lead, lead->n_groups ? row->group : -1, false, mean + i, row->y + i);
    free(original);
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
            score_rows_rescale(p, &alone);
        pass_member_rows(p, added, n_added, e);
    }
    for (int i = 0; i < n_added && !e->count; i++)
        average_reconstructions(p, added[i]);
    free(added);
    return e->count ? -1 : 0;
}

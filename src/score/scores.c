// Scores a data set: computes the reconstruction error of every sample and, on request, its code, reconstruction and
// squared differences.
//
// Each rank visits its range of whole chunks (train/row_pass.c), so that no element is written by two threads or ranks.
// Rank 0 gathers the errors and evaluates them. The other arrays can be as large as the data and stay on the ranks,
// which write them to the file together.
#include "score/score.h"

#include "base/mem.h"
#include "comm/comm.h"
#include "nn/nn.h"
#include "score/step_errors.h"
#include "train/train.h"
#include <stdlib.h>

struct score_visit {
    const struct score_request *request;
    struct scores *scores;
};

// Converts n reals to floats. Does nothing if `to` is NULL.
static void copy_reals(float *to, const real *from, size_t n)
{
    for (size_t i = 0; to && i < n; i++)
        to[i] = (float)from[i];
}

// Returns the values of row `own` of this rank in an array of `columns` columns, or NULL if the array is not saved.
static float *values_at(float *array, size_t own, int columns)
{
    return array ? array + own * (size_t)columns : NULL;
}

static const int8_t *unscored_at(const struct scores *s, int64_t first)
{
    return s->data->is_unscored ? s->data->is_unscored + first : NULL;
}

static void keep_reconstructions(
    const struct scores *s, const struct model *m, struct workspace *ws, const struct row_chunk *chunk)
{
    const int8_t *is_unscored = unscored_at(s, chunk->first);
    size_t own = (size_t)(chunk->first - s->first), n = (size_t)chunk->rows * (size_t)s->columns;
    float *reconstruction = values_at(s->reconstruction, own, s->columns);
    float *difference = values_at(s->feature_error, own, s->columns);
    const real *x = chunk->x;
    const real *y = model_reconstruct(m, ws, chunk->rows);

    copy_reals(reconstruction, y, n);
    for (size_t i = 0; difference && i < n; i++)
        difference[i] = (float)((y[i] - x[i]) * (y[i] - x[i]));

    row_values_mark(is_unscored, chunk->rows, s->columns, reconstruction);
    row_values_mark(is_unscored, chunk->rows, s->columns, difference);
}

static void score_chunk(void *context, struct workspace *ws, const struct row_chunk *chunk)
{
    const struct score_visit *v = context;
    const struct score_request *r = v->request;
    const struct scores *s = v->scores;
    const int8_t *is_unscored = unscored_at(s, chunk->first);
    float *code = values_at(s->code, (size_t)(chunk->first - s->first), s->code_size);

    ASSERT(chunk->first >= s->first && chunk->first + chunk->rows <= s->last, "row %lld", (long long)chunk->first);
    copy_reals(code, model_code(r->model, ws), (size_t)chunk->rows * (size_t)s->code_size);
    row_values_mark(is_unscored, chunk->rows, s->code_size, code);

    row_errors(&r->error, r->model, r->w, ws, chunk, s->error + chunk->first);
    row_errors_mark(is_unscored, chunk->rows, s->error + chunk->first);

    if (s->reconstruction || s->feature_error)
        keep_reconstructions(s, r->model, ws, chunk);
}

// Allocates the arrays. If memory runs out, leaves an array NULL and adds an error.
static void scores_allocate(struct scores *s, unsigned save, struct err *e)
{
    size_t own = (size_t)(s->last - s->first), columns = (size_t)s->columns;
    s->error = mem_array((size_t)s->data->rows, sizeof *s->error, "errors", e);
    if (save & SAVE_CODE)
        s->code = mem_array(own * (size_t)s->code_size, sizeof *s->code, "codes", e);
    if (save & SAVE_RECONSTRUCTION)
        s->reconstruction = mem_array(own * columns, sizeof *s->reconstruction, "reconstructions", e);
    if (save & SAVE_FEATURE_ERROR)
        s->feature_error = mem_array(own * columns, sizeof *s->feature_error, "feature errors", e);
}

int scores_compute(const struct team *team, const struct score_request *request, const struct dataset *d,
    struct scores *out, struct err *e)
{
    const struct model *m = request->model;
    struct score_visit visit = {request, out};

    ASSERT(d->columns == shape_size(&m->input), "%d columns", d->columns);
    *out = (struct scores){.data = d, .columns = d->columns, .code_size = shape_size(&m->code)};
    pass_range(team->comm, d->rows, &out->first, &out->last);
    scores_allocate(out, request->save, e);
    struct workspace **ws = team_workspaces_new(team, m, PASS_ROWS, false, e);

    int rc = comm_agree(team->comm, e);
    if (rc == 0) {
        struct row_pass pass = {
            .team = team, .model = m, .w = request->w, .data = d, .ws = ws, .leaves_out = request->is_training};
        bool is_cut = !pass_run(&pass, score_chunk, &visit);
        rc = comm_max(team->comm, is_cut) > 0 ? SCORES_STOPPED : 0;
    }

    team_workspaces_free(team, &ws);
    if (rc == 0) {
        comm_join_to_root(team->comm, out->error, (size_t)d->rows * sizeof *out->error);
        if (d->steps && team->comm->rank == 0)
            out->step_error = step_errors_of(d, request->window, out->error, e);
        rc = d->steps ? comm_agree(team->comm, e) : 0;
    }
    if (rc != 0)
        scores_free(out);
    return rc;
}

void scores_free(struct scores *s)
{
    free(s->error);
    free(s->step_error);
    free(s->code);
    free(s->reconstruction);
    free(s->feature_error);
    *s = (struct scores){0};
}

// The reconstruction error, and on request code, reconstruction and squared differences, of every sample of a data set.
#include "score/score.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

struct visit {
    const struct model *m;
    const real *w;
    const struct row_error *error;
    struct scores *s;
};

static void copy_rows(float *to, const real *from, size_t n)
{
    for (size_t i = 0; to && i < n; i++)
        to[i] = (float)from[i];
}

static void visit_rows(void *context, struct workspace *ws, const struct row_chunk *chunk)
{
    int64_t first = chunk->first;
    int rows = chunk->rows;
    const real *x = chunk->x;
    const struct visit *v = context;
    struct scores *s = v->s;
    size_t own = (size_t)(first - s->first), columns = (size_t)s->columns, n = (size_t)rows * columns;
    copy_rows(s->code ? s->code + own * (size_t)s->code_size : NULL, model_code(v->m, ws),
        (size_t)rows * (size_t)s->code_size);
    const int8_t *is_unscored = s->data->is_unscored ? s->data->is_unscored + first : NULL;
    row_errors(v->error, v->m, v->w, ws, first, rows, x, s->error + first);
    row_errors_mark(is_unscored, rows, s->error + first);
    if (s->code)
        row_values_mark(is_unscored, rows, s->code_size, s->code + own * (size_t)s->code_size);
    if (!s->reconstruction && !s->feature_error)
        return;
    const real *y = model_reconstruct(v->m, ws, rows);
    copy_rows(s->reconstruction ? s->reconstruction + own * columns : NULL, y, n);
    for (size_t i = 0; s->feature_error && i < n; i++)
        s->feature_error[own * columns + i] = (float)((y[i] - x[i]) * (y[i] - x[i]));
    if (s->reconstruction)
        row_values_mark(is_unscored, rows, s->columns, s->reconstruction + own * columns);
    if (s->feature_error)
        row_values_mark(is_unscored, rows, s->columns, s->feature_error + own * columns);
}

static int allocate(struct scores *s, unsigned save, struct err *e)
{
    size_t own = (size_t)(s->last - s->first), columns = (size_t)s->columns;
    s->error = mem_array((size_t)s->data->rows, sizeof *s->error, "errors", e);
    if (save & SAVE_CODE)
        s->code = mem_array(own * (size_t)s->code_size, sizeof *s->code, "codes", e);
    if (save & SAVE_RECONSTRUCTION)
        s->reconstruction = mem_array(own * columns, sizeof *s->reconstruction, "reconstructions", e);
    if (save & SAVE_FEATURE_ERROR)
        s->feature_error = mem_array(own * columns, sizeof *s->feature_error, "feature errors", e);
    return e->count ? -1 : 0;
}

int scores_compute(const struct team *team, const struct model *m, const real *w, const struct dataset *d,
    const struct row_error *error, unsigned save, struct scores *out, struct err *e)
{
    *out = (struct scores){.data = d, .columns = d->columns, .code_size = shape_size(&m->code)};
    pass_range(team->comm, d->rows, &out->first, &out->last);
    allocate(out, save, e);
    struct workspace **ws = team_workspaces_new(team, m, PASS_ROWS, false, e);
    if (comm_agree(team->comm, e) != 0) {
        team_workspaces_free(team, &ws);
        scores_free(out);
        return -1;
    }
    struct visit v = {m, w, error, out};
    bool is_cut = !pass_run(&(struct row_pass){team, m, w, d, ws}, visit_rows, &v);
    team_workspaces_free(team, &ws);
    if (comm_max(team->comm, is_cut) > 0) {
        scores_free(out);
        return 1;
    }
    comm_join_to_root(team->comm, out->error, (size_t)d->rows * sizeof *out->error);
    return 0;
}

void scores_free(struct scores *s)
{
    free(s->error);
    free(s->code);
    free(s->reconstruction);
    free(s->feature_error);
    *s = (struct scores){0};
}

// Keeps the rows with the largest errors so far, in order of their errors. A new row is simply inserted: few rows have
// an error large enough.
#include "apply/explain.h"

#include "apply/member_rows.h"
#include "apply/original_rows.h"
#include "apply/score_pass.h"
#include "apply/score_places.h"
#include "base/err.h"
#include "base/mem.h"
#include "comm/comm.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct explainer {
    const struct explain_query *query;
    struct explained_rows *out;
};

void explained_row_free(struct explained_row *r)
{
    free(r->file);
    free(r->id);
    free(r->time);
    free(r->x);
    free(r->y);
    free(r->value);
    free(r->expected);
    free(r->member_x);
    free(r->member_y);
    *r = (struct explained_row){0};
}

void explained_rows_free(struct explained_rows *r)
{
    for (int i = 0; i < r->n; i++)
        explained_row_free(&r->v[i]);
    free(r->v);
    blame_free(&r->blame);
    for (int i = 0; i < r->n_members; i++)
        blame_free(&r->member_blame[i]);
    free(r->member_blame);
    *r = (struct explained_rows){0};
}

void explained_rows_blame(struct explained_rows *r, const struct trained_model *t)
{
    blame_init(&r->blame, t);
    r->n_members = t->ensemble ? t->ensemble->n : 0;
    r->member_blame = mem_new((size_t)r->n_members + 1, sizeof *r->member_blame);
    for (int i = 0; i < r->n_members; i++)
        blame_init(&r->member_blame[i], &t->members[i]);
}

// Returns true if the query names a row.
static bool names_row(const struct explain_query *q)
{
    return q->id || q->row >= 0;
}

static bool is_named_row(const struct explain_query *q, const struct score_place *place)
{
    if (q->row >= 0 && place->row != q->row)
        return false;
    return !q->id || (place->id.text && strcmp(place->id.text, q->id) == 0);
}

static char *copy_row_text(const struct row_text *t)
{
    return t->text ? mem_text(t->text) : NULL;
}

static float *copy_floats(const float *from, int n)
{
    return memcpy(mem_new((size_t)n, sizeof *from), from, (size_t)n * sizeof *from);
}

void explained_row_set(
    const struct score_pass *p, int64_t i, const struct score_place *place, struct explained_row *out)
{
    *out = (struct explained_row){.row = place->row,
        .place = p->apply.first + i,
        .file = place->file ? mem_text(place->file) : NULL,
        .id = copy_row_text(&place->id),
        .time = copy_row_text(&place->time),
        .group = score_place_group(p, i),
        .error = (double)p->apply.output[SCORE_ERROR].piece[i],
        .x = copy_floats(p->apply.output[p->values].piece + i * p->columns, p->columns),
        .y = copy_floats(p->apply.output[p->reconstruction].piece + i * p->columns, p->columns)};
}

// Inserts row i of the piece among the rows that are kept. If there are enough already, it replaces the one with the
// smallest error.
static void keep_row(struct score_pass *p, int64_t i, const struct score_place *place, double error)
{
    struct explainer *x = p->sink->context;
    struct explained_rows *out = x->out;
    int at = out->n;

    ASSERT(out->n <= x->query->count, "%d rows", out->n);
    if (out->n == x->query->count)
        explained_row_free(&out->v[--at]);
    else
        out->n++;
    for (; at > 0 && error > out->v[at - 1].error; at--)
        out->v[at] = out->v[at - 1];

    explained_row_set(p, i, place, &out->v[at]);
}

static int begin_explaining(struct score_pass *p, struct err *e)
{
    struct explainer *x = p->sink->context;
    (void)e;

    x->out->v = mem_new((size_t)x->query->count, sizeof *x->out->v);
    return 0;
}

// Keeps the rows of a piece that the query asks for. Rows without an error are kept only if the query names them.
static int explain_piece(struct score_pass *p, int64_t first, int64_t rows, struct err *e)
{
    struct explainer *x = p->sink->context;
    struct explained_rows *out = x->out;
    bool is_named = names_row(x->query);
    struct score_place place;

    if (score_places_read(p, first, rows, e) != 0)
        return -1;
    for (int64_t i = 0; i < rows; i++) {
        double error = (double)p->apply.output[SCORE_ERROR].piece[i];
        bool is_full = out->n == x->query->count;
        if (!is_named && (isnan(error) || (is_full && error <= out->v[out->n - 1].error)))
            continue;
        score_place_of(p, i, &place);
        if (is_named && !is_named_row(x->query, &place))
            continue;
        out->found++;
        if (!is_full || error > out->v[out->n - 1].error)
            keep_row(p, i, &place, error);
    }
    if (original_rows_add(p, out->v, out->n, e) != 0)
        return -1;
    return member_rows_add(p, out->v, out->n, e);
}

static int finish_explaining(struct score_pass *p, struct err *e)
{
    const struct explainer *x = p->sink->context;
    const struct explain_query *q = x->query;
    const struct score_naming naming = score_naming_of(p);

    if (x->out->n || !names_row(q))
        return 0;
    if (q->id && !naming.has_id)
        return err_add(e, ERR_USAGE,
            "%s: --id: the rows have no ids; hint: --id-column names the column of a CSV file "
            "that has them",
            p->name);
    if (q->id)
        return err_add(
            e, ERR_USAGE, "%s: --id: found no row '%s' among %lld", p->name, q->id, (long long)p->apply.rows);
    return err_add(e, ERR_USAGE, "%s: --row: found %lld, allowed: 0 to %lld", p->name, (long long)q->row,
        (long long)p->apply.rows - 1);
}

int explain_rows(const struct team *team, const struct score_job *job, const struct explain_query *query,
    struct explained_rows *out, struct score_outcome *outcome, struct err *e)
{
    struct explainer x = {query, out};
    const struct score_sink sink = {.begin = begin_explaining,
        .piece = explain_piece,
        .finish = finish_explaining,
        .needs_rows = true,
        .context = &x};

    ASSERT(query->count > 0 && query->count <= EXPLAIN_MOST, "%lld rows", (long long)query->count);
    *out = (struct explained_rows){0};
    explained_rows_blame(out, job->model);
    return score_pass_run(team, job, &sink, outcome, e);
}

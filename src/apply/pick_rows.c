// The data passes through the model once, in pieces. From each piece, the rows that are wished for are copied.
#include "apply/pick_rows.h"

#include "apply/blame.h"
#include "apply/explain.h"
#include "apply/member_rows.h"
#include "apply/original_rows.h"
#include "apply/score_pass.h"
#include "apply/score_places.h"
#include "base/err.h"
#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

struct row_picker {
    const struct row_wishes *wishes;
    struct explained_row *found; // (wishes), borrowed: the row for each wish; its x is NULL: none so far
    struct explained_rows *out;
};

// Copies row i of the piece for wish k, unless there is a row with a larger error already.
static void take_wished(struct score_pass *p, int k, int64_t i, const struct score_place *place)
{
    const struct row_picker *picker = p->sink->context;
    struct explained_row *r = &picker->found[k];
    double error = (double)p->apply.output[SCORE_ERROR].piece[i];

    if (isnan(error) || (r->x && error <= r->error))
        return;
    explained_row_free(r);
    explained_row_set(p, i, place, r);
}

static void pick_from_rows(struct score_pass *p, int64_t first, int64_t rows)
{
    const struct row_picker *picker = p->sink->context;
    struct score_place place;

    for (int k = 0; k < picker->wishes->n; k++) {
        int64_t i = picker->wishes->v[k].place - first;
        if (i < 0 || i >= rows)
            continue;
        score_place_of(p, i, &place);
        take_wished(p, k, i, &place);
    }
}

// Takes the windows of a piece that cover wished time steps. All windows of a piece are of one file.
static void pick_from_windows(struct score_pass *p, int64_t rows)
{
    const struct row_picker *picker = p->sink->context;
    const int64_t length = p->member->fit.window.length;
    const int file = p->rows ? p->series.file : 0;
    struct score_place place;

    for (int64_t i = 0; i < rows; i++) {
        score_place_of(p, i, &place);
        for (int k = 0; k < picker->wishes->n; k++) {
            const struct row_wish *w = &picker->wishes->v[k];
            if (w->file == file && place.row <= w->row && w->row < place.row + length)
                take_wished(p, k, i, &place);
        }
    }
}

static int begin_picking(struct score_pass *p, struct err *e)
{
    (void)p, (void)e;
    return 0;
}

static int pick_from_piece(struct score_pass *p, int64_t first, int64_t rows, struct err *e)
{
    const struct row_picker *picker = p->sink->context;

    if (score_places_read(p, first, rows, e) != 0)
        return -1;
    if (p->member->fit.window.length)
        pick_from_windows(p, rows);
    else
        pick_from_rows(p, first, rows);
    if (original_rows_add(p, picker->found, picker->wishes->n, e) != 0)
        return -1;
    return member_rows_add(p, picker->found, picker->wishes->n, e);
}

static bool has_place(const struct explained_rows *rows, int64_t place)
{
    for (int i = 0; i < rows->n; i++)
        if (rows->v[i].place == place)
            return true;
    return false;
}

// Moves the rows that were found to the result, in the order of the wishes. Leaves out a window that an earlier wish
// already has.
static int finish_picking(struct score_pass *p, struct err *e)
{
    const struct row_picker *picker = p->sink->context;
    struct explained_rows *out = picker->out;
    (void)e;

    for (int k = 0; k < picker->wishes->n; k++) {
        struct explained_row r = picker->found[k];
        picker->found[k] = (struct explained_row){0};
        if (r.x && !has_place(out, r.place))
            out->v[out->n++] = r;
        else
            explained_row_free(&r);
    }
    out->found = out->n;
    return 0;
}

int pick_rows(const struct team *team, const struct score_job *job, const struct row_wishes *wishes,
    struct explained_rows *out, struct score_outcome *outcome, struct err *e)
{
    struct row_picker picker = {.wishes = wishes, .out = out};
    const struct score_sink sink = {.begin = begin_picking,
        .piece = pick_from_piece,
        .finish = finish_picking,
        .needs_rows = true,
        .context = &picker};

    ASSERT(wishes->n > 0, "%d wishes", wishes->n);
    *out = (struct explained_rows){.v = mem_new((size_t)wishes->n, sizeof *out->v)};
    picker.found = mem_new((size_t)wishes->n, sizeof *picker.found);
    explained_rows_blame(out, job->model);
    int rc = score_pass_run(team, job, &sink, outcome, e);

    for (int k = 0; k < wishes->n; k++) // left over after a failure
        explained_row_free(&picker.found[k]);
    free(picker.found);
    return rc;
}

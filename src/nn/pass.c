// Forward and backward passes over the rows of one worker.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include <math.h>
#include <string.h>

// The activation that the model applies behind layer i: none where the loss wants the logits.
static enum activation activation_of(const struct model *m, int i)
{
    return m->has_logits && i == m->n_layers - 1 ? LINEAR : m->layers[i].activation;
}

// Softmax goes over the last dimension, all else over everything at once.
static void activate(enum activation f, int rows, const struct shape *s, real *y)
{
    size_t n = (size_t)rows * (size_t)shape_size(s), stretch = f == SOFTMAX ? (size_t)s->dims[s->rank - 1] : n;
    for (size_t at = 0; at < n; at += stretch)
        kernels()->activate(f, stretch, y + at);
}

// y: the output, or what the activation was given where its slope needs that
static void activate_backward(enum activation f, int rows, const struct shape *s, const real *y, real *dy)
{
    size_t n = (size_t)rows * (size_t)shape_size(s), stretch = f == SOFTMAX ? (size_t)s->dims[s->rank - 1] : n;
    for (size_t at = 0; at < n; at += stretch)
        kernels()->activate_backward(f, stretch, y + at, dy + at);
}

static bool has_activity(const struct layer *l)
{
    return l->activity.l1 > 0 || l->activity.beta > 0;
}

static struct pass pass_of(const real *w, struct workspace *ws, int rows, const real *x, int i)
{
    return (struct pass){.rows = rows,
        .w = w,
        .x = i           ? ws->y[i - 1]
             : ws->input ? ws->input
                         : x,
        .y = ws->y[i],
        .kept = ws->kept[i],
        .number = i,
        .step = &ws->step,
        .penalty = &ws->penalty,
        .ws = ws};
}

void gradient_done(struct workspace *ws, size_t first)
{
    if (first >= ws->gradient_left)
        return;
    if (ws->gradient_done)
        ws->gradient_done(ws->context, first, ws->gradient_left - first);
    ws->gradient_left = first;
}

int block_part_rows(const struct block *b)
{
    enum { PART = 1 << 18 };
    int parts = (int)((b->count + PART - 1) / PART), rows = b->rank > 1 ? b->dims[0] : 1;
    return parts > 1 ? (rows + parts - 1) / parts : rows;
}

static void take_input(const struct model *m, struct workspace *ws, int rows, const real *x)
{
    size_t n = (size_t)rows * (size_t)shape_size(&m->input);
    for (size_t i = 0; i < n; i++)
        ws->input[i] = isnan(x[i]) ? 0 : x[i];
}

// Passes layers `first`, ... on what the layer before has put out.
static void pass_forward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, int first)
{
    ws->is_final = false;
    for (int i = first; i < m->n_layers; i++) {
        const struct layer *l = &m->layers[i];
        int units = shape_size(&l->out);
        struct pass p = pass_of(w, ws, rows, x, i);
        l->type->forward(l, &p);
        if (ws->z[i])
            memcpy(ws->z[i], ws->y[i], (size_t)rows * (size_t)units * sizeof(real));
        activate(activation_of(m, i), rows, &l->out, ws->y[i]);
        if (has_activity(l) && ws->step.trains)
            ws->penalty += activity_penalty(&l->activity, rows, units, ws->y[i]);
    }
}

real *model_forward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x)
{
    ASSERT(rows <= ws->rows, "%d rows in a workspace of %d", rows, ws->rows);
    ws->penalty = 0;
    if (ws->input)
        take_input(m, ws, rows, x);
    pass_forward(m, w, ws, rows, x, 0);
    return ws->y[m->n_layers - 1];
}

void model_recode(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x)
{
    pass_forward(m, w, ws, rows, x, m->n_encoder - 1);
}

const real *model_code(const struct model *m, const struct workspace *ws)
{
    return ws->y[m->n_encoder - 1];
}

double model_backward(
    const struct model *m, const real *w, struct workspace *ws, int rows, int batch_rows, const real *x, real *dw)
{
    int features = shape_size(&m->input);
    real scale = 1 / ((real)batch_rows * (ws->step.sums ? 1 : (real)features));
    real *dy = ws->dy, *dx = ws->dx;
    ws->gradient_left = m->parameters;
    struct loss_batch batch = model_loss_batch(m, ws, rows, x);
    batch.scale = scale;
    batch.dy = dy;
    double loss = model_take_loss(m, m->loss, &batch);
    for (int i = m->n_layers - 1; i >= m->first_trained; i--) {
        const struct layer *l = &m->layers[i];
        int units = shape_size(&l->out);
        if (has_activity(l) && ws->step.trains)
            activity_backward(&l->activity, rows, batch_rows, units, ws->y[i], dy);
        activate_backward(activation_of(m, i), rows, &l->out, ws->z[i] ? ws->z[i] : ws->y[i], dy);
        struct pass p = pass_of(w, ws, rows, x, i);
        p.dy = dy;
        p.dx = i > m->first_trained ? dx : NULL;
        p.dw = dw;
        p.batch_rows = batch_rows;
        l->type->backward(l, &p);
        if (l->n_blocks)
            gradient_done(ws, l->blocks[0].offset);
        real *t = dy;
        dy = dx;
        dx = t;
    }
    gradient_done(ws, 0);
    return (ws->step.sums ? loss * features : loss) + ws->penalty;
}

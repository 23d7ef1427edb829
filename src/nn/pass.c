// Forward and backward passes over the rows of one worker.
//
// Layers compute their output before the activation; the passes apply the activation. In the backward pass, two buffers
// (ws->dy, ws->dx) take turns: the dx of a layer is the dy of the layer before it. The gradients of parameters become
// complete from the end of the flat vector to its beginning, because blocks are in the order of the layers. Each
// complete part is reported (gradient_done), so that ranks can add it up while the pass continues.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include <math.h>
#include <string.h>

// Returns the activation to apply after layer i. It is linear if the loss takes the logits of the layer.
static enum activation activation_after(const struct model *m, int i)
{
    return m->has_logits && i == m->n_layers - 1 ? LINEAR : m->layers[i].activation;
}

// Returns how many values one call of an activation takes: for softmax those of the last dimension, for any other
// activation all n.
static size_t activation_stretch(enum activation f, const struct shape *s, size_t n)
{
    return f == SOFTMAX ? (size_t)s->dims[s->rank - 1] : n;
}

static void apply_activation(enum activation f, int rows, const struct shape *s, real *y)
{
    size_t n = (size_t)rows * (size_t)shape_size(s), stretch = activation_stretch(f, s, n);
    for (size_t at = 0; at < n; at += stretch)
        kernels()->activate(f, stretch, y + at);
}

// dy := dy times the slope of the activation. y is the output of the activation, or its input if the slope is computed
// from the input.
static void apply_slope(enum activation f, int rows, const struct shape *s, const real *y, real *dy)
{
    size_t n = (size_t)rows * (size_t)shape_size(s), stretch = activation_stretch(f, s, n);
    for (size_t at = 0; at < n; at += stretch)
        kernels()->activate_backward(f, stretch, y + at, dy + at);
}

static bool has_activity(const struct layer *l)
{
    return l->activity.l1 > 0 || l->activity.beta > 0;
}

static const real *layer_input(const struct workspace *ws, const real *x, int i)
{
    if (i > 0)
        return ws->y[i - 1];
    return ws->input ? ws->input : x;
}

static struct pass layer_pass(const real *w, struct workspace *ws, int rows, const real *x, int i)
{
    return (struct pass){.rows = rows,
        .w = w,
        .x = layer_input(ws, x, i),
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
    enum { PART = 1 << 18 }; // largest number of parameters in a part, up to rounding to whole rows
    int parts = (int)((b->count + PART - 1) / PART), rows = b->rank > 1 ? b->dims[0] : 1;
    return parts > 1 ? (rows + parts - 1) / parts : rows;
}

// ws->input := x, with 0 in place of missing values
static void fill_missing(const struct model *m, struct workspace *ws, int rows, const real *x)
{
    size_t n = (size_t)rows * (size_t)shape_size(&m->input);
    for (size_t i = 0; i < n; i++)
        ws->input[i] = isnan(x[i]) ? 0 : x[i];
}

// Passes rows through the layers from number `first` on. Layer 0 reads x, any other the output of the layer before it.
static void pass_forward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, int first)
{
    ASSERT(rows >= 0 && rows <= ws->rows, "%d rows in a workspace of %d", rows, ws->rows);
    ASSERT(first >= 0 && first < m->n_layers, "layer %d of %d", first, m->n_layers);
    ws->is_final = false;

    for (int i = first; i < m->n_layers; i++) {
        const struct layer *l = &m->layers[i];
        int units = shape_size(&l->out);
        struct pass p = layer_pass(w, ws, rows, x, i);

        l->type->forward(l, &p);
        if (ws->z[i])
            memcpy(ws->z[i], ws->y[i], (size_t)rows * (size_t)units * sizeof(real));
        apply_activation(activation_after(m, i), rows, &l->out, ws->y[i]);
        if (has_activity(l) && ws->step.trains)
            ws->penalty += activity_penalty(&l->activity, rows, units, ws->y[i]);
    }
}

real *model_forward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x)
{
    ASSERT(rows >= 0 && rows <= ws->rows, "%d rows in a workspace of %d", rows, ws->rows);
    ASSERT(!ws->input == !m->ignores_missing, "the model changed after its workspace was made");
    ws->penalty = 0;
    ws->w = w;
    if (ws->input)
        fill_missing(m, ws, rows, x);

    pass_forward(m, w, ws, rows, x, 0);
    return ws->y[m->n_layers - 1];
}

void model_recode(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x)
{
    ASSERT(!ws->step.trains, "a draw is no training");
    pass_forward(m, w, ws, rows, x, m->n_encoder - 1);
}

const real *model_code(const struct model *m, const struct workspace *ws)
{
    ASSERT(m->n_encoder >= 1 && m->n_encoder <= m->n_layers, "%d of %d layers", m->n_encoder, m->n_layers);
    return ws->y[m->n_encoder - 1];
}

// Sets the gradients of blocks that training does not change to 0.
static void clear_fixed_gradients(const struct layer *l, real *dw)
{
    for (int i = 0; i < l->n_blocks; i++)
        if (l->blocks[i].source != SOURCE_NONE)
            memset(dw + l->blocks[i].offset, 0, l->blocks[i].count * sizeof *dw);
}

static void layer_backward(const struct model *m, int i, const struct pass *p, real *dy)
{
    const struct layer *l = &m->layers[i];
    const struct workspace *ws = p->ws;

    if (has_activity(l) && ws->step.trains)
        activity_backward(&l->activity, p->rows, p->batch_rows, shape_size(&l->out), ws->y[i], dy);
    apply_slope(activation_after(m, i), p->rows, &l->out, ws->z[i] ? ws->z[i] : ws->y[i], dy);
    clear_fixed_gradients(l, p->dw);
    l->type->backward(l, p);
}

// Returns the sum of the losses of the rows. Writes the gradient of the losses, times `scale`, to ws->dy.
static double take_batch_loss(const struct model *m, const struct workspace *ws, int rows, const real *x, real scale)
{
    if (!model_reconstructs(m))
        return code_loss(m, ws, rows, scale, NULL, ws->dy);

    struct loss_batch batch = model_loss_batch(m, ws, rows, x);
    batch.scale = scale;
    batch.dy = ws->dy;
    return model_take_loss(m, m->loss, &batch);
}

// Passes the gradient in ws->dy back through the layers from the last one to `first`. If `is_wanted`, returns the
// gradient with respect to the input of layer `first`; otherwise returns NULL.
static const real *pass_backward(const struct model *m, struct pass at, int first, bool is_wanted)
{
    struct workspace *ws = at.ws;
    real *dy = ws->dy, *dx = ws->dx;

    for (int i = m->n_layers - 1; i >= first; i--) {
        const struct layer *l = &m->layers[i];
        struct pass p = layer_pass(at.w, ws, at.rows, at.x, i);
        p.dy = dy;
        p.dx = i > first || is_wanted ? dx : NULL;
        p.dw = at.dw;
        p.batch_rows = ws->step.batch_rows;

        layer_backward(m, i, &p, dy);
        if (l->n_blocks)
            gradient_done(ws, l->blocks[0].offset);
        real *t = dy;
        dy = dx;
        dx = t;
    }
    return is_wanted ? dy : NULL;
}

const real *pass_input_gradient(
    const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, real *dw)
{
    ASSERT(m->n_layers > 1 && ws->dy && ws->dx, "%d layers", m->n_layers);

    take_batch_loss(m, ws, rows, x, 1);
    ws->gradient_left = 0; // nothing is left to be reported
    return pass_backward(m, (struct pass){.rows = rows, .w = w, .x = x, .dw = dw, .ws = ws}, 1, true);
}

double model_backward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, real *dw)
{
    const int features = model_outputs(m), batch_rows = ws->step.batch_rows;
    ASSERT(ws->dy && ws->dx, "a workspace without buffers of the backward pass");
    ASSERT(rows >= 0 && rows <= batch_rows, "%d rows of a batch of %d", rows, batch_rows);

    const real scale = 1 / ((real)batch_rows * (ws->step.sums ? 1 : (real)features));
    double loss = take_batch_loss(m, ws, rows, x, scale);

    ws->gradient_left = m->parameters;
    pass_backward(m, (struct pass){.rows = rows, .w = w, .x = x, .dw = dw, .ws = ws}, m->first_trained, false);
    for (int i = 0; i < m->first_trained; i++)
        clear_fixed_gradients(&m->layers[i], dw);
    gradient_done(ws, 0);

    return (ws->step.sums ? loss * features : loss) + ws->penalty;
}

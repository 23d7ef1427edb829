// Forward and backward passes over the rows of one worker, in buffers that were made once.
#include "nn/nn_impl.h"

#include "base/mem.h"
#include "kernels/kernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const loss_names[] = {"mse", "mae", "binary_crossentropy", NULL};
const char *const error_names[] = {"mse", "mae", "l2", "binary_crossentropy", NULL};

static size_t aligned(size_t n)
{
    return (n + 15) / 16 * 16;
}

static size_t widest(const struct model *m)
{
    size_t width = (size_t)shape_size(&m->input);
    for (int i = 0; i < m->n_layers; i++)
        if ((size_t)shape_size(&m->layers[i].out) > width)
            width = (size_t)shape_size(&m->layers[i].out);
    return width;
}

static size_t workspace_length(const struct model *m, int rows, bool trains)
{
    size_t r = (size_t)rows, n = aligned(r * (size_t)shape_size(&m->input));
    for (int i = 0; i < m->n_layers; i++)
        n += aligned(r * (size_t)shape_size(&m->layers[i].out));
    return n + (trains ? 2 * aligned(r * widest(m)) : 0);
}

size_t workspace_bytes(const struct model *m, int rows, bool trains)
{
    return workspace_length(m, rows, trains) * sizeof(real);
}

struct workspace *workspace_new(const struct model *m, int rows, bool trains, struct err *e)
{
    real *all = mem_array(workspace_length(m, rows, trains), sizeof *all, "the workspace of a worker", e);
    if (!all)
        return NULL;
    struct workspace *ws = mem_new(1, sizeof *ws);
    *ws = (struct workspace){.rows = rows, .all = all, .y = mem_new((size_t)m->n_layers, sizeof *ws->y)};
    size_t r = (size_t)rows;
    ws->x = all;
    all += aligned(r * (size_t)shape_size(&m->input));
    for (int i = 0; i < m->n_layers; i++) {
        ws->y[i] = all;
        all += aligned(r * (size_t)shape_size(&m->layers[i].out));
    }
    if (trains) {
        ws->dy = all;
        ws->dx = all + aligned(r * widest(m));
    }
    return ws;
}

void workspace_free(struct workspace **ws)
{
    if (!*ws)
        return;
    free((*ws)->all);
    free((*ws)->y);
    free(*ws);
    *ws = NULL;
}

// The activation that the model applies behind layer i: none where the loss wants the logits.
static enum activation activation_of(const struct model *m, int i)
{
    return m->has_logits && i == m->n_layers - 1 ? LINEAR : m->layers[i].activation;
}

real *model_forward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x)
{
    ASSERT(rows <= ws->rows, "%d rows in a workspace of %d", rows, ws->rows);
    for (int i = 0; i < m->n_layers; i++) {
        const struct layer *l = &m->layers[i];
        struct pass p = {.rows = rows, .w = w, .x = i ? ws->y[i - 1] : x, .y = ws->y[i]};
        l->type->forward(l, &p);
        kernels()->activate(activation_of(m, i), (size_t)rows * (size_t)shape_size(&l->out), ws->y[i]);
    }
    return ws->y[m->n_layers - 1];
}

const real *model_code(const struct model *m, const struct workspace *ws)
{
    return ws->y[m->n_encoder - 1];
}

static double loss_pass(
    const struct model *m, const struct workspace *ws, int rows, const real *x, real scale, real *dy, float *row)
{
    const struct kernels *k = kernels();
    double (*loss)(int, int, const real *, const real *, real, real *, float *) = m->loss == LOSS_MSE ? k->mse
                                                                                  : m->loss == LOSS_MAE
                                                                                      ? k->mae
                                                                                      : k->cross_entropy;
    return loss(rows, shape_size(&m->input), ws->y[m->n_layers - 1], x, scale, dy, row);
}

double model_backward(
    const struct model *m, const real *w, struct workspace *ws, int rows, int batch_rows, const real *x, real *dw)
{
    real scale = 1 / ((real)batch_rows * (real)shape_size(&m->input));
    real *dy = ws->dy, *dx = ws->dx;
    double loss = loss_pass(m, ws, rows, x, scale, dy, NULL);
    for (int i = m->n_layers - 1; i >= 0; i--) {
        const struct layer *l = &m->layers[i];
        kernels()->activate_backward(activation_of(m, i), (size_t)rows * (size_t)shape_size(&l->out), ws->y[i], dy);
        struct pass p = {
            .rows = rows, .w = w, .x = i ? ws->y[i - 1] : x, .y = ws->y[i], .dy = dy, .dx = i ? dx : NULL, .dw = dw};
        l->type->backward(l, &p);
        real *t = dy;
        dy = dx;
        dx = t;
    }
    return loss;
}

double model_loss(const struct model *m, const struct workspace *ws, int rows, const real *x, float *row)
{
    return loss_pass(m, ws, rows, x, 0, NULL, row);
}

const real *model_reconstruct(const struct model *m, struct workspace *ws, int rows)
{
    real *y = ws->y[m->n_layers - 1];
    if (m->has_logits)
        kernels()->activate(SIGMOID, (size_t)rows * (size_t)shape_size(&m->input), y);
    return y;
}

void model_errors(const struct model *m, struct workspace *ws, int rows, const real *x, enum error error, float *row)
{
    int features = shape_size(&m->input);
    if (error == ERROR_BINARY_CROSSENTROPY) {
        kernels()->cross_entropy(rows, features, ws->y[m->n_layers - 1], x, 0, NULL, row);
        return;
    }
    const real *y = model_reconstruct(m, ws, rows);
    if (error == ERROR_MAE)
        kernels()->mae(rows, features, y, x, 0, NULL, row);
    else
        kernels()->mse(rows, features, y, x, 0, NULL, row);
    if (error == ERROR_L2)
        for (int i = 0; i < rows; i++)
            row[i] = (float)sqrt((double)row[i] * features);
}

const char *model_refuses_error(const struct model *m, enum error error)
{
    return error == ERROR_BINARY_CROSSENTROPY && !m->has_logits
               ? "binary_crossentropy as an error needs a model that is trained with loss binary_crossentropy"
               : NULL;
}

// The buffers of one worker: made once, laid out in one piece of memory.
#include "nn/nn_impl.h"

#include "base/mem.h"
#include <stdlib.h>

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

static size_t kept_length(const struct layer *l, size_t rows)
{
    return aligned(rows * l->kept + l->kept_once);
}

static size_t z_length(const struct layer *l, size_t rows, bool trains)
{
    return trains && activation_needs_input(l->activation) ? aligned(rows * (size_t)shape_size(&l->out)) : 0;
}

static size_t workspace_length(const struct model *m, int rows, bool trains)
{
    size_t r = (size_t)rows, n = aligned(r * (size_t)shape_size(&m->input)) * (m->ignores_missing ? 2 : 1);
    for (int i = 0; i < m->n_layers; i++)
        n += aligned(r * (size_t)shape_size(&m->layers[i].out)) + kept_length(&m->layers[i], r) +
             z_length(&m->layers[i], r, trains);
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
    *ws = (struct workspace){.rows = rows,
        .all = all,
        .y = mem_new((size_t)m->n_layers, sizeof *ws->y),
        .z = mem_new((size_t)m->n_layers, sizeof *ws->z),
        .kept = mem_new((size_t)m->n_layers, sizeof *ws->kept)};
    size_t r = (size_t)rows;
    ws->x = all;
    all += aligned(r * (size_t)shape_size(&m->input));
    if (m->ignores_missing) {
        ws->input = all;
        all += aligned(r * (size_t)shape_size(&m->input));
    }
    for (int i = 0; i < m->n_layers; i++) {
        ws->y[i] = all;
        all += aligned(r * (size_t)shape_size(&m->layers[i].out));
        ws->kept[i] = all;
        all += kept_length(&m->layers[i], r);
        ws->z[i] = z_length(&m->layers[i], r, trains) ? all : NULL;
        all += z_length(&m->layers[i], r, trains);
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
    free((*ws)->z);
    free((*ws)->kept);
    free(*ws);
    *ws = NULL;
}

// Allocates the buffers of one worker in one piece of memory, each on a boundary of 64 bytes.
#include "nn/nn_impl.h"

#include "base/mem.h"
#include "kernels/kernels.h"
#include <stdlib.h>

static size_t aligned_length(size_t n)
{
    return (n + 15) / 16 * 16;
}

static size_t widest_layer(const struct model *m)
{
    size_t width = (size_t)shape_size(&m->input);
    for (int i = 0; i < m->n_layers; i++)
        if ((size_t)shape_size(&m->layers[i].out) > width)
            width = (size_t)shape_size(&m->layers[i].out);
    return width;
}

static size_t kept_length(const struct layer *l, size_t rows)
{
    return aligned_length(rows * l->kept + l->kept_once);
}

static size_t z_length(const struct layer *l, size_t rows, bool trains)
{
    return trains && activation_needs_input(l->activation) ? aligned_length(rows * (size_t)shape_size(&l->out)) : 0;
}

static size_t workspace_length(const struct model *m, int rows, bool trains)
{
    size_t r = (size_t)rows, x = aligned_length(r * (size_t)shape_size(&m->input));
    size_t n = m->ignores_missing ? 2 * x : x;

    for (int i = 0; i < m->n_layers; i++)
        n += aligned_length(r * (size_t)shape_size(&m->layers[i].out)) + kept_length(&m->layers[i], r) +
             z_length(&m->layers[i], r, trains);
    return trains ? n + 2 * aligned_length(r * widest_layer(m)) : n;
}

size_t workspace_bytes(const struct model *m, int rows, bool trains)
{
    return workspace_length(m, rows, trains) * sizeof(real);
}

// Takes the next n reals from the memory that is left, and returns them.
static real *take_buffer(real **left, size_t n)
{
    real *taken = *left;
    *left += n;
    return taken;
}

struct workspace *workspace_new(const struct model *m, int rows, bool trains, struct err *e)
{
    const size_t length = workspace_length(m, rows, trains), r = (size_t)rows;
    const size_t width = aligned_length(r * widest_layer(m)), x = aligned_length(r * (size_t)shape_size(&m->input));
    ASSERT(rows > 0 && m->n_layers > 0, "%d rows, %d layers", rows, m->n_layers);

    real *all = mem_array(length, sizeof *all, "the workspace of a worker", e);
    if (!all)
        return NULL;
    struct workspace *ws = mem_new(1, sizeof *ws);
    *ws = (struct workspace){.rows = rows,
        .all = all,
        .y = mem_new((size_t)m->n_layers, sizeof *ws->y),
        .z = mem_new((size_t)m->n_layers, sizeof *ws->z),
        .kept = mem_new((size_t)m->n_layers, sizeof *ws->kept)};

    ws->x = take_buffer(&all, x);
    ws->input = m->ignores_missing ? take_buffer(&all, x) : NULL;
    for (int i = 0; i < m->n_layers; i++) {
        const struct layer *l = &m->layers[i];
        size_t z = z_length(l, r, trains);
        ws->y[i] = take_buffer(&all, aligned_length(r * (size_t)shape_size(&l->out)));
        ws->kept[i] = take_buffer(&all, kept_length(l, r));
        ws->z[i] = z ? take_buffer(&all, z) : NULL;
    }
    if (trains) {
        ws->dy = take_buffer(&all, width);
        ws->dx = take_buffer(&all, width);
    }
    ASSERT(all == ws->all + length, "%zd of %zu reals used", all - ws->all, length);

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

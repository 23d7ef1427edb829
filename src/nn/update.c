// What a step does to the flat parameter vector: penalties, the optimizer, running statistics.
#include "nn/nn_impl.h"

// Blocks are visited where they meet the stretch [first, first + n) of the vector.
struct stretch {
    size_t first, n;
};

static struct stretch meet(const struct block *b, struct stretch s)
{
    size_t from = b->offset > s.first ? b->offset : s.first;
    size_t end = b->offset + b->count, last = s.first + s.n, to = end < last ? end : last;
    return (struct stretch){from, from < to ? to - from : 0};
}

static void penalize(const struct block *b, struct stretch all, const real *w, real *g)
{
    struct stretch s = meet(b, all);
    if (s.n > 0 && (b->l1 > 0 || b->l2 > 0))
        kernels()->penalize(s.n, w + (s.first - all.first), (real)b->l1, (real)b->l2, g + (s.first - all.first));
}

static void move_statistic(const struct block *b, struct stretch all, real *w, const real *g)
{
    struct stretch s = meet(b, all);
    real momentum = (real)b->momentum;
    for (size_t i = s.first - all.first; i < s.first - all.first + s.n; i++)
        w[i] = momentum * w[i] + (1 - momentum) * g[i];
}

// The optimizer on what lies between the statistics.
static void step_weights(const struct model *m, const struct optimizer *o, const struct update *u, struct stretch all,
    real *w, real *g, real *const state[OPTIMIZER_MAX_SLOTS])
{
    size_t at = all.first, last = all.first + all.n;
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++) {
            const struct block *b = &m->layers[i].blocks[k];
            struct stretch s = meet(b, all);
            if (!b->is_statistic || s.n == 0)
                continue;
            real *shifted[OPTIMIZER_MAX_SLOTS] = {0};
            for (int j = 0; j < optimizer_slots(o); j++)
                shifted[j] = state[j] + (at - all.first);
            optimizer_apply(o, u, s.first - at, w + (at - all.first), g + (at - all.first), shifted);
            move_statistic(b, all, w, g);
            at = s.first + s.n;
        }
    real *shifted[OPTIMIZER_MAX_SLOTS] = {0};
    for (int j = 0; j < optimizer_slots(o); j++)
        shifted[j] = state[j] + (at - all.first);
    optimizer_apply(o, u, last - at, w + (at - all.first), g + (at - all.first), shifted);
}

void model_penalize(const struct model *m, size_t first, size_t n, const real *w, real *g)
{
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++)
            penalize(&m->layers[i].blocks[k], (struct stretch){first, n}, w, g);
}

double model_square_sum(const struct model *m, size_t first, size_t n, const real *g)
{
    double sum = 0;
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++) {
            const struct block *b = &m->layers[i].blocks[k];
            struct stretch s = meet(b, (struct stretch){first, n});
            if (s.n > 0 && !b->is_statistic)
                sum += kernels()->square_sum(s.n, g + (s.first - first));
        }
    return sum;
}

void model_step(const struct model *m, const struct optimizer *o, const struct update *u, size_t first, size_t n,
    real *w, real *g, real *const state[OPTIMIZER_MAX_SLOTS])
{
    if (m->has_statistics)
        step_weights(m, o, u, (struct stretch){first, n}, w, g, state);
    else
        optimizer_apply(o, u, n, w, g, state);
}

void model_update(const struct model *m, const struct optimizer *o, const struct update *u, size_t first, size_t n,
    real *w, real *g, real *const state[OPTIMIZER_MAX_SLOTS])
{
    model_penalize(m, first, n, w, g);
    model_step(m, o, u, first, n, w, g, state);
}

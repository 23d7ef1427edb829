// Applies a training step to a range of the flat parameter vector: the penalties on weights, the optimizer, and running
// statistics.
//
// Threads and ranks cut the vector anywhere, so a range may begin or end inside a block. Of each block, only the part
// inside the range is processed. Cuts do not change any bit of the result, because everything works element by element.
// The exception is model_square_sum, whose callers always cut at the same places.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"

// Elements [at, at + n) of a range of parameters.
struct range_part {
    size_t at, n;
};

// Returns the part of the range [first, first + n) of the vector that block b covers. It is relative to `first`.
static struct range_part meet_block(const struct block *b, size_t first, size_t n)
{
    size_t from = b->offset > first ? b->offset : first;
    size_t end = b->offset + b->count < first + n ? b->offset + b->count : first + n;
    return (struct range_part){from - first, from < end ? end - from : 0};
}

// Visits all blocks of a model, in the order of the vector.
#define FOR_EACH_BLOCK(m, b)                                                           \
    for (const struct layer *l_ = (m)->layers; l_ < (m)->layers + (m)->n_layers; l_++) \
        for (const struct block *b = l_->blocks; b < l_->blocks + l_->n_blocks; b++)

void model_penalize(const struct model *m, size_t first, size_t n, const real *w, real *g)
{
    ASSERT(first + n <= m->parameters, "%zu + %zu of %zu", first, n, m->parameters);
    FOR_EACH_BLOCK(m, b)
    {
        struct range_part part = meet_block(b, first, n);
        if (part.n > 0 && (b->l1 > 0 || b->l2 > 0))
            kernels()->penalize(part.n, w + part.at, (real)b->l1, (real)b->l2, g + part.at);
    }
}

double model_square_sum(const struct model *m, size_t first, size_t n, const real *g)
{
    double sum = 0;
    ASSERT(first + n <= m->parameters, "%zu + %zu of %zu", first, n, m->parameters);

    FOR_EACH_BLOCK(m, b)
    {
        struct range_part part = meet_block(b, first, n);
        if (part.n > 0 && !b->is_statistic)
            sum += kernels()->square_sum(part.n, g + part.at);
    }
    return sum;
}

static void move_statistic(double momentum, size_t n, real *w, const real *g)
{
    const real kept = (real)momentum;
    for (size_t i = 0; i < n; i++)
        w[i] = kept * w[i] + (1 - kept) * g[i];
}

// Updates elements [at, end) of the range with the optimizer.
static void step_weights(
    const struct optimizer *o, const struct update *u, const struct parameter_range *r, size_t at, size_t end)
{
    real *state[OPTIMIZER_MAX_SLOTS] = {0};
    ASSERT(at <= end && end <= r->n, "[%zu, %zu) of %zu", at, end, r->n);

    for (int i = 0; i < optimizer_slots(o); i++)
        state[i] = r->state[i] + at;
    optimizer_apply(o, u, end - at, r->w + at, r->g + at, state);
}

void model_step(
    const struct model *m, const struct optimizer *o, const struct update *u, const struct parameter_range *r)
{
    size_t at = 0; // the first element that was not updated so far
    ASSERT(r->first + r->n <= m->parameters, "%zu + %zu of %zu", r->first, r->n, m->parameters);

    FOR_EACH_BLOCK(m, b)
    {
        struct range_part part = meet_block(b, r->first, r->n);
        if (!b->is_statistic || part.n == 0)
            continue;
        step_weights(o, u, r, at, part.at);
        move_statistic(b->momentum, part.n, r->w + part.at, r->g + part.at);
        at = part.at + part.n;
    }
    step_weights(o, u, r, at, r->n);
}

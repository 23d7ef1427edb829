// Draws the random numbers of layers. The numbers of a row depend only on the seed, the epoch, the number of the sample
// and the layer, so they are the same on any thread and rank.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"

// Returns a purpose for the layer's random numbers. No other layer has the same purpose.
static uint32_t layer_purpose(const struct pass *p, enum random_purpose purpose)
{
    return (uint32_t)purpose | (uint32_t)p->number << 8;
}

void pass_uniform(const struct pass *p, enum random_purpose purpose, int row, size_t n, real *x)
{
    const struct step *s = p->step;
    ASSERT(row >= 0 && row < p->rows, "row %d of %d", row, p->rows);
    kernels()->random_uniform(n, s->seed, layer_purpose(p, purpose), s->epoch, (uint32_t)s->sample[row], x);
}

void pass_normal(const struct pass *p, enum random_purpose purpose, int row, size_t n, real *x)
{
    const struct step *s = p->step;
    ASSERT(row >= 0 && row < p->rows, "row %d of %d", row, p->rows);
    kernels()->random_normal(n, s->seed, layer_purpose(p, purpose), s->epoch, (uint32_t)s->sample[row], x);
}

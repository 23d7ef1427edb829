// Initial weights: Glorot and Bengio 2010, He et al. 2015, uniform and normal (truncated at two deviations, as in
// Keras).
#include "nn/nn_impl.h"

#include "base/random.h"
#include <math.h>
#include <string.h>

enum initializer { ZEROS, GLOROT_UNIFORM, GLOROT_NORMAL, HE_UNIFORM, HE_NORMAL };
const char *const initializer_names[] = {"zeros", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", NULL};

// A standard normal number truncated at two deviations: Box-Muller, the first of four (then of four more) that is
// inside.
static double truncated_normal(uint64_t seed, uint32_t block, uint64_t index)
{
    for (uint32_t attempt = 0;; attempt++) {
        struct random_block r = random_at(seed, RANDOM_WEIGHTS, block << 8 | attempt, index);
        for (int i = 0; i < 4; i += 2) {
            double radius = sqrt(-2 * log(((double)r.v[i] + 0.5) * 0x1p-32));
            double angle = 2 * M_PI * ((double)r.v[i + 1] * 0x1p-32);
            if (fabs(radius * cos(angle)) < 2)
                return radius * cos(angle);
            if (fabs(radius * sin(angle)) < 2)
                return radius * sin(angle);
        }
    }
}

static double uniform(uint64_t seed, uint32_t block, uint64_t index)
{
    return 2 * ((double)random_at(seed, RANDOM_WEIGHTS, block << 8, index).v[0] + 0.5) * 0x1p-32 - 1;
}

static void initialize_block(const struct block *b, uint64_t seed, uint32_t number, real *w)
{
    static const double truncated_deviation = 0.87962566103423978; // of the standard normal cut at two deviations
    bool is_he = b->initializer == HE_UNIFORM || b->initializer == HE_NORMAL;
    double variance = is_he ? 2.0 / b->fan_in : 2.0 / (b->fan_in + b->fan_out);
    for (size_t i = 0; i < b->count; i++)
        switch ((enum initializer)b->initializer) {
        case ZEROS:
            w[i] = 0;
            break;
        case GLOROT_UNIFORM:
        case HE_UNIFORM:
            w[i] = (real)(sqrt(3 * variance) * uniform(seed, number, i));
            break;
        case GLOROT_NORMAL:
        case HE_NORMAL:
            w[i] = (real)(sqrt(variance) / truncated_deviation * truncated_normal(seed, number, i));
            break;
        }
}

void model_initialize(const struct model *m, uint64_t seed, real *w)
{
    uint32_t number = 0;
    memset(w, 0, m->parameters * sizeof *w);
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++)
            initialize_block(&m->layers[i].blocks[k], seed, number++, w + m->layers[i].blocks[k].offset);
}

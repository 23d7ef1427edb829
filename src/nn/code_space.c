// Computes the squared Mahalanobis distance of a code from the mean code of the training rows (Mahalanobis 1936). The
// mean and the whitening matrix are fixed blocks of the last layer, which training sets when it ends.
#include "nn/nn_impl.h"

#include "base/mem.h"
#include "kernels/kernels.h"
#include <stdlib.h>

const struct block *model_find_block(const struct model *m, enum block_source source)
{
    const struct layer *last = &m->layers[m->n_layers - 1];

    for (int i = 0; i < last->n_blocks; i++)
        if (last->blocks[i].source == source)
            return &last->blocks[i];
    return NULL;
}

const struct block *model_code_mean(const struct model *m)
{
    return model_find_block(m, SOURCE_CODE_MEAN);
}

const struct block *model_code_whitening(const struct model *m)
{
    return model_find_block(m, SOURCE_CODE_WHITENING);
}

void model_add_code_space(struct model *m)
{
    struct layer *last = &m->layers[m->n_layers - 1];
    const int K = shape_size(&m->code);
    ASSERT(!model_code_mean(m) && K <= CODE_SPACE_MAX, "%d values", K);

    struct block *mean = layer_add_fixed(last, "code_mean", SOURCE_CODE_MEAN, K);
    struct block *whitening = layer_add_fixed(last, "code_whitening", SOURCE_CODE_WHITENING, K * K);
    mean->axes[0] = "code";
    whitening->rank = 2;
    whitening->dims[0] = whitening->dims[1] = K;
    whitening->axes[0] = "code";
    whitening->axes[1] = "direction";
    model_place_block(m, mean);
    model_place_block(m, whitening);
}

void mahalanobis_errors(const struct model *m, const struct workspace *ws, int rows, float *row)
{
    const struct block *mean = model_code_mean(m), *whitening = model_code_whitening(m);
    const size_t K = (size_t)shape_size(&m->code), n = (size_t)rows * K;
    const real *code = ws->y[m->n_encoder - 1], *center = ws->w + mean->offset;
    real *d = mem_new(2 * n, sizeof *d), *z = d + n;

    for (size_t i = 0; i < n; i++)
        d[i] = code[i] - center[i % K];
    gemm((struct gemm_shape){false, false, rows, (int)K, (int)K}, d, ws->w + whitening->offset, 0, z);

    for (size_t i = 0; i < (size_t)rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < K; j++)
            sum += (double)z[i * K + j] * (double)z[i * K + j];
        row[i] = (float)sum;
    }
    free(d);
}

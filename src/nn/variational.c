// Finds out which models are variational, and how far their codes are from the standard normal distribution. The draws
// themselves are passes from the code on (model_recode in pass.c).
#include "nn/nn_impl.h"

static bool is_gaussian(const struct layer *l)
{
    return l->type == &gaussian_layer;
}

bool model_is_variational(const struct model *m)
{
    int n = 0;
    for (int i = 0; i < m->n_layers; i++)
        n += is_gaussian(&m->layers[i]);
    return n == 1 && is_gaussian(&m->layers[m->n_encoder - 1]);
}

void model_divergence(const struct model *m, const struct workspace *ws, int rows, float *row)
{
    int code = m->n_encoder - 1;
    ASSERT(model_is_variational(m), "no layer gaussian at the code");
    ASSERT(rows >= 0 && rows <= ws->rows, "%d rows in a workspace of %d", rows, ws->rows);
    gaussian_divergence(&m->layers[code], rows, ws->kept[code], row);
}

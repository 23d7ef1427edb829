// Losses of a batch and reconstruction errors of samples.
#include "nn/nn_impl.h"

#include <math.h>

const char *const loss_names[] = {"mse", "mae", "binary_crossentropy", NULL};
const char *const error_names[] = {"mse", "mae", "l2", "binary_crossentropy", NULL};

double loss_pass(
    const struct model *m, const struct workspace *ws, int rows, const real *x, real scale, real *dy, float *row)
{
    const struct kernels *k = kernels();
    double (*loss)(int, int, const real *, const real *, real, real *, float *) = m->loss == LOSS_MSE ? k->mse
                                                                                  : m->loss == LOSS_MAE
                                                                                      ? k->mae
                                                                                      : k->cross_entropy;
    return loss(rows, shape_size(&m->input), ws->y[m->n_layers - 1], x, scale, dy, row);
}

double model_loss(const struct model *m, const struct workspace *ws, int rows, const real *x, float *row)
{
    return loss_pass(m, ws, rows, x, 0, NULL, row);
}

const real *model_reconstruct(const struct model *m, struct workspace *ws, int rows)
{
    real *y = ws->y[m->n_layers - 1];
    if (m->has_logits && !ws->is_final)
        kernels()->activate(SIGMOID, (size_t)rows * (size_t)shape_size(&m->layers[m->n_layers - 1].out), y);
    ws->is_final = true;
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

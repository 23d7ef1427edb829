// Losses of a batch and reconstruction errors of samples.
#include "nn/nn_impl.h"

#include <math.h>

#define PI 3.14159265358979323846

const char *const loss_names[] = {
    "mse", "mae", "binary_crossentropy", "huber", "log_cosh", "cosine", "gaussian_nll", NULL};
const char *const error_names[] = {
    "mse", "mae", "l2", "binary_crossentropy", "elbo", "reconstruction_probability", NULL};

// How each loss compares output and target.
static const enum term loss_terms[] = {[LOSS_MSE] = TERM_MSE,
    [LOSS_MAE] = TERM_MAE,
    [LOSS_BINARY_CROSSENTROPY] = TERM_CROSS_ENTROPY,
    [LOSS_HUBER] = TERM_HUBER,
    [LOSS_LOG_COSH] = TERM_LOG_COSH,
    [LOSS_COSINE] = TERM_COSINE,
    [LOSS_GAUSSIAN_NLL] = TERM_GAUSSIAN_NLL};

// gaussian_nll is without the constant log(2 pi) / 2, as PyTorch's.
double loss_pass(
    const struct model *m, const struct workspace *ws, int rows, const real *x, real scale, real *dy, float *row)
{
    const enum term term = loss_terms[m->loss];
    const struct loss_batch batch = {.M = rows,
        .O = shape_size(&m->input),
        .y = ws->y[m->n_layers - 1],
        .t = x,
        .weight = m->feature_weights,
        .p = (real)(m->loss == LOSS_GAUSSIAN_NLL ? m->variance : m->delta),
        .scale = scale,
        .dy = dy,
        .row = row};

    if (m->ignores_missing || m->feature_weights)
        return kernels()->observed(term, &batch);
    return kernels()->loss[term](&batch);
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
    static const enum term terms[] = {[ERROR_MSE] = TERM_MSE,
        [ERROR_MAE] = TERM_MAE,
        [ERROR_L2] = TERM_MSE,
        [ERROR_BINARY_CROSSENTROPY] = TERM_CROSS_ENTROPY};
    const struct loss_batch batch = {.M = rows,
        .O = shape_size(&m->input),
        .y = error == ERROR_BINARY_CROSSENTROPY ? ws->y[m->n_layers - 1] : model_reconstruct(m, ws, rows),
        .t = x,
        .row = row};

    if (m->ignores_missing)
        kernels()->observed(terms[error], &batch);
    else
        kernels()->loss[terms[error]](&batch);
    if (error == ERROR_L2)
        for (int i = 0; i < rows; i++)
            row[i] = (float)sqrt((double)row[i] * batch.O);
}

void model_nll(const struct model *m, struct workspace *ws, int rows, const real *x, float *row)
{
    bool is_bernoulli = m->loss == LOSS_BINARY_CROSSENTROPY;
    double features = shape_size(&m->input), each = is_bernoulli ? 0 : log(2 * PI * m->variance) / 2,
           factor = is_bernoulli ? 1 : 1 / (2 * m->variance);
    model_errors(m, ws, rows, x, is_bernoulli ? ERROR_BINARY_CROSSENTROPY : ERROR_MSE, row);
    for (int i = 0; i < rows; i++)
        row[i] = (float)(features * (each + factor * (double)row[i]));
}

bool model_error_is_cross_entropy(const struct model *m, enum error error)
{
    return error == ERROR_BINARY_CROSSENTROPY || (error_is_variational(error) && m->loss == LOSS_BINARY_CROSSENTROPY);
}

static bool has_likelihood(enum loss loss)
{
    return loss == LOSS_BINARY_CROSSENTROPY || loss == LOSS_MSE || loss == LOSS_GAUSSIAN_NLL;
}

const char *model_refuses_error(const struct model *m, enum error error)
{
    if (error_is_variational(error) && !model_is_variational(m))
        return "elbo and reconstruction_probability as errors need a variational model, whose code is a layer gaussian "
               "and its only one";
    if (error_is_variational(error) && !has_likelihood(m->loss))
        return "elbo and reconstruction_probability as errors need a loss that is a likelihood, allowed: "
               "binary_crossentropy, mse, gaussian_nll";
    if (error == ERROR_BINARY_CROSSENTROPY && !m->has_logits)
        return "binary_crossentropy as an error needs a model that is trained with loss binary_crossentropy";
    return NULL;
}

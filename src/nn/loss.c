// Losses of a batch and reconstruction errors of samples: prepares the input of the loops in kernels/loop_loss.c.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include "nn/neighbours.h"
#include <math.h>

#define PI 3.14159265358979323846

#define LOSS_NAME(CONSTANT, name, p, is_likelihood) #name,
const char *const loss_names[] = {LOSSES(LOSS_NAME) NULL};
const char *const error_names[] = {
    "mse", "mae", "l2", "binary_crossentropy", "elbo", "reconstruction_probability", "neighbours", NULL};

enum loss_parameter { PARAMETER_NONE, PARAMETER_DELTA, PARAMETER_VARIANCE };
#define LOSS_PARAMETER(CONSTANT, name, p, is_likelihood) PARAMETER_##p,
static const enum loss_parameter parameters[] = {LOSSES(LOSS_PARAMETER)};

enum loss_likelihood { LIKELIHOOD_NO, LIKELIHOOD_YES };
#define LOSS_LIKELIHOOD(CONSTANT, name, p, is_likelihood) LIKELIHOOD_##is_likelihood,
static const enum loss_likelihood likelihoods[] = {LOSSES(LOSS_LIKELIHOOD)};

// The names of those that are likelihoods, each with ", " behind it.
#define NAME_IF_NO(name)
#define NAME_IF_YES(name)                                 #name ", "
#define LIKELIHOOD_NAME(CONSTANT, name, p, is_likelihood) NAME_IF_##is_likelihood(name)

static double loss_parameter(const struct model *m)
{
    switch (parameters[m->loss]) {
    case PARAMETER_DELTA:
        return m->delta;
    case PARAMETER_VARIANCE:
        return m->variance;
    case PARAMETER_NONE:
        break;
    }
    return 0;
}

struct loss_batch model_loss_batch(const struct model *m, const struct workspace *ws, int rows, const real *x)
{
    ASSERT(rows >= 0 && rows <= ws->rows, "%d rows in a workspace of %d", rows, ws->rows);
    ASSERT(!ws->is_final || !m->has_logits, "the logits became the reconstruction");
    return (struct loss_batch){.M = rows,
        .O = shape_size(&m->input),
        .y = ws->y[m->n_layers - 1],
        .t = x,
        .weight = m->feature_weights,
        .p = (real)loss_parameter(m)};
}

double model_take_loss(const struct model *m, enum loss loss, const struct loss_batch *b)
{
    const struct kernels *k = kernels();
    ASSERT((unsigned)loss < LOSS_COUNT, "loss %d", (int)loss);
    return m->ignores_missing || b->weight ? k->observed[loss](b) : k->loss[loss](b);
}

double model_loss(const struct model *m, const struct workspace *ws, int rows, const real *x, float *row)
{
    struct loss_batch batch = model_loss_batch(m, ws, rows, x);
    batch.row = row;
    return model_take_loss(m, m->loss, &batch);
}

const real *model_reconstruct(const struct model *m, struct workspace *ws, int rows)
{
    const struct layer *last = &m->layers[m->n_layers - 1];
    real *y = ws->y[m->n_layers - 1];
    ASSERT(rows >= 0 && rows <= ws->rows, "%d rows in a workspace of %d", rows, ws->rows);

    if (m->has_logits && !ws->is_final)
        kernels()->activate(SIGMOID, (size_t)rows * (size_t)shape_size(&last->out), y);
    ws->is_final = true;
    return y;
}

void model_errors(const struct model *m, struct workspace *ws, int rows, const real *x, enum error error, float *row)
{
    // The loss that an error is, of one without draws.
    static const enum loss losses[] = {[ERROR_MSE] = LOSS_MSE,
        [ERROR_MAE] = LOSS_MAE,
        [ERROR_L2] = LOSS_MSE,
        [ERROR_BINARY_CROSSENTROPY] = LOSS_BINARY_CROSSENTROPY};
    ASSERT(
        !error_is_variational(error) && error != ERROR_NEIGHBOURS, "error %d is not of a reconstruction", (int)error);
    ASSERT(error != ERROR_BINARY_CROSSENTROPY || (m->has_logits && !ws->is_final), "cross-entropy without logits");

    if (error != ERROR_BINARY_CROSSENTROPY)
        model_reconstruct(m, ws, rows);
    const struct loss_batch batch = {
        .M = rows, .O = shape_size(&m->input), .y = ws->y[m->n_layers - 1], .t = x, .row = row};
    model_take_loss(m, losses[error], &batch);

    if (error == ERROR_L2)
        for (int i = 0; i < rows; i++)
            row[i] = (float)sqrt((double)row[i] * batch.O);
}

void model_nll(const struct model *m, struct workspace *ws, int rows, const real *x, float *row)
{
    bool is_bernoulli = m->loss == LOSS_BINARY_CROSSENTROPY;
    double features = shape_size(&m->input), each = 0, factor = 1;
    ASSERT(likelihoods[m->loss] == LIKELIHOOD_YES, "loss %s", loss_names[m->loss]);

    if (!is_bernoulli) {
        each = log(2 * PI * m->variance) / 2;
        factor = 1 / (2 * m->variance);
    }
    model_errors(m, ws, rows, x, is_bernoulli ? ERROR_BINARY_CROSSENTROPY : ERROR_MSE, row);
    for (int i = 0; i < rows; i++)
        row[i] = (float)(features * (each + factor * (double)row[i]));
}

bool model_error_is_cross_entropy(const struct model *m, enum error error)
{
    return error == ERROR_BINARY_CROSSENTROPY || (error_is_variational(error) && m->loss == LOSS_BINARY_CROSSENTROPY);
}

const char *model_refuses_error(const struct model *m, enum error error)
{
    if (error == ERROR_NEIGHBOURS && !model_is_fitted(m))
        return "neighbours as an error needs model.neighbours";
    if (error_is_variational(error) && !model_is_variational(m))
        return "elbo and reconstruction_probability as errors need a variational model, whose code is a layer gaussian "
               "and its only one";
    if (error_is_variational(error) && likelihoods[m->loss] != LIKELIHOOD_YES)
        return "elbo and reconstruction_probability as errors need a loss that is a likelihood, allowed: " LOSSES(
            LIKELIHOOD_NAME) "and no other";
    if (error == ERROR_BINARY_CROSSENTROPY && !m->has_logits)
        return "binary_crossentropy as an error needs a model that is trained with loss binary_crossentropy";
    return NULL;
}

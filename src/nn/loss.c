// Computes losses of a batch and reconstruction errors of samples: prepares the input of the loops in
// kernels/loop_loss.c.
#include "nn/nn_impl.h"

#include "base/mem.h"
#include "kernels/kernels.h"
#include "nn/neighbours.h"
#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

#define LOSS_NAME(CONSTANT, name, p, is_likelihood) #name,
const char *const loss_names[] = {LOSSES(LOSS_NAME) NULL};
const char *const error_names[] = {"mse", "mae", "l2", "binary_crossentropy", "elbo", "reconstruction_probability",
    "neighbours", "noise_level", "distance", "code_mahalanobis", NULL};

enum loss_parameter { PARAMETER_NONE, PARAMETER_DELTA, PARAMETER_VARIANCE };
#define LOSS_PARAMETER(CONSTANT, name, p, is_likelihood) PARAMETER_##p,
static const enum loss_parameter parameters[] = {LOSSES(LOSS_PARAMETER)};

enum loss_likelihood { LIKELIHOOD_NO, LIKELIHOOD_YES };
#define LOSS_LIKELIHOOD(CONSTANT, name, p, is_likelihood) LIKELIHOOD_##is_likelihood,
static const enum loss_likelihood likelihoods[] = {LOSSES(LOSS_LIKELIHOOD)};

// These macros list the names of the losses that are likelihoods, each followed by ", ".
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
    if (!model_reconstructs(m))
        return code_loss(m, ws, rows, 0, row, NULL);

    struct loss_batch batch = model_loss_batch(m, ws, rows, x);
    batch.row = row;
    return model_take_loss(m, m->loss, &batch);
}

const real *model_reconstruct(const struct model *m, struct workspace *ws, int rows)
{
    const struct layer *last = &m->layers[m->n_layers - 1];
    real *y = ws->y[m->n_layers - 1];
    ASSERT(rows >= 0 && rows <= ws->rows, "%d rows in a workspace of %d", rows, ws->rows);
    ASSERT(model_reconstructs(m), "kind %s", model_kind_names[m->kind]);

    if (m->has_logits && !ws->is_final)
        kernels()->activate(SIGMOID, (size_t)rows * (size_t)shape_size(&last->out), y);
    ws->is_final = true;
    return y;
}

// Returns the loss from which an error that needs no draws is computed; l2 is computed from squares.
static enum loss loss_of_error(enum error error)
{
    static const enum loss losses[] = {[ERROR_MSE] = LOSS_MSE,
        [ERROR_MAE] = LOSS_MAE,
        [ERROR_L2] = LOSS_MSE,
        [ERROR_BINARY_CROSSENTROPY] = LOSS_BINARY_CROSSENTROPY};
    ASSERT((size_t)error < sizeof losses / sizeof *losses, "error %d", (int)error);
    return losses[error];
}

void model_errors(const struct model *m, struct workspace *ws, int rows, const real *x, enum error error, float *row)
{
    if (error == ERROR_CODE_MAHALANOBIS) {
        mahalanobis_errors(m, ws, rows, row);
        return;
    }
    if (!model_reconstructs(m)) {
        code_errors(m, ws, rows, error, row);
        return;
    }
    ASSERT(
        !error_is_variational(error) && error != ERROR_NEIGHBOURS, "error %d is not of a reconstruction", (int)error);
    ASSERT(error != ERROR_BINARY_CROSSENTROPY || (m->has_logits && !ws->is_final), "cross-entropy without logits");

    if (error != ERROR_BINARY_CROSSENTROPY)
        model_reconstruct(m, ws, rows);
    const struct loss_batch batch = {
        .M = rows, .O = shape_size(&m->input), .y = ws->y[m->n_layers - 1], .t = x, .row = row};
    model_take_loss(m, loss_of_error(error), &batch);

    if (error == ERROR_L2)
        for (int i = 0; i < rows; i++)
            row[i] = (float)sqrt((double)row[i] * batch.O);
}

void model_swapped_errors(
    const struct model *m, struct workspace *ws, int rows, enum error error, double *sum, double *count)
{
    const size_t O = (size_t)shape_size(&m->input);
    const real *target = swap_noise_targets(&m->layers[0], rows, ws->kept[0]);
    float *row = mem_new((size_t)rows, sizeof *row);

    if (error != ERROR_BINARY_CROSSENTROPY)
        model_reconstruct(m, ws, rows);
    const struct loss_batch batch = {.M = rows, .O = (int)O, .y = ws->y[m->n_layers - 1], .t = target, .row = row};
    kernels()->observed[loss_of_error(error)](&batch);

    for (int i = 0; i < rows; i++) {
        int n = 0;
        for (size_t j = 0; j < O; j++)
            n += !isnan(target[(size_t)i * O + j]);
        sum[i] += (double)row[i] * n;
        count[i] += n;
    }
    free(row);
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
    if (m->kind == KIND_NOISE_LEVEL && error != ERROR_NOISE_LEVEL)
        return "a model of kind noise_level has no reconstruction, allowed: error noise_level";
    if (m->kind == KIND_SVDD && error != ERROR_DISTANCE && error != ERROR_CODE_MAHALANOBIS)
        return "a model of kind svdd has no reconstruction, allowed: error distance or code_mahalanobis";
    if (error == ERROR_CODE_MAHALANOBIS && model_is_fitted(m))
        return "code_mahalanobis as an error needs a network: model.neighbours has no codes";
    if (error == ERROR_CODE_MAHALANOBIS && !model_code_mean(m))
        return "code_mahalanobis needs a model that was trained with score.error code_mahalanobis, which stores what the "
               "codes of its training rows are like";
    if (m->kind != KIND_NOISE_LEVEL && error == ERROR_NOISE_LEVEL)
        return "noise_level as an error needs a model of kind noise_level";
    if (m->kind != KIND_SVDD && error == ERROR_DISTANCE)
        return "distance as an error needs a model of kind svdd";

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

// Computes losses and errors of models without a decoder. Their code is the result: the noise level of a sample, as in
// diffusion time estimation (Livernoche et al. 2024), or a point near a fixed center, as in Deep SVDD (Ruff et al.
// 2018).
#include "nn/nn_impl.h"

// The targets of the codes: value j of row i is at[i * row_step + j].
struct code_target {
    const real *at;
    size_t row_step;
};

static struct code_target code_target_of(const struct model *m, const struct workspace *ws, int rows)
{
    ASSERT(!model_reconstructs(m), "a model with a decoder");
    if (m->kind == KIND_SVDD)
        return (struct code_target){ws->w + model_find_block(m, SOURCE_CENTER)->offset, 0};
    ASSERT(ws->step.trains || ws->step.corrupts, "a pass without noise");
    return (struct code_target){gaussian_noise_log_levels(&m->layers[0], rows, ws->kept[0]), 1};
}

double code_loss(const struct model *m, const struct workspace *ws, int rows, real scale, float *row, real *dy)
{
    const struct code_target target = code_target_of(m, ws, rows);
    const size_t O = (size_t)shape_size(&m->code);
    const real *y = ws->y[m->n_layers - 1];
    double total = 0;

    for (size_t i = 0; i < (size_t)rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < O; j++) {
            real d = y[i * O + j] - target.at[i * target.row_step + j];
            sum += (double)(d * d);
            if (dy)
                dy[i * O + j] = scale * 2 * d;
        }
        if (row)
            row[i] = (float)(sum / (double)O);
        total += sum / (double)O;
    }
    return total;
}

void code_errors(const struct model *m, const struct workspace *ws, int rows, enum error error, float *row)
{
    const size_t O = (size_t)shape_size(&m->code);
    const real *y = ws->y[m->n_layers - 1];

    if (error == ERROR_NOISE_LEVEL) {
        ASSERT(O == 1, "%zu values", O);
        for (int i = 0; i < rows; i++)
            row[i] = (float)y[i];
        return;
    }

    ASSERT(error == ERROR_DISTANCE, "error %d", (int)error);
    code_loss(m, ws, rows, 0, row, NULL);
    for (int i = 0; i < rows; i++)
        row[i] *= (float)O;
}

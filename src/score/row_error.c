// Computes the error of each row from one reconstruction or from many: one per drawn code of a variational model, or
// one per noisy copy of the row.
#include "score/score.h"

#include "nn/neighbours.h"
#include "nn/nn.h"
#include <math.h>

struct row_error row_error_of(const struct score_config *c, const struct train_config *t)
{
    return (struct row_error){(enum error)c->error, (int)c->samples, (uint64_t)t->seed, (enum copies)c->noise};
}

// Sets sum (rows) to the sum of -log p(x | code) over the drawn codes.
static void sum_sample_errors(const struct row_error *r, const struct model *m, const real *w, struct workspace *ws,
    const struct row_chunk *chunk, double *sum)
{
    int rows = chunk->rows;
    int32_t sample[PASS_ROWS];
    float nll[PASS_ROWS];

    for (int i = 0; i < rows; i++)
        sample[i] = (int32_t)(chunk->first + i);
    ws->step = (struct step){.draws = true, .seed = r->seed, .sample = sample};

    for (int k = 0; k < r->samples; k++) {
        ws->step.epoch = (uint32_t)k;
        model_recode(m, w, ws, rows, chunk->x);
        model_nll(m, ws, rows, chunk->x, nll);
        for (int i = 0; i < rows; i++)
            sum[i] = (k ? sum[i] : 0) + (double)nll[i];
    }
    ws->step = (struct step){0};
}

// Sets row (rows) to the mean error of the values of each row. A value counts only in the noisy copies in which it was
// replaced. Finally passes the rows themselves forward.
static void average_swapped_errors(const struct row_error *r, const struct model *m, const real *w,
    struct workspace *ws, const struct row_chunk *chunk, float *row)
{
    int rows = chunk->rows, levels = model_noise_levels(m);
    int32_t sample[PASS_ROWS];
    double sum[PASS_ROWS] = {0}, count[PASS_ROWS] = {0};

    for (int i = 0; i < rows; i++)
        sample[i] = (int32_t)(chunk->first + i);
    for (int k = 0; k < levels * r->samples; k++) {
        ws->step = (struct step){.corrupts = true,
            .level = 1 + k % levels,
            .seed = r->seed,
            .epoch = (uint32_t)(k / levels),
            .sample = sample};
        model_forward(m, w, ws, rows, chunk->x);
        model_swapped_errors(m, ws, rows, r->error, sum, count);
    }

    for (int i = 0; i < rows; i++) {
        double mean = count[i] > 0 ? sum[i] / count[i] : 0;
        row[i] = (float)(r->error == ERROR_L2 ? sqrt(mean * shape_size(&m->input)) : mean);
    }
    ws->step = (struct step){0};
    model_forward(m, w, ws, rows, chunk->x);
}

// Sets row (rows) to the mean error of the noisy copies of each row. Finally passes the rows themselves forward.
static void average_noisy_errors(const struct row_error *r, const struct model *m, const real *w, struct workspace *ws,
    const struct row_chunk *chunk, float *row)
{
    int rows = chunk->rows, levels = model_noise_levels(m), copies = levels * r->samples;
    int32_t sample[PASS_ROWS];
    double sum[PASS_ROWS] = {0};

    ASSERT(copies > 0, "%d levels of noise, %d samples", levels, r->samples);
    for (int i = 0; i < rows; i++)
        sample[i] = (int32_t)(chunk->first + i);
    for (int k = 0; k < copies; k++) {
        ws->step = (struct step){
            .corrupts = true, .level = 1 + k % levels, .seed = r->seed, .epoch = (uint32_t)k, .sample = sample};
        model_forward(m, w, ws, rows, chunk->x);
        model_errors(m, ws, rows, chunk->x, r->error, row);
        for (int i = 0; i < rows; i++)
            sum[i] += (double)row[i];
    }

    for (int i = 0; i < rows; i++)
        row[i] = (float)(sum[i] / copies);
    ws->step = (struct step){0};
    model_forward(m, w, ws, rows, chunk->x);
}

static void compute_row_errors(const struct row_error *r, const struct model *m, const real *w, struct workspace *ws,
    const struct row_chunk *chunk, float *row)
{
    int rows = chunk->rows;
    double sum[PASS_ROWS];
    float divergence[PASS_ROWS];

    ASSERT(rows >= 0 && rows <= PASS_ROWS && rows <= ws->rows, "%d rows", rows);
    if (r->error == ERROR_NEIGHBOURS) {
        neighbours_errors(m, w, ws, rows, row);
        return;
    }
    if (r->copies == COPIES_NOISY && model_swaps_values(m)) {
        average_swapped_errors(r, m, w, ws, chunk, row);
        return;
    }
    if (r->copies == COPIES_NOISY) {
        average_noisy_errors(r, m, w, ws, chunk, row);
        return;
    }
    if (!error_is_variational(r->error)) {
        model_errors(m, ws, rows, chunk->x, r->error, row);
        return;
    }

    ASSERT(r->samples >= 1 && model_is_variational(m), "%d samples", r->samples);
    sum_sample_errors(r, m, w, ws, chunk, sum);
    model_divergence(m, ws, rows, divergence);
    for (int i = 0; i < rows; i++)
        row[i] = (float)(sum[i] / r->samples + (r->error == ERROR_ELBO ? (double)divergence[i] : 0));
    model_recode(m, w, ws, rows, chunk->x);
}

static bool has_any_value(const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            return true;
    return false;
}

void row_errors(const struct row_error *r, const struct model *m, const real *w, struct workspace *ws,
    const struct row_chunk *chunk, float *row)
{
    const size_t columns = (size_t)shape_size(&m->input);

    compute_row_errors(r, m, w, ws, chunk, row);
    if (!m->ignores_missing || r->error == ERROR_NOISE_LEVEL || error_is_variational(r->error))
        return;

    // Some errors compare no values, but what the layers make of 0 in place of the missing ones.
    for (int i = 0; i < chunk->rows; i++)
        if (!has_any_value(chunk->x + (size_t)i * columns, columns))
            row[i] = 0;
}

void row_errors_mark(const int8_t *is_unscored, int rows, float *row)
{
    for (int i = 0; i < rows; i++) {
        if (is_unscored && is_unscored[i])
            row[i] = NAN;
        else if (isnan(row[i]))
            row[i] = INFINITY;
    }
}

void row_values_mark(const int8_t *is_unscored, int rows, int64_t width, float *values)
{
    for (int i = 0; values && is_unscored && i < rows; i++)
        for (int64_t k = 0; is_unscored[i] && k < width; k++)
            values[i * width + k] = NAN;
}

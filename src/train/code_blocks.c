// Sets the blocks of a model that describe the codes of its training rows, for errors that compare codes. Training sets
// them when it ends.
#include "train/train_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/data_sample.h"
#include <math.h>
#include <stdlib.h>

enum { CODE_ROWS = 20000 }; // uses the codes of at most this many rows, evenly spaced

// This share of the mean variance is added to each variance, so that directions in which training codes hardly vary do
// not decide everything.
#define LEAST_VARIANCE 1e-3

struct row_codes {
    const struct model *model;
    const struct dataset *rows;
    size_t size;
    float *code; // (rows, size), owned
};

static void take_chunk_codes(void *context, struct workspace *ws, const struct row_chunk *chunk)
{
    const struct row_codes *c = context;
    const real *code = model_code(c->model, ws);

    for (size_t i = 0; i < (size_t)chunk->rows * c->size; i++)
        c->code[(size_t)chunk->first * c->size + i] = (float)code[i];
}

// Sets mean (K), which is 0 before, to the mean code.
static void average_codes(const struct row_codes *c, double *mean)
{
    for (int64_t i = 0; i < c->rows->rows; i++)
        for (size_t j = 0; j < c->size; j++)
            mean[j] += (double)c->code[(size_t)i * c->size + j];
    for (size_t j = 0; j < c->size; j++)
        mean[j] /= (double)c->rows->rows;
}

// Sets covariance (K, K), which is 0 before, to the covariance of the codes.
static void correlate_codes(const struct row_codes *c, const double *mean, double *covariance)
{
    const size_t K = c->size;
    double *d = mem_new(K, sizeof *d);

    for (int64_t i = 0; i < c->rows->rows; i++) {
        for (size_t j = 0; j < K; j++)
            d[j] = (double)c->code[(size_t)i * K + j] - mean[j];
        for (size_t j = 0; j < K; j++)
            for (size_t k = 0; k <= j; k++)
                covariance[j * K + k] += d[j] * d[k];
    }
    for (size_t j = 0; j < K; j++)
        for (size_t k = 0; k <= j; k++)
            covariance[k * K + j] = covariance[j * K + k] /= (double)c->rows->rows;
    free(d);
}

// Sets column j of whitening (K, K) to eigenvector j, divided by the standard deviation of the codes along it. The rows
// of `vectors` are the eigenvectors, and `values` are the variances along them. Every variance is raised first
// (LEAST_VARIANCE).
static void fill_whitening(size_t K, const double *values, const double *vectors, real *whitening)
{
    double mean = 0;
    for (size_t j = 0; j < K; j++)
        mean += values[j] > 0 ? values[j] / (double)K : 0;
    mean = mean > 0 ? mean : 1;

    for (size_t j = 0; j < K; j++) {
        double variance = (values[j] > 0 ? values[j] : 0) + LEAST_VARIANCE * mean;
        for (size_t k = 0; k < K; k++)
            whitening[k * K + j] = (real)(vectors[j * K + k] / sqrt(variance));
    }
}

static int set_code_blocks(const struct row_codes *c, real *w, struct err *e)
{
    const struct model *m = c->model;
    const size_t K = c->size;
    double *mean = mem_new(2 * K, sizeof *mean), *values = mean + K;
    double *covariance = mem_array(2 * K * K, sizeof *covariance, "covariance of codes", e);
    int info = -1;

    if (covariance) {
        average_codes(c, mean);
        correlate_codes(c, mean, covariance);
        info = eigen_symmetric((int)K, covariance, values, covariance + K * K);
        if (info)
            err_add(
                e, ERR_SOFTWARE, "score.error: LAPACK found no eigenvectors of the codes' covariance (info %d)", info);
    }
    if (info == 0) {
        for (size_t j = 0; j < K; j++)
            w[model_code_mean(m)->offset + j] = (real)mean[j];
        fill_whitening(K, values, covariance + K * K, w + model_code_whitening(m)->offset);
    }

    free(covariance);
    free(mean);
    return info ? -1 : 0;
}

static bool are_finite(const struct row_codes *c)
{
    for (size_t i = 0; i < (size_t)c->rows->rows * c->size; i++)
        if (!isfinite(c->code[i]))
            return false;
    return true;
}

int trainer_set_code_blocks(struct trainer *t, real *w, struct err *e)
{
    const struct train_task *task = &t->task;
    struct dataset rows = {0};
    struct row_codes c = {.model = task->model, .rows = &rows, .size = (size_t)shape_size(&task->model->code)};
    const struct row_pass pass = {
        .team = task->team, .model = task->model, .w = w, .data = &rows, .ws = t->workers.ws, .ignores_stop = true};
    if (!model_code_mean(task->model))
        return 0;

    data_sample(task->train, task->train->rows < CODE_ROWS ? task->train->rows : CODE_ROWS, &rows, e);
    c.code = mem_array((size_t)rows.rows * c.size, sizeof *c.code, "codes of the training rows", e);
    int rc = comm_agree(task->team->comm, e);
    if (rc == 0) {
        pass_run(&pass, take_chunk_codes, &c);
        comm_join_all(task->team->comm, c.code, (size_t)rows.rows * c.size * sizeof *c.code);
        if (are_finite(&c)) // otherwise the weights are of no use, and the trial reports that
            set_code_blocks(&c, w, e);
        rc = comm_agree(task->team->comm, e);
    }

    free(c.code);
    data_sample_free(&rows);
    return rc;
}

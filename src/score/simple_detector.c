// Fits and applies the simple detectors, in pieces of rows.
#include "score/simple_detector.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/data_sample.h"
#include "data/gather.h"
#include "nn/neighbours.h"
#include "nn/nn.h"
#include "score/isolation_forest.h"
#include "score/pca.h"
#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_ROWS = 256, FOREST_SEED = 1 };

const char *const detector_names[] = {"mean_distance", "pca", "neighbours", "isolation_forest", NULL};

struct simple_detector {
    enum detector kind;
    int columns;
    // the members below are owned, and NULL unless the kind needs them
    double *mean; // (columns)
    struct pca *pca;
    struct isolation_forest *forest;
    struct model *model;
    real *w;              // (parameters of the model)
    struct workspace *ws; // of the model
};

static void fit_mean(struct simple_detector *s, const struct dataset *train)
{
    size_t columns = (size_t)s->columns;
    real *x = mem_new(PIECE_ROWS * columns, sizeof *x);

    s->mean = mem_new(columns, sizeof *s->mean);
    for (int64_t first = 0; first < train->rows; first += PIECE_ROWS) {
        int rows = dataset_gather_piece(train, first, PIECE_ROWS, x);
        for (int i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++)
                s->mean[j] += (double)x[(size_t)i * columns + j];
    }
    for (size_t j = 0; j < columns; j++)
        s->mean[j] /= (double)train->rows;
    free(x);
}

// Gathers the rows that the model keeps, which are evenly spaced, and compares them with each other.
static void fit_neighbours(struct simple_detector *s, const struct dataset *train)
{
    int kept = model_kept_rows(s->model);
    real *rows = model_rows(s->model, s->w);

    for (int i = 0; i < kept; i++) {
        int32_t from = (int32_t)data_sample_row(train, i, kept);
        dataset_gather(train, &from, 1, rows + (size_t)i * (size_t)s->columns);
    }
    neighbours_begin(s->model, s->w);
    for (int i = 0; i < neighbours_pieces(s->model); i++)
        neighbours_measure(s->model, s->w, i);
    neighbours_end(s->model, s->w);
}

static int make_neighbours(struct simple_detector *s, const struct dataset *train, struct err *e)
{
    static const char text[] = "neighbours: {max_rows: 10000}";
    const struct shape shape = {1, {s->columns}};
    struct node *section = spec_parse("neighbours", text, strlen(text), e);

    s->model = section ? model_new(section, &shape, LOSS_MSE, e) : NULL;
    int failed = s->model ? model_set_rows(s->model, train->rows, section, e) : -1;
    node_free(&section);
    if (failed)
        return -1;

    s->w = mem_array(s->model->parameters, sizeof *s->w, "rows of neighbours", e);
    s->ws = s->w ? workspace_new(s->model, PIECE_ROWS, false, e) : NULL;
    if (!s->ws)
        return -1;
    fit_neighbours(s, train);
    return 0;
}

struct simple_detector *detector_fit(enum detector kind, const struct dataset *train, int components, struct err *e)
{
    struct simple_detector *s = mem_new(1, sizeof *s);
    int failed = 0;

    ASSERT(train->rows > 0 && components > 0, "%lld rows, %d components", (long long)train->rows, components);
    *s = (struct simple_detector){.kind = kind, .columns = train->columns};
    if (kind == DETECTOR_MEAN_DISTANCE)
        fit_mean(s, train);
    else if (kind == DETECTOR_PCA)
        failed = (s->pca = pca_new(train, components, e)) == NULL;
    else if (kind == DETECTOR_NEIGHBOURS)
        failed = make_neighbours(s, train, e);
    else
        failed = (s->forest = isolation_forest_new(train, FOREST_SEED, e)) == NULL;

    if (failed)
        detector_free(&s);
    return s;
}

static float mean_distance(const struct simple_detector *s, const real *x)
{
    double sum = 0;

    for (int j = 0; j < s->columns; j++)
        sum += ((double)x[j] - s->mean[j]) * ((double)x[j] - s->mean[j]);
    return (float)sqrt(sum);
}

static void score_piece(const struct simple_detector *s, int rows, const real *x, float *out)
{
    if (s->model) {
        model_forward(s->model, s->w, s->ws, rows, x);
        neighbours_errors(s->model, s->w, s->ws, rows, out);
        return;
    }
    for (int i = 0; i < rows; i++) {
        const real *row = x + (size_t)i * (size_t)s->columns;
        out[i] = s->forest ? (float)isolation_forest_score(s->forest, row) : mean_distance(s, row);
    }
}

float *detector_scores(const struct simple_detector *s, const struct dataset *d, struct err *e)
{
    ASSERT(d->columns == s->columns, "%d columns, not %d", d->columns, s->columns);
    if (s->pca)
        return pca_errors(s->pca, d, ERROR_MSE, e);

    float *out = mem_array((size_t)d->rows, sizeof *out, "scores of a simple detector", e);
    real *x = mem_new(PIECE_ROWS * (size_t)s->columns, sizeof *x);
    for (int64_t first = 0; out && first < d->rows; first += PIECE_ROWS) {
        int rows = dataset_gather_piece(d, first, PIECE_ROWS, x);
        score_piece(s, rows, x, out + first);
    }
    for (int64_t i = 0; out && d->is_unscored && i < d->rows; i++)
        out[i] = d->is_unscored[i] ? NAN : out[i];
    free(x);

    return out;
}

void detector_free(struct simple_detector **s)
{
    if (!*s)
        return;

    free((*s)->mean);
    free((*s)->w);
    pca_free(&(*s)->pca);
    isolation_forest_free(&(*s)->forest);
    workspace_free(&(*s)->ws);
    model_free(&(*s)->model);
    free(*s);
    *s = NULL;
}

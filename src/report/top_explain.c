// Computes the reconstructions of single samples again, and the shares of their features in the same way as `score`.
#include "report/top_explain.h"

#include "apply/blame.h"
#include "base/err.h"
#include "base/mem.h"
#include "data/gather.h"
#include "nn/nn.h"
#include "trial/model_load.h"
#include <stdlib.h>

struct top_explainer {
    struct trained_model model; // owned
    struct blame blame;         // owned
    struct workspace *ws;       // owned
    float *error;               // (blame.n), owned
};

static bool has_named_features(const struct trained_model *t)
{
    const struct shape *input = &t->model->input;
    return t->features && (input->rank == 1 || t->trial.data.window.length > 0) && t->scaling.columns > 1;
}

struct top_explainer *top_explainer_new(const struct leaderboard_row *trial, const struct dataset *d)
{
    struct top_explainer *x = mem_new(1, sizeof *x);
    struct err ignored = {0}; // on failure, samples are shown without names of features
    char *name = *trial->group ? mem_format("%s:%s", trial->path, trial->id) : mem_text(trial->path);
    bool is_good = d->features && model_load(name, &x->model, &ignored) == 0;

    free(name);
    if (is_good && model_reconstructs(x->model.model) && has_named_features(&x->model) &&
        shape_size(&x->model.model->input) == d->columns) {
        blame_init(&x->blame, &x->model);
        x->ws = workspace_new(x->model.model, 1, false, &ignored);
        x->error = mem_new((size_t)x->blame.n, sizeof *x->error);
    }
    if (!x->ws)
        top_explainer_free(&x);
    return x;
}

void top_explainer_free(struct top_explainer **x)
{
    if (!*x)
        return;
    blame_free(&(*x)->blame);
    workspace_free(&(*x)->ws);
    if ((*x)->model.model)
        model_unload(&(*x)->model);
    free((*x)->error);
    free(*x);
    *x = NULL;
}

double least_share_shown(double largest)
{
    const double usual = 0.005; // is shown as 1 %

    return largest < 2 * usual ? largest / 2 : usual;
}

void top_explain_row(struct top_explainer *x, const struct dataset *d, int32_t row, struct text *t)
{
    const struct model *m = x->model.model;
    struct blame_share top[BLAME_TOP];
    char percent[24];

    ASSERT(row >= 0 && row < d->rows, "row %d of %lld", row, (long long)d->rows);
    dataset_gather(d, &row, 1, x->ws->x);
    model_forward(m, x->model.w, x->ws, 1, x->ws->x);
    blame_row(&x->blame, x->ws->x, model_reconstruct(m, x->ws, 1), top, x->error);
    double least = least_share_shown((double)top[0].share);
    for (int k = 0; k < BLAME_TOP && top[k].thing >= 0 && (double)top[k].share >= least; k++)
        text_add(
            t, "%s%s %s", k ? ", " : "", x->blame.names[top[k].thing], text_percent(percent, (double)top[k].share));
}

// Prepares the models of a pass: how each computes the error of a row, what rows it takes, and which features it
// blames.
#include "apply/score_members.h"

#include "apply/blame.h"
#include "base/mem.h"
#include "nn/nn.h"
#include <stdlib.h>
#include <string.h>

static void init_member(struct score_member *member, const struct trained_model *t, const struct row_error *error)
{
    *member = (struct score_member){.model = t,
        .error = *error,
        .fit = {.shape_rank = t->model->input.rank,
            .features = t->features,
            .columns = &t->columns,
            .scaling = &t->scaling,
            .window = t->trial.data.window,
            .marks_bad_rows = true}};
    memcpy(member->fit.shape, t->model->input.dims, sizeof member->fit.shape);
    blame_init(&member->blame, t);
}

void score_members_init(struct score_pass *s)
{
    const int n = 1;

    s->member = mem_new((size_t)n, sizeof *s->member);
    s->models = mem_new((size_t)n, sizeof *s->models);
    for (int i = 0; i < n; i++) {
        init_member(&s->member[i], s->job->model, &s->job->error);
        s->models[i] = (struct apply_model){s->member[i].model->model, s->member[i].model->w};
    }
    s->apply.models = s->models;
    s->apply.n_models = n;
}

void score_members_free(struct score_pass *s)
{
    for (int i = 0; i < s->apply.n_models; i++)
        blame_free(&s->member[i].blame);
    free(s->member);
    free(s->models);
}

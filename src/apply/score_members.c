// Prepares the models of a pass: how each computes the error of a row, what rows it takes, and which features it
// blames.
//
// The members of an ensemble pass a piece one after the other, each with its own scaling. Their errors stay in memory
// until the last member has passed, and are then combined row by row. Each rank does so for its own rows.
#include "apply/score_members.h"

#include "apply/blame.h"
#include "apply/score_rows.h"
#include "base/err.h"
#include "base/mem.h"
#include "data/row_reader.h"
#include "metrics/combination.h"
#include "nn/nn.h"
#include "score/score.h"
#include "trial/ensemble_model.h"
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
            .marks_bad_rows = true},
        .weight = 1};
    memcpy(member->fit.shape, t->model->input.dims, sizeof member->fit.shape);
    blame_init(&member->blame, t);
}

// Makes the members of an ensemble those of the pass. Its lead comes first, the others in their order.
static void init_ensemble_members(struct score_pass *s, const struct trained_model *t)
{
    for (int i = 0; i < s->apply.n_models; i++) {
        const int number = i == 0 ? t->lead : i - (i <= t->lead);
        const struct trained_model *m = &t->members[number];
        const struct row_error error = row_error_of(&m->trial.score, &m->trial.train);

        init_member(&s->member[i], m, &error);
        s->member[i].number = number;
        s->member[i].weight = model_member_weight(t, number);
    }
}

void score_members_init(struct score_pass *s)
{
    const struct trained_model *t = s->job->model;
    const int n = t->ensemble ? t->ensemble->n : 1;

    s->member = mem_new((size_t)n, sizeof *s->member);
    s->models = mem_new((size_t)n, sizeof *s->models);
    s->apply.models = s->models;
    s->apply.n_models = n;
    if (t->ensemble)
        init_ensemble_members(s, t);
    else
        init_member(&s->member[0], t, &s->job->error);

    s->groups = s->member[0].fit.scaling;
    for (int i = 0; i < n; i++) {
        const struct score_member *m = &s->member[i];
        s->models[i] = (struct apply_model){m->model->model, m->model->w};
        if (!s->groups->n_groups)
            s->groups = m->fit.scaling;
    }
}

void score_members_free(struct score_pass *s)
{
    for (int i = 0; i < s->apply.n_models; i++)
        blame_free(&s->member[i].blame);
    if (s->member_errors)
        free(s->member_errors[0]);
    free(s->member_errors);
    free(s->member_shares);
    free(s->member);
    free(s->models);
}

int64_t score_members_width(const struct score_pass *s)
{
    if (!s->job->model->ensemble)
        return 0;
    return s->apply.n_models + (s->shares ? s->member[0].blame.n : 0);
}

static void select_reader_scaling(struct apply *a)
{
    const struct score_pass *s = a->context;
    row_reader_use(a->reader, &s->member[a->model].fit);
}

int score_members_open(struct score_pass *s, struct err *e)
{
    struct apply *a = &s->apply;
    const size_t rows = (size_t)a->piece_rows, things = (size_t)s->member[0].blame.n;

    if (!s->job->model->ensemble)
        return 0;
    for (int i = 1; i < a->n_models && a->reader; i++)
        if (row_reader_add(a->reader, &s->member[i].fit, e) != 0)
            return -1;
    a->select = a->reader ? select_reader_scaling : score_rows_select;

    float *errors = mem_array(rows * (size_t)a->n_models, sizeof *errors, "errors of the members", e);
    s->member_errors = mem_new((size_t)a->n_models, sizeof *s->member_errors);
    for (int i = 0; i < a->n_models && errors; i++)
        s->member_errors[i] = errors + (size_t)i * rows;
    if (s->shares)
        s->member_shares = mem_array(rows * things, sizeof *s->member_shares, "shares of features", e);
    return errors && (!s->shares || s->member_shares) ? 0 : -1;
}

float *score_member_error_at(const struct score_pass *s, int64_t at)
{
    const int number = s->member[s->apply.model].number;

    ASSERT(at >= 0 && at < s->apply.piece_rows, "%ld of %ld", (long)at, (long)s->apply.piece_rows);
    return s->member_errors[number] + at;
}

void score_members_combine(struct score_pass *s, int64_t at, int rows)
{
    const struct apply *a = &s->apply;
    const struct combination *c = &s->job->model->ensemble->combination;

    if (a->model < a->n_models - 1)
        return;

    const float **error = mem_new((size_t)a->n_models, sizeof *error);
    for (int i = 0; i < a->n_models; i++)
        error[i] = s->member_errors[i] + at;
    ASSERT(c->n == a->n_models, "%d of %d members", a->n_models, c->n);
    combination_scores(c, error, rows, a->output[SCORE_ERROR].piece + at);
    free(error);
}

void score_members_add_shares(struct score_pass *s, const real *y, int64_t at, int rows, const real *x)
{
    const struct score_member *member = &s->member[s->apply.model];
    const size_t things = (size_t)member->blame.n, columns = (size_t)s->columns;
    float *to = s->member_shares + (size_t)at * things;

    if (s->apply.model == 0)
        memset(to, 0, (size_t)rows * things * sizeof *to);
    if (!y)
        return;

    float *error = mem_new(things, sizeof *error);
    for (size_t i = 0; i < (size_t)rows; i++) {
        const struct blamed_row row = {x + i * columns, y + i * columns, member->weight};
        blame_add_shares(&member->blame, &row, to + i * things, error);
    }
    free(error);
}

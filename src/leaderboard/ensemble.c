// Builds an ensemble of members, and numbers their kinds in the order in which they appear.
#include "leaderboard/ensemble.h"

#include "base/err.h"
#include "base/mem.h"
#include "metrics/combination.h"
#include <stdlib.h>
#include <string.h>

void ensemble_add(struct ensemble *x, const char *id, const char *kind, const struct quantiles *errors, bool is_log)
{
    const size_t n = (size_t)x->n + 1, bytes = (size_t)errors->n * sizeof *errors->level;
    bool *all = mem_grow((void *)x->combination.is_log, n, sizeof *all);

    ASSERT(errors->n > 0 && (x->n == 0 || errors->n == x->levels), "%d levels, not %d", errors->n, x->levels);
    all[x->n] = is_log;
    x->combination.is_log = all;
    if (!x->level) {
        x->levels = errors->n;
        x->level = mem_new((size_t)x->levels, sizeof *x->level);
        memcpy(x->level, errors->level, bytes);
    }

    x->member = mem_grow(x->member, n, sizeof *x->member);
    struct ensemble_member *m = &x->member[x->n++];
    *m = (struct ensemble_member){mem_text(id), mem_text(kind), 0, mem_new((size_t)errors->n, sizeof *m->quantile)};
    memcpy(m->quantile, errors->value, bytes);
}

void ensemble_add_veto(struct ensemble *x, const char *id, const char *reason)
{
    x->veto = mem_grow(x->veto, (size_t)x->n_vetoes + 1, sizeof *x->veto);
    x->veto[x->n_vetoes++] = (struct ensemble_veto){mem_text(id), mem_text(reason)};
}

// Returns the number of the first member of the same kind.
static int first_of_kind(const struct ensemble *x, int member)
{
    int i = 0;

    while (strcmp(x->member[i].kind, x->member[member].kind) != 0)
        i++;
    return i;
}

int ensemble_finish(struct ensemble *x, struct err *e)
{
    struct combination *c = &x->combination;
    int *kind = mem_new((size_t)x->n + 1, sizeof *kind), count[COMBINATION_KINDS] = {0};
    struct quantiles *errors = mem_new((size_t)x->n + 1, sizeof *errors);

    ASSERT(x->n > 0 && !c->kind, "%d members", x->n);
    *c = (struct combination){.rule = c->rule, .n = x->n, .kind = kind, .is_log = c->is_log, .errors = errors};
    for (int i = 0; i < x->n; i++) {
        const int first = first_of_kind(x, i);
        kind[i] = first < i ? kind[first] : c->kinds++;
        errors[i] = (struct quantiles){x->level, x->member[i].quantile, x->levels};
        if (c->kinds > COMBINATION_KINDS)
            return err_add(
                e, ERR_USAGE, "an ensemble of more than %d kinds; hint: select trials with --where", COMBINATION_KINDS);
        count[kind[i]]++;
    }

    for (int i = 0; i < x->n; i++)
        x->member[i].weight = 1.0 / c->kinds / count[kind[i]];
    return 0;
}

const char *ensemble_kind_name(const struct ensemble *x, int kind)
{
    int i = 0;

    ASSERT(kind >= 0 && kind < x->combination.kinds, "kind %d of %d", kind, x->combination.kinds);
    while (x->combination.kind[i] != kind)
        i++;
    return x->member[i].kind;
}

void ensemble_free(struct ensemble *x)
{
    for (int i = 0; i < x->n; i++) {
        free(x->member[i].id);
        free(x->member[i].kind);
        free(x->member[i].quantile);
    }
    for (int i = 0; i < x->n_vetoes; i++) {
        free(x->veto[i].id);
        free(x->veto[i].reason);
    }

    free(x->member);
    free(x->veto);
    free(x->level);
    free((void *)x->combination.kind);
    free((void *)x->combination.is_log);
    free((void *)x->combination.errors);
    free(x->experiment);
    free(x->run);
    free(x->selection);
    *x = (struct ensemble){0};
}

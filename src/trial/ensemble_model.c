// Names an ensemble in messages, and says what only its members can do.
#include "trial/ensemble_model.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/ensemble.h"
#include "trial/model_open.h"
#include <stdio.h>
#include <stdlib.h>

const char *model_title(const struct trained_model *t, char out[MODEL_TITLE_ROOM])
{
    if (t->ensemble)
        snprintf(out, MODEL_TITLE_ROOM, "an ensemble of %d model%s", t->ensemble->n, text_plural(t->ensemble->n));
    else
        snprintf(out, MODEL_TITLE_ROOM, "trial %.8s", t->id);
    return out;
}

double model_member_weight(const struct trained_model *t, int member)
{
    ASSERT(t->ensemble && member >= 0 && member < t->ensemble->n, "member %d", member);
    return t->ensemble->member[member].weight;
}

int model_refuse_ensemble(const struct trained_model *t, const char *name, const char *what, struct err *e)
{
    char title[MODEL_TITLE_ROOM];

    if (!t->ensemble)
        return 0;
    char *file = model_file(name);
    err_add(e, ERR_USAGE, "%s: found with %s, allowed: with a single model, such as its member %s:%.8s", what,
        model_title(t, title), file, t->ensemble->member[t->lead].id);
    free(file);
    return -1;
}

// Loads a trial part by part, and compares its data with the checksums that the trial recorded.
#include "trial/trial_load.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/dataset.h"
#include "leaderboard/trial_open.h"
#include "nn/nn.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/model_load.h"
#include "trial/provenance.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A trial in an open file. `path` is the result of the latest call of loaded_path.
struct loaded_group {
    struct store_file *f;
    const char *group; // "": the root of the file
    char path[400];
};

static const char *loaded_path(struct loaded_group *p, const char *object)
{
    snprintf(p->path, sizeof p->path, "%s%s%s", p->group, *p->group && *object ? "/" : "", object);
    return p->path;
}

static int load_model(struct loaded_group *p, struct loaded_trial *t, struct err *e)
{
    struct shape shape = sample_shape(&t->sets.train);
    t->model = trial_model(&t->trial, &shape, e);
    if (!t->model || !(t->w = mem_array(t->model->parameters, sizeof *t->w, "weights", e)))
        return -1;
    char *prefix = mem_format("%s%s", p->group, *p->group ? "/" : "");
    int failed = weights_read(p->f, prefix, t->model, t->w, e);
    free(prefix);
    return failed;
}

// Checks that a set is still the one that the trial was trained or scored on. Returns -1 and an error if it has
// changed.
static int check_set(struct loaded_group *p, const char *set, const struct dataset *d, struct err *e)
{
    char name[160], *now = provenance_data(d);
    snprintf(name, sizeof name, PROVENANCE_DATA "%s", set);
    char *then = store_get_text(p->f, loaded_path(p, TRIAL_PROVENANCE), name);
    int failed = 0;
    if (then && strcmp(then, now) != 0)
        failed =
            err_add(e, ERR_DATA, "%s: set %s was %.*s, but the file has changed since: now %.*s; hint: train again",
                store_path(p->f), set, (int)strcspn(then, "\n"), then, (int)strcspn(now, "\n"), now);
    free(then);
    free(now);
    return failed;
}

static int load_data(struct loaded_group *p, struct loaded_trial *t, struct err *e)
{
    char *folder = store_get_text(p->f, loaded_path(p, TRIAL_PROVENANCE), PROVENANCE_EXPERIMENT_FOLDER);
    int failed = data_verify(&t->trial.data, folder, e);
    if (!failed)
        failed = data_load(&t->trial.data, folder, &t->sets, e);
    free(folder);
    if (failed)
        return -1;
    failed = check_set(p, "train", &t->sets.train, e);
    for (int i = 0; i < t->sets.n_test; i++)
        failed |= check_set(p, t->sets.test[i].name, &t->sets.test[i], e);
    return failed;
}

static int load_spec(struct loaded_group *p, struct trial *t, struct err *e)
{
    char *spec = store_get_text(p->f, loaded_path(p, ""), TRIAL_SPEC);
    int failed = spec ? trial_parse_stored(store_path(p->f), spec, t, e)
                      : err_add(e, ERR_DATA, "%s: holds no spec", store_path(p->f));
    free(spec);
    if (failed)
        trial_free(t);
    return failed;
}

int trial_load(const struct leaderboard_row *s, struct loaded_trial *out, struct err *e)
{
    struct loaded_group p = {.f = trial_open(s, e), .group = s->group};
    *out = (struct loaded_trial){0};
    int failed = p.f ? load_spec(&p, &out->trial, e) : -1;
    if (!failed) {
        failed = load_data(&p, out, e) != 0 || load_model(&p, out, e) != 0 ? -1 : 0;
        if (failed)
            trial_unload(out);
    }
    store_close(&p.f);
    return failed;
}

void trial_unload(struct loaded_trial *t)
{
    model_free(&t->model);
    free(t->w);
    data_sets_free(&t->sets);
    trial_free(&t->trial);
    *t = (struct loaded_trial){0};
}

float *trial_errors(const struct leaderboard_row *s, const char *set, int64_t *n, struct err *e)
{
    char path[512];
    struct store_shape shape;
    float *error = NULL;

    ASSERT(set && *set, "a set without a name");
    snprintf(path, sizeof path, "%s%s" TRIAL_SCORES "/%s/" SCORES_ERROR, s->group, *s->group ? "/" : "", set);
    struct store_file *f = trial_open(s, e);
    if (f && store_get_shape(f, path, &shape, e) == 0 &&
        (error = mem_array((size_t)shape.dims[0], sizeof *error, "errors", e)))
        if (store_read(f, path, STORE_F32, store_entries(0, shape.dims[0]), error, e) != 0) {
            free(error);
            error = NULL;
        }
    *n = error ? shape.dims[0] : 0;
    store_close(&f);
    return error;
}

// A trained model and its data, brought back from a trial's file.
#include "sweep/trial_load.h"

#include "base/mem.h"
#include "store/schema.h"
#include "store/store.h"
#include "sweep/model_load.h"
#include "sweep/provenance.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int load_model(struct store_file *f, struct loaded_trial *t, struct err *e)
{
    const struct dataset *d = &t->sets.train;
    struct shape shape = {.rank = d->shape_rank};
    memcpy(shape.dims, d->shape, sizeof shape.dims);
    t->model = trial_model(&t->trial, &shape, e);
    if (!t->model || !(t->w = mem_array(t->model->parameters, sizeof *t->w, "weights", e)))
        return -1;
    return weights_read(f, "", t->model, t->w, e);
}

// Whether a set still is what the trial was trained or scored on.
static int check_set(struct store_file *f, const char *set, const struct dataset *d, struct err *e)
{
    char name[160], *now = provenance_data(d);
    snprintf(name, sizeof name, PROVENANCE_DATA "%s", set);
    char *then = store_get_text(f, TRIAL_PROVENANCE, name);
    int failed = 0;
    if (then && strcmp(then, now) != 0)
        failed =
            err_add(e, ERR_DATA, "%s: set %s was %.*s, but the file has changed since: now %.*s; hint: train again",
                store_path(f), set, (int)strcspn(then, "\n"), then, (int)strcspn(now, "\n"), now);
    free(then);
    free(now);
    return failed;
}

static int load_data(struct store_file *f, struct loaded_trial *t, struct err *e)
{
    char *folder = store_get_text(f, TRIAL_PROVENANCE, PROVENANCE_EXPERIMENT_FOLDER);
    int failed = data_load(&t->trial.data, folder, &t->sets, e);
    free(folder);
    if (failed)
        return -1;
    failed = check_set(f, "train", &t->sets.train, e);
    for (int i = 0; i < t->sets.n_test; i++)
        failed |= check_set(f, t->sets.test[i].name, &t->sets.test[i], e);
    return failed;
}

int trial_load(const struct trial_summary *s, struct loaded_trial *out, struct err *e)
{
    *out = (struct loaded_trial){0};
    if (!s->spec)
        return err_add(e, ERR_DATA, "%s: holds no spec", s->path);
    struct store_file *f = store_open(s->path, FORMAT_TRIAL, false, e);
    if (!f || trial_parse(spec_parse(s->path, s->spec, strlen(s->spec), e), &out->trial, e) != 0) {
        trial_free(&out->trial);
        store_close(&f);
        return -1;
    }
    int failed = load_data(f, out, e) != 0 || load_model(f, out, e) != 0 ? -1 : 0;
    store_close(&f);
    if (failed)
        trial_unload(out);
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

float *trial_errors(const struct trial_summary *s, const char *set, int64_t *n, struct err *e)
{
    char path[256];
    struct store_shape shape;
    float *error = NULL;
    snprintf(path, sizeof path, TRIAL_SCORES "/%s/" SCORES_ERROR, set);
    struct store_file *f = store_open(s->path, FORMAT_TRIAL, false, e);
    if (f && store_get_shape(f, path, &shape, e) == 0 &&
        (error = mem_array((size_t)shape.dims[0], sizeof *error, "errors", e)))
        if (store_read(f, path, STORE_F32, 0, shape.dims[0], error, e) != 0) {
            free(error);
            error = NULL;
        }
    *n = error ? shape.dims[0] : 0;
    store_close(&f);
    return error;
}

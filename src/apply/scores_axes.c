// Writes the scales of a file of scores: numbers, or the names of features.
#include "apply/scores_axes.h"

#include "base/mem.h"
#include "nn/nn.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_steps.h"
#include <stdlib.h>
#include <string.h>

static int write_score_axis(
    struct store_file *f, const char *group, const char *name, int64_t n, const char *long_name, struct err *e)
{
    char *path = mem_format("%s/%s", group, name);
    int rc = store_write_index(f, path, n, long_name, e);
    free(path);
    return rc;
}

static int write_score_features(struct store_file *f, const char *group, char *const *names, int64_t n, struct err *e)
{
    char *path = mem_format("%s/" DATASET_FEATURE, group);
    struct store_shape shape = {STORE_TEXT, 1, {n}};
    struct store_about about = {"feature", NULL, {DATASET_FEATURE}};
    int rc = store_write(f, path, &shape, names, &about, e);
    free(path);
    return rc;
}

int scores_write_axes(struct store_file *f, const char *group, const struct trained_model *t, bool has_code,
    bool has_values, struct err *e)
{
    const struct shape *in = &t->model->input;
    const char *const *scales = sample_scales(in->rank, t->trial.data.window.length > 0);
    int rc = 0;

    if (has_code)
        rc = write_score_axis(f, group, SCORES_UNIT, shape_size(&t->model->code), "unit of the code", e);
    for (int i = 0; has_values && i < in->rank && rc == 0; i++)
        if (t->features && strcmp(scales[i], DATASET_FEATURE) == 0)
            rc = write_score_features(f, group, t->features, in->dims[i], e);
        else
            rc = write_score_axis(f, group, scales[i], in->dims[i], scales[i], e);
    return rc;
}

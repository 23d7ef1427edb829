// Writes the columns of time steps, which all have the dimension `step`.
#include "trial/trial_steps.h"

#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_columns.h"
#include <stdio.h>

const char *const *sample_scales(int rank, bool is_window)
{
    static const char *const table[] = {DATASET_FEATURE};
    static const char *const window[] = {WINDOW_TIME_STEP, DATASET_FEATURE};
    static const char *const image[] = {DATASET_HEIGHT, DATASET_WIDTH, DATASET_CHANNEL};

    ASSERT(rank >= 1 && rank <= 3 && (!is_window || rank == 2), "%d", rank);
    if (is_window)
        return window;
    return rank == 1 ? table : image;
}

int trial_write_steps(
    struct store_file *f, const char *group, const struct score_config *c, const struct scores *s, struct err *e)
{
    const struct dataset_steps *d = s->data->steps;
    int n_names = s->data->n_label_names;
    const struct trial_column columns[] = {
        {SCORES_ERROR, STORE_F32, d->n, s->step_error, STEPS_STEP,
            "error of the time step, from those of the windows that cover it", "1"},
        {SCORES_INDEX, STORE_I64, d->n, d->index, STEPS_STEP, "row in its source", "1"},
        {SCORES_SOURCE, STORE_I32, d->n, d->source, STEPS_STEP, "number of its source, from 0", "1"},
        {SCORES_LABEL, STORE_I64, d->n, d->label, STEPS_STEP, trial_label_about(n_names), "1"},
        {SCORES_IS_ANOMALY, STORE_I8, d->n, d->is_anomaly, STEPS_STEP, "1: a true anomaly", "1"},
    };
    char path[256];

    snprintf(path, sizeof path, "%s/" STEPS_STEP, group);
    int failed = store_write_index(f, path, d->n, "time step of the test set", e);
    if (!failed)
        failed = trial_columns_write(f, group, columns, sizeof columns / sizeof *columns, e);
    return failed ? failed : store_set_text(f, group, STEPS_WINDOW, step_rule_names[c->window], e);
}

int trial_write_series(struct store_file *f, const char *group, const struct series_evaluation *v, struct err *e)
{
    const struct {
        const char *name;
        double value;
    } attributes[] = {
        {STEPS_VUS_PR, v->volume.pr},
        {STEPS_VUS_ROC, v->volume.roc},
        {STEPS_RANGE_PRECISION, v->range.precision},
        {STEPS_RANGE_RECALL, v->range.recall},
        {STEPS_RANGE_F1, v->range.f1},
    };
    int failed = 0;

    for (size_t i = 0; i < sizeof attributes / sizeof *attributes && !failed; i++)
        failed = store_set_real(f, group, attributes[i].name, attributes[i].value, e);
    return failed;
}

// Measures the speed of this machine: times one epoch of the costliest trial of a plan, on an increasing number of
// rows.
#include "trial/calibrate.h"

#include "base/mem.h"
#include "data/dataset.h"
#include "nn/neighbours.h"
#include "nn/nn.h"
#include "search/search.h"
#include "spec/spec.h"
#include "train/train.h"
#include "trial/experiment.h"
#include <math.h>
#include <stdlib.h>

// A trial of the plan, which is read again, with its data and model.
struct sample {
    struct trial trial;
    struct data_sets sets;
    struct model *model; // owned
};

static void sample_free(struct sample *s)
{
    model_free(&s->model);
    data_sets_free(&s->sets);
    trial_free(&s->trial);
}

static int sample_open(const struct experiment *x, const struct plan *p, int entry, struct sample *s, struct err *e)
{
    struct search_trial place;
    double *value = mem_new((size_t)spec_sweep_keys(x->sweep) + 1, sizeof *value);

    *s = (struct sample){0};
    search_trial(p->search, p->entry[entry].trial.number, &place, value);
    int failed = trial_read(x, &place.point, &s->trial, e);
    free(value);

    if (!failed)
        failed = data_load(&s->trial.data, x->folder, &s->sets, e);
    if (failed) {
        trial_free(&s->trial);
        return -1;
    }

    struct shape shape = sample_shape(&s->sets.train);
    s->model = trial_model(&s->trial, &shape, e);
    if (s->model && model_set_rows(s->model, s->sets.train.rows, s->trial.model, e) != 0)
        model_free(&s->model);
    if (!s->model)
        sample_free(s);
    return s->model ? 0 : -1;
}

static size_t converted_bytes(const struct dataset *d)
{
    return d->values ? (size_t)d->rows * (size_t)d->columns * sizeof(float) : 0;
}

static size_t sample_data_bytes(const struct sample *s)
{
    size_t bytes = converted_bytes(&s->sets.train) + converted_bytes(&s->sets.validation);

    for (int i = 0; i < s->sets.n_test; i++)
        bytes += converted_bytes(&s->sets.test[i]);
    return bytes;
}

// Measures the seconds of one epoch of the first `rows` rows. Returns -1 and an error on failure.
static int time_epoch(const struct sample *s, const struct team *team, int64_t rows, double *seconds, struct err *e)
{
    struct dataset part = s->sets.train, none = {0};
    struct train_config c = s->trial.train;
    struct train_task task = {.team = team, .model = s->model, .config = &c, .train = &part, .validation = &none};
    struct trained trained;

    part.rows = rows;
    c.epochs = 1;
    if (train_run(&task, &trained, e) != 0)
        return -1;

    *seconds = trained.seconds;
    trained_free(&trained);
    return 0;
}

// Measures the rate of a fitted model, which only compares rows with the rows that it keeps.
static int find_fit_rate(const struct sample *s, const struct team *team, double *rate, struct err *e)
{
    double seconds = 0;
    if (time_epoch(s, team, s->sets.train.rows, &seconds, e) != 0)
        return -1;

    *rate = s->model->operations * neighbours_compared(s->model) / fmax(seconds, 1e-9);
    return 0;
}

// Trains on an increasing number of rows, until the time is long enough to be measured well.
static int find_rate(const struct sample *s, const struct team *team, double *rate, struct err *e)
{
    const double enough = 0.1; // seconds
    int64_t all = s->sets.train.rows, rows = s->trial.train.batch_size;
    double seconds = 0;

    if (model_is_fitted(s->model))
        return find_fit_rate(s, team, rate, e);
    ASSERT(all > 0 && rows > 0, "%lld rows in batches of %lld", (long long)all, (long long)rows);
    for (bool is_last = false; !is_last; rows *= 4) {
        is_last = rows >= all;
        if (time_epoch(s, team, is_last ? all : rows, &seconds, e) != 0)
            return -1;
        if (seconds < 1e-9)
            seconds = 1e-9;
        *rate = s->model->operations * (double)(is_last ? all : rows) / seconds;
        is_last = is_last || seconds >= enough;
    }
    return 0;
}

// Returns the value by which trials are compared: their memory, or their cost per epoch.
static double entry_size(const struct plan_entry *entry, bool by_bytes)
{
    if (by_bytes)
        return (double)entry->bytes;
    return entry->operations / (double)(entry->epochs ? entry->epochs : 1);
}

static int find_largest(const struct plan *p, bool by_bytes)
{
    int most = 0;

    ASSERT(p->n > 0, "a plan without trials");
    for (int i = 1; i < p->n; i++)
        if (entry_size(&p->entry[i], by_bytes) > entry_size(&p->entry[most], by_bytes))
            most = i;
    return most;
}

int calibrate(const struct experiment *x, const struct plan *p, const struct team *team, int ranks,
    struct calibration *out, struct err *e)
{
    struct sample s;

    ASSERT(team->comm->size == 1 && ranks >= 1, "a team of %d, for teams of %d", team->comm->size, ranks);
    *out = (struct calibration){0};
    if (team_set_threads(team->threads, e) != 0 || sample_open(x, p, find_largest(p, true), &s, e) != 0)
        return -1;

    out->bytes = train_bytes(s.model, &s.trial.train, ranks, team->threads);
    out->data_bytes = sample_data_bytes(&s);
    sample_free(&s);

    if (sample_open(x, p, find_largest(p, false), &s, e) != 0)
        return -1;
    int failed = find_rate(&s, team, &out->rate, e);
    sample_free(&s);
    return failed;
}

// Trains a model from start to end: runs epochs and validation, keeps the history, and chooses the resulting weights.
//
// The caller's task is borrowed. struct trainer owns the state. It outlives training as a member of struct trained, so
// that train_save_checkpoint can still write the state. All ranks of the team call every function marked collective. In
// these functions they take the same branches, because the values that decide (losses, requests, errors) have been made
// equal on all ranks.
#include "train/train_impl.h"

#include "base/clock.h"
#include "base/mem.h"
#include "nn/neighbours.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- the history

static void history_init(struct history *h, int64_t epochs)
{
    double *all = mem_new(4 * (size_t)epochs, sizeof *all);
    *h = (struct history){.train_loss = all,
        .validation_loss = all + epochs,
        .learning_rate = all + 2 * epochs,
        .seconds = all + 3 * epochs};
}

static void history_add(
    struct history *h, double train_loss, double validation_loss, double learning_rate, double seconds)
{
    int i = h->epochs++;
    h->train_loss[i] = train_loss;
    h->validation_loss[i] = validation_loss;
    h->learning_rate[i] = learning_rate;
    h->seconds[i] = seconds;
}

// --- the start

// Collective. Sets the initial weights and the optimizer's initial state. Returns 0, or -1 and an error on all ranks.
static int start_from_scratch(struct trainer *t, struct err *e)
{
    const struct model *m = t->task.model;
    const struct train_config *c = t->task.config;
    real start = (real)optimizer_slot_start(&c->optimizer);
    model_initialize(m, (uint64_t)c->seed, t->memory.w);
    for (int i = 0; i < optimizer_slots(&c->optimizer); i++)
        for (size_t k = 0; k < m->parameters; k++)
            t->memory.state[i][k] = start;
    watch_start(&t->point.watch);
    return trainer_set_blocks(t, e);
}

// Collective. Allocates the state of training, and restores it from a checkpoint or starts from scratch. Returns 0, or
// -1 and an error on all ranks.
static int trainer_init(struct trainer *t, struct history *h, struct err *e)
{
    const struct train_task *task = &t->task;
    const struct comm *comm = task->team->comm;

    shards_cut(&t->shards, (int)task->config->shards, task->train->rows, task->config->batch_size);
    ASSERT(t->shards.n % (comm->size * task->team->threads) == 0, "%d shards", t->shards.n);
    t->workers.shards = t->shards.n / comm->size;
    t->workers.first_shard = t->workers.shards * comm->rank;
    t->workers.ordered_epoch = -1;

    trainer_allocate(t, e);
    if (comm_agree(comm, e) != 0)
        return -1;

    if (!trainer_restore(t, h) && start_from_scratch(t, e) != 0)
        return -1;
    t->overlap = overlap_new(t);
    t->reader = window_reader_start(t);
    return 0;
}

// --- epochs

// Collective. Returns the mean loss of all rows in this epoch. The loss of a row is computed before its batch updates
// the weights.
static double epoch_loss(struct trainer *t)
{
    double loss[SHARDS_MAX], sum = 0;
    memcpy(loss, t->point.loss, sizeof loss);
    comm_join_all(t->task.team->comm, loss, (size_t)t->shards.n * sizeof *loss);
    for (int i = 0; i < t->shards.n; i++)
        sum += loss[i];
    return sum / (double)t->task.train->rows;
}

// Collective. Sets *loss to the loss of the validation data, NaN if there are none. Returns false, on all ranks, if
// REQUEST_STOP cut the pass short.
static bool compute_validation_loss(struct trainer *t, double *loss)
{
    const struct train_task *task = &t->task;
    struct row_pass pass = {.team = task->team,
        .model = task->model,
        .w = t->memory.w,
        .data = task->validation,
        .ws = t->workers.ws,
        .corrupts = task->config->validates_noise || task->model->kind == KIND_NOISE_LEVEL,
        .seed = (uint64_t)task->config->seed};

    *loss = NAN;
    if (task->validation->rows == 0)
        return true;
    if (!pass_loss(&pass, loss))
        return false;

    *loss *= task->config->reduction == REDUCTION_SUM ? model_outputs(task->model) : 1;
    return true;
}

// Takes the losses of an epoch, and copies the weights if they are the best so far. Training continues with the weights
// of the last epoch.
static void note_best_epoch(struct trainer *t, double train_loss, double validation_loss)
{
    const struct train_config *c = t->task.config;
    bool is_best = watch_add(&t->point.watch, &c->stopping, &c->schedule, t->point.epoch, train_loss, validation_loss);
    if (is_best && t->memory.best)
        memcpy(t->memory.best, t->memory.w, t->task.model->parameters * sizeof *t->memory.w);
}

// Collective. Validates after the last step of an epoch, and adds the epoch to the history. If a request to stop
// interrupts validation, serves the request (trainer_serve); validation is then repeated when training resumes. Returns
// 0, or -1 and an error, like trainer_serve.
static int end_epoch(struct trainer *t, struct trained *out, struct err *e)
{
    struct train_point *at = &t->point;
    double validation_loss = NAN, train_loss = epoch_loss(t);

    at->has_diverged = !isfinite(train_loss);
    if (!at->has_diverged) {
        if (!compute_validation_loss(t, &validation_loss)) {
            t->asked = REQUEST_STOP;
            return trainer_serve(t, out, e);
        }
        at->has_diverged = t->task.validation->rows > 0 && !isfinite(validation_loss);
    }

    note_best_epoch(t, train_loss, validation_loss);
    ASSERT(out->history.epochs == at->epoch && at->epoch < t->task.config->epochs, "epoch %lld", (long long)at->epoch);
    history_add(&out->history, train_loss, validation_loss, t->learning_rate,
        at->epoch_seconds + clock_wall() - t->clock.epoch_began);

    at->samples += t->task.train->rows;
    at->epoch++;
    at->step = 0;
    at->epoch_seconds = 0;
    memset(at->loss, 0, sizeof at->loss);
    return 0;
}

// Collective. Serves requests at the end of training, because the work that follows may take long or be stopped, too.
// After a diverged training no work follows, so that requests are not served. Writes the last checkpoint if it is to be
// kept. Returns 0, or -1 and an error, like trainer_serve.
static int end_training(struct trainer *t, struct trained *out, struct err *e)
{
    const struct checkpointing *k = t->task.checkpointing;
    t->clock.now = clock_wall();
    t->asked = (enum request)comm_max(t->task.team->comm, trainer_request(t));
    if (t->point.has_diverged) // no work follows
        t->asked = REQUEST_NONE;
    if (t->asked == REQUEST_NONE && k && k->keeps_last)
        t->asked = REQUEST_CHECKPOINT;
    return trainer_serve(t, out, e);
}

static bool has_epochs_left(const struct trainer *t)
{
    const struct train_config *c = t->task.config;
    return t->point.epoch < c->epochs && !t->point.has_diverged && !stopping_ends(&c->stopping, &t->point.watch);
}

// Collective. Runs the remaining epochs. Returns 0, or -1 and an error, like trainer_serve.
static int run_epochs(struct trainer *t, struct trained *out, struct err *e)
{
    const struct train_config *c = t->task.config;
    int rc = 0;

    // A step does this too. But the learning rate is computed before the first step, and must have the same bits in a
    // resumed process.
    flush_denormals();
    while (has_epochs_left(t) && rc == 0 && !out->has_stopped) {
        t->learning_rate =
            schedule_rate(&c->schedule, c->optimizer.learning_rate, t->point.epoch, c->epochs, t->point.watch.drops);
        t->clock.epoch_began = clock_wall();
        rc = trainer_run_steps(t, out, e);
        if (rc == 0 && !out->has_stopped)
            rc = end_epoch(t, out, e);
    }

    return rc == 0 && !out->has_stopped ? end_training(t, out, e) : rc;
}

// --- the result

// Returns the resulting weights: those of the best or of the last epoch. Sets out->w and records which epoch it is.
static real *choose_weights(const struct trainer *t, struct trained *out)
{
    const struct train_point *at = &t->point;
    bool is_best = t->memory.best && at->watch.best_epoch >= 0 && !at->has_diverged;
    real *w = is_best ? t->memory.best : t->memory.w;

    out->w = w;
    out->history.weights_epoch = is_best ? (int)at->watch.best_epoch + 1 : out->history.epochs;
    return w;
}

int train_run(const struct train_task *task, struct trained *out, struct err *e)
{
    struct trainer *t = mem_new(1, sizeof *t);

    ASSERT(task->train->rows > 0 && task->train->columns == shape_size(&task->model->input), "%d columns",
        task->train->columns);
    *t = (struct trainer){.task = *task};
    *out = (struct trained){.trainer = t};
    history_init(&out->history, task->config->epochs);

    if (model_is_fitted(task->model)) {
        int failed = trainer_fit(t, out, e);
        if (failed)
            trained_free(out);
        return failed;
    }

    int rc = trainer_init(t, &out->history, e);
    if (rc == 0) {
        trainer_start_clock(t);
        rc = run_epochs(t, out, e);
        real *w = choose_weights(t, out);
        if (rc == 0 && !out->has_stopped && !t->point.has_diverged)
            rc = trainer_set_code_blocks(t, w, e);
        out->samples = t->point.samples;
        out->seconds = t->point.seconds + clock_wall() - t->clock.run_began;
        out->has_diverged = t->point.has_diverged;
    }

    window_reader_stop(&t->reader);
    overlap_free(&t->overlap);
    trainer_free_workers(t);
    if (rc < 0)
        trained_free(out);
    return rc;
}

void trained_free(struct trained *t)
{
    if (t->trainer)
        free(t->trainer->memory.all);
    free(t->trainer);
    free(t->history.train_loss);
    *t = (struct trained){0};
}

// Decides when the state of training is saved, saves it, and restores it on all ranks.
//
// A signal or the clock makes a request to one rank. The request travels with the gradient (train_step.c), so that
// every rank serves it after the same step. Rank 0 writes the file, because weights and optimizer state are equal on
// all ranks; only the losses of the shards are joined before. To restore the state, rank 0 reads the file and
// broadcasts it. Every rank keeps only the losses of its own shards, so that training can resume on another number of
// ranks.
#include "train/train_impl.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "nn/neighbours.h"
#include "store/schema.h"
#include "train/checkpoint.h"
#include <math.h>
#include <string.h>

// Computes a hash that identifies what the elements of the vectors and of the shards' losses mean.
static void layout_identity(const struct trainer *t, char out[33])
{
    const struct model *m = t->task.model;
    struct text text = {0};

    text_add(&text, "real %zu, parameters %zu, slots %d, best %d, shards %d, rows %lld, steps %lld", sizeof(real),
        m->parameters, optimizer_slots(&t->task.config->optimizer), t->memory.best != NULL, t->shards.n,
        (long long)t->task.train->rows, (long long)t->shards.steps);
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++) {
            const struct block *b = &m->layers[i].blocks[k];
            text_add(&text, "\n%s %s %zu %zu", layer_name(&m->layers[i]), b->name, b->offset, b->count);
        }

    hash_identity(out, text.data, text.length);
    text_free(&text);
}

static void checkpoint_add(struct checkpoint *c, const char *name, real *v)
{
    ASSERT(c->n < CHECKPOINT_MAX_VECTORS && v, "%s is vector %d", name, c->n);
    c->vector[c->n].name = name;
    c->vector[c->n++].v = v;
}

// Describes the trainer's state as a checkpoint, which points to the trainer's vectors. c->at.loss holds only the
// losses of this rank's shards.
static void describe_checkpoint(const struct trainer *t, struct history *h, const char *layout, struct checkpoint *c)
{
    static const char *const slots[OPTIMIZER_MAX_SLOTS] = {
        CHECKPOINT_SLOT "0", CHECKPOINT_SLOT "1", CHECKPOINT_SLOT "2"};

    *c = (struct checkpoint){.lineage = t->task.checkpointing->lineage,
        .layout = layout,
        .at = t->point,
        .shards = t->shards.n,
        .epochs = t->task.config->epochs,
        .steps = t->shards.steps,
        .history = h,
        .parameters = t->task.model->parameters};
    checkpoint_add(c, CHECKPOINT_PARAMETERS, t->memory.w);
    for (int i = 0; i < optimizer_slots(&t->task.config->optimizer); i++)
        checkpoint_add(c, slots[i], t->memory.state[i]);
    if (t->memory.best)
        checkpoint_add(c, CHECKPOINT_BEST, t->memory.best);
}

static bool has_checkpoints(const struct trainer *t)
{
    return t->task.checkpointing && t->task.checkpointing->path;
}

// --- when the state is saved

static void set_due(struct trainer *t)
{
    const struct checkpointing *k = t->task.checkpointing;
    bool by_clock = has_checkpoints(t) && k->interval > 0 && t->task.team->comm->rank == 0;
    t->clock.due = by_clock ? clock_wall() + k->interval : INFINITY;
}

void trainer_start_clock(struct trainer *t)
{
    t->clock.run_began = t->clock.epoch_began = t->clock.now = clock_wall();
    set_due(t);
}

enum request trainer_request(const struct trainer *t)
{
    enum request asked = request_pending();
    bool is_due = t->clock.now >= t->clock.due;
    return asked == REQUEST_NONE && is_due ? REQUEST_CHECKPOINT : asked;
}

// --- to the file

// Collective. Returns 0 if the data is unchanged on all ranks, or -1 and an error of kind ERR_DATA.
static int check_data_unchanged(const struct trainer *t, struct err *e)
{
    const struct checkpointing *k = t->task.checkpointing;
    struct err found = {0};
    if (k->check && k->check(k->context, &found) != 0)
        found.kind = ERR_DATA;
    if (comm_agree(t->task.team->comm, &found) == 0)
        return 0;
    err_merge(e, &found);
    return -1;
}

// Collective. Writes the state, unless this process has written the same state before or the task has no checkpoints.
// Returns 0, or -1 and an error on all ranks.
static int save_state(struct trainer *t, struct history *h, struct err *e)
{
    const struct comm *comm = t->task.team->comm;
    struct checkpoint c;
    char layout[33];
    struct err found = {0};

    if (!has_checkpoints(t) || (t->saved_epoch == t->point.epoch && t->saved_step == t->point.step))
        return 0;
    if (check_data_unchanged(t, e) < 0)
        return -1;

    layout_identity(t, layout);
    describe_checkpoint(t, h, layout, &c);
    comm_join_to_root(comm, c.at.loss, (size_t)t->shards.n * sizeof *c.at.loss);
    double now = clock_wall();
    c.at.seconds += now - t->clock.run_began;
    c.at.epoch_seconds += t->point.step > 0 ? now - t->clock.epoch_began : 0;

    if (comm->rank == 0)
        checkpoint_write(t->task.checkpointing->path, &c, &found);
    if (comm_agree(comm, &found) != 0) {
        err_merge(e, &found);
        return -1;
    }

    t->saved_epoch = t->point.epoch;
    t->saved_step = t->point.step;
    return 0;
}

int trainer_serve(struct trainer *t, struct trained *out, struct err *e)
{
    struct err found = {0};
    if (t->asked == REQUEST_NONE)
        return 0;

    int rc = save_state(t, &out->history, &found);
    request_served(REQUEST_CHECKPOINT);
    set_due(t);
    if (t->asked == REQUEST_STOP || found.kind == ERR_DATA) {
        err_merge(e, &found);
        out->has_stopped = rc == 0;
        return rc;
    }

    if (rc < 0 && t->task.team->comm->rank == 0)
        log_rank_line(LOG_QUIET, "no checkpoint was written, training continues: %s", found.text);
    return 0;
}

int train_save_checkpoint(struct trained *out, struct err *e)
{
    struct trainer *t = out->trainer;
    if (model_is_fitted(t->task.model)) // a fitted model starts again from scratch
        return 0;

    t->clock.run_began = clock_wall();
    t->point.seconds = out->seconds;
    return save_state(t, &out->history, e);
}

// --- from the file

// Clears the losses of all shards that belong to other ranks. Rank 0 has read the losses of all shards.
static void keep_own_losses(struct trainer *t)
{
    int first = t->workers.first_shard, last = first + t->workers.shards;
    for (int i = 0; i < SHARDS_MAX; i++)
        if (i < first || i >= last)
            t->point.loss[i] = 0;
}

bool trainer_restore(struct trainer *t, struct history *h)
{
    const struct comm *comm = t->task.team->comm;
    struct checkpoint c;
    char layout[33];

    t->saved_epoch = -1;
    if (!has_checkpoints(t))
        return false;

    layout_identity(t, layout);
    describe_checkpoint(t, h, layout, &c);
    bool is_there = comm->rank == 0 && checkpoint_read(t->task.checkpointing->path, t->task.checkpointing->related, &c);
    comm_broadcast(comm, 0, &is_there, sizeof is_there);
    if (!is_there)
        return false;

    comm_broadcast(comm, 0, &c.at, sizeof c.at);
    t->point = c.at;
    keep_own_losses(t);
    h->epochs = (int)t->point.epoch;
    ASSERT(h->epochs <= t->task.config->epochs, "%d epochs", h->epochs);
    comm_broadcast(comm, 0, h->train_loss, 4 * (size_t)t->task.config->epochs * sizeof *h->train_loss);
    for (int i = 0; i < c.n; i++)
        comm_broadcast(comm, 0, c.vector[i].v, c.parameters * sizeof(real));
    return true;
}

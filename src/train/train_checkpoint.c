// The state of training is kept: when, by whom, and how all ranks have it again.
#include "train/train_impl.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include "train/checkpoint.h"
#include <math.h>
#include <string.h>

// What the elements of the vectors and of the shards' sums mean.
static void layout_identity(const struct trainer *t, char out[33])
{
    struct text text = {0};
    text_add(&text, "real %zu, parameters %zu, slots %d, best %d, shards %d, rows %lld, steps %lld", sizeof(real),
        t->m->parameters, optimizer_slots(&t->c->optimizer), t->best != NULL, t->shards.n, (long long)t->data->rows,
        (long long)t->shards.steps);
    for (int i = 0; i < t->m->n_layers; i++)
        for (int k = 0; k < t->m->layers[i].n_blocks; k++) {
            const struct block *b = &t->m->layers[i].blocks[k];
            text_add(&text, "\n%s %s %zu %zu", layer_name(&t->m->layers[i]), b->name, b->offset, b->count);
        }
    hash_identity(out, text.data, text.length);
    text_free(&text);
}

static void checkpoint_add(struct checkpoint *c, const char *name, real *v)
{
    c->vector[c->n].name = name;
    c->vector[c->n++].v = v;
}

// The trainer's state as a checkpoint; its own sums of losses are in c->at on every rank.
static void describe(const struct trainer *t, struct history *h, const char *layout, struct checkpoint *c)
{
    static const char *const slots[OPTIMIZER_MAX_SLOTS] = {
        CHECKPOINT_SLOT "0", CHECKPOINT_SLOT "1", CHECKPOINT_SLOT "2"};
    *c = (struct checkpoint){.lineage = t->k->lineage,
        .layout = layout,
        .at = t->at,
        .shards = t->shards.n,
        .epochs = t->c->epochs,
        .steps = t->shards.steps,
        .history = h,
        .parameters = t->m->parameters};
    checkpoint_add(c, CHECKPOINT_PARAMETERS, t->w);
    for (int i = 0; i < optimizer_slots(&t->c->optimizer); i++)
        checkpoint_add(c, slots[i], t->state[i]);
    if (t->best)
        checkpoint_add(c, CHECKPOINT_BEST, t->best);
}

static bool is_kept(const struct trainer *t)
{
    return t->k && t->k->path;
}

static void set_due(struct trainer *t)
{
    bool by_clock = is_kept(t) && t->k->interval > 0 && t->team->comm->rank == 0;
    t->due = by_clock ? clock_wall() + t->k->interval : INFINITY;
}

void keep_start(struct trainer *t)
{
    t->started = t->begun = t->now = clock_wall();
    set_due(t);
}

enum request keep_asked(const struct trainer *t)
{
    enum request asked = request_pending();
    return asked == REQUEST_NONE && t->now >= t->due ? REQUEST_CHECKPOINT : asked;
}

// Collective. -1 and an error on all ranks.
static int keep_write(struct trainer *t, struct history *h, struct err *e)
{
    struct checkpoint c;
    char layout[33];
    struct err found = {0};
    if (!is_kept(t) || (t->kept_epoch == t->at.epoch && t->kept_step == t->at.step))
        return 0;
    if (t->k->check && t->k->check(t->k->context, &found) != 0)
        found.kind = ERR_DATA;
    if (comm_agree(t->team->comm, &found) != 0) {
        err_merge(e, &found);
        return -1;
    }
    layout_identity(t, layout);
    describe(t, h, layout, &c);
    comm_join_to_root(t->team->comm, c.at.loss, (size_t)t->shards.n * sizeof *c.at.loss);
    double now = clock_wall();
    c.at.seconds += now - t->started;
    c.at.epoch_seconds += t->at.step > 0 ? now - t->begun : 0;
    if (t->team->comm->rank == 0)
        checkpoint_write(t->k->path, &c, &found);
    if (comm_agree(t->team->comm, &found) != 0) {
        err_merge(e, &found);
        return -1;
    }
    t->kept_epoch = t->at.epoch;
    t->kept_step = t->at.step;
    return 0;
}

int keep_serve(struct trainer *t, struct trained *out, struct err *e)
{
    struct err found = {0};
    if (t->asked == REQUEST_NONE)
        return 0;
    int failed = keep_write(t, &out->history, &found);
    request_served(REQUEST_CHECKPOINT);
    set_due(t);
    if (t->asked == REQUEST_STOP || found.kind == ERR_DATA) {
        err_merge(e, &found);
        return failed ? -1 : 1;
    }
    if (failed && t->team->comm->rank == 0)
        log_rank_line(LOG_QUIET, "no checkpoint, training goes on: %s", found.text);
    return 0;
}

int train_keep(struct trained *out, struct err *e)
{
    out->trainer->started = clock_wall();
    out->trainer->at.seconds = out->seconds;
    return keep_write(out->trainer, &out->history, e);
}

// Of the sums that rank 0 has read every rank takes those of its own shards.
static void take_losses(struct trainer *t)
{
    for (int i = 0; i < SHARDS_MAX; i++)
        if (i < t->first_shard || i >= t->first_shard + t->own_shards)
            t->at.loss[i] = 0;
}

bool keep_read(struct trainer *t, struct history *h)
{
    struct checkpoint c;
    char layout[33];
    const struct comm *comm = t->team->comm;
    t->kept_epoch = -1;
    if (!is_kept(t))
        return false;
    layout_identity(t, layout);
    describe(t, h, layout, &c);
    bool is_there = comm->rank == 0 && checkpoint_read(t->k->path, &c);
    comm_broadcast(comm, 0, &is_there, sizeof is_there);
    if (!is_there)
        return false;
    comm_broadcast(comm, 0, &c.at, sizeof c.at);
    t->at = c.at;
    take_losses(t);
    h->epochs = (int)t->at.epoch;
    comm_broadcast(comm, 0, h->train_loss, 4 * (size_t)t->c->epochs * sizeof *h->train_loss);
    for (int i = 0; i < c.n; i++)
        comm_broadcast(comm, 0, c.vector[i].v, c.parameters * sizeof(real));
    return true;
}

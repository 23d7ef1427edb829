// What the files of train/ share: the state of training, on one rank of the team.
#pragma once

#include "base/request.h"
#include "train/train.h"

// Behind the gradient, ranks add up whether one of them was asked for a checkpoint, and to stop.
enum { ASKS_CHECKPOINT, ASKS_STOP, ASKED_COUNT };

// What is summed and updated by itself begins at a multiple of so many parameters.
enum { ALIGNMENT = 16 };

// Where training is: plain data, the same on all ranks but for `loss`.
struct train_point {
    int64_t epoch, step;     // complete epochs, and steps done of the next one
    int64_t samples;         // rows that passed through training
    double seconds;          // of training, before this process took it up
    double epoch_seconds;    // of them, those in the epoch that is not complete
    struct watch watch;      // what the losses have said
    int64_t has_diverged;    // 1: then it has ended
    double loss[SHARDS_MAX]; // per shard: sum of its rows' losses in this epoch; zero where not this rank's
};

struct trainer {
    const struct team *team;
    const struct model *m;
    const struct train_config *c;
    const struct dataset *data;
    const struct checkpointing *k; // NULL: nothing is kept
    struct shards shards;
    int first_shard, own_shards; // of this rank
    real *memory;                // owned: w, g, room, state and gradients below are parts of it
    real *w, *g, *room;          // (parameters); g between ranks or to clip its norm, room between ranks
    real *best;                  // (parameters): the weights of the best epoch, where they are asked for
    double *square_sum;          // per chunk, owned: of the gradient; NULL: its norm is not clipped
    double rate;                 // of this epoch
    struct train_point at;
    real *state[OPTIMIZER_MAX_SLOTS];
    real *gradient[SHARDS_MAX];    // (parameters) per own shard
    int32_t *order[SHARDS_MAX];    // (shard's rows) per own shard, owned: this epoch's order
    int64_t ordered;               // which epoch that is; -1: none yet
    struct workspace **ws;         // per thread, owned
    struct overlap *overlap;       // owned; NULL: ranks are asked for sums when all have computed
    enum request asked;            // at this step, by whichever rank
    double now, called;            // the clock, and when team->between was called last
    double started, begun;         // when this process took up training, and the epoch
    double due;                    // when the clock asks for the next checkpoint
    int64_t kept_epoch, kept_step; // where the newest one was written by this process; -1: none yet
};

// g (n) := the sum of this rank's shards' gradients, of parameters [at, at + n).
void trainer_sum_shards(const struct trainer *t, size_t at, size_t n, real *g);

// --- overlap.c: the sum over ranks beside the backward pass
// Collective. NULL where it would not pay, and without a thread to be had.
struct overlap *overlap_new(struct trainer *t);
void overlap_free(struct overlap **o);
// Every thread of the team, once a step for every parameter: [first, first + n) have the gradients of all its shards.
// context: the overlap.
void overlap_gradient_done(void *context, size_t first, size_t n);
// Any thread: waits until piece i of t->g, parameters [*first, *first + *n), is the sum over ranks. False: there are no
// more.
bool overlap_wait(struct overlap *o, int i, size_t *first, size_t *n);
// One thread, when all have waited for all pieces.
void overlap_end_step(struct overlap *o);

// --- keep.c: the state of training, to a file and from it
// Training begins, or goes on: the clock runs.
void keep_start(struct trainer *t);
// What signals and the clock ask for on this rank, at t->now.
enum request keep_asked(const struct trainer *t);
// Collective. Does what t->asked says, the same on all ranks. 0: training goes on; 1: it stops; -1 and an error: it
// stops, without the checkpoint that it was to write.
int keep_serve(struct trainer *t, struct trained *out, struct err *e);
// Collective. Takes the state from a checkpoint. False: there is none to be used, and vectors may be overwritten.
bool keep_read(struct trainer *t, struct history *h);

// Declares what the files of train/ share: the state of training on one rank of the team.
//
// train.c runs the epochs, train_step.c the steps of an epoch on all threads, train_memory.c owns the vectors,
// overlap.c adds gradients over the ranks during the backward pass, and train_checkpoint.c saves and restores the
// state.
//
// Only the main thread works between steps. A step uses no locks, except those inside barrier.c and overlap.c. A thread
// writes its own workspace and the gradient, the order and the loss of its own shards. After a barrier, it writes its
// own range of the parameters. Only thread 0 writes `asked`, `clock` and `point.step`; the others read them after a
// barrier.
#pragma once

#include "base/request.h"
#include "comm/comm.h"
#include "kernels/kernels.h"
#include "nn/nn.h"
#include "train/barrier.h"
#include "train/read_ahead.h"
#include "train/shard_order.h"
#include "train/train.h"

// Two numbers follow the gradient and are summed with it: how many ranks are asked for a checkpoint, and how many are
// asked to stop.
enum { ASKS_CHECKPOINT, ASKS_STOP, ASKED_COUNT };

// Parts of the parameter vector that are summed or updated by themselves begin at multiples of this many parameters.
enum { ALIGNMENT = 16 };
_Static_assert((int)ASKED_COUNT <= (int)ALIGNMENT, "the requests fit behind the gradient");

// Number of parameters in a chunk. A thread updates chunk by chunk, so that the gradient sum, weights and state of a
// chunk stay in the L1 cache. The norm of the gradient is added up by chunks, too, so that it does not depend on which
// thread computed which chunk.
enum { UPDATE_CHUNK = 2048 };

// How far training is: plain data, the same on all ranks except `loss`.
struct train_point {
    int64_t epoch, step;     // complete epochs, and complete steps of the next one
    int64_t samples;         // rows that passed through training
    double seconds;          // of training, before this process resumed it
    double epoch_seconds;    // the same, only of the epoch that is not complete
    struct watch watch;      // what the losses have shown
    int64_t has_diverged;    // 1: a loss was not finite, which ended training
    double loss[SHARDS_MAX]; // per shard: sum of its rows' losses in this epoch; 0 for shards of other ranks
};

// The vectors of training, each (parameters) and aligned. Those that the config does not need are NULL.
struct train_memory {
    real *all;                        // owned: the vectors below are parts of it
    real *w;                          // the weights
    real *state[OPTIMIZER_MAX_SLOTS]; // of the optimizer
    real *gradient[SHARDS_MAX];       // of each shard of this rank; the gradient of a single shard may be `sum`
    real *sum;          // sum of the gradients, then ASKED_COUNT requests; only with several ranks or clip_norm
    real *scratch;      // working space of the sum over ranks
    real *best;         // the weights of the best epoch, if they are to be restored
    double *square_sum; // owned; per UPDATE_CHUNK: sum of squares of the gradient; NULL without clip_norm
};

// What the threads of this rank work with.
struct train_workers {
    int first_shard, shards;              // of this rank
    struct shard_order order[SHARDS_MAX]; // per shard of this rank, owned: the order of this epoch
    int64_t ordered_epoch;                // the epoch of `order`; -1: none yet
    struct workspace **ws;                // per thread, owned
    struct barrier *barrier;              // of the threads, owned
};

// Times of clock_wall, in seconds.
struct train_clock {
    double now;         // read once per step
    double reported;    // when team->on_progress was called last
    double run_began;   // when this process began or resumed training
    double epoch_began; // when this process began or resumed the epoch
    double due;         // when the next checkpoint is due; infinite: never by the clock
};

struct trainer {
    struct train_task task;
    struct shards shards;
    struct train_memory memory;
    struct train_workers workers;
    struct window_reader *reader; // owned; NULL: the training set is not read in pieces
    struct overlap *overlap;      // owned; NULL: the ranks sum their gradients after the backward pass
    struct train_point point;
    struct train_clock clock;
    double learning_rate;            // of this epoch
    enum request asked;              // the request of this step, from any rank
    int64_t saved_epoch, saved_step; // of the newest checkpoint that this process wrote; -1: none yet
};

// --- train_memory.c

// Allocates everything that steps need, except `reader` and `overlap`, and lays out the vectors. Returns 0, or -1 and
// an error. The caller frees the memory in both cases.
int trainer_allocate(struct trainer *t, struct err *e);
// Frees what only steps need. The weights, the optimizer's state and the best weights stay.
void trainer_free_workers(struct trainer *t);
// Returns the number of update chunks.
size_t update_chunk_count(const struct model *m);
// Sets g (n) to the sum of the gradients of this rank's shards, for parameters [first, first + n).
void trainer_sum_shards(const struct trainer *t, size_t first, size_t n, real *g);

// --- train_fit.c

// Collective. Does the same as train_run, for a model that is fitted. Writes no checkpoints.
int trainer_fit(struct trainer *t, struct trained *out, struct err *e);

// --- train_windows.c

// Starts to read ahead the windows of blocks that steps need from point.epoch and point.step on. Returns NULL if the
// training set is not read in pieces, or if the thread cannot be started.
struct window_reader *window_reader_start(const struct trainer *t);
// Waits until the rows that a step needs for shard `own` of this rank are in memory. Only the thread of that shard
// calls it. Does nothing if there is no reader.
void window_reader_wait(struct trainer *t, int own, int64_t step);
void window_reader_stop(struct window_reader **r); // NULL-safe

// --- overlap.c

// Collective. Returns NULL if the overlap would save no time, or if a rank cannot start a thread.
struct overlap *overlap_new(struct trainer *t);
void overlap_free(struct overlap **o); // NULL-safe
// Reports that a thread has added the gradients of all its shards for parameters [first, first + n). Every thread of
// the team reports every parameter once per step. `context` is the overlap.
void overlap_gradient_done(void *context, size_t first, size_t n);
// Waits until piece i of the gradient is summed over the ranks, and sets [*first, *first + *n) to its parameters.
// Returns false if there is no piece i. Any thread may call it.
bool overlap_wait(struct overlap *o, int i, size_t *first, size_t *n);
// Ends the step. One thread calls it when all threads have waited for all pieces.
void overlap_end_step(struct overlap *o);

// --- data_blocks.c

// Collective. Sets the blocks that depend on the training data, before the first step. Returns 0, or -1 and an error on
// all ranks.
int trainer_set_blocks(struct trainer *t, struct err *e);

// --- code_blocks.c

// Collective. Sets those blocks of the final weights w that depend on the codes of the training rows. Returns 0, or -1
// and an error on all ranks.
int trainer_set_code_blocks(struct trainer *t, real *w, struct err *e);

// --- train_step.c

// Collective. Takes the remaining steps of the epoch, unless training stops before. Returns 0, or -1 and an error, like
// trainer_serve.
int trainer_run_steps(struct trainer *t, struct trained *out, struct err *e);

// --- train_checkpoint.c

// Starts the clock when training begins or resumes.
void trainer_start_clock(struct trainer *t);
// Returns the request to this rank at clock.now, from signals or from the clock.
enum request trainer_request(const struct trainer *t);
// Collective. Serves the request t->asked, which is the same on all ranks. Saves the state, and sets out->has_stopped
// if training must stop. Returns 0, or -1 and an error if training must stop but the checkpoint could not be written,
// or if the data has changed.
int trainer_serve(struct trainer *t, struct trained *out, struct err *e);
// Collective. Restores the state from a checkpoint. Returns false if there is no usable one; then the vectors are
// undefined.
bool trainer_restore(struct trainer *t, struct history *h);

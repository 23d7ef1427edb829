// What the files of train/ share: the state of training on one rank of the team.
//
// train.c runs the epochs, train_step.c the steps of an epoch on all threads, train_memory.c owns the vectors,
// overlap.c adds gradients over the ranks during the backward pass, and train_checkpoint.c saves and restores the
// state.
//
// Only the main thread works between steps. Inside a step there are no locks (barrier.c and overlap.c have their own):
// a thread writes the gradient, the order and the loss of its own shards and its own workspace, and after a barrier its
// own range of the parameters. Thread 0 alone writes `asked`, `clock` and `point.step`; the others read them behind a
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

// Behind the gradient, the ranks add up how many of them are asked for a checkpoint, and how many to stop.
enum { ASKS_CHECKPOINT, ASKS_STOP, ASKED_COUNT };

// Parts of the parameter vector that are summed or updated by themselves begin at multiples of this many parameters.
enum { ALIGNMENT = 16 };
_Static_assert((int)ASKED_COUNT <= (int)ALIGNMENT, "the requests fit behind the gradient");

// Parameters that a thread updates at a time: gradient sum, weights and state of a chunk stay in the L1 cache. The norm
// of the gradient is added up by chunks, too, so that it does not depend on which thread computed which chunk.
enum { UPDATE_CHUNK = 2048 };

// How far training is: plain data, the same on all ranks except `loss`.
struct train_point {
    int64_t epoch, step;     // complete epochs, and complete steps of the next one
    int64_t samples;         // rows that passed through training
    double seconds;          // of training, before this process resumed it
    double epoch_seconds;    // of these, the seconds in the epoch that is not complete
    struct watch watch;      // what the losses have shown
    int64_t has_diverged;    // 1: training has ended
    double loss[SHARDS_MAX]; // per shard: sum of its rows' losses in this epoch; 0 for shards of other ranks
};

// The vectors of training, each (parameters) and aligned. Those that the config does not need are NULL.
struct train_memory {
    real *all;                        // owned: the vectors below are parts of it
    real *w;                          // the weights
    real *state[OPTIMIZER_MAX_SLOTS]; // of the optimizer
    real *gradient[SHARDS_MAX];       // of each own shard; with one shard the first may be `sum`
    real *sum;                        // of the gradients, then ASKED_COUNT requests; for several ranks or clip_norm
    real *scratch;                    // of the sum over ranks
    real *best;                       // the weights of the best epoch, if they are to be restored
    double *square_sum;               // per UPDATE_CHUNK, owned: of the sum's elements; NULL: its norm is not clipped
};

// What the threads of this rank work with.
struct train_workers {
    int first_shard, shards;              // of this rank
    struct shard_order order[SHARDS_MAX]; // per own shard, owned: the order of this epoch
    int64_t ordered_epoch;                // the epoch of that order; -1: none yet
    struct workspace **ws;                // per thread, owned
    struct barrier *barrier;              // of the threads, owned
};

// Times of clock_wall, in seconds.
struct train_clock {
    double now;         // read once per step
    double reported;    // when team->on_progress was called last
    double run_began;   // when this process began or resumed training
    double epoch_began; // when it began or resumed the epoch
    double due;         // when the next checkpoint is due; infinite: never by the clock
};

struct trainer {
    struct train_task task;
    struct shards shards;
    struct train_memory memory;
    struct train_workers workers;
    struct window_reader *reader; // owned; NULL: the training set is not read in pieces
    struct overlap *overlap;      // owned; NULL: ranks sum their gradients when all threads have computed
    struct train_point point;
    struct train_clock clock;
    double learning_rate;            // of this epoch
    enum request asked;              // in this step, of any rank
    int64_t saved_epoch, saved_step; // of the newest checkpoint that this process wrote; -1: none yet
};

// --- train_memory.c

// Allocates everything that steps need, all but `overlap`, and lays out the vectors. Returns 0, or -1 and an error; the
// caller frees in either case.
int trainer_allocate(struct trainer *t, struct err *e);
// Frees what only steps need. The weights, the optimizer's state and the best weights stay.
void trainer_free_workers(struct trainer *t);
// Returns the number of update chunks.
size_t update_chunk_count(const struct model *m);
// Sets g (n) to the sum of the gradients of this rank's shards, for parameters [first, first + n).
void trainer_sum_shards(const struct trainer *t, size_t first, size_t n, real *g);

// --- train_fit.c

// Collective. Does what train_run does, for a model that is fitted. No state needs a checkpoint.
int trainer_fit(struct trainer *t, struct trained *out, struct err *e);

// --- train_windows.c

// Starts to read the windows of blocks that steps need next, from point.epoch and point.step on. Returns NULL if the
// training set is not read in pieces, or if there is no thread for it.
struct window_reader *window_reader_start(const struct trainer *t);
// Waits until the rows of a step of own shard `own` are in memory. The thread of that shard calls it. Does nothing if
// there is no reader.
void window_reader_wait(struct trainer *t, int own, int64_t step);
void window_reader_stop(struct window_reader **r); // NULL-safe

// --- overlap.c

// Collective. Returns NULL if the overlap would not pay, or if a rank cannot start a thread.
struct overlap *overlap_new(struct trainer *t);
void overlap_free(struct overlap **o); // NULL-safe
// Every thread of the team calls this once per step for every parameter, when [first, first + n) have the gradients of
// all its shards. `context` is the overlap.
void overlap_gradient_done(void *context, size_t first, size_t n);
// Waits until piece i of the gradient is the sum over ranks, and sets [*first, *first + *n) to its parameters. Returns
// false if there is no piece i. Any thread.
bool overlap_wait(struct overlap *o, int i, size_t *first, size_t *n);
// One thread calls this when all have waited for all pieces.
void overlap_end_step(struct overlap *o);

// --- data_blocks.c

// Collective. Sets the blocks that the training data decides. Returns 0, or -1 and an error on all ranks.
int trainer_set_blocks(struct trainer *t, struct err *e);

// --- code_blocks.c

// Collective. Sets the blocks of w, the weights that training ended with, that the codes of the training rows decide.
// Returns 0, or -1 and an error on all ranks.
int trainer_set_code_blocks(struct trainer *t, real *w, struct err *e);

// --- train_step.c

// Collective. Takes the remaining steps of the epoch, as long as training does not stop. Returns 0, or -1 and an error,
// as trainer_serve.
int trainer_run_steps(struct trainer *t, struct trained *out, struct err *e);

// --- train_checkpoint.c

// Starts the clock when training begins or resumes.
void trainer_start_clock(struct trainer *t);
// Returns what signals and the clock ask of this rank at clock.now.
enum request trainer_request(const struct trainer *t);
// Collective. Does what t->asked says, which is the same on all ranks. Sets out->has_stopped if training must stop.
// Returns 0, or -1 and an error if it must stop without the checkpoint that it was to write.
int trainer_serve(struct trainer *t, struct trained *out, struct err *e);
// Collective. Restores the state from a checkpoint. Returns false if there is no usable one; the vectors are undefined
// then.
bool trainer_restore(struct trainer *t, struct history *h);

// Training: the spec's section `train:`, virtual shards, the step, the epoch, and passes over all rows of a data set.
//
// The promise of bits (design: virtual shards): the batch is cut into S shards; a worker (one OpenMP thread of one
// rank) computes each of its shards' gradients by itself, in products whose shapes hang on S and the batch alone, and
// gradients are added in one binary tree over the shards. Nothing else crosses shards, so a trained model's bits do not
// hang on how many threads and ranks trained it.
#pragma once

#include "comm/comm.h"
#include "data/dataset.h"
#include "nn/nn.h"
#include "train/stopping.h"

// --- the section
enum reduction { REDUCTION_MEAN, REDUCTION_SUM }; // of a sample's loss, over its features
struct train_config {
    int loss;                           // enum loss
    int reduction;                      // enum reduction
    double huber_delta, variance;       // of losses huber and gaussian_nll
    const struct node *feature_weights; // a list of numbers, borrowed from the section; NULL: all 1
    int64_t batch_size, epochs, seed;
    int64_t shards; // 0 before train_config_read: not given
    struct optimizer optimizer;
    struct schedule schedule;
    struct stopping stopping;
};
extern const struct field train_fields[]; // next to optimizer_fields, schedule_fields and stopping_fields
// Reads and checks the section (NULL: all defaults); afterwards every setting has its value. -1 and all mistakes in
// `e`.
int train_config_read(const struct node *section, struct train_config *c, struct err *e);
// Gives the model what the section says of its loss. `ignores_missing`: NaN in a sample counts for nothing. Before
// workspaces are made. -1 and an error where weights and features do not match.
int train_config_loss(const struct train_config *c, bool ignores_missing, struct model *m, struct err *e);
// The section in canonical form, new memory.
struct node *train_config_write(const struct train_config *c);

// --- virtual shards
enum { SHARDS_MAX = 256 };
struct shards {
    int n;
    int64_t steps;              // batches of an epoch; the last one may be smaller
    int64_t first[SHARDS_MAX];  // a shard's first row in the data set
    int64_t rows[SHARDS_MAX];   // and number of rows
    int batch_rows[SHARDS_MAX]; // its rows of a full batch
};
// How `rows` rows fall into n shards at batch size B: the batch's rows floor(sB/n) to floor((s+1)B/n) come from shard
// s, and shards are cut in the same proportion, so that they last equally long.
void shards_cut(struct shards *s, int n, int64_t rows, int64_t batch_size);
// Rows of shard k in step t; of all shards.
int shards_step_rows(const struct shards *s, int k, int64_t t);
int shards_batch_rows(const struct shards *s, int64_t t);
// The fewest rows, but 0, that a shard has in a step.
int shards_least_rows(const struct shards *s);
// The largest power of two of workers, up to `most`, that this many shards can use.
int shards_workers(int64_t shards, int most);

// --- a run
// Where a trial is computed: its group of ranks, the threads of each. ranks x threads divides the shards.
struct team {
    const struct comm *comm;
    int threads;
    // Called by the main thread about every millisecond while it computes; may be NULL.
    void (*between)(void *context, double epochs_done);
    void *context;
};

// Sets the number of this rank's threads and makes sure that OpenMP gives so many: a missing one's shards would be left
// out.
int team_check(int threads, struct err *e);

struct history {
    int epochs; // complete ones
    double *train_loss, *validation_loss, *learning_rate,
        *seconds;      // (epochs) each; validation_loss is NaN without data
    int weights_epoch; // from 1: after which the weights are as they are; 0: the initial ones
};

// How the state of training is kept, so that whoever starts it again goes on with the same bits: in two generations of
// a file (train/checkpoint.h), by the clock, and when base/request.h has one asked for or training stopped.
struct checkpointing {
    const char *path;    // of the newest generation, in a folder that is there; NULL: nothing is read, kept or stopped
    const char *lineage; // whose training it is: an identity; a checkpoint of any other is refused
    double interval;     // seconds between two, by the clock of the team's rank 0; 0: none but those asked for
    bool keeps_last;     // also at the end of training, where one of more epochs will go on
    // Whether what training has read so far is right: called on every rank before its state is kept; NULL: always.
    int (*check)(void *context, struct err *e);
    void *context;
};

struct trainer;
struct trained {
    const real *w;           // (parameters): after the last or the best epoch; equal on all ranks; the trainer's
    struct trainer *trainer; // owned: the state of training
    struct history history;  // owned
    int64_t samples;         // rows that passed through training, also before it was stopped
    double seconds;          // of training, validation included, also before it was stopped
    bool has_diverged;       // a loss became infinite or not a number: training ended there
    bool has_stopped;        // on request, with a checkpoint written; w may not be final
};

// Collective over team->comm. Trains from the checkpoint, or from initial weights where there is none of this lineage
// that is whole and not beyond the config's epochs (damaged ones are warned of). k may be NULL: no checkpoints. The
// model, config and data are borrowed until trained_free. -1 and an error (on all ranks alike) where memory lacks, or
// where training was to stop and the checkpoint could not be written; one by the clock that could not is warned of.
int train_run(const struct team *team, const struct model *m, const struct train_config *c, const struct dataset *train,
    const struct dataset *validation, const struct checkpointing *k, struct trained *out, struct err *e);
// Collective over the same. Writes the checkpoint of training that has ended, because what follows it is stopped. -1
// and an error on all ranks.
int train_keep(struct trained *t, struct err *e);
void trained_free(struct trained *t);
// The generation before the newest, "x.previous.h5" of "x.h5": new memory. Both are removed when a trial is finished.
char *checkpoint_previous(const char *path);
void checkpoint_remove(const char *path);
// Bytes that train_run needs on a rank, beside the data.
size_t train_bytes(const struct model *m, const struct train_config *c, int ranks, int threads);

// --- passes over all rows
// Rows pass in chunks of one fixed size, so that bits do not hang on the number of workers; the last one may be
// smaller.
enum { PASS_ROWS = 256 };
// A chunk after its forward pass: rows [first, first + rows) of the data set, x (rows, input). Called from several
// threads.
typedef void (*pass_visitor)(void *context, struct workspace *ws, int64_t first, int rows, const real *x);
// The rows [first, last) of a data set of `rows` that a rank of the group visits: whole chunks.
void pass_range(const struct comm *comm, int64_t rows, int64_t *first, int64_t *last);
// Each rank visits its range with a workspace per thread, of at least PASS_ROWS rows. Not collective. False where
// REQUEST_STOP cut it short.
bool pass_run(const struct team *team, const struct model *m, const real *w, const struct dataset *d,
    struct workspace *const *ws, pass_visitor visit, void *context);
// Collective over team->comm. The mean loss over all rows of d, equal bits on all ranks. False, on all ranks, where
// REQUEST_STOP cut it short on one.
bool pass_loss(const struct team *team, const struct model *m, const real *w, const struct dataset *d,
    struct workspace *const *ws, double *loss);
// A workspace per thread; NULL and an error without memory.
struct workspace **team_workspaces_new(
    const struct team *team, const struct model *m, int rows, bool trains, struct err *e);
void team_workspaces_free(const struct team *team, struct workspace ***ws);

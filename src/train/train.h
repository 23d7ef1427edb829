// Trains models. This header declares the section `train:` of a spec, virtual shards, teams of ranks and threads,
// training with its checkpoints, and passes over all rows of a data set.
//
// The bits of a trained model do not depend on the number of threads and ranks that trained it. A batch is cut into S
// virtual shards. A worker (one OpenMP thread of one rank) computes the gradient of each of its shards by itself, in
// matrix products whose shapes depend only on S and the batch. The gradients are added in one binary tree over the
// shards. Nothing else crosses shards.
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
    double huber_delta;                 // of loss huber
    double variance;                    // of loss gaussian_nll
    const struct node *feature_weights; // a list of numbers, borrowed from the section; NULL: all 1
    int64_t batch_size, epochs, seed;
    int64_t shards; // a power of two, at most SHARDS_MAX and batch_size
    struct optimizer optimizer;
    struct schedule schedule;
    struct stopping stopping;
    bool validates_noise; // the validation loss is computed on noisy rows
};
// The section also contains the fields of optimizer_fields, schedule_fields and stopping_fields.
extern const struct field train_fields[];

// Reads and checks the section; NULL means all defaults. Returns 0, or -1 with every mistake in `e`. Every setting has
// a value afterwards in either case.
int train_config_read(const struct node *section, struct train_config *c, struct err *e);
// Gives the model the settings of its loss; call it before workspaces are made. `ignores_missing`: missing values (NaN)
// of a sample do not count. Returns 0, or -1 and an error if the feature weights do not suit the model.
int train_config_loss(const struct train_config *c, bool ignores_missing, struct model *m, struct err *e);
// Returns the section in canonical form; the caller owns it.
struct node *train_config_write(const struct train_config *c);

// --- virtual shards

enum { SHARDS_MAX = 256 };

struct shards {
    int n;
    int64_t steps;              // batches per epoch; the last one may be smaller
    int64_t first[SHARDS_MAX];  // first row of each shard in the data set
    int64_t rows[SHARDS_MAX];   // number of rows of each shard
    int batch_rows[SHARDS_MAX]; // rows of each shard in a full batch
};

// Cuts `rows` rows into n shards for batch size B. Rows [floor(sB/n), floor((s+1)B/n)) of a batch come from shard s,
// and the data set is cut in the same proportion, so that all shards run out of rows in the same step.
void shards_cut(struct shards *s, int n, int64_t rows, int64_t batch_size);
// Returns the number of rows of shard k in step t.
int shards_step_rows(const struct shards *s, int k, int64_t t);
// Returns the number of rows of all shards in step t.
int shards_batch_rows(const struct shards *s, int64_t t);
// Returns the smallest number of rows above 0 that a shard has in any step.
int shards_least_rows(const struct shards *s);
// Returns the number of workers to use: the largest power of two that exceeds neither `shards` nor `most`.
int shards_workers(int64_t shards, int most);

// --- a team

// The ranks and threads that compute a trial. Each rank has the same number of threads. The number of shards is a
// multiple of ranks x threads.
struct team {
    const struct comm *comm;
    int threads;
    // The main thread calls this about every millisecond while it computes; epochs_done is NaN outside training. May be
    // NULL.
    void (*on_progress)(void *context, double epochs_done);
    void *context;
};

// Sets the number of this rank's threads. Returns 0, or -1 and an error if OpenMP provides fewer threads, because the
// shards of a missing thread would be left out.
int team_set_threads(int threads, struct err *e);

// Returns one workspace per thread, each for `rows` rows; `trains` adds the buffers of the backward pass. Returns NULL
// and an error if memory runs out.
struct workspace **team_workspaces_new(
    const struct team *team, const struct model *m, int rows, bool trains, struct err *e);
void team_workspaces_free(const struct team *team, struct workspace ***ws); // NULL-safe

// Calls work(context, i) for each i in [0, n), spread over the threads of this rank, in any order. Several threads call
// it at the same time. Not collective.
void team_each(const struct team *team, int64_t n, void (*work)(void *context, int64_t i), void *context);

// --- a run

struct history {
    int epochs;              // number of complete epochs
    double *train_loss;      // (epochs), owned; the three below are parts of it
    double *validation_loss; // (epochs); NaN without validation data
    double *learning_rate;   // (epochs)
    double *seconds;         // (epochs)
    int weights_epoch;       // the epoch, from 1, that gave the resulting weights; 0: the initial weights
};

// How the state of training is saved, so that an interrupted run resumes with the same bits. The file has two
// generations (train/checkpoint.h). It is written at intervals, on request (base/request.h), and when training stops.
struct checkpointing {
    const char *path; // path of the newest generation, in an existing folder; NULL: nothing is read or written
    const char *const *related; // list, ended by NULL, of files to resume from if there is none at `path`; or NULL
    const char *lineage;        // the identity of this training; checkpoints of any other lineage are refused
    double interval; // seconds between two checkpoints, by the clock of the team's rank 0; 0: only on request
    bool keeps_last; // also writes one at the end, so that a trial with more epochs can resume from it
    // Checks that what training has read so far is unchanged. Every rank calls it before the state is written; NULL: no
    // check. Returns 0, or -1 and an error.
    int (*check)(void *context, struct err *e);
    void *context;
};

// Which model is trained on which data by which team. Everything is borrowed until trained_free.
struct train_task {
    const struct team *team;
    const struct model *model;
    const struct train_config *config;
    const struct dataset *train;
    const struct dataset *validation;          // with 0 rows: no validation
    const struct checkpointing *checkpointing; // NULL: no checkpoints
};

struct trainer;
struct trained {
    const real *w; // (parameters), borrowed from `trainer`: weights of the last or best epoch; equal on all ranks
    struct trainer *trainer; // owned: the state of training
    struct history history;  // owned
    int64_t samples;         // rows that passed through training, including those before an interruption
    double seconds;          // of training and validation, including those before an interruption
    bool has_diverged;       // a loss became infinite or NaN, which ended training
    bool has_stopped;        // on request, with a checkpoint written; w may not be final
};

// Collective over team->comm. Trains from the checkpoint if there is a usable one, otherwise from initial weights. A
// checkpoint is usable if it is undamaged, of this lineage, and not beyond the config's epochs; a damaged one is
// reported. Returns 0, or -1 and an error, the same on all ranks, if memory is short, if the data changed, or if the
// checkpoint of a requested stop could not be written. If any other checkpoint cannot be written, the failure is only
// reported. The caller frees *out with trained_free; after a failure it owns nothing.
int train_run(const struct train_task *task, struct trained *out, struct err *e);
// Collective over the same ranks. Writes a checkpoint after training has ended, because the work after training was
// stopped. Returns 0, or -1 and an error on all ranks.
int train_save_checkpoint(struct trained *t, struct err *e);
void trained_free(struct trained *t);

// Returns the path of the generation before the newest, "x.previous.h5" for "x.h5", in new memory.
char *checkpoint_previous(const char *path);
// Removes both generations, once the trial is finished.
void checkpoint_remove(const char *path);

// Returns the bytes that train_run needs on each rank, without the data.
size_t train_bytes(const struct model *m, const struct train_config *c, int ranks, int threads);

// --- passes over all rows

// Rows pass in chunks of one fixed size, so that bits do not depend on the number of workers.
enum { PASS_ROWS = 256 };

// A forward pass of all rows of `data` through the model with weights w, on the ranks and threads of the team.
struct row_pass {
    const struct team *team;
    const struct model *model;
    const real *w; // (parameters)
    const struct dataset *data;
    struct workspace *const *ws; // one per thread, of at least PASS_ROWS rows
    bool leaves_out;             // as in struct step
    bool corrupts;               // layers that add noise in training also add it here, the same noise in every pass
    uint64_t seed;               // of that noise
    bool ignores_stop;           // REQUEST_STOP does not interrupt the pass
};

// The rows of a data set that a workspace holds: PASS_ROWS, or fewer at the end of the data set.
struct row_chunk {
    int64_t first; // number of the first row in the data set
    int rows;
    const real *x; // (rows, input)
};

// Visits a chunk after its forward pass. Several threads call it at the same time.
typedef void (*pass_visitor)(void *context, struct workspace *ws, const struct row_chunk *chunk);

// Sets *first and *last to the rows [first, last) that this rank of comm visits in a data set of `rows` rows. All
// chunks are full, except the last one of the data set.
void pass_range(const struct comm *comm, int64_t rows, int64_t *first, int64_t *last);
// Visits the chunks of this rank's range, on all of its threads. Not collective. Returns false if REQUEST_STOP
// interrupted the pass.
bool pass_run(const struct row_pass *p, pass_visitor visit, void *context);
// Collective over team->comm. Sets *loss to the mean loss over all rows of the data set, with the same bits on all
// ranks. Returns false, on all ranks, if REQUEST_STOP interrupted the pass on any of them.
bool pass_loss(const struct row_pass *p, double *loss);

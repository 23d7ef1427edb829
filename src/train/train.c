// The step and the epoch: gradients of shards by workers, their sum in a fixed tree, the optimizer.
#include "train/train.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "data/gather.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

// Parameters that a thread updates at a time: gradient sum, weights and state of a chunk stay in the L1 cache.
// The norm of the gradient is added up by chunks, too, so that it does not hang on who computed which.
enum { UPDATE_CHUNK = 2048, ALIGNMENT = 16 };

struct trainer {
    const struct team *team;
    const struct model *m;
    const struct train_config *c;
    const struct dataset *data;
    struct shards shards;
    int first_shard, own_shards; // of this rank
    real *memory;                // owned: w, g, room, state and gradients below are parts of it
    real *w, *g, *room;          // (parameters); g between ranks or to clip its norm, room between ranks
    real *best;                  // (parameters): the weights of the best epoch, where they are asked for
    double *square_sum;          // per chunk, owned: of the gradient; NULL: its norm is not clipped
    double rate;                 // of this epoch
    struct watch watch;
    real *state[OPTIMIZER_MAX_SLOTS];
    real *gradient[SHARDS_MAX]; // (parameters) per own shard
    int32_t *order[SHARDS_MAX]; // (shard's rows) per own shard, owned: this epoch's order
    double loss[SHARDS_MAX];    // per shard of all: sum of its rows' losses in this epoch; zero where not own
    struct workspace **ws;      // per thread, owned
    int64_t step;               // steps done since the start of training
    double called;              // when team->between was called last
};

static bool keeps_best(const struct train_config *c)
{
    return c->schedule.patience > 0 && c->schedule.restore_best;
}

static bool needs_gradient(const struct train_config *c, int ranks)
{
    return ranks > 1 || c->optimizer.clip_norm > 0;
}

static size_t memory_length(const struct model *m, const struct train_config *c, int ranks)
{
    size_t vectors = 1 + (size_t)optimizer_slots(&c->optimizer) + (size_t)(c->shards / ranks) +
                     needs_gradient(c, ranks) + (ranks > 1) + keeps_best(c);
    return vectors * m->parameters;
}

static size_t chunk_count(const struct model *m)
{
    return (m->parameters + UPDATE_CHUNK - 1) / UPDATE_CHUNK;
}

// A worker's rows: those of its largest shard, or of a pass over a data set.
static int workspace_rows(const struct train_config *c)
{
    int64_t part = (c->batch_size + c->shards - 1) / c->shards;
    return part > PASS_ROWS ? (int)part : PASS_ROWS;
}

size_t train_bytes(const struct model *m, const struct train_config *c, int ranks, int threads)
{
    return memory_length(m, c, ranks) * sizeof(real) + (size_t)threads * workspace_bytes(m, workspace_rows(c), true);
}

static void trainer_free(struct trainer *t)
{
    for (int i = 0; i < t->own_shards; i++)
        free(t->order[i]);
    team_workspaces_free(t->team, &t->ws);
    free(t->memory);
    free(t->square_sum);
}

static void lay_out_memory(struct trainer *t)
{
    real *next = t->memory;
    size_t n = t->m->parameters;
    t->w = next;
    for (int i = 0; i < optimizer_slots(&t->c->optimizer); i++)
        t->state[i] = next += n;
    for (int i = 0; i < t->own_shards; i++)
        t->gradient[i] = next += n;
    if (needs_gradient(t->c, t->team->comm->size))
        t->g = next += n;
    if (t->team->comm->size > 1)
        t->room = next += n;
    if (keeps_best(t->c))
        t->best = next += n;
}

static int trainer_init(struct trainer *t, struct err *e)
{
    const struct comm *comm = t->team->comm;
    shards_cut(&t->shards, (int)t->c->shards, t->data->rows, t->c->batch_size);
    ASSERT(t->shards.n % (comm->size * t->team->threads) == 0, "%d shards", t->shards.n);
    t->own_shards = t->shards.n / comm->size;
    t->first_shard = t->own_shards * comm->rank;
    t->memory = mem_array(memory_length(t->m, t->c, comm->size), sizeof *t->memory, "weights and gradients", e);
    if (t->c->optimizer.clip_norm > 0)
        t->square_sum = mem_array(chunk_count(t->m), sizeof *t->square_sum, "sums of squares", e);
    t->ws = team_workspaces_new(t->team, t->m, workspace_rows(t->c), true, e);
    for (int i = 0; i < t->own_shards; i++)
        t->order[i] =
            mem_array((size_t)t->shards.rows[t->first_shard + i], sizeof **t->order, "the order of a shard", e);
    if (comm_agree(comm, e) != 0)
        return -1;
    lay_out_memory(t);
    model_initialize(t->m, (uint64_t)t->c->seed, t->w);
    for (int i = 0; i < optimizer_slots(&t->c->optimizer); i++)
        for (size_t k = 0; k < t->m->parameters; k++)
            t->state[i][k] = (real)optimizer_slot_start(&t->c->optimizer);
    return 0;
}

// OpenMP's barrier, but without its system call where there is nobody to wait for.
static void wait_for_threads(const struct trainer *t)
{
    if (t->team->threads > 1) {
#pragma omp barrier
    }
}

// The own shards of a thread, [first, last).
static void shards_of_thread(const struct trainer *t, int thread, int *first, int *last)
{
    int each = t->own_shards / t->team->threads;
    *first = each * thread;
    *last = each * (thread + 1);
}

static void shuffle(struct trainer *t, int own, int64_t epoch)
{
    int shard = t->first_shard + own, n = (int)t->shards.rows[shard];
    random_permutation((uint64_t)t->c->seed, RANDOM_SHUFFLE, (uint32_t)epoch, (uint32_t)shard, n, t->order[own]);
    for (int i = 0; i < n; i++)
        t->order[own][i] += (int32_t)t->shards.first[shard];
}

static void shard_gradient(
    struct trainer *t, int own, uint32_t epoch, int64_t step, int batch_rows, struct workspace *ws)
{
    int shard = t->first_shard + own, rows = shards_step_rows(&t->shards, shard, step);
    if (rows == 0) { // its last, smaller batch lies behind it: others still have rows
        memset(t->gradient[own], 0, t->m->parameters * sizeof(real));
        return;
    }
    const int32_t *sample = t->order[own] + step * t->shards.batch_rows[shard];
    dataset_gather(t->data, sample, rows, ws->x);
    ws->step = (struct step){true, t->c->reduction == REDUCTION_SUM, (uint64_t)t->c->seed, epoch, sample};
    model_forward(t->m, t->w, ws, rows, ws->x);
    t->loss[shard] += model_backward(t->m, t->w, ws, rows, batch_rows, ws->x, t->gradient[own]);
}

// The parameters that a thread sums and updates, [first, last).
static void range_of_thread(const struct trainer *t, int thread, size_t *first, size_t *last)
{
    size_t units = t->m->parameters / ALIGNMENT, threads = (size_t)t->team->threads, i = (size_t)thread;
    *first = units * i / threads * ALIGNMENT;
    *last = units * (i + 1) / threads * ALIGNMENT;
}

static void sum_own_shards(const struct trainer *t, size_t at, size_t n, real *g)
{
    const real *shard[SHARDS_MAX];
    for (int i = 0; i < t->own_shards; i++)
        shard[i] = t->gradient[i] + at;
    kernels()->tree_sum(n, t->own_shards, shard, g);
}

// The sum over ranks continues the tree inside the rank. Every thread sums its range; the main thread communicates.
static void sum_over_ranks(struct trainer *t, int thread)
{
    size_t first, last;
    range_of_thread(t, thread, &first, &last);
    sum_own_shards(t, first, last - first, t->g + first);
    wait_for_threads(t);
    if (thread == 0)
        comm_tree_sum(t->team->comm, t->m->parameters, t->g, t->room);
    wait_for_threads(t);
}

// The norm of the whole gradient, penalties included, which it adds to t->g: every thread takes its chunks.
static double gradient_norm(struct trainer *t, int thread)
{
    size_t chunks = chunk_count(t->m), threads = (size_t)t->team->threads, i = (size_t)thread;
    double sum = 0;
    for (size_t c = chunks * i / threads; c < chunks * (i + 1) / threads; c++) {
        size_t at = c * UPDATE_CHUNK, left = t->m->parameters - at, n = left < UPDATE_CHUNK ? left : UPDATE_CHUNK;
        if (t->team->comm->size == 1)
            sum_own_shards(t, at, n, t->g + at);
        model_penalize(t->m, at, n, t->w + at, t->g + at);
        t->square_sum[c] = model_square_sum(t->m, at, n, t->g + at);
    }
    wait_for_threads(t);
    for (size_t c = 0; c < chunks; c++)
        sum += t->square_sum[c];
    return sqrt(sum);
}

// Sum of gradients, penalties and optimizer in one pass over this thread's parameters.
static void update_range(struct trainer *t, int thread, const struct update *u)
{
    real sum[UPDATE_CHUNK] __attribute__((aligned(64)));
    size_t first, last;
    range_of_thread(t, thread, &first, &last);
    for (size_t at = first; at < last; at += UPDATE_CHUNK) {
        size_t n = last - at < UPDATE_CHUNK ? last - at : UPDATE_CHUNK;
        real *g = t->g ? t->g + at : sum, *state[OPTIMIZER_MAX_SLOTS] = {0};
        if (!t->g)
            sum_own_shards(t, at, n, g);
        for (int i = 0; i < optimizer_slots(&t->c->optimizer); i++)
            state[i] = t->state[i] + at;
        if (t->square_sum) // then g has the penalties in it
            model_step(t->m, &t->c->optimizer, u, at, n, t->w + at, g, state);
        else
            model_update(t->m, &t->c->optimizer, u, at, n, t->w + at, g, state);
    }
}

static void call_between(struct trainer *t, double epochs_done)
{
    double now = clock_wall();
    if (t->team->between && now - t->called > 1e-3) {
        t->team->between(t->team->context, epochs_done);
        t->called = now;
    }
}

// What one thread does in an epoch. Two barriers a step on one rank, four on several, one
// more to clip the norm.
static void run_thread(struct trainer *t, int thread, int64_t epoch)
{
    int first, last;
    shards_of_thread(t, thread, &first, &last);
    flush_denormals();
    for (int i = first; i < last; i++)
        shuffle(t, i, epoch);
    for (int64_t step = 0; step < t->shards.steps; step++) {
        int batch_rows = shards_batch_rows(&t->shards, step);
        struct update u = optimizer_update(&t->c->optimizer, t->step + step + 1, t->rate);
        for (int i = first; i < last; i++)
            shard_gradient(t, i, (uint32_t)epoch, step, batch_rows, t->ws[thread]);
        wait_for_threads(t);
        if (t->team->comm->size > 1)
            sum_over_ranks(t, thread);
        if (t->square_sum)
            u.clip_factor = optimizer_clip_factor(&t->c->optimizer, gradient_norm(t, thread));
        update_range(t, thread, &u);
        if (thread == 0)
            call_between(t, (double)epoch + (double)step / (double)t->shards.steps);
        wait_for_threads(t);
    }
}

// Returns the mean loss of the epoch's rows, each at the weights that its batch found.
static double run_epoch(struct trainer *t, int64_t epoch)
{
    memset(t->loss, 0, sizeof t->loss);
#pragma omp parallel num_threads(t->team->threads)
    run_thread(t, omp_get_thread_num(), epoch);
    t->step += t->shards.steps;
    comm_join_all(t->team->comm, t->loss, (size_t)t->shards.n * sizeof *t->loss);
    double sum = 0;
    for (int i = 0; i < t->shards.n; i++)
        sum += t->loss[i];
    return sum / (double)t->data->rows;
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

static void history_new(struct history *h, int64_t epochs)
{
    double *all = mem_new(4 * (size_t)epochs, sizeof *all);
    *h = (struct history){0, all, all + epochs, all + 2 * epochs, all + 3 * epochs, 0};
}

// What the losses of an epoch decide: the best weights. Those of the last epoch are the model's until then.
static void judge_epoch(struct trainer *t, int64_t epoch, double train_loss, double validation_loss)
{
    bool is_best = watch_add(&t->c->schedule, &t->watch, epoch, train_loss, validation_loss);
    if (is_best && t->best)
        memcpy(t->best, t->w, t->m->parameters * sizeof *t->w);
}

static void restore_best(struct trainer *t, struct trained *out)
{
    out->history.weights_epoch = out->history.epochs;
    if (!t->best || t->watch.best_epoch < 0 || out->has_diverged)
        return;
    memcpy(t->w, t->best, t->m->parameters * sizeof *t->w);
    out->history.weights_epoch = (int)t->watch.best_epoch + 1;
}

static void run_epochs(struct trainer *t, const struct dataset *validation, struct trained *out)
{
    double start = clock_wall();
    const struct schedule *s = &t->c->schedule;
    watch_start(&t->watch);
    for (int64_t epoch = 0; epoch < t->c->epochs && !out->has_diverged && !schedule_ends(s, &t->watch); epoch++) {
        t->rate = schedule_rate(s, t->c->optimizer.learning_rate, epoch, t->c->epochs, &t->watch);
        double begin = clock_wall(), validation_loss = NAN, train_loss = run_epoch(t, epoch);
        out->samples += t->data->rows;
        out->has_diverged = !isfinite(train_loss);
        if (validation->rows > 0 && !out->has_diverged) {
            validation_loss = pass_loss(t->team, t->m, t->w, validation, t->ws);
            validation_loss *= t->c->reduction == REDUCTION_SUM ? shape_size(&t->m->input) : 1;
            out->has_diverged = !isfinite(validation_loss);
        }
        judge_epoch(t, epoch, train_loss, validation_loss);
        history_add(&out->history, train_loss, validation_loss, t->rate, clock_wall() - begin);
    }
    restore_best(t, out);
    out->seconds = clock_wall() - start;
}

int train_run(const struct team *team, const struct model *m, const struct train_config *c, const struct dataset *train,
    const struct dataset *validation, struct trained *out, struct err *e)
{
    struct trainer t = {.team = team, .m = m, .c = c, .data = train};
    *out = (struct trained){0};
    history_new(&out->history, c->epochs);
    int failed = trainer_init(&t, e);
    if (!failed) {
        run_epochs(&t, validation, out);
        out->w = t.w; // the head of t.memory, which the result now owns
        out->memory = t.memory;
        t.memory = NULL;
    }
    trainer_free(&t);
    if (failed)
        trained_free(out);
    return failed;
}

void trained_free(struct trained *t)
{
    free(t->memory);
    free(t->history.train_loss);
    *t = (struct trained){0};
}

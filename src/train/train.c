// The step and the epoch: gradients of shards by workers, their sum in a fixed tree, the optimizer.
#include "train/train_impl.h"

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
enum { UPDATE_CHUNK = 2048 };

static bool keeps_best(const struct train_config *c)
{
    return c->stopping.patience > 0 && c->stopping.restore_best;
}

static bool needs_gradient(const struct train_config *c, int ranks)
{
    return ranks > 1 || c->optimizer.clip_norm > 0;
}

// Gradients beside that of the sum over ranks: those of the shards, unless there is one alone, which becomes the sum.
static int own_gradients(const struct train_config *c, int ranks)
{
    int shards = (int)c->shards / ranks;
    return shards == 1 && needs_gradient(c, ranks) ? 0 : shards;
}

static size_t memory_length(const struct model *m, const struct train_config *c, int ranks)
{
    size_t vectors = 1 + (size_t)optimizer_slots(&c->optimizer) + (size_t)own_gradients(c, ranks) +
                     needs_gradient(c, ranks) + (ranks > 1) + keeps_best(c);
    return vectors * m->parameters + ALIGNMENT; // of which ASKED_COUNT
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

// Frees what only steps need.
static void trainer_rest(struct trainer *t)
{
    for (int i = 0; i < t->own_shards; i++) {
        free(t->order[i]);
        t->order[i] = NULL;
    }
    overlap_free(&t->overlap);
    team_workspaces_free(t->team, &t->ws);
    free(t->square_sum);
    t->square_sum = NULL;
}

static void lay_out_memory(struct trainer *t)
{
    real *next = t->memory;
    size_t n = t->m->parameters;
    t->w = next;
    for (int i = 0; i < optimizer_slots(&t->c->optimizer); i++)
        t->state[i] = next += n;
    for (int i = 0; i < own_gradients(t->c, t->team->comm->size); i++)
        t->gradient[i] = next += n;
    if (t->team->comm->size > 1)
        t->room = next += n;
    if (keeps_best(t->c))
        t->best = next += n;
    if (needs_gradient(t->c, t->team->comm->size))
        t->g = next += n;
    if (!t->gradient[0])
        t->gradient[0] = t->g;
}

static void start_anew(struct trainer *t)
{
    model_initialize(t->m, (uint64_t)t->c->seed, t->w);
    for (int i = 0; i < optimizer_slots(&t->c->optimizer); i++)
        for (size_t k = 0; k < t->m->parameters; k++)
            t->state[i][k] = (real)optimizer_slot_start(&t->c->optimizer);
    watch_start(&t->at.watch);
}

// Collective.
static int trainer_init(struct trainer *t, struct history *h, struct err *e)
{
    const struct comm *comm = t->team->comm;
    t->ordered = -1;
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
    if (!keep_read(t, h))
        start_anew(t);
    t->overlap = overlap_new(t);
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

// `is_last`: of this thread's shards in this step.
static void shard_gradient(struct trainer *t, int own, bool is_last, int64_t step, int batch_rows, struct workspace *ws)
{
    int shard = t->first_shard + own, rows = shards_step_rows(&t->shards, shard, step);
    bool is_awaited = is_last && t->overlap;
    if (rows == 0) { // its last, smaller batch lies behind it: others still have rows
        memset(t->gradient[own], 0, t->m->parameters * sizeof(real));
        if (is_awaited)
            overlap_gradient_done(t->overlap, 0, t->m->parameters);
        return;
    }
    const int32_t *sample = t->order[own] + step * t->shards.batch_rows[shard];
    dataset_gather(t->data, sample, rows, ws->x);
    ws->step = (struct step){.trains = true,
        .sums = t->c->reduction == REDUCTION_SUM,
        .seed = (uint64_t)t->c->seed,
        .epoch = (uint32_t)t->at.epoch,
        .sample = sample};
    ws->gradient_done = is_awaited ? overlap_gradient_done : NULL;
    ws->context = t->overlap;
    model_forward(t->m, t->w, ws, rows, ws->x);
    t->at.loss[shard] += model_backward(t->m, t->w, ws, rows, batch_rows, ws->x, t->gradient[own]);
}

// Of parameters [at, at + n), those that a thread sums and updates: [*first, *last).
static void range_of_thread(const struct trainer *t, int thread, size_t at, size_t n, size_t *first, size_t *last)
{
    size_t units = n / ALIGNMENT, threads = (size_t)t->team->threads, i = (size_t)thread;
    *first = at + units * i / threads * ALIGNMENT;
    *last = at + units * (i + 1) / threads * ALIGNMENT;
}

void trainer_sum_shards(const struct trainer *t, size_t at, size_t n, real *g)
{
    const real *shard[SHARDS_MAX];
    if (t->gradient[0] == t->g)
        return;
    for (int i = 0; i < t->own_shards; i++)
        shard[i] = t->gradient[i] + at;
    kernels()->tree_sum(n, t->own_shards, shard, g);
}

static void put_asked(struct trainer *t)
{
    real *asked = t->g + t->m->parameters;
    asked[ASKS_CHECKPOINT] = t->asked >= REQUEST_CHECKPOINT;
    asked[ASKS_STOP] = t->asked >= REQUEST_STOP;
}

static void take_asked(struct trainer *t)
{
    const real *asked = t->g + t->m->parameters;
    t->asked = asked[ASKS_STOP] > 0 ? REQUEST_STOP : asked[ASKS_CHECKPOINT] > 0 ? REQUEST_CHECKPOINT : REQUEST_NONE;
}

// The sum over ranks continues the tree inside the rank. Every thread sums its range; the main thread communicates.
// Where it went on beside, all pieces have come in.
static void sum_over_ranks(struct trainer *t, int thread)
{
    size_t first, last;
    range_of_thread(t, thread, 0, t->m->parameters, &first, &last);
    if (!t->overlap)
        trainer_sum_shards(t, first, last - first, t->g + first);
    wait_for_threads(t);
    if (thread == 0) {
        if (t->overlap)
            overlap_end_step(t->overlap);
        else
            comm_tree_sum(t->team->comm, t->m->parameters + ASKED_COUNT, t->g, t->room);
        take_asked(t);
    }
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
            trainer_sum_shards(t, at, n, t->g + at);
        model_penalize(t->m, at, n, t->w + at, t->g + at);
        t->square_sum[c] = model_square_sum(t->m, at, n, t->g + at);
    }
    wait_for_threads(t);
    for (size_t c = 0; c < chunks; c++)
        sum += t->square_sum[c];
    return sqrt(sum);
}

// Sum of gradients, penalties and optimizer in one pass over this thread's part of parameters
// [from, from + count).
static void update_range(struct trainer *t, int thread, size_t from, size_t count, const struct update *u)
{
    real sum[UPDATE_CHUNK] __attribute__((aligned(64)));
    size_t first, last;
    range_of_thread(t, thread, from, count, &first, &last);
    for (size_t at = first; at < last; at += UPDATE_CHUNK) {
        size_t n = last - at < UPDATE_CHUNK ? last - at : UPDATE_CHUNK;
        real *g = t->g ? t->g + at : sum, *state[OPTIMIZER_MAX_SLOTS] = {0};
        if (!t->g)
            trainer_sum_shards(t, at, n, g);
        for (int i = 0; i < optimizer_slots(&t->c->optimizer); i++)
            state[i] = t->state[i] + at;
        if (t->square_sum) // then g has the penalties in it
            model_step(t->m, &t->c->optimizer, u, at, n, t->w + at, g, state);
        else
            model_update(t->m, &t->c->optimizer, u, at, n, t->w + at, g, state);
    }
}

// Pieces are updated as their sums come in, when all threads have computed; where the gradient's norm is wanted, all
// must have come in first.
static void update(struct trainer *t, int thread, struct update *u)
{
    size_t first, n;
    for (int i = 0; t->overlap && overlap_wait(t->overlap, i, &first, &n); i++)
        if (!t->square_sum)
            update_range(t, thread, first, n, u);
    if (t->team->comm->size > 1)
        sum_over_ranks(t, thread);
    if (t->square_sum)
        u->clip_factor = optimizer_clip_factor(&t->c->optimizer, gradient_norm(t, thread));
    if (!t->overlap || t->square_sum)
        update_range(t, thread, 0, t->m->parameters, u);
}

// What this rank is asked for goes with the gradient of the step that begins.
static void ask(struct trainer *t)
{
    t->asked = keep_asked(t);
    if (t->team->comm->size > 1)
        put_asked(t);
}

static void call_between(struct trainer *t, int64_t step)
{
    t->now = clock_wall();
    if (t->team->between && t->now - t->called > 1e-3) {
        t->team->between(t->team->context, (double)t->at.epoch + (double)step / (double)t->shards.steps);
        t->called = t->now;
    }
}

// What one thread does in an epoch, until its end or until something is asked for. Two barriers a step on one rank,
// four on several, one more to clip the norm.
static void run_thread(struct trainer *t, int thread)
{
    int first, last;
    int64_t epoch = t->at.epoch, step = t->at.step;
    shards_of_thread(t, thread, &first, &last);
    flush_denormals();
    for (int i = first; i < last && t->ordered != epoch; i++)
        shuffle(t, i, epoch);
    for (enum request asked = REQUEST_NONE; step < t->shards.steps && !asked; step++) {
        int batch_rows = shards_batch_rows(&t->shards, step);
        struct update u = optimizer_update(&t->c->optimizer, epoch * t->shards.steps + step + 1, t->rate);
        if (thread == 0)
            ask(t);
        for (int i = first; i < last; i++)
            shard_gradient(t, i, i == last - 1, step, batch_rows, t->ws[thread]);
        wait_for_threads(t);
        update(t, thread, &u);
        asked = t->asked; // which no thread writes before all are behind the last barrier
        if (thread == 0)
            call_between(t, step);
        wait_for_threads(t);
    }
    if (thread == 0)
        t->at.step = step;
}

// Collective. Goes on with the epoch to its end, or as keep_serve says.
static int run_steps(struct trainer *t, struct trained *out, struct err *e)
{
    int end = 0;
    while (t->at.step < t->shards.steps && end == 0) {
#pragma omp parallel num_threads(t->team->threads)
        run_thread(t, omp_get_thread_num());
        t->ordered = t->at.epoch;
        end = keep_serve(t, out, e);
    }
    return end;
}

// Collective. The mean loss of the epoch's rows, each at the weights that its batch found.
static double epoch_loss(struct trainer *t)
{
    double loss[SHARDS_MAX], sum = 0;
    memcpy(loss, t->at.loss, sizeof loss);
    comm_join_all(t->team->comm, loss, (size_t)t->shards.n * sizeof *loss);
    for (int i = 0; i < t->shards.n; i++)
        sum += loss[i];
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
static void judge_epoch(struct trainer *t, double train_loss, double validation_loss)
{
    bool is_best = watch_add(&t->at.watch, &t->c->stopping, &t->c->schedule, t->at.epoch, train_loss, validation_loss);
    if (is_best && t->best)
        memcpy(t->best, t->w, t->m->parameters * sizeof *t->w);
}

// Collective. What follows the last step of an epoch. As keep_serve, where validation is cut short: it begins anew when
// training goes on.
static int end_epoch(struct trainer *t, const struct dataset *validation, struct trained *out, struct err *e)
{
    double validation_loss = NAN, train_loss = epoch_loss(t);
    t->at.has_diverged = !isfinite(train_loss);
    if (validation->rows > 0 && !t->at.has_diverged) {
        if (!pass_loss(t->team, t->m, t->w, validation, t->ws, &validation_loss)) {
            t->asked = REQUEST_STOP;
            return keep_serve(t, out, e);
        }
        validation_loss *= t->c->reduction == REDUCTION_SUM ? shape_size(&t->m->input) : 1;
        t->at.has_diverged = !isfinite(validation_loss);
    }
    judge_epoch(t, train_loss, validation_loss);
    history_add(&out->history, train_loss, validation_loss, t->rate, t->at.epoch_seconds + clock_wall() - t->begun);
    t->at.samples += t->data->rows;
    t->at.epoch++;
    t->at.step = 0;
    t->at.epoch_seconds = 0;
    memset(t->at.loss, 0, sizeof t->at.loss);
    return 0;
}

// Collective. The end of training, if not before: then what follows may be stopped too, or take long.
static int end_training(struct trainer *t, struct trained *out, struct err *e)
{
    t->now = clock_wall();
    t->asked = (enum request)comm_max(t->team->comm, keep_asked(t));
    if (t->at.has_diverged) // nothing follows
        t->asked = REQUEST_NONE;
    if (t->asked == REQUEST_NONE && t->k && t->k->keeps_last)
        t->asked = REQUEST_CHECKPOINT;
    return keep_serve(t, out, e);
}

// Collective.
static int run_epochs(struct trainer *t, const struct dataset *validation, struct trained *out, struct err *e)
{
    const struct schedule *s = &t->c->schedule;
    int end = 0;
    while (t->at.epoch < t->c->epochs && !t->at.has_diverged && !stopping_ends(&t->c->stopping, &t->at.watch) &&
           end == 0) {
        t->rate = schedule_rate(s, t->c->optimizer.learning_rate, t->at.epoch, t->c->epochs, t->at.watch.drops);
        t->begun = clock_wall();
        end = run_steps(t, out, e);
        if (end == 0)
            end = end_epoch(t, validation, out, e);
    }
    return end == 0 ? end_training(t, out, e) : end;
}

static void choose_weights(const struct trainer *t, struct trained *out)
{
    bool is_best = t->best && t->at.watch.best_epoch >= 0 && !t->at.has_diverged;
    out->w = is_best ? t->best : t->w;
    out->history.weights_epoch = is_best ? (int)t->at.watch.best_epoch + 1 : out->history.epochs;
}

int train_run(const struct team *team, const struct model *m, const struct train_config *c, const struct dataset *train,
    const struct dataset *validation, const struct checkpointing *k, struct trained *out, struct err *e)
{
    struct trainer *t = mem_new(1, sizeof *t);
    *t = (struct trainer){.team = team, .m = m, .c = c, .data = train, .k = k};
    *out = (struct trained){.trainer = t};
    history_new(&out->history, c->epochs);
    int end = trainer_init(t, &out->history, e);
    if (end == 0) {
        keep_start(t);
        end = run_epochs(t, validation, out, e);
        choose_weights(t, out);
        out->samples = t->at.samples;
        out->seconds = t->at.seconds + clock_wall() - t->started;
        out->has_diverged = t->at.has_diverged;
        out->has_stopped = end == 1;
    }
    trainer_rest(t);
    if (end < 0)
        trained_free(out);
    return end < 0 ? -1 : 0;
}

void trained_free(struct trained *t)
{
    if (t->trainer)
        free(t->trainer->memory);
    free(t->trainer);
    free(t->history.train_loss);
    *t = (struct trained){0};
}

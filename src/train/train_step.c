// Takes the steps of an epoch: computes the gradients of the shards, sums them in a fixed tree, and applies the
// optimizer.
//
// All threads of the team take the same steps together; barriers separate the phases of a step:
//   1. Thread 0 checks whether a signal or the clock asks for something. Every thread computes the gradients of its
//      shards.
//   2. Every thread sums and updates its own range of the parameters. With several ranks, thread 0 first continues the
//      sum over the ranks, unless the thread of overlap.c did so during the first phase.
//   3. Thread 0 reports progress.
// That makes two barriers per step on one rank, four on several, and one more if the gradient's norm is clipped.
//
// The requests of the ranks travel with the gradient, so that all ranks know in the same step that training must save
// its state or stop. The threads then leave the parallel region, and the main thread serves the request.
#include "train/train_impl.h"

#include "base/clock.h"
#include "data/gather.h"
#include <math.h>
#include <omp.h>
#include <string.h>

// Sets [*first, *last) to the shards of a thread, counted from the first shard of this rank.
static void shards_of_thread(const struct trainer *t, int thread, int *first, int *last)
{
    int each = t->workers.shards / t->task.team->threads;
    ASSERT(thread >= 0 && thread < t->task.team->threads, "thread %d", thread);
    *first = each * thread;
    *last = each * (thread + 1);
}

// Sets [*first, *last) to the part of parameters [at, at + n) that a thread sums and updates.
static void range_of_thread(const struct trainer *t, int thread, size_t at, size_t n, size_t *first, size_t *last)
{
    size_t units = n / ALIGNMENT, threads = (size_t)t->task.team->threads, i = (size_t)thread;
    ASSERT(at % ALIGNMENT == 0 && n % ALIGNMENT == 0, "parameters %zu + %zu", at, n);
    *first = at + units * i / threads * ALIGNMENT;
    *last = at + units * (i + 1) / threads * ALIGNMENT;
}

// --- gradients of shards

static void shuffle_shard(struct trainer *t, int own, int64_t epoch)
{
    int shard = t->workers.first_shard + own;
    const struct order_key key = {(uint64_t)t->task.config->seed, (uint32_t)epoch, (uint32_t)shard};
    ASSERT(own >= 0 && own < t->workers.shards, "shard %d", own);
    shard_order_shuffle(&t->workers.order[own], &key, t->shards.first[shard]);
}

// Clears the gradient of a shard that has no rows in this step. In the last, smaller batch of an epoch, other shards
// may still have rows. With `is_awaited`, reports the gradient to the overlap.
static void clear_shard_gradient(struct trainer *t, int own, bool is_awaited)
{
    size_t n = t->task.model->parameters;
    memset(t->memory.gradient[own], 0, n * sizeof(real));
    if (is_awaited)
        overlap_gradient_done(t->overlap, 0, n);
}

// Computes the gradient of a shard and adds up its loss. `is_last`: this is the last shard of this thread in this step,
// so the overlap may sum afterwards.
static void compute_shard_gradient(
    struct trainer *t, int own, bool is_last, int64_t step, int batch_rows, struct workspace *ws)
{
    const struct train_task *task = &t->task;
    int shard = t->workers.first_shard + own, rows = shards_step_rows(&t->shards, shard, step);
    bool is_awaited = is_last && t->overlap;
    if (rows == 0) {
        clear_shard_gradient(t, own, is_awaited);
        return;
    }

    const int32_t *sample = t->workers.order[own].row + step * t->shards.batch_rows[shard];
    ASSERT(rows <= ws->rows, "%d rows", rows);
    dataset_gather(task->train, sample, rows, ws->x);
    ws->step = (struct step){.trains = true,
        .sums = task->config->reduction == REDUCTION_SUM,
        .batch_rows = batch_rows,
        .seed = (uint64_t)task->config->seed,
        .epoch = (uint32_t)t->point.epoch,
        .sample = sample};
    if (model_attack_steps(task->model) > 0)
        model_attack(task->model, t->memory.w, ws, rows, ws->x, t->memory.gradient[own]);
    ws->gradient_done = is_awaited ? overlap_gradient_done : NULL;
    ws->context = t->overlap;

    model_forward(task->model, t->memory.w, ws, rows, ws->x);
    t->point.loss[shard] += model_backward(task->model, t->memory.w, ws, rows, ws->x, t->memory.gradient[own]);
}

// --- the sum over ranks

static void put_rank_requests(struct trainer *t)
{
    real *asked = t->memory.sum + t->task.model->parameters;
    asked[ASKS_CHECKPOINT] = t->asked >= REQUEST_CHECKPOINT;
    asked[ASKS_STOP] = t->asked >= REQUEST_STOP;
}

static void take_rank_requests(struct trainer *t)
{
    const real *asked = t->memory.sum + t->task.model->parameters;
    t->asked = REQUEST_NONE;
    if (asked[ASKS_CHECKPOINT] > 0)
        t->asked = REQUEST_CHECKPOINT;
    if (asked[ASKS_STOP] > 0)
        t->asked = REQUEST_STOP;
}

// Determines the request to this rank, which travels with the gradient of the step that begins.
static void send_own_request(struct trainer *t)
{
    t->asked = trainer_request(t);
    if (t->task.team->comm->size > 1)
        put_rank_requests(t);
}

// Sums the gradient over the ranks. Every thread first sums its range over the shards of this rank; then the main
// thread continues the same tree over the ranks. With an overlap, all pieces have been summed before.
static void sum_over_ranks(struct trainer *t, int thread)
{
    size_t n = t->task.model->parameters, first, last;

    range_of_thread(t, thread, 0, n, &first, &last);
    if (!t->overlap)
        trainer_sum_shards(t, first, last - first, t->memory.sum + first);

    barrier_wait(t->workers.barrier);
    if (thread == 0) {
        if (t->overlap)
            overlap_end_step(t->overlap);
        else
            comm_tree_sum(t->task.team->comm, n + ASKED_COUNT, t->memory.sum, t->memory.scratch);
        take_rank_requests(t);
    }
    barrier_wait(t->workers.barrier);
}

// --- the update

// Adds the gradient of the penalties, and returns the norm of the whole gradient. Every thread works on its own chunks.
static double gradient_norm(struct trainer *t, int thread)
{
    const struct model *m = t->task.model;
    const struct train_memory *v = &t->memory;
    size_t chunks = update_chunk_count(m), threads = (size_t)t->task.team->threads, i = (size_t)thread;
    double sum = 0;

    for (size_t c = chunks * i / threads; c < chunks * (i + 1) / threads; c++) {
        size_t at = c * UPDATE_CHUNK, left = m->parameters - at, n = left < UPDATE_CHUNK ? left : UPDATE_CHUNK;
        if (t->task.team->comm->size == 1)
            trainer_sum_shards(t, at, n, v->sum + at);
        model_penalize(m, at, n, v->w + at, v->sum + at);
        v->square_sum[c] = model_square_sum(m, at, n, v->sum + at);
    }
    barrier_wait(t->workers.barrier);

    for (size_t c = 0; c < chunks; c++)
        sum += v->square_sum[c];
    return sqrt(sum);
}

// Sums the gradients, adds the penalties and applies the optimizer, in one pass over this thread's part of the
// parameters [from, from + count).
static void update_range(struct trainer *t, int thread, size_t from, size_t count, const struct update *u)
{
    const struct model *m = t->task.model;
    const struct optimizer *optimizer = &t->task.config->optimizer;
    const struct train_memory *v = &t->memory;
    real chunk_sum[UPDATE_CHUNK] __attribute__((aligned(64)));
    size_t first, last;

    range_of_thread(t, thread, from, count, &first, &last);
    for (size_t at = first; at < last; at += UPDATE_CHUNK) {
        size_t n = last - at < UPDATE_CHUNK ? last - at : UPDATE_CHUNK;
        struct parameter_range r = {.first = at, .n = n, .w = v->w + at, .g = v->sum ? v->sum + at : chunk_sum};

        if (!v->sum)
            trainer_sum_shards(t, at, n, r.g);
        for (int i = 0; i < optimizer_slots(optimizer); i++)
            r.state[i] = v->state[i] + at;
        if (!v->square_sum) // otherwise gradient_norm has added the penalties already
            model_penalize(m, at, n, r.w, r.g);
        model_step(m, optimizer, u, &r);
    }
}

// Updates this thread's part of the weights. Pieces of an overlap are updated as soon as they are summed. But if the
// gradient's norm is clipped, all pieces must be summed first.
static void update_weights(struct trainer *t, int thread, struct update *u)
{
    bool clips = t->memory.square_sum;
    size_t first, n;

    for (int i = 0; t->overlap && overlap_wait(t->overlap, i, &first, &n); i++)
        if (!clips)
            update_range(t, thread, first, n, u);
    if (t->task.team->comm->size > 1)
        sum_over_ranks(t, thread);

    if (clips)
        u->clip_factor = optimizer_clip_factor(&t->task.config->optimizer, gradient_norm(t, thread));
    if (!t->overlap || clips)
        update_range(t, thread, 0, t->task.model->parameters, u);
}

// --- the steps

static void report_progress(struct trainer *t, int64_t step)
{
    const struct team *team = t->task.team;
    t->clock.now = clock_wall();
    if (team->on_progress && t->clock.now - t->clock.reported > 1e-3) {
        team->on_progress(team->context, (double)t->point.epoch + (double)step / (double)t->shards.steps);
        t->clock.reported = t->clock.now;
    }
}

// Takes the steps of one thread, until the epoch ends or there is a request.
static void run_thread_steps(struct trainer *t, int thread)
{
    int64_t epoch = t->point.epoch, step = t->point.step, steps = t->shards.steps;
    enum request asked = REQUEST_NONE;
    int first, last;

    shards_of_thread(t, thread, &first, &last);
    flush_denormals();
    for (int i = first; i < last && t->workers.ordered_epoch != epoch; i++)
        shuffle_shard(t, i, epoch);

    for (; step < steps && asked == REQUEST_NONE; step++) {
        int batch_rows = shards_batch_rows(&t->shards, step);
        struct update u = optimizer_update(&t->task.config->optimizer, epoch * steps + step + 1, t->learning_rate);

        if (thread == 0)
            send_own_request(t);
        for (int i = first; i < last; i++)
            window_reader_wait(t, i, step);
        for (int i = first; i < last; i++)
            compute_shard_gradient(t, i, i == last - 1, step, batch_rows, t->workers.ws[thread]);
        barrier_wait(t->workers.barrier);

        update_weights(t, thread, &u);
        asked = t->asked; // no thread writes t->asked before all have passed the last barrier
        if (thread == 0)
            report_progress(t, step);
        barrier_wait(t->workers.barrier);
    }
    if (thread == 0)
        t->point.step = step;
}

int trainer_run_steps(struct trainer *t, struct trained *out, struct err *e)
{
    int rc = 0;

    ASSERT(t->point.step >= 0 && t->point.step <= t->shards.steps, "step %lld", (long long)t->point.step);
    while (t->point.step < t->shards.steps && rc == 0 && !out->has_stopped) {
#pragma omp parallel num_threads(t->task.team->threads)
        run_thread_steps(t, omp_get_thread_num());
        t->workers.ordered_epoch = t->point.epoch;
        rc = trainer_serve(t, out, e);
    }
    return rc;
}

// Allocates the memory of training on one rank: the vectors, which are parts of one array, and the buffers of the
// threads.
#include "train/train_impl.h"

#include "base/mem.h"
#include "nn/neighbours.h"
#include <stdlib.h>

static bool needs_best_weights(const struct train_config *c)
{
    return c->stopping.patience > 0 && c->stopping.restore_best;
}

static bool needs_gradient_sum(const struct train_config *c, int ranks)
{
    return ranks > 1 || c->optimizer.clip_norm > 0;
}

// Returns how many vectors hold gradients of shards. A single shard writes its gradient into the sum, if there is one.
static int shard_vectors(const struct train_config *c, int ranks)
{
    int shards = (int)c->shards / ranks;
    return shards == 1 && needs_gradient_sum(c, ranks) ? 0 : shards;
}

static size_t vectors_length(const struct model *m, const struct train_config *c, int ranks)
{
    size_t vectors = 1 + (size_t)optimizer_slots(&c->optimizer) + (size_t)shard_vectors(c, ranks) +
                     needs_gradient_sum(c, ranks) + (ranks > 1) + needs_best_weights(c);
    return vectors * m->parameters + ALIGNMENT; // room for the requests of ranks, which follow the sum
}

// Returns how many rows a workspace must hold: those of the largest shard in a step, but at least a chunk of a pass.
static int workspace_rows(const struct train_config *c)
{
    int64_t part = (c->batch_size + c->shards - 1) / c->shards;
    return part > PASS_ROWS ? (int)part : PASS_ROWS;
}

size_t train_bytes(const struct model *m, const struct train_config *c, int ranks, int threads)
{
    if (model_is_fitted(m))
        return m->parameters * sizeof(real) + (size_t)threads * workspace_bytes(m, PASS_ROWS, false);
    return vectors_length(m, c, ranks) * sizeof(real) + (size_t)threads * workspace_bytes(m, workspace_rows(c), true);
}

size_t update_chunk_count(const struct model *m)
{
    return (m->parameters + UPDATE_CHUNK - 1) / UPDATE_CHUNK;
}

// Divides the array into the vectors. The sum comes last, because the requests of the ranks follow it.
static void lay_out_vectors(struct trainer *t)
{
    const struct train_config *c = t->task.config;
    struct train_memory *v = &t->memory;
    size_t n = t->task.model->parameters;
    int ranks = t->task.team->comm->size;
    real *next = v->all;

    v->w = next;
    for (int i = 0; i < optimizer_slots(&c->optimizer); i++)
        v->state[i] = next += n;
    for (int i = 0; i < shard_vectors(c, ranks); i++)
        v->gradient[i] = next += n;
    if (ranks > 1)
        v->scratch = next += n;
    if (needs_best_weights(c))
        v->best = next += n;
    if (needs_gradient_sum(c, ranks))
        v->sum = next += n;
    if (!v->gradient[0])
        v->gradient[0] = v->sum;

    ASSERT(next + n + ALIGNMENT == v->all + vectors_length(t->task.model, c, ranks));
    ASSERT(v->gradient[0] && n % ALIGNMENT == 0, "%zu parameters", n);
}

int trainer_allocate(struct trainer *t, struct err *e)
{
    const struct train_config *c = t->task.config;
    const struct model *m = t->task.model;
    struct train_workers *work = &t->workers;
    int before = e->count;
    size_t length = vectors_length(m, c, t->task.team->comm->size);

    t->memory.all = mem_array(length, sizeof(real), "weights and gradients", e);
    if (t->memory.all)
        lay_out_vectors(t);
    if (c->optimizer.clip_norm > 0)
        t->memory.square_sum = mem_array(update_chunk_count(m), sizeof(double), "sums of squares", e);
    work->ws = team_workspaces_new(t->task.team, m, workspace_rows(c), true, e);
    work->barrier = barrier_new(t->task.team->threads, e);

    for (int i = 0; i < work->shards; i++) {
        int64_t rows = t->shards.rows[work->first_shard + i];
        shard_order_new(&work->order[i], &t->task.train->shuffle, t->shards.n, rows, e);
    }
    return e->count > before ? -1 : 0;
}

void trainer_free_workers(struct trainer *t)
{
    struct train_workers *work = &t->workers;
    for (int i = 0; i < work->shards; i++)
        shard_order_free(&work->order[i]);
    team_workspaces_free(t->task.team, &work->ws);
    barrier_free(&work->barrier);
    free(t->memory.square_sum);
    t->memory.square_sum = NULL;
}

void trainer_sum_shards(const struct trainer *t, size_t first, size_t n, real *g)
{
    const struct train_memory *v = &t->memory;
    const real *shard[SHARDS_MAX];
    ASSERT(first % ALIGNMENT == 0 && first + n <= t->task.model->parameters, "%zu + %zu parameters", first, n);
    if (v->gradient[0] == v->sum)
        return; // the only shard wrote its gradient into the sum
    for (int i = 0; i < t->workers.shards; i++)
        shard[i] = v->gradient[i] + first;
    kernels()->tree_sum(n, t->workers.shards, shard, g);
}

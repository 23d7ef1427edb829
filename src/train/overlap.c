// Sums gradients over ranks during the backward pass. The gradient is cut into pieces, which are summed as they become
// ready, those of the last layers first.
//
// Between nodes the sum takes about as long as the computation. Therefore a communication thread on every rank talks to
// the other ranks while the team's threads continue with the layers below. In each piece, elements are added in the
// same tree as without the overlap, so the bits are the same. Ranks on one node do not use the overlap, because their
// sum is short and the cores are busy. Nor do small models, whose step takes less time than waking a thread.
//
// The team's threads report finished parameters (overlap_gradient_done). When all threads have reported all parameters
// of a piece, the communication thread sums it. The team's threads wait for each piece (overlap_wait) and update its
// parameters. `lock` guards `missing`, `summed` and `ends`. It is not held during a sum, because only the communication
// thread touches a piece between its last report and the end of its sum. Until the step ends, only the communication
// thread calls comm/.
#include "train/train_impl.h"

#include "base/mem.h"
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PIECE_LEAST = 1 << 17 }; // parameters; a smaller piece is joined with the layer below

// Parameters [first, first + n), which are summed together.
struct overlap_piece {
    size_t first, n;
    size_t missing; // gradients that this step has not reported yet, one per parameter and thread
};

struct overlap {
    struct trainer *t;
    int n;
    struct overlap_piece *piece; // (n), owned: in the order in which they become ready
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int summed; // number of pieces summed in this step
    bool ends;
};

static void begin_overlap_step(struct overlap *o)
{
    for (int i = 0; i < o->n; i++)
        o->piece[i].missing = o->piece[i].n * (size_t)o->t->task.team->threads;
    o->summed = 0;
}

// --- pieces

// Appends the piece that begins at `first`, rounded up to the alignment. The piece ends where the previous piece
// begins, or at the end of the parameters if it is the first one. If it has fewer than PIECE_LEAST parameters, appends
// nothing, so that the next piece includes them. A small piece at 0 is appended all the same, unless it is empty,
// because no piece follows it.
static void cut_piece_at(struct overlap *o, size_t first)
{
    size_t end = o->n ? o->piece[o->n - 1].first : o->t->task.model->parameters;
    first = (first + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ASSERT(first <= end, "from %zu to %zu", first, end);
    if (end - first < PIECE_LEAST && (first > 0 || end == 0))
        return;
    o->piece = mem_grow(o->piece, (size_t)o->n + 1, sizeof *o->piece);
    o->piece[o->n++] = (struct overlap_piece){.first = first, .n = end - first};
}

// Cuts the parameters into pieces from the end to the start, in the order in which model_backward reports them.
static void cut_pieces(struct overlap *o, const struct model *m)
{
    for (int i = m->n_layers - 1; i >= 0; i--) {
        if (!m->layers[i].n_blocks)
            continue;

        const struct block *b = &m->layers[i].blocks[0];
        int rows = b->rank > 1 ? b->dims[0] : 1, part = block_part_rows(b);
        for (int last = rows; last > part; last -= part)
            cut_piece_at(o, b->offset + (size_t)(last - part) * (b->count / (size_t)rows));
        cut_piece_at(o, b->offset);
    }
    cut_piece_at(o, 0);
}

// Sums a piece over the shards of this rank and over the ranks. The ranks' requests are stored after the gradient and
// travel with the first piece, which is the end of the gradient.
static void sum_piece(struct overlap *o, const struct overlap_piece *p)
{
    const struct train_memory *v = &o->t->memory;
    size_t requests = p == o->piece ? ASKED_COUNT : 0;
    trainer_sum_shards(o->t, p->first, p->n, v->sum + p->first);
    comm_tree_sum_aside(o->t->task.team->comm, p->n + requests, v->sum + p->first, v->scratch);
}

// --- the communication thread

// Asks the scheduler to wake this thread promptly from waits and from short sleeps, even if another thread is computing
// on the same core. Any thread may ask Linux for a shorter time slice. Versions before 6.12 ignore the request.
static void request_prompt_wakeups(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period; // ns
    } wish = {.size = sizeof wish, .policy = SCHED_OTHER, .runtime = 100000};

    syscall(SYS_sched_setattr, 0, &wish, 0);
    prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0);
}

static void *sum_ready_pieces(void *context)
{
    struct overlap *o = context;

    request_prompt_wakeups();
    pthread_mutex_lock(&o->lock);
    while (!o->ends) {
        if (o->summed == o->n || o->piece[o->summed].missing > 0) {
            pthread_cond_wait(&o->changed, &o->lock);
            continue;
        }

        pthread_mutex_unlock(&o->lock);
        sum_piece(o, &o->piece[o->summed]);
        pthread_mutex_lock(&o->lock);

        o->summed++;
        ASSERT(o->summed <= o->n, "%d of %d pieces", o->summed, o->n);
        pthread_cond_broadcast(&o->changed);
    }
    pthread_mutex_unlock(&o->lock);

    return NULL;
}

// Collective. Returns true if the team spans several nodes and MPI permits a communication thread. HOURGLASS_OVERLAP,
// set to 0 or 1, replaces the test for several nodes.
static bool overlap_pays(const struct comm *comm)
{
    const char *wish = getenv("HOURGLASS_OVERLAP");
    bool spans = comm->size > 1 && comm_local_size(comm) < comm->size;
    if (wish && *wish)
        spans = comm->size > 1 && strcmp(wish, "0") != 0;
    return comm_max(comm, !spans || !comm_threads_take_turns()) == 0;
}

struct overlap *overlap_new(struct trainer *t)
{
    const struct comm *comm = t->task.team->comm;
    if (!overlap_pays(comm))
        return NULL;

    struct overlap *o = mem_new(1, sizeof *o);
    *o = (struct overlap){.t = t, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    cut_pieces(o, t->task.model);
    begin_overlap_step(o);

    bool has_thread = o->n >= 2 && pthread_create(&o->thread, NULL, sum_ready_pieces, o) == 0;
    if (!has_thread)
        o->n = 0; // there is no thread to join
    if (comm_max(comm, !has_thread) > 0)
        overlap_free(&o);
    return o;
}

void overlap_free(struct overlap **overlap)
{
    struct overlap *o = *overlap;
    if (!o)
        return;

    if (o->n > 0) {
        pthread_mutex_lock(&o->lock);
        o->ends = true;
        pthread_cond_broadcast(&o->changed);
        pthread_mutex_unlock(&o->lock);
        pthread_join(o->thread, NULL);
    }

    free(o->piece);
    free(o);
    *overlap = NULL;
}

// --- the team's threads

// Returns how many of the parameters [first, end) belong to the piece.
static size_t count_common(const struct overlap_piece *p, size_t first, size_t end)
{
    size_t from = p->first > first ? p->first : first;
    size_t to = p->first + p->n < end ? p->first + p->n : end;
    return to > from ? to - from : 0;
}

void overlap_gradient_done(void *context, size_t first, size_t n)
{
    struct overlap *o = context;

    ASSERT(first + n <= o->t->task.model->parameters, "parameters %zu + %zu", first, n);
    pthread_mutex_lock(&o->lock);
    for (int i = 0; i < o->n; i++) {
        struct overlap_piece *p = &o->piece[i];
        size_t done = count_common(p, first, first + n);

        ASSERT(p->missing >= done, "%zu reported, %zu missing", done, p->missing);
        p->missing -= done;
        if (done > 0 && p->missing == 0)
            pthread_cond_broadcast(&o->changed);
    }
    pthread_mutex_unlock(&o->lock);
}

bool overlap_wait(struct overlap *o, int i, size_t *first, size_t *n)
{
    ASSERT(i >= 0, "piece %d", i);
    if (i >= o->n)
        return false;

    pthread_mutex_lock(&o->lock);
    while (o->summed <= i)
        pthread_cond_wait(&o->changed, &o->lock);
    pthread_mutex_unlock(&o->lock);

    *first = o->piece[i].first;
    *n = o->piece[i].n;
    return true;
}

void overlap_end_step(struct overlap *o)
{
    pthread_mutex_lock(&o->lock);
    ASSERT(o->summed == o->n, "%d of %d pieces", o->summed, o->n);
    begin_overlap_step(o);
    pthread_mutex_unlock(&o->lock);
}

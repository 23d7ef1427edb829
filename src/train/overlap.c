// The sum of gradients over ranks beside the backward pass: parts are summed as they get ready, those of the last
// layers first.
//
// Between nodes the sum takes about as long as computing. So a thread of its own on every rank talks to the other ranks
// while the team's threads go on to what lies below. Every element is still added in the order of the same tree,
// whatever piece it comes in: the bits are those of one sum at the end. Inside a node the sum is short and the cores
// are taken: there is none. Nor is there for a small model, whose step takes less than waking a thread.
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

enum { PIECE_LEAST = 1 << 17 }; // parameters: smaller parts are summed with those below them

// Parameters that are summed together.
struct piece {
    size_t first, n, missing; // missing: of this step, by threads, those that have no gradient yet
};

struct overlap {
    struct trainer *t;
    int n;
    struct piece *piece; // (n), owned: in the order in which they are done
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int summed; // pieces of this step
    bool ends;
};

static void begin_step(struct overlap *o)
{
    for (int i = 0; i < o->n; i++)
        o->piece[i].missing = o->piece[i].n * (size_t)o->t->team->threads;
    o->summed = 0;
}

// A piece that begins at `first`, or soon behind it, and ends where the one before begins, unless it would be too
// small.
static void cut_at(struct overlap *o, size_t first)
{
    first = (first + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t end = o->n ? o->piece[o->n - 1].first : o->t->m->parameters;
    if (end - first < PIECE_LEAST && (first > 0 || end == 0))
        return;
    o->piece = mem_grow(o->piece, (size_t)o->n + 1, sizeof *o->piece);
    o->piece[o->n++] = (struct piece){.first = first, .n = end - first};
}

// From the last parameters down, as model_backward tells of them.
static void cut_pieces(struct overlap *o, const struct model *m)
{
    for (int i = m->n_layers - 1; i >= 0; i--) {
        if (!m->layers[i].n_blocks)
            continue;
        const struct block *b = &m->layers[i].blocks[0];
        int rows = b->rank > 1 ? b->dims[0] : 1, part = block_part_rows(b);
        for (int last = rows; last > part; last -= part)
            cut_at(o, b->offset + (size_t)(last - part) * (b->count / (size_t)rows));
        cut_at(o, b->offset);
    }
    cut_at(o, 0);
}

// What ranks ask each other for lies behind the gradient, so it goes with the first piece.
static void sum_piece(struct overlap *o, const struct piece *p)
{
    struct trainer *t = o->t;
    trainer_sum_shards(t, p->first, p->n, t->g + p->first);
    comm_tree_sum_aside(t->team->comm, p->n + (p == o->piece ? ASKED_COUNT : 0), t->g + p->first, t->room);
}

// A thread that computes on the same core should not finish its turn first, nor a short sleep last longer. Linux lets
// every thread ask for that: shorter turns go first since 6.12, and are ignored before.
static void ask_to_wake_soon(void)
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

static void *talk(void *context)
{
    struct overlap *o = context;
    ask_to_wake_soon();
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
        pthread_cond_broadcast(&o->changed);
    }
    pthread_mutex_unlock(&o->lock);
    return NULL;
}

// Whether ranks of the team are on several nodes; HOURGLASS_OVERLAP 0 or 1 decides without looking.
static bool is_worth_it(const struct comm *comm)
{
    const char *wish = getenv("HOURGLASS_OVERLAP");
    bool spans = comm->size > 1 && comm_local_size(comm) < comm->size;
    if (wish && *wish)
        spans = comm->size > 1 && strcmp(wish, "0") != 0;
    return comm_max(comm, !spans || !comm_threads_take_turns()) == 0;
}

struct overlap *overlap_new(struct trainer *t)
{
    if (!is_worth_it(t->team->comm))
        return NULL;
    struct overlap *o = mem_new(1, sizeof *o);
    *o = (struct overlap){.t = t, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    cut_pieces(o, t->m);
    begin_step(o);
    bool is_alone = o->n < 2 || pthread_create(&o->thread, NULL, talk, o) != 0;
    if (is_alone)
        o->n = 0; // nothing to join
    if (comm_max(t->team->comm, is_alone) > 0)
        overlap_free(&o);
    return o;
}

void overlap_free(struct overlap **o)
{
    if (!*o)
        return;
    if ((*o)->n > 0) {
        pthread_mutex_lock(&(*o)->lock);
        (*o)->ends = true;
        pthread_cond_broadcast(&(*o)->changed);
        pthread_mutex_unlock(&(*o)->lock);
        pthread_join((*o)->thread, NULL);
    }
    free((*o)->piece);
    free(*o);
    *o = NULL;
}

void overlap_gradient_done(void *context, size_t first, size_t n)
{
    struct overlap *o = context;
    size_t end = first + n;
    pthread_mutex_lock(&o->lock);
    for (int i = 0; i < o->n; i++) {
        struct piece *p = &o->piece[i];
        size_t from = p->first > first ? p->first : first, to = p->first + p->n < end ? p->first + p->n : end;
        p->missing -= to > from ? to - from : 0;
        if (to > from && p->missing == 0)
            pthread_cond_broadcast(&o->changed);
    }
    pthread_mutex_unlock(&o->lock);
}

bool overlap_wait(struct overlap *o, int i, size_t *first, size_t *n)
{
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
    begin_step(o);
    pthread_mutex_unlock(&o->lock);
}

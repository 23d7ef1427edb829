// The sum of gradients over ranks beside the backward pass: layers are summed as they get ready, the last ones first.
//
// Between nodes the sum takes about as long as computing. So a thread of its own on every rank talks to the other ranks
// while the team's threads go on to the layers below. Every element is still added in the order of the same tree,
// whatever piece it comes in: the bits are those of one sum at the end. Inside a node the sum is short and the cores
// are taken: there is none. Nor is there for a small model, whose step takes less than waking a thread.
#include "train/train_impl.h"

#include "base/mem.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_LEAST = 1 << 15 }; // parameters: smaller layers are summed with those below them

// Some layers that follow each other, and their parameters.
struct piece {
    size_t first, n;
    int reports, missing; // layers x threads: of a step, and of this step those that are not there yet
};

struct overlap {
    struct trainer *t;
    int n;
    struct piece *piece; // (n), owned: in the order in which they are done
    int *piece_of;       // per layer, owned
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int summed; // pieces of this step
    bool ends;
};

// Pieces are cut from the last layer down; a layer's parameters reach to those of the layer above it.
static void cut_pieces(struct overlap *o, const struct model *m)
{
    size_t end = m->parameters;
    o->piece[0] = (struct piece){.first = end};
    o->n = 1;
    for (int i = m->n_layers - 1; i >= 0; i--) {
        struct piece *p = &o->piece[o->n - 1];
        o->piece_of[i] = o->n - 1;
        p->reports += o->t->team->threads;
        if (m->layers[i].n_blocks)
            p->first = i ? m->layers[i].blocks[0].offset : 0;
        p->n = end - p->first;
        if (p->n >= PIECE_LEAST && i > 0 && p->first > 0) {
            end = p->first;
            o->piece[o->n++] = (struct piece){.first = end};
        }
    }
    o->piece[o->n - 1].first = 0;
    o->piece[o->n - 1].n = end;
    for (int i = 0; i < o->n; i++)
        o->piece[i].missing = o->piece[i].reports;
}

// What ranks ask each other for lies behind the gradient, so it goes with the first piece.
static void sum_piece(struct overlap *o, const struct piece *p)
{
    struct trainer *t = o->t;
    trainer_sum_shards(t, p->first, p->n, t->g + p->first);
    comm_tree_sum_aside(t->team->comm, p->n + (p == o->piece ? ASKED_COUNT : 0), t->g + p->first, t->room);
}

static void *talk(void *context)
{
    struct overlap *o = context;
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
    *o = (struct overlap){.t = t,
        .piece = mem_new((size_t)t->m->n_layers + 1, sizeof *o->piece),
        .piece_of = mem_new((size_t)t->m->n_layers, sizeof *o->piece_of),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER};
    cut_pieces(o, t->m);
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
    free((*o)->piece_of);
    free(*o);
    *o = NULL;
}

void overlap_layer_done(void *context, int layer)
{
    struct overlap *o = context;
    struct piece *p = &o->piece[o->piece_of[layer]];
    pthread_mutex_lock(&o->lock);
    if (--p->missing == 0)
        pthread_cond_broadcast(&o->changed);
    pthread_mutex_unlock(&o->lock);
}

void overlap_all_done(struct overlap *o)
{
    for (int i = o->t->m->n_layers - 1; i >= 0; i--)
        overlap_layer_done(o, i);
}

void overlap_finish(struct overlap *o)
{
    pthread_mutex_lock(&o->lock);
    while (o->summed < o->n)
        pthread_cond_wait(&o->changed, &o->lock);
    for (int i = 0; i < o->n; i++)
        o->piece[i].missing = o->piece[i].reports;
    o->summed = 0;
    pthread_mutex_unlock(&o->lock);
}

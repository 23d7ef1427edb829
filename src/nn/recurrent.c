// The code that lstm and gru share around their cells: the products over all steps, and the order of time.
#include "nn/recurrent.h"

#include "kernels/kernels.h"
#include "nn/nn_impl.h"
#include "spec/spec.h"
#include <string.h>

// Sizes, named as in recurrent.h. X is the number of input steps that are used, which is 1 if all are equal and
// otherwise T. W is the number of outputs of a step, of both directions together.
struct recurrent_sizes {
    int T, X, B, I, U, G, W, directions;
};

static struct recurrent_sizes recurrent_sizes_of(const struct layer *l, const struct cell *cell, int rows)
{
    const struct recurrent *c = l->config;
    const int T = l->in.dims[0], U = (int)c->units, directions = c->bidirectional ? 2 : 1;
    ASSERT(T > 0 && U > 0, "%d steps, %d units", T, U);
    return (struct recurrent_sizes){
        T, l->in_repeats ? 1 : T, rows, shape_size(&l->in) / T, U, U * cell->gates, U * directions, directions};
}

// The parts of p->kept that belong to one direction.
struct recurrent_room {
    real *x;     // (X, B, I)
    real *start; // (B, G): sums of the inputs of every step, if all steps of the input are equal
    real *gates, *h, *dh, *own;
};

// Returns the number of reals per row that one direction keeps.
static size_t room_length(const struct recurrent_sizes *s, const struct cell *cell)
{
    size_t T = (size_t)s->T, U = (size_t)s->U, G = (size_t)s->G;
    return (size_t)s->X * (size_t)s->I + (T + 1) * G + (T + 2) * U + cell->own_size(T, U);
}

static struct recurrent_room recurrent_room_of(
    const struct recurrent_sizes *s, const struct cell *cell, const struct pass *p, int direction)
{
    struct recurrent_room r;
    const size_t B = (size_t)s->B, T = (size_t)s->T, U = (size_t)s->U, G = (size_t)s->G;
    ASSERT(direction < s->directions, "direction %d of %d", direction, s->directions);

    r.gates = p->kept + (size_t)direction * B * room_length(s, cell);
    r.start = r.gates + B * T * G;
    r.h = r.start + B * G;
    r.dh = r.h + B * (T + 1) * U;
    r.own = r.dh + B * U;
    r.x = r.own + B * cell->own_size(T, U);
    return r;
}

enum { BLOCKS_PER_DIRECTION = 3 }; // kernel, recurrent kernel, bias

static void add_recurrent_bias(struct layer *l, const char *name, const struct cell *cell, int gates, int initializer)
{
    struct block *b = layer_add_bias(l, name, gates);
    b->initializer = initializer;
    b->axes[0] = "gate";
    if (cell->bias_rows == 1)
        return;

    b->count *= (size_t)cell->bias_rows;
    b->rank = 2;
    b->dims[0] = cell->bias_rows;
    b->dims[1] = gates;
    b->axes[0] = "part";
    b->axes[1] = "gate";
}

static void add_recurrent_blocks(
    struct layer *l, const struct recurrent_sizes *s, const struct cell *cell, enum initializer bias)
{
    static const char *const names[2][BLOCKS_PER_DIRECTION] = {
        {"kernel", "recurrent_kernel", "bias"}, {"backward_kernel", "backward_recurrent_kernel", "backward_bias"}};
    const struct recurrent *c = l->config;
    ASSERT(s->directions <= 2, "%d directions", s->directions);

    for (int d = 0; d < s->directions; d++) {
        struct block *b = layer_add_kernel(l, names[d][0], s->I, s->G);
        b->axes[0] = "input";
        b->axes[1] = "gate";

        b = layer_add_kernel(l, names[d][1], s->U, s->G);
        b->axes[0] = "unit";
        b->axes[1] = "gate";
        b->initializer = c->recurrent_initializer;
        b->l1 = b->l2 = 0;

        add_recurrent_bias(l, names[d][2], cell, s->G, (int)bias);
    }
}

int recurrent_build(
    struct layer *l, const struct cell *cell, enum initializer bias, const struct node *at, struct err *e)
{
    const struct recurrent *c = l->config;
    struct recurrent_sizes s = recurrent_sizes_of(l, cell, 0);

    if (l->activation != LINEAR)
        return node_error(at, e, "activation: found %s, but %s has its own inside: sigmoid for the gates, tanh",
            activation_names[l->activation], layer_name(l));
    if ((int64_t)s.I * s.G > 1 << 30)
        return node_error(at, e, "%d inputs x %d sums make more than 2^30 weights", s.I, s.G);

    l->out = c->return_sequences ? (struct shape){2, {s.T, s.W}} : (struct shape){1, {s.W}};
    l->uses = s.T;
    l->kept = (size_t)s.directions * room_length(&s, cell);
    add_recurrent_blocks(l, &s, cell, bias);
    return 0;
}

// Returns the time step of the input that a direction reads at its step t.
static size_t time_of_step(const struct recurrent_sizes *s, int direction, int t)
{
    return (size_t)(direction && s->X > 1 ? s->T - 1 - t : t);
}

// x (X, B, I) := the input, reordered to time-major
static void take_inputs(const struct recurrent_sizes *s, int direction, const real *in, real *x)
{
    size_t I = (size_t)s->I, row = (size_t)s->T * I;
    for (int t = 0; t < s->X; t++) {
        const real *from = in + time_of_step(s, direction, t) * I;
        for (int b = 0; b < s->B; b++, from += row, x += I)
            memcpy(x, from, I * sizeof *x);
    }
}

// dx := dx + the gradients x (X, B, I), which are time-major. The first direction begins with dx = 0.
static void give_input_gradients(const struct recurrent_sizes *s, int direction, const real *x, real *dx)
{
    size_t I = (size_t)s->I, row = (size_t)s->T * I;
    if (direction == 0)
        memset(dx, 0, (size_t)s->B * row * sizeof *dx);

    for (int t = 0; t < s->X; t++) {
        real *to = dx + time_of_step(s, direction, t) * I;
        for (int b = 0; b < s->B; b++, to += row, x += I)
            for (size_t i = 0; i < I; i++)
                to[i] += x[i];
    }
}

// Returns the offset, in row 0 of y or dy, of the output of a direction at its step t.
static size_t output_place(const struct layer *l, const struct recurrent_sizes *s, int direction, int t)
{
    size_t time = (size_t)(direction ? s->T - 1 - t : t);
    if (l->out.rank == 1)
        time = 0;
    return time * (size_t)s->W + (size_t)direction * (size_t)s->U;
}

// y := the outputs of the layer, taken from h: those of every step, or of the last one
static void give_outputs(const struct layer *l, const struct recurrent_sizes *s, int direction, const real *h, real *y)
{
    size_t U = (size_t)s->U, row = (size_t)shape_size(&l->out);
    for (int t = l->out.rank == 1 ? s->T - 1 : 0; t < s->T; t++) {
        real *to = y + output_place(l, s, direction, t);
        const real *from = h + (size_t)(t + 1) * (size_t)s->B * U;
        for (int b = 0; b < s->B; b++, to += row, from += U)
            memcpy(to, from, U * sizeof *to);
    }
}

void recurrent_add_gradient(const struct recurrent_pass *r, int t)
{
    if (!r->every_step && t < r->T - 1)
        return;

    const real *dy = r->dy + (ptrdiff_t)t * r->dy_step;
    real *restrict dh = r->dh;
    ASSERT(t >= 0 && t < r->T, "step %d of %d", t, r->T);
    for (int b = 0; b < r->B; b++, dy += r->dy_row, dh += r->U)
        for (int j = 0; j < r->U; j++)
            dh[j] += dy[j];
}

static struct recurrent_pass recurrent_pass_of(const struct layer *l, const struct recurrent_sizes *s,
    const struct recurrent_room *room, const struct pass *p, int direction)
{
    const struct block *b = l->blocks + BLOCKS_PER_DIRECTION * direction;
    return (struct recurrent_pass){.T = s->T,
        .B = s->B,
        .U = s->U,
        .G = s->G,
        .recurrent = p->w + b[1].offset,
        .bias = p->w + b[2].offset,
        .gates = room->gates,
        .h = room->h,
        .own = room->own,
        .dh = room->dh};
}

// room->gates := the weighted sums of the inputs, for all steps
static void sum_inputs(const struct layer *l, const struct recurrent_sizes *s, const struct recurrent_room *room,
    const struct pass *p, int direction)
{
    const struct block *b = l->blocks + BLOCKS_PER_DIRECTION * direction;
    real *sums = l->in_repeats ? room->start : room->gates;

    gemm_bias((struct gemm_shape){false, false, s->X * s->B, s->G, s->I}, room->x, p->w + b[0].offset,
        p->w + b[2].offset, sums);
    if (l->in_repeats)
        kernels()->fill_rows(s->T, s->B * s->G, sums, room->gates);
}

void recurrent_forward(const struct layer *l, const struct cell *cell, const struct pass *p)
{
    struct recurrent_sizes s = recurrent_sizes_of(l, cell, p->rows);

    for (int d = 0; d < s.directions; d++) {
        struct recurrent_room room = recurrent_room_of(&s, cell, p, d);
        struct recurrent_pass r = recurrent_pass_of(l, &s, &room, p, d);

        take_inputs(&s, d, p->x, room.x);
        sum_inputs(l, &s, &room, p, d);
        memset(r.h, 0, (size_t)s.B * (size_t)s.U * sizeof *r.h);
        cell->forward(&r);
        give_outputs(l, &s, d, r.h, p->y);
    }
}

// Computes the gradients of kernel, bias and inputs from the gradients of the sums.
static void sum_inputs_backward(const struct layer *l, const struct recurrent_sizes *s,
    const struct recurrent_room *room, const struct pass *p, int direction)
{
    const struct block *b = l->blocks + BLOCKS_PER_DIRECTION * direction;
    real *sums = l->in_repeats ? room->start : room->gates;

    if (l->in_repeats)
        kernels()->sum_rows(s->T, s->B * s->G, room->gates, sums);
    gemm((struct gemm_shape){true, false, s->I, s->G, s->X * s->B}, room->x, sums, 0, p->dw + b[0].offset);
    kernels()->sum_rows(s->X * s->B, s->G, sums, p->dw + b[2].offset);
    if (!p->dx)
        return;

    gemm((struct gemm_shape){false, true, s->X * s->B, s->I, s->G}, sums, p->w + b[0].offset, 0, room->x);
    give_input_gradients(s, direction, room->x, p->dx);
}

// Returns the offset from the output of a step to the output of the next step of a direction.
static int direction_step(const struct recurrent_sizes *s, int direction)
{
    return direction ? -s->W : s->W;
}

void recurrent_backward(const struct layer *l, const struct cell *cell, const struct pass *p)
{
    const struct recurrent *c = l->config;
    struct recurrent_sizes s = recurrent_sizes_of(l, cell, p->rows);

    for (int d = 0; d < s.directions; d++) {
        const struct block *b = l->blocks + BLOCKS_PER_DIRECTION * d;
        struct recurrent_room room = recurrent_room_of(&s, cell, p, d);
        struct recurrent_pass r = recurrent_pass_of(l, &s, &room, p, d);
        r.drecurrent = p->dw + b[1].offset;
        r.dbias = p->dw + b[2].offset;
        r.dy = p->dy + output_place(l, &s, d, 0);
        r.every_step = c->return_sequences;
        r.dy_step = c->return_sequences ? direction_step(&s, d) : 0;
        r.dy_row = shape_size(&l->out);

        memset(r.dh, 0, (size_t)s.B * (size_t)s.U * sizeof *r.dh);
        cell->backward(&r);
        sum_inputs_backward(l, &s, &room, p, d);
    }
}

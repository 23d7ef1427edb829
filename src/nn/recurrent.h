// What the layers that pass over time share (lstm, gru): settings, blocks, the order of time, both directions.
//
// Inside a layer all arrays are time-major, (T, B, ...), so that the inputs of all steps are one product, and the
// gradients of the weights are, too. A layer that reads from the end has its steps in that order, so that a cell knows
// only one direction.
// T steps, B rows, I inputs, U units, G values of all gates of a row.
#pragma once

#include "nn/nn_impl.h"

struct recurrent {
    int64_t units;
    bool return_sequences, bidirectional, unit_forget_bias;
    int recurrent_initializer;
};

// Rows of a table of fields: the first, then those that every such layer has.
#define RECURRENT_FIELDS(NAME, HELP)                                                                          \
    {.key = NAME,                                                                                             \
        .type = FIELD_INT,                                                                                    \
        .offset = offsetof(struct recurrent, units),                                                          \
        .min = 1,                                                                                             \
        .max = 1 << 14,                                                                                       \
        .flags = FIELD_REQUIRED,                                                                              \
        .help = HELP},                                                                                        \
        {.key = "return_sequences",                                                                           \
            .type = FIELD_BOOL,                                                                               \
            .offset = offsetof(struct recurrent, return_sequences),                                           \
            .default_text = "false",                                                                          \
            .help = "true: outputs every step, (time, units); false: outputs only the last step"},            \
        {.key = "bidirectional",                                                                              \
            .type = FIELD_BOOL,                                                                               \
            .offset = offsetof(struct recurrent, bidirectional),                                              \
            .default_text = "false",                                                                          \
            .help = "true: a second layer with its own weights reads the sequence backward; the outputs are " \
                    "concatenated, 2 x units"},                                                               \
    {                                                                                                         \
        .key = "recurrent_initializer", .type = FIELD_CHOICE,                                                 \
        .offset = offsetof(struct recurrent, recurrent_initializer), .default_text = "orthogonal",            \
        .choices = initializer_names, .help = "initial weights for the output of the previous step"           \
    }

// What a cell works on: one direction of one pass. A gradient has the shape of what it is the gradient of.
struct recurrent_pass {
    int T, B, U, G;
    const real *recurrent; // (U, G)
    const real *bias;      // (bias_rows, G)
    real *drecurrent, *dbias;
    real *gates; // (T, B, G): sums of the inputs; then what the cell makes of them; backward: gradients of those sums
    real *h;     // (T + 1, B, U): zeros, then the outputs of all steps
    real *own;   // what only the cell knows (own_size)
    real *dh;    // (B, U): gradient of an output, through later steps
    const real *dy;      // gradient of the outputs, at row 0 and step 0
    int dy_step, dy_row; // from one step or row to the next
    bool every_step;     // dy has every step, not just the last
};
// dh := dh + the gradient of step t's output itself
void recurrent_add_gradient(const struct recurrent_pass *r, int t);

struct cell {
    int gates, bias_rows;                            // the first row of the bias belongs to the inputs
    size_t (*own_size)(size_t T, size_t U);          // reals that it keeps per row
    void (*forward)(const struct recurrent_pass *r); // fills h[1] to h[T]
    // dh is zero at first. Overwrites gates, drecurrent and all but the first row of dbias.
    void (*backward)(const struct recurrent_pass *r);
};

int recurrent_build(
    struct layer *l, const struct cell *cell, enum initializer bias, const struct node *at, struct err *e);
void recurrent_forward(const struct layer *l, const struct cell *cell, const struct pass *p);
void recurrent_backward(const struct layer *l, const struct cell *cell, const struct pass *p);

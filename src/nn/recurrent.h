// Shared by the layers that pass over time (lstm, gru): settings, blocks, the order of time, both directions.
//
// Inside a layer all arrays are time-major, (T, B, ...). So the sums of the inputs of all steps are one matrix product,
// and so are the gradients of the weights. If a direction reads the input from its end, its steps are stored in that
// order, so that a cell needs to run in one direction only. The sizes are T steps, B rows, I inputs, U units, and G
// values of all gates of a row.
#pragma once

#include "nn/nn_impl.h"

struct recurrent {
    int64_t units;
    bool return_sequences, bidirectional, unit_forget_bias;
    int recurrent_initializer;
};

// Rows of a table of fields: the row of the type, and then those of all recurrent layers.
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

// The arrays on which a cell works: one direction of one pass. drecurrent and dbias have the shapes of `recurrent` and
// `bias`.
struct recurrent_pass {
    int T, B, U, G;
    const real *recurrent; // (U, G)
    const real *bias;      // (bias_rows, G)
    real *drecurrent, *dbias;
    // (T, B, G): sums of the inputs; forward replaces them by the cell's values, and backward replaces those by
    // gradients
    real *gates;
    real *h;             // (T + 1, B, U): zeros, then the outputs of all steps
    real *own;           // private to the cell (own_size)
    real *dh;            // (B, U): gradient of an output, through all later steps
    const real *dy;      // gradient of the outputs; points to row 0 and step 0
    int dy_step, dy_row; // offset from a step to the next step; offset from a row to the next row
    bool every_step;     // dy has a gradient for every step, not just for the last
};
// dh := dh + the gradient dy of the output of step t
void recurrent_add_gradient(const struct recurrent_pass *r, int t);

struct cell {
    int gates, bias_rows; // gates per unit; rows of the bias, whose first row is added to the sums of the inputs
    size_t (*own_size)(size_t T, size_t U);          // returns the number of reals that the cell keeps per row
    void (*forward)(const struct recurrent_pass *r); // fills h[1] to h[T]
    // Expects dh to be 0. Overwrites gates, drecurrent and all but the first row of dbias.
    void (*backward)(const struct recurrent_pass *r);
};

int recurrent_build(
    struct layer *l, const struct cell *cell, enum initializer bias, const struct node *at, struct err *e);
void recurrent_forward(const struct layer *l, const struct cell *cell, const struct pass *p);
void recurrent_backward(const struct layer *l, const struct cell *cell, const struct pass *p);

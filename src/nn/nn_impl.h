// What a layer type is. A new layer is one file with one of these, and one line in layers.c.
#pragma once

#include "nn/nn.h"

// One pass of one layer over some rows. Arrays are dense; sizes are those of the layer's shapes.
struct pass {
    int rows;
    const real *w;  // the model's flat parameters
    const real *x;  // (rows, in)
    real *y;        // (rows, out): forward writes it, before the activation, which the model applies
    const real *dy; // (rows, out): gradient before the activation
    real *dx;       // (rows, in): backward overwrites it; NULL: not wanted
    real *dw;       // the model's flat gradient: backward overwrites the layer's blocks
};

struct layer_type {
    const char *name;
    const struct field *fields; // its settings; the first is named like the type: {dense: 64}
    size_t config_size;
    // From config and l->in: fills l->out and the blocks (all but offsets). -1 and an error (node_error at `at`).
    int (*build)(struct layer *l, const struct node *at, struct err *e);
    void (*forward)(const struct layer *l, const struct pass *p);
    void (*backward)(const struct layer *l, const struct pass *p);
};

extern const struct layer_type *const layer_types[]; // NULL-terminated
const struct layer_type *layer_type_find(const char *name);

extern const struct layer_type dense_layer;

// Defines layer types, and declares what the files of nn/ share. A new layer is one file with one `struct layer_type`,
// and one line in layers.c.
#pragma once

#include "base/random.h"
#include "nn/nn.h"

// One pass of one layer over some rows. Arrays are dense; their sizes follow from the shapes of the layer.
struct pass {
    int rows;
    const real *w;  // the model's flat parameters
    const real *x;  // (rows, in)
    real *y;        // (rows, out): forward writes the output before the activation, which the model applies
    const real *dy; // (rows, out): gradient before the activation
    real *dx;       // (rows, in): backward overwrites it; NULL: not needed
    real *dw;       // the model's flat gradient: backward overwrites the blocks of the layer (see l->accumulates)
    real *kept;     // (rows * l->kept + l->kept_once): what forward keeps for backward
    int number;     // number of the layer in the model, so that each layer has its own random numbers
    int batch_rows; // rows of the whole batch, of which these are a part; 0 in a forward pass
    const struct step *step;
    double *penalty; // sum over the rows of what layers add to the loss; forward may add to it
    struct workspace *ws;
};

// --- model_section.c
// Makes a copy of the section `model:` whose encoder and decoder are lists of layers with all sizes, for samples of
// shape `input`. Messages about the copy name places in the original. The copy has the parent of the original, but is
// not an item of the parent. The caller frees *out. Sets *kind (enum model_kind) if the section gives a kind. Returns
// -1 and every mistake in `e` if the section has no valid form. *out is then NULL, or holds the lists that exist, in
// which more mistakes can be found.
int model_section_expand(
    const struct node *section, const struct shape *input, enum loss loss, struct node **out, int *kind, struct err *e);
// Writes the noise of layers in an expanded section in one way only (numbers in their shortest form, levels as a list),
// so that equal models have equal text. All other settings are written from their fields.
void model_section_settle(struct node *section);

// --- neighbours.c
// Does the work of model_set_rows for the layer that was read from `at`. Changes its blocks.
int neighbours_take_rows(struct layer *l, int64_t training_rows, const struct node *at, struct err *e);
// Returns the floating-point operations of the matrix products that compare one sample with all kept rows.
double neighbours_operations(const struct layer *l);
// Returns the section of a model `neighbours` in canonical form, in new memory.
struct node *neighbours_write(const struct model *m);

// --- pass.c
// Reports that the gradients of all parameters from `first` on are complete. The backward function of a layer may call
// it before it computes dx, so that the reduction over ranks can begin.
void gradient_done(struct workspace *ws, size_t first);
// Returns the gradient of the loss with respect to the output of the first layer (rows, out), for the rows that were
// last passed forward. It belongs to the workspace. Overwrites dw, and reports no part of it.
const real *pass_input_gradient(
    const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, real *dw);

// --- random_rows.c: set x (n) to random numbers that depend on the row and the layer. Those of pass_uniform are
// uniform in [0, 1), those of pass_normal are standard normal.
void pass_uniform(const struct pass *p, enum random_purpose purpose, int row, size_t n, real *x);
void pass_normal(const struct pass *p, enum random_purpose purpose, int row, size_t n, real *x);

// --- layer_gaussian.c: sets row (rows) to the divergence of each row's code from the standard normal distribution,
// after a draw
void gaussian_divergence(const struct layer *l, int rows, real *kept, float *row);

// --- loss.c
// Returns the rows that were last passed forward, with their targets x, in the form that the loops of losses need. The
// caller adds arrays for the gradient or the losses of rows, if it needs them.
struct loss_batch model_loss_batch(const struct model *m, const struct workspace *ws, int rows, const real *x);
// Computes a loss of the batch. Skips missing values if the model ignores them. Returns the sum of the losses of the
// rows.
double model_take_loss(const struct model *m, enum loss loss, const struct loss_batch *b);

// --- code_loss.c: models without a decoder
// Computes the loss of the rows that were last passed forward: the mean squared difference between a code and its
// target. Writes the losses to row (rows), and the gradient times `scale` to dy (rows, code); both may be NULL. Returns
// the sum of the losses.
double code_loss(const struct model *m, const struct workspace *ws, int rows, real scale, float *row, real *dy);
// Computes the error of each row into row (rows).
void code_errors(const struct model *m, const struct workspace *ws, int rows, enum error error, float *row);
// code_space.c: returns the last layer's block with this source, or NULL if it has none
const struct block *model_find_block(const struct model *m, enum block_source source);
// code_space.c: computes the squared Mahalanobis distance of each row's code into row (rows)
void mahalanobis_errors(const struct model *m, const struct workspace *ws, int rows, float *row);
// layers.c: gives the block its place at the end of the flat vector
void model_place_block(struct model *m, struct block *b);
// model_kind.c: checks that the layers suit the kind. Returns 0, or -1 and every mistake.
int check_code_model(const struct model *m, const struct node *section, struct err *e);
// layer_swap_noise.c: returns what the rows of the last pass are compared with, (rows, in): the original of each value
// that was replaced, and NaN elsewhere
const real *swap_noise_targets(const struct layer *l, int rows, const real *kept);
// layer_gaussian_noise.c: returns the logarithms (rows) of the noise levels that the rows got in the last pass
const real *gaussian_noise_log_levels(const struct layer *l, int rows, const real *kept);

// --- activity.c: penalties on outputs y (rows, units)
// Returns the sum of the penalties over the rows.
double activity_penalty(const struct activity *a, int rows, int units, const real *y);
// dy := dy + the gradient of the penalties, for `rows` rows of a batch of batch_rows
void activity_backward(const struct activity *a, int rows, int batch_rows, int units, const real *y, real *dy);

// Initializers of blocks: first those that a spec can name, and then those that only layers use.
enum initializer {
    ZEROS,
    GLOROT_UNIFORM,
    GLOROT_NORMAL,
    HE_UNIFORM,
    HE_NORMAL,
    LECUN_UNIFORM,
    LECUN_NORMAL,
    ORTHOGONAL,
    INITIALIZER_CONSTANT, // every element is block.start
    INITIALIZER_NAMED,
    INITIALIZER_FORGET_GATE = INITIALIZER_NAMED, // the second quarter is 1, everything else is 0: the bias of an lstm
};

// --- layers.c
// Append a block to the layer, and return it, so that the caller can change it. layer_add_block appends any block,
// layer_add_kernel a kernel of rank 2 with the settings of the layer, and layer_add_bias a bias. layer_add_channels
// appends a vector with one value per channel, initially `start`.
struct block *layer_add_block(struct layer *l, const struct block *b);
struct block *layer_add_kernel(struct layer *l, const char *name, int inputs, int outputs);
struct block *layer_add_bias(struct layer *l, const char *name, int outputs);
struct block *layer_add_channels(struct layer *l, const char *name, double start);
// Appends a vector of ones, which training sets once (enum block_source).
struct block *layer_add_fixed(struct layer *l, const char *name, enum block_source source, int count);

// Builds a layer whose output has the shape of its input, and which keeps one real per value.
int layer_build_alike(struct layer *l, const struct node *at, struct err *e);
// The backward pass of a layer that adds noise. p->kept (rows, in) holds d output / d input. Without noise it copies
// dy.
void layer_noise_backward(const struct layer *l, const struct pass *p);
// pass_is_noisy returns true if layers that add noise do so in this pass. pass_noise_purpose returns the purpose of the
// random numbers of the noise.
bool pass_is_noisy(const struct pass *p);
enum random_purpose pass_noise_purpose(const struct pass *p);
// Passes of a layer that changes nothing: y := x, and dx := dy if dx is needed.
void layer_copy_forward(const struct layer *l, const struct pass *p);
void layer_copy_backward(const struct layer *l, const struct pass *p);

struct layer_type {
    const char *name;
    const struct field *fields; // settings of the type; the first has the name of the type: {dense: 64}
    size_t config_size;
    const struct field *kernel_fields; // layer_kernel_fields, or its rows from KERNEL_ALWAYS_BIAS on; NULL: no kernel
    // Called after the fields were read, to read settings that are maps or lists. Returns 0, or -1 and a node_error.
    // May be NULL.
    int (*read)(struct layer *l, const struct node *at, struct err *e);
    // Sets l->out and the blocks, except their offsets, from the config and l->in. Returns 0, or -1 and a node_error at
    // `at`.
    int (*build)(struct layer *l, const struct node *at, struct err *e);
    // Returns true if training computes statistics over the rows of a pass, for which one row is too few. NULL: never.
    bool (*needs_two_rows)(const struct layer *l);
    // Returns true if the layer uses the kernel of the layer that it mirrors. `build` then finds it in l->tied. NULL:
    // never.
    bool (*wants_tie)(const struct layer *l);
    // Returns true if the layer needs the sample itself as its input, so that it must be the first layer. NULL: never.
    bool (*wants_sample)(const struct layer *l);
    // Returns the number of levels of noise that the layer adds to its input. NULL: it adds no noise.
    int (*noise_levels)(const struct layer *l);
    void (*forward)(const struct layer *l, const struct pass *p);
    void (*backward)(const struct layer *l, const struct pass *p);
};

enum { KERNEL_ALWAYS_BIAS = 1 }; // first row of layer_kernel_fields for layers that always have biases

extern const struct layer_type *const layer_types[]; // NULL-terminated
const struct layer_type *layer_type_find(const char *name);

extern const struct layer_type dense_layer;
extern const struct layer_type gaussian_layer;
extern const struct layer_type dropout_layer;
extern const struct layer_type gaussian_noise_layer, masking_noise_layer, salt_and_pepper_layer;
extern const struct layer_type swap_noise_layer, adversarial_noise_layer;
extern const struct layer_type batch_normalization_layer, layer_normalization_layer;
extern const struct layer_type lstm_layer, gru_layer, repeat_vector_layer, time_distributed_dense_layer;
extern const struct layer_type conv2d_layer;
extern const struct layer_type conv1d_layer;
extern const struct layer_type conv2d_transpose_layer;
extern const struct layer_type max_pooling2d_layer;
extern const struct layer_type max_pooling1d_layer;
extern const struct layer_type average_pooling2d_layer;
extern const struct layer_type average_pooling1d_layer;
extern const struct layer_type upsampling2d_layer;
extern const struct layer_type upsampling1d_layer;
extern const struct layer_type reshape_layer;
extern const struct layer_type flatten_layer;
extern const struct layer_type neighbours_layer; // only for models `neighbours`: a list of layers cannot name it

// last_dimension returns the length of the last dimension of a layer's input. vectors_in_rows returns the number of
// vectors of this length in `rows` rows.
static inline int last_dimension(const struct layer *l)
{
    ASSERT(l->in.rank >= 1 && l->in.rank <= SHAPE_MAX_RANK, "rank %d", l->in.rank);
    return l->in.dims[l->in.rank - 1];
}

static inline size_t vectors_in_rows(const struct layer *l, int rows)
{
    return (size_t)rows * (size_t)shape_size(&l->in) / (size_t)last_dimension(l);
}

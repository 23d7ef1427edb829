// Autoencoders: models of layers, their losses and optimizers. No files, no MPI, no threads: every function works on
// the rows and buffers that it is given, so that a worker can own its own.
//
// All parameters of a model are one flat vector, as are its gradients and each array of optimizer state: the optimizer,
// the reduction and the checkpoint are one call each and know no layers.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include "base/real.h"
#include "kernels/kernels.h"
#include "spec/spec.h"
#include <stdbool.h>
#include <stdint.h>

enum { SHAPE_MAX_RANK = 3, LAYER_MAX_BLOCKS = 8 };

// The shape of one sample at some point of the model: (features), (height, width) or (height, width, channel).
struct shape {
    int rank;
    int dims[SHAPE_MAX_RANK];
};
int shape_size(const struct shape *s);                 // the product of its dimensions
char *shape_text(char out[48], const struct shape *s); // "(28, 28)"

// --- layers
// A block of parameters, such as a kernel or a bias.
struct block {
    const char *name; // "kernel", "bias"
    size_t offset;    // in the model's flat vector
    size_t count;
    int rank, dims[SHAPE_MAX_RANK + 1];
    const char *axes[SHAPE_MAX_RANK + 1]; // names of its dimensions; NULL: (input, output), or (output) alone
    int initializer;                      // an index into initializer_names, or one of layers' own (nn_impl.h)
    int fan_in, fan_out;                  // of the initializer
    double l1, l2;                        // penalty l1 sum|w| + l2 sum w^2
    double start;                         // value of every element under initializer `constant`
    bool is_statistic; // no weight but a running mean: the shards' gradients of it add up to the statistic of the batch
    double momentum;   // and it becomes momentum * itself + (1 - momentum) * that
};

// Penalties on what a layer puts out, as part of the loss of a batch (0: none).
struct activity {
    double l1;        // l1 times the sum of absolute values, mean over the batch
    double rho, beta; // beta times the divergence of each unit's mean activation, over a shard's rows, from rho
};

// Settings of a layer with a kernel.
struct kernel {
    bool use_bias;
    int initializer; // an index into initializer_names
    double constant, l1, l2;
};

struct layer_type;
struct layer {
    const struct layer_type *type;
    void *config;         // of its type, owned
    struct kernel kernel; // of types that have one
    enum activation activation;
    struct activity activity;
    struct shape in, out;
    const struct block *tied; // another layer's kernel, which this one uses transposed; NULL: it has its own
    bool accumulates;         // another layer has put its gradient of this one's kernel there already: add to it
    bool in_repeats;          // every step of the input is the first: backward gives that one the gradient of all
    int uses;                 // of its kernels by a sample: the cells or steps of time that share them; 0: one
    size_t kept, kept_once;   // reals that forward leaves for backward: per row, and per pass
    int n_blocks;
    struct block blocks[LAYER_MAX_BLOCKS];
};
const char *layer_name(const struct layer *l);           // of its type: "dense"
extern const struct field layer_common_fields[];         // of every layer: activation
extern const struct field layer_kernel_fields[];         // of layers with a kernel
const struct field *layer_type_fields(const char *type); // of one type; NULL: no such type
const char *const *layer_type_names(void);               // NULL-terminated
extern const char *const initializer_names[];            // NULL-terminated

// --- losses and errors
extern const char *const loss_names[]; // NULL-terminated, in the order of enum loss (kernels/losses.h)
// A sample's reconstruction error: the mean over its features of the squared or absolute difference or of the
// cross-entropy, or the Euclidean norm of the difference. Of variational models also, both estimated from draws of the
// code: the negative evidence lower bound (Kingma and Welling 2013), and the negative reconstruction probability, the
// mean of -log p(x | code) (An and Cho 2015).
enum error {
    ERROR_MSE,
    ERROR_MAE,
    ERROR_L2,
    ERROR_BINARY_CROSSENTROPY,
    ERROR_ELBO,
    ERROR_RECONSTRUCTION_PROBABILITY,
};
extern const char *const error_names[];

// --- models
struct model {
    int n_layers;
    struct layer *layers; // owned
    int n_encoder;        // of which the encoder
    struct shape input, code;
    enum loss loss;
    // What model_new leaves at 1, 1, NULL and false: set before workspaces are made.
    double delta, variance; // of huber and gaussian_nll
    real *feature_weights;  // (input), owned; NULL: all alike
    bool ignores_missing;   // NaN in a sample is 0 to the layers, and counts in no loss or error
    bool has_logits;        // the last layer's sigmoid is left to the loss: its output is logits
    size_t parameters;      // length of the flat vector, padding between blocks included
    size_t trainable;       // without padding and statistics: what people call the number of parameters
    bool has_statistics;
    int first_trained; // the first layer with parameters: no gradient is wanted before it
    double operations; // floating-point, of the matrix products that train on one sample
};

extern const struct field model_fields[]; // the section `model:`

// The model that the section `model:` describes, for samples of shape `input`, trained on `loss`. NULL and every
// mistake of the section in `e`.
struct model *model_new(const struct node *section, const struct shape *input, enum loss loss, struct err *e);
// The mistakes of the section that can be seen without knowing the data: all but shapes that do not fit.
int model_check(const struct node *section, struct err *e);
void model_free(struct model **m);
// The section in canonical form, new memory; valid input that says the same.
struct node *model_write(const struct model *m);

// Whether a layer's training takes statistics over rows, so that every part of a batch must have two.
bool model_needs_two_rows(const struct model *m);

// w (parameters) := initial values, by the blocks' initializers. The same seed gives the same bits.
void model_initialize(const struct model *m, uint64_t seed, real *w);

// What a pass trains, and what its random numbers (dropout, noise, sampling) are keyed by.
struct step {
    bool trains; // layers that behave otherwise in training do so
    bool draws;  // model_recode: the code is drawn, though nothing trains
    bool sums;   // model_backward: the loss of a row is the sum over its features instead of the mean
    uint64_t seed;
    uint32_t epoch;        // or number of the draw
    const int32_t *sample; // (rows), borrowed: the rows' numbers in the data set
};

// Rows of a large kernel that model_backward computes the gradient of, and tells of, together; of a small one all.
int block_part_rows(const struct block *b);

// Buffers for passes over up to `rows` rows; `trains` adds those of the backward pass. NULL and an error without
// memory.
struct workspace {
    int rows;
    struct step step; // set by whoever trains, before model_forward; all zero: no training
    // model_backward tells as soon as they are there, from the last ones down: parameters [first, first + n) have their
    // gradient. May be NULL.
    void (*gradient_done)(void *context, size_t first, size_t n);
    void *context;
    size_t gradient_left; // of the pass at work: parameters from 0 on that were not told of
    real *x;              // (rows, input): room for a gathered batch
    real *input;          // (rows, input): without NaN; NULL where the model takes samples as they are
    real **y;             // per layer (rows, out): its output
    real **z;             // per layer (rows, out): before the activation; NULL unless training needs it
    real *dy, *dx;        // (rows, widest layer); NULL unless it trains
    real **kept;          // per layer: what forward leaves for backward
    double penalty;       // of the rows last passed forward: what layers add to the sum of their losses
    bool is_final;        // their output is the reconstruction already, and no longer logits
    real *all;            // owned: everything above is a part of it
};
struct workspace *workspace_new(const struct model *m, int rows, bool trains, struct err *e);
void workspace_free(struct workspace **ws);
size_t workspace_bytes(const struct model *m, int rows, bool trains);

// Forward pass over x (rows, input) with parameters w; returns the last layer's output (rows, output) in the workspace:
// logits where the model has them.
real *model_forward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x);
// Of the rows last passed forward: the code (rows, code).
const real *model_code(const struct model *m, const struct workspace *ws);
// The loss of a batch's part and its gradient: rows of target x out of a batch of `batch_rows`, after model_forward on
// them. dw (parameters): every block is overwritten. Returns the sum of the rows' losses (means over features,
// or as ws->step.sums says).
double model_backward(
    const struct model *m, const real *w, struct workspace *ws, int rows, int batch_rows, const real *x, real *dw);
// The loss of each row, after model_forward; row (rows) may be NULL. Returns their sum.
double model_loss(const struct model *m, const struct workspace *ws, int rows, const real *x, float *row);
// Turns the output of model_forward into the reconstruction, in place (the sigmoid that logits still lack). Afterwards
// model_loss and model_backward are no longer possible for these rows.
const real *model_reconstruct(const struct model *m, struct workspace *ws, int rows);
// The reconstruction error of each row into row (rows), after model_forward (and before model_reconstruct, which it
// calls where it must): one of those without draws.
void model_errors(const struct model *m, struct workspace *ws, int rows, const real *x, enum error error, float *row);
// Whether this error of the model is a cross-entropy with the sample, which is then taken within [0, 1].
bool model_error_is_cross_entropy(const struct model *m, enum error error);
// Whether the model can give this error; if not, why (a text to show).
const char *model_refuses_error(const struct model *m, enum error error);

// --- variational models: their code is drawn by a layer `gaussian`, which is the only one
bool model_is_variational(const struct model *m);
static inline bool error_is_variational(enum error error)
{
    return error >= ERROR_ELBO;
}
// The rows that last passed forward once more from the code on, under the present ws->step: draw `epoch` of it, or
// without `draws` its mean. The draws of one pass begin with 0.
void model_recode(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x);
// -log p(x | code) of each row into row (rows): Bernoulli where the loss is binary_crossentropy, else Gaussian with
// m->variance. Feature weights count for nothing. Where values are missing, the mean over those that are there stands
// for each of them.
void model_nll(const struct model *m, struct workspace *ws, int rows, const real *x, float *row);
// After a draw: the divergence of each row's code from the standard normal distribution, into row (rows).
void model_divergence(const struct model *m, const struct workspace *ws, int rows, float *row);

// --- optimizers
enum { OPTIMIZER_MAX_SLOTS = 3 };
struct optimizer {
    int kind; // enum optimizer_kind (kernels/optimizers.h)
    double learning_rate, momentum, beta_1, beta_2, rho, epsilon, initial_accumulator_value, weight_decay;
    bool nesterov, centered, amsgrad;
    double clip_value, clip_norm; // of the gradient; 0: not
};
extern const char *const optimizer_names[];
extern const struct field optimizer_fields[]; // rows of the section `train`
// Before reading: all settings unset. After reading: fills what is unset with the chosen optimizer's defaults (Keras's)
// and refuses settings that it does not have.
void optimizer_clear(struct optimizer *o);
int optimizer_resolve(struct optimizer *o, const struct node *section, struct err *e);
// Adds the settings that this optimizer has to the map.
void optimizer_write(const struct optimizer *o, struct node *map);
int optimizer_slots(const struct optimizer *o); // arrays of state it keeps
// The initial value of every element of its state.
double optimizer_slot_start(const struct optimizer *o);
// The numbers of step t = 1, 2, ... at the given learning rate.
struct update optimizer_update(const struct optimizer *o, int64_t t, double learning_rate);
// The step on parameters [first, first + n): w, g and each state[slot] point to the element `first`.
// The gradient is clipped in place.
void optimizer_apply(const struct optimizer *o, const struct update *u, size_t n, real *w, real *g,
    real *const state[OPTIMIZER_MAX_SLOTS]);
// The sum of squares of the gradients of weights (no statistics) among parameters [first, first + n); g points to the
// element `first`.
double model_square_sum(const struct model *m, size_t first, size_t n, const real *g);
// What a gradient of this norm is multiplied by under clip_norm.
double optimizer_clip_factor(const struct optimizer *o, double norm);
// g := g + the gradient of the weight penalties on parameters [first, first + n) of the model; pointers to element
// `first`.
void model_penalize(const struct model *m, size_t first, size_t n, const real *w, real *g);
// The step of a training batch on parameters [first, first + n) of the model: adds the penalties' gradient to g, then
// steps the weights with the optimizer and the statistics with their momentum. Pointers are to the element `first`.
void model_update(const struct model *m, const struct optimizer *o, const struct update *u, size_t first, size_t n,
    real *w, real *g, real *const state[OPTIMIZER_MAX_SLOTS]);
// The same where g holds the penalties' gradient already.
void model_step(const struct model *m, const struct optimizer *o, const struct update *u, size_t first, size_t n,
    real *w, real *g, real *const state[OPTIMIZER_MAX_SLOTS]);

// --- schedules
struct schedule {
    int type;
    double factor, minimum;
    int64_t epochs, warmup;
};
extern const struct field schedule_fields[]; // rows of the section `train`
// Whether the rate of an epoch depends on how many there will be in all.
bool schedule_needs_epochs(const struct schedule *s);
// The learning rate of an epoch (from 0) of `epochs`, after so many drops on a plateau.
double schedule_rate(const struct schedule *s, double learning_rate, int64_t epoch, int64_t epochs, int64_t drops);

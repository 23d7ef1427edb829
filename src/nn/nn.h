// Autoencoders: models of layers, their losses and optimizers. There are no files, no MPI and no threads here: every
// function works on the rows and buffers that it is given, so that each worker can have its own.
//
// A model describes a computation and does not own its numbers. All parameters are one flat vector, which belongs to
// the caller. The gradient and each array of optimizer state are vectors of the same form. Therefore the optimizer, the
// reduction over ranks and the checkpoint are one call each and do not depend on layers. The blocks of a layer say
// where its parameters are in the vector. After model_new a model is only read, so threads can share it. A pass writes
// only into a workspace, and each thread has its own.
//
// The order of a training step: model_forward and model_backward; then the caller adds the gradients of all workers;
// then model_penalize and model_step on ranges of the vector. All shapes are (rows, features), dense and row-major.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include "base/real.h"
#include "base/text.h"
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
int shape_size(const struct shape *s);                 // returns the product of its dimensions
char *shape_text(char out[48], const struct shape *s); // writes "(28, 28)" to `out`, and returns it

// --- layers
// Where the values of a block come from, if they are computed from the training data. Training computes them once,
// before its first step unless the comment of a value says otherwise.
enum block_source {
    SOURCE_NONE,
    SOURCE_SPACING,        // one value: the typical distance between neighbouring training rows (train/data_blocks.c)
    SOURCE_ROWS,           // evenly spaced training rows: (rows, values of a sample)
    SOURCE_CODE_MEAN,      // set when training ends: the mean code of the training rows (train/code_blocks.c)
    SOURCE_CODE_WHITENING, // likewise: the matrix that makes the covariance of the codes 1
    SOURCE_CENTER, // one value per value of the code: the mean code of the training rows with the initial weights
};
// A block of parameters, such as a kernel or a bias.
struct block {
    const char *name; // "kernel", "bias"
    size_t offset;    // place in the model's flat vector
    size_t count;
    int rank, dims[SHAPE_MAX_RANK + 1];
    const char *axes[SHAPE_MAX_RANK + 1]; // names of the dimensions; NULL: (input, output), or only (output)
    int initializer;          // an index into initializer_names, or an initializer that only layers can set (nn_impl.h)
    int fan_in, fan_out;      // inputs and outputs, for the initializer
    double l1, l2;            // the penalty is l1 sum|w| + l2 sum w^2
    double start;             // value of every element, for the initializer `constant`
    bool is_statistic;        // not a weight but a running mean; its "gradients" add up to the statistic of the batch
    double momentum;          // of a statistic: new value = momentum * old value + (1 - momentum) * value of the batch
    enum block_source source; // SOURCE_NONE: the initializer sets it; otherwise it is a statistic with momentum 1
};

// Penalties on the output of a layer, which are added to the loss of a batch. 0: no penalty.
struct activity {
    double l1;        // weight of the sum of the absolute outputs of a sample, averaged over the batch
    double rho, beta; // `beta`: weight of the divergence from `rho` of each unit's mean output over a shard's rows
};

// Settings of layers with a kernel.
struct kernel {
    bool use_bias;
    int initializer; // an index into initializer_names
    double constant, l1, l2;
};

struct layer_type;
struct layer {
    const struct layer_type *type;
    void *config;         // settings of its type, owned
    struct kernel kernel; // settings of types that have a kernel
    enum activation activation;
    struct activity activity;
    struct shape in, out;
    const struct block *tied; // the kernel of another layer, which this one uses transposed; NULL: it has its own
    bool accumulates;         // backward adds to the gradient of its kernel, which a layer after it shares
    bool in_repeats; // all steps of the input are equal: backward stores the sum of their gradients in the first step
    int uses;        // how often a sample uses the kernels (number of cells or of time steps); 0: once
    size_t kept, kept_once; // number of reals that forward keeps for backward: per row; per pass
    int n_blocks;
    struct block blocks[LAYER_MAX_BLOCKS];
};
const char *layer_name(const struct layer *l);           // returns the name of its type: "dense"
extern const struct field layer_common_fields[];         // settings of every layer, such as activation
extern const struct field layer_kernel_fields[];         // settings of layers with a kernel
const struct field *layer_type_fields(const char *type); // returns the settings of one type; NULL: no such type
const char *const *layer_type_names(void);               // NULL-terminated
extern const char *const initializer_names[];            // NULL-terminated

// --- losses and errors
extern const char *const loss_names[]; // NULL-terminated, in the order of enum loss (kernels/losses.h)
// The reconstruction error of a sample: the mean over its features of the squared difference, the absolute difference
// or the cross-entropy; or the Euclidean norm of the difference. Variational models have two more errors, both
// estimated from draws of the code. One is the negative evidence lower bound (Kingma and Welling 2013). The other is
// the negative reconstruction probability, which is the mean of -log p(x | code) (An and Cho 2015).
enum error {
    ERROR_MSE,
    ERROR_MAE,
    ERROR_L2,
    ERROR_BINARY_CROSSENTROPY,
    ERROR_ELBO,
    ERROR_RECONSTRUCTION_PROBABILITY,
    ERROR_NEIGHBOURS,       // only of models `neighbours`: the rank of the distance (nn/neighbours.h)
    ERROR_NOISE_LEVEL,      // only of models of kind noise_level: their code
    ERROR_DISTANCE,         // only of models of kind svdd: the squared distance of the code from the center
    ERROR_CODE_MAHALANOBIS, // the squared Mahalanobis distance of the code from the mean code of the training rows
};
extern const char *const error_names[]; // NULL-terminated

// --- models
// What a model computes. Only an autoencoder has a decoder. Other kinds have only an encoder, whose code is the result.
enum model_kind {
    KIND_AUTOENCODER,
    KIND_NOISE_LEVEL, // the code is the logarithm of the noise level of a sample (after Livernoche et al. 2024)
    KIND_SVDD,        // the code is a point near a fixed center (Ruff et al. 2018)
};
extern const char *const model_kind_names[]; // NULL-terminated
struct model {
    int kind;             // enum model_kind
    struct node *section; // owned: the section in canonical form; settings of layers point into it
    int n_layers;
    struct layer *layers; // owned
    int n_encoder;        // number of layers of the encoder, which come first
    struct shape input, code;
    enum loss loss;
    // model_new sets these four to 1, 1, NULL and false. Change them only before workspaces are made.
    double delta, variance; // parameters of the losses huber and gaussian_nll
    real *feature_weights;  // (input), owned; NULL: all features have the same weight
    bool ignores_missing;   // layers get 0 in place of a NaN in a sample, and losses and errors skip the NaN
    bool has_logits;        // the loss applies the sigmoid of the last layer, whose output is therefore logits
    size_t parameters;      // length of the flat vector, including padding between blocks
    size_t trainable;       // number of parameters in the usual sense: without padding and statistics
    bool has_statistics;    // the model has statistics that training changes
    int first_trained; // the first layer with parameters that training changes: no layer before it needs a gradient
    double operations; // floating-point operations of the matrix products for training on one sample
};

extern const struct field model_fields[]; // settings of the section `model:`

// Makes the model that the section `model:` describes, for samples of shape `input` and training with `loss`. Returns
// NULL and every mistake of the section on failure.
struct model *model_new(const struct node *section, const struct shape *input, enum loss loss, struct err *e);
// Reports the mistakes of the section that can be found without the data, that is, all but shapes that do not fit.
// Checks nothing if the section has formulas that need the data. Returns 0 or -1.
int model_check(const struct node *section, struct err *e);
// Returns true if the section describes a model that is fitted to the training rows, not trained (nn/neighbours.h).
bool model_section_is_fitted(const struct node *section);
// Sets how many training rows a model `neighbours` keeps, unless its section says so. Does nothing to other models.
// Call it before parameters are allocated. Returns -1 and an error if there are too few training rows or too many
// values.
int model_set_rows(struct model *m, int64_t training_rows, const struct node *section, struct err *e);
void model_free(struct model **m);
// Returns the section in canonical form, in new memory. It describes an equal model.
struct node *model_write(const struct model *m);

// Appends the shapes of the sample and of the outputs of the layers, such as 784-64-784 or 28x28-14x14x8-28x28x1.
// Layers that keep the shape and only change values, such as dropout, are left out.
void model_sizes(const struct model *m, struct text *t);

// Returns true if the model has a decoder, so that samples have reconstructions.
bool model_reconstructs(const struct model *m);
// Returns the number of values of the model's output. The loss of a sample is a mean over these.
int model_outputs(const struct model *m);
// Returns the error (enum error) that is used for the model of this section if the experiment does not name one.
int model_default_error(const struct node *section);

// Returns true if the statistics that some layer computes in training need two rows. Then every shard of a batch must
// have at least two.
bool model_needs_two_rows(const struct model *m);

// Sets w (parameters) to initial values with the initializers of the blocks. The same seed gives the same bits.
void model_initialize(const struct model *m, uint64_t seed, real *w);

// The purpose of a pass, and the key of its random numbers (dropout, noise, sampling).
struct step {
    bool trains;     // layers behave as in training
    bool draws;      // model_recode draws the code, although this is not training
    bool corrupts;   // without training: layers that add noise to the sample in training also do so now
    int level;       // level of that noise, from 1, if it has several; 0: drawn for each row
    bool leaves_out; // a model `neighbours`: the rows are training rows, and no row is its own neighbour
    bool sums;       // model_backward: the loss of a row is the sum over its features, not the mean
    int batch_rows;  // model_backward: rows of the whole batch, of which this pass has a part
    uint64_t seed;
    uint32_t epoch;        // number of the epoch, of the draw, or of the copy
    const int32_t *sample; // (rows), borrowed: numbers of the rows in the data set
};

// Returns the number of rows of a large kernel that model_backward computes and reports together. For a small kernel
// these are all rows.
int block_part_rows(const struct block *b);

// The buffers of one thread for passes over up to `rows` rows.
struct workspace {
    int rows;
    struct step step; // set by the caller before model_forward; all zero: no training
    // Called by model_backward as soon as the gradient of parameters [first, first + n) is complete, beginning with the
    // last ones. May be NULL.
    void (*gradient_done)(void *context, size_t first, size_t n);
    void *context;
    size_t gradient_left; // in a backward pass: parameters before this one have no gradient so far
    const real *w;        // borrowed: the parameters of the last pass
    real *x;              // (rows, input): space for a gathered batch
    real *input;          // (rows, input): the sample without NaN; NULL if layers get samples as they are
    real **y;             // per layer (rows, out): its output
    real **z;             // per layer (rows, out): its output before the activation; NULL unless training needs it
    real *dy, *dx;        // (rows, widest layer); NULL without training
    real **kept;          // per layer: what forward keeps for backward
    double penalty;       // sum over the rows last passed forward of what layers add to the loss
    bool is_final;        // the output was turned into the reconstruction and is no longer logits
    real *all;            // owned: the memory of all arrays above
};
// Allocates a workspace; `trains` adds the buffers of the backward pass. Returns NULL and an error if memory runs out.
struct workspace *workspace_new(const struct model *m, int rows, bool trains, struct err *e);
void workspace_free(struct workspace **ws);
size_t workspace_bytes(const struct model *m, int rows, bool trains);

// Passes x (rows, input) forward with parameters w. Returns the output of the last layer (rows, output), which belongs
// to the workspace. It is logits if the model has them.
real *model_forward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x);
// Returns the code (rows, code) of the rows that were last passed forward.
const real *model_code(const struct model *m, const struct workspace *ws);
// Computes the loss and its gradient for x, after model_forward on the same rows. The targets are also x. The rows are
// a part of a batch of ws->step.batch_rows. Overwrites every block of dw (parameters). Returns the sum of the losses of
// the rows, plus the penalties on outputs. The loss of a row is the mean over its features, or the sum if
// ws->step.sums.
double model_backward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, real *dw);
// Computes the loss of each row, after model_forward, into row (rows), which may be NULL. Returns the sum of the
// losses.
double model_loss(const struct model *m, const struct workspace *ws, int rows, const real *x, float *row);
// Turns the output of model_forward into the reconstruction, in place. Logits pass through the sigmoid. If the model
// has logits, do not call model_loss or model_backward for these rows afterwards.
const real *model_reconstruct(const struct model *m, struct workspace *ws, int rows);
// Computes the reconstruction error of each row into row (rows), for an error that needs no draws. Call it after
// model_forward. For the cross-entropy, call it before model_reconstruct; for other errors it calls model_reconstruct.
void model_errors(const struct model *m, struct workspace *ws, int rows, const real *x, enum error error, float *row);
// Returns true if this error of the model is a cross-entropy, for which the values of the sample are clipped to [0, 1].
bool model_error_is_cross_entropy(const struct model *m, enum error error);
// Returns NULL if the model can compute this error, or else a message that says why it cannot.
const char *model_refuses_error(const struct model *m, enum error error);

// --- models that know where the codes of their training rows are
enum { CODE_SPACE_MAX = 1024 }; // the largest number of values of such a code
// Adds the blocks that the error code_mahalanobis needs. Call it before workspaces are made.
void model_add_code_space(struct model *m);
// model_code_mean returns the block of the mean, (code), and model_code_whitening that of the whitening matrix, (code,
// direction). They return NULL if the model has no such block.
const struct block *model_code_mean(const struct model *m);
const struct block *model_code_whitening(const struct model *m);

// --- denoising models: their first layer adds noise to the sample
// Returns the number of levels of this noise, or 0 if there is no such layer.
int model_noise_levels(const struct model *m);
// Returns true if this noise replaces values. There is a copy of the sample per level, and each value is replaced in
// one copy. Only replaced values are then compared.
bool model_swaps_values(const struct model *m);
// For each row that was last passed forward, adds the errors of its replaced values to sum (rows), and their number to
// count (rows). The error must be one that needs no draws; for l2, squares are added.
void model_swapped_errors(
    const struct model *m, struct workspace *ws, int rows, enum error error, double *sum, double *count);

// --- models that train on the worst noise: their first layer is adversarial_noise
// Returns the number of steps of the search for that noise, or 0 if there is no such layer.
int model_attack_steps(const struct model *m);
// Finds the noise for the rows x in training (ws->step). model_forward on the same rows then adds it. Overwrites dw
// (parameters).
void model_attack(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, real *dw);

// --- variational models: their code is drawn by their only layer `gaussian`
bool model_is_variational(const struct model *m);
static inline bool error_is_variational(enum error error)
{
    return error == ERROR_ELBO || error == ERROR_RECONSTRUCTION_PROBABILITY;
}
// Repeats the last forward pass from the code on, for the same rows and under the current ws->step. The code is a draw
// if ws->step.draws is set, and otherwise the mean. ws->step.epoch is the number of the draw, from 0.
void model_recode(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x);
// Computes -log p(x | code) of each row into row (rows). p is Bernoulli if the loss is binary_crossentropy, and
// otherwise Gaussian with variance m->variance. Ignores feature weights. Missing values count as the mean of the
// others.
void model_nll(const struct model *m, struct workspace *ws, int rows, const real *x, float *row);
// Computes the divergence of the code of each row from the standard normal distribution into row (rows). Call it after
// a draw.
void model_divergence(const struct model *m, const struct workspace *ws, int rows, float *row);

// --- optimizers
enum { OPTIMIZER_MAX_SLOTS = 3 };
struct optimizer {
    int kind; // enum optimizer_kind (kernels/optimizers.h)
    double learning_rate, momentum, beta_1, beta_2, rho, epsilon, initial_accumulator_value, weight_decay;
    bool nesterov, centered, amsgrad;
    double clip_value, clip_norm; // limits of the gradient; 0: no limit
};
extern const char *const optimizer_names[];   // NULL-terminated, in the order of enum optimizer_kind
extern const struct field optimizer_fields[]; // settings in the section `train`
// Marks all settings as not given. Call it before the section is read.
void optimizer_clear(struct optimizer *o);
// Sets settings that were not given to the defaults of this optimizer (Keras's). Call it after the section was read.
// Returns -1 and an error for each setting of the section that this optimizer does not have.
int optimizer_resolve(struct optimizer *o, const struct node *section, struct err *e);
// Adds the settings that this optimizer has to the map.
void optimizer_write(const struct optimizer *o, struct node *map);
// Returns the number of arrays of state that the optimizer keeps.
int optimizer_slots(const struct optimizer *o);
// Returns the initial value of every element of the state.
double optimizer_slot_start(const struct optimizer *o);
// Returns the rates of step t = 1, 2, ... for the given learning rate.
struct update optimizer_update(const struct optimizer *o, int64_t t, double learning_rate);
// Updates n parameters w and each state[slot] (n) by one step with gradient g, which is clipped in place.
void optimizer_apply(const struct optimizer *o, const struct update *u, size_t n, real *w, real *g,
    real *const state[OPTIMIZER_MAX_SLOTS]);
// Returns the factor that reduces a gradient of this norm to clip_norm, or 1 if the norm is not larger.
double optimizer_clip_factor(const struct optimizer *o, double norm);

// Parameters [first, first + n) of a model. Every array of this struct begins with element `first`.
struct parameter_range {
    size_t first, n;
    real *w, *g;
    real *state[OPTIMIZER_MAX_SLOTS];
};
// Returns the sum of the squared gradients g of the weights among parameters [first, first + n). Statistics do not
// count.
double model_square_sum(const struct model *m, size_t first, size_t n, const real *g);
// g := g + the gradient of the weight penalties, for parameters [first, first + n) of the model
void model_penalize(const struct model *m, size_t first, size_t n, const real *w, real *g);
// Updates the weights of the range with the optimizer, and the statistics with their momentum. The gradient must
// already include the penalties.
void model_step(
    const struct model *m, const struct optimizer *o, const struct update *u, const struct parameter_range *r);

// --- schedules of the learning rate
struct schedule {
    int type;
    double factor, minimum;
    int64_t epochs, warmup;
};
extern const struct field schedule_fields[]; // settings in the section `train`
// Returns true if the rate of an epoch depends on the total number of epochs.
bool schedule_needs_epochs(const struct schedule *s);
// Returns the learning rate of an epoch (from 0) out of `epochs`, after the learning rate was dropped `drops` times on
// a plateau (train/stopping.h).
double schedule_rate(const struct schedule *s, double learning_rate, int64_t epoch, int64_t epochs, int64_t drops);

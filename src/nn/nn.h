// Autoencoders: models of layers, their losses and optimizers. No files, no MPI, no threads: every function works on
// the rows and buffers that it is given, so that each worker can have its own.
//
// A model says what is computed and owns no numbers. All its parameters are one flat vector, as are their gradient and
// each array of optimizer state, and all belong to the caller: the optimizer, the reduction over ranks and the
// checkpoint are then one call each and know no layers. A layer's blocks say where in the vector its parameters are.
// After model_new a model is only read, so that many threads may share it; what a pass writes is in a workspace, of
// which each thread has its own.
//
// The order of a training step: model_forward, model_backward, (the gradients of all workers are added,) and
// model_penalize and model_step on ranges of the vector. All shapes are (rows, features), dense and row-major.
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
int shape_size(const struct shape *s);                 // the product of its dimensions
char *shape_text(char out[48], const struct shape *s); // writes "(28, 28)" into `out`, and returns it

// --- layers
// What training sets a block to before its first step, if the training data decides it. Such a block is fixed.
enum block_source {
    SOURCE_NONE,
    SOURCE_SPACING,        // one value: the typical distance between neighbouring training rows (train/data_blocks.c)
    SOURCE_ROWS,           // a value per value of a sample, in each of several rows: evenly spaced training rows
    SOURCE_CODE_MEAN,      // set when training ends: the mean code of the training rows (train/code_blocks.c)
    SOURCE_CODE_WHITENING, // likewise: what makes the codes' covariance 1
    SOURCE_CENTER, // a value per value of the code: the mean code of the training rows under the initial weights
};
// A block of parameters, such as a kernel or a bias.
struct block {
    const char *name; // "kernel", "bias"
    size_t offset;    // in the model's flat vector
    size_t count;
    int rank, dims[SHAPE_MAX_RANK + 1];
    const char *axes[SHAPE_MAX_RANK + 1]; // names of its dimensions; NULL: (input, output), or only (output)
    int initializer;                      // an index into initializer_names, or one that only layers set (nn_impl.h)
    int fan_in, fan_out;                  // inputs and outputs, for the initializer
    double l1, l2;                        // penalty l1 sum|w| + l2 sum w^2
    double start;                         // value of every element under initializer `constant`
    bool
        is_statistic; // no weight but a running mean: the sum of its gradients over the shards is the batch's statistic
    double momentum;  // of a statistic: it becomes momentum * itself + (1 - momentum) * the batch's
    enum block_source source; // SOURCE_NONE: the initializer decides. Others are statistics of momentum 1
};

// Penalties on the output of a layer, as part of the loss of a batch (0: none).
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
    bool accumulates;         // another layer has already put its gradient into this one's kernel: add to it
    bool in_repeats;          // all steps of the input are equal: backward puts the gradient of all into the first
    int uses;                 // how often a sample uses its kernels (cells, or steps of time); 0: once
    size_t kept, kept_once;   // reals that forward keeps for backward: per row, and per pass
    int n_blocks;
    struct block blocks[LAYER_MAX_BLOCKS];
};
const char *layer_name(const struct layer *l);           // the name of its type: "dense"
extern const struct field layer_common_fields[];         // settings of every layer, such as activation
extern const struct field layer_kernel_fields[];         // settings of layers with a kernel
const struct field *layer_type_fields(const char *type); // settings of one type; NULL: no such type
const char *const *layer_type_names(void);               // NULL-terminated
extern const char *const initializer_names[];            // NULL-terminated

// --- losses and errors
extern const char *const loss_names[]; // NULL-terminated, in the order of enum loss (kernels/losses.h)
// A sample's reconstruction error: the mean over its features of the squared or absolute difference or of the
// cross-entropy, or the Euclidean norm of the difference. Variational models have two more, both estimated from draws
// of the code: the negative evidence lower bound (Kingma and Welling 2013), and the negative reconstruction
// probability, which is the mean of -log p(x | code) (An and Cho 2015).
enum error {
    ERROR_MSE,
    ERROR_MAE,
    ERROR_L2,
    ERROR_BINARY_CROSSENTROPY,
    ERROR_ELBO,
    ERROR_RECONSTRUCTION_PROBABILITY,
    ERROR_NEIGHBOURS,       // of model `neighbours` only, whose distances it ranks (nn/neighbours.h)
    ERROR_NOISE_LEVEL,      // of models of kind noise_level: their code
    ERROR_DISTANCE,         // of models of kind svdd: the squared distance of the code from the center
    ERROR_CODE_MAHALANOBIS, // of any code: its squared Mahalanobis distance from the mean code of the training rows
};
extern const char *const error_names[]; // NULL-terminated

// --- models
// What a model computes. Only an autoencoder has a decoder. The others are an encoder, whose code is their answer.
enum model_kind {
    KIND_AUTOENCODER,
    KIND_NOISE_LEVEL, // the logarithm of the level of the noise in a sample (after Livernoche et al. 2024)
    KIND_SVDD,        // a point near a fixed center (Ruff et al. 2018)
};
extern const char *const model_kind_names[]; // NULL-terminated
struct model {
    int kind;             // enum model_kind
    struct node *section; // owned: the section in canonical form, into which settings of layers point
    int n_layers;
    struct layer *layers; // owned
    int n_encoder;        // the first n_encoder of them are the encoder
    struct shape input, code;
    enum loss loss;
    // model_new sets these to 1, 1, NULL and false. Change them before workspaces are made.
    double delta, variance; // of losses huber and gaussian_nll
    real *feature_weights;  // (input), owned; NULL: all alike
    bool ignores_missing;   // NaN in a sample is 0 to the layers, and counts in no loss or error
    bool has_logits;        // the loss applies the last layer's sigmoid: the layer's output is logits
    size_t parameters;      // length of the flat vector, including padding between blocks
    size_t trainable;       // without padding and statistics: what people call the number of parameters
    bool has_statistics;    // that training changes
    int first_trained;      // the first layer with parameters: no layer before it needs a gradient
    double operations;      // floating-point operations of the matrix products that train on one sample
};

extern const struct field model_fields[]; // the section `model:`

// Makes the model that the section `model:` describes, for samples of shape `input`, trained on `loss`. Returns NULL,
// and every mistake of the section in `e`, if it is wrong.
struct model *model_new(const struct node *section, const struct shape *input, enum loss loss, struct err *e);
// Reports the mistakes of the section that show without the data: all but shapes that do not fit. Returns 0 or -1.
int model_check(const struct node *section, struct err *e);
// Returns true if the section describes a model that is fitted to the training rows, not trained (nn/neighbours.h).
bool model_section_is_fitted(const struct node *section);
// Sets how many training rows such a model keeps, unless its section says so. Call it before its parameters are
// allocated; it does nothing to other models. Returns -1 and an error if there are too few training rows or too many
// values.
int model_set_rows(struct model *m, int64_t training_rows, const struct node *section, struct err *e);
void model_free(struct model **m);
// Returns the section in canonical form, as new memory; it describes an equal model.
struct node *model_write(const struct model *m);

// Appends the shapes of the sample and of the outputs of its layers, such as 784-64-784 or 28x28-14x14x8-28x28x1.
// Layers that change nothing but values, such as dropout, are left out.
void model_sizes(const struct model *m, struct text *t);

// Returns true if the model has a decoder, so that samples have reconstructions.
bool model_reconstructs(const struct model *m);
// Returns the number of values of the model's output, over which the loss of a sample is the mean.
int model_outputs(const struct model *m);
// Returns the error (enum error) of a model that its section describes, if the experiment names none.
int model_default_error(const struct node *section);

// Returns true if training takes statistics over rows in some layer, so that every part of a batch must have two rows.
bool model_needs_two_rows(const struct model *m);

// Sets w (parameters) to initial values, by the initializers of the blocks. The same seed gives the same bits.
void model_initialize(const struct model *m, uint64_t seed, real *w);

// What a pass is for, and the key of its random numbers (dropout, noise, sampling).
struct step {
    bool trains;     // layers that behave differently in training do so
    bool draws;      // model_recode: draw the code, though nothing trains
    bool corrupts;   // without training: layers that add noise to the sample in training do so
    int level;       // of such noise, from 1, if it has several; 0: drawn for each row
    bool leaves_out; // a model `neighbours`: the rows are training rows, which are no neighbours of themselves
    bool sums;       // model_backward: the loss of a row is the sum over its features instead of the mean
    int batch_rows;  // model_backward: rows of the whole batch, of which it gets a part
    uint64_t seed;
    uint32_t epoch;        // or the number of the draw or of the copy
    const int32_t *sample; // (rows), borrowed: the rows' numbers in the data set
};

// Returns how many rows of a large kernel model_backward computes and reports together; of a small kernel all.
int block_part_rows(const struct block *b);

// Buffers for passes over up to `rows` rows, of one thread.
struct workspace {
    int rows;
    struct step step; // the caller sets it before model_forward; all zero: no training
    // model_backward calls this as soon as parameters [first, first + n) have their gradient, from the last ones down.
    // May be NULL.
    void (*gradient_done)(void *context, size_t first, size_t n);
    void *context;
    size_t gradient_left; // in a backward pass: parameters from 0 to here have no gradient yet
    const real *w;        // borrowed: the parameters of the last pass
    real *x;              // (rows, input): space for a gathered batch
    real *input;          // (rows, input): without NaN; NULL if the model takes samples as they are
    real **y;             // per layer (rows, out): its output
    real **z;             // per layer (rows, out): before the activation; NULL unless training needs it
    real *dy, *dx;        // (rows, widest layer); NULL unless it trains
    real **kept;          // per layer: what forward keeps for backward
    double penalty;       // of the rows last passed forward: what layers add to the sum of their losses
    bool is_final;        // the output became the reconstruction and is no longer logits
    real *all;            // owned: all arrays above are parts of it
};
// `trains` adds the buffers of the backward pass. Returns NULL and an error if memory runs out.
struct workspace *workspace_new(const struct model *m, int rows, bool trains, struct err *e);
void workspace_free(struct workspace **ws);
size_t workspace_bytes(const struct model *m, int rows, bool trains);

// Passes x (rows, input) forward with parameters w. Returns the last layer's output (rows, output), which is logits if
// the model has them; it is the workspace's.
real *model_forward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x);
// Returns the code (rows, code) of the rows last passed forward.
const real *model_code(const struct model *m, const struct workspace *ws);
// Computes the loss and its gradient, after model_forward on the same rows, which are a part of a batch of
// ws->step.batch_rows. The targets are x. Overwrites every block of dw (parameters). Returns the sum of the rows'
// losses, which are means over features, or sums under ws->step.sums, plus the penalties on outputs.
double model_backward(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, real *dw);
// Computes the loss of each row, after model_forward, into row (rows), which may be NULL. Returns their sum.
double model_loss(const struct model *m, const struct workspace *ws, int rows, const real *x, float *row);
// Turns the output of model_forward into the reconstruction, in place, by the sigmoid that logits still need. Neither
// model_loss nor model_backward may follow for these rows if the model has logits.
const real *model_reconstruct(const struct model *m, struct workspace *ws, int rows);
// Computes the reconstruction error of each row into row (rows), for an error that needs no draws. Call it after
// model_forward, and for the cross-entropy before model_reconstruct. For other errors it calls model_reconstruct.
void model_errors(const struct model *m, struct workspace *ws, int rows, const real *x, enum error error, float *row);
// Returns true if this error of the model is a cross-entropy with the sample, whose values then count as within [0, 1].
bool model_error_is_cross_entropy(const struct model *m, enum error error);
// Returns NULL if the model can compute this error, else a message that says why it cannot.
const char *model_refuses_error(const struct model *m, enum error error);

// --- models that know where the codes of their training rows are
enum { CODE_SPACE_MAX = 1024 }; // values of such a code, at most
// Adds the blocks that the error code_mahalanobis needs. Call it before workspaces are made.
void model_add_code_space(struct model *m);
// Return these blocks: (code), and (code, direction). NULL: the model has none.
const struct block *model_code_mean(const struct model *m);
const struct block *model_code_whitening(const struct model *m);

// --- denoising models: their first layer adds noise to the sample
// Returns the number of levels that this noise has; 0: there is no such layer.
int model_noise_levels(const struct model *m);
// Returns true if this noise replaces values, each in one of as many copies as there are levels. Only what was replaced
// is then compared.
bool model_swaps_values(const struct model *m);
// Adds the errors of the values that were replaced in the rows last passed forward to sum (rows), and how many there
// were to count (rows). For an error that needs no draws; l2 adds squares.
void model_swapped_errors(
    const struct model *m, struct workspace *ws, int rows, enum error error, double *sum, double *count);

// --- models that train on the worst noise: their first layer is adversarial_noise
// Returns how many steps find that noise; 0: there is no such layer.
int model_attack_steps(const struct model *m);
// Finds the noise of the rows x, under ws->step, which trains; model_forward on the same rows then adds it. Overwrites
// dw (parameters).
void model_attack(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x, real *dw);

// --- variational models: their code is drawn by a layer `gaussian`, which is their only one
bool model_is_variational(const struct model *m);
static inline bool error_is_variational(enum error error)
{
    return error == ERROR_ELBO || error == ERROR_RECONSTRUCTION_PROBABILITY;
}
// Passes the rows that were last passed forward once more, from the code on, under the present ws->step: draw number
// `epoch` of the code, or its mean without `draws`. The draws of one pass begin with 0.
void model_recode(const struct model *m, const real *w, struct workspace *ws, int rows, const real *x);
// Computes -log p(x | code) of each row into row (rows): Bernoulli if the loss is binary_crossentropy, else Gaussian
// with m->variance. Feature weights do not count. The mean over the values that are there stands for missing ones.
void model_nll(const struct model *m, struct workspace *ws, int rows, const real *x, float *row);
// Computes, after a draw, the divergence of each row's code from the standard normal distribution, into row (rows).
void model_divergence(const struct model *m, const struct workspace *ws, int rows, float *row);

// --- optimizers
enum { OPTIMIZER_MAX_SLOTS = 3 };
struct optimizer {
    int kind; // enum optimizer_kind (kernels/optimizers.h)
    double learning_rate, momentum, beta_1, beta_2, rho, epsilon, initial_accumulator_value, weight_decay;
    bool nesterov, centered, amsgrad;
    double clip_value, clip_norm; // limits of the gradient; 0: none
};
extern const char *const optimizer_names[];   // NULL-terminated, in the order of enum optimizer_kind
extern const struct field optimizer_fields[]; // rows of the section `train`
// Unsets all settings. Call it before the section is read.
void optimizer_clear(struct optimizer *o);
// Sets what is still unset to the default of this optimizer (Keras's), after the section was read. Returns -1 and an
// error for each setting of the section that this optimizer does not have.
int optimizer_resolve(struct optimizer *o, const struct node *section, struct err *e);
// Adds the settings that this optimizer has to the map.
void optimizer_write(const struct optimizer *o, struct node *map);
// Returns how many arrays of state it keeps.
int optimizer_slots(const struct optimizer *o);
// Returns the initial value of every element of its state.
double optimizer_slot_start(const struct optimizer *o);
// Returns the numbers of step t = 1, 2, ... at the given learning rate.
struct update optimizer_update(const struct optimizer *o, int64_t t, double learning_rate);
// Steps n parameters w with gradient g, which is clipped in place, and moves each state[slot] (n).
void optimizer_apply(const struct optimizer *o, const struct update *u, size_t n, real *w, real *g,
    real *const state[OPTIMIZER_MAX_SLOTS]);
// Returns the factor that brings a gradient of this norm within clip_norm.
double optimizer_clip_factor(const struct optimizer *o, double norm);

// Parameters [first, first + n) of a model: every array begins with the element `first`.
struct parameter_range {
    size_t first, n;
    real *w, *g;
    real *state[OPTIMIZER_MAX_SLOTS];
};
// Returns the sum of squares of the gradients g of weights (no statistics) among parameters [first, first + n).
double model_square_sum(const struct model *m, size_t first, size_t n, const real *g);
// g := g + the gradient of the weight penalties on parameters [first, first + n) of the model.
void model_penalize(const struct model *m, size_t first, size_t n, const real *w, real *g);
// Steps the weights of the range with the optimizer, and the statistics with their momentum. The gradient includes the
// penalties already.
void model_step(
    const struct model *m, const struct optimizer *o, const struct update *u, const struct parameter_range *r);

// --- schedules of the learning rate
struct schedule {
    int type;
    double factor, minimum;
    int64_t epochs, warmup;
};
extern const struct field schedule_fields[]; // rows of the section `train`
// Returns true if the rate of an epoch depends on the total number of epochs.
bool schedule_needs_epochs(const struct schedule *s);
// Returns the learning rate of an epoch (from 0) of `epochs`, after that many drops on a plateau (train/stopping.h).
double schedule_rate(const struct schedule *s, double learning_rate, int64_t epoch, int64_t epochs, int64_t drops);

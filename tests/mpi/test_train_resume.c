// Training that is stopped after every other step and resumes elsewhere, on other ranks and threads: the bits of one
// that was never disturbed. For every kind of state that training has.
// ranks: 4
// links: train nn data comm spec store kernels base
#include "base/mem.h"
#include "base/request.h"
#include "mpi_check.h"
#include "train/train.h"

#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COLUMNS = 6, SHARDS = 8 };
static const char plain[] = "{encoder: [{dense: 4, activation: tanh}], decoder: [{dense: 6, activation: sigmoid}]}";
static const char linear[] = "{encoder: [{dense: 4}], decoder: [{dense: 6}]}";
static const char normalized[] = "{encoder: [{dense: 5}, {batch_normalization: true}, {dense: 3, activation: relu}], "
                                 "decoder: [{dense: 6}]}";
static const char relative[] = "{encoder: [{gaussian_noise: {relative: [0.5, 1, 2]}}, {dense: 4, activation: tanh}], "
                               "decoder: [{dense: 6}]}";
static const char swapping[] = "{encoder: [{swap_noise: 0.3}, {dense: 4, activation: tanh}], decoder: [{dense: 6}]}";
static const char adversary[] =
    "{encoder: [{adversarial_noise: 1, steps: 2}, {dense: 4, activation: tanh}], decoder: [{dense: 6}]}";
static const char level[] = "{kind: noise_level, encoder: [{gaussian_noise: {relative: {log_uniform: [0.5, 10]}}}, "
                            "{dense: 4, activation: elu}, {dense: 1}]}";
static const char center[] = "{kind: svdd, hidden: [5], code: 3, activation: elu}";
static const char noisy[] =
    "{encoder: [{gaussian_noise: 0.1}, {dense: 8, activation: relu}, {dropout: 0.2}, {gaussian: "
    "3, warmup_epochs: 3}], decoder: [{dense: 6, activation: sigmoid}]}";
static const char end[] = ", batch_size: 16, epochs: 10, shards: 8, seed: 3";
static const struct {
    const char *model, *train;
} cases[] = {
    {plain, "loss: binary_crossentropy"},
    {plain, "optimizer: sgd, momentum: 0.9, nesterov: true, clip_norm: 0.05, schedule: cosine"},
    {plain, "optimizer: nadam, clip_value: 0.01, schedule: exponential, warmup_epochs: 2"},
    {relative, "optimizer: adamw, weight_decay: 0.01, clip_norm: 0.5"}, {swapping, "optimizer: rmsprop"},
    {adversary, "optimizer: sgd, momentum: 0.5"}, {level, "early_stopping: 3"},
    {center, "optimizer: adamw, weight_decay: 0.01, reduction: sum"},
    {plain, "optimizer: rmsprop, momentum: 0.5, centered: true, schedule: step, schedule_epochs: 2"},
    {normalized,
        "amsgrad: true, learning_rate: 0.05, schedule: reduce_on_plateau, schedule_epochs: 1, min_delta: 0.01"},
    {normalized, "optimizer: adagrad, learning_rate: 3, early_stopping: 2, monitor: train_loss"},
    {normalized, "optimizer: adadelta, learning_rate: 1, early_stopping: 2, min_delta: 10"}, // ends early
    {noisy, "reduction: sum, optimizer: adamw, early_stopping: 3"},
    // the rate of epoch 8 is a denormal number
    {plain, "optimizer: sgd, learning_rate: 1e-30, schedule: exponential, schedule_factor: 1e-35"},
    {linear, "optimizer: sgd, learning_rate: 100"}, // diverges
};
enum { CASES = sizeof cases / sizeof *cases };

struct job {
    struct train_config config;
    struct model *model;
    struct dataset train, validation;
    struct node *spec, *section; // borrowed by the config
};

static uint64_t state = 1;
static double number(void) // in [0, 1)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) * 0x1p-53;
}

static void data_make(struct dataset *d, int rows)
{
    float *x = mem_new((size_t)rows * COLUMNS, sizeof *x);
    *d = (struct dataset){.rows = rows, .columns = COLUMNS, .shape_rank = 1, .shape = {COLUMNS}, .values = x};
    d->type = DATASET_F32;
    d->row = mem_new((size_t)rows, sizeof *d->row);
    for (int i = 0; i < rows * COLUMNS; i++)
        x[i] = (float)number();
    for (int i = 0; i < rows; i++)
        d->row[i] = x + i * COLUMNS;
}

// Every other case trains on blocks, which a thread reads ahead: a window of a shard has 2 blocks of 3 rows.
static void shuffle_blocks(struct dataset *d)
{
    static const struct data_table *none[1]; // no source has a mapping
    d->shuffle = (struct row_shuffle){3, 2 * SHARDS};
    d->tables = none;
}

static void job_make(struct job *j, int i)
{
    struct err e = {0};
    char *train = mem_format("{%s%s}", cases[i].train, end);
    *j = (struct job){.spec = spec_parse("model", cases[i].model, strlen(cases[i].model), &e)};
    j->section = spec_parse("train", train, strlen(train), &e);
    CHECK(train_config_read(j->section, &j->config, &e) == 0, "case %d: %s", i, e.text);
    j->model = model_new(j->spec, &(struct shape){1, {COLUMNS}}, (enum loss)j->config.loss, &e);
    CHECK(j->model, "case %d: %s", i, e.text);
    data_make(&j->train, 101);
    if (i % 2)
        shuffle_blocks(&j->train);
    data_make(&j->validation, 300);
    free(train);
}

static void job_free(struct job *j)
{
    model_free(&j->model);
    node_free(&j->spec);
    node_free(&j->section);
    free(j->train.values);
    free((void *)j->train.row);
    free(j->validation.values);
    free((void *)j->validation.row);
}

static void same(const struct trained *a, const struct trained *b, const struct model *m, const char *what, int i)
{
    const struct history *x = &a->history, *y = &b->history;
    size_t bytes = (size_t)x->epochs * sizeof(double);
    CHECK(x->epochs == y->epochs, "%s %d: %d and %d epochs", what, i, x->epochs, y->epochs);
    CHECK(x->weights_epoch == y->weights_epoch, "%s %d", what, i);
    CHECK(memcmp(x->train_loss, y->train_loss, bytes) == 0, "%s %d", what, i);
    CHECK(memcmp(x->validation_loss, y->validation_loss, bytes) == 0, "%s %d", what, i);
    CHECK(memcmp(x->learning_rate, y->learning_rate, bytes) == 0, "%s %d", what, i);
    CHECK(memcmp(a->w, b->w, m->parameters * sizeof *a->w) == 0, "%s %d", what, i);
    CHECK(a->samples == b->samples && a->has_diverged == b->has_diverged, "%s %d", what, i);
}

static void raise_stop(void *context, double epochs_done)
{
    if (*(const bool *)context && !isnan(epochs_done))
        request_raise(REQUEST_STOP);
}

struct place {
    int ranks, threads, asks; // which rank is asked to stop
    bool before;              // it was requested before training resumes
    double interval;
};

static struct place place_choose(int hop)
{
    struct place p = {1 << (int)(number() * 3), 1 << (int)(number() * 2), 0, hop % 3 == 1, hop % 4 ? 0 : 1e-9};
    p.asks = (int)(number() * p.ranks);
    return p;
}

// Collective over world. A piece of training on a part of it; *out is this rank's, empty elsewhere.
static void hop_run(const struct comm *world, const struct job *j, const struct checkpointing *k, struct place p,
    bool asks, struct trained *out)
{
    struct comm group;
    struct err e = {0};
    bool is_asked = asks && world->rank == p.asks;
    comm_split(world, world->rank < p.ranks, &group);
    struct team team = {&group, p.threads, raise_stop, &is_asked};
    struct train_task task = {&team, j->model, &j->config, &j->train, &j->validation, k};
    *out = (struct trained){0};
    fesetenv(FE_DFL_ENV); // as in a new process: denormal numbers are not flushed yet
    if (p.before && is_asked)
        request_raise(REQUEST_STOP);
    if (world->rank < p.ranks)
        CHECK(train_run(&task, out, &e) == 0, "%s", e.text);
    request_served(REQUEST_STOP);
    comm_free(&group);
    comm_barrier(world);
}

// Training that is stopped again and again.
static void stop_and_go(
    const struct comm *world, struct job *j, struct checkpointing k, const struct trained *whole, int i)
{
    struct trained t;
    int hops = 0;
    for (bool is_over = false; !is_over; hops++) {
        struct place p = place_choose(hops);
        k.interval = p.interval;
        hop_run(world, j, &k, p, true, &t);
        is_over = world->rank == 0 && !t.has_stopped;
        comm_broadcast(world, 0, &is_over, sizeof is_over);
        if (is_over && world->rank < p.ranks)
            same(&t, whole, j->model, "stopped, case", i);
        trained_free(&t);
        CHECK(hops < 200, "case %d does not end", i);
    }
    if (world->rank == 0)
        printf("case %d: %d epochs in %d pieces\n", i, whole->history.epochs, hops);
    CHECK(hops > 3 || whole->history.epochs < 3, "case %d: stopped %d times", i, hops);
    if (world->rank == 0)
        checkpoint_remove(k.path);
    comm_barrier(world);
}

// A trial of fewer epochs, then one of more that resumes from its end.
static void epochs_raised(
    const struct comm *world, struct job *j, struct checkpointing k, const struct trained *whole, int i)
{
    if (schedule_needs_epochs(&j->config.schedule))
        return;
    int64_t all = j->config.epochs;
    k.keeps_last = true;
    for (j->config.epochs = 0; j->config.epochs < all;) {
        j->config.epochs = j->config.epochs == 0 ? 2 : all;
        struct trained t;
        struct place p = place_choose(0);
        hop_run(world, j, &k, p, false, &t);
        if (j->config.epochs == all && world->rank < p.ranks)
            same(&t, whole, j->model, "raised, case", i);
        trained_free(&t);
    }
    if (world->rank == 0)
        checkpoint_remove(k.path);
    comm_barrier(world);
}

int main(void)
{
    struct comm world, self;
    struct err e = {0};
    char path[64] = "/tmp/hourglass-resume-XXXXXX";
    CHECK(comm_start(&world, 2, &e) == 0, "%s", e.text);
    comm_split(&world, world.rank, &self);
    struct team alone = {&self, 1, NULL, NULL};
    if (world.rank == 0)
        CHECK(mkdtemp(path), "no folder");
    comm_broadcast(&world, 0, path, sizeof path);
    char *file = mem_format("%s/state.h5", path);
    struct checkpointing k = {.path = file, .lineage = "0123456789abcdef"};
    for (int i = 0; i < CASES; i++) {
        struct job j;
        struct trained whole;
        job_make(&j, i);
        struct train_task task = {&alone, j.model, &j.config, &j.train, &j.validation, NULL};
        CHECK(train_run(&task, &whole, &e) == 0, "%s", e.text);
        CHECK(whole.has_diverged == (i == CASES - 1), "case %d", i);
        stop_and_go(&world, &j, k, &whole, i);
        epochs_raised(&world, &j, k, &whole, i);
        trained_free(&whole);
        job_free(&j);
    }
    CHECK(world.rank != 0 || rmdir(path) == 0, "%s is not empty", path);
    free(file);
    comm_free(&self);
    comm_stop(&world);
    return 0;
}

// Each kernel next to the limits of this core: GB/s next to copying in each level of the memory, GFLOP/s next to the
// best of all products here. The slowest in comparison is where to look next.
// links: kernels base
#include "base/clock.h"
#include "kernels/kernels.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BIG = 1 << 23, ARRAYS = 5, ROUNDS = 12 };  // elements of an array
static const double LEAST = 1e-3;                 // seconds that are measured at a time
static const size_t sizes[] = {1024, 32768, BIG}; // all arrays of a loop in L1, in L2, in memory
enum { LEVELS = sizeof sizes / sizeof *sizes };

static const struct kernels *k;
static const char *wanted;           // part of a name; NULL: all
static real *x[ARRAYS];              // (BIG) each
static uint8_t *bytes;               // (BIG)
static double copying[LEVELS], peak; // GB/s, GFLOP/s

// What is measured: a loop over n elements, or anything with sizes of its own.
struct work {
    void (*run)(const void *context, size_t n);
    const void *context;
};

static bool is_wanted(const char *name)
{
    return !wanted || strstr(name, wanted);
}

// Seconds of one call, the best of several rounds.
static double seconds_of(struct work w, size_t n)
{
    double best = 1e9;
    for (long round = 0, calls = 1; round < ROUNDS;) {
        double start = clock_wall();
        for (long i = 0; i < calls; i++)
            w.run(w.context, n);
        double spent = clock_wall() - start;
        if (spent < LEAST && best == 1e9) {
            calls *= 2;
            continue;
        }
        best = spent / (double)calls < best ? spent / (double)calls : best;
        round++;
    }
    return best;
}

// --- loops over arrays

#define LOOP_RUN(name, call)                        \
    static void name(const void *context, size_t n) \
    {                                               \
        (void)context;                              \
        (void)n;                                    \
        call;                                       \
    }
enum { WIDTH = 256 }; // of what is taken as a matrix
#define ROWS (int)(n / WIDTH), WIDTH
#define STEP                                                                                              \
    .learning_rate = 1e-3, .momentum = 0.9, .beta_1 = 0.9, .beta_2 = 0.999, .rho = 0.95, .epsilon = 1e-7, \
    .gradient_rate = 1e-4, .square_factor = 1
static const struct update step = {STEP}, amsgrad_step = {STEP, .amsgrad = true};

LOOP_RUN(run_copy, memcpy(x[0], x[1], n * sizeof(real)))
LOOP_RUN(run_fill_rows, k->fill_rows(ROWS, x[1], x[0]))
LOOP_RUN(run_sum_rows, k->sum_rows(ROWS, x[1], x[0]))
#define BATCH                                                              \
    &(struct loss_batch)                                                   \
    {                                                                      \
        ROWS, .y = x[1], .t = x[2], .p = 1, .scale = (real)0.1, .dy = x[0] \
    }
LOOP_RUN(run_mse, k->loss[LOSS_MSE](BATCH))
LOOP_RUN(run_mae, k->loss[LOSS_MAE](BATCH))
LOOP_RUN(run_cross_entropy, k->loss[LOSS_BINARY_CROSSENTROPY](BATCH))
LOOP_RUN(run_huber, k->loss[LOSS_HUBER](BATCH))
LOOP_RUN(run_log_cosh, k->loss[LOSS_LOG_COSH](BATCH))
LOOP_RUN(run_observed, k->observed[LOSS_MSE](BATCH))
LOOP_RUN(run_cosine, k->loss[LOSS_COSINE](BATCH))
LOOP_RUN(run_tree_2, k->tree_sum(n, 2, (const real *const *)(x + 1), x[0]))
LOOP_RUN(run_tree_4, k->tree_sum(n, 4, (const real *const *)(x + 1), x[0]))
LOOP_RUN(run_penalize, k->penalize(n, x[1], (real)1e-9, (real)1e-9, x[0]))
LOOP_RUN(run_clip, k->clip(n, (real)0.99, 1, x[0]))
LOOP_RUN(run_square_sum, (void)k->square_sum(n, x[1]))
LOOP_RUN(run_sgd, k->step[OPTIMIZER_SGD](n, x[0], x[1], x + 2, &step))
LOOP_RUN(run_adagrad, k->step[OPTIMIZER_ADAGRAD](n, x[0], x[1], x + 2, &step))
LOOP_RUN(run_adadelta, k->step[OPTIMIZER_ADADELTA](n, x[0], x[1], x + 2, &step))
LOOP_RUN(run_rmsprop, k->step[OPTIMIZER_RMSPROP](n, x[0], x[1], x + 2, &step))
LOOP_RUN(run_adam, k->step[OPTIMIZER_ADAM](n, x[0], x[1], x + 2, &step))
LOOP_RUN(run_amsgrad, k->step[OPTIMIZER_ADAM](n, x[0], x[1], x + 2, &amsgrad_step))
LOOP_RUN(run_nadam, k->step[OPTIMIZER_NADAM](n, x[0], x[1], x + 2, &step))
LOOP_RUN(run_widen_u8, k->widen_u8(n, bytes, x[0]))
LOOP_RUN(run_widen_f32, k->widen_f32(n, (const float *)x[1], x[0]))
LOOP_RUN(run_scale_u8, k->scale_u8(n, bytes, (const float *)x[1], (const float *)x[2], x[0]))
LOOP_RUN(run_scale_f32, k->scale_f32(n, (const float *)x[1], (const float *)x[2], (const float *)x[3], x[0]))
LOOP_RUN(run_uniform, k->random_uniform(n, 1, 2, 3, 4, x[0]))
LOOP_RUN(run_normal, k->random_normal(n, 1, 2, 3, 4, x[0]))
// Of fresh numbers each time: in place they would run off to infinity.
LOOP_RUN(run_activate, memcpy(x[0], x[1], n * sizeof(real)); k->activate(*(const enum activation *)context, n, x[0]))
LOOP_RUN(run_slope, k->activate_backward(*(const enum activation *)context, n, x[1], x[0]))

// Bytes that go in and out for each element; of those that are read again, such as a bias, none.
static const struct loop {
    const char *name;
    void (*run)(const void *context, size_t n);
    int bytes;
} loops[] = {{"fill_rows", run_fill_rows, 4}, {"sum_rows", run_sum_rows, 4}, {"mse", run_mse, 12}, {"mae", run_mae, 12},
    {"cross_entropy", run_cross_entropy, 12}, {"huber", run_huber, 12}, {"log_cosh", run_log_cosh, 12},
    {"observed", run_observed, 12}, {"cosine", run_cosine, 12}, {"tree_sum of 2", run_tree_2, 12},
    {"tree_sum of 4", run_tree_4, 20}, {"penalize", run_penalize, 12}, {"clip", run_clip, 8},
    {"square_sum", run_square_sum, 4}, {"sgd, momentum", run_sgd, 20}, {"adagrad", run_adagrad, 20},
    {"adadelta", run_adadelta, 28}, {"rmsprop", run_rmsprop, 20}, {"adam", run_adam, 28}, {"amsgrad", run_amsgrad, 36},
    {"nadam", run_nadam, 28}, {"widen_u8", run_widen_u8, 5}, {"widen_f32", run_widen_f32, 8},
    {"scale_u8", run_scale_u8, 13}, {"scale_f32", run_scale_f32, 16}, {"random_uniform", run_uniform, 4},
    {"random_normal", run_normal, 4}};

static void refill(void)
{
    for (size_t i = 0; i < BIG; i++) {
        bytes[i] = (uint8_t)(i * 2654435761u >> 24);
        for (int a = 0; a < ARRAYS; a++)
            x[a][i] = (real)((i * 40503u + (size_t)a * 977u) % 1000 + 1) / 1000;
    }
}

// One row of the table: at each level ns an element, GB/s, and its part of what copying reaches there.
static void print_loop(const char *name, struct work w, int bytes_each)
{
    if (!is_wanted(name))
        return;
    printf("| %s |", name);
    for (int level = 0; level < LEVELS; level++) {
        double seconds = seconds_of(w, sizes[level]), rate = (double)sizes[level] * bytes_each / seconds * 1e-9;
        printf(" %.3f | %.0f | %.0f %% |", seconds / (double)sizes[level] * 1e9, rate, 100 * rate / copying[level]);
    }
    printf("\n");
    fflush(stdout);
}

static void print_loops(void)
{
    printf("\n| loop | L1: ns | GB/s | of copying | L2: ns | GB/s | of copying | memory: ns | GB/s | of copying |\n"
           "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (int level = 0; level < LEVELS; level++)
        copying[level] = (double)sizes[level] * 8 / seconds_of((struct work){run_copy, NULL}, sizes[level]) * 1e-9;
    print_loop("memcpy", (struct work){run_copy, NULL}, 8);
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        print_loop(loops[i].name, (struct work){loops[i].run, NULL}, loops[i].bytes);
    refill();
    for (enum activation f = RELU; f < ACTIVATION_COUNT; f++) {
        char name[64];
        snprintf(name, sizeof name, "copy, activate %s", activation_names[f]);
        print_loop(name, (struct work){run_activate, &f}, 16);
        snprintf(name, sizeof name, "activate_backward %s", activation_names[f]);
        print_loop(name, (struct work){run_slope, &f}, 12);
    }
}

// --- matrix products

// Of one shard of a network: forward, the gradient of the weights, the gradient of the input.
static const struct layer {
    const char *network;
    int rows, inputs, outputs;
} layers[] = {{"shoe", 64, 784, 64}, {"shoe", 64, 64, 784}, {"keras-deep", 256, 784, 512},
    {"keras-deep", 256, 512, 128}, {"keras-deep", 256, 128, 10}, {"keras-deep", 256, 10, 128},
    {"keras-deep", 256, 128, 512}, {"keras-deep", 256, 512, 784}, {"dl4j", 80, 784, 250}, {"dl4j", 80, 250, 10},
    {"dl4j", 80, 10, 250}, {"dl4j", 80, 250, 784}, {"denoise", 128, 784, 256}, {"denoise", 128, 256, 64},
    {"denoise", 128, 64, 256}, {"denoise", 128, 256, 784}, {"vae", 64, 784, 512}, {"vae", 64, 512, 2},
    {"vae", 64, 2, 512}, {"vae", 64, 512, 784}, {"lstm, a step", 32, 64, 256}, {"lstm, all steps", 4480, 64, 256},
    {"cardio", 32, 21, 12}, {"cardio", 32, 12, 21}, {"large", 1536, 1536, 1536}};

struct product {
    bool ta, tb;
    int M, N, K, copies; // copies: of a, b and c, which are used in turn
};

static void run_product(const void *context, size_t n)
{
    static size_t turn;
    (void)n;
    const struct product *p = context;
    size_t at = turn++ % (size_t)p->copies, M = (size_t)p->M, N = (size_t)p->N, K = (size_t)p->K;
    gemm((struct gemm_shape){p->ta, p->tb, p->M, p->N, p->K}, x[1] + at * (M * K / 16 + 1) * 16,
        x[2] + at * (K * N / 16 + 1) * 16, 0, x[0] + at * (M * N / 16 + 1) * 16);
}

static double product_rate(struct product p)
{
    return 2.0 * p.M * p.N * p.K / seconds_of((struct work){run_product, &p}, 0) * 1e-9;
}

// Matrices of 16 MB in all: what lies between two uses of a weight in training.
static int copies_of(const struct product *p)
{
    int64_t all = (int64_t)p->M * p->K + (int64_t)p->K * p->N + (int64_t)p->M * p->N, copies = ((int64_t)4 << 20) / all;
    return copies < 1 ? 1 : copies > 64 ? 64 : (int)copies;
}

static void print_product(const struct layer *l, const char *what, struct product p)
{
    p.copies = 1;
    double warm = product_rate(p);
    p.copies = copies_of(&p);
    double cold = product_rate(p);
    printf("| %s | %s | (%d, %d) (%d, %d) | %.1f | %.0f %% | %.1f | %.0f %% |\n", l->network, what, p.M, p.K, p.K, p.N,
        warm, 100 * warm / peak, cold, 100 * cold / peak);
    fflush(stdout);
}

static void print_products(void)
{
    printf("\n| network | product | shape | GFLOP/s | of the best | matrices from afar: GFLOP/s | of the best |\n"
           "|---|---|---|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        const struct layer *l = layers + i;
        int B = l->rows, I = l->inputs, O = l->outputs;
        if (!is_wanted(l->network))
            continue;
        print_product(l, "forward", (struct product){false, false, B, O, I, 1});
        print_product(l, "weights' gradient", (struct product){true, false, I, O, B, 1});
        print_product(l, "input's gradient", (struct product){false, true, B, I, O, 1});
    }
}

// --- convolutions and recurrent cells

static const struct conv convs[] = {{30, 30, 1, 28, 28, 16, 3, 3, 1, 1}, {16, 16, 16, 14, 14, 8, 3, 3, 1, 1},
    {9, 9, 8, 7, 7, 8, 3, 3, 1, 1}, {6, 6, 8, 4, 4, 8, 3, 3, 1, 1}, {16, 16, 8, 14, 14, 16, 3, 3, 1, 1},
    {30, 30, 16, 28, 28, 1, 3, 3, 1, 1}};

static void run_conv(const void *context, size_t n)
{
    (void)n;
    k->conv(context, x[1], x[2], x[3], x[0]);
}

static void run_conv_weights(const void *context, size_t n)
{
    (void)n;
    k->conv_weights(context, x[1], x[2], x[0]);
}

static void print_conv(const struct conv *c, const char *name, void (*run)(const void *, size_t))
{
    double flops = 2.0 * c->out_height * c->out_width * c->outputs * c->kernel_h * c->kernel_w * c->channels;
    double rate = flops / seconds_of((struct work){run, c}, 0) * 1e-9;
    if (is_wanted(name))
        printf("| %s, (%d, %d, %d) to %d | %.1f | %.0f %% |\n", name, c->height, c->width, c->channels, c->outputs,
            rate, 100 * rate / peak);
}

static const struct windows windows[] = {{28, 28, 16, 14, 14, 2, 2, 2, 2, 0, 0}, {14, 14, 8, 7, 7, 2, 2, 2, 2, 0, 0}};

static void run_max_pool(const void *context, size_t n)
{
    (void)n;
    k->max_pool(context, x[1], x[0]);
}

static void run_max_pool_backward(const void *context, size_t n)
{
    (void)n;
    k->max_pool_backward(context, x[1], x[2], x[0]);
}

static void run_average_pool(const void *context, size_t n)
{
    (void)n;
    k->average_pool(context, x[1], x[0]);
}

static void run_repeat(const void *context, size_t n)
{
    (void)n;
    const struct windows *p = context;
    k->repeat(p->out_height, p->out_width, p->channels, 2, 2, x[1], x[0]);
}

// Sizes are those of one step of the ecg5000 experiment: 32 rows of 64 units.
LOOP_RUN(run_lstm, k->lstm_forward(32, 64, x[0], x[1], x[2], x[3], x[4]))
LOOP_RUN(run_lstm_backward, k->lstm_backward(32, 64, x[0], x[1], x[2], x[3], x[4]))
LOOP_RUN(run_gru, k->gru_forward(32, 64, x[0], x[1], x[2], x[3]))
LOOP_RUN(run_gru_backward, k->gru_backward(32, 64, x[0], x[1], x[2], x[3]))

// elements: cells of the larger side of a pool, or of a state
static void print_cell(const char *name, void (*run)(const void *, size_t), const void *context, int elements)
{
    if (is_wanted(name))
        printf("| %s | %.3f |\n", name, seconds_of((struct work){run, context}, 0) / elements * 1e9);
}

static void print_layers(void)
{
    printf("\n| convolution of one sample | GFLOP/s | of the best product |\n|---|---:|---:|\n");
    for (size_t i = 0; i < sizeof convs / sizeof *convs; i++) {
        print_conv(convs + i, "conv", run_conv);
        print_conv(convs + i, "conv_weights", run_conv_weights);
    }
    printf("\n| cells | ns a cell |\n|---|---:|\n");
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        const struct windows *w = windows + i;
        int cells = w->height * w->width * w->channels;
        print_cell("max_pool", run_max_pool, w, cells);
        print_cell("max_pool_backward", run_max_pool_backward, w, cells);
        print_cell("average_pool", run_average_pool, w, cells);
        print_cell("repeat", run_repeat, w, cells);
    }
    refill();
    print_cell("lstm_forward", run_lstm, NULL, 32 * 64);
    print_cell("lstm_backward", run_lstm_backward, NULL, 32 * 64);
    print_cell("gru_forward", run_gru, NULL, 32 * 64);
    print_cell("gru_backward", run_gru_backward, NULL, 32 * 64);
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        fprintf(stderr, "bench_kernel_rates [PART-OF-A-NAME]\n");
        return 2;
    }
    wanted = argc > 1 ? argv[1] : NULL;
    k = kernels();
    flush_denormals();
    bytes = calloc(BIG, 1);
    for (int a = 0; a < ARRAYS; a++)
        if (!(x[a] = aligned_alloc(64, BIG * sizeof(real))))
            return 1;
    if (!bytes)
        return 1;
    refill();
    double large = product_rate((struct product){false, false, 1536, 1536, 1536, 1});
    double small = product_rate((struct product){false, false, 14 * 8, 256, 256, 1});
    peak = large > small ? large : small;
    printf("one core, loops for %s: %.1f GFLOP/s in the best product\n", k->set, peak);
    print_loops();
    print_products();
    print_layers();
    for (int a = 0; a < ARRAYS; a++)
        free(x[a]);
    free(bytes);
    return 0;
}

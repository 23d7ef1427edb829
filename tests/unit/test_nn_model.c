// Models from their section: what is refused with which message, canonical form, initial weights, errors of rows.
// links: nn kernels spec base
#include "nn_fixture.h"

static const struct shape four = {1, {4}};

// What is refused, how many messages come, and words that must be among them.
static const struct {
    const char *yaml;
    int messages;
    const char *words[4];
} bad[] = {
    {"encoder: [{dense: 3}]\ndecoder: [{dense: 5}]", 1,
        {"a.yaml:2:10: decoder: ", "shape (5) = 5 values", "the data (4) = 4", "must be equal"}},
    {"encoder: [{dens: 3}]\ndecoder: [{dense: 4}]", 1, {"a.yaml:1:12: encoder[0].dens: ", "did you mean 'dense'?"}},
    {"encoder: [{activation: relu, dense1: 3}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].dense1: ", "did you mean 'dense'?"}},
    {"encoder: [{transformer: 3}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].transformer: ", "allowed: dense"}},
    {"encoder: [{activation: relu}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].activation: ", "no layer", "allowed: dense"}},
    {"encoder: [{dense: 3, activaton: relu}]\ndecoder: [{dense: 4}]", 1,
        {"a.yaml:1:22: encoder[0].activaton: ", "did you mean 'activation'?"}},
    {"encoder: [{dense: 3, activation: relux}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].activation: ", "relux", "leaky_relu"}},
    {"encoder: [{dense: 3, kernel_initializer: xavier}]\ndecoder: [{dense: 4}]", 1, {"xavier", "glorot_uniform"}},
    {"encoder: [{dense: 0}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].dense: ", "1"}},
    {"encoder: [{dense: 3, tied: true}]\ndecoder: [{dense: 4}]", 1, {"encoder[0]: ", "no dense layer that mirrors"}},
    {"encoder: [{dense: 3}]\ndecoder: [{dense: 3}, {dense: 4, tied: true}]", 1, {"decoder[1]: ", "no dense layer"}},
    {"encoder: [{dense: 3}]\ndecoder: [{dense: 5, tied: true}, {dense: 4}]", 1,
        {"decoder[0]: ", "3 inputs and 5 outputs", "4 inputs and 3 outputs"}},
    {"encoder: [{dense: 3}]\ndecoder: [{dense: 4, tied: true, l2: 0.1}]", 1, {"decoder[0]: ", "l1 and l2"}},
    {"encoder: [{dense: 3, constant: 0.5}]\ndecoder: [{dense: 4}]", 1, {"encoder[0]: constant: found 0.5, but no"}},
    {"encoder: [{dense: 3, activation: relu, contractive: 0.1}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0]: contractive: found activation relu", "sigmoid"}},
    {"encoder: [{dense: 3, activation: relu, sparsity_beta: 0.1}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0]: sparsity_beta: found activation relu", "sigmoid"}},
    {"encoder: [{dense: 3}]\ndecoder: [{dense: 4, tied: true, contractive: 1}]", 1, {"decoder[0]: ", "tied"}},
    {"encoder: [{lstm: 3, use_bias: false}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].use_bias: "}},
    {"encoder: [{gaussian_noise: 1, clip: [1, 0]}, {dense: 3}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].clip: "}},
    {"encoder: [{gaussian_noise: 1e7}, {dense: 3}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].gaussian_noise: found '1e7', allowed: a number in [0, 1000000]"}},
    {"encoder: [{gaussian_noise: [1]}, {dense: 3}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].gaussian_noise: found a list, allowed: a number in [0, 1000000], or {relative: 1.0}"}},
    {"encoder: [{gaussian_noise: }, {dense: 3}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].gaussian_noise: "}},
    {"encoder: [{gaussian_noise: {relativ: 1}}, {dense: 3}]\ndecoder: [{dense: 4}]", 2,
        {"encoder[0].gaussian_noise.relativ: ", "did you mean 'relative'?"}},
    {"encoder: [{gaussian_noise: {relative: 0}}, {dense: 3}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].gaussian_noise.relative: found '0', allowed: a number in (0, 1000000]"}},
    {"encoder: [{gaussian_noise: {relative: []}}, {dense: 3}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].gaussian_noise.relative: found no number, allowed: a number, or a list of at most 16 numbers"}},
    {"encoder: [{gaussian_noise: {relative: {a: 1}}}, {dense: 3}]\ndecoder: [{dense: 4}]", 2,
        {"encoder[0].gaussian_noise.relative.a: ", "allowed: log_uniform"}},
    {"encoder: [{gaussian_noise: {relative: {log_uniform: [2, 1]}}}, {dense: 3}]\ndecoder: [{dense: 4}]", 1,
        {"relative.log_uniform: allowed: two numbers, the smaller one first"}},
    {"encoder: [{dense: 3}]\ndecoder: [{swap_noise: 0.1}, {dense: 4}]", 1,
        {"decoder[0]: swap_noise that knows the training rows", "must be the first layer"}},
    {"encoder: [{swap_noise: 0}, {dense: 3}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].swap_noise: found '0', allowed: a number in (0, 1)"}},
    {"encoder: [{dense: 3}, {adversarial_noise: 0.1}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[1]: adversarial_noise that knows the training rows", "must be the first layer"}},
    {"encoder: [{adversarial_noise: 0.1, steps: 0}, {dense: 3}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[0].steps: found '0', allowed: an integer in [1, 100]"}},
    {"kind: svd\nencoder: [{dense: 3}]", 2, {"kind: found 'svd', allowed: one of autoencoder, noise_level, svdd"}},
    {"kind: svdd\nencoder: [{dense: 3}]\ndecoder: [{dense: 4}]", 1, {"decoder: found a decoder, allowed: none"}},
    {"kind: svdd\ndecoder: [{dense: 4}]", 2, {"encoder"}},
    {"kind: svdd\nencoder: [{dense: 3, use_bias: true}, {batch_normalization: true}]", 2,
        {"encoder[0]: kind svdd: found use_bias true, allowed: false", "encoder[1]: kind svdd: found a layer batch"}},
    {"kind: svdd\nencoder: [{lstm: 3}]", 1, {"encoder[0]: kind svdd: found a layer lstm, which shifts its output"}},
    {"kind: svdd\ncode: 3\noutput: tanh", 1, {"output: not of kind svdd"}},
    {"kind: noise_level\nencoder: [{dense: 2}]", 2,
        {"encoder[0]: kind noise_level: allowed as the first layer: gaussian_noise",
            "encoder[0]: kind noise_level: found an output of 2 values"}},
    {"kind: noise_level\ncode: 3", 1, {"kind: found noise_level with code, allowed: a list of layers"}},
    {"encoder: [{gaussian_noise: {relative: [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}}, {dense: 3}]\ndecoder: [{dense: 4}]",
        1, {"encoder[0].gaussian_noise.relative[16]: ", "at most 16 numbers"}},
    {"encoder: [{dense: 3}, {gaussian_noise: {relative: 1}}]\ndecoder: [{dense: 4}]", 1,
        {"encoder[1]: gaussian_noise that knows the training rows", "must be the first layer"}},
    {"encoder: [{dropout: 1}, {dense: 3}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].dropout: ", "[0, 1)"}},
    {"encoder: [{dense: -3}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].dense: "}},
    {"encoder: [{dense: 2.5}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].dense: ", "integer"}},
    {"encoder: [{dense: many}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].dense: ", "many"}},
    {"encoder: [{dense: }]\ndecoder: [{dense: 4}]", 1, {"encoder[0].dense: "}},
    {"encoder: [{dense: 3, l2: -1}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].l2: "}},
    {"encoder: [{dense: 3, l1: nan}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].l1: "}},
    {"encoder: [{dense: 3, use_bias: maybe}]\ndecoder: [{dense: 4}]", 1, {"encoder[0].use_bias: "}},
    {"encoder: [relu]\ndecoder: [{dense: 4}]", 1, {"encoder[0]: ", "{dense: 64, activation: relu}"}},
    {"encoder: [{}]\ndecoder: [{dense: 4}]", 1, {"encoder[0]: "}},
    {"encoder: [[{dense: 3}]]\ndecoder: [{dense: 4}]", 1, {"encoder[0]: "}},
    {"encoder: {dense: 3}\ndecoder: [{dense: 4}]", 1, {"a.yaml:1:10: encoder: ", "list"}},
    {"encoder: []\ndecoder: [{dense: 4}]", 1, {"encoder: ", "list"}},
    {"encoder: 3\ndecoder: [{dense: 4}]", 1, {"encoder: ", "list"}},
    {"encoder: \ndecoder: [{dense: 4}]", 1, {"encoder"}},
    {"decoder: [{dense: 4}]", 1, {"encoder"}},
    {"encoder: [{dense: 3}]", 1, {"decoder"}},
    {"{}", 2, {"encoder", "decoder"}},
    {"neighbours: {k: 0}", 1, {"neighbours.k", "[1, 1000]"}},
    {"neighbours: {k: [3, many]}", 1, {"neighbours.k", "many"}},
    {"neighbours: {rows: 1}", 1, {"neighbours.rows: found 1, allowed: 0 or at least 2"}},
    {"neighbours: {distance: median}", 1, {"neighbours.distance: ", "mean, kth, local"}},
    {"neighbours: {distance: local, k: [5, 1]}", 1, {"neighbours.k: found 1, allowed with distance local: 2 or more"}},
    {"neighbours: {kk: 3}", 1, {"neighbours.kk: ", "did you mean 'k'?"}},
    {"neighbours: {}\ncode: 3", 1, {"a.yaml:2:1: code: found neighbours, too"}},
    {"", 2, {"encoder", "decoder"}},
    {"layers", 1, {"section"}},
    {"encoder: [{dense: 3}]\ndecoder: [{dense: 4}]\ndecodr: 3", 1, {"decodr: ", "did you mean 'decoder'?"}},
    {"encoder: [{dense: 1048576}, {dense: 1048576}]\ndecoder: [{dense: 4}]", 1, {"encoder[1]: ", "2^30"}},
    {"encoder: [{dens: 3}, {dense: 0}]\ndecoder: [{dense: 4, activation: rel}, {dense: 4, l3: 1}]", 4,
        {"encoder[0].dens: ", "encoder[1].dense: ", "decoder[0].activation: ", "decoder[1].l3: "}},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e;
        struct model *m = model_try(bad[i].yaml, four, LOSS_MSE, &e);
        if (m)
            fail_msg("accepted:\n%s", bad[i].yaml);
        if (e.count != bad[i].messages || e.kind != ERR_USAGE)
            fail_msg("%d messages, not %d, kind %d:\n%s\n%s", e.count, bad[i].messages, e.kind, bad[i].yaml, e.text);
        for (int k = 0; k < 4 && bad[i].words[k]; k++)
            if (!strstr(e.text, bad[i].words[k]))
                fail_msg("'%s' is not said of\n%s\nbut\n%s", bad[i].words[k], bad[i].yaml, e.text);
    }
}

static void test_cross_entropy_needs_sigmoid(void **state)
{
    (void)state;
    struct err e;
    assert_null(model_try(
        "encoder: [{dense: 3}]\ndecoder: [{dense: 4, activation: tanh}]", four, LOSS_BINARY_CROSSENTROPY, &e));
    assert_int_equal(e.count, 1);
    assert_non_null(strstr(e.text, "decoder: the last activation is tanh"));
    assert_non_null(strstr(e.text, "needs sigmoid"));
    assert_null(model_try("encoder: [{dense: 3}]\ndecoder: [{dense: 4, activation: sigmoid, activity_l1: 0.1}]", four,
        LOSS_BINARY_CROSSENTROPY, &e));
    assert_non_null(strstr(e.text, "decoder[0]: activity_l1, sparsity_beta: not of the last layer"));
    struct model *m =
        model_good("encoder: [{dense: 3}]\ndecoder: [{dense: 4, activation: sigmoid}]", four, LOSS_BINARY_CROSSENTROPY);
    assert_true(m->has_logits);
    model_free(&m);
    assert_null(m);
    model_free(&m);
}

static void test_shapes(void **state)
{
    (void)state;
    struct model *m = model_good("encoder: [{dense: 10, use_bias: false}, {dense: 2}]\ndecoder: [{dense: 12}]",
        (struct shape){2, {3, 4}}, LOSS_MAE);
    assert_int_equal(m->n_layers, 3);
    assert_int_equal(m->n_encoder, 2);
    assert_int_equal(m->code.rank, 1);
    assert_int_equal(shape_size(&m->code), 2);
    assert_int_equal(m->trainable, 120 + 20 + 2 + 24 + 12);
    size_t end = 0;
    for (int l = 0; l < 3; l++) {
        assert_string_equal(layer_name(&m->layers[l]), "dense");
        for (int k = 0; k < m->layers[l].n_blocks; k++) { // in order, apart, each on a cache line of its own
            assert_true(m->layers[l].blocks[k].offset >= end);
            assert_int_equal(m->layers[l].blocks[k].offset * sizeof(real) % 64, 0);
            end = m->layers[l].blocks[k].offset + m->layers[l].blocks[k].count;
        }
    }
    assert_true(m->parameters >= end);
    char text[48];
    assert_string_equal(shape_text(text, &m->input), "(3, 4)");
    model_free(&m);
}

// A kernel that cells or steps of time share is used by each of them.
static void test_operations(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        struct shape input;
        int products; // a sample's multiplications in one direction
    } rows[] = {
        {"encoder: [{dense: 5}]\ndecoder: [{dense: 12, use_bias: false}]", {1, {12}}, 2 * 60},
        {"encoder: [{dense: 5}]\ndecoder: [{dense: 12, tied: true}]", {1, {12}}, 2 * 60},
        {"encoder: [{batch_normalization: true}, {dense: 5}]\ndecoder: [{dense: 12}]", {1, {12}}, 2 * 60},
        {"encoder: [{gaussian: 2}]\ndecoder: [{dense: 12}]", {1, {12}}, 2 * 24 + 24},
        {"encoder: [{conv2d: 3, kernel_size: 3, strides: 2, padding: same}]\n"
         "decoder: [{conv2d_transpose: 2, kernel_size: 3, strides: 2, padding: same}]",
            {3, {4, 6, 2}}, 2 * 54 * 6},
        {"encoder: [{conv1d: 3, kernel_size: 5, padding: same}]\ndecoder: [{conv1d: 1, kernel_size: 5, padding: same}]",
            {1, {8}}, 2 * 15 * 8},
        {"encoder: [{lstm: 4}]\ndecoder: [{repeat_vector: 7}, {gru: 2, return_sequences: true}, "
         "{time_distributed_dense: 3}]",
            {2, {7, 3}}, 7 * (4 * 4 * (3 + 4) + 3 * 2 * (4 + 2) + 6)},
        {"encoder: [{lstm: 4, bidirectional: true}]\ndecoder: [{dense: 21}]", {2, {7, 3}},
            7 * 2 * 4 * 4 * (3 + 4) + 8 * 21},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct model *m = model_good(rows[i].yaml, rows[i].input, LOSS_MSE);
        if (m->operations != 6.0 * rows[i].products)
            fail_msg("%s: %g products, expected %d", rows[i].yaml, m->operations / 6, rows[i].products);
        model_free(&m);
    }
}

static char *written(const struct model *m)
{
    struct node *n = model_write(m);
    struct text t = {0};
    node_emit(n, &t);
    node_free(&n);
    return t.data;
}

// The canonical form says everything, and says it in the same words when read again.
static void test_write(void **state)
{
    (void)state;
    struct shape input = {2, {3, 2}};
    struct model *m = model_good(
        "decoder: [{dense: 4, activation: elu}, {activation: sigmoid, dense: 6}]\n"
        "encoder: [{dense: 3, l1: 1e-4, l2: 0.5, use_bias: false, kernel_initializer: constant, constant: 2}]",
        input, LOSS_MSE);
    char *once = written(m);
    struct model *again = model_good(once, input, LOSS_MSE);
    char *twice = written(again);
    assert_string_equal(once, twice);
    assert_int_equal(again->parameters, m->parameters);
    assert_int_equal(again->n_encoder, 1);
    const struct block *b = &again->layers[0].blocks[0];
    assert_true(b->l1 == 1e-4 && b->l2 == 0.5 && b->start == 2);
    assert_string_equal(initializer_names[b->initializer], "constant");
    assert_int_equal(again->layers[0].n_blocks, 1);
    assert_int_equal(again->layers[2].activation, SIGMOID);
    free(once);
    free(twice);
    model_free(&again);
    model_free(&m);
}

struct moments {
    double mean, variance, largest;
};

static struct moments moments(const real *w, size_t n)
{
    struct moments m = {0};
    for (size_t i = 0; i < n; i++) {
        m.mean += (double)w[i] / (double)n;
        m.largest = fmax(m.largest, fabs((double)w[i]));
    }
    for (size_t i = 0; i < n; i++)
        m.variance += ((double)w[i] - m.mean) * ((double)w[i] - m.mean) / (double)n;
    return m;
}

static const struct {
    const char *name;
    double variance, limit; // of 300 inputs and 200 outputs
} initializers[] = {
    {"zeros", 0, 0},
    {"glorot_uniform", 2.0 / 500, 0.109544511501}, // sqrt(6 / 500)
    {"glorot_normal", 2.0 / 500, 2 * 0.071899987}, // sqrt(2 / 500) / 0.87962566
    {"he_uniform", 2.0 / 300, 0.141421356237},     // sqrt(6 / 300)
    {"he_normal", 2.0 / 300, 2 * 0.092822484},     // sqrt(2 / 300) / 0.87962566
    {"lecun_uniform", 1.0 / 300, 0.1},             // sqrt(3 / 300)
    {"lecun_normal", 1.0 / 300, 2 * 0.065635408},  // sqrt(1 / 300) / 0.87962566
    {"orthogonal", 1.0 / 300, NAN},                // 200 orthonormal columns of 300
    {"constant, constant: -0.25", 0, 0.25},
};

static void check_initializer(int i)
{
    char yaml[160];
    snprintf(yaml, sizeof yaml, "encoder: [{dense: 200, kernel_initializer: %s}]\ndecoder: [{dense: 300}]",
        initializers[i].name);
    struct model *m = model_good(yaml, (struct shape){1, {300}}, LOSS_MSE);
    real *w = calloc(m->parameters, sizeof *w);
    model_initialize(m, 5, w);
    const struct block *kernel = &m->layers[0].blocks[0], *bias = &m->layers[0].blocks[1];
    struct moments k = moments(w + kernel->offset, kernel->count), b = moments(w + bias->offset, bias->count);
    double n = (double)kernel->count;
    double mean = initializers[i].variance > 0 ? 0 : -initializers[i].limit;
    assert_true(fabs(k.mean - mean) <= 4 * sqrt(initializers[i].variance / n) + 1e-9);
    assert_true(fabs(k.variance - initializers[i].variance) <= 4 * sqrt(2 / n) * initializers[i].variance + 1e-9);
    if (!isnan(initializers[i].limit)) {
        assert_true(k.largest <= initializers[i].limit * (1 + 1e-6));
        assert_true(k.largest >= initializers[i].limit * 0.998);
    }
    assert_true(b.largest == 0);
    free(w);
    model_free(&m);
}

static void test_initializers(void **state)
{
    (void)state;
    int n = sizeof initializers / sizeof *initializers;
    for (int i = 0; initializer_names[i]; i++) {
        assert_true(i < n); // a new one needs its row
        assert_int_equal(strncmp(initializers[i].name, initializer_names[i], strlen(initializer_names[i])), 0);
        check_initializer(i);
    }
}

// w (I, O): rows or columns, whichever are fewer, are of length 1 and at right angles.
static void check_orthonormal(int I, int O, const real *w)
{
    bool wide = O > I;
    int count = wide ? I : O, n = wide ? O : I;
    for (int a = 0; a < count; a++)
        for (int b = 0; b <= a; b++) {
            double product = 0;
            for (int i = 0; i < n; i++)
                product += (double)w[wide ? a * O + i : i * O + a] * (double)w[wide ? b * O + i : i * O + b];
            assert_true(fabs(product - (a == b)) < 1e-6);
        }
}

static void test_orthogonal(void **state)
{
    (void)state;
    struct model *m = model_good("encoder: [{dense: 40, kernel_initializer: orthogonal}]\n"
                                 "decoder: [{dense: 40, kernel_initializer: orthogonal}, {dense: 19, "
                                 "kernel_initializer: orthogonal}]",
        (struct shape){1, {19}}, LOSS_MSE);
    real *w = calloc(m->parameters, sizeof *w);
    model_initialize(m, 5, w);
    for (int i = 0; i < m->n_layers; i++) {
        const struct block *b = &m->layers[i].blocks[0];
        check_orthonormal(b->dims[0], b->dims[1], w + b->offset);
    }
    free(w);
    model_free(&m);
}

static int equal_elements(const real *a, const real *b, size_t n)
{
    int equal = 0;
    for (size_t i = 0; i < n; i++)
        equal += a[i] == b[i];
    return equal;
}

// The same seed gives the same bits; another seed, and another block of the same shape, other numbers.
static void test_seeds(void **state)
{
    (void)state;
    for (int i = 0; initializer_names[i]; i++) {
        if (initializers[i].variance == 0)
            continue;
        char yaml[256];
        snprintf(yaml, sizeof yaml,
            "encoder: [{dense: 30, kernel_initializer: %s}, {dense: 30, kernel_initializer: %s}]\n"
            "decoder: [{dense: 30, kernel_initializer: %s}]",
            initializer_names[i], initializer_names[i], initializer_names[i]);
        struct model *m = model_good(yaml, (struct shape){1, {30}}, LOSS_MSE);
        real *w[3];
        for (int k = 0; k < 3; k++) {
            w[k] = malloc(m->parameters * sizeof **w);
            memset(w[k], 0xff, m->parameters * sizeof **w); // padding is overwritten as well
            model_initialize(m, k == 2 ? 6 : 5, w[k]);
        }
        assert_memory_equal(w[0], w[1], m->parameters * sizeof **w);
        size_t a = m->layers[0].blocks[0].offset, b = m->layers[1].blocks[0].offset, c = m->layers[2].blocks[0].offset;
        assert_true(equal_elements(w[0] + a, w[2] + a, 900) < 3);
        assert_true(equal_elements(w[0] + a, w[0] + b, 900) < 3);
        assert_true(equal_elements(w[0] + b, w[0] + c, 900) < 3);
        for (int k = 0; k < 3; k++)
            free(w[k]);
        model_free(&m);
    }
}

enum { ROWS = 3 };
static const real x[ROWS][4] = {{0, 0.25f, 0.5f, 1}, {1, 1, 0, 0}, {0.125f, 0.75f, 0.5f, 0.375f}};

static double row_error(enum error error, const real *y, const real *t)
{
    double squares = 0, sizes = 0, entropy = 0;
    for (int j = 0; j < 4; j++) {
        double d = (double)y[j] - (double)t[j];
        squares += d * d;
        sizes += fabs(d);
        entropy -= (double)t[j] * log((double)y[j]) + (1 - (double)t[j]) * log(1 - (double)y[j]);
    }
    return error == ERROR_MSE   ? squares / 4
           : error == ERROR_MAE ? sizes / 4
           : error == ERROR_L2  ? sqrt(squares)
                                : entropy / 4;
}

// Every error of rows is that of the reconstruction, whether the model ends in logits or not; the code is the
// encoder's output.
static void check_errors(enum loss loss)
{
    struct err e = {0};
    struct model *m =
        model_good("encoder: [{dense: 2, activation: tanh}]\ndecoder: [{dense: 4, activation: sigmoid}]", four, loss);
    struct workspace *ws = workspace_new(m, 8, false, &e);
    assert_non_null(ws);
    assert_true(workspace_bytes(m, 8, true) > workspace_bytes(m, 8, false));
    real *w = calloc(m->parameters, sizeof *w);
    model_initialize(m, 1, w);
    for (int error = 0; error_names[error]; error++) {
        float row[ROWS];
        if (model_refuses_error(m, (enum error)error)) {
            assert_true(error_is_variational((enum error)error) || error >= ERROR_NEIGHBOURS ||
                        (error == ERROR_BINARY_CROSSENTROPY && loss != LOSS_BINARY_CROSSENTROPY));
            continue;
        }
        model_forward(m, w, ws, ROWS, &x[0][0]);
        model_errors(m, ws, ROWS, &x[0][0], (enum error)error, row);
        model_forward(m, w, ws, ROWS, &x[0][0]);
        const real *y = model_reconstruct(m, ws, ROWS);
        for (int i = 0; i < ROWS; i++)
            assert_true(fabs((double)row[i] - row_error((enum error)error, y + 4 * i, x[i])) < 2e-7);
    }
    double code = 0;
    for (int k = 0; k < 4; k++)
        code += (double)x[1][k] * (double)w[m->layers[0].blocks[0].offset + (size_t)k * 2 + 1];
    assert_true(fabs((double)model_code(m, ws)[1 * 2 + 1] - tanh(code)) < 2e-7);
    free(w);
    workspace_free(&ws);
    workspace_free(&ws);
    model_free(&m);
}

static void test_errors(void **state)
{
    (void)state;
    for (int loss = 0; loss_names[loss]; loss++)
        check_errors((enum loss)loss);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_cross_entropy_needs_sigmoid),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_initializers),
        cmocka_unit_test(test_orthogonal),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

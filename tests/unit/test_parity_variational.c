// Errors of variational models against PyTorch's distributions (stored by tests/parity/variational_reference.py), and
// against what can be said by hand: a code without noise, rows that come in other pieces, models that are refused.
// links: score train metrics data comm nn kernels spec base
#include "score/score.h"

#include "../parity/variational_reference.h"
#include "nn_fixture.h"

#define TOLERANCE 3e-6 // relative: floats of 9 features against PyTorch's doubles

static const struct shape nine = {1, {REFERENCE_INPUTS}};

// The same numbers as the script's: in [0, 1), exact in float.
static float next(uint32_t *state)
{
    *state = 1664525 * *state + 1013904223;
    return (float)(*state >> 8) * 0x1p-24f;
}

static struct model *model_of(const char *loss, double variance, bool missing)
{
    static const char yaml[] = "{encoder: [{dense: 5, activation: tanh}, {gaussian: 3}],"
                               " decoder: [{dense: 9, activation: %s}]}";
    char text[200];
    int k = 0;
    while (strcmp(loss_names[k], loss) != 0)
        k++;
    snprintf(text, sizeof text, yaml, k == LOSS_BINARY_CROSSENTROPY ? "sigmoid" : "linear");
    struct model *m = model_good(text, nine, (enum loss)k);
    m->variance = variance;
    m->ignores_missing = missing;
    return m;
}

// Weights and rows of the script.
static void fill(const struct model *m, real *w, real x[REFERENCE_ROWS][REFERENCE_INPUTS])
{
    uint32_t state = 1;
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++)
            for (size_t p = 0; p < m->layers[i].blocks[k].count; p++)
                w[m->layers[i].blocks[k].offset + p] =
                    (m->layers[i].blocks[k].rank == 2 ? 1 : 0.5f) * (next(&state) - 0.5f);
    for (int i = 0; i < REFERENCE_ROWS; i++)
        for (int j = 0; j < REFERENCE_INPUTS; j++)
            x[i][j] = next(&state);
    for (int i = 0; i < REFERENCE_ROWS && m->ignores_missing; i++)
        for (int j = 0; j < REFERENCE_INPUTS; j++)
            x[i][j] = i == 1 || i % REFERENCE_INPUTS == j ? (real)NAN : x[i][j];
}

struct scorer {
    struct model *m;
    struct workspace *ws;
    real w[512], x[REFERENCE_ROWS][REFERENCE_INPUTS];
};

static void scorer_init(struct scorer *s, struct model *m)
{
    struct err e = {0};
    *s = (struct scorer){.m = m, .ws = workspace_new(m, REFERENCE_ROWS, false, &e)};
    assert_true(m->parameters <= 512);
    fill(m, s->w, s->x);
}

static void scorer_free(struct scorer *s)
{
    workspace_free(&s->ws);
    model_free(&s->m);
}

static void score(struct scorer *s, enum error error, int samples, int from, int rows, float *row)
{
    struct row_error r = {.error = error, .samples = samples, .seed = REFERENCE_SEED};
    model_forward(s->m, s->w, s->ws, rows, s->x[from]);
    row_errors(&r, s->m, s->w, s->ws, &(struct row_chunk){REFERENCE_FIRST + from, rows, s->x[from]}, row);
}

static void check(const struct reference *f, const char *what, const float *found, const double *wanted)
{
    for (int i = 0; i < REFERENCE_ROWS; i++)
        if (!(fabs((double)found[i] - wanted[i]) <= TOLERANCE * fabs(wanted[i])))
            fail_msg("%s, variance %g, %s of row %d is %.8g, not %.8g", f->loss, f->variance, what, i, (double)found[i],
                wanted[i]);
}

static void test_pytorch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        const struct reference *f = &references[i];
        struct scorer s;
        float row[REFERENCE_ROWS];
        scorer_init(&s, model_of(f->loss, f->variance, f->missing));
        score(&s, ERROR_ELBO, REFERENCE_SAMPLES, 0, REFERENCE_ROWS, row);
        check(f, "elbo", row, f->elbo);
        score(&s, ERROR_RECONSTRUCTION_PROBABILITY, REFERENCE_SAMPLES, 0, REFERENCE_ROWS, row);
        check(f, "reconstruction probability", row, f->reconstruction_probability);
        scorer_free(&s);
    }
}

// By hand: with a log variance of -80 throughout every draw is the mean, so the reconstruction probability is the
// summed cross-entropy, and the divergence is 1/2 sum (m^2 + 79).
static void test_without_noise(void **state)
{
    (void)state;
    struct scorer s;
    scorer_init(&s, model_of("binary_crossentropy", 1, false));
    const struct block *b = s.m->layers[1].blocks;
    memset(s.w + b[2].offset, 0, b[2].count * sizeof *s.w);
    for (size_t k = 0; k < b[3].count; k++)
        s.w[b[3].offset + k] = -80;
    float mean[REFERENCE_ROWS], nll[REFERENCE_ROWS], elbo[REFERENCE_ROWS];
    score(&s, ERROR_BINARY_CROSSENTROPY, 1, 0, REFERENCE_ROWS, mean);
    score(&s, ERROR_RECONSTRUCTION_PROBABILITY, 3, 0, REFERENCE_ROWS, nll);
    score(&s, ERROR_ELBO, 3, 0, REFERENCE_ROWS, elbo);
    for (int i = 0; i < REFERENCE_ROWS; i++) {
        const real *m = model_code(s.m, s.ws) + 3 * i;
        double squares = (double)(m[0] * m[0] + m[1] * m[1] + m[2] * m[2]);
        assert_float_equal(nll[i], REFERENCE_INPUTS * mean[i], 1e-5);
        assert_float_equal(elbo[i] - nll[i], (squares + 3 * 79) / 2, 2e-5);
    }
    scorer_free(&s);
}

// A row's error depends on its number, not on the rows that come with it; more samples give another. What
// follows a score is the reconstruction from the mean, as without it.
static void test_pieces(void **state)
{
    (void)state;
    struct scorer s;
    float all[REFERENCE_ROWS], part[REFERENCE_ROWS], other[REFERENCE_ROWS];
    real y[REFERENCE_ROWS * REFERENCE_INPUTS], code[REFERENCE_ROWS * 3];
    scorer_init(&s, model_of("mse", 1, false));
    model_forward(s.m, s.w, s.ws, REFERENCE_ROWS, s.x[0]);
    memcpy(code, model_code(s.m, s.ws), sizeof code);
    memcpy(y, model_reconstruct(s.m, s.ws, REFERENCE_ROWS), sizeof y);
    score(&s, ERROR_ELBO, 5, 0, REFERENCE_ROWS, all);
    assert_memory_equal(code, model_code(s.m, s.ws), sizeof code);
    assert_memory_equal(y, model_reconstruct(s.m, s.ws, REFERENCE_ROWS), sizeof y);
    for (int i = 0; i < REFERENCE_ROWS; i += 4)
        score(&s, ERROR_ELBO, 5, i, 4, part + i);
    for (int i = 0; i < REFERENCE_ROWS; i++)
        assert_float_equal(all[i], part[i], 1e-6 * (double)all[i]); // products of other shapes
    score(&s, ERROR_ELBO, 6, 0, REFERENCE_ROWS, other);
    assert_true(fabs((double)(other[0] - all[0])) > 1e-4);
    scorer_free(&s);
}

static void test_refused(void **state)
{
    static const struct {
        const char *yaml, *why;
        enum loss loss;
    } table[] = {
        {"{encoder: [{gaussian: 3}], decoder: [{dense: 9}]}", NULL, LOSS_MSE},                                   // good
        {"{encoder: [{gaussian: 3}], decoder: [{dense: 9}]}", NULL, LOSS_GAUSSIAN_NLL},                          // good
        {"{encoder: [{gaussian: 3}], decoder: [{dense: 9}]}", "a loss that is a likelihood", LOSS_MAE},          // bad
        {"{encoder: [{gaussian: 3}], decoder: [{dense: 9}]}", "a loss that is a likelihood", LOSS_COSINE},       // bad
        {"{encoder: [{dense: 3}], decoder: [{dense: 9}]}", "need a variational model", LOSS_MSE},                // bad
        {"{encoder: [{dense: 3}], decoder: [{gaussian: 9}]}", "need a variational model", LOSS_MSE},             // bad
        {"{encoder: [{gaussian: 4}, {gaussian: 3}], decoder: [{dense: 9}]}", "and its only one", LOSS_MSE},      // bad
        {"{encoder: [{gaussian: 4}, {dense: 3}], decoder: [{dense: 9}]}", "need a variational model", LOSS_MSE}, // bad
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct model *m = model_good(table[i].yaml, nine, table[i].loss);
        for (enum error error = ERROR_ELBO; error <= ERROR_RECONSTRUCTION_PROBABILITY; error++) {
            const char *why = model_refuses_error(m, error);
            if (table[i].why ? !why || !strstr(why, table[i].why) : why != NULL)
                fail_msg("%s, %s: %s", table[i].yaml, loss_names[table[i].loss], why ? why : "not refused");
        }
        assert_null(model_refuses_error(m, ERROR_MSE));
        model_free(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pytorch),
        cmocka_unit_test(test_without_noise),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Every instruction set's optimizer steps against the same formulas in double, over several steps from equal states.
// links: kernels base
#include "kernels_fixture.h"

enum { STATES = 3, LONGEST = 1031, STEPS = 6 };

// The arrays of one optimizer: weights, gradient, state; in `real` and in double.
struct arrays {
    real w[LONGEST + GUARD], g[LONGEST + GUARD], state[STATES][LONGEST + GUARD];
    double dw[LONGEST], dstate[STATES][LONGEST];
    double peak_w[LONGEST], peak_state[STATES][LONGEST];
};

typedef void formula(double g, double *w, double *a, double *b, double *c, const struct update *u);

static void sgd(double g, double *w, double *velocity, double *b, double *c, const struct update *u)
{
    (void)b, (void)c;
    if (u->momentum > 0)
        *velocity = u->momentum * *velocity - u->learning_rate * g;
    if (u->momentum == 0 || u->nesterov)
        *w -= u->learning_rate * g;
    *w += *velocity * (u->nesterov ? u->momentum : 1);
}

static void adagrad(double g, double *w, double *sum, double *b, double *c, const struct update *u)
{
    (void)b, (void)c;
    *sum += g * g;
    *w -= u->learning_rate * g / sqrt(*sum + u->epsilon);
}

static void adadelta(double g, double *w, double *square, double *step, double *c, const struct update *u)
{
    (void)c;
    *square = u->rho * *square + (1 - u->rho) * g * g;
    double d = sqrt(*step + u->epsilon) / sqrt(*square + u->epsilon) * g;
    *step = u->rho * *step + (1 - u->rho) * d * d;
    *w -= u->learning_rate * d;
}

static void rmsprop(double g, double *w, double *square, double *mean, double *velocity, const struct update *u)
{
    *square = u->rho * *square + (1 - u->rho) * g * g;
    if (u->centered)
        *mean = u->rho * *mean + (1 - u->rho) * g;
    double d = u->learning_rate * g / sqrt(*square - *mean * *mean + u->epsilon);
    if (u->momentum > 0)
        d = *velocity = u->momentum * *velocity + d;
    *w -= d;
}

static void adam(double g, double *w, double *m, double *v, double *c, const struct update *u)
{
    (void)c;
    *m = u->beta_1 * *m + (1 - u->beta_1) * g;
    *v = u->beta_2 * *v + (1 - u->beta_2) * g * g;
    *w = *w * (1 - u->decay) - u->learning_rate * *m / (sqrt(*v) + u->epsilon);
}

static void amsgrad(double g, double *w, double *m, double *v, double *largest, const struct update *u)
{
    *m = u->beta_1 * *m + (1 - u->beta_1) * g;
    *v = u->beta_2 * *v + (1 - u->beta_2) * g * g;
    *largest = *v < *largest ? *largest : *v;
    *w = *w * (1 - u->decay) - u->learning_rate * *m / (sqrt(*largest) + u->epsilon);
}

static void nadam(double g, double *w, double *m, double *v, double *c, const struct update *u)
{
    (void)c;
    *m = u->beta_1 * *m + (1 - u->beta_1) * g;
    *v = u->beta_2 * *v + (1 - u->beta_2) * g * g;
    *w -= (u->learning_rate * *m + u->gradient_rate * g) / (sqrt(*v * u->square_factor) + u->epsilon);
}

static const struct {
    const char *name;
    enum optimizer_kind kind;
    formula *formula;
    double start; // of the state
    struct update update;
} cases[] = {
    {"sgd", OPTIMIZER_SGD, sgd, 0, {.learning_rate = 0.1}},
    {"sgd with momentum", OPTIMIZER_SGD, sgd, 0, {.learning_rate = 0.1, .momentum = 0.9}},
    {"sgd with nesterov", OPTIMIZER_SGD, sgd, 0, {.learning_rate = 0.1, .momentum = 0.8, .nesterov = true}},
    {"adagrad", OPTIMIZER_ADAGRAD, adagrad, 0.1, {.learning_rate = 0.05, .epsilon = 1e-7}},
    {"adadelta", OPTIMIZER_ADADELTA, adadelta, 0, {.learning_rate = 1, .rho = 0.95, .epsilon = 1e-6}},
    {"rmsprop", OPTIMIZER_RMSPROP, rmsprop, 0, {.learning_rate = 0.01, .rho = 0.9, .epsilon = 1e-7}},
    {"rmsprop with momentum", OPTIMIZER_RMSPROP, rmsprop, 0,
        {.learning_rate = 0.01, .rho = 0.9, .epsilon = 1e-7, .momentum = 0.5}},
    {"rmsprop centered", OPTIMIZER_RMSPROP, rmsprop, 0,
        {.learning_rate = 0.01, .rho = 0.9, .epsilon = 1e-3, .centered = true}},
    {"rmsprop centered with momentum", OPTIMIZER_RMSPROP, rmsprop, 0,
        {.learning_rate = 0.01, .rho = 0.9, .epsilon = 1e-3, .momentum = 0.5, .centered = true}},
    {"adam", OPTIMIZER_ADAM, adam, 0, {.learning_rate = 0.01, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-7}},
    {"adam, slow", OPTIMIZER_ADAM, adam, 0, {.learning_rate = 0.01, .beta_1 = 0, .beta_2 = 0.99999, .epsilon = 1e-4}},
    {"adamw", OPTIMIZER_ADAMW, adam, 0,
        {.learning_rate = 0.01, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-7, .decay = 0.03}},
    {"amsgrad", OPTIMIZER_ADAM, amsgrad, 0,
        {.learning_rate = 0.01, .beta_1 = 0.9, .beta_2 = 0.5, .epsilon = 1e-7, .decay = 0.01, .amsgrad = true}},
    {"nadam", OPTIMIZER_NADAM, nadam, 0,
        {.learning_rate = 0.01,
            .beta_1 = 0.9,
            .beta_2 = 0.99,
            .epsilon = 1e-4,
            .gradient_rate = 0.003,
            .square_factor = 30}},
};
enum { CASES = sizeof cases / sizeof *cases };

static void start(struct arrays *a, size_t n, double state)
{
    memset(a, 0, sizeof *a);
    fill(1, n, 1, a->w);
    guard_set(a->w + n);
    guard_set(a->g + n);
    for (int s = 0; s < STATES; s++) {
        for (size_t i = 0; i < n; i++)
            a->state[s][i] = (real)(a->dstate[s][i] = (double)(real)state);
        guard_set(a->state[s] + n);
    }
    for (size_t i = 0; i < n; i++)
        a->dw[i] = (double)a->w[i];
}

// Ordinary gradients, none, very small and very large ones.
static real gradient(uint32_t step, size_t i)
{
    static const real scale[] = {1, 1, 0.01f, 1, 0, 1e-15f, 1, 1e12f, 1};
    return scale[i % 9] * number(2 + step, i);
}

// Compares element i of an array, relative to the largest that it ever was (`peak`), or to `least`.
static void compare(const struct kernels *k, int c, size_t i, real found, double wanted, double *peak, double least)
{
    *peak = fmax(*peak, fabs(wanted));
    check_near(k, cases[c].name, i, (double)found, wanted, 3e-6 * fmax(*peak, least));
}

static void step_case(const struct kernels *k, int c, size_t n, struct arrays *a)
{
    k->step[cases[c].kind](n, a->w, a->g, (real *[]){a->state[0], a->state[1], a->state[2]}, &cases[c].update);
}

static void check(const struct kernels *k, int c, size_t n)
{
    static struct arrays a;
    start(&a, n, cases[c].start);
    for (uint32_t step = 0; step < STEPS; step++) {
        for (size_t i = 0; i < n; i++) {
            double *s[STATES] = {&a.dstate[0][i], &a.dstate[1][i], &a.dstate[2][i]};
            a.g[i] = gradient(step, i);
            cases[c].formula((double)a.g[i], &a.dw[i], s[0], s[1], s[2], &cases[c].update);
        }
        guard_set(a.g + n);
        step_case(k, c, n, &a);
        for (size_t i = 0; i < n; i++) {
            compare(k, c, i, a.w[i], a.dw[i], &a.peak_w[i], 1);
            for (int s = 0; s < STATES; s++)
                compare(k, c, i, a.state[s][i], a.dstate[s][i], &a.peak_state[s][i], fabs((double)a.g[i]));
        }
    }
    guard_check(k, cases[c].name, a.w + n);
    for (int s = 0; s < STATES; s++)
        guard_check(k, cases[c].name, a.state[s] + n);
}

static void test_steps(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 3, 7, 8, 15, 16, 17, 33, 64, 100, LONGEST};
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int c = 0; c < CASES; c++)
            for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
                check(*k, c, lengths[i]);
}

// A gradient that is no number makes its own weight none, and no other.
static void test_not_a_number(void **state)
{
    (void)state;
    enum { N = 21 };
    static struct arrays a;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int c = 0; c < CASES; c++)
            for (size_t p = 0; p < N; p++) {
                start(&a, N, cases[c].start);
                fill(2, N, 1, a.g);
                a.g[p] = (real)NAN;
                step_case(*k, c, N, &a);
                for (size_t i = 0; i < N; i++)
                    assert_int_equal(isnan(a.w[i]) != 0, i == p);
            }
}

static void test_clip(void **state)
{
    (void)state;
    real g[LONGEST + GUARD];
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (size_t n = 0; n < LONGEST; n = 2 * n + 1) {
            double sum = 0;
            fill(4, n, 2, g);
            guard_set(g + n);
            for (size_t i = 0; i < n; i++)
                sum += (double)g[i] * (double)g[i];
            check_near(*k, "square_sum", n, (*k)->square_sum(n, g), sum, 1e-12 * sum);
            (*k)->clip(n, (real)0.5, 0, g);
            for (size_t i = 0; i < n; i++)
                assert_true(g[i] == number(4, i));
            if (n)
                g[n / 2] = (real)NAN;
            (*k)->clip(n, 1, (real)0.25, g);
            for (size_t i = 0; i < n; i++)
                check_near(*k, "clip", i, g[i], i == n / 2 ? NAN : fmax(fmin(number(4, i), 0.25), -0.25), 0);
            guard_check(*k, "clip", g + n);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_not_a_number),
        cmocka_unit_test(test_clip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

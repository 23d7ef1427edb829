// Every instruction set's steps of recurrent cells against the same formulas in double, and their gradients.
// links: kernels base
#include "kernels_fixture.h"

static const int rows[] = {1, 3}, units[] = {1, 7, 16, 17, 64, 65};
enum { MOST = 3 * 65 };
static const double tolerance = 2e-6;

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

struct arrays {
    real gates[4 * MOST + GUARD], recurrent[3 * MOST + GUARD], before[MOST], c[MOST + GUARD], t[MOST + GUARD],
        h[MOST + GUARD], d[MOST], dc[MOST + GUARD];
};

static void check_lstm(const struct kernels *k, int M, int U)
{
    struct arrays a;
    size_t n = (size_t)(M * U);
    fill(1, 4 * n, 5, a.gates);
    fill(2, n, 2, a.before);
    fill(3, n, 1, a.d);
    fill(4, n, 1, a.dc);
    guard_set(a.gates + 4 * n);
    guard_set(a.c + n);
    guard_set(a.t + n);
    guard_set(a.h + n);
    guard_set(a.dc + n);
    k->lstm_forward(M, U, a.gates, a.before, a.c, a.t, a.h);
    k->lstm_backward(M, U, a.gates, a.before, a.t, a.d, a.dc);
    guard_check(k, "gates", a.gates + 4 * n);
    guard_check(k, "c", a.c + n);
    guard_check(k, "tanh_c", a.t + n);
    guard_check(k, "h", a.h + n);
    guard_check(k, "dc", a.dc + n);
    for (size_t p = 0; p < n; p++) {
        size_t u = (size_t)U, at = p / u * 4 * u + p % u;
        double i = sigmoid(5 * (double)number(1, at)), f = sigmoid(5 * (double)number(1, at + u)),
               g = tanh(5 * (double)number(1, at + 2 * u)), o = sigmoid(5 * (double)number(1, at + 3 * u));
        double before = 2 * (double)number(2, p), c = f * before + i * g, t = tanh(c), d = number(3, p),
               dc = number(4, p) + d * o * (1 - t * t);
        check_near(k, "c", p, a.c[p], c, tolerance);
        check_near(k, "tanh c", p, a.t[p], t, tolerance);
        check_near(k, "h", p, a.h[p], o * t, tolerance);
        check_near(k, "di", p, a.gates[at], dc * g * i * (1 - i), tolerance);
        check_near(k, "df", p, a.gates[at + u], dc * before * f * (1 - f), tolerance);
        check_near(k, "dg", p, a.gates[at + 2 * u], dc * i * (1 - g * g), tolerance);
        check_near(k, "do", p, a.gates[at + 3 * u], d * t * o * (1 - o), tolerance);
        check_near(k, "dc", p, a.dc[p], dc * f, tolerance);
    }
}

static void check_gru(const struct kernels *k, int M, int U)
{
    struct arrays a;
    size_t n = (size_t)(M * U);
    fill(1, 3 * n, 3, a.gates);
    fill(2, 3 * n, 3, a.recurrent);
    fill(3, n, 1, a.before);
    fill(4, n, 1, a.d);
    guard_set(a.gates + 3 * n);
    guard_set(a.recurrent + 3 * n);
    guard_set(a.h + n);
    k->gru_forward(M, U, a.gates, a.recurrent, a.before, a.h);
    k->gru_backward(M, U, a.gates, a.recurrent, a.before, a.d);
    guard_check(k, "gates", a.gates + 3 * n);
    guard_check(k, "recurrent", a.recurrent + 3 * n);
    guard_check(k, "h", a.h + n);
    for (size_t p = 0; p < n; p++) {
        size_t u = (size_t)U, at = p / u * 3 * u + p % u;
        double q = 3 * (double)number(2, at + 2 * u), before = number(3, p), d = number(4, p);
        double z = sigmoid(3 * ((double)number(1, at) + (double)number(2, at))),
               r = sigmoid(3 * ((double)number(1, at + u) + (double)number(2, at + u))),
               m = tanh(3 * (double)number(1, at + 2 * u) + r * q), dm = d * (1 - z) * (1 - m * m);
        check_near(k, "h", p, a.h[p], z * before + (1 - z) * m, tolerance);
        for (int from = 0; from < 2; from++) {
            const real *g = from ? a.recurrent : a.gates;
            check_near(k, "dz", p, g[at], d * (before - m) * z * (1 - z), tolerance);
            check_near(k, "dr", p, g[at + u], dm * q * r * (1 - r), tolerance);
            check_near(k, "dn", p, g[at + 2 * u], from ? dm * r : dm, tolerance);
        }
        check_near(k, "dh", p, a.d[p], d * z, tolerance);
    }
}

static void test_cells(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            for (size_t j = 0; j < sizeof units / sizeof *units; j++) {
                check_lstm(*k, rows[i], units[j]);
                check_gru(*k, rows[i], units[j]);
            }
}

// A trial that has diverged must show: what is not a number stays none.
static void test_not_a_number(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (size_t gate = 0; gate < 4; gate++) {
            struct arrays a = {0};
            a.gates[gate * 16 + 5] = (real)NAN;
            a.before[5] = 1;
            a.gates[2 * 16 + 5] += 1;
            (*k)->lstm_forward(1, 16, a.gates, a.before, a.c, a.t, a.h);
            assert_true(isnan(a.h[5]));
            assert_false(isnan(a.h[4]));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

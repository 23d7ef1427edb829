// Every instruction set's losses and their gradients against arithmetic in double, at their limits and with NaN.
// links: kernels base
#include "kernels_fixture.h"

#define NAME(CONSTANT, name, p, is_likelihood) #name,
static const char *const names[] = {LOSSES(NAME)};
static const double delta = 0.75; // of huber; the variance of gaussian_nll

// The loss itself, or the next one if it is no sum over features.
static int sum_from(int loss)
{
    return loss == LOSS_COSINE ? loss + 1 : loss;
}

static double value(int loss, double y, double t)
{
    double d = y - t, size = fabs(d);
    switch (loss) {
    case LOSS_MSE:
        return d * d;
    case LOSS_MAE:
        return size;
    case LOSS_BINARY_CROSSENTROPY:
        return fmax(y, 0) - y * t + log1p(exp(-fabs(y)));
    case LOSS_HUBER:
        return size <= delta ? d * d / 2 : delta * (size - delta / 2);
    case LOSS_GAUSSIAN_NLL:
        return (log(delta) + d * d / delta) / 2;
    default:
        return size + log1p(exp(-2 * size)) - log(2);
    }
}

static double slope(int loss, double y, double t)
{
    double d = y - t;
    switch (loss) {
    case LOSS_MSE:
        return 2 * d;
    case LOSS_MAE:
        return (d > 0) - (d < 0);
    case LOSS_BINARY_CROSSENTROPY:
        return 1 / (1 + exp(-y)) - t;
    case LOSS_HUBER:
        return fmin(fmax(d, -delta), delta);
    case LOSS_GAUSSIAN_NLL:
        return d / delta;
    default:
        return tanh(d);
    }
}

struct arrays {
    int M, O;
    real *y, *t, *dy; // (M, O)
    float *row;       // (M)
};

static struct arrays arrays_new(int M, int O, real scale)
{
    size_t n = (size_t)M * (size_t)O;
    struct arrays a = {M, O, malloc(n * sizeof(real)), malloc(n * sizeof(real)), malloc((n + GUARD) * sizeof(real)),
        malloc((size_t)M * sizeof(float))};
    for (size_t i = 0; i < n; i++) {
        a.y[i] = scale * number(1, i);
        a.t[i] = i % 3 == 0 && a.y[i] > 0 && a.y[i] < 1 ? a.y[i] : (1 + number(2, i)) / 2; // no difference at some
    }
    guard_set(a.dy + n);
    return a;
}

static double loss_of_arrays(
    const struct kernels *k, int loss, const struct arrays *a, real scale, real *dy, float *row)
{
    struct loss_batch b = {a->M, a->O, .y = a->y, .t = a->t, .p = (real)delta, .scale = scale, .dy = dy, .row = row};
    return k->loss[loss](&b);
}

static void arrays_free(struct arrays *a)
{
    free(a->y);
    free(a->t);
    free(a->dy);
    free(a->row);
}

static void check_gradient(const struct kernels *k, int loss, const struct arrays *a, double scale)
{
    size_t n = (size_t)a->M * (size_t)a->O;
    guard_check(k, names[loss], a->dy + n);
    for (size_t i = 0; i < n; i++) {
        double wanted = scale * slope(loss, a->y[i], a->t[i]);
        check_near(k, names[loss], i, a->dy[i], wanted, 1e-6 * scale * fmax(1, fabs(a->y[i])));
    }
}

// The sum of a row in float: its rounding grows with the number of features, slowly.
static void check(const struct kernels *k, int loss, const struct arrays *a)
{
    const real scale = (real)0.125;
    double total = 0, tolerance = 1e-6 * sqrt(a->O);
    double with_all = loss_of_arrays(k, loss, a, scale, a->dy, a->row);
    check_gradient(k, loss, a, (double)scale);
    for (int i = 0; i < a->M; i++) {
        double sum = 0;
        for (int j = 0; j < a->O; j++)
            sum += value(loss, a->y[i * a->O + j], a->t[i * a->O + j]);
        check_near(k, names[loss], i, a->row[i], sum / a->O,
            tolerance * (1e-3 + fabs(sum / a->O)) + (loss >= LOSS_LOG_COSH ? 2e-7 : 0));
        total += sum / a->O;
    }
    tolerance = 2e-5 * (1e-3 + fabs(total));
    check_near(k, names[loss], 0, with_all, total, tolerance);
    check_near(k, names[loss], 1, loss_of_arrays(k, loss, a, 0, NULL, a->row), total, tolerance);
    check_near(k, names[loss], 2, loss_of_arrays(k, loss, a, 0, NULL, NULL), total, tolerance);
    check_near(k, names[loss], 3, loss_of_arrays(k, loss, a, scale, a->dy, NULL), total, tolerance);
    check_gradient(k, loss, a, (double)scale);
}

static void test_losses(void **state)
{
    (void)state;
    static const int M[] = {1, 2, 3, 7, 32, 65}, O[] = {1, 2, 5, 16, 21, 33, 784, 4097};
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (size_t i = 0; i < sizeof M / sizeof *M; i++)
            for (size_t j = 0; j < sizeof O / sizeof *O; j++) {
                struct arrays a = arrays_new(M[i], O[j], 3);
                for (int loss = 0; loss < LOSS_COUNT; loss = sum_from(loss + 1))
                    check(*k, loss, &a);
                arrays_free(&a);
            }
}

// Weights, and targets that are missing: against the sum over what is there.
static void check_observed(const struct kernels *k, int loss, const struct arrays *a, bool has_weights)
{
    real *w = malloc((size_t)a->O * sizeof *w), *t = malloc((size_t)a->M * (size_t)a->O * sizeof *t);
    const double scale = 0.125;
    for (int j = 0; j < a->O; j++)
        w[j] = 1 + number(5, (size_t)j) / 2;
    for (int i = 0; i < a->M * a->O; i++) // the second row has none
        t[i] = i % 3 == 1 || i / a->O == 1 ? (real)NAN : a->t[i];
    struct loss_batch b = {.M = a->M,
        .O = a->O,
        .y = a->y,
        .t = t,
        .weight = has_weights ? w : NULL,
        .p = (real)delta,
        .scale = (real)scale,
        .dy = a->dy,
        .row = a->row};
    double total = 0, found = k->observed[loss](&b);
    for (int i = 0; i < a->M; i++) {
        double sum = 0, all = 0;
        for (int j = i * a->O; j < (i + 1) * a->O; j++) {
            double part = has_weights ? (double)w[j - i * a->O] : 1;
            sum += isnan(t[j]) ? 0 : part * value(loss, a->y[j], t[j]);
            all += isnan(t[j]) ? 0 : part;
        }
        for (int j = i * a->O; j < (i + 1) * a->O; j++) {
            double part = isnan(t[j]) ? 0 : has_weights ? (double)w[j - i * a->O] : 1;
            double wanted = part > 0 ? scale * a->O / all * part * slope(loss, a->y[j], t[j]) : 0;
            check_near(k, names[loss], j, a->dy[j], wanted, 3e-6 * fmax(1, fabs(a->y[j])));
        }
        double mean = all > 0 ? sum / all : 0;
        check_near(k, names[loss], i, a->row[i], mean, 3e-6 * sqrt(a->O) * (1e-3 + fabs(mean)));
        total += mean;
    }
    check_near(k, names[loss], -1, found, total, 2e-5 * (1e-3 + fabs(total)));
    guard_check(k, names[loss], a->dy + a->M * a->O);
    b.dy = NULL;
    b.row = NULL;
    double without = k->observed[loss](&b);
    check_near(k, names[loss], -2, without, total, 2e-5 * (1e-3 + fabs(total)));
    free(w);
    free(t);
}

static void check_cosine(const struct kernels *k, const struct arrays *a)
{
    double total = 0, found = loss_of_arrays(k, LOSS_COSINE, a, (real)0.125, a->dy, a->row);
    for (int i = 0; i < a->M; i++) {
        const real *y = a->y + i * a->O, *t = a->t + i * a->O;
        double yy = 0, tt = 0, yt = 0;
        for (int j = 0; j < a->O; j++) {
            yy += (double)y[j] * (double)y[j];
            tt += (double)t[j] * (double)t[j];
            yt += (double)y[j] * (double)t[j];
        }
        double cosine = yt / sqrt(yy * tt);
        check_near(k, "cosine", i, a->row[i], 1 - cosine, 1e-6);
        for (int j = 0; j < a->O; j++)
            check_near(k, "slope of cosine", j, a->dy[i * a->O + j],
                0.125 * a->O * ((double)y[j] * cosine / yy - (double)t[j] / sqrt(yy * tt)), 1e-5 * a->O / sqrt(yy));
        total += 1 - cosine;
    }
    check_near(k, "cosine", -1, found, total, 1e-6 * a->M);
    guard_check(k, "cosine", a->dy + a->M * a->O);
}

static void test_observed(void **state)
{
    (void)state;
    static const int M[] = {1, 2, 7}, O[] = {1, 2, 5, 16, 33, 784};
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (size_t i = 0; i < sizeof M / sizeof *M; i++)
            for (size_t j = 0; j < sizeof O / sizeof *O; j++) {
                struct arrays a = arrays_new(M[i], O[j], 3);
                for (int loss = 0; loss < LOSS_COUNT; loss = sum_from(loss + 1))
                    for (int has_weights = 0; has_weights < 2; has_weights++)
                        check_observed(*k, loss, &a, has_weights);
                check_cosine(*k, &a);
                arrays_free(&a);
            }
}

// Logits so large that exp or log of them alone would overflow.
static void test_large(void **state)
{
    (void)state;
    static const real z[] = {100, -100, 88.8f, -88.8f, 1000, -1000, 1e30f, -1e30f, 1e-30f, 0, (real)-0.0};
    enum { N = sizeof z / sizeof *z };
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int shift = 0; shift < 40; shift++)
            for (int target = 0; target < 3; target++) {
                real y[51], t[51], dy[51];
                float row[51];
                for (int i = 0; i < 51; i++) {
                    y[i] = z[(i + shift) % N];
                    t[i] = (real)target / 2;
                }
                (*k)->loss[LOSS_BINARY_CROSSENTROPY](
                    &(struct loss_batch){51, 1, .y = y, .t = t, .scale = 1, .dy = dy, .row = row});
                for (int i = 0; i < 51; i++) {
                    double wanted = value(LOSS_BINARY_CROSSENTROPY, y[i], t[i]);
                    check_near(*k, "cross_entropy", i, row[i], wanted, 1e-6 * fmax(wanted, 0.1));
                    check_near(*k, "its slope", i, dy[i], slope(LOSS_BINARY_CROSSENTROPY, y[i], t[i]), 3e-7);
                }
            }
}

// Without a gradient, targets outside [0, 1] count as the nearest end of it, but rounding changes no bit.
static void test_cross_entropy_outside(void **state)
{
    (void)state;
    enum { N = 19 };
    static const real outside[] = {-3, 1.5f, (real)-1e-5, 1e30f, -1e30f, INFINITY}, inside[] = {0, 1, 0, 1, 0, 1};

    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
            real z[N], t[N], near[N];
            float row, wanted;
            fill(1, N, 2, z);
            fill(2, N, 1, t);
            for (int j = 0; j < N; j++)
                t[j] = near[j] = (real)fabs((double)t[j]);
            t[i] = outside[i];
            near[i] = inside[i];

            struct loss_batch b = {1, N, .y = z, .t = near, .row = &wanted};
            (*k)->loss[LOSS_BINARY_CROSSENTROPY](&b);
            b.t = t;
            b.row = &row;
            (*k)->loss[LOSS_BINARY_CROSSENTROPY](&b);
            assert_true(row == wanted);
            (*k)->observed[LOSS_BINARY_CROSSENTROPY](&b);
            check_near(*k, "observed cross_entropy", (int)i, (double)row, (double)wanted, 1e-6);
        }
}

static void test_cross_entropy_rounding(void **state)
{
    (void)state;
    const real z = 3, t = 1.0000002f;
    real dz;
    float trained, scored;

    for (const struct kernels *const *k = sets_here(); *k; k++) {
        struct loss_batch b = {1, 1, .y = &z, .t = &t, .scale = 1, .dy = &dz, .row = &trained};
        (*k)->loss[LOSS_BINARY_CROSSENTROPY](&b);
        b.dy = NULL;
        b.row = &scored;
        (*k)->loss[LOSS_BINARY_CROSSENTROPY](&b);
        assert_true(trained == scored);
    }
}

// One NaN or infinity at place p of the layer's output: the loss of its row, and the total, must show it.
static void check_bad_number(const struct kernels *k, int f, int loss, int p, real bad)
{
    enum { M = 5, O = 19 };
    real y[M * O], t[M * O], dy[M * O];
    float row[M];
    fill(1, M * O, 2, y);
    fill(2, M * O, 1, t);
    y[p] = bad;
    k->activate((enum activation)f, M * O, y);
    struct arrays a = {M, O, y, t, dy, row};
    double total[] = {loss_of_arrays(k, loss, &a, 1, dy, row), loss_of_arrays(k, loss, &a, 1, dy, NULL),
        loss_of_arrays(k, loss, &a, 1, NULL, NULL)};
    for (int i = 0; i < 3; i++)
        if (isfinite(total[i]))
            fail_msg("%s: %g at %d behind %s is lost by %s", k->set, bad, p, activation_names[f], names[loss]);
    for (int i = 0; i < M; i++)
        assert_int_equal(!isfinite(row[i]), i == p / O);
    if (isnan(bad)) {
        assert_true(isnan(total[0]) && isnan(total[1]) && isnan(total[2]));
        assert_true(isnan(dy[p]) || loss == LOSS_MAE); // its slope is a sign
    }
}

static void test_not_a_number(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int loss = 0; loss < LOSS_COUNT; loss = sum_from(loss + 1))
            for (int p = 0; p < 5 * 19; p++) {
                for (int f = 0; f < SOFTMAX; f++) // which spreads it over all of its vector
                    check_bad_number(*k, f, loss, p, NAN);
                check_bad_number(*k, LINEAR, loss, p, INFINITY);
                check_bad_number(*k, LINEAR, loss, p, -INFINITY);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_observed),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_cross_entropy_outside),
        cmocka_unit_test(test_cross_entropy_rounding),
        cmocka_unit_test(test_not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Every instruction set's loops against arithmetic in double: activations, sums over rows and shards, penalties,
// rows of a batch; the choice of a set.
// links: kernels base
#include "kernels_fixture.h"

static const real special[] = {0, (real)-0.0, 1e-30f, -1e-30f, 1e-7f, -1e-7f, 0.5f, -0.5f, 1, -1, 9, -9, 20, -20, 88.5f,
    -88.5f, 100, -100, 1e4f, -1e4f, 3e38f, -3e38f, INFINITY, -INFINITY, NAN};
enum { SPECIALS = sizeof special / sizeof *special, LONGEST = 1031 };
static const size_t lengths[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, LONGEST};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static double activation(enum activation f, double z)
{
    static const double scale = 1.05070098735548049342, alpha = 1.67326324235437728482;
    switch (f) {
    case RELU:
        return z < 0 ? 0 : z;
    case LEAKY_RELU:
        return z < 0 ? 0.2 * z : z;
    case ELU:
        return z < 0 ? expm1(z) : z;
    case SELU:
        return scale * (z < 0 ? alpha * expm1(z) : z);
    case SIGMOID:
        return 1 / (1 + exp(-z));
    case TANH:
        return tanh(z);
    case SOFTPLUS:
        return fmax(z, 0) + log1p(exp(-fabs(z)));
    case HARD_SIGMOID:
        return z < -3 ? 0 : z > 3 ? 1 : (z + 3) / 6;
    case GELU:
        return z * (1 + erf(z * sqrt(0.5))) / 2;
    case SILU:
        return z / (1 + exp(-z));
    default:
        return z;
    }
}

static double slope(enum activation f, double z)
{
    static const double scale = 1.05070098735548049342, alpha = 1.67326324235437728482;
    switch (f) {
    case RELU:
        return z > 0;
    case LEAKY_RELU:
        return z > 0 ? 1 : 0.2;
    case ELU:
        return z > 0 ? 1 : exp(z);
    case SELU:
        return scale * (z > 0 ? 1 : alpha * exp(z));
    case SIGMOID:
        return activation(SIGMOID, z) * (1 - activation(SIGMOID, z));
    case TANH:
        return 1 - tanh(z) * tanh(z);
    case SOFTPLUS:
        return 1 / (1 + exp(-z));
    case HARD_SIGMOID:
        return z > -3 && z < 3 ? 1.0 / 6 : 0;
    case GELU:
        return (1 + erf(z * sqrt(0.5))) / 2 + z * exp(-z * z / 2) / sqrt(2 * acos(-1));
    case SILU:
        return (1 + z * (1 - 1 / (1 + exp(-z)))) / (1 + exp(-z));
    default:
        return 1;
    }
}

// Values near 0 come from 1 - e with e near 1: they are right to float's step at 1, not to their own.
static void check_activation(const struct kernels *k, enum activation f, size_t n, const real *z)
{
    real y[LONGEST + GUARD + 1], dy[LONGEST + GUARD + 1];
    for (int odd = 0; odd < 2; odd++) { // aligned, and not
        memcpy(y + odd, z, n * sizeof *y);
        guard_set(y + odd + n);
        k->activate(f, n, y + odd);
        guard_check(k, activation_names[f], y + odd + n);
        for (size_t i = 0; i < n; i++)
            check_near(k, activation_names[f], i, y[odd + i], (real)activation(f, z[i]), 3e-7 * fmax(1, fabs(z[i])));
        fill(1, n, 2, dy + odd);
        guard_set(dy + odd + n);
        if (activation_needs_input(f))
            memcpy(y + odd, z, n * sizeof *y);
        k->activate_backward(f, n, y + odd, dy + odd);
        guard_check(k, activation_names[f], dy + odd + n);
        for (size_t i = 0; i < n; i++)
            if (!isnan(z[i]))
                check_near(k, "its slope", i, dy[odd + i], 2 * (double)number(1, i) * slope(f, z[i]), 1e-6);
    }
}

static void test_activations(void **state)
{
    (void)state;
    real z[LONGEST];
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int f = 0; f < SOFTMAX; f++) {
            for (int i = 0; i < LENGTHS; i++) {
                fill(2, lengths[i], 6, z);
                check_activation(*k, (enum activation)f, lengths[i], z);
            }
            for (int shift = 0; shift < SPECIALS; shift++) { // each at every place of a vector and in the tail
                for (int i = 0; i < SPECIALS; i++)
                    z[i] = special[(i + shift) % SPECIALS];
                check_activation(*k, (enum activation)f, SPECIALS, z);
            }
        }
}

static void check_slopes(const struct kernels *k, enum activation f, size_t n)
{
    const double h = 1e-4;
    real z[LONGEST], first[LONGEST + GUARD], second[LONGEST + GUARD];
    fill(2, n, 6, z);
    guard_set(first + n);
    guard_set(second + n);
    k->slopes(f, n, z, first, second);
    for (size_t i = 0; i < n; i++) {
        double at = (double)z[i];
        check_near(k, "slope", i, first[i], slope(f, at), 1e-6);
        check_near(k, "its slope", i, second[i], (slope(f, at + h) - slope(f, at - h)) / (2 * h), 1e-6);
    }
    guard_check(k, "slope", first + n);
    guard_check(k, "its slope", second + n);
}

static void test_slopes(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int f = 0; f < ACTIVATION_COUNT; f++)
            for (int i = 0; i < LENGTHS && activation_is_smooth((enum activation)f); i++)
                check_slopes(*k, (enum activation)f, lengths[i]);
}

static void check_softmax(const struct kernels *k, size_t n, real shift)
{
    real z[LONGEST], y[LONGEST + GUARD], dy[LONGEST + GUARD];
    double sum = 0, inner = 0;
    fill(2, n, 6, z);
    for (size_t i = 0; i < n; i++) {
        y[i] = z[i] += shift;
        sum += exp((double)(z[i] - shift));
    }
    fill(1, n, 2, dy);
    guard_set(y + n);
    guard_set(dy + n);
    k->activate(SOFTMAX, n, y);
    for (size_t i = 0; i < n; i++) {
        double wanted = exp((double)(z[i] - shift)) / sum;
        check_near(k, "softmax", i, y[i], wanted, 1e-6 * wanted);
        inner += wanted * (double)dy[i];
    }
    k->activate_backward(SOFTMAX, n, y, dy);
    for (size_t i = 0; i < n; i++)
        check_near(k, "slope of softmax", i, dy[i], (double)y[i] * (2 * (double)number(1, i) - inner), 1e-6);
    guard_check(k, "softmax", y + n);
    guard_check(k, "slope of softmax", dy + n);
}

static void test_softmax(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int i = 0; i < LENGTHS; i++) {
            check_softmax(*k, lengths[i], 0);
            check_softmax(*k, lengths[i], 1024); // exp alone would overflow
            check_softmax(*k, lengths[i], -1024);
        }
}

static void check_rows(const struct kernels *k, int M, int O)
{
    size_t n = (size_t)M * (size_t)O;
    real *a = malloc((n + GUARD) * sizeof *a), *bias = malloc((size_t)O * sizeof *a),
         *sum = malloc(((size_t)O + GUARD) * sizeof *a);
    fill(3, (size_t)O, 1, bias);
    guard_set(a + n);
    k->fill_rows(M, O, bias, a);
    guard_check(k, "fill_rows", a + n);
    for (size_t i = 0; i < n; i++)
        assert_true(a[i] == bias[i % (size_t)O]);
    fill(4, n, 1, a);
    guard_set(sum + O);
    for (int j = 0; j < O; j++)
        sum[j] = (real)NAN; // overwritten, not added to
    k->sum_rows(M, O, a, sum);
    guard_check(k, "sum_rows", sum + O);
    for (int j = 0; j < O; j++) {
        double wanted = 0;
        for (int i = 0; i < M; i++)
            wanted += a[i * O + j];
        check_near(k, "sum_rows", j, sum[j], wanted, 1e-6 * M);
    }
    free(a);
    free(bias);
    free(sum);
}

static void test_rows(void **state)
{
    (void)state;
    static const int M[] = {1, 2, 3, 4, 5, 7, 8, 9, 66}, O[] = {1, 2, 7, 16, 17, 33, 100};
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (size_t i = 0; i < sizeof M / sizeof *M; i++)
            for (size_t j = 0; j < sizeof O / sizeof *O; j++)
                check_rows(*k, M[i], O[j]);
}

static real literal_tree(int shards, real *const *shard, size_t i)
{
    if (shards == 1)
        return shard[0][i];
    real left = literal_tree(shards / 2, shard, i), right = literal_tree(shards / 2, shard + shards / 2, i);
    return left + right;
}

// The order is the promise: bit for bit, on every set.
static void test_tree_sum(void **state)
{
    (void)state;
    real *shard[256], sum[LONGEST + GUARD];
    for (int s = 0; s < 256; s++) {
        shard[s] = malloc(LONGEST * sizeof **shard);
        for (size_t i = 0; i < LONGEST; i++)
            shard[s][i] = ldexpf(number(10 + (uint32_t)s, i), (int)(i + (size_t)s) % 13);
    }
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int shards = 1; shards <= 256; shards *= 2)
            for (int i = 0; i < LENGTHS; i++) {
                size_t n = lengths[i];
                guard_set(sum + n);
                (*k)->tree_sum(n, shards, (const real *const *)shard, sum);
                guard_check(*k, "tree_sum", sum + n);
                for (size_t j = 0; j < n; j++) {
                    real wanted = literal_tree(shards, shard, j);
                    if (memcmp(&wanted, &sum[j], sizeof wanted) != 0)
                        fail_msg("%s, tree_sum of %d: %a, not %a", (*k)->set, shards, sum[j], wanted);
                }
            }
    for (int s = 0; s < 256; s++)
        free(shard[s]);
}

static void test_penalize(void **state)
{
    (void)state;
    real w[LONGEST], g[LONGEST + GUARD];
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int i = 0; i < LENGTHS; i++) {
            size_t n = lengths[i];
            fill(5, n, 3, w);
            fill(6, n, 1, g);
            for (size_t j = 0; j < n; j += 5)
                w[j] = 0; // where the absolute value has no slope
            guard_set(g + n);
            (*k)->penalize(n, w, (real)0.25, (real)0.5, g);
            guard_check(*k, "penalize", g + n);
            for (size_t j = 0; j < n; j++)
                check_near(
                    *k, "penalize", j, g[j], number(6, j) + 0.25 * ((w[j] > 0) - (w[j] < 0)) + (double)w[j], 1e-6);
        }
}

// One subtraction and one product in float: every set has the same bits.
static void check_gather(const struct kernels *k, size_t n)
{
    uint8_t bytes[LONGEST];
    float x[LONGEST], shift[LONGEST], factor[LONGEST];
    real out[4][LONGEST + GUARD];
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)(37 * i + 11);
        x[i] = i % 50 == 49 ? NAN : 300 * (float)number(7, i);
        shift[i] = 200 * (float)number(8, i);
        factor[i] = (float)number(9, i);
    }
    for (int i = 0; i < 4; i++)
        guard_set(out[i] + n);
    k->widen_u8(n, bytes, out[0]);
    k->widen_f32(n, x, out[1]);
    k->scale_u8(n, bytes, shift, factor, out[2]);
    k->scale_f32(n, x, shift, factor, out[3]);
    for (int i = 0; i < 4; i++)
        guard_check(k, "a row", out[i] + n);
    for (size_t i = 0; i < n; i++) {
        check_near(k, "widen_u8", i, out[0][i], bytes[i], 0);
        check_near(k, "widen_f32", i, out[1][i], x[i], 0);
        check_near(k, "scale_u8", i, out[2][i], ((float)bytes[i] - shift[i]) * factor[i], 0);
        check_near(k, "scale_f32", i, out[3][i], (x[i] - shift[i]) * factor[i], 0);
    }
}

static void test_gather(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int i = 0; i < LENGTHS; i++)
            check_gather(*k, lengths[i]);
}

// main names the plain set in the environment before the first call.
static void test_choice(void **state)
{
    (void)state;
    assert_string_equal(kernels()->set, "plain");
    assert_ptr_equal(kernels(), kernels());
    assert_null(kernels_named("avx1024"));
    assert_null(kernels_named(""));
    for (const struct kernels *const *k = sets_here(); *k; k++)
        print_message("set %s\n", (*k)->set);
}

int main(void)
{
    setenv("HOURGLASS_KERNELS", "plain", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_slopes),
        cmocka_unit_test(test_softmax),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_tree_sum),
        cmocka_unit_test(test_penalize),
        cmocka_unit_test(test_gather),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

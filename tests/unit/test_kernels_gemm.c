// Matrix products of every instruction set and of the library against sums in double; eigenvalues.
// links: kernels base OpenMP::OpenMP_C
#include "kernels_fixture.h"

#include <dirent.h>
#include <omp.h>

static const real betas[] = {0, 1, 0.5f};

// One product: shapes, transposes, and its matrices, which begin `odd` elements behind a 64-byte boundary.
struct product {
    int M, N, K, odd;
    bool ta, tb;
    real beta;
    const real *bias;      // of c's columns, where there is one
    real *a, *b, *c, *old; // old: c before
    void *memory;          // owned
};

static struct product product_new(int M, int N, int K, int shape, int odd)
{
    size_t a = (size_t)M * (size_t)K, b = (size_t)K * (size_t)N, c = (size_t)M * (size_t)N;
    size_t round = 64 / sizeof(real), o = (size_t)odd;
    struct product p = {M, N, K, odd, .ta = shape & 1, .tb = shape & 2, .beta = betas[shape / 4 % 3]};
    p.memory = aligned_alloc(64, (a + b + 2 * c + 5 * round + GUARD) / round * round * sizeof(real));
    p.a = (real *)p.memory + o;
    p.b = (real *)p.memory + (a / round + 1) * round + o;
    p.old = p.b + b;
    p.c = (real *)p.memory + ((a + b + c) / round + 3) * round + o;
    fill(1, a, 1, p.a);
    fill(2, b, 1, p.b);
    for (size_t i = 0; i < c; i++) // what beta = 0 overwrites may be anything
        p.old[i] = p.c[i] = p.beta == 0 ? (real)NAN : number(3, i);
    guard_set(p.c + c);
    return p;
}

static void product_check(const struct kernels *k, const struct product *p)
{
    char what[96];
    snprintf(what, sizeof what, "product (%d, %d) by (%d, %d)%s%s, beta %g", p->M, p->K, p->K, p->N,
        p->ta ? ", a transposed" : "", p->tb ? ", b transposed" : "", (double)p->beta);
    guard_check(k, what, p->c + (size_t)p->M * (size_t)p->N);
    for (int i = 0; i < p->M; i++)
        for (int j = 0; j < p->N; j++) {
            double sum = 0, size = 1;
            for (int l = 0; l < p->K; l++) {
                double term = (double)p->a[p->ta ? l * p->M + i : i * p->K + l] *
                              (double)p->b[p->tb ? j * p->K + l : l * p->N + j];
                sum += term;
                size += fabs(term);
            }
            size_t at = (size_t)i * (size_t)p->N + (size_t)j;
            if (p->bias)
                sum += (double)p->bias[j];
            else if (p->beta != 0)
                sum += (double)p->beta * (double)p->old[at];
            check_near(k, what, at, (double)p->c[at], sum, 4e-7 * size);
        }
}

// In parts, the last rows first: the bits of the whole.
static void check_parts(const struct kernels *k, const struct product *p)
{
    size_t size = (size_t)p->M * (size_t)p->N * sizeof(real);
    real *c = malloc(size);
    memcpy(c, p->old, size);
    for (int last = p->M, part = 1; last > 0; last -= part, part += 4) {
        part = part < last ? part : last;
        k->gemm(
            last - part, last, (struct gemm_shape){p->ta, p->tb, p->M, p->N, p->K}, p->a, p->b, p->beta, p->bias, c);
    }
    assert_memory_equal(c, p->c, size);
    free(c);
}

// shape: 12 of them, and 12 more with a bias
static void check_product(const struct kernels *k, int M, int N, int K, int shape, int odd)
{
    struct product p = product_new(M, N, K, shape, odd);
    real bias[1200];
    assert_true(N <= 1200);
    fill(4, (size_t)N, 1, bias);
    p.bias = shape < 12 ? NULL : bias;
    k->gemm(0, M, (struct gemm_shape){p.ta, p.tb, M, N, K}, p.a, p.b, p.beta, p.bias, p.c);
    product_check(k, &p);
    check_parts(k, &p);
    free(p.memory);
}

static int draw(int i, int which)
{
    return 1 + (int)(random_at(5, RANDOM_SAMPLE, 0, (uint64_t)i).v[which] % 40);
}

static void test_loops(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++) {
        for (int i = 0; i < 400; i++)
            check_product(*k, draw(i, 0), draw(i, 1), draw(i, 2), i % 24, i % 3);
        for (int n = 1; n <= 40; n++) // every tail of columns, every tail of rows
            for (int shape = 0; shape < 24; shape++) {
                check_product(*k, 3, n, 5, shape, 0);
                check_product(*k, n, 17, 3, shape, 0);
                check_product(*k, n, 80 + n, 20, shape, 1); // of a copied a
            }
        for (int shape = 0; shape < 24; shape++) {
            check_product(*k, 5, 70, 513, shape, 0); // several blocks: deep, wide, both
            check_product(*k, 17, 1200, 90, shape, 0);
            check_product(*k, 15, 301, 300, shape, 0);
        }
    }
}

// On both sides of the border between the loops and the library.
static void test_gemm(void **state)
{
    (void)state;
    static const int shapes[][3] = {{1, 1, 1}, {1, 784, 64}, {64, 784, 1}, {21, 12, 32}, {32, 21, 12}, {40, 40, 41},
        {41, 41, 41}, {16, 64, 64}, {17, 64, 64}, {3, 33, 257}, {3, 513, 17}, {64, 100, 250}, {20, 10, 784}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int shape = 0; shape < 12; shape++) {
            struct product p = product_new(shapes[i][0], shapes[i][1], shapes[i][2], shape, shape % 2);
            gemm((struct gemm_shape){p.ta, p.tb, p.M, p.N, p.K}, p.a, p.b, p.beta, p.c);
            product_check(kernels(), &p);
            free(p.memory);
        }
}

// Equal shapes give equal bits, wherever the matrices lie and whatever was computed before.
static void test_same_bits(void **state)
{
    (void)state;
    static const int shapes[][3] = {{20, 12, 21}, {64, 64, 784}, {65, 511, 33}, {1, 300, 301}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int shape = 0; shape < 12; shape++) {
            int M = shapes[i][0], N = shapes[i][1], K = shapes[i][2];
            struct product first = product_new(M, N, K, shape, 0);
            gemm((struct gemm_shape){first.ta, first.tb, M, N, K}, first.a, first.b, first.beta, first.c);
            for (int odd = 0; odd < 16; odd += 5) {
                struct product p = product_new(M, N, K, shape, odd);
                gemm((struct gemm_shape){p.ta, p.tb, M, N, K}, p.a, p.b, p.beta, p.c);
                assert_memory_equal(p.c, first.c, (size_t)M * (size_t)N * sizeof(real));
                free(p.memory);
            }
            free(first.memory);
        }
}

static int thread_count(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/task");
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d));)
        n += entry->d_name[0] != '.';
    closedir(d);
    return n;
}

// The library starts no threads of its own where it is called outside of a parallel region, or in one of one thread:
// they would change the bits. This test comes first.
static void test_one_thread(void **state)
{
    (void)state;
    enum { N = 200 };
    struct product p = product_new(N, N, N, 0, 0);
    double *a = calloc(N * N, sizeof *a), *v = calloc(N * N, sizeof *v), values[N];
    int before = thread_count(); // 1, or what an emulator has
    omp_set_num_threads(3);
    gemm((struct gemm_shape){p.ta, p.tb, N, N, N}, p.a, p.b, p.beta, p.c);
#pragma omp parallel num_threads(1)
    gemm((struct gemm_shape){p.ta, p.tb, N, N, N}, p.a, p.b, p.beta, p.c);
    assert_int_equal(eigen_symmetric(N, a, values, v), 0);
    assert_int_equal(thread_count(), before);
    assert_int_equal(omp_get_max_threads(), 3); // the caller's setting stays
    free(p.memory);
    free(a);
    free(v);
}

static void check_eigen(int n)
{
    size_t nn = (size_t)(n * n);
    double *a = malloc(nn * sizeof *a), *copy = malloc(nn * sizeof *a), *v = malloc(nn * sizeof *a),
           *values = malloc((size_t)n * sizeof *a);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            a[i * n + j] = a[j * n + i] = copy[i * n + j] = copy[j * n + i] = (double)number(9, (size_t)(i * n + j));
    assert_int_equal(eigen_symmetric(n, a, values, v), 0);
    for (int k = 0; k < n; k++) {
        assert_true(k == 0 || values[k] <= values[k - 1]);
        for (int i = 0; i < n; i++) {
            double av = 0, vv = 0;
            for (int j = 0; j < n; j++) {
                av += copy[i * n + j] * v[k * n + j];
                vv += v[k * n + j] * v[i * n + j];
            }
            assert_true(fabs(av - values[k] * v[k * n + i]) < 1e-13 * n);
            assert_true(fabs(vv - (i == k)) < 1e-13 * n);
        }
    }
    free(a);
    free(copy);
    free(v);
    free(values);
}

static void test_eigen(void **state)
{
    (void)state;
    double a[9] = {1, 0, 0, 0, 3, 0, 0, 0, 2}, values[3], v[9];
    assert_int_equal(eigen_symmetric(3, a, values, v), 0);
    assert_true(values[0] == 3 && values[1] == 2 && values[2] == 1);
    assert_true(fabs(v[1]) == 1 && fabs(v[5]) == 1 && fabs(v[6]) == 1);
    static const int sizes[] = {1, 2, 3, 5, 21, 64};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_eigen(sizes[i]);
}

static void test_names(void **state)
{
    (void)state;
    int major = 0, minor = 0;
    assert_int_equal(sscanf(gemm_library(), "OpenBLAS %d.%d", &major, &minor), 2);
    assert_true(strlen(gemm_corename()) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_thread),
        cmocka_unit_test(test_loops),
        cmocka_unit_test(test_gemm),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_eigen),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

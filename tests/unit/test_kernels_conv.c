// Convolutions of every instruction set against sums in double; pooling and repeating against the set plain.
// links: kernels base
#include "kernels_fixture.h"

static size_t place(const struct conv *c, int i, int j, int k)
{
    return ((size_t)i * (size_t)c->width + (size_t)j) * (size_t)c->channels + (size_t)k;
}

static size_t weight(const struct conv *c, int i, int j, int k, int o)
{
    return ((size_t)(i * c->kernel_w + j) * (size_t)c->channels + (size_t)k) * (size_t)c->outputs + (size_t)o;
}

// Adds up one output, or adds one output's share to the gradient of the weights.
static double window(const struct conv *c, int y, int x, int o, const real *in, const real *w, double d, double *dw)
{
    double sum = 0;
    for (int i = 0; i < c->kernel_h; i++)
        for (int j = 0; j < c->kernel_w; j++)
            for (int k = 0; k < c->channels; k++) {
                double value = (double)in[place(c, y * c->stride_h + i, x * c->stride_w + j, k)];
                sum += value * (double)w[weight(c, i, j, k, o)];
                dw[weight(c, i, j, k, o)] += value * d;
            }
    return sum;
}

static void check_conv(const struct kernels *k, const struct conv *c)
{
    char what[120];
    snprintf(what, sizeof what, "conv (%d, %d, %d) by (%d, %d) to (%d, %d, %d)", c->height, c->width, c->channels,
        c->kernel_h, c->kernel_w, c->out_height, c->out_width, c->outputs);
    size_t in = conv_padded_size(c), out = (size_t)(c->out_height * c->out_width * c->outputs);
    size_t weights = weight(c, c->kernel_h - 1, c->kernel_w - 1, c->channels - 1, c->outputs - 1) + 1;
    real *x = calloc(in, sizeof *x), *w = calloc(weights, sizeof *w), *packed = calloc(conv_packed_size(c), sizeof *w);
    real *y = calloc(out + GUARD, sizeof *y), *dy = calloc(out, sizeof *y), *dw = calloc(weights + GUARD, sizeof *dw);
    double *wanted = calloc(weights, sizeof *wanted);
    real *bias = calloc((size_t)c->outputs, sizeof *bias);
    fill(1, place(c, c->height, 0, 0), 1, x);
    fill(2, weights, 1, w);
    fill(3, out, 1, dy);
    fill(4, (size_t)c->outputs, 1, bias);
    guard_set(y + out);
    guard_set(dw + weights);
    conv_pack(c, false, w, packed);
    k->conv(c, x, packed, bias, y);
    k->conv_weights(c, x, dy, dw);
    const double tolerance = 2e-6 * (double)(weights / (size_t)c->outputs + out);
    for (size_t i = 0; i < out; i++) {
        int o = (int)i % c->outputs, at = (int)i / c->outputs;
        double sum = window(c, at / c->out_width, at % c->out_width, o, x, w, (double)dy[i], wanted);
        check_near(k, what, i, (double)y[i], sum + (double)bias[o], tolerance);
    }
    for (size_t i = 0; i < weights; i++)
        check_near(k, what, i, (double)dw[i], wanted[i], tolerance);
    guard_check(k, what, y + out);
    guard_check(k, what, dw + weights);
    real *const all[] = {x, w, packed, y, dy, dw, bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free(wanted);
}

static int draw(int i, int which, int most)
{
    return 1 + (int)(random_at(5, RANDOM_SAMPLE, (uint32_t)which, (uint64_t)i).v[0] % (uint32_t)most);
}

static void test_conv(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (int i = 0; i < 300; i++) {
            struct conv c = {.out_height = draw(i, 0, 5),
                .out_width = draw(i, 1, 20),
                .channels = draw(i, 2, 18),
                .outputs = i % 5 == 0 ? 1 : draw(i, 3, 36),
                .kernel_h = draw(i, 4, 3),
                .kernel_w = draw(i, 5, 4),
                .stride_h = draw(i, 6, 2),
                .stride_w = draw(i, 7, 3)};
            c.height = (c.out_height - 1) * c.stride_h + c.kernel_h;
            c.width = (c.out_width - 1) * c.stride_w + c.kernel_w + i % 2;
            check_conv(*k, &c);
        }
}

// The loops of pooling and repeating, into `out`; returns how many numbers.
static size_t pool_all(const struct kernels *k, const struct windows *p, const real *x, const real *dy, real *out)
{
    size_t in = (size_t)(p->height * p->width * p->channels);
    size_t small = (size_t)(p->out_height * p->out_width * p->channels);
    real *at = out;
    k->max_pool(p, x, at);
    k->average_pool(p, x, at += small);
    k->max_pool_backward(p, x, dy, at += small);
    k->average_pool_backward(p, dy, at += in);
    k->repeat(p->height, p->width, p->channels, p->pool_h, p->pool_w, x, at += in);
    size_t large = in * (size_t)(p->pool_h * p->pool_w);
    k->repeat_backward(p->height, p->width, p->channels, p->pool_h, p->pool_w, at, at + large);
    return (size_t)(at - out) + large + in;
}

static void test_pool(void **state)
{
    (void)state;
    enum { MOST = 30000 };
    static real x[MOST], dy[MOST], plain[MOST], found[MOST + GUARD];
    for (int i = 0; i < 200; i++) {
        struct windows p = {.height = draw(i, 0, 6) + 3,
            .width = draw(i, 1, 6) + 3,
            .channels = draw(i, 2, 19),
            .pool_h = draw(i, 3, 3),
            .pool_w = draw(i, 4, 3),
            .stride_h = draw(i, 5, 3),
            .stride_w = draw(i, 6, 3),
            .top = i % 2,
            .left = i / 2 % 2};
        p.top = p.top < p.pool_h ? p.top : 0;
        p.left = p.left < p.pool_w ? p.left : 0;
        p.out_height = (p.height - 1) / p.stride_h + 1;
        p.out_width = (p.width - 1) / p.stride_w + 1;
        fill(1, MOST, 1, x);
        fill(2, MOST, 1, dy);
        for (int e = 0; e < MOST && i % 3 == 0; e++) // equal cells
            x[e] = x[e] > 0;
        size_t n = pool_all(kernels_named("plain"), &p, x, dy, plain);
        assert_true(n <= MOST);
        for (const struct kernels *const *k = sets_here(); *k; k++) {
            guard_set(found + n);
            pool_all(*k, &p, x, dy, found);
            for (size_t e = 0; e < n; e++)
                check_near(*k, "pooling", e, (double)found[e], (double)plain[e], 1e-5);
            guard_check(*k, "pooling", found + n);
        }
    }
}

// By hand: the first of equal cells has the gradient, and what lies outside does not count.
static void test_pool_values(void **state)
{
    (void)state;
    const struct windows p = {.height = 1,
        .width = 3,
        .channels = 1,
        .out_height = 1,
        .out_width = 2,
        .pool_h = 1,
        .pool_w = 2,
        .stride_h = 1,
        .stride_w = 2};
    const real x[3] = {4, 4, -1}, dy[2] = {3, 8};
    for (const struct kernels *const *k = sets_here(); *k; k++) {
        real y[2], dx[3];
        (*k)->max_pool(&p, x, y);
        assert_true(y[0] == 4 && y[1] == -1);
        (*k)->max_pool_backward(&p, x, dy, dx);
        assert_true(dx[0] == 3 && dx[1] == 0 && dx[2] == 8);
        (*k)->average_pool(&p, x, y);
        assert_true(y[0] == 4 && y[1] == -1);
        (*k)->average_pool_backward(&p, dy, dx);
        assert_true(dx[0] == 1.5f && dx[1] == 1.5f && dx[2] == 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conv),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_pool_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

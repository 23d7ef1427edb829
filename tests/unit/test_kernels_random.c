// Random numbers of rows: every instruction set's words are Random123's, in the order that is promised, and their
// normal numbers are Box and Muller's.
// links: kernels base
#include "kernels_fixture.h"

enum { LONGEST = 1000 };
static const size_t lengths[] = {1, 2, 63, 64, 65, 130, 784, LONGEST};
static const uint64_t seed = 0x123456789abcdef0;

static uint32_t word(uint32_t sample, size_t i)
{
    uint64_t block = i / 64 * 16 + i % 16;
    return random_at(seed, RANDOM_NOISE, 5, (uint64_t)sample << 32 | block).v[i % 64 / 16];
}

static double wanted_normal(uint32_t sample, size_t i)
{
    size_t first = i / 32 * 32 + i % 16; // the pair's first number; the second one stands 16 behind
    double radius = sqrt(-2 * log((word(sample, first) >> 8) * 0x1p-24 + 0x1p-25));
    double angle = 2 * M_PI * (word(sample, first + 16) >> 8) * 0x1p-24;
    return radius * (i == first ? cos(angle) : sin(angle));
}

static void check_row(const struct kernels *k, uint32_t sample, size_t n)
{
    real x[LONGEST + GUARD];
    guard_set(x + n);
    k->random_uniform(n, seed, RANDOM_NOISE, 5, sample, x);
    guard_check(k, "random_uniform", x + n);
    for (size_t i = 0; i < n; i++)
        check_near(k, "random_uniform", i, x[i], random_unit(word(sample, i)), 0);
    k->random_normal(n, seed, RANDOM_NOISE, 5, sample, x);
    guard_check(k, "random_normal", x + n);
    for (size_t i = 0; i < n; i++)
        check_near(k, "random_normal", i, x[i], wanted_normal(sample, i), 4e-6);
}

static void test_rows(void **state)
{
    (void)state;
    for (const struct kernels *const *k = sets_here(); *k; k++)
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            check_row(*k, 0, lengths[i]);
            check_row(*k, 59999, lengths[i]);
        }
}

// Mean, variance, skewness and kurtosis of a million numbers, each within four of its standard errors.
static void test_moments(void **state)
{
    (void)state;
    real x[LONGEST];
    double sum[4] = {0}, n = 1e6;
    for (uint32_t row = 0; row < 1000; row++) {
        kernels()->random_normal(LONGEST, seed, RANDOM_SAMPLE, 0, row, x);
        for (int i = 0; i < LONGEST; i++)
            for (int power = 0; power < 4; power++)
                sum[power] += pow((double)x[i], power + 1);
    }
    static const double wanted[] = {0, 1, 0, 3}, variance[] = {1, 2, 15, 96};
    for (int power = 0; power < 4; power++)
        check_near(
            kernels(), "moment", (size_t)power + 1, sum[power] / n, wanted[power], 4 * sqrt(variance[power] / n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

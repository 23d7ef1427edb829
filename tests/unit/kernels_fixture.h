// What the tests of kernels/ share: the instruction sets of this CPU, numbers to feed them, comparison.
#pragma once

#include "base/random.h"
#include "kernels/kernels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// The tables that can run here, "plain" first; ends with NULL.
static inline const struct kernels *const *sets_here(void)
{
    static const char *const names[] = {"plain", "base", "avx2", "avx512"};
    static const struct kernels *sets[5];
    int n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kernels_named(names[i]))
            sets[n++] = kernels_named(names[i]);
    return sets;
}

// In [-1, 1).
static inline real number(uint32_t stream, size_t i)
{
    return 2 * random_unit(random_at(11, RANDOM_SAMPLE, stream, i).v[0]) - 1;
}

static inline void fill(uint32_t stream, size_t n, real scale, real *a)
{
    for (size_t i = 0; i < n; i++)
        a[i] = scale * number(stream, i);
}

// Equal, both NaN, or within `tolerance`.
static inline bool is_near(double found, double wanted, double tolerance)
{
    return found == wanted || (isnan(found) && isnan(wanted)) || fabs(found - wanted) <= tolerance;
}

static inline void check_near(
    const struct kernels *k, const char *what, size_t at, double found, double wanted, double tolerance)
{
    if (!is_near(found, wanted, tolerance))
        fail_msg("%s, %s, element %zu: %.9g, not %.9g", k->set, what, at, found, wanted);
}

// The memory behind an array stays as it was.
enum { GUARD = 17 };
static const real guard_value = (real)-12345.5;

static inline void guard_set(real *end)
{
    for (int i = 0; i < GUARD; i++)
        end[i] = guard_value;
}

static inline void guard_check(const struct kernels *k, const char *what, const real *end)
{
    for (int i = 0; i < GUARD; i++)
        if (end[i] != guard_value)
            fail_msg("%s, %s: element %d behind the end was written", k->set, what, i);
}

// Sobol's sequence: its points fill a space more evenly than random points, and their number need not be known before.
#include "search/search_impl.h"

#include "search/sobol_table.h"

_Static_assert(sizeof sobol_table / sizeof *sobol_table == SOBOL_KEYS, "a row for each key");

// v := the direction numbers of a dimension, by the recurrence of its polynomial (P. Bratley and B. L. Fox 1988,
// "Algorithm 659"), in units of 2^-32.
static void direction_numbers(int key, uint32_t v[32])
{
    uint32_t polynomial = sobol_table[key].polynomial;
    int degree = 31 - __builtin_clz(polynomial);
    ASSERT(degree < (int)(sizeof sobol_table[key].first / sizeof *sobol_table[key].first) + 1, "degree %d", degree);

    for (int i = 0; i < 32; i++) {
        if (key == 0 || i < degree) {
            v[i] = (key == 0 ? 1 : sobol_table[key].first[i]) << (31 - i);
            continue;
        }

        v[i] = v[i - degree] ^ v[i - degree] >> degree;
        for (int k = 1; k < degree; k++)
            if (polynomial >> (degree - k) & 1)
                v[i] ^= v[i - k];
    }
}

// Takes the points in the order of Gray codes (I. A. Antonov and V. M. Saleev 1979), as most programs do.
uint32_t sobol_at(uint32_t i, int key)
{
    uint32_t v[32], at = 0, gray = i ^ i >> 1;
    ASSERT(key >= 0 && key < SOBOL_KEYS, "%d", key);
    direction_numbers(key, v);
    for (int bit = 0; bit < 32; bit++)
        if (gray >> bit & 1)
            at ^= v[bit];
    return at;
}

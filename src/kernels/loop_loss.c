// Losses with their gradients, in one pass over output and target. The loss of a row is the mean over its features, as
// in Keras.
//
// A new loss is one DEFINE_LOSS here, and a row of LOSSES in losses.h.
#include "kernels/kernels_impl.h"

enum { STRETCH = 4096 }; // elements that are summed as `real` before the sum is added to a double

// NAME_stretch returns the sum of the terms of n elements, and sets their gradient if dy is not NULL. VALUE and SLOPE
// are expressions of yi, ti, p and the variables that BEFORE computes from these.
#define DEFINE_STRETCH(name, BEFORE, VALUE, SLOPE)                                                       \
    INLINE real name##_stretch(                                                                          \
        size_t n, const real *restrict y, const real *restrict t, real p, real scale, real *restrict dy) \
    {                                                                                                    \
        real sum = 0;                                                                                    \
        (void)p;                                                                                         \
        if (dy)                                                                                          \
            for (size_t i = 0; i < n; i++) {                                                             \
                real yi = y[i], ti = t[i];                                                               \
                BEFORE;                                                                                  \
                sum += VALUE;                                                                            \
                dy[i] = scale * (SLOPE);                                                                 \
            }                                                                                            \
        else                                                                                             \
            for (size_t i = 0; i < n; i++) {                                                             \
                real yi = y[i], ti = t[i];                                                               \
                BEFORE;                                                                                  \
                sum += VALUE;                                                                            \
            }                                                                                            \
        return sum;                                                                                      \
    }

// NAME_loop returns the loss of a batch, computed by NAME_stretch. If the losses of single rows are not needed, it cuts
// the matrix into long stretches, because narrow rows would leave most of a vector idle.
#define DEFINE_ALL(name)                                                                              \
    static double name##_loop(const struct loss_batch *b)                                             \
    {                                                                                                 \
        ASSERT(b->M >= 0 && b->O > 0, "%d x %d", b->M, b->O);                                         \
        size_t all = (size_t)b->M * (size_t)b->O, length = b->row ? (size_t)b->O : STRETCH;           \
        double total = 0;                                                                             \
        for (size_t at = 0; at < all; at += length) {                                                 \
            size_t n = all - at < length ? all - at : length;                                         \
            real *dy = b->dy ? b->dy + at : NULL;                                                     \
            double mean = (double)name##_stretch(n, b->y + at, b->t + at, b->p, b->scale, dy) / b->O; \
            if (b->row)                                                                               \
                b->row[at / length] = (float)mean;                                                    \
            total += mean;                                                                            \
        }                                                                                             \
        return total;                                                                                 \
    }

// NAME_seen returns the weighted sum of the terms of one row, whose targets may be missing (NaN). *seen := the sum of
// the weights of targets that are not missing; dy (n) := slopes times weights, not scaled yet.
#define DEFINE_SEEN(name, BEFORE, VALUE, SLOPE)                                                                    \
    static real name##_seen(size_t n, const real *restrict y, const real *restrict t, const real *restrict weight, \
        real p, real *restrict dy, real *seen)                                                                     \
    {                                                                                                              \
        real sum = 0, all = 0;                                                                                     \
        (void)p;                                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                                           \
            bool is_there = t[i] == t[i];                                                                          \
            real yi = y[i], ti = is_there ? t[i] : 0, part = is_there ? weight ? weight[i] : 1 : 0;                \
            BEFORE;                                                                                                \
            sum += part * (VALUE);                                                                                 \
            all += part;                                                                                           \
            if (dy)                                                                                                \
                dy[i] = part * (SLOPE);                                                                            \
        }                                                                                                          \
        *seen = all;                                                                                               \
        return sum;                                                                                                \
    }

typedef real seen_row(size_t n, const real *y, const real *t, const real *weight, real p, real *dy, real *seen);

// Returns the loss of a batch in which features have weights and targets may be missing, computed by NAME_seen. Not
// inlined: a copy of this function that the compiler made for one loss could give other bits.
static __attribute__((noinline)) double observed_rows(seen_row *seen, const struct loss_batch *b)
{
    ASSERT(b->M >= 0 && b->O > 0, "%d x %d", b->M, b->O);
    const size_t O = (size_t)b->O;
    const real *y = b->y, *t = b->t;
    real *dy = b->dy;
    double total = 0;

    for (int i = 0; i < b->M; i++, y += O, t += O) {
        real all, sum = seen(O, y, t, b->weight, b->p, dy, &all);
        double mean = all > 0 ? (double)sum / (double)all : 0;
        real each = all > 0 ? b->scale * (real)b->O / all : 0;
        if (dy) {
            for (size_t j = 0; j < O; j++)
                dy[j] *= each;
            dy += O;
        }
        if (b->row)
            b->row[i] = (float)mean;
        total += mean;
    }

    return total;
}

#define DEFINE_OBSERVED(name)                                 \
    static double name##_observed(const struct loss_batch *b) \
    {                                                         \
        return observed_rows(name##_seen, b);                 \
    }

#define DEFINE_LOSS(name, BEFORE, VALUE, SLOPE) \
    DEFINE_STRETCH(name, BEFORE, VALUE, SLOPE)  \
    DEFINE_ALL(name)                            \
    DEFINE_SEEN(name, BEFORE, VALUE, SLOPE)     \
    DEFINE_OBSERVED(name)

DEFINE_LOSS(mse, real d = yi - ti, d *d, 2 * d)
DEFINE_LOSS(mae, real d = yi - ti, REAL(fabs)(d), (d > 0 ? (real)1 : 0) - (d < 0 ? (real)1 : 0))

// --- cross-entropy

enum { LANES = 64 / sizeof(real), FACTORS = 512 };
typedef real lanes __attribute__((vector_size(64), aligned(sizeof(real))));

// Returns the sum of the logarithms of v[0..n), n <= FACTORS, each in [1, 2]. The LANES elements after them must be 1.
// Takes only one logarithm per lane, of a product of up to FACTORS / LANES elements.
static inline real log_sum(size_t n, const real *v)
{
    ASSERT(n <= FACTORS, "%zu", n);
    lanes product = *(const lanes *)v;
    for (size_t i = LANES; i < n; i += LANES)
        product *= *(const lanes *)(v + i);

    real sum = 0;
    for (size_t j = 0; j < LANES; j++)
        sum += REAL(log)(product[j]);
    return sum;
}

// Returns 0 or 1 instead of a target below or above [0, 1], because the cross-entropy is not defined there. Targets
// outside by no more than rounding and NaN stay as they are.
static inline real unit_target(real t)
{
    const real low = (real)-CROSS_ENTROPY_ROUNDING, high = (real)(1 + CROSS_ENTROPY_ROUNDING);
    real not_low = t < low ? 0 : t;
    return not_low > high ? 1 : not_low;
}

// The terms are max(z, 0) - z t + log(1 + e) with e = exp(-|z|), which does not overflow for any logit z; sigmoid(z)
// comes from the same e. max(z, 0) is written as (z + |z|) / 2, which is exact, because a branch would keep the loop
// from being vectorised. Without a gradient, unit_target replaces targets outside [0, 1].
static inline real binary_crossentropy_stretch(
    size_t n, const real *restrict z, const real *restrict t, real p, real scale, real *restrict dz)
{
    (void)p;
    real sum = 0, factor[FACTORS + LANES] __attribute__((aligned(64))), within[FACTORS];

    for (size_t at = 0; at < n; at += FACTORS, z += FACTORS, t += FACTORS, dz = dz ? dz + FACTORS : NULL) {
        size_t m = n - at < FACTORS ? n - at : FACTORS;
        const real *target = dz ? t : within;
        for (size_t i = 0; i < m && !dz; i++)
            within[i] = unit_target(t[i]);

        for (size_t i = 0; i < m; i++) {
            real size = REAL(fabs)(z[i]), e = REAL(exp)(-size);
            factor[i] = 1 + e;
            sum += (z[i] + size) / 2 - z[i] * target[i];
            if (dz)
                dz[i] = scale * ((z[i] > 0 ? 1 : e) / factor[i] - t[i]);
        }
        for (size_t i = m; i < m + LANES; i++)
            factor[i] = 1;
        sum += log_sum(m, factor);
    }

    return sum;
}
DEFINE_ALL(binary_crossentropy)
#define CROSS_ENTROPY           \
    real size = REAL(fabs)(yi); \
    real e = REAL(exp)(-size)
#define CROSS_ENTROPY_VALUE (yi + size) / 2 - yi *ti + REAL(log)(1 + e)
#define CROSS_ENTROPY_SLOPE (yi > 0 ? 1 : e) / (1 + e) - ti
DEFINE_SEEN(cross_entropy_as_is, CROSS_ENTROPY, CROSS_ENTROPY_VALUE, CROSS_ENTROPY_SLOPE)
DEFINE_SEEN(cross_entropy_within, ti = unit_target(ti); CROSS_ENTROPY, CROSS_ENTROPY_VALUE, CROSS_ENTROPY_SLOPE)

static bool leaves_unit(size_t n, const real *t)
{
    int outside = 0;
    for (size_t i = 0; i < n; i++)
        outside += unit_target(t[i]) != t[i] && t[i] == t[i];
    return outside > 0;
}

// Chooses between two loops, one of which also handles targets outside [0, 1]. With one loop for both cases, compilers
// give other bits for targets inside [0, 1].
static real binary_crossentropy_seen(
    size_t n, const real *z, const real *t, const real *weight, real p, real *dz, real *seen)
{
    seen_row *loop = !dz && leaves_unit(n, t) ? cross_entropy_within_seen : cross_entropy_as_is_seen;
    return loop(n, z, t, weight, p, dz, seen);
}
DEFINE_OBSERVED(binary_crossentropy)

// --- huber, gaussian_nll, log_cosh

// Huber 1964: d^2 / 2 for |d| <= p, else p (|d| - p / 2). Both formulas are c (d - c / 2) if c is d clipped to -p..p.
DEFINE_LOSS(huber, real d = yi - ti; real c = d > p ? p : d < -p ? -p : d, c *(d - c / 2), c)
DEFINE_LOSS(gaussian_nll, real d = yi - ti, (REAL(log)(p) + d * d / p) / 2, d / p)
// log cosh d = |d| + log(1 + e) - log 2 with e = exp(-2 |d|); for small |d| by its series, because terms of that sum
// would cancel and lose digits.
#define LOG_COSH                                                    \
    real d = yi - ti;                                               \
    real size = REAL(fabs)(d), e = REAL(exp)(-2 * size), q = d * d; \
    real series =                                                   \
        q * ((real)(1. / 2) +                                       \
                q * ((real)(-1. / 12) +                             \
                        q * ((real)(1. / 45) +                      \
                                q * ((real)(-17. / 2520) + q * ((real)(31. / 14175) + q * (real)(-691. / 935550))))))
#define LOG_COSH_VALUE size < (real)0.4 ? series : size + REAL(log)((1 + e) / 2)
#define LOG_COSH_SLOPE REAL(copysign)((1 - e) / (1 + e), d)

// Has only one loop, with or without a gradient: two loops, compiled separately, gave sums of different bits.
static inline real log_cosh_stretch(
    size_t n, const real *restrict y, const real *restrict t, real p, real scale, real *restrict dy)
{
    (void)p;
    real sum = 0, slope[FACTORS];

    for (size_t at = 0; at < n; at += FACTORS, y += FACTORS, t += FACTORS, dy = dy ? dy + FACTORS : NULL) {
        size_t m = n - at < FACTORS ? n - at : FACTORS;
        for (size_t i = 0; i < m; i++) {
            real yi = y[i], ti = t[i];
            LOG_COSH;
            sum += LOG_COSH_VALUE;
            slope[i] = LOG_COSH_SLOPE;
        }
        for (size_t i = 0; dy && i < m; i++)
            dy[i] = scale * slope[i];
    }

    return sum;
}
DEFINE_ALL(log_cosh)
DEFINE_SEEN(log_cosh, LOG_COSH, LOG_COSH_VALUE, LOG_COSH_SLOPE)
DEFINE_OBSERVED(log_cosh)

// --- cosine

// Returns 1 - the cosine of the angle between y and t. As in Keras, lengths have a lower limit, which avoids a division
// by 0. Features whose target is NaN are skipped; if all are, returns 0.
static double cosine_row(size_t n, const real *restrict y, const real *restrict t, const real *restrict weight,
    real scale, real *restrict dy)
{
    const double least = 1e-12;
    double yy = 0, tt = 0, yt = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_there = t[i] == t[i];
        double yi = (double)y[i], ti = is_there ? (double)t[i] : 0;
        double part = is_there ? weight ? (double)weight[i] : 1 : 0;
        yy += part * yi * yi;
        tt += part * ti * ti;
        yt += part * yi * ti;
        all += part;
    }

    double lengths = sqrt((yy < least ? least : yy) * (tt < least ? least : tt)), cosine = yt / lengths;
    real a = (real)(1 / lengths), b = (real)(yy < least ? 0 : cosine / yy);
    for (size_t i = 0; dy && i < n; i++)
        dy[i] = t[i] == t[i] ? scale * (weight ? weight[i] : 1) * (b * y[i] - a * t[i]) : 0;
    return all > 0 ? 1 - cosine : 0;
}

static double cosine_loop(const struct loss_batch *b)
{
    ASSERT(b->M >= 0 && b->O > 0, "%d x %d", b->M, b->O);
    const size_t O = (size_t)b->O;
    double total = 0;

    for (int i = 0; i < b->M; i++) {
        size_t at = (size_t)i * O;
        real *dy = b->dy ? b->dy + at : NULL;
        double value = cosine_row(O, b->y + at, b->t + at, b->weight, b->scale * (real)b->O, dy);
        if (b->row)
            b->row[i] = (float)value;
        total += value;
    }

    return total;
}

static double cosine_observed(const struct loss_batch *b)
{
    return cosine_loop(b);
}

#define LOSS_ENTRY(CONSTANT, name, p, is_likelihood) \
    k->loss[LOSS_##CONSTANT] = name##_loop;          \
    k->observed[LOSS_##CONSTANT] = name##_observed;

void LOOP(loss_loops)(struct kernels *k)
{
    LOSSES(LOSS_ENTRY)
}

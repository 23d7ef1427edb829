// One time step of recurrent cells: computes all gates of a row in one pass, between the matrix products.
#include "kernels/kernels_impl.h"

static inline real logistic_sigmoid(real x)
{
    return 1 / (1 + REAL(exp)(-x));
}

static inline real hyperbolic_tangent(real x)
{
    real e = REAL(exp)(-2 * REAL(fabs)(x));
    return REAL(copysign)((1 - e) / (1 + e), x);
}

static void lstm_forward_loop(int M, int U, real *restrict gates, const real *restrict before, real *restrict c,
    real *restrict tanh_c, real *restrict h)
{
    ASSERT(M >= 0 && U > 0, "%d x %d", M, U);
    size_t u = (size_t)U;

    for (int m = 0; m < M; m++, gates += 4 * u, before += u, c += u, tanh_c += u, h += u) {
        real *restrict i = gates, *restrict f = gates + u, *restrict g = gates + 2 * u, *restrict o = gates + 3 * u;
        for (size_t j = 0; j < u; j++) {
            i[j] = logistic_sigmoid(i[j]);
            f[j] = logistic_sigmoid(f[j]);
            g[j] = hyperbolic_tangent(g[j]);
            o[j] = logistic_sigmoid(o[j]);
            c[j] = f[j] * before[j] + i[j] * g[j];
            tanh_c[j] = hyperbolic_tangent(c[j]);
            h[j] = o[j] * tanh_c[j];
        }
    }
}

static void lstm_backward_loop(int M, int U, real *restrict gates, const real *restrict before,
    const real *restrict tanh_c, const real *restrict dh, real *restrict dc)
{
    ASSERT(M >= 0 && U > 0, "%d x %d", M, U);
    size_t u = (size_t)U;

    for (int m = 0; m < M; m++, gates += 4 * u, before += u, tanh_c += u, dh += u, dc += u) {
        real *restrict zi = gates, *restrict zf = gates + u, *restrict zg = gates + 2 * u, *restrict zo = gates + 3 * u;
        for (size_t j = 0; j < u; j++) {
            real i = zi[j], f = zf[j], g = zg[j], o = zo[j], t = tanh_c[j];
            real d = dc[j] + dh[j] * o * (1 - t * t);
            zi[j] = d * g * i * (1 - i);
            zf[j] = d * before[j] * f * (1 - f);
            zg[j] = d * i * (1 - g * g);
            zo[j] = dh[j] * t * o * (1 - o);
            dc[j] = d * f;
        }
    }
}

static void gru_forward_loop(
    int M, int U, real *restrict gates, const real *restrict recurrent, const real *restrict before, real *restrict h)
{
    ASSERT(M >= 0 && U > 0, "%d x %d", M, U);
    size_t u = (size_t)U;

    for (int m = 0; m < M; m++, gates += 3 * u, recurrent += 3 * u, before += u, h += u) {
        real *restrict z = gates, *restrict r = gates + u, *restrict n = gates + 2 * u;
        for (size_t j = 0; j < u; j++) {
            z[j] = logistic_sigmoid(z[j] + recurrent[j]);
            r[j] = logistic_sigmoid(r[j] + recurrent[u + j]);
            n[j] = hyperbolic_tangent(n[j] + r[j] * recurrent[2 * u + j]);
            h[j] = z[j] * before[j] + (1 - z[j]) * n[j];
        }
    }
}

static void gru_backward_loop(
    int M, int U, real *restrict gates, real *restrict recurrent, const real *restrict before, real *restrict dh)
{
    ASSERT(M >= 0 && U > 0, "%d x %d", M, U);
    size_t u = (size_t)U;

    for (int m = 0; m < M; m++, gates += 3 * u, recurrent += 3 * u, before += u, dh += u) {
        real *restrict gz = gates, *restrict gr = gates + u, *restrict gn = gates + 2 * u;
        real *restrict rz = recurrent, *restrict rr = recurrent + u, *restrict rn = recurrent + 2 * u;
        for (size_t j = 0; j < u; j++) {
            real z = gz[j], r = gr[j], n = gn[j], d = dh[j];
            real dn = d * (1 - z) * (1 - n * n);
            gz[j] = rz[j] = d * (before[j] - n) * z * (1 - z);
            gr[j] = rr[j] = dn * rn[j] * r * (1 - r);
            gn[j] = dn;
            rn[j] = dn * r;
            dh[j] = d * z;
        }
    }
}

void LOOP(rnn_loops)(struct kernels *k)
{
    k->lstm_forward = lstm_forward_loop;
    k->lstm_backward = lstm_backward_loop;
    k->gru_forward = gru_forward_loop;
    k->gru_backward = gru_backward_loop;
}

// The tables of loops, one per instruction set, and the choice among them.
//
// A table is static and is filled by kernels_named(), always with the same values. kernels() does that once, under
// pthread_once, and publishes the table through an atomic pointer, so that every later call is one load.
#include "kernels/kernels.h"

#include "base/err.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if defined __x86_64__
#include <xmmintrin.h>
#endif

// Declares the table of a set and fill_SET, which fills it from the files loop_*.c.
#define DECLARE_SET(name)                           \
    void activation_loops_##name(struct kernels *); \
    void loss_loops_##name(struct kernels *);       \
    void reduce_loops_##name(struct kernels *);     \
    void optimizer_loops_##name(struct kernels *);  \
    void gather_loops_##name(struct kernels *);     \
    void gemm_loops_##name(struct kernels *);       \
    void rnn_loops_##name(struct kernels *);        \
    void random_loops_##name(struct kernels *);     \
    void conv_loops_##name(struct kernels *);       \
    void pool_loops_##name(struct kernels *);       \
    static struct kernels table_##name;             \
    static const struct kernels *fill_##name(void)  \
    {                                               \
        table_##name.set = #name;                   \
        activation_loops_##name(&table_##name);     \
        loss_loops_##name(&table_##name);           \
        reduce_loops_##name(&table_##name);         \
        optimizer_loops_##name(&table_##name);      \
        gather_loops_##name(&table_##name);         \
        gemm_loops_##name(&table_##name);           \
        rnn_loops_##name(&table_##name);            \
        random_loops_##name(&table_##name);         \
        conv_loops_##name(&table_##name);           \
        pool_loops_##name(&table_##name);           \
        return &table_##name;                       \
    }

DECLARE_SET(plain)
#ifdef KERNEL_HAS_base
DECLARE_SET(base)
#endif
#ifdef KERNEL_HAS_avx2
DECLARE_SET(avx2)
DECLARE_SET(avx512)
#endif

const struct kernels *kernels_named(const char *set)
{
#ifdef KERNEL_HAS_avx2
    if (strcmp(set, "avx512") == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
        return fill_avx512();
    if (strcmp(set, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
        return fill_avx2();
#endif
#ifdef KERNEL_HAS_base
    if (strcmp(set, "base") == 0)
        return fill_base();
#endif
    return strcmp(set, "plain") == 0 ? fill_plain() : NULL;
}

static _Atomic(const struct kernels *) chosen;

static void kernels_choose(void)
{
    static const char *const best_first[] = {"avx512", "avx2", "base", "plain"};
    const char *forced = getenv("HOURGLASS_KERNELS");
    const struct kernels *k = forced ? kernels_named(forced) : NULL;

    for (size_t i = 0; !k && i < sizeof best_first / sizeof *best_first; i++)
        k = kernels_named(best_first[i]);
    ASSERT(k, "no instruction set");
    atomic_store_explicit(&chosen, k, memory_order_release);
}

const struct kernels *kernels(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const struct kernels *k = atomic_load_explicit(&chosen, memory_order_acquire);
    if (k)
        return k;

    pthread_once(&once, kernels_choose);
    return atomic_load_explicit(&chosen, memory_order_acquire);
}

void flush_denormals(void)
{
#if defined __x86_64__
    _mm_setcsr(_mm_getcsr() | 0x8040); // FTZ, DAZ
#elif defined __aarch64__
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr | 1u << 24));
#endif
}

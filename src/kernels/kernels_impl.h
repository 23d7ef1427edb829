// Declarations that the files loop_*.c share. Each of these files is compiled once per instruction set (kernels.cmake);
// the name of its one public function, made by LOOP(), ends in the set's name.
#pragma once

#include "base/err.h"
#include "kernels/kernels.h"
#include <math.h>

#define LOOP_JOIN(name, set) name##_##set
#define LOOP_NAME(name, set) LOOP_JOIN(name, set)
#define LOOP(name)           LOOP_NAME(name, KERNEL_SET)

#define INLINE static inline __attribute__((always_inline))

enum { CONV_STRIP = 8 }; // output channels that a convolution computes at a time

// Each sets the members of *k that its file computes.
void LOOP(activation_loops)(struct kernels *k);
void LOOP(loss_loops)(struct kernels *k);
void LOOP(reduce_loops)(struct kernels *k);
void LOOP(optimizer_loops)(struct kernels *k);
void LOOP(gather_loops)(struct kernels *k);
void LOOP(gemm_loops)(struct kernels *k);
void LOOP(random_loops)(struct kernels *k);
void LOOP(conv_loops)(struct kernels *k);
void LOOP(pool_loops)(struct kernels *k);
void LOOP(rnn_loops)(struct kernels *k);

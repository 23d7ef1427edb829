// What the files loop_*.c share: each is compiled once per instruction set, its public names ending in the set's name.
#pragma once

#include "kernels/kernels.h"
#include <math.h>

#define LOOP_JOIN(name, set) name##_##set
#define LOOP_NAME(name, set) LOOP_JOIN(name, set)
#define LOOP(name)           LOOP_NAME(name, KERNEL_SET)

enum { CONV_STRIP = 8 }; // channels that conv takes at a time

// The entries of one file's loops in the table of one set.
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

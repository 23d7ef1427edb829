// What the programs on several ranks check by: the first rank that sees a mistake ends all.
#pragma once

#include "comm/comm.h"
#include <stdio.h>

#define CHECK(c, ...)                                                            \
    do {                                                                         \
        if (!(c)) {                                                              \
            fprintf(stderr, "%s:%d: %s does not hold ", __FILE__, __LINE__, #c); \
            fprintf(stderr, " " __VA_ARGS__);                                    \
            fputc('\n', stderr);                                                 \
            comm_abort(1);                                                       \
        }                                                                        \
    } while (0)

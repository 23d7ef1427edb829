// Shapes of samples: counts their values and prints them.
#include "nn/nn.h"

#include <stdio.h>

int shape_size(const struct shape *s)
{
    int n = 1;
    for (int i = 0; i < s->rank; i++)
        n *= s->dims[i];
    return n;
}

char *shape_text(char out[48], const struct shape *s)
{
    int n = snprintf(out, 48, "(");
    ASSERT(s->rank >= 0 && s->rank <= SHAPE_MAX_RANK, "rank %d", s->rank);

    for (int i = 0; i < s->rank; i++)
        n += snprintf(out + n, 48 - (size_t)n, "%s%d", i ? ", " : "", s->dims[i]);
    snprintf(out + n, 48 - (size_t)n, ")");
    return out;
}

// A sweep from its YAML, for tests of searches.
#pragma once

#include "search/search.h"
#include <string.h>

enum { KEYS_MAX = 64 };

static inline struct spec_sweep *sweep_of(const char *text)
{
    struct err e = {0};
    struct node *root = spec_parse("a.yaml", text, strlen(text), &e);
    struct spec_sweep *s = root ? spec_sweep_new(root, &e) : NULL;
    assert_string_equal(e.text, "");
    node_free(&root);
    return s;
}

static inline struct search *search_of(const struct spec_sweep *sweep, int64_t epochs)
{
    struct err e = {0};
    struct search *s = search_new(sweep, epochs, &e);
    assert_string_equal(e.text, "");
    return s;
}

// Deterministic noise in [0, 1) for schedules and losses.
static inline double noise(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

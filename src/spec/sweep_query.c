// Functions for other modules: the keys of a sweep and their values.
#include "spec/spec_impl.h"

#include "base/text.h"
#include <math.h>
#include <string.h>

const struct sweep_config *spec_sweep_config(const struct spec_sweep *s)
{
    return &s->config;
}

const struct node *spec_sweep_section(const struct spec_sweep *s)
{
    const struct node *sweep = node_get(s->resolved, "sweep");
    return sweep ? sweep : s->root;
}

int spec_sweep_keys(const struct spec_sweep *s)
{
    return s->n;
}

const char *spec_sweep_key(const struct spec_sweep *s, int k)
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    return s->key[k].item->key;
}

static int find_repeat_key(const struct spec_sweep *s, const char *name)
{
    for (int k = 0; k < s->n; k++)
        if (s->key[k].range.kind == SWEEP_CHOICE && !s->key[k].is_zipped && strcmp(s->key[k].item->key, name) == 0)
            return k;
    return -1;
}

int spec_sweep_seed_key(const struct spec_sweep *s)
{
    int seed = find_repeat_key(s, "train.seed");
    return seed >= 0 ? seed : find_repeat_key(s, "data.fold");
}

struct sweep_range spec_sweep_range(const struct spec_sweep *s, int k)
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    return s->key[k].range;
}

bool spec_sweep_is_free(const struct spec_sweep *s, int k)
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    return s->key[k].leader < 0;
}

const char *spec_sweep_value(const struct spec_sweep *s, int k, double value, char buffer[32])
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    const struct sweep_key *key = &s->key[k];
    if (isnan(value))
        return "";
    if (key->range.kind != SWEEP_CHOICE)
        return text_number(buffer, value);
    ASSERT(value >= 0 && value < key->n, "%s: %g of %d", key->item->key, value, key->n);
    return key->text[(int)value];
}

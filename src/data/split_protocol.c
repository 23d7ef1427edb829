// Splits by a protocol: ranks the normal rows, in file order or at random, and keeps the first half.
#include "data/split_protocol.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/random.h"
#include "data/data_config.h"
#include "data/data_split.h"
#include "spec/spec.h"
#include <stdlib.h>

static int64_t count_normal_rows(const struct data_selection *s)
{
    int64_t normal = 0;

    for (int64_t i = 0; i < s->rows; i++)
        normal += !s->is_anomaly[i];
    return normal;
}

static int check_normal_rows(const struct data_config *cfg, const struct data_selection *s, struct err *e)
{
    const struct node *at = cfg->split_node ? node_get(cfg->split_node, "protocol") : NULL;

    if (!s->is_anomaly)
        return data_error(
            at, e, "found no rows known to be normal in train, which a protocol needs; hint: data.normal: [LABEL]");

    int64_t normal = count_normal_rows(s);
    if (normal < 2)
        return data_error(at, e, "found %lld normal rows in train, allowed: at least 2", (long long)normal);
    return 0;
}

int split_by_protocol(
    const struct data_config *cfg, struct data_selection *s, struct data_selection *rest, struct err *e)
{
    if (check_normal_rows(cfg, s, e) != 0)
        return -1;

    int32_t normal = (int32_t)count_normal_rows(s), half = (normal + 1) / 2;
    int32_t *order = mem_array((size_t)normal, sizeof *order, s->part->name, e);
    int8_t *is_in_half = mem_array((size_t)normal, 1, s->part->name, e);
    int8_t *keep = mem_array((size_t)s->rows, 1, s->part->name, e);
    int result = order && is_in_half && keep ? 0 : -1;

    if (result == 0 && cfg->protocol == PROTOCOL_HALF_SHUFFLED)
        random_permutation((uint64_t)cfg->seed, RANDOM_SPLIT, SPLIT_PROTOCOL, 0, normal, order);
    for (int32_t i = 0; i < normal && result == 0; i++)
        is_in_half[cfg->protocol == PROTOCOL_HALF_SHUFFLED ? order[i] : i] = i < half;
    for (int64_t i = 0, k = 0; i < s->rows && result == 0; i++) {
        ASSERT(k <= normal, "%lld normal rows", (long long)k);
        keep[i] = !s->is_anomaly[i] && is_in_half[k];
        k += !s->is_anomaly[i];
    }

    if (result == 0)
        result = data_partition(s, keep, rest, e);
    free(order);
    free(is_in_half);
    free(keep);
    return result;
}

// Sorts scores for all metrics: a radix sort, then groups of equal scores.
#include "metrics/metrics.h"

#include "base/err.h"
#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// During the sort, a sample is 64 bits: its key in the upper half, then one bit for "positive" and 31 bits for the
// sample's number. The sort uses only the key and is stable, so equal scores stay in the order of their numbers.
enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, PASSES = 3, KEY_SHIFT = 32 };
static const uint32_t POSITIVE = 1u << 31;

// Returns an unsigned integer. These integers ascend if the scores descend. NaN gives 0.
static uint32_t sort_key_of(float score)
{
    uint32_t bits;
    if (isnan(score))
        return 0;
    score += 0.0f; // -0 becomes 0
    memcpy(&bits, &score, sizeof bits);
    return bits >> 31 ? bits : ~(bits | 1u << 31);
}

static float score_of_key(uint32_t key)
{
    if (key == 0)
        return NAN;
    uint32_t bits = key >> 31 ? key : ~key & ~(1u << 31);
    float score;
    memcpy(&score, &bits, sizeof score);
    return score;
}

static uint32_t digit_of(uint64_t item, int pass)
{
    return (uint32_t)(item >> (KEY_SHIFT + pass * DIGIT_BITS)) % DIGITS;
}

// Does one pass of the sort from `from` to `to`; `count` holds how often each digit occurs. If all items have the same
// digit, moves nothing and returns false.
static bool scatter_by_digit(const uint64_t *from, uint64_t *to, int64_t n, int pass, uint32_t *count)
{
    if (count[digit_of(from[0], pass)] == (uint32_t)n)
        return false;

    uint32_t start = 0;
    for (int d = 0; d < DIGITS; d++) {
        uint32_t c = count[d];
        count[d] = start;
        start += c;
    }
    ASSERT(start == (uint32_t)n, "%u of %lld", start, (long long)n);

    for (int64_t i = 0; i < n; i++)
        to[count[digit_of(from[i], pass)]++] = from[i];
    return true;
}

// Sorts items (n), with `spare` (n) as working space. Returns which of the two arrays holds the result.
static uint64_t *sort_items(uint64_t *items, uint64_t *spare, int64_t n)
{
    uint32_t count[PASSES][DIGITS] = {{0}};

    for (int64_t i = 0; i < n; i++)
        for (int p = 0; p < PASSES; p++)
            count[p][digit_of(items[i], p)]++;

    for (int p = 0; p < PASSES && n > 0; p++)
        if (scatter_by_digit(items, spare, n, p, count[p])) {
            uint64_t *sorted = spare;
            spare = items;
            items = sorted;
        }

    return items;
}

static void fill_items(uint64_t *items, const float *score, const int8_t *positive, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        uint32_t sample = (uint32_t)i | (positive && positive[i] ? POSITIVE : 0);
        items[i] = (uint64_t)sort_key_of(score[i]) << KEY_SHIFT | sample;
    }
}

static int64_t count_groups(const uint64_t *items, int64_t n)
{
    int64_t groups = n > 0;
    for (int64_t i = 1; i < n; i++)
        groups += items[i] >> KEY_SHIFT != items[i - 1] >> KEY_SHIFT;
    return groups;
}

static void fill_groups(struct ranking *r, const uint64_t *items)
{
    int64_t g = -1;
    uint32_t last = 0;

    for (int64_t i = 0; i < r->n; i++) {
        uint32_t key = (uint32_t)(items[i] >> KEY_SHIFT), sample = (uint32_t)items[i];
        if (g < 0 || key != last) {
            ASSERT(g + 1 < r->groups, "group %lld", (long long)g + 1);
            r->score[++g] = score_of_key(key);
        }
        last = key;
        r->order[i] = (int32_t)(sample & ~POSITIVE);
        r->positives += sample >> 31;
        r->above[g] = (int32_t)(i + 1);
        r->hits[g] = (int32_t)r->positives;
    }

    r->nans = r->n && isnan(r->score[0]) ? r->above[0] : 0;
}

static struct ranking *ranking_of_sorted(const uint64_t *items, int64_t n, struct err *e)
{
    struct ranking *r = mem_new(1, sizeof *r);
    r->n = n;
    r->groups = count_groups(items, n);
    size_t groups = (size_t)r->groups;

    r->order = mem_array((size_t)n, sizeof *r->order, "order of scores", e);
    r->score = mem_array(groups, sizeof *r->score, "distinct scores", e);
    r->above = mem_array(groups, sizeof *r->above, "ranks of scores", e);
    r->hits = mem_array(groups, sizeof *r->hits, "positives by score", e);

    if (r->order && r->score && r->above && r->hits)
        fill_groups(r, items);
    else
        ranking_free(&r);

    return r;
}

struct ranking *ranking_new(const float *score, const int8_t *positive, int64_t n, struct err *e)
{
    ASSERT(n >= 0, "%lld samples", (long long)n);
    if (n > INT32_MAX) {
        err_add(e, ERR_DATA, "ranking: %lld samples, at most %d allowed", (long long)n, INT32_MAX);
        return NULL;
    }

    uint64_t *items = mem_array((size_t)n, sizeof *items, "keys of scores", e);
    uint64_t *spare = mem_array((size_t)n, sizeof *spare, "keys of scores, sorted", e);
    if (!items || !spare) {
        free(items);
        free(spare);
        return NULL;
    }

    fill_items(items, score, positive, n);
    uint64_t *sorted = sort_items(items, spare, n);
    free(sorted == items ? spare : items);

    struct ranking *r = ranking_of_sorted(sorted, n, e);
    free(sorted);
    return r;
}

void ranking_free(struct ranking **r)
{
    if (!*r)
        return;
    free((*r)->order);
    free((*r)->score);
    free((*r)->above);
    free((*r)->hits);
    free(*r);
    *r = NULL;
}

// Splits a selection. By rows: sorts the rows by label and draws a share of each label at random. By time or by group:
// split_parts.c chooses the rows.
#include "data/data_split.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/random.h"
#include "data/data_config.h"
#include "data/split_parts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The rows of one label, and how many of them are drawn.
struct stratum {
    uint32_t rank;       // position among the labels: gives each label its own random numbers
    int32_t first, rows; // a range of the sorted rows
    int32_t share;
    double remainder; // fraction of a row that rounding down removed from `share`
    int32_t lot;      // decides between equal remainders
};
struct strata {
    struct stratum *v; // owned
    uint32_t n;
};

struct keyed_row {
    int64_t label;
    int32_t row;
};

static int compare_keyed_rows(const void *a, const void *b)
{
    const struct keyed_row *x = a, *y = b;
    int by_row = (x->row > y->row) - (x->row < y->row);

    return x->label != y->label ? (x->label > y->label) - (x->label < y->label) : by_row;
}

// Returns the label of a row. Without labels, returns whether the row is an anomaly, if that is known.
static int64_t stratum_key(const struct data_selection *s, int64_t i)
{
    if (s->label)
        return s->label[i];
    return s->is_anomaly ? s->is_anomaly[i] : 0;
}

static struct keyed_row *sort_rows_by_label(const struct data_selection *s, struct err *e)
{
    struct keyed_row *sorted = mem_array((size_t)s->rows, sizeof *sorted, s->part->name, e);
    if (!sorted)
        return NULL;
    for (int64_t i = 0; i < s->rows; i++)
        sorted[i] = (struct keyed_row){stratum_key(s, i), (int32_t)i};
    qsort(sorted, (size_t)s->rows, sizeof *sorted, compare_keyed_rows);
    return sorted;
}

static struct strata find_strata(const struct keyed_row *sorted, int32_t rows, double fraction)
{
    struct strata strata = {0};

    for (int32_t i = 0; i < rows; i++) {
        if (i == 0 || sorted[i].label != sorted[i - 1].label) {
            if ((strata.n & (strata.n - 1)) == 0) // a power of two: the capacity doubles
                strata.v = mem_grow(strata.v, strata.n ? 2 * (size_t)strata.n : 1, sizeof *strata.v);
            strata.v[strata.n] = (struct stratum){.rank = strata.n, .first = i};
            strata.n++;
        }
        strata.v[strata.n - 1].rows++;
    }

    for (uint32_t k = 0; k < strata.n; k++) {
        double exact = fraction * strata.v[k].rows;
        strata.v[k].share = (int32_t)floor(exact);
        strata.v[k].remainder = exact - floor(exact);
    }
    return strata;
}

static int compare_claims(const void *a, const void *b)
{
    const struct stratum *x = a, *y = b;
    return x->remainder != y->remainder ? (x->remainder < y->remainder) - (x->remainder > y->remainder)
                                        : (x->lot > y->lot) - (x->lot < y->lot);
}

// Increases shares, one row each, in the order of the largest remainders, until they add up to `wanted` rows. The
// strata must have more rows than `wanted`.
static void hand_out_remainders(struct strata *strata, int32_t wanted, int64_t seed, enum data_split_purpose purpose)
{
    int32_t *lot = mem_new(strata->n, sizeof *lot);

    random_permutation((uint64_t)seed, RANDOM_SPLIT, purpose, UINT32_MAX, (int32_t)strata->n, lot);
    for (uint32_t k = 0; k < strata->n; k++) {
        strata->v[k].lot = lot[k];
        wanted -= strata->v[k].share;
    }

    free(lot);
    ASSERT(strata->n > 0 && wanted >= 0, "%d rows too many", -wanted);
    qsort(strata->v, strata->n, sizeof *strata->v, compare_claims);
    for (uint32_t k = 0; wanted > 0; k = (k + 1) % strata->n) {
        struct stratum *s = &strata->v[k];
        if (s->share < s->rows) {
            s->share++;
            wanted--;
        }
    }
}

// Sets keep[row] to 0 for the rows that are drawn from a stratum.
static void draw_stratum(const struct keyed_row *sorted, const struct stratum *s, int64_t seed,
    enum data_split_purpose purpose, int32_t *order, int8_t *keep)
{
    ASSERT(s->share >= 0 && s->share <= s->rows, "%d of %d rows", s->share, s->rows);
    random_permutation((uint64_t)seed, RANDOM_SPLIT, purpose, s->rank, s->rows, order);
    for (int32_t i = 0; i < s->share; i++)
        keep[sorted[s->first + order[i]].row] = 0;
}

static double split_fraction(const struct data_config *cfg, enum data_split_purpose purpose)
{
    return purpose == SPLIT_TEST ? cfg->test_fraction : cfg->validation_fraction;
}

// Sets keep[row] to 0 for a random share of the rows of each label, `wanted` rows in total.
static int draw_rows(const struct data_config *cfg, const struct data_selection *s, enum data_split_purpose purpose,
    int32_t wanted, int8_t *keep, struct err *e)
{
    int32_t rows = (int32_t)s->rows;
    struct keyed_row *sorted = sort_rows_by_label(s, e);
    int32_t *order = mem_array((size_t)rows, sizeof *order, s->part->name, e);
    int result = sorted && order ? 0 : -1;

    if (result == 0) {
        struct strata strata = find_strata(sorted, rows, split_fraction(cfg, purpose));
        hand_out_remainders(&strata, wanted, cfg->seed, purpose);
        for (uint32_t k = 0; k < strata.n; k++)
            draw_stratum(sorted, &strata.v[k], cfg->seed, purpose, order, keep);
        free(strata.v);
    }
    free(sorted);
    free(order);
    return result;
}

int data_split(const struct data_config *cfg, struct data_selection *s, enum data_split_purpose purpose,
    struct data_selection *part, struct err *e)
{
    if (s->rows < 2)
        return data_error(s->part->source[0].at, e, "found %lld row to split, allowed: at least 2", (long long)s->rows);

    int32_t rows = (int32_t)s->rows, wanted = (int32_t)lround(split_fraction(cfg, purpose) * rows);
    wanted = wanted < 1 ? 1 : wanted;
    wanted = wanted < rows ? wanted : rows - 1;

    int8_t *keep = mem_array((size_t)rows, 1, s->part->name, e);
    if (!keep)
        return -1;
    memset(keep, 1, (size_t)rows);
    int result = 0;
    if (cfg->split_by == SPLIT_BY_TIME)
        result = split_latest_rows(s, wanted, keep, e);
    else if (cfg->split_by == SPLIT_BY_GROUP)
        result = split_groups(cfg, s, purpose, wanted, keep, e);
    else
        result = draw_rows(cfg, s, purpose, wanted, keep, e);
    if (result == 0)
        result = data_partition(s, keep, part, e);
    free(keep);
    return result;
}

// --- folds

// Sets keep[row] to 0 for the rows of the fold, in which every label has its share.
static int draw_fold_rows(const struct data_config *cfg, const struct data_selection *s, int8_t *keep, struct err *e)
{
    int32_t rows = (int32_t)s->rows;
    struct keyed_row *sorted = sort_rows_by_label(s, e);
    int32_t *order = mem_array((size_t)rows, sizeof *order, s->part->name, e);
    int64_t dealt = 0;
    int result = sorted && order ? 0 : -1;

    if (result == 0) {
        struct strata strata = find_strata(sorted, rows, 0);
        for (uint32_t k = 0; k < strata.n; k++) {
            const struct stratum *v = &strata.v[k];
            random_permutation((uint64_t)cfg->seed, RANDOM_SPLIT, SPLIT_FOLD, v->rank, v->rows, order);
            for (int32_t i = 0; i < v->rows; i++, dealt++)
                keep[sorted[v->first + order[i]].row] = dealt % cfg->folds != cfg->fold - 1;
        }
        free(strata.v);
    }
    free(sorted);
    free(order);
    return result;
}

int data_split_fold(const struct data_config *cfg, struct data_selection *s, struct data_selection *part, struct err *e)
{
    int result = 0;

    ASSERT(cfg->fold <= cfg->folds, "fold %lld", (long long)cfg->fold);
    if (cfg->fold == 0)
        return data_error(s->part->source[0].at, e, "found data.folds without data.fold, allowed: a fold in [1, %lld]",
            (long long)cfg->folds);
    if (s->rows < cfg->folds)
        return data_error(s->part->source[0].at, e, "found %lld rows for %lld folds, allowed: at least as many rows",
            (long long)s->rows, (long long)cfg->folds);
    int8_t *keep = mem_array((size_t)s->rows, 1, s->part->name, e);
    if (!keep)
        return -1;

    if (cfg->split_by == SPLIT_BY_TIME)
        result = split_period(cfg, s, keep, e);
    else if (cfg->split_by == SPLIT_BY_GROUP)
        result = split_fold_groups(cfg, s, keep, e);
    else
        result = draw_fold_rows(cfg, s, keep, e);
    if (result == 0 && !memchr(keep, 0, (size_t)s->rows))
        result = data_error(s->part->source[0].at, e,
            "fold %lld of %lld has no row, because too many rows have the same time; hint: fewer folds",
            (long long)cfg->fold, (long long)cfg->folds);
    if (result == 0)
        result = data_partition(s, keep, part, e);
    free(keep);
    return result;
}

// Splits a selection by time or by group. Rows are ranked by their times, and groups by a random permutation of their
// numbers.
#include "data/split_parts.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/timestamp.h"
#include "data/coordinates.h"
#include "data/data_config.h"
#include "data/data_split.h"
#include "data/data_table.h"
#include "data/select_coordinates.h"
#include <stdlib.h>
#include <string.h>

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

// Copies the times of all rows to time (rows). Returns 0, or 1 if no table has times, or -1 and an error.
static int collect_times(const struct data_selection *s, int64_t *time, struct err *e)
{
    int with = 0;

    for (int k = 0; k < s->part->n; k++)
        with += s->tables[k]->coordinates.time != NULL;
    if (with == 0)
        return 1;
    for (int64_t i = 0; i < s->rows; i++) {
        const struct data_table *t = s->tables[s->source[i]];
        time[i] = t->coordinates.time ? t->coordinates.time[s->index[i]] : TIME_MISSING;
        if (time[i] == TIME_MISSING)
            return data_error(s->part->source[s->source[i]].at, e,
                "row %lld of %s has no time, which data.split.by: time needs; hint: by: group, or where",
                (long long)s->index[i], t->name);
    }
    return 0;
}

int split_latest_rows(const struct data_selection *s, int64_t wanted, int8_t *keep, struct err *e)
{
    int64_t *time = mem_array((size_t)s->rows, sizeof *time, s->part->name, e);
    int64_t *sorted = mem_array((size_t)s->rows, sizeof *sorted, s->part->name, e);
    int result = time && sorted ? collect_times(s, time, e) : -1;

    ASSERT(wanted > 0 && wanted < s->rows, "%lld of %lld rows", (long long)wanted, (long long)s->rows);
    if (result == 1) {
        memset(keep + s->rows - wanted, 0, (size_t)wanted);
        result = 0;
    } else if (result == 0) {
        memcpy(sorted, time, (size_t)s->rows * sizeof *time);
        qsort(sorted, (size_t)s->rows, sizeof *sorted, compare_times);
        int64_t first = sorted[s->rows - wanted];
        for (int64_t i = 0; i < s->rows; i++)
            keep[i] = time[i] < first;
        if (sorted[0] == first)
            result = data_error(s->part->source[0].at, e,
                "%s cannot be split by time: at least %lld of its %lld rows have the earliest time; hint: by: rows",
                s->part->name, (long long)(s->rows - wanted + 1), (long long)s->rows);
    }
    free(time);
    free(sorted);
    return result;
}

int split_period(const struct data_config *cfg, const struct data_selection *s, int8_t *keep, struct err *e)
{
    int64_t first = s->rows * (cfg->fold - 1) / cfg->folds, last = s->rows * cfg->fold / cfg->folds;
    int64_t *time = mem_array((size_t)s->rows, sizeof *time, s->part->name, e);
    int64_t *sorted = mem_array((size_t)s->rows, sizeof *sorted, s->part->name, e);
    int result = time && sorted ? collect_times(s, time, e) : -1;

    for (int64_t i = 0; i < s->rows && result == 1; i++)
        keep[i] = i < first || i >= last;
    if (result == 0) {
        memcpy(sorted, time, (size_t)s->rows * sizeof *time);
        qsort(sorted, (size_t)s->rows, sizeof *sorted, compare_times);
        bool is_last = cfg->fold == cfg->folds;
        for (int64_t i = 0; i < s->rows; i++)
            keep[i] = time[i] < sorted[first] || (!is_last && time[i] >= sorted[last]);
    }
    free(time);
    free(sorted);
    return result < 0 ? -1 : 0;
}

// --- groups

// Returns the number of rows of each group, in new memory. Rows without a group are counted as one more group, the
// last.
static int64_t *count_group_rows(const struct coordinates *c, int64_t rows)
{
    int64_t *count = mem_new((size_t)c->n_group_names + 1, sizeof *count);

    for (int64_t i = 0; i < rows; i++)
        count[c->group[i] == GROUP_MISSING ? c->n_group_names : c->group[i]]++;
    return count;
}

// Returns the group with the fewest rows. Groups without rows do not count.
static int32_t smallest_group(const int64_t *count, int32_t n)
{
    int32_t smallest = -1;

    for (int32_t g = 0; g < n; g++)
        if (count[g] > 0 && (smallest < 0 || count[g] < count[smallest]))
            smallest = g;
    return smallest;
}

// Sets goes[group] to 1 for groups that are drawn at random. Groups without rows are ignored. Returns the number of
// groups that have rows.
static int draw_groups(
    const struct data_config *cfg, unsigned purpose, const int64_t *count, int32_t n, int64_t wanted, int8_t *goes)
{
    int32_t *order = mem_new((size_t)n, sizeof *order), present = 0, drawn = 0;

    for (int32_t g = 0; g < n; g++)
        present += count[g] > 0;
    random_permutation((uint64_t)cfg->seed, RANDOM_SPLIT, purpose, UINT32_MAX - 1, n, order);
    for (int32_t i = 0; i < n && drawn + 1 < present; i++) {
        int64_t more = count[order[i]];
        if (more == 0 || 2 * wanted < more) // without this group, the number of rows is closer to `wanted`
            continue;
        goes[order[i]] = 1;
        wanted -= more;
        drawn++;
    }
    free(order);

    if (drawn == 0 && present > 1)
        goes[smallest_group(count, n)] = 1;
    return present;
}

// Sets goes[group] to 1 for the groups of the fold. Returns the number of groups that have rows.
static int deal_groups(const struct data_config *cfg, const int64_t *count, int32_t n, int8_t *goes)
{
    int32_t *order = mem_new((size_t)n, sizeof *order);
    int present = 0;

    random_permutation((uint64_t)cfg->seed, RANDOM_SPLIT, SPLIT_FOLD, UINT32_MAX - 1, n, order);
    for (int32_t i = 0; i < n; i++)
        if (count[order[i]] > 0)
            goes[order[i]] = present++ % cfg->folds == cfg->fold - 1;
    free(order);
    return present;
}

// The groups of a selection, and which of them leave it.
struct group_rows {
    struct coordinates c; // owned
    int64_t *count;       // (n), owned: number of rows of each group
    int8_t *goes;         // (n), owned: 1: the group leaves the selection
    int32_t n;            // number of groups; the last one holds the rows without a group
};

// Finds the groups of a selection. Returns -1 and an error if it has none. The caller frees *g in any case.
static int group_rows_open(struct group_rows *g, const struct data_selection *s, struct err *e)
{
    *g = (struct group_rows){0};
    if (select_groups(s, &g->c, e) != 0)
        return -1;
    if (!g->c.group)
        return data_error(s->part->source[0].at, e,
            "found no groups in %s, which data.split.by: group needs; hint: hourglass import --group COLUMN",
            s->part->name);

    g->n = g->c.n_group_names + 1;
    g->count = count_group_rows(&g->c, s->rows);
    g->goes = mem_new((size_t)g->n, sizeof *g->goes);
    return 0;
}

static void group_rows_free(struct group_rows *g, int64_t rows)
{
    free(g->count);
    free(g->goes);
    coordinates_free(&g->c, rows);
}

// Sets keep (rows): 0 for the rows of groups that leave the selection, 1 for all other rows.
static void keep_groups(const struct group_rows *g, int64_t rows, int8_t *keep)
{
    for (int64_t i = 0; i < rows; i++)
        keep[i] = !g->goes[g->c.group[i] == GROUP_MISSING ? g->n - 1 : g->c.group[i]];
}

int split_groups(const struct data_config *cfg, const struct data_selection *s, unsigned purpose, int64_t wanted,
    int8_t *keep, struct err *e)
{
    struct group_rows g;
    int result = group_rows_open(&g, s, e);

    if (result == 0) {
        int present = draw_groups(cfg, purpose, g.count, g.n, wanted, g.goes);
        keep_groups(&g, s->rows, keep);
        if (present < 2)
            result = data_error(s->part->source[0].at, e, "found %d group in %s to split by group, allowed: at least 2",
                present, s->part->name);
    }
    group_rows_free(&g, s->rows);
    return result;
}

int split_fold_groups(const struct data_config *cfg, const struct data_selection *s, int8_t *keep, struct err *e)
{
    struct group_rows g;
    int result = group_rows_open(&g, s, e);

    if (result == 0) {
        int present = deal_groups(cfg, g.count, g.n, g.goes);
        keep_groups(&g, s->rows, keep);
        if (present < cfg->folds)
            result = data_error(s->part->source[0].at, e,
                "found %d groups in %s for %lld folds, allowed: at least as many groups", present, s->part->name,
                (long long)cfg->folds);
    }
    group_rows_free(&g, s->rows);
    return result;
}

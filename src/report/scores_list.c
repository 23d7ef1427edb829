// Keeps the rows with the largest errors in a heap. The root is the row with the smallest of these errors. When the
// list is full, a row with a larger error replaces it.
#include "report/scores_list.h"

#include "base/mem.h"
#include "report/scores_list_impl.h"
#include <math.h>
#include <stdlib.h>

static void free_scored_row(struct scored_row *r)
{
    free(r->file);
    free(r->id);
    free(r->time);
    for (int k = 0; k < SCORES_TOP; k++)
        free(r->feature[k]);
}

// Returns the number by which rows are sorted. Rows without an error come last.
static double rank_of(const struct scored_row *r)
{
    return isnan(r->error) ? -INFINITY : r->error;
}

// Returns true if row a comes after row b in the list.
static bool is_listed_behind(const struct scored_row *a, const struct scored_row *b)
{
    return rank_of(a) != rank_of(b) ? rank_of(a) < rank_of(b) : a->place > b->place;
}

static void swap_rows(struct scored_row *a, struct scored_row *b)
{
    struct scored_row c = *a;
    *a = *b;
    *b = c;
}

// Moves row i of the heap down until every row below it comes before it in the list.
static void sink_row(struct scores_list *l, int64_t i)
{
    for (;;) {
        int64_t least = i;
        for (int64_t child = 2 * i + 1; child <= 2 * i + 2 && child < l->n; child++)
            if (is_listed_behind(&l->v[child], &l->v[least]))
                least = child;
        if (least == i)
            return;
        swap_rows(&l->v[i], &l->v[least]);
        i = least;
    }
}

static void raise_row(struct scores_list *l, int64_t i)
{
    for (; i > 0 && is_listed_behind(&l->v[i], &l->v[(i - 1) / 2]); i = (i - 1) / 2)
        swap_rows(&l->v[i], &l->v[(i - 1) / 2]);
}

bool scores_list_is_above(const struct scores_list *l, double error)
{
    return (double)(float)error > l->threshold;
}

// Returns true if the query selects a row, whether or not the list has space for it.
static bool is_selected(const struct scores_list *l, const struct scored_row *row)
{
    if (l->query.is_above_threshold && (row->is_anomalous || !isnan(l->threshold)))
        return row->is_anomalous;
    return row->error > l->query.above;
}

bool scores_list_wants(struct scores_list *l, const struct scored_row *row)
{
    bool is_above = scores_list_is_above(l, row->error);

    l->rows++;
    l->unscored += isnan(row->error);
    l->above += is_above;
    l->marked += row->is_anomalous && !is_above;
    if (!is_selected(l, row))
        return false;
    return l->query.most == 0 || l->n < l->query.most || is_listed_behind(&l->v[0], row);
}

void scores_list_add(struct scores_list *l, const struct scored_row *row)
{
    ASSERT(!isnan(row->error) || row->is_anomalous, "row %lld", (long long)row->row);
    if (l->query.most && l->n == l->query.most) {
        free_scored_row(&l->v[0]);
        l->v[0] = *row;
        sink_row(l, 0);
        return;
    }

    if (l->n == l->room) {
        l->room = 2 * l->room + 16;
        l->v = mem_grow(l->v, (size_t)l->room, sizeof *l->v);
    }
    l->v[l->n] = *row;
    raise_row(l, l->n++);
}

static int compare_rows(const void *a, const void *b)
{
    return is_listed_behind(a, b) - is_listed_behind(b, a);
}

void scores_list_sort(struct scores_list *l)
{
    if (l->n > 1)
        qsort(l->v, (size_t)l->n, sizeof *l->v, compare_rows);
}

void scores_list_free(struct scores_list *l)
{
    for (int64_t i = 0; i < l->n; i++)
        free_scored_row(&l->v[i]);
    free(l->v);
    *l = (struct scores_list){0};
}

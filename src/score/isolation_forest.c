// Grows the trees node by node. A node splits its rows at a random value of a random feature that varies over these
// rows. Random numbers are counted per tree, so that a tree depends only on the seed and its own number.
#include "score/isolation_forest.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/random.h"
#include "data/gather.h"
#include <math.h>
#include <stdlib.h>

enum { TREES = 100, TREE_ROWS = 256, DEPTH_MOST = 8, NODES_MOST = 2 * TREE_ROWS };
static const double EULER = 0.5772156649015329;

struct forest_node {
    int32_t feature; // -1: a leaf
    int32_t left;    // the child with the rows below `value`; node left + 1 has the other rows
    float value;
    float path; // of a leaf: its depth plus the expected depth of a tree of its rows
};

struct isolation_forest {
    int columns, rows;        // features of a row; rows per tree
    struct forest_node *node; // (TREES, NODES_MOST), owned
};

// A tree while it grows.
struct growing_tree {
    const real *x;    // (rows, columns)
    int32_t *order;   // (rows): row numbers; those of one node are adjacent
    int32_t *varying; // (columns): features that are not constant in a node
    struct forest_node *node;
    int n_nodes, columns;
    uint64_t seed, drawn; // drawn: random numbers drawn so far
    uint32_t tree;
};

static uint32_t draw_number(struct growing_tree *t)
{
    uint64_t number = t->drawn++;
    return random_at(t->seed, RANDOM_FOREST, t->tree, number / 4).v[number % 4];
}

// Returns a random integer in [0, n).
static int32_t draw_below(struct growing_tree *t, int64_t n)
{
    return (int32_t)(((uint64_t)draw_number(t) * (uint64_t)n) >> 32);
}

// Returns the mean depth of an unsuccessful search in a binary search tree of n rows.
static double expected_depth(int n)
{
    if (n < 2)
        return 0;
    return n == 2 ? 1 : 2 * (log(n - 1.0) + EULER) - 2 * (n - 1.0) / n;
}

// Draws `wanted` different row numbers below `rows` (Floyd's method: Bentley and Floyd 1987).
static void draw_tree_rows(struct growing_tree *t, int64_t rows, int wanted, int32_t *list)
{
    ASSERT(wanted <= rows, "%d of %lld rows", wanted, (long long)rows);
    for (int i = 0; i < wanted; i++) {
        int64_t last = rows - wanted + i;
        int32_t row = draw_below(t, last + 1);
        for (int k = 0; k < i; k++)
            if (list[k] == row) {
                row = (int32_t)last;
                break;
            }
        list[i] = row;
    }
}

static real value_at(const struct growing_tree *t, int i, int column)
{
    return t->x[(size_t)t->order[i] * (size_t)t->columns + (size_t)column];
}

static void find_node_range(const struct growing_tree *t, int first, int rows, int column, real *low, real *high)
{
    *low = *high = value_at(t, first, column);
    for (int i = first + 1; i < first + rows; i++) {
        real v = value_at(t, i, column);
        *low = v < *low ? v : *low;
        *high = v > *high ? v : *high;
    }
}

// Draws a feature that varies over the rows, and sets *low and *high to its range. Returns -1 if no feature varies.
static int draw_feature(struct growing_tree *t, int first, int rows, real *low, real *high)
{
    for (int c = 0; c < t->columns; c++)
        t->varying[c] = c;
    for (int left = t->columns; left > 0; left--) {
        int at = draw_below(t, left), column = t->varying[at];
        find_node_range(t, first, rows, column, low, high);
        if (*high > *low)
            return column;
        t->varying[at] = t->varying[left - 1];
    }
    return -1;
}

// Moves the rows whose feature `column` is below `value` to the front. Returns how many there are.
static int part_rows(struct growing_tree *t, int first, int rows, int column, float value)
{
    int below = 0;

    for (int i = first; i < first + rows; i++)
        if ((float)value_at(t, i, column) < value) {
            int32_t other = t->order[first + below];
            t->order[first + below++] = t->order[i];
            t->order[i] = other;
        }
    return below;
}

// A node and its rows, which are [first, first + rows) of the order.
struct node_rows {
    int node, first, rows, depth;
};

// Makes a node a leaf, or splits it and adds its two children to `open`. Returns how many nodes it added.
static int grow_node(struct growing_tree *t, const struct node_rows *n, struct node_rows *open)
{
    struct forest_node *node = &t->node[n->node];
    real low = 0, high = 0;
    int column = n->rows > 1 && n->depth < DEPTH_MOST ? draw_feature(t, n->first, n->rows, &low, &high) : -1;

    if (column < 0) {
        *node = (struct forest_node){.feature = -1, .path = (float)(n->depth + expected_depth(n->rows))};
        return 0;
    }

    float value = (float)((double)low + (double)random_unit(draw_number(t)) * ((double)high - (double)low));
    value = value > (float)low ? value : (float)high; // so that both parts have rows
    int below = part_rows(t, n->first, n->rows, column, value);
    *node = (struct forest_node){.feature = column, .left = t->n_nodes, .value = value};
    open[0] = (struct node_rows){t->n_nodes, n->first, below, n->depth + 1};
    open[1] = (struct node_rows){t->n_nodes + 1, n->first + below, n->rows - below, n->depth + 1};
    t->n_nodes += 2;
    ASSERT(t->n_nodes <= NODES_MOST && below > 0 && below < n->rows, "%d of %d rows", below, n->rows);
    return 2;
}

static void grow_tree(struct growing_tree *t, int rows)
{
    struct node_rows open[2 * DEPTH_MOST + 2] = {{0, 0, rows, 0}};
    int n = 1;

    t->n_nodes = 1;
    for (int i = 0; i < rows; i++)
        t->order[i] = i;
    while (n > 0) {
        struct node_rows next = open[--n];
        n += grow_node(t, &next, open + n);
    }
}

static void grow_trees(struct isolation_forest *f, const struct dataset *train, uint64_t seed, real *x)
{
    int32_t list[TREE_ROWS], order[TREE_ROWS];
    int32_t *varying = mem_new((size_t)f->columns, sizeof *varying);

    for (uint32_t k = 0; k < TREES; k++) {
        struct growing_tree t = {.x = x,
            .order = order,
            .varying = varying,
            .node = f->node + (size_t)k * NODES_MOST,
            .columns = f->columns,
            .seed = seed,
            .tree = k};
        draw_tree_rows(&t, train->rows, f->rows, list);
        dataset_gather(train, list, f->rows, x);
        grow_tree(&t, f->rows);
    }
    free(varying);
}

struct isolation_forest *isolation_forest_new(const struct dataset *train, uint64_t seed, struct err *e)
{
    struct isolation_forest *f = mem_new(1, sizeof *f);
    real *x = mem_array((size_t)TREE_ROWS * (size_t)train->columns, sizeof *x, "rows of a tree", e);

    f->columns = train->columns;
    f->rows = train->rows < TREE_ROWS ? (int)train->rows : TREE_ROWS;
    f->node = x ? mem_array((size_t)TREES * NODES_MOST, sizeof *f->node, "an isolation forest", e) : NULL;
    if (f->node)
        grow_trees(f, train, seed, x);
    else
        isolation_forest_free(&f);
    free(x);

    return f;
}

void isolation_forest_free(struct isolation_forest **f)
{
    if (!*f)
        return;

    free((*f)->node);
    free(*f);
    *f = NULL;
}

double isolation_forest_score(const struct isolation_forest *f, const real *x)
{
    double sum = 0, expected = expected_depth(f->rows);

    for (int k = 0; k < TREES; k++) {
        const struct forest_node *tree = f->node + (size_t)k * NODES_MOST, *at = tree;
        while (at->feature >= 0)
            at = tree + at->left + !((float)x[at->feature] < at->value);
        sum += (double)at->path;
    }
    return expected > 0 ? exp2(-sum / TREES / expected) : 0.5;
}

// Computes distances to the k-th nearest training row (Ramaswamy, Rastogi and Shim 2000), or to the mean of the k
// nearest, for several k at once. Local distances are in units of the spread of these k rows. They find samples that
// are close to dense training rows and yet not among them, as the local outlier factor does (Breunig et al. 2000).
//
// Distances for different k have different scales. So each distance is replaced by its rank among the distances of
// training rows, for which a row is not its own neighbour. The ranks depend only on the training rows, so the error of
// a row does not depend on the rows that are scored with it.
#include "nn/neighbours.h"

#include "base/mem.h"
#include "nn/nearest.h"
#include "nn/nn_impl.h"
#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COMPARED_ROWS = 4096, K_MOST = 1000 };
enum distance_kind { DISTANCE_MEAN, DISTANCE_KTH, DISTANCE_LOCAL };
enum { ROWS, SQUARES, DISTANCES }; // blocks of the layer

// The least spread of neighbours, as a share of the squared distance from their mean. Equal neighbours have none.
static const double LEAST_SPREAD = 1e-6;

// Settings of the layer. Each k is below the number of kept rows, so that a training row has k neighbours, too.
struct neighbours {
    struct field_ints k; // numbers of neighbours, ascending
    int distance;        // enum distance_kind
    int64_t rows, max_rows;
};

static const char *const distance_choices[] = {"mean", "kth", "local", NULL};
const struct field neighbours_fields[] = {
    FIELD_ROW(neighbours, k, "k", FIELD_INTS,
        "numbers of neighbours; the error is the mean rank over them; default: [1, 2, 3, 5, 10, 20, 40, 80], or with "
        "distance local [10, 20, 40, 80]",
        .min = 1, .max = K_MOST),
    FIELD_ROW(neighbours, distance, "distance", FIELD_CHOICE,
        "mean: from a sample to the mean of its k nearest training rows; kth: to the k-th nearest one; local: as mean, "
        "divided by the root mean square distance of these rows from their mean",
        .default_text = "mean", .choices = distance_choices),
    FIELD_ROW(neighbours, rows, "rows", FIELD_INT,
        "how many training rows are kept; 0: all, up to max_rows. Results have the number", .default_text = "0",
        .max = 1e8),
    FIELD_ROW(neighbours, max_rows, "max_rows", FIELD_INT,
        "of more training rows, this many are kept, drawn with train.seed", .default_text = "50000", .min = 2,
        .max = 1e8),
    {0},
};

static const struct layer *fitted_layer(const struct model *m)
{
    ASSERT(model_is_fitted(m), "a model that is trained");
    return &m->layers[0];
}

static const struct neighbours *neighbours_of(const struct model *m)
{
    return fitted_layer(m)->config;
}

bool model_is_fitted(const struct model *m)
{
    return m->n_layers == 1 && m->layers[0].type == &neighbours_layer;
}

static int clamped_k(const struct neighbours *c, int i)
{
    return c->k.v[i] < c->rows ? (int)c->k.v[i] : (int)c->rows - 1;
}

static int largest_k(const struct neighbours *c)
{
    return clamped_k(c, c->k.n - 1);
}

// --- the section

static int compare_k(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

// Sets the default numbers of neighbours if none are given. Sorts the numbers and removes duplicates, because neither
// order nor repetition has a meaning.
static void settle_k(struct field_ints *k, enum distance_kind distance)
{
    static const int64_t all[] = {1, 2, 3, 5, 10, 20, 40, 80};
    const int few = distance == DISTANCE_LOCAL ? 4 : 0; // the spread of a few rows is mostly chance
    int n = 0;

    if (k->n == 0) {
        k->n = (int)(sizeof all / sizeof *all) - few;
        k->v = memcpy(mem_new((size_t)k->n, sizeof *k->v), all + few, (size_t)k->n * sizeof *k->v);
    }
    qsort(k->v, (size_t)k->n, sizeof *k->v, compare_k);
    for (int i = 0; i < k->n; i++)
        if (n == 0 || k->v[n - 1] != k->v[i])
            k->v[n++] = k->v[i];
    k->n = n;
}

static void add_rows_block(struct layer *l, const char *name, int rows, int columns, const char *const *axes)
{
    layer_add_block(l, &(struct block){.name = name,
                           .count = (size_t)rows * (size_t)columns,
                           .rank = columns > 1 ? 2 : 1,
                           .dims = {rows, columns},
                           .axes = {axes[0], axes[1]},
                           .initializer = ZEROS,
                           .is_statistic = true});
}

static int compared_rows(const struct neighbours *c)
{
    return c->rows < COMPARED_ROWS ? (int)c->rows : COMPARED_ROWS;
}

// Sets shapes and blocks. As long as the number of rows is not known, the blocks are those for two rows.
static int neighbours_build(struct layer *l, const struct node *at, struct err *e)
{
    static const char *const rows[] = {"row", "feature"}, *const distances[] = {"k", "level"};
    struct neighbours *c = l->config;
    struct neighbours sized = *c;
    int columns = shape_size(&l->in);

    if (c->rows == 1)
        return node_error(node_get(at, "rows"), e, "found 1, allowed: 0 or at least 2");
    settle_k(&c->k, (enum distance_kind)c->distance);
    if (c->distance == DISTANCE_LOCAL && c->k.v[0] < 2)
        return node_error(
            node_get(at, "k"), e, "found 1, allowed with distance local: 2 or more, because one row has no spread");
    sized.rows = c->rows ? c->rows : 2;
    if ((double)sized.rows * columns > 1 << 30)
        return node_error(at, e, "%lld rows x %d values are more than 2^30; hint: max_rows: %d", (long long)sized.rows,
            columns, (1 << 30) / columns);

    l->out = l->in;
    l->kept = (size_t)c->k.n;
    l->n_blocks = 0;
    add_rows_block(l, "rows", (int)sized.rows, columns, rows);
    add_rows_block(l, "squares", (int)sized.rows, 1, rows);
    add_rows_block(l, "distances", c->k.n, compared_rows(&sized), distances);
    return 0;
}

int neighbours_take_rows(struct layer *l, int64_t training_rows, const struct node *at, struct err *e)
{
    struct neighbours *c = l->config;

    if (training_rows < 2 || c->rows > training_rows)
        return node_error(at, e, "neighbours of %lld rows: found %lld training rows, allowed: at least %lld",
            (long long)c->rows, (long long)training_rows, (long long)(c->rows > 2 ? c->rows : 2));
    if (!c->rows)
        c->rows = training_rows < c->max_rows ? training_rows : c->max_rows;
    return neighbours_build(l, at, e);
}

double neighbours_operations(const struct layer *l)
{
    const struct neighbours *c = l->config;
    return 2.0 * (double)c->rows * shape_size(&l->in);
}

struct node *neighbours_write(const struct model *m)
{
    const struct neighbours *c = neighbours_of(m);
    struct node *map = node_new_map(), *section = spec_write(neighbours_fields, c, 0);
    struct node *unused = node_take(section, c->rows ? "max_rows" : "rows");

    node_free(&unused);
    node_add(map, "neighbours", section);
    return map;
}

// --- passes

// The results of measuring some rows.
struct measured {
    real *distance; // (rows, k.n)
    real *y;        // (rows, columns): the mean over all k of the mean of the k nearest rows; NULL: not needed
};

static void measure_beyond(const struct neighbours *c, int columns, const struct measured *out)
{
    for (int i = 0; i < c->k.n; i++)
        out->distance[i] = INFINITY;
    for (int j = 0; out->y && j < columns; j++)
        out->y[j] = 0;
}

// Returns the distance to the mean of the k nearest rows, as `kind` says. `square` is its square.
static double distance_of_kind(
    enum distance_kind kind, const struct nearest_row *near, int k, double square, double sum_of_squares)
{
    if (kind == DISTANCE_KTH)
        return sqrt(near[k - 1].square);
    if (kind == DISTANCE_MEAN || square <= 0)
        return sqrt(square);

    // The mean square distance of rows from x is that from their mean, plus the square of the distance to their mean.
    const double spread = fmax(sum_of_squares / k - square, 0);
    return sqrt(square / (spread + LEAST_SPREAD * square));
}

// Measures the distances of row x, whose nearest rows are `near`. Without nearest rows, they are infinite. `sum`
// (columns) is working space.
static void measure_row(const struct layer *l, const real *rows, const real *x, const struct nearest_row *near,
    double *sum, const struct measured *out)
{
    const struct neighbours *c = l->config;
    const int columns = shape_size(&l->in);
    double squares = 0; // of the distances of the rows taken so far
    int taken = 0;
    if (near[0].number < 0) {
        measure_beyond(c, columns, out);
        return;
    }

    memset(sum, 0, (size_t)columns * sizeof *sum);
    for (int j = 0; out->y && j < columns; j++)
        out->y[j] = 0;
    for (int i = 0; i < c->k.n; i++) {
        int k = clamped_k(c, i);
        double square = 0;
        for (; taken < k; taken++) {
            squares += (double)near[taken].square;
            for (int j = 0; j < columns; j++)
                sum[j] += (double)rows[(size_t)near[taken].number * (size_t)columns + (size_t)j];
        }
        for (int j = 0; j < columns; j++) {
            double mean = sum[j] / k, difference = (double)x[j] - mean;
            square += difference * difference;
            if (out->y)
                out->y[j] += (real)(mean / c->k.n);
        }
        out->distance[i] = (real)distance_of_kind((enum distance_kind)c->distance, near, k, square, squares);
    }
}

// The rows to measure: x (n, columns).
struct measured_rows {
    int n;
    const real *x;
    bool leaves_out;
};

// Measures rows in parts of NEAREST_QUERIES, the most that nearest_find takes.
static void measure_rows(
    const struct layer *l, const real *w, const struct measured_rows *of, const struct measured *out)
{
    const struct neighbours *c = l->config;
    const int columns = shape_size(&l->in), k = largest_k(c);
    const struct nearest_set set = {w + l->blocks[ROWS].offset, w + l->blocks[SQUARES].offset, (int)c->rows, columns};
    ASSERT(c->rows >= 2, "a model without rows");
    struct nearest_row *near = mem_new((size_t)NEAREST_QUERIES * (size_t)k, sizeof *near);
    double *sum = mem_new((size_t)columns, sizeof *sum);

    for (int first = 0; first < of->n; first += NEAREST_QUERIES) {
        int part = of->n - first < NEAREST_QUERIES ? of->n - first : NEAREST_QUERIES;
        nearest_find(&set, part, of->x + (size_t)first * (size_t)columns, k, of->leaves_out, near);
        for (int i = 0; i < part; i++) {
            size_t row = (size_t)(first + i), at = row * (size_t)columns;
            struct measured place = {out->distance + row * (size_t)c->k.n, out->y ? out->y + at : NULL};
            measure_row(l, set.row, of->x + at, near + (size_t)i * (size_t)k, sum, &place);
        }
    }

    free(near);
    free(sum);
}

static void neighbours_forward(const struct layer *l, const struct pass *p)
{
    measure_rows(
        l, p->w, &(struct measured_rows){p->rows, p->x, p->step->leaves_out}, &(struct measured){p->kept, p->y});
}

const struct layer_type neighbours_layer = {
    .name = "neighbours",
    .fields = neighbours_fields,
    .config_size = sizeof(struct neighbours),
    .build = neighbours_build,
    .forward = neighbours_forward,
};

// --- the fit

int model_kept_rows(const struct model *m)
{
    return (int)neighbours_of(m)->rows;
}

real *model_rows(const struct model *m, real *w)
{
    return w + fitted_layer(m)->blocks[ROWS].offset;
}

int neighbours_compared(const struct model *m)
{
    return compared_rows(neighbours_of(m));
}

int neighbours_pieces(const struct model *m)
{
    return (neighbours_compared(m) + NEAREST_QUERIES - 1) / NEAREST_QUERIES;
}

real *neighbours_distances(const struct model *m, real *w, size_t *n)
{
    const struct block *b = &fitted_layer(m)->blocks[DISTANCES];

    *n = b->count;
    return w + b->offset;
}

void neighbours_begin(const struct model *m, real *w)
{
    const struct layer *l = fitted_layer(m);
    int columns = shape_size(&m->input);
    real *rows = model_rows(m, w), *squares = w + l->blocks[SQUARES].offset;
    size_t n = 0;
    real *distances = neighbours_distances(m, w, &n);

    for (size_t i = 0; i < l->blocks[ROWS].count; i++)
        rows[i] = isnan(rows[i]) ? 0 : rows[i]; // layers get 0 in place of a missing value
    for (int i = 0; i < model_kept_rows(m); i++)
        squares[i] = (real)square_norm(rows + (size_t)i * (size_t)columns, columns);
    memset(distances, 0, n * sizeof *distances);
}

// Compares evenly spaced rows with the others.
void neighbours_measure(const struct model *m, real *w, int piece)
{
    const struct layer *l = fitted_layer(m);
    const struct neighbours *c = l->config;
    const size_t columns = (size_t)shape_size(&m->input), ks = (size_t)c->k.n;
    int all = neighbours_compared(m), first = piece * NEAREST_QUERIES;
    int n = all - first < NEAREST_QUERIES ? all - first : NEAREST_QUERIES;
    size_t count = 0;
    real *out = neighbours_distances(m, w, &count);
    real *x = mem_new((size_t)n * columns, sizeof *x), *distance = mem_new((size_t)n * ks, sizeof *distance);

    ASSERT(n > 0 && count == ks * (size_t)all, "piece %d", piece);
    for (int i = 0; i < n; i++) {
        int64_t from = (int64_t)(first + i) * c->rows / all;
        memcpy(x + (size_t)i * columns, model_rows(m, w) + (size_t)from * columns, columns * sizeof *x);
    }
    measure_rows(l, w, &(struct measured_rows){n, x, true}, &(struct measured){distance, NULL});
    for (int i = 0; i < n; i++)
        for (size_t k = 0; k < ks; k++)
            out[k * (size_t)all + (size_t)(first + i)] = distance[(size_t)i * ks + k];

    free(x);
    free(distance);
}

static int compare_reals(const void *a, const void *b)
{
    real x = *(const real *)a, y = *(const real *)b;

    return (x > y) - (x < y);
}

void neighbours_end(const struct model *m, real *w)
{
    size_t count = 0, all = (size_t)neighbours_compared(m);
    real *distances = neighbours_distances(m, w, &count);

    for (size_t at = 0; at < count; at += all)
        qsort(distances + at, all, sizeof *distances, compare_reals);
}

// --- errors

// Returns the number of sorted distances that are below `distance` or, with `or_equal`, not above it.
static int count_below(const real *sorted, int n, real distance, bool or_equal)
{
    int low = 0, high = n;

    while (low < high) {
        int middle = (low + high) / 2;
        if (sorted[middle] < distance || (or_equal && sorted[middle] == distance))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Returns how far a distance is beyond the largest one of the training rows, as the logarithm of their ratio, which is
// positive. If the largest is 0, a ratio does not exist, so the logarithm is that of 1 + distance / unit. It grows with
// the distance, too, and is 0 at 0.
static double excess_beyond(double distance, double largest, double unit)
{
    ASSERT(distance > largest && largest >= 0 && unit > 0, "distance %g, largest %g, unit %g", distance, largest, unit);
    return largest > 0 ? log(distance / largest) : log1p(distance / unit);
}

// Returns the rank of a distance, which never falls as the distance grows. At the i-th of n sorted distances (i from 0)
// it is (i + 1/2) / n; between two of them it is interpolated. Beyond the largest, the rank is that of the largest plus
// excess_beyond.
static double distance_rank(const real *sorted, int n, real distance, double unit)
{
    int below = count_below(sorted, n, distance, false), up_to = count_below(sorted, n, distance, true);

    if (below == n)
        return (n - 0.5) / n + excess_beyond((double)distance, (double)sorted[n - 1], unit);
    if (up_to > below) // equal to some distances: the middle of their ranks
        return 0.5 * (below + up_to) / n;

    double next = (double)sorted[below], last = below ? (double)sorted[below - 1] : 0;
    double part = ((double)distance - last) / (next - last);
    return below ? (below - 0.5 + part) / n : 0.5 * part / n;
}

// Returns the unit of excess_beyond. It is needed for a k whose largest distance is 0, because each compared row has k
// equal rows. The unit is a millionth of the largest distance for any k, or 1 if all distances are 0.
static double unit_of_distances(const struct model *m, const real *distances)
{
    int n = neighbours_compared(m);
    double largest = 0;

    for (int k = 0; k < neighbours_of(m)->k.n; k++)
        largest = fmax(largest, (double)distances[(size_t)(k + 1) * (size_t)n - 1]);
    return largest > 0 ? 1e-6 * largest : 1;
}

void neighbours_errors(const struct model *m, const real *w, const struct workspace *ws, int rows, float *row)
{
    const struct layer *l = fitted_layer(m);
    const real *distances = w + l->blocks[DISTANCES].offset;
    int ks = neighbours_of(m)->k.n, n = neighbours_compared(m);
    double unit = unit_of_distances(m, distances);

    ASSERT(rows <= ws->rows, "%d rows", rows);
    for (int i = 0; i < rows; i++) {
        double sum = 0;
        for (int k = 0; k < ks; k++)
            sum += distance_rank(distances + (size_t)k * (size_t)n, n, ws->kept[0][i * ks + k], unit);
        row[i] = (float)(sum / ks);
    }
}

// The nearest rows: compared with all distances in double, with equal rows, far from the origin and beyond all bounds;
// and the ranks that a model `neighbours` makes of distances, computed by hand.
// links: nn kernels spec base
#include "base/mem.h"
#include "base/random.h"
#include "nn/nearest.h"
#include "nn/neighbours.h"
#include "nn_fixture.h"

enum { ROWS_MOST = 1500, COLUMNS_MOST = 33, QUERIES = 70, NEAREST_MOST = 20 };

struct sample {
    int rows, columns;
    real row[ROWS_MOST * COLUMNS_MOST], square[ROWS_MOST];
};

// Values around `centre`; of few different ones if `levels` is not 0.
static void fill_sample(struct sample *s, int rows, int columns, double centre, int levels)
{
    *s = (struct sample){.rows = rows, .columns = columns};
    for (int i = 0; i < rows * columns; i++) {
        double u = (double)random_unit(random_at(7, RANDOM_NOISE, 0, (uint64_t)i).v[0]);
        s->row[i] = (real)(centre + (levels ? floor(u * levels) : u));
    }
    for (int i = 0; i < rows; i++)
        s->square[i] = (real)square_norm(s->row + i * columns, columns);
}

// The nearest rows by comparing all: the smallest distance, then the smallest number.
static void assert_nearest(
    const struct sample *s, const real *x, int k, bool leaves_out, const struct nearest_row *found)
{
    static bool is_taken[ROWS_MOST];
    memset(is_taken, 0, sizeof is_taken);

    for (int i = -(int)leaves_out, n = 0; n < k; i++) {
        int best = -1;
        double least = 0;
        for (int r = 0; r < s->rows; r++) {
            double square = square_distance(x, s->row + r * s->columns, s->columns);
            if (!is_taken[r] && (best < 0 || square < least)) {
                best = r;
                least = square;
            }
        }
        is_taken[best] = true;
        if (i < 0 && least == 0)
            continue;
        assert_int_equal(found[n].number, best);
        assert_true(found[n].square == least);
        n++;
    }
}

static void nearest_rows_are_exact(void **state)
{
    (void)state;
    static const struct {
        int rows, columns, k, levels;
        double centre;
    } cases[] = {
        {1500, 33, 20, 0, 0},
        {1500, 3, 20, 0, 0},
        {1500, 3, 20, 2, 0}, // eight different rows
        {700, 33, 5, 0, 1e4},
        {700, 8, 20, 0, -3e6},
        {25, 4, 20, 0, 0},
        {513, 1, 20, 4, 0},
    };
    static struct sample s;
    static struct nearest_row found[QUERIES * NEAREST_MOST];

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        fill_sample(&s, cases[c].rows, cases[c].columns, cases[c].centre, cases[c].levels);
        const struct nearest_set set = {s.row, s.square, s.rows, s.columns};
        int queries = s.rows < QUERIES ? s.rows : QUERIES, k = cases[c].k;
        for (int leaves_out = 0; leaves_out < 2; leaves_out++) {
            nearest_find(&set, queries, s.row, k, leaves_out, found);
            for (int i = 0; i < queries; i++)
                assert_nearest(&s, s.row + i * s.columns, k, leaves_out, found + i * k);
        }
    }
}

static void rows_beyond_all_bounds_have_no_neighbours(void **state)
{
    (void)state;
    static struct sample s;
    struct nearest_row found[3];
    const real x[3] = {1, (real)INFINITY, (real)NAN};

    fill_sample(&s, 100, 1, 0, 0);
    nearest_find(&(struct nearest_set){s.row, s.square, 100, 1}, 3, x, 1, false, found);
    assert_true(isfinite(found[0].square));
    for (int i = 1; i < 3; i++) {
        assert_true(isinf(found[i].square));
        assert_int_equal(found[i].number, -1);
    }
}

// Fits a model of one column to rows. Returns its parameters; the caller frees them.
static real *fitted_weights(struct model *m, const real *rows, int n)
{
    struct err e = {0};

    assert_int_equal(model_set_rows(m, n, NULL, &e), 0);
    assert_int_equal(model_kept_rows(m), n);
    real *w = mem_new(m->parameters, sizeof *w);
    memcpy(model_rows(m, w), rows, (size_t)n * sizeof *w);
    neighbours_begin(m, w);
    for (int i = 0; i < neighbours_pieces(m); i++)
        neighbours_measure(m, w, i);
    neighbours_end(m, w);

    return w;
}

// Rows 0 1 3 6 on a line. Without themselves, the nearest distances are 1 1 2 3, and those to the mean of two are
// |0 - 2| = 2, |1 - 1.5| = 0.5, |3 - 0.5| = 2.5 and |6 - 2| = 4.
static void errors_are_mean_ranks(void **state)
{
    (void)state;
    struct err e = {0};
    struct model *m = model_good("neighbours: {k: [2, 1]}", (struct shape){1, {1}}, LOSS_MSE);
    real *w = fitted_weights(m, (const real[]){0, 1, 3, 6}, 4);
    size_t n = 0;
    const real *distances = neighbours_distances(m, w, &n);
    assert_int_equal(n, 8);
    assert_memory_equal(distances, ((const real[]){1, 1, 2, 3, 0.5, 2, 2.5, 4}), 8 * sizeof *distances);

    struct workspace *ws = workspace_new(m, 4, false, &e);
    const real x[] = {2, 6.5f, 16, (real)INFINITY}; // distances 1, 1.5 - 0 = 0; 0.5, 2; 10, 11.5
    float error[4];
    model_forward(m, w, ws, 4, x);
    neighbours_errors(m, w, ws, 4, error);
    assert_float_equal(error[0], (0.25 + 0) / 2, 1e-6);
    assert_float_equal(error[1], (0.5 * 0.5 / 4 + 1.5 / 4) / 2, 1e-6);
    assert_float_equal(error[2], (2 * 3.5 / 4 + log(10 / 3.0) + log(11.5 / 4)) / 2, 1e-6);
    assert_true(isinf(error[3]));
    assert_float_equal(ws->y[0][2], (6 + 4.5) / 2, 1e-6); // the mean of the two means

    workspace_free(&ws);
    free(w);
    model_free(&m);
}

// Without themselves, the two rows nearest to 0 1 3 6 have the means 2, 1.5, 0.5 and 2. The root mean square distances
// of the two from their mean are 1, 1.5, 0.5 and 1.
static void local_distances_are_in_units_of_the_spread(void **state)
{
    (void)state;
    struct err e = {0};
    struct model *m = model_good("neighbours: {distance: local, k: 2}", (struct shape){1, {1}}, LOSS_MSE);
    real *w = fitted_weights(m, (const real[]){0, 1, 3, 6}, 4);
    size_t n = 0;
    const real *distances = neighbours_distances(m, w, &n);
    const double expected[] = {0.5 / 1.5, 2 / 1.0, 4 / 1.0, 2.5 / 0.5};

    assert_int_equal(n, 4);
    for (int i = 0; i < 4; i++)
        assert_float_equal(distances[i], expected[i], 1e-4);

    struct workspace *ws = workspace_new(m, 3, false, &e);
    const real x[] = {2, -1, (real)INFINITY}; // 0: rows 1 and 3; |-1 - 0.5| / 0.5 = 3
    float error[3];
    model_forward(m, w, ws, 3, x);
    neighbours_errors(m, w, ws, 3, error);
    assert_float_equal(error[0], 0, 1e-6);
    assert_float_equal(error[1], 2.0 / 4, 1e-4);
    assert_true(isinf(error[2]));

    workspace_free(&ws);
    free(w);
    model_free(&m);
}

// Equal neighbours have no spread. A sample next to them has a finite error all the same, and above theirs.
static void local_distances_from_repeated_rows_are_finite(void **state)
{
    (void)state;
    struct err e = {0};
    struct model *m = model_good("neighbours: {distance: local}", (struct shape){1, {1}}, LOSS_MSE);
    static real rows[60];
    real *w = fitted_weights(m, rows, 60);
    struct workspace *ws = workspace_new(m, 2, false, &e);
    float error[2];

    model_forward(m, w, ws, 2, (const real[]){0, 1e-9f});
    neighbours_errors(m, w, ws, 2, error);
    assert_float_equal(error[0], 0.5, 1e-6);
    assert_true(isfinite(error[1]) && error[1] > error[0]);

    workspace_free(&ws);
    free(w);
    model_free(&m);
}

enum { REPEATED = 60, STEPS = 2000 };

// Measures the error of rows at growing distances from 0, which is a training row: 0, and from 1e-9 to 1e5. Checks that
// it never falls, that it is above the error of each training row as soon as the distance is above the largest of the
// training rows, and that it resolves distances of ordinary size.
static void assert_errors_grow(const char *settings, const real *rows, real largest)
{
    struct err e = {0};
    struct model *m = model_good(settings, (struct shape){1, {1}}, LOSS_MSE);
    real *w = fitted_weights(m, rows, REPEATED);
    struct workspace *ws = workspace_new(m, STEPS, false, &e);
    static real x[STEPS];
    static float error[STEPS], own[REPEATED];

    model_forward(m, w, ws, REPEATED, rows);
    neighbours_errors(m, w, ws, REPEATED, own);
    for (int i = 1; i < STEPS; i++)
        x[i] = -(real)pow(10, -9 + 14.0 * i / STEPS); // away from all rows, which are at 0 and above
    model_forward(m, w, ws, STEPS, x);
    neighbours_errors(m, w, ws, STEPS, error);

    for (int i = 1; i < STEPS; i++) {
        assert_true(error[i] >= error[i - 1]);
        assert_true(-x[i] < 0.1 || error[i] > error[i - 1]);
        for (int r = 0; - x[i] > largest && r < REPEATED; r++)
            assert_true(error[i] > own[r]);
    }

    workspace_free(&ws);
    free(w);
    model_free(&m);
}

// If training rows repeat, the largest distances of some or all k are 0.
static void errors_grow_with_the_distance_from_repeated_rows(void **state)
{
    (void)state;
    static real equal[REPEATED], odd[REPEATED], pair[REPEATED], spread[REPEATED];
    odd[17] = 3;
    pair[20] = pair[21] = 3; // for k 1, all distances are 0
    for (int i = 0; i < REPEATED; i++)
        spread[i] = (real)(i / 4); // for k 1 to 3
    const struct {
        const real *rows;
        real largest;
    } cases[] = {{equal, 0}, {odd, 3}, {pair, 3}, {spread, 10}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_errors_grow("neighbours: {k: [1, 2, 3, 5, 20]}", cases[i].rows, cases[i].largest);
        assert_errors_grow("neighbours: {distance: kth, k: [1]}", cases[i].rows, cases[i].largest);
        assert_errors_grow("neighbours: {distance: kth, k: [3, 10]}", cases[i].rows, cases[i].largest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_rows_are_exact),
        cmocka_unit_test(rows_beyond_all_bounds_have_no_neighbours),
        cmocka_unit_test(errors_are_mean_ranks),
        cmocka_unit_test(local_distances_are_in_units_of_the_spread),
        cmocka_unit_test(local_distances_from_repeated_rows_are_finite),
        cmocka_unit_test(errors_grow_with_the_distance_from_repeated_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

// Rows 0 1 3 6 on a line. Without themselves, the nearest distances are 1 1 2 3, and those to the mean of two are
// |0 - 2| = 2, |1 - 1.5| = 0.5, |3 - 0.5| = 2.5 and |6 - 2| = 4.
static void errors_are_mean_ranks(void **state)
{
    (void)state;
    struct err e = {0};
    struct model *m = model_good("neighbours: {k: [2, 1]}", (struct shape){1, {1}}, LOSS_MSE);
    assert_int_equal(model_set_rows(m, 4, NULL, &e), 0);
    assert_int_equal(model_kept_rows(m), 4);
    real *w = mem_new(m->parameters, sizeof *w);
    memcpy(model_rows(m, w), (const real[]){0, 1, 3, 6}, 4 * sizeof *w);
    neighbours_begin(m, w);
    for (int i = 0; i < neighbours_pieces(m); i++)
        neighbours_measure(m, w, i);
    neighbours_end(m, w);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_rows_are_exact),
        cmocka_unit_test(rows_beyond_all_bounds_have_no_neighbours),
        cmocka_unit_test(errors_are_mean_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

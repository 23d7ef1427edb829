// Makes the rows, columns and cells of a comparison.
//
// All runs are read into one list of trials. The column of a trial is its run (or, in a single merged file, its
// cluster). The row of a trial is determined by the settings that vary between any two trials, except seeds: trials
// that differ only in a seed share a cell, which holds their means. Rows are sorted by their best cell, so that the
// table does not depend on the order of trials in the files. Drift uses the same list: trials with the same id in
// different columns should have the same bits, and each one is compared with the first.
//
// The list owns the rows of the leaderboards. A comparison holds only copies, so it outlives the list.
#include "report/compare_impl.h"

#include "base/list.h"
#include "base/mem.h"
#include "trial/experiment.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- columns
// Returns the index of the column with this name. Adds the column if it is new.
static int comparison_column(struct comparison *c, const char *name)
{
    for (int i = 0; i < c->n_columns; i++)
        if (strcmp(c->column[i], name) == 0)
            return i;
    c->column = mem_grow(c->column, (size_t)c->n_columns + 1, sizeof *c->column);
    c->column[c->n_columns] = mem_text(name);
    return c->n_columns++;
}

// Returns the cluster on which all trials of a run were trained, or NULL if there are several or none.
static const char *only_cluster(const struct leaderboard_row *rows, int n)
{
    for (int i = 1; i < n; i++)
        if (strcmp(rows[i].cluster, rows[0].cluster) != 0)
            return NULL;
    return n ? rows[0].cluster : NULL;
}

// Returns the name of a run's column: its cluster if no other run has the same cluster, otherwise the run's path.
static const char *run_label(const struct compared_trials *t, const char *const *runs, int run)
{
    const char *mine = only_cluster(t->rows[run], t->n_rows[run]);

    ASSERT(run >= 0 && run < t->runs, "run %d of %d", run, t->runs);
    for (int i = 0; mine && i < t->runs; i++) {
        const char *other = i == run ? NULL : only_cluster(t->rows[i], t->n_rows[i]);
        if (other && strcmp(other, mine) == 0)
            mine = NULL;
    }
    return mine ? mine : runs[run];
}

// Returns the column (n) of each trial, in new memory.
static int *comparison_add_columns(struct comparison *c, const struct compared_trials *t, const char *const *runs)
{
    int *column = mem_new((size_t)t->n + 1, sizeof *column);

    for (int i = 0; i < t->n; i++)
        column[i] = comparison_column(c, t->runs == 1 ? t->trial[i]->cluster : run_label(t, runs, t->run[i]));
    return column;
}

// --- rows: the settings that vary, without seeds
// Returns the index of the row with the trial's values. Adds the row if it is new.
static int comparison_row(struct comparison *c, const struct leaderboard_row *trial)
{
    for (int row = 0; row < c->n_rows; row++) {
        int k = 0;
        while (k < c->n_keys && strcmp(c->value[row * c->n_keys + k], compared_value(trial, c->key[k])) == 0)
            k++;
        if (k == c->n_keys)
            return row;
    }

    c->value = mem_grow(c->value, (size_t)((c->n_rows + 1) * c->n_keys) + 1, sizeof *c->value);
    for (int k = 0; k < c->n_keys; k++)
        c->value[c->n_rows * c->n_keys + k] = mem_text(compared_value(trial, c->key[k]));
    return c->n_rows++;
}

// --- order of rows: by their best cell
struct ranked_row {
    int row;
    double loss; // smaller is better; NaN: unknown, sorted last
};

static double best_loss_of_row(const struct comparison *c, int row, bool by_auc)
{
    double best = NAN;
    ASSERT(row >= 0 && row < c->n_rows, "row %d of %d", row, c->n_rows);
    for (int i = 0; i < c->n_columns; i++)
        best = fmin(best, -cell_quality(&c->cell[row * c->n_columns + i], by_auc)); // fmin ignores a single NaN
    return best;
}

static int compare_ranked_rows(const void *a, const void *b)
{
    const struct ranked_row *x = a, *y = b;
    if (isnan(x->loss) != isnan(y->loss))
        return isnan(x->loss) ? 1 : -1;
    if (x->loss != y->loss && !isnan(x->loss))
        return x->loss < y->loss ? -1 : 1;
    return x->row - y->row;
}

static void comparison_sort_rows(struct comparison *c)
{
    size_t rows = (size_t)c->n_rows, keys = (size_t)c->n_keys, columns = (size_t)c->n_columns;
    struct ranked_row *ranked = mem_new(rows + 1, sizeof *ranked);
    char **value = mem_new(rows * keys + 1, sizeof *value);
    struct compare_cell *cell = mem_new(rows * columns + 1, sizeof *cell);
    bool by_auc = cells_have_auc(c->cell, c->n_rows * c->n_columns);

    for (int i = 0; i < c->n_rows; i++)
        ranked[i] = (struct ranked_row){i, best_loss_of_row(c, i, by_auc)};
    qsort(ranked, rows, sizeof *ranked, compare_ranked_rows);

    for (size_t i = 0; i < rows; i++) {
        size_t from = (size_t)ranked[i].row;
        for (size_t k = 0; k < keys; k++)
            value[i * keys + k] = c->value[from * keys + k];
        memcpy(cell + i * columns, c->cell + from * columns, columns * sizeof *cell);
    }

    free(c->value);
    free(c->cell);
    free(ranked);
    c->value = value;
    c->cell = cell;
}

static void comparison_fill_cells(struct comparison *c, const struct compared_trials *t, const int *column)
{
    int *row = mem_new((size_t)t->n + 1, sizeof *row);
    for (int i = 0; i < t->n; i++)
        row[i] = comparison_row(c, t->trial[i]);

    int n_cells = c->n_rows * c->n_columns;
    c->cell = mem_new((size_t)n_cells + 1, sizeof *c->cell);
    for (int i = 0; i < t->n; i++) {
        ASSERT(row[i] < c->n_rows && column[i] < c->n_columns, "cell (%d, %d)", row[i], column[i]);
        cell_add_trial(&c->cell[row[i] * c->n_columns + column[i]], t->trial[i]);
    }
    free(row);

    for (int i = 0; i < n_cells; i++)
        cell_finish(&c->cell[i]);
    for (int i = 0; i < c->n_rows; i++)
        cells_set_efficiency(&c->cell[i * c->n_columns], c->n_columns);
    cells_mark_front(c->cell, n_cells);
    comparison_sort_rows(c);
}

// --- drift
struct drift_member {
    const struct leaderboard_row *trial; // borrowed
    int column;
};

static int compare_drift_members(const void *a, const void *b)
{
    const struct drift_member *x = a, *y = b;
    int by_id = compared_id_order(x->trial, y->trial);
    return by_id ? by_id : x->column - y->column;
}

// Compares each trial with the first one that has the same id.
static int comparison_find_drift(
    struct comparison *c, const struct compared_trials *t, const int *column, struct err *e)
{
    struct drift_member *m = mem_new((size_t)t->n + 1, sizeof *m);
    int rc = 0;

    for (int i = 0; i < t->n; i++)
        m[i] = (struct drift_member){t->trial[i], column[i]};
    qsort(m, (size_t)t->n, sizeof *m, compare_drift_members);

    for (int i = 1, first = 0; i < t->n && rc == 0; i++) {
        if (compared_id_order(m[i].trial, m[first].trial) != 0) {
            first = i;
            continue;
        }
        struct compare_drift d = {.a = m[first].column, .b = m[i].column};
        rc = drift_measure(m[first].trial, m[i].trial, &d, e);
        d.id = mem_format("%.*s", TRIAL_ID_LENGTH, m[i].trial->id);
        c->drift = mem_grow(c->drift, (size_t)c->n_drift + 1, sizeof *c->drift);
        c->drift[c->n_drift++] = d;
    }
    free(m);

    return rc;
}

// --- the whole comparison
struct comparison *compare_runs(const char *const *runs, int n, struct err *e)
{
    struct compared_trials t;
    struct comparison *c = mem_new(1, sizeof *c);

    int rc = compared_trials_read(&t, runs, n, e);
    if (rc == 0) {
        int *column = comparison_add_columns(c, &t, runs);
        c->n_keys = compared_keys(&t, false, &c->key);
        comparison_fill_cells(c, &t, column);
        rc = comparison_find_drift(c, &t, column, e);
        free(column);
    }

    compared_trials_free(&t);
    if (rc != 0)
        comparison_free(&c);
    return c;
}

void comparison_free(struct comparison **comparison)
{
    struct comparison *c = *comparison;
    if (!c)
        return;

    list_free(c->value, c->n_rows * c->n_keys);
    list_free(c->key, c->n_keys);
    list_free(c->column, c->n_columns);
    for (int i = 0; i < c->n_drift; i++)
        free(c->drift[i].id);
    free(c->drift);
    free(c->cell);
    free(c);
    *comparison = NULL;
}

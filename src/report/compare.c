// Rows, columns and cells of a comparison.
#include "report/compare_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char EXPERIMENT[] = "experiment";

// The trials of all runs, each with its column.
struct pool {
    struct leaderboard_row **rows; // (runs), owned arrays
    int *n_rows;                   // (runs)
    int runs;
    const struct leaderboard_row **trial; // (n), borrowed from them
    int *column;                          // (n)
    int n;
};

// --- columns
static int column_named(struct comparison *c, const char *name)
{
    for (int i = 0; i < c->n_columns; i++)
        if (strcmp(c->column[i], name) == 0)
            return i;
    c->column = mem_grow(c->column, (size_t)c->n_columns + 1, sizeof *c->column);
    c->column[c->n_columns] = mem_text(name);
    return c->n_columns++;
}

// The cluster that all of a run's trials ran on; NULL: there are several.
static const char *only_cluster(const struct leaderboard_row *rows, int n)
{
    for (int i = 1; i < n; i++)
        if (strcmp(rows[i].cluster, rows[0].cluster) != 0)
            return NULL;
    return n ? rows[0].cluster : NULL;
}

// A run is called by its cluster where no other run is, else by its path.
static const char *run_label(const struct pool *p, const char *const *runs, int run)
{
    const char *mine = only_cluster(p->rows[run], p->n_rows[run]);
    for (int i = 0; mine && i < p->runs; i++) {
        const char *other = i == run ? NULL : only_cluster(p->rows[i], p->n_rows[i]);
        if (other && strcmp(other, mine) == 0)
            mine = NULL;
    }
    return mine ? mine : runs[run];
}

// A trial of data that has changed since is compared with nothing; one run may know what another does not.
static bool is_stale_anywhere(const struct pool *p, const struct leaderboard_row *s)
{
    for (int k = 0; k < p->runs; k++)
        for (int i = 0; i < p->n_rows[k]; i++)
            if (row_is_stale(&p->rows[k][i]) && strncmp(p->rows[k][i].id, s->id, 16) == 0)
                return true;
    return false;
}

static void add_trials(struct pool *p, struct comparison *c, const char *const *runs)
{
    int all = 0;
    for (int k = 0; k < p->runs; k++)
        all += p->n_rows[k];
    p->trial = mem_new((size_t)all + 1, sizeof *p->trial);
    p->column = mem_new((size_t)all + 1, sizeof *p->column);
    for (int k = 0; k < p->runs; k++)
        for (int i = 0; i < p->n_rows[k]; i++) {
            if (is_stale_anywhere(p, &p->rows[k][i]))
                continue;
            p->trial[p->n] = &p->rows[k][i];
            p->column[p->n++] = column_named(c, p->runs == 1 ? p->rows[k][i].cluster : run_label(p, runs, k));
        }
}

// --- rows: what varies, but for seeds, over which cells are means
static const char *value_of(const struct leaderboard_row *s, const char *key)
{
    if (strcmp(key, EXPERIMENT) == 0)
        return s->experiment;
    for (int i = 0; i < s->n_varied; i++)
        if (strcmp(s->key[i], key) == 0)
            return s->value[i];
    return "";
}

static bool is_seed(const char *key)
{
    const char *dot = strrchr(key, '.');
    return strcmp(dot ? dot + 1 : key, "seed") == 0;
}

static bool varies(const struct pool *p, const char *key)
{
    for (int i = 1; i < p->n; i++)
        if (strcmp(value_of(p->trial[i], key), value_of(p->trial[0], key)) != 0)
            return true;
    return false;
}

static void add_key(struct comparison *c, const struct pool *p, const char *key)
{
    for (int i = 0; i < c->n_keys; i++)
        if (strcmp(c->key[i], key) == 0)
            return;
    if (is_seed(key) || !varies(p, key))
        return;
    c->key = mem_grow(c->key, (size_t)c->n_keys + 1, sizeof *c->key);
    c->key[c->n_keys++] = mem_text(key);
}

static void add_keys(struct comparison *c, const struct pool *p)
{
    add_key(c, p, EXPERIMENT);
    const struct leaderboard_row *last = NULL;
    for (int i = 0; i < p->n; i++) { // trials of one run have the same keys: look closer only where they do not
        const struct leaderboard_row *s = p->trial[i];
        bool is_new = !last || s->n_varied != last->n_varied;
        for (int k = 0; k < s->n_varied && !is_new; k++)
            is_new = strcmp(s->key[k], last->key[k]) != 0;
        for (int k = 0; k < s->n_varied && is_new; k++)
            add_key(c, p, s->key[k]);
        last = s;
    }
}

static int row_of(struct comparison *c, const struct leaderboard_row *s)
{
    for (int row = 0; row < c->n_rows; row++) {
        int k = 0;
        while (k < c->n_keys && strcmp(c->value[row * c->n_keys + k], value_of(s, c->key[k])) == 0)
            k++;
        if (k == c->n_keys)
            return row;
    }
    c->value = mem_grow(c->value, (size_t)((c->n_rows + 1) * c->n_keys) + 1, sizeof *c->value);
    for (int k = 0; k < c->n_keys; k++)
        c->value[c->n_rows * c->n_keys + k] = mem_text(value_of(s, c->key[k]));
    return c->n_rows++;
}

// --- cells: sums first, means afterwards
static const struct set_results *scored_set(const struct leaderboard_row *s)
{
    for (int i = 0; i < s->n_sets; i++)
        if (!isnan(s->set[i].roc_auc))
            return &s->set[i];
    return NULL;
}

static void add_to_cell(struct compare_cell *cell, const struct leaderboard_row *s)
{
    const struct set_results *set = scored_set(s);
    double cores = (double)(s->ranks * s->threads);
    if (s->has_diverged) {
        cell->diverged++;
        return;
    }
    bool is_only = cell->n++ == 0;
    cell->loss += isnan(s->validation_loss) ? s->train_loss : s->validation_loss;
    cell->epoch_seconds += s->epochs ? s->seconds / (double)s->epochs : NAN;
    cell->rate += s->samples_per_second;
    cell->cores += cores;
    cell->core_hours += s->wall_seconds * cores / 3600;
    if (!set) {
        cell->auc = NAN;
        return;
    }
    cell->low = is_only ? set->roc_auc_low : cell->low;
    cell->high = is_only ? set->roc_auc_high : cell->high;
    if (!is_only) { // of several: least and most
        double first = cell->n == 2 ? cell->auc : NAN;
        cell->low = cell->n == 2 ? fmin(first, set->roc_auc) : fmin(cell->low, set->roc_auc);
        cell->high = cell->n == 2 ? fmax(first, set->roc_auc) : fmax(cell->high, set->roc_auc);
    }
    cell->auc += set->roc_auc;
}

static void finish_cell(struct compare_cell *cell)
{
    double n = cell->n ? cell->n : NAN;
    double *means[] = {&cell->loss, &cell->auc, &cell->epoch_seconds, &cell->rate, &cell->cores, &cell->core_hours};
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        *means[i] /= n;
    if (isnan(cell->auc))
        cell->low = cell->high = NAN;
    cell->efficiency = NAN;
}

static void set_efficiency(struct compare_cell *row, int columns)
{
    const struct compare_cell *base = NULL;
    int found = 0;
    for (int i = 0; i < columns; i++)
        if (row[i].n > 0) {
            found++;
            base = base && base->cores <= row[i].cores ? base : &row[i];
        }
    for (int i = 0; i < columns && found > 1; i++)
        row[i].efficiency = row[i].rate / row[i].cores / (base->rate / base->cores);
}

// Where nothing has a ROC AUC, the loss is the quality.
static double quality(const struct compare_cell *c, bool by_auc)
{
    return by_auc ? c->auc : -c->loss;
}

static void find_front(struct comparison *c)
{
    int n = c->n_rows * c->n_columns;
    bool by_auc = false;
    for (int i = 0; i < n; i++)
        by_auc = by_auc || !isnan(c->cell[i].auc);
    for (int i = 0; i < n; i++) {
        struct compare_cell *mine = &c->cell[i];
        double q = quality(mine, by_auc);
        mine->is_front = mine->n > 0 && !isnan(q) && !isnan(mine->core_hours);
        for (int k = 0; k < n && mine->is_front; k++) {
            const struct compare_cell *other = &c->cell[k];
            double p = quality(other, by_auc);
            bool is_as_good = other->n > 0 && p >= q && other->core_hours <= mine->core_hours;
            mine->is_front = !(is_as_good && (p > q || other->core_hours < mine->core_hours));
        }
    }
}

// --- order of rows: by the metric that is shown first

// The smaller the better; NaN: the row has none.
static double best_of_row(const struct comparison *c, int row, bool by_auc)
{
    double best = NAN;
    for (int i = 0; i < c->n_columns; i++)
        best = fmin(best, -quality(&c->cell[row * c->n_columns + i], by_auc)); // a NaN beside a number is left out
    return best;
}

static bool has_auc(const struct comparison *c)
{
    for (int i = 0; i < c->n_rows * c->n_columns; i++)
        if (!isnan(c->cell[i].auc))
            return true;
    return false;
}

struct ranked_row {
    int row;
    double value;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked_row *x = a, *y = b;
    if (isnan(x->value) != isnan(y->value))
        return isnan(x->value) ? 1 : -1;
    if (x->value != y->value && !isnan(x->value))
        return x->value < y->value ? -1 : 1;
    return x->row - y->row;
}

static void sort_rows(struct comparison *c)
{
    size_t rows = (size_t)c->n_rows, keys = (size_t)c->n_keys, columns = (size_t)c->n_columns;
    struct ranked_row *order = mem_new(rows + 1, sizeof *order);
    char **value = mem_new(rows * keys + 1, sizeof *value);
    struct compare_cell *cell = mem_new(rows * columns + 1, sizeof *cell);
    bool by_auc = has_auc(c);

    for (int i = 0; i < c->n_rows; i++)
        order[i] = (struct ranked_row){i, best_of_row(c, i, by_auc)};
    qsort(order, rows, sizeof *order, by_value);
    for (size_t i = 0; i < rows; i++) {
        size_t from = (size_t)order[i].row;
        for (size_t k = 0; k < keys; k++)
            value[i * keys + k] = c->value[from * keys + k];
        memcpy(cell + i * columns, c->cell + from * columns, columns * sizeof *cell);
    }
    free(c->value);
    free(c->cell);
    free(order);
    c->value = value;
    c->cell = cell;
}

static void fill_cells(struct comparison *c, const struct pool *p)
{
    int *row = mem_new((size_t)p->n + 1, sizeof *row);
    for (int i = 0; i < p->n; i++)
        row[i] = row_of(c, p->trial[i]);
    c->cell = mem_new((size_t)(c->n_rows * c->n_columns) + 1, sizeof *c->cell);
    for (int i = 0; i < p->n; i++)
        add_to_cell(&c->cell[row[i] * c->n_columns + p->column[i]], p->trial[i]);
    for (int i = 0; i < c->n_rows * c->n_columns; i++)
        finish_cell(&c->cell[i]);
    for (int i = 0; i < c->n_rows; i++)
        set_efficiency(&c->cell[i * c->n_columns], c->n_columns);
    find_front(c);
    sort_rows(c);
    free(row);
}

// --- drift
struct member {
    const struct leaderboard_row *s;
    int column;
};

enum { ID = 16 }; // digits; behind them what keeps apart trials with different bits

static int by_id(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int order = strncmp(x->s->id, y->s->id, ID);
    return order ? order : x->column - y->column;
}

// Each trial beside the first of the same id.
static int find_drift(struct comparison *c, const struct pool *p, struct err *e)
{
    struct member *m = mem_new((size_t)p->n + 1, sizeof *m);
    int failed = 0;
    for (int i = 0; i < p->n; i++)
        m[i] = (struct member){p->trial[i], p->column[i]};
    qsort(m, (size_t)p->n, sizeof *m, by_id);
    for (int i = 1, first = 0; i < p->n && !failed; i++) {
        if (strncmp(m[i].s->id, m[first].s->id, ID) != 0) {
            first = i;
            continue;
        }
        struct compare_drift d = {.a = m[first].column, .b = m[i].column};
        failed = drift_of(m[first].s, m[i].s, &d, e);
        d.id = mem_format("%.16s", m[i].s->id);
        c->drift = mem_grow(c->drift, (size_t)c->n_drift + 1, sizeof *c->drift);
        c->drift[c->n_drift++] = d;
    }
    free(m);
    return failed;
}

// --- the whole
static void pool_free(struct pool *p)
{
    for (int k = 0; k < p->runs; k++)
        rows_free(&p->rows[k], p->n_rows[k]);
    free(p->rows);
    free(p->n_rows);
    free(p->trial);
    free(p->column);
}

struct comparison *compare_runs(const char *const *runs, int n, struct err *e)
{
    struct pool p = {
        .rows = mem_new((size_t)n, sizeof *p.rows), .n_rows = mem_new((size_t)n, sizeof *p.n_rows), .runs = n};
    struct comparison *c = mem_new(1, sizeof *c);
    int failed = 0;
    for (int k = 0; k < n; k++)
        failed |= run_read_rows(runs[k], STORE_CHECK, &p.rows[k], &p.n_rows[k], e);
    if (!failed) {
        add_trials(&p, c, runs);
        failed = p.n ? 0 : err_add(e, ERR_USAGE, "none of the runs has a finished trial");
    }
    if (!failed) {
        add_keys(c, &p);
        fill_cells(c, &p);
        failed = find_drift(c, &p, e);
    }
    pool_free(&p);
    if (failed)
        comparison_free(&c);
    return c;
}

static void free_texts(char **texts, int n)
{
    for (int i = 0; i < n; i++)
        free(texts[i]);
    free(texts);
}

void comparison_free(struct comparison **comparison)
{
    struct comparison *c = *comparison;
    if (!c)
        return;
    free_texts(c->value, c->n_rows * c->n_keys);
    free_texts(c->key, c->n_keys);
    free_texts(c->column, c->n_columns);
    for (int i = 0; i < c->n_drift; i++)
        free(c->drift[i].id);
    free(c->drift);
    free(c->cell);
    free(c);
    *comparison = NULL;
}

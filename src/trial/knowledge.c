// Before a search starts, lets it learn the trials of an earlier run as results. Repeats of a configuration become one
// result with their mean loss, as in the search itself. The order of results depends only on their values, so that the
// run learns the same each time it is started.
#include "trial/knowledge.h"

#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/objective.h"
#include "leaderboard/run_read.h"
#include "search/search.h"
#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A configuration of the earlier run.
struct learned {
    double *value; // owned; (keys)
    double loss;   // sum of the losses of its repeats
    int repeats, keys;
};

static bool is_same_setting(const char *a, const char *b)
{
    double x, y;
    bool are_numbers = text_to_double(a, &x) == 0 && text_to_double(b, &y) == 0;
    return are_numbers ? !(x < y) && !(x > y) : strcmp(a, b) == 0;
}

// Returns the value of key k that a string of the leaderboard stands for. Returns NaN if the sweep does not have that
// value.
static double value_of_text(const struct spec_sweep *s, int k, const char *text)
{
    struct sweep_range r = spec_sweep_range(s, k);
    char buffer[32];
    double value;

    if (r.kind != SWEEP_CHOICE)
        return text_to_double(text, &value) == 0 && value >= r.low && value <= r.high ? value : NAN;
    for (value = r.low; value <= r.high; value++)
        if (is_same_setting(text, spec_sweep_value(s, k, value, buffer)))
            return value;
    return NAN;
}

static const char *row_value(const struct leaderboard_row *row, const char *key)
{
    for (int i = 0; i < row->n_varied; i++)
        if (strcmp(row->key[i], key) == 0)
            return row->value[i];
    return NULL;
}

// Returns true if the earlier run varied a key that this sweep does not vary, except the seed.
static bool has_other_keys(const struct spec_sweep *s, const struct leaderboard_row *row)
{
    for (int i = 0; i < row->n_varied; i++) {
        bool is_known = strcmp(row->key[i], "train.seed") == 0;
        for (int k = 0; k < spec_sweep_keys(s) && !is_known; k++)
            is_known = strcmp(row->key[i], spec_sweep_key(s, k)) == 0;
        if (!is_known)
            return true;
    }
    return false;
}

// Sets the value of each key from a row. Returns false if the sweep does not allow a value, or if the row has no value
// for a key that the sweep varies.
static bool read_row_values(const struct spec_sweep *s, const struct leaderboard_row *row, double *value)
{
    int keys = spec_sweep_keys(s);
    double *seen = mem_new((size_t)keys + 1, sizeof *seen);
    bool is_good = true;

    for (int k = 0; k < keys; k++) {
        const char *text = row_value(row, spec_sweep_key(s, k));
        bool is_seed = k == spec_sweep_seed_key(s);
        seen[k] = text && !is_seed ? value_of_text(s, k, text) : NAN;
        value[k] = isnan(seen[k]) ? spec_sweep_range(s, k).low : seen[k];
    }

    spec_sweep_complete(s, value);
    for (int k = 0; k < keys && is_good; k++)
        is_good = k == spec_sweep_seed_key(s) || isnan(value[k]) ? isnan(seen[k])
                                                                 : value[k] >= seen[k] && value[k] <= seen[k];
    free(seen);
    return is_good && spec_sweep_is_allowed(s, value);
}

static bool varies_epochs(const struct spec_sweep *s)
{
    for (int k = 0; k < spec_sweep_keys(s); k++)
        if (strcmp(spec_sweep_key(s, k), "train.epochs") == 0 || strcmp(spec_sweep_key(s, k), "train") == 0)
            return true;
    return false;
}

static int compare_learned(const void *a, const void *b)
{
    const struct learned *x = a, *y = b;
    for (int k = 0; k < x->keys; k++) {
        if (isnan(x->value[k]) != isnan(y->value[k]))
            return isnan(x->value[k]) ? 1 : -1;
        if (x->value[k] < y->value[k] || x->value[k] > y->value[k])
            return x->value[k] < y->value[k] ? -1 : 1;
    }
    // configurations are equal: sort by loss, so that the sum of losses does not depend on the order of rows
    if (isnan(x->loss) != isnan(y->loss))
        return isnan(x->loss) ? 1 : -1;
    return (x->loss > y->loss) - (x->loss < y->loss);
}

static bool is_same_configuration(const struct learned *a, const struct learned *b)
{
    struct learned x = *a, y = *b;
    x.loss = y.loss = 0;
    return compare_learned(&x, &y) == 0;
}

// Returns the rows that this search can learn from, in new memory. Sets *n to their number.
static struct learned *take_rows(
    const struct experiment *x, const struct leaderboard_row *rows, int n_rows, const char *objective, int *n)
{
    struct learned *all = mem_new((size_t)n_rows + 1, sizeof *all);
    int keys = spec_sweep_keys(x->sweep);
    bool any_epochs = varies_epochs(x->sweep);

    *n = 0;
    for (int i = 0; i < n_rows; i++) {
        const struct leaderboard_row *row = &rows[i];
        double *value = mem_new((size_t)keys + 1, sizeof *value);
        bool is_alike = strcmp(row->objective, objective) == 0 && (any_epochs || row->epochs == x->epochs);
        if (is_alike && !has_other_keys(x->sweep, row) && read_row_values(x->sweep, row, value))
            all[(*n)++] = (struct learned){value, objective_loss(&x->objective, row), 1, keys};
        else
            free(value);
    }
    return all;
}

static int learn_rows(const struct experiment *x, const struct leaderboard_row *rows, int n_rows, const char *objective)
{
    int n;
    struct learned *all = take_rows(x, rows, n_rows, objective, &n);

    qsort(all, (size_t)n, sizeof *all, compare_learned);
    for (int first = 0, next; first < n; first = next) {
        for (next = first + 1; next < n && is_same_configuration(&all[first], &all[next]); next++) {
            all[first].loss += all[next].loss;
            all[first].repeats++;
        }
        search_learn(x->search, all[first].value, all[first].loss / all[first].repeats);
    }

    for (int i = 0; i < n; i++)
        free(all[i].value);
    free(all);
    return n;
}

// Returns the path of the earlier run, in new memory: `from` itself, or `from` in the folder of the spec.
static char *run_path(const struct experiment *x, const char *from)
{
    char *next = mem_format("%s/%s", x->folder, from);
    bool is_next = from[0] != '/' && access(from, F_OK) != 0 && access(next, F_OK) == 0;
    char *path = is_next ? mem_text(next) : mem_text(from);
    free(next);
    return path;
}

int knowledge_learn(const struct experiment *x, struct err *e)
{
    const char *from = spec_sweep_config(x->sweep)->from;
    const struct node *at = node_get(spec_sweep_section(x->sweep), "from");
    struct leaderboard_row *rows = NULL;
    struct err found = {0};
    int n = 0, learned = 0;

    if (!from)
        return 0;
    char *path = run_path(x, from), *objective = objective_text(&x->objective);
    int rc = run_read_rows(path, STORE_CHECK, &rows, &n, &found);
    if (rc == 0)
        learned = learn_rows(x, rows, n, objective);

    if (rc != 0)
        rc = node_error(at, e, "found '%s', allowed: a run, its folder or its run.h5: %.*s", from,
            (int)strcspn(found.text, "\n"), found.text);
    else if (learned == 0)
        rc = node_error(at, e,
            "none of the %d trials of '%s' has the keys, values and epochs of this sweep and objective %s", n, from,
            *objective ? objective : "(none)");
    rows_free(&rows, n);
    free(objective);
    free(path);

    return rc;
}

int knowledge_check_folder(const struct experiment *x, const char *folder, struct err *e)
{
    const struct sweep_config *c = x->sweep ? spec_sweep_config(x->sweep) : NULL;
    if (!c || !c->from)
        return 0;

    char *path = run_path(x, c->from);
    size_t length = strlen(path);
    if (length > 7 && strcmp(path + length - 7, "/run.h5") == 0)
        path[length - 7] = 0;
    char *one = realpath(path, NULL), *other = realpath(folder, NULL);
    bool is_same = one && other && strcmp(one, other) == 0;

    free(one);
    free(other);
    free(path);
    if (!is_same)
        return 0;
    return node_error(node_get(spec_sweep_section(x->sweep), "from"), e,
        "found '%s', the folder of this run, allowed: another run", c->from);
}

// Adds one trial to a report: its learning curves, its provenance, its spec and its test sets.
#include "report/page_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>

struct page_detail page_detail_for(int trials)
{
    if (trials <= 60)
        return (struct page_detail){400, 120, 200, 12, 1200, true};
    if (trials <= 300)
        return (struct page_detail){150, 80, 100, 8, 300, true};
    return (struct page_detail){80, 60, 60, 5, 100, true};
}

static char *trial_part(const struct leaderboard_row *row, const char *name)
{
    return mem_format("%s%s%s", row->group, *row->group ? "/" : "", name);
}

// --- learning curves
// Returns the epoch of point i of n, from 0. The points are dense at the beginning, where a curve changes most.
static int64_t point_epoch(int64_t epochs, int n, int i)
{
    if (epochs <= n)
        return i;
    double at = (double)i / (n - 1);
    int64_t epoch = (int64_t)(at * sqrt(at) * (double)(epochs - 1) + 0.5);
    return epoch > i ? epoch : i;
}

// Adds points of a curve, or null if the trial does not have it.
static int add_history(
    struct json *j, struct store_file *f, const char *path, const char *name, int points, struct err *e)
{
    struct store_shape shape;
    int rc = 0;

    if (!store_has(f, path) || store_get_shape(f, path, &shape, e) != 0 || shape.rank != 1) {
        json_text(j, name, NULL);
        return 0;
    }
    const int64_t epochs = shape.dims[0];
    double *value = mem_array((size_t)epochs, sizeof *value, name, e);
    if (!value)
        return -1;
    if (epochs > 0)
        rc = store_read(f, path, STORE_F64, store_entries(0, epochs), value, e);

    json_open(j, name, '[');
    for (int i = 0; i < points && i < epochs && rc == 0; i++)
        json_rounded(j, NULL, value[point_epoch(epochs, points, i)]);
    json_close(j, ']');
    free(value);
    return rc;
}

static int add_histories(
    struct json *j, struct store_file *f, const struct leaderboard_row *row, int points, struct err *e)
{
    static const char *const names[] = {HISTORY_EPOCH, HISTORY_TRAIN_LOSS, HISTORY_VALIDATION_LOSS};
    int rc = 0;

    for (int i = 0; i < 3 && rc == 0; i++) {
        char *path = mem_format("%s%s" TRIAL_HISTORY "/%s", row->group, *row->group ? "/" : "", names[i]);
        rc = add_history(j, f, path, names[i], points, e);
        free(path);
    }
    return rc;
}

// --- provenance and test sets
static void add_provenance(struct json *j, struct store_file *f, const struct leaderboard_row *row)
{
    struct err unlisted = {0};
    char **names = NULL, *group = trial_part(row, TRIAL_PROVENANCE);
    int n = 0;

    if (store_has(f, group))
        store_attributes(f, group, &names, &n, &unlisted);
    for (int i = 0; i < n; i++) {
        int64_t count;
        double real;
        char *text = store_get_text(f, group, names[i]);
        if (text)
            json_text(j, names[i], text);
        else if (store_get_int(f, group, names[i], &count, NULL) == 0)
            json_number(j, names[i], (double)count);
        else if (store_get_real(f, group, names[i], &real, NULL) == 0)
            json_rounded(j, names[i], real);
        free(text);
        free(names[i]);
    }
    free(names);
    free(group);
}

static int add_test_sets(struct json *j, struct store_file *f, const struct leaderboard_row *row,
    const struct page_detail *detail, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < row->n_sets && rc == 0; i++) {
        char *group = mem_format("%s%s" TRIAL_SCORES "/%s", row->group, *row->group ? "/" : "", row->set[i].name);
        if (store_has(f, group))
            rc = page_add_scores(j, f, group, &row->set[i], detail, e);
        free(group);
    }
    return rc;
}

int page_add_trial(struct json *j, struct store_file *f, const struct leaderboard_row *row,
    const struct page_detail *detail, struct err *e)
{
    char *spec = f ? store_get_text(f, row->group, TRIAL_SPEC) : NULL;

    json_open(j, NULL, '{');
    json_text(j, "spec", spec);
    json_open(j, "provenance", '{');
    if (f)
        add_provenance(j, f, row);
    json_close(j, '}');

    json_open(j, "history", '{');
    int rc = f ? add_histories(j, f, row, detail->epochs, e) : -1;
    json_close(j, '}');
    json_open(j, "sets", '{');
    if (f)
        rc |= add_test_sets(j, f, row, detail, e);
    json_close(j, '}');
    json_close(j, '}');
    free(spec);
    return rc;
}

// Reads scores from HDF5. Reads all errors, in pieces, but other arrays only for the rows that are listed.
#include "apply/line_text.h"
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "data/coordinates.h"
#include "data/label_names.h"
#include "report/scores_list_impl.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_ROWS = 1 << 16 };

struct scores_group {
    struct store_file *f;
    char *group;    // owned; "scores/test"
    char **sources; // (n_sources), owned: the files of the rows
    int n_sources;
    char **top_names; // (n_top_names), owned; NULL: the file has no features that explain errors
    int n_top_names;
    int64_t *top_sample; // (explained), owned, ascending: the rows whose errors are explained
    int64_t explained;
    struct coordinates coordinates;
    int64_t rows;
};

static char *scores_path(const struct scores_group *g, const char *name)
{
    return mem_format("%s/%s", g->group, name);
}

// Reads `range` of an array of the group. Does nothing if the group has no such array.
static int read_score_entries(const struct scores_group *g, const char *name, enum store_type type,
    struct store_range range, void *to, struct err *e)
{
    char *path = scores_path(g, name);
    int rc = store_has(g->f, path) ? store_read(g->f, path, type, range, to, e) : 0;
    free(path);
    return rc;
}

static int read_top_samples(struct scores_group *g, struct err *e)
{
    char *path = scores_path(g, SCORES_TOP_SAMPLE);
    struct store_shape shape = {0};
    int rc = store_get_shape(g->f, path, &shape, e);

    free(path);
    if (rc == 0)
        g->top_sample = mem_array((size_t)shape.dims[0], sizeof *g->top_sample, SCORES_TOP_SAMPLE, e);
    if (!g->top_sample)
        return -1;
    g->explained = shape.dims[0];
    return read_score_entries(g, SCORES_TOP_SAMPLE, STORE_I64, store_entries(0, g->explained), g->top_sample, e);
}

static int read_top_names(struct scores_group *g, struct err *e)
{
    char *path = scores_path(g, SCORES_TOP_NAME);
    struct store_shape shape;
    int rc = 0;

    if (store_has(g->f, path)) {
        rc = store_get_shape(g->f, path, &shape, e);
        if (rc == 0 && (shape.type != STORE_TEXT || shape.rank != 1))
            rc = err_add(e, ERR_DATA, "%s: %s: allowed: names", store_path(g->f), path);
        if (rc == 0) {
            g->n_top_names = (int)shape.dims[0];
            g->top_names = mem_new((size_t)g->n_top_names, sizeof *g->top_names);
            rc = store_read(g->f, path, STORE_TEXT, store_entries(0, shape.dims[0]), g->top_names, e);
        }
        if (rc == 0)
            rc = read_top_samples(g, e);
    }
    free(path);
    return rc;
}

// If samples are windows, uses the scores of time steps instead, because windows overlap.
static void choose_steps(struct scores_group *g)
{
    char *steps = scores_path(g, SCORES_STEPS);

    if (store_has(g->f, steps)) {
        free(g->group);
        g->group = steps;
    } else {
        free(steps);
    }
}

// Opens the only group of scores. Returns -1 and an error on failure.
static int open_scores_group(struct scores_group *g, const char *path, struct err *e)
{
    char **sets = NULL;
    int n = 0;
    struct store_shape shape = {0};

    g->f = store_open(path, FORMAT_SCORES, STORE_CHECK, e);
    if (!g->f || store_list(g->f, TRIAL_SCORES, &sets, &n, e) != 0)
        return -1;
    if (n == 1)
        g->group = mem_format(TRIAL_SCORES "/%s", sets[0]);
    list_free(sets, n);
    if (!g->group)
        return err_add(e, ERR_DATA, "%s: found %d groups of scores, allowed: 1", path, n);

    char *sources = store_get_text(g->f, g->group, SCORES_SOURCES);
    choose_steps(g);
    char *error = scores_path(g, SCORES_ERROR);
    int rc = store_get_shape(g->f, error, &shape, e);
    if (rc == 0 && shape.rank != 1)
        rc = err_add(e, ERR_DATA, "%s: %s: found %d dimensions, allowed: 1", path, error, shape.rank);
    g->rows = shape.dims[0];
    label_names_split(sources, &g->sources, &g->n_sources);
    free(error);
    free(sources);
    if (rc == 0)
        rc = coordinates_open(g->f, g->group, g->rows, &g->coordinates, e);
    return rc == 0 ? read_top_names(g, e) : rc;
}

static void close_scores_group(struct scores_group *g)
{
    coordinates_free(&g->coordinates, 0);
    list_free(g->sources, g->n_sources);
    list_free(g->top_names, g->n_top_names);
    free(g->top_sample);
    free(g->group);
    store_close(&g->f);
}

static int list_hdf5_errors(struct scores_list *l, const struct scores_group *g, struct err *e)
{
    float *error = mem_array(PIECE_ROWS, sizeof *error, "errors", e);
    int rc = error ? 0 : -1;

    for (int64_t first = 0; first < g->rows && rc == 0; first += PIECE_ROWS) {
        int64_t n = g->rows - first < PIECE_ROWS ? g->rows - first : PIECE_ROWS;
        rc = read_score_entries(g, SCORES_ERROR, STORE_F32, store_entries(first, n), error, e);
        for (int64_t i = 0; i < n && rc == 0; i++) {
            struct scored_row r = {.place = first + i, .row = first + i, .error = (double)error[i]};
            for (int k = 0; k < SCORES_TOP; k++)
                r.share[k] = NAN;
            r.is_anomalous = scores_list_is_above(l, r.error);
            if (scores_list_wants(l, &r))
                scores_list_add(l, &r);
        }
    }
    free(error);
    return rc;
}

// Returns the double with the fewest digits that is equal to this float in single precision. Text files of scores hold
// the same digits.
static double shortest_double(float value)
{
    struct line_text t = {0};
    double result;

    line_float(&t, value, "inf");
    line_bytes(&t, "", 1);
    result = t.n > 1 ? strtod(t.data, NULL) : NAN;
    line_free(&t);
    return result;
}

static int compare_samples(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int read_top_features(struct scored_row *r, const struct scores_group *g, struct err *e)
{
    int32_t feature[SCORES_TOP];
    float share[SCORES_TOP];
    const int64_t *found =
        g->explained ? bsearch(&r->place, g->top_sample, (size_t)g->explained, sizeof *found, compare_samples) : NULL;

    if (!found)
        return 0;
    const struct store_range one = store_entries(found - g->top_sample, 1);
    if (read_score_entries(g, SCORES_TOP_FEATURE, STORE_I32, one, feature, e) != 0 ||
        read_score_entries(g, SCORES_TOP_SHARE, STORE_F32, one, share, e) != 0)
        return -1;

    for (int k = 0; k < SCORES_TOP; k++) {
        if (feature[k] < 0 || feature[k] >= g->n_top_names)
            continue;
        r->feature[k] = mem_text(g->top_names[feature[k]]);
        r->share[k] = shortest_double(share[k]);
    }
    return 0;
}

static int complete_row(struct scored_row *r, struct scores_group *g, struct err *e)
{
    int64_t index = r->place;
    int32_t source = 0;
    const struct store_range one = store_entries(r->place, 1);
    struct coordinates *c = &g->coordinates;

    if (read_score_entries(g, SCORES_INDEX, STORE_I64, one, &index, e) != 0 ||
        read_score_entries(g, SCORES_SOURCE, STORE_I32, one, &source, e) != 0 || read_top_features(r, g, e) != 0 ||
        coordinates_read(g->f, g->group, r->place, 1, c, e) != 0)
        return -1;

    r->row = index;
    r->source = source;
    r->error = shortest_double((float)r->error);
    if (g->n_sources > 1 && source >= 0 && source < g->n_sources)
        r->file = mem_text(g->sources[source]);
    r->id = c->id && *c->id[0] ? mem_text(c->id[0]) : NULL;
    r->time = coordinates_time_text(c, 0);
    coordinates_free_rows(c, 1);
    return 0;
}

int scores_list_read_hdf5(struct scores_list *l, const char *path, struct err *e)
{
    struct scores_group g = {0};
    int rc = open_scores_group(&g, path, e);

    if (rc == 0) {
        store_get_real(g.f, g.group, SCORES_THRESHOLD, &l->threshold, NULL);
        rc = list_hdf5_errors(l, &g, e);
    }
    for (int64_t i = 0; i < l->n && rc == 0; i++)
        rc = complete_row(&l->v[i], &g, e);
    close_scores_group(&g);
    return rc;
}

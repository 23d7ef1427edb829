// Writes and reads the group `ensemble` of a run's file.
#include "leaderboard/ensemble.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/version.h"
#include "metrics/combination.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ENSEMBLE_PATH(name) RUN_ENSEMBLE "/" name

bool ensemble_is_model(struct store_file *f)
{
    char *kind = store_get_text(f, "", RUN_KIND);
    const bool is_model = kind && strcmp(kind, RUN_KIND_ENSEMBLE) == 0;

    free(kind);
    return is_model;
}

// --- writing

static int write_member_strings(struct store_file *f, const struct ensemble *x, struct err *e)
{
    const struct store_shape shape = {STORE_TEXT, 1, {x->n}};
    const char **text = mem_new((size_t)x->n, sizeof *text);

    for (int i = 0; i < x->n; i++)
        text[i] = x->member[i].id;
    int rc = store_write(f, ENSEMBLE_PATH(ENSEMBLE_MEMBER), &shape, text,
        &(struct store_about){"identity of the trial", NULL, {ENSEMBLE_MEMBER}}, e);
    for (int i = 0; i < x->n; i++)
        text[i] = x->member[i].kind;
    rc |= store_write(f, ENSEMBLE_PATH(ENSEMBLE_KIND), &shape, text,
        &(struct store_about){"kind of the trial", NULL, {ENSEMBLE_MEMBER}}, e);
    free(text);
    return rc;
}

static int write_member_numbers(struct store_file *f, const struct ensemble *x, struct err *e)
{
    const struct store_shape flags = {STORE_I8, 1, {x->n}}, numbers = {STORE_F64, 1, {x->n}};
    int8_t *flag = mem_new((size_t)x->n, sizeof *flag);
    double *weight = mem_new((size_t)x->n, sizeof *weight);

    for (int i = 0; i < x->n; i++) {
        flag[i] = x->combination.is_log[i];
        weight[i] = x->member[i].weight;
    }
    int rc = store_write(f, ENSEMBLE_PATH(ENSEMBLE_LOG), &flags, flag,
        &(struct store_about){"1: errors are logarithms or ranks", "1", {ENSEMBLE_MEMBER}}, e);
    rc |= store_write(f, ENSEMBLE_PATH(ENSEMBLE_WEIGHT), &numbers, weight,
        &(struct store_about){"share of the member in the score", "1", {ENSEMBLE_MEMBER}}, e);

    free(weight);
    free(flag);
    return rc;
}

static int write_member_quantiles(struct store_file *f, const struct ensemble *x, struct err *e)
{
    const struct store_shape along = {STORE_F64, 1, {x->levels}}, shape = {STORE_F64, 2, {x->n, x->levels}};
    const size_t levels = (size_t)x->levels;
    double *all = mem_new((size_t)x->n * levels, sizeof *all);

    for (int i = 0; i < x->n; i++)
        memcpy(all + (size_t)i * levels, x->member[i].quantile, levels * sizeof *all);
    int rc = store_write(f, ENSEMBLE_PATH(REFERENCE_LEVEL), &along, x->level,
        &(struct store_about){"share of the values that are smaller", "1", {REFERENCE_LEVEL}}, e);
    rc |= store_write(f, ENSEMBLE_PATH(ENSEMBLE_QUANTILE), &shape, all,
        &(struct store_about){"quantile of the errors of normal rows", "1", {ENSEMBLE_MEMBER, REFERENCE_LEVEL}}, e);
    free(all);
    return rc;
}

static int write_vetoes(struct store_file *f, const struct ensemble *x, struct err *e)
{
    const struct store_shape shape = {STORE_TEXT, 1, {x->n_vetoes}};
    const char **text = mem_new((size_t)x->n_vetoes + 1, sizeof *text);
    int rc = 0;

    for (int i = 0; i < x->n_vetoes; i++)
        text[i] = x->veto[i].id;
    if (x->n_vetoes)
        rc = store_write(f, ENSEMBLE_PATH(ENSEMBLE_VETO), &shape, text,
            &(struct store_about){"trial that is left out", NULL, {ENSEMBLE_VETO}}, e);
    for (int i = 0; i < x->n_vetoes; i++)
        text[i] = x->veto[i].reason;
    if (x->n_vetoes)
        rc |= store_write(f, ENSEMBLE_PATH(ENSEMBLE_REASON), &shape, text,
            &(struct store_about){"why it is left out", NULL, {ENSEMBLE_VETO}}, e);
    free(text);
    return rc;
}

int ensemble_write(struct store_file *f, const struct ensemble *x, struct err *e)
{
    ASSERT(x->n > 0 && x->combination.kinds > 0, "an ensemble of %d members", x->n);
    int rc = store_set_text(f, RUN_ENSEMBLE, ENSEMBLE_COMBINE, combination_names[x->combination.rule], e);
    rc |= store_set_text(f, RUN_ENSEMBLE, TRIAL_EXPERIMENT, x->experiment, e);
    if (x->run)
        rc |= store_set_text(f, RUN_ENSEMBLE, ENSEMBLE_RUN, x->run, e);
    if (x->selection)
        rc |= store_set_text(f, RUN_ENSEMBLE, ENSEMBLE_SELECTION, x->selection, e);
    rc |= store_set_text(f, RUN_ENSEMBLE, PROVENANCE_VERSION, version(), e);
    rc |= store_set_int(f, RUN_ENSEMBLE, ENSEMBLE_HELD_OUT, x->is_held_out, e);
    if (!isnan(x->threshold))
        rc |= store_set_real(f, RUN_ENSEMBLE, SCORES_THRESHOLD, x->threshold, e);
    if (!isnan(x->step_threshold))
        rc |= store_set_real(f, RUN_ENSEMBLE, TRAINING_ERRORS_STEP_THRESHOLD, x->step_threshold, e);

    rc |= write_member_strings(f, x, e);
    rc |= write_member_numbers(f, x, e);
    rc |= write_member_quantiles(f, x, e);
    return rc | write_vetoes(f, x, e);
}

// --- reading

// Sets *n to the length of an array of one dimension. Returns -1 and an error if it has another number.
static int get_list_length(struct store_file *f, const char *path, int *n, struct err *e)
{
    struct store_shape shape;

    if (store_get_shape(f, path, &shape, e) != 0)
        return -1;
    if (shape.rank != 1 || shape.dims[0] < 1 || shape.dims[0] > INT32_MAX)
        return err_add(e, ERR_DATA, "%s: %s: allowed: a list", store_path(f), path);
    *n = (int)shape.dims[0];
    return 0;
}

// Reads an array (rows), or (rows, columns) if `columns` is not 0, into new memory. Returns NULL and an error if it has
// another shape.
static void *read_of_members(
    struct store_file *f, const char *path, enum store_type type, int rows, int columns, struct err *e)
{
    struct store_shape shape;

    if (store_get_shape(f, path, &shape, e) != 0)
        return NULL;
    if (shape.rank != (columns ? 2 : 1) || shape.dims[0] != rows || (columns && shape.dims[1] != columns) ||
        (type == STORE_TEXT) != (shape.type == STORE_TEXT)) {
        err_add(e, ERR_DATA, "%s: %s: its shape or type is not the one of an ensemble", store_path(f), path);
        return NULL;
    }
    void *v = mem_new((size_t)rows * (size_t)(columns ? columns : 1), store_type_size(type));
    if (store_read(f, path, type, store_entries(0, rows), v, e) == 0)
        return v;
    free(v);
    return NULL;
}

static void free_strings(char **text, int n)
{
    for (int i = 0; text && i < n; i++)
        free(text[i]);
    free(text);
}

// The arrays of the members as the file has them.
struct member_arrays {
    int n, levels;
    char **id, **kind;
    double *log, *level, *quantile;
};

static void member_arrays_free(struct member_arrays *a)
{
    free_strings(a->id, a->n);
    free_strings(a->kind, a->n);
    free(a->log);
    free(a->level);
    free(a->quantile);
}

static void member_arrays_read(struct store_file *f, struct member_arrays *a, struct err *e)
{
    if (get_list_length(f, ENSEMBLE_PATH(ENSEMBLE_MEMBER), &a->n, e) != 0 ||
        get_list_length(f, ENSEMBLE_PATH(REFERENCE_LEVEL), &a->levels, e) != 0)
        return;
    a->id = read_of_members(f, ENSEMBLE_PATH(ENSEMBLE_MEMBER), STORE_TEXT, a->n, 0, e);
    a->kind = read_of_members(f, ENSEMBLE_PATH(ENSEMBLE_KIND), STORE_TEXT, a->n, 0, e);
    a->log = read_of_members(f, ENSEMBLE_PATH(ENSEMBLE_LOG), STORE_F64, a->n, 0, e);
    a->level = read_of_members(f, ENSEMBLE_PATH(REFERENCE_LEVEL), STORE_F64, a->levels, 0, e);
    a->quantile = read_of_members(f, ENSEMBLE_PATH(ENSEMBLE_QUANTILE), STORE_F64, a->n, a->levels, e);
}

// Adds the members of the arrays. Returns -1 and an error if a number is not possible.
static int add_read_members(struct store_file *f, const struct member_arrays *a, struct ensemble *x, struct err *e)
{
    bool is_good = a->levels >= 2 && a->level[0] == 0 && a->level[a->levels - 1] == 1;

    for (int i = 1; i < a->levels; i++)
        is_good = is_good && a->level[i] > a->level[i - 1];
    for (int i = 0; i < a->n && is_good; i++) {
        const struct quantiles q = {a->level, a->quantile + (size_t)i * (size_t)a->levels, a->levels};
        is_good = !combination_refuse(&q);
        if (is_good)
            ensemble_add(x, a->id[i], a->kind[i], &q, a->log[i] != 0);
    }
    if (is_good)
        return 0;
    return err_add(e, ERR_DATA,
        "%s: " RUN_ENSEMBLE
        ": found levels that do not ascend from 0 to 1, or quantiles that are all equal or not finite",
        store_path(f));
}

static int read_members(struct store_file *f, struct ensemble *x, struct err *e)
{
    struct member_arrays a = {0};
    const int before = e->count;

    member_arrays_read(f, &a, e);
    int rc = e->count > before ? -1 : add_read_members(f, &a, x, e);
    member_arrays_free(&a);
    return rc;
}

static int read_vetoes(struct store_file *f, struct ensemble *x, struct err *e)
{
    int n;

    if (!store_has(f, ENSEMBLE_PATH(ENSEMBLE_VETO)))
        return 0;
    if (get_list_length(f, ENSEMBLE_PATH(ENSEMBLE_VETO), &n, e) != 0)
        return -1;
    char **id = read_of_members(f, ENSEMBLE_PATH(ENSEMBLE_VETO), STORE_TEXT, n, 0, e);
    char **reason = read_of_members(f, ENSEMBLE_PATH(ENSEMBLE_REASON), STORE_TEXT, n, 0, e);
    for (int i = 0; id && reason && i < n; i++)
        ensemble_add_veto(x, id[i], reason[i]);
    const int rc = id && reason ? 0 : -1;

    free_strings(id, n);
    free_strings(reason, n);
    return rc;
}

static int read_ensemble_settings(struct store_file *f, struct ensemble *x, struct err *e)
{
    char *rule = store_get_text(f, RUN_ENSEMBLE, ENSEMBLE_COMBINE);
    int64_t is_held_out = 0;
    int k = 0;

    x->experiment = store_get_text(f, RUN_ENSEMBLE, TRIAL_EXPERIMENT);
    x->run = store_get_text(f, RUN_ENSEMBLE, ENSEMBLE_RUN);
    x->selection = store_get_text(f, RUN_ENSEMBLE, ENSEMBLE_SELECTION);
    store_get_int(f, RUN_ENSEMBLE, ENSEMBLE_HELD_OUT, &is_held_out, NULL);
    x->is_held_out = is_held_out != 0;
    if (store_get_real(f, RUN_ENSEMBLE, SCORES_THRESHOLD, &x->threshold, NULL) != 0)
        x->threshold = NAN;
    if (store_get_real(f, RUN_ENSEMBLE, TRAINING_ERRORS_STEP_THRESHOLD, &x->step_threshold, NULL) != 0)
        x->step_threshold = NAN;

    while (rule && combination_names[k] && strcmp(combination_names[k], rule) != 0)
        k++;
    const bool is_good = rule && combination_names[k] && x->experiment;
    if (is_good)
        x->combination.rule = (enum combination_rule)k;
    else
        err_add(e, ERR_DATA, "%s: " RUN_ENSEMBLE ": found `" ENSEMBLE_COMBINE "` %s, allowed: mean, rank, max, low2",
            store_path(f), rule ? rule : "missing");
    free(rule);
    return is_good ? 0 : -1;
}

int ensemble_read(struct store_file *f, struct ensemble *x, struct err *e)
{
    *x = (struct ensemble){.threshold = NAN, .step_threshold = NAN};
    if (!store_has(f, RUN_ENSEMBLE))
        return err_add(e, ERR_DATA, "%s: holds no ensemble; hint: hourglass ensemble RUN makes one", store_path(f));
    if (read_ensemble_settings(f, x, e) == 0 && read_members(f, x, e) == 0 && read_vetoes(f, x, e) == 0 &&
        ensemble_finish(x, e) == 0)
        return 0;

    ensemble_free(x);
    return -1;
}

// Loads data sets in fixed steps (data_load). Each step reports all its mistakes before the next one begins: open the
// tables, compare their shapes and labels, select rows, split train, check the values, fit the scaling to train, build.
//
// While a set is made, it is a draft: its sources, their tables, and the rows selected from them. Tables belong to
// data_files, which opens each file once for all sets. Finally, the rows of a set either point into the mapping of a
// table, which is then held, or are converted. Tables that are not held release their values (keep_files). The files
// live as long as the sets. On failure, loading_free and data_sets_free release everything.
#include "data/dataset.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_check.h"
#include "data/data_config.h"
#include "data/data_fit.h"
#include "data/data_labels.h"
#include "data/data_path.h"
#include "data/data_scaling.h"
#include "data/data_select.h"
#include "data/data_split.h"
#include "data/data_table.h"
#include "data/dataset_build.h"
#include "data/dataset_stream.h"
#include "data/dataset_window.h"
#include "data/split_protocol.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A set that is being made.
struct draft {
    const char *name;             // borrowed
    const struct data_part *part; // borrowed; NULL: its rows are split from train, or it has none
    struct data_table **tables;   // (part->n), owned; the tables themselves belong to the files
    struct data_selection rows;   // owned
    int8_t *is_unscored;          // (rows.rows), owned; NULL: the model can take all rows
    bool has_missing, is_test;
};

struct loading {
    const struct data_config *cfg;
    const char *folder;
    struct err *e;
    struct data_files *files; // owned, until the sets take them over
    struct draft *draft;      // (n), owned: train, validation, tests
    int n;
};
enum { TRAIN, VALIDATION, TESTS };

static void add_draft(struct loading *l, const char *name, const struct data_part *part)
{
    l->draft = mem_grow(l->draft, (size_t)l->n + 1, sizeof *l->draft);
    l->draft[l->n++] = (struct draft){.name = name, .part = part && part->n ? part : NULL};
}

static void loading_free(struct loading *l)
{
    for (int i = 0; i < l->n; i++) {
        free(l->draft[i].tables);
        free(l->draft[i].is_unscored);
        data_selection_free(&l->draft[i].rows);
    }
    free(l->draft);
    data_files_free(&l->files);
}

static int open_draft_tables(struct loading *l)
{
    int result = 0;

    l->files = mem_new(1, sizeof *l->files);
    for (int i = 0; i < l->n; i++) {
        struct draft *d = &l->draft[i];
        int n = d->part ? d->part->n : 0;
        d->tables = mem_new((size_t)n, sizeof *d->tables);
        for (int k = 0; k < n; k++) {
            d->tables[k] = data_files_open(
                l->files, &d->part->source[k], l->folder, TABLE_LABELS | TABLE_VALUES | TABLE_COORDINATES, l->e);
            if (!d->tables[k])
                result = -1;
        }
    }
    return result;
}

// --- shapes

static char *shape_with_crosses(char out[64], int rank, const int *shape)
{
    int n = snprintf(out, 64, "%d", shape[0]);
    for (int i = 1; i < rank; i++)
        n += snprintf(out + n, 64 - (size_t)n, " x %d", shape[i]);
    return out;
}

static int compare_shape(const struct data_source *source, const struct data_table *t, const char *with, int rank,
    const int *shape, struct err *e)
{
    char mine[64], theirs[64];
    if (t->shape_rank == rank && memcmp(t->shape, shape, (size_t)rank * sizeof *shape) == 0)
        return 0;
    return data_error(source->at, e, "found rows of %s in %s, allowed: %s as in %s",
        shape_with_crosses(mine, t->shape_rank, t->shape), t->name, shape_with_crosses(theirs, rank, shape), with);
}

static int compare_features(
    const struct data_source *source, const struct data_table *t, const struct data_table *with, struct err *e)
{
    for (int c = 0; t->features && with->features && c < t->columns; c++)
        if (!data_feature_fits(t->features[c], with->features[c], c))
            return data_error(source->at, e, "found column %d '%s' in %s, allowed: '%s' as in %s", c, t->features[c],
                t->name, with->features[c], with->name);
    return 0;
}

// Compares the columns of tables with text. An additional value in one column shifts the features of all later columns,
// so a comparison of features would not show the cause.
static int compare_text_columns(
    const struct data_source *source, const struct data_table *t, const struct data_table *with, struct err *e)
{
    bool has_text = columns_are_derived(&t->table_columns) || columns_are_derived(&with->table_columns);
    char *difference = has_text ? columns_difference(&t->table_columns, &with->table_columns) : NULL;
    if (!difference)
        return 0;

    data_error(source->at, e,
        "found other columns in %s (here) than in %s (there), allowed: the same: %s; hint: import --like %s makes the "
        "same features",
        t->name, with->name, difference, with->name);
    free(difference);
    return -1;
}

static int compare_draft_shapes(const struct loading *l)
{
    const struct data_table *first = l->draft[TRAIN].tables[0];
    ASSERT(first, "train was not opened");
    int result = 0;

    for (int i = 0; i < l->n; i++)
        for (int k = 0; l->draft[i].part && k < l->draft[i].part->n; k++) {
            const struct data_source *source = &l->draft[i].part->source[k];
            const struct data_table *t = l->draft[i].tables[k];
            if (compare_text_columns(source, t, first, l->e) != 0 ||
                compare_shape(source, t, first->name, first->shape_rank, first->shape, l->e) != 0 ||
                compare_features(source, t, first, l->e) != 0)
                result = -1;
        }
    return result;
}

// --- labels

static int match_labels(const struct loading *l)
{
    const struct data_part **parts = mem_new((size_t)l->n, sizeof *parts);
    struct data_table *const **tables = mem_new((size_t)l->n, sizeof *tables);

    for (int i = 0; i < l->n; i++) {
        parts[i] = l->draft[i].part;
        tables[i] = l->draft[i].tables;
    }

    int result = data_labels_match(l->cfg, parts, tables, l->n, l->files, l->e);
    free(parts);
    free(tables);
    return result;
}

static int match_labels_and_filters(const struct loading *l)
{
    return match_labels(l) == 0 ? data_check_filters(l->cfg, l->files, l->e) : -1;
}

// --- rows

static int select_draft_rows(struct loading *l)
{
    int result = 0;
    for (int i = 0; i < l->n; i++) {
        struct draft *d = &l->draft[i];
        if (d->part && data_select(l->cfg, &l->files->classes, d->part, d->tables, &d->rows, l->e) != 0)
            result = -1;
    }
    return result;
}

// Moves rows of train to the test set, drops rows that are not normal, and moves some of the remaining rows to
// validation. A validation set with sources of its own also keeps only normal rows.
static int split_train_rows(struct loading *l)
{
    struct draft *train = &l->draft[TRAIN], *validation = &l->draft[VALIDATION];
    const struct data_config *cfg = l->cfg;
    if (data_check_normal(cfg, &l->files->classes, &train->rows, l->e) != 0)
        return -1;
    if (cfg->folds && data_split_fold(cfg, &train->rows, &l->draft[TESTS].rows, l->e) != 0)
        return -1;
    if (cfg->test_fraction > 0 && data_split(cfg, &train->rows, SPLIT_TEST, &l->draft[TESTS].rows, l->e) != 0)
        return -1;
    if (cfg->protocol && split_by_protocol(cfg, &train->rows, &l->draft[TESTS].rows, l->e) != 0)
        return -1;

    if (data_keep_normal(cfg, &train->rows, l->e) != 0)
        return -1;
    if (cfg->validation_fraction > 0)
        return data_split(cfg, &train->rows, SPLIT_VALIDATION, &validation->rows, l->e);
    return validation->part ? data_keep_normal(cfg, &validation->rows, l->e) : 0;
}

static int check_draft_values(struct loading *l)
{
    int result = data_check_varies(&l->draft[TRAIN].rows, l->e);

    for (int i = 0; i < l->n; i++) {
        struct draft *d = &l->draft[i];
        int8_t **marks = i >= TESTS ? &d->is_unscored : NULL; // bad rows of a test set are marked, not refused
        if (d->rows.rows && data_check_values(&d->rows, data_allows_missing(l->cfg), marks, &d->has_missing, l->e) != 0)
            result = -1;
        if (i != TRAIN && d->rows.rows && l->cfg->scale.rule.method == SCALE_UNIT &&
            data_check_bytes(NULL, &d->rows, l->e) != 0)
            result = -1;
    }
    return result;
}

// --- sets

static void copy_features(const struct data_table *t, struct data_sets *out)
{
    out->features = list_copy(t->features, t->columns);
    out->table_columns = &t->table_columns;
}

static struct dataset_plan plan_draft(const struct loading *l, const struct draft *d, const struct data_sets *out)
{
    return (struct dataset_plan){.name = d->name,
        .has_missing = d->has_missing,
        .is_streamed = l->cfg->shuffle == SHUFFLE_BLOCKS,
        .is_test = d->is_test,
        .scaling = &out->scaling,
        .features = out->features};
}

// Refuses rows that must be converted if they do not fit into memory. Otherwise the kernel would kill the process.
static int check_converted(const struct loading *l, const struct data_sets *out)
{
    const struct draft *train = &l->draft[TRAIN];
    double need = 0, all = (double)mem_limit(false);
    char bytes[16], has[16];

    for (int i = 0; i < l->n; i++) {
        const struct dataset_plan plan = plan_draft(l, &l->draft[i], out);
        need += l->draft[i].rows.rows ? dataset_converted_bytes(&plan, &l->draft[i].rows) : 0;
    }
    if (need <= all || all <= 0)
        return 0;
    return data_error(train->part->source[0].at, l->e,
        "the rows of all sets take %s on each rank when they are converted to floats, allowed: %s, the memory here; "
        "hint: data.shuffle: blocks converts them as they are needed",
        text_bytes(bytes, need), text_bytes(has, all));
}

static int build_draft(struct loading *l, int i, struct data_sets *out, struct dataset *set)
{
    ASSERT(i >= 0 && i < l->n, "draft %d of %d", i, l->n);
    struct draft *d = &l->draft[i];
    if (!d->rows.rows)
        return 0;
    const struct dataset_plan plan = plan_draft(l, d, out);
    struct series_windows w = {0};
    if (out->window.length && dataset_find_windows(&out->window, d->name, &d->rows, &w, l->e) != 0)
        return -1;
    int result = dataset_build(&plan, &d->rows, set, l->e);

    if (result == 0) {
        set->is_unscored = d->is_unscored;
        d->is_unscored = NULL;
    }
    if (result == 0 && w.length)
        result = dataset_cut_windows(set, &w, out->window.label, l->e);
    windows_free(&w);
    if (result == 0 && set->tables)
        result = dataset_stream_rows(set, l->e);
    return result;
}

// Builds the test sets. Draft `first` is the first of them.
static int build_tests(struct loading *l, int first, struct data_sets *out)
{
    int result = 0;
    out->test = mem_new((size_t)(l->n - first), sizeof *out->test);
    for (out->n_test = 0; out->n_test < l->n - first; out->n_test++) {
        l->draft[first + out->n_test].is_test = true;
        result |= build_draft(l, first + out->n_test, out, &out->test[out->n_test]);
    }
    return result;
}

static int build_drafts(struct loading *l, struct data_sets *out)
{
    copy_features(l->draft[TRAIN].tables[0], out);
    if (check_converted(l, out) != 0)
        return -1;

    int result = build_draft(l, TRAIN, out, &out->train);
    if (l->cfg->shuffle == SHUFFLE_BLOCKS)
        out->train.shuffle = (struct row_shuffle){l->cfg->shuffle_block, l->cfg->shuffle_window};
    result |= build_draft(l, VALIDATION, out, &out->validation);
    return result | build_tests(l, TESTS, out);
}

static void set_label_names(struct dataset *d, const struct data_sets *sets)
{
    d->label_names = sets->label_names;
    d->n_label_names = sets->n_label_names;
}

// Hands the files over to the sets, and releases the values of tables whose rows were converted.
static void keep_files(struct loading *l, struct data_sets *out)
{
    ASSERT(!out->files, "the sets have files");
    data_files_release(l->files);
    out->files = l->files;
    out->n_label_names = l->files->classes.names.n;
    out->label_names = out->n_label_names ? l->files->classes.names.v : NULL;
    set_label_names(&out->train, out);
    set_label_names(&out->validation, out);
    for (int i = 0; i < out->n_test; i++)
        set_label_names(&out->test[i], out);
    l->files = NULL;
}

int data_load(const struct data_config *cfg, const char *spec_folder, struct data_sets *out, struct err *e)
{
    struct loading l = {.cfg = cfg, .folder = spec_folder, .e = e};

    *out = (struct data_sets){0};
    add_draft(&l, "train", &cfg->train);
    add_draft(&l, "validation", &cfg->validation);
    for (int i = 0; i < cfg->n_test; i++)
        add_draft(&l, cfg->test[i].name, &cfg->test[i]);
    if (cfg->test_fraction > 0 || cfg->folds || cfg->protocol)
        add_draft(&l, "test", NULL);
    int result = open_draft_tables(&l);
    if (result == 0)
        result = compare_draft_shapes(&l) | match_labels_and_filters(&l);
    if (result == 0)
        result = select_draft_rows(&l);
    if (result == 0)
        result = split_train_rows(&l);
    if (result == 0)
        result = dataset_window_length(cfg, &l.draft[TRAIN].rows, &out->window, e);
    if (result == 0)
        result = check_draft_values(&l);
    if (result == 0)
        result = data_fit(cfg, &l.draft[TRAIN].rows, &out->scaling, e);
    if (result == 0)
        result = build_drafts(&l, out);
    if (result == 0)
        result = data_files_check(l.files, e); // converted data is not read from its files again
    if (result == 0)
        keep_files(&l, out);
    else
        data_sets_free(out);
    loading_free(&l);

    return result;
}

int data_sets_check(const struct data_sets *sets, struct err *e)
{
    return data_files_check(sets->files, e);
}

// --- checksums

static int verify_source(const struct data_source *source, const char *path, struct err *e)
{
    static const char *const arrays[] = {DATASET_X, DATASET_LABEL, DATASET_ID, DATASET_TIME, DATASET_GROUP};
    struct store_file *f = store_open(path, FORMAT_DATASET, STORE_CHECK, e);
    int result = f ? 0 : -1;

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays && result == 0; i++) {
        char *array = mem_format("%s/%s", source->split, arrays[i]);
        if (store_has(f, array))
            result = store_verify(f, array, e);
        free(array);
    }

    store_close(&f);
    return result;
}

static int verify_part(const struct data_part *part, const char *spec_folder, struct err *e)
{
    int result = 0;

    for (int k = 0; k < part->n; k++) {
        const struct data_source *source = &part->source[k];
        struct err found = {0};
        char *path = data_resolve(source->file, spec_folder, source->at, e);
        if (!path || verify_source(source, path, &found) != 0)
            result = data_blame(source->at, &found, e);
        free(path);
    }
    return result;
}

int data_verify(const struct data_config *cfg, const char *spec_folder, struct err *e)
{
    int result = verify_part(&cfg->train, spec_folder, e) | verify_part(&cfg->validation, spec_folder, e);
    for (int i = 0; i < cfg->n_test; i++)
        result |= verify_part(&cfg->test[i], spec_folder, e);
    return result;
}

// --- new data

static int check_new_data(const struct loading *l, const struct scaling *scaling, int shape_rank, const int *shape)
{
    struct draft *d = &l->draft[0];
    int result = match_labels(l);

    for (int k = 0; k < d->part->n; k++)
        result |= compare_shape(&d->part->source[k], d->tables[k], "the model", shape_rank, shape, l->e);
    if (result == 0)
        result = data_select(l->cfg, &l->files->classes, d->part, d->tables, &d->rows, l->e);
    if (result == 0)
        result = data_check_values(
            &d->rows, scaling->fill || scaling->ignores_missing, &d->is_unscored, &d->has_missing, l->e);
    if (result == 0 && scaling->bytes_only)
        result = data_check_bytes(NULL, &d->rows, l->e);
    return result;
}

int data_load_new(const struct data_part *part, const struct scaling *scaling, int shape_rank, const int *shape,
    struct data_sets *out, struct err *e)
{
    static const struct data_config plain = {0};
    struct loading l = {.cfg = &plain, .e = e};

    *out = (struct data_sets){0};
    add_draft(&l, part->name, part);

    int result = open_draft_tables(&l);
    if (result == 0)
        result = check_new_data(&l, scaling, shape_rank, shape);
    if (result == 0) {
        scaling_copy(&out->scaling, scaling);
        copy_features(l.draft[0].tables[0], out);
        result = build_tests(&l, 0, out);
    }
    if (result == 0)
        keep_files(&l, out);
    else
        data_sets_free(out);
    loading_free(&l);
    return result;
}

void data_sets_free(struct data_sets *sets)
{

    dataset_free(&sets->train);
    dataset_free(&sets->validation);
    for (int i = 0; i < sets->n_test; i++)
        dataset_free(&sets->test[i]);
    free(sets->test);
    list_free(sets->features, sets->scaling.columns);
    scaling_free(&sets->scaling);
    data_files_free(&sets->files);
    *sets = (struct data_sets){0};
}

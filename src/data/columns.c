// Reads and writes the columns. A file stores them as five arrays that other programs can read: the names and kinds of
// the columns, the column of each feature, all categories, and the column of each category.
#include "data/columns.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include "store/store.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const column_kinds[] = {[COLUMN_NUMBER] = "number",
    [COLUMN_BINARY] = "binary",
    [COLUMN_ONE_HOT] = "one_hot",
    [COLUMN_ORDINAL] = "ordinal",
    [COLUMN_HOUR] = "hour",
    [COLUMN_WEEKDAY] = "weekday",
    [COLUMN_KINDS] = NULL};

static bool has_categories(enum column_kind kind)
{
    return kind == COLUMN_BINARY || kind == COLUMN_ONE_HOT || kind == COLUMN_ORDINAL;
}

struct column *columns_add(
    struct columns *c, const char *name, enum column_kind kind, char *const *categories, int n_categories)
{
    ASSERT((n_categories > 0) == has_categories(kind), "column %s has %d categories", name, n_categories);
    if ((c->n & (c->n - 1)) == 0) // a power of two: the capacity doubles
        c->v = mem_grow(c->v, c->n ? 2 * (size_t)c->n : 1, sizeof *c->v);
    struct column *column = &c->v[c->n++];
    bool is_one_hot = kind == COLUMN_ONE_HOT;

    *column = (struct column){.name = mem_text(name),
        .kind = kind,
        .categories = list_copy(categories, n_categories),
        .n_categories = n_categories,
        .first = c->n_features,
        .n = is_one_hot ? n_categories : 1};
    c->n_features += column->n;
    return column;
}

void columns_copy(struct columns *to, const struct columns *from)
{
    *to = (struct columns){0};
    for (int i = 0; i < from->n; i++) {
        const struct column *column = &from->v[i];
        columns_add(to, column->name, column->kind, column->categories, column->n_categories);
    }

    to->id_name = mem_text(from->id_name);
    to->time_name = mem_text(from->time_name);
    to->group_name = mem_text(from->group_name);
    to->label_name = mem_text(from->label_name);
}

void columns_free(struct columns *c)
{
    for (int i = 0; i < c->n; i++) {
        free(c->v[i].name);
        list_free(c->v[i].categories, c->v[i].n_categories);
    }
    free(c->v);
    free(c->id_name);
    free(c->time_name);
    free(c->group_name);
    free(c->label_name);
    *c = (struct columns){0};
}

int columns_of_feature(const struct columns *c, int feature)
{
    int low = 0, high = c->n;

    if (feature < 0 || feature >= c->n_features)
        return -1;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (c->v[middle].first <= feature)
            low = middle;
        else
            high = middle;
    }

    ASSERT(feature >= c->v[low].first && feature < c->v[low].first + c->v[low].n, "feature %d", feature);
    return low;
}

int columns_find(const struct columns *c, const char *name)
{
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->v[i].name, name) == 0)
            return i;
    return -1;
}

int column_find_category(const struct column *column, const char *category)
{
    for (int i = 0; i < column->n_categories; i++)
        if (strcmp(column->categories[i], category) == 0)
            return i;
    return -1;
}

char *column_feature_name(const struct column *column, int k)
{
    ASSERT(k >= 0 && k < column->n, "feature %d of %d of column %s", k, column->n, column->name);

    switch (column->kind) {
    case COLUMN_ONE_HOT:
        return mem_format("%s=%s", column->name, column->categories[k]);
    case COLUMN_BINARY:
        return mem_format("%s=%s", column->name, column->categories[1]);
    case COLUMN_HOUR:
    case COLUMN_WEEKDAY:
        return mem_format("%s.%s", column->name, column_kinds[column->kind]);
    case COLUMN_NUMBER:
    case COLUMN_ORDINAL:
    case COLUMN_KINDS:
        break;
    }
    return mem_text(column->name);
}

char **columns_feature_names(const struct columns *c)
{
    if (c->n == 0)
        return NULL;

    char **names = mem_new((size_t)c->n_features, sizeof *names);
    for (int i = 0; i < c->n; i++)
        for (int k = 0; k < c->v[i].n; k++)
            names[c->v[i].first + k] = column_feature_name(&c->v[i], k);
    return names;
}

bool column_is_of_time(const struct column *column)
{
    return column->kind == COLUMN_HOUR || column->kind == COLUMN_WEEKDAY;
}

bool columns_have_categories(const struct columns *c)
{
    for (int i = 0; i < c->n; i++)
        if (c->v[i].n_categories)
            return true;
    return false;
}

bool columns_are_derived(const struct columns *c)
{
    for (int i = 0; i < c->n; i++)
        if (c->v[i].kind != COLUMN_NUMBER)
            return true;
    return false;
}

// Returns a message, in new memory, on the first category that only one of two columns has, or on a different order of
// the categories. Returns NULL if both have the same categories in the same order.
static char *category_difference(const struct column *here, const struct column *there)
{
    for (int i = 0; i < there->n_categories; i++)
        if (column_find_category(here, there->categories[i]) < 0)
            return mem_format("column '%s' has the value '%s' there and not here", here->name, there->categories[i]);
    for (int i = 0; i < here->n_categories; i++)
        if (column_find_category(there, here->categories[i]) < 0)
            return mem_format("column '%s' has the value '%s' here and not there", here->name, here->categories[i]);

    for (int i = 0; i < here->n_categories; i++)
        if (strcmp(here->categories[i], there->categories[i]) != 0)
            return mem_format("the values of column '%s' have another order", here->name);
    return NULL;
}

char *columns_difference(const struct columns *here, const struct columns *there)
{
    if (here->n == 0 || there->n == 0)
        return NULL;

    for (int i = 0; i < here->n && i < there->n; i++) {
        const struct column *a = &here->v[i], *b = &there->v[i];
        if (strcmp(a->name, b->name) != 0)
            return mem_format("column %d is '%s' here and '%s' there", i + 1, a->name, b->name);
        char *difference = category_difference(a, b);
        if (difference)
            return difference;
        if (a->kind != b->kind)
            return mem_format(
                "column '%s' is %s here and %s there", a->name, column_kinds[a->kind], column_kinds[b->kind]);
    }
    return here->n == there->n ? NULL : mem_format("there are %d columns here and %d there", here->n, there->n);
}

void columns_sum_features(const struct columns *c, const float *feature_error, float *out)
{
    for (int i = 0; i < c->n; i++) {
        const float *of_column = feature_error + c->v[i].first;
        double sum = 0;
        int found = 0;

        for (int k = 0; k < c->v[i].n; k++)
            if (!isnan(of_column[k])) {
                sum += (double)of_column[k];
                found++;
            }
        out[i] = found ? (float)sum : NAN;
    }
}

// --- files

static char *member_path(const char *group, const char *name)
{
    return mem_format("%s/%s", group, name);
}

// The arrays of a group, as a file stores them.
struct column_arrays {
    char **names, **kinds; // (n), owned
    int64_t n;
    int64_t *feature_column; // (n_features), owned
    int64_t n_features;
    char **categories;        // (n_categories), owned
    int64_t *category_column; // (n_categories), owned
    int64_t n_categories;
};

static void column_arrays_free(struct column_arrays *a)
{
    list_free(a->names, a->names ? (int)a->n : 0);
    list_free(a->kinds, a->kinds ? (int)a->n : 0);
    list_free(a->categories, a->categories ? (int)a->n_categories : 0);
    free(a->feature_column);
    free(a->category_column);
}

// Reads an array of one dimension into new memory. If *n is not 0, it is the length that the array must have; otherwise
// *n is set to the length. Returns NULL and an error on failure.
static void *read_column_array(
    struct store_file *f, const char *group, const char *name, enum store_type type, int64_t *n, struct err *e)
{
    char *path = member_path(group, name);
    struct store_shape s;
    void *values = NULL;

    if (store_get_shape(f, path, &s, e) == 0) {
        bool fits = s.rank == 1 && (s.type == STORE_TEXT) == (type == STORE_TEXT) && s.dims[0] <= INT_MAX &&
                    (*n == 0 || *n == s.dims[0]);
        if (!fits)
            err_add(e, ERR_DATA, "%s: %s: found another type or length than that of the columns", store_path(f), path);
        else if ((values = mem_array((size_t)s.dims[0], store_type_size(type), path, e)) &&
                 store_read(f, path, type, store_entries(0, s.dims[0]), values, e) != 0) {
            free(values);
            values = NULL;
        }
        *n = s.dims[0];
    }
    free(path);
    return values;
}

static int read_column_arrays(
    struct store_file *f, const char *group, int n_features, struct column_arrays *a, struct err *e)
{
    char *path = member_path(group, DATASET_CATEGORY);
    bool has_any = store_has(f, path);
    free(path);

    a->n_features = n_features;
    a->names = read_column_array(f, group, DATASET_COLUMN, STORE_TEXT, &a->n, e);
    a->kinds = a->names ? read_column_array(f, group, DATASET_COLUMN_KIND, STORE_TEXT, &a->n, e) : NULL;
    a->feature_column = read_column_array(f, group, DATASET_FEATURE_COLUMN, STORE_I64, &a->n_features, e);
    if (has_any) {
        a->categories = read_column_array(f, group, DATASET_CATEGORY, STORE_TEXT, &a->n_categories, e);
        a->category_column =
            a->categories ? read_column_array(f, group, DATASET_CATEGORY_COLUMN, STORE_I64, &a->n_categories, e) : NULL;
    }
    bool is_whole = a->names && a->kinds && a->feature_column && (!has_any || (a->categories && a->category_column));
    return is_whole ? 0 : -1;
}

static int kind_of_text(const char *text)
{
    for (int k = 0; k < COLUMN_KINDS; k++)
        if (strcmp(column_kinds[k], text) == 0)
            return k;
    return -1;
}

// Returns how many consecutive entries, from `at` on, belong to column `column`.
static int64_t count_entries(const int64_t *columns, int64_t n, int64_t at, int64_t column)
{
    int64_t first = at;
    while (at < n && columns[at] == column)
        at++;
    return at - first;
}

// Makes the columns from the arrays. Returns false if the arrays contradict each other.
static bool build_columns(const struct column_arrays *a, struct columns *out)
{
    int64_t category = 0, feature = 0;

    for (int i = 0; i < a->n; i++) {
        int kind = kind_of_text(a->kinds[i]);
        int64_t categories = count_entries(a->category_column, a->n_categories, category, i);
        int64_t features = count_entries(a->feature_column, a->n_features, feature, i);
        bool fits = kind >= 0 && (categories > 0) == has_categories((enum column_kind)kind) &&
                    (kind != COLUMN_BINARY || categories == 2) && features == (kind == COLUMN_ONE_HOT ? categories : 1);
        if (!fits)
            return false;
        columns_add(
            out, a->names[i], (enum column_kind)kind, a->categories ? a->categories + category : NULL, (int)categories);
        category += categories;
        feature += features;
    }

    return category == a->n_categories && feature == a->n_features;
}

void columns_of_names(struct columns *c, char *const *names, int n)
{
    *c = (struct columns){0};
    for (int i = 0; i < n; i++)
        columns_add(c, names[i], COLUMN_NUMBER, NULL, 0);
}

int columns_read(struct store_file *f, const char *group, int n_features, struct columns *out, struct err *e)
{
    char *path = member_path(group, DATASET_COLUMN);
    bool has_columns = store_has(f, path);
    free(path);

    *out = (struct columns){0};
    if (!has_columns)
        return 0;
    struct column_arrays a = {0};
    int result = read_column_arrays(f, group, n_features, &a, e);
    if (result == 0 && !build_columns(&a, out)) {
        columns_free(out);
        result = err_add(e, ERR_DATA, "%s: %s: the arrays %s, %s, %s and %s contradict each other", store_path(f),
            group, DATASET_COLUMN, DATASET_COLUMN_KIND, DATASET_FEATURE_COLUMN, DATASET_CATEGORY_COLUMN);
    }

    column_arrays_free(&a);
    if (result == 0) {
        out->id_name = store_get_text(f, group, DATASET_ID_NAME);
        out->time_name = store_get_text(f, group, DATASET_TIME_NAME);
        out->group_name = store_get_text(f, group, DATASET_GROUP_NAME);
        out->label_name = store_get_text(f, group, DATASET_LABEL_NAME);
    }
    return result;
}

// An array of one dimension, and the scale along which it is written.
struct column_array {
    const char *name;
    enum store_type type;
    int64_t n;
    const void *values;
    const char *long_name, *scale;
};

// Writes the arrays. Stops and returns -1 and an error at the first that cannot be written.
static int write_column_arrays(
    struct store_file *f, const char *group, const struct column_array *arrays, int n, struct err *e)
{
    int result = 0;

    for (int i = 0; i < n && result == 0; i++) {
        const struct column_array *a = &arrays[i];
        const struct store_shape shape = {.type = a->type, .rank = 1, .dims = {a->n}};
        const struct store_about about = {
            .long_name = a->long_name, .units = a->type == STORE_TEXT ? NULL : "1", .scales = {a->scale}};
        char *path = member_path(group, a->name);
        result = store_write(f, path, &shape, a->values, &about, e);
        free(path);
    }
    return result;
}

static int write_columns_only(struct store_file *f, const char *group, const struct columns *c, struct err *e)
{
    const char **names = mem_new((size_t)c->n, sizeof *names), **kinds = mem_new((size_t)c->n, sizeof *kinds);
    int64_t *of_feature = mem_new((size_t)c->n_features, sizeof *of_feature);

    for (int i = 0; i < c->n; i++) {
        names[i] = c->v[i].name;
        kinds[i] = column_kinds[c->v[i].kind];
        for (int k = 0; k < c->v[i].n; k++)
            of_feature[c->v[i].first + k] = i;
    }

    const struct column_array arrays[] = {
        {DATASET_COLUMN, STORE_TEXT, c->n, names, "name of the column", DATASET_COLUMN},
        {DATASET_COLUMN_KIND, STORE_TEXT, c->n, kinds, "what the column becomes", DATASET_COLUMN},
        {DATASET_FEATURE_COLUMN, STORE_I64, c->n_features, of_feature, "column of the feature, from 0",
            DATASET_FEATURE}};
    int result = write_column_arrays(f, group, arrays, 3, e);
    free(names);
    free(kinds);
    free(of_feature);
    return result;
}

static int write_categories(struct store_file *f, const char *group, const struct columns *c, struct err *e)
{
    int64_t n = 0, at = 0;
    for (int i = 0; i < c->n; i++)
        n += c->v[i].n_categories;
    if (n == 0)
        return 0;

    const char **values = mem_new((size_t)n, sizeof *values);
    int64_t *column = mem_new((size_t)n, sizeof *column);
    for (int i = 0; i < c->n; i++)
        for (int k = 0; k < c->v[i].n_categories; k++, at++) {
            values[at] = c->v[i].categories[k];
            column[at] = i;
        }

    const struct column_array arrays[] = {
        {DATASET_CATEGORY, STORE_TEXT, n, values, "value of the column", DATASET_CATEGORY},
        {DATASET_CATEGORY_COLUMN, STORE_I64, n, column, "column of the category, from 0", DATASET_CATEGORY}};
    int result = write_column_arrays(f, group, arrays, 2, e);
    free(values);
    free(column);
    return result;
}

int columns_write(struct store_file *f, const char *group, const struct columns *c, struct err *e)
{
    if (c->n == 0)
        return 0;
    return write_columns_only(f, group, c, e) == 0 ? write_categories(f, group, c, e) : -1;
}

int columns_write_group(struct store_file *f, const char *group, const struct columns *c, struct err *e)
{
    if (c->n == 0)
        return 0;

    char **names = columns_feature_names(c);
    const struct column_array feature = {
        DATASET_FEATURE, STORE_TEXT, c->n_features, names, "name of the feature", DATASET_FEATURE};
    int result = write_column_arrays(f, group, &feature, 1, e);
    list_free(names, c->n_features);
    if (result == 0)
        result = columns_write(f, group, c, e);

    const struct {
        const char *name, *value;
    } attributes[] = {{DATASET_ID_NAME, c->id_name}, {DATASET_TIME_NAME, c->time_name},
        {DATASET_GROUP_NAME, c->group_name}, {DATASET_LABEL_NAME, c->label_name}};
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes && result == 0; i++)
        if (attributes[i].value)
            result = store_set_text(f, group, attributes[i].name, attributes[i].value, e);
    return result;
}

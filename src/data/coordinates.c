// Reads and writes coordinates. A file stores them as arrays next to the rows. Attributes of the group name the columns
// that they come from.
#include "data/coordinates.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "data/label_names.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdlib.h>
#include <string.h>

const struct store_about about_id = {.long_name = "name of the row", .scales = {DATASET_SAMPLE}};
const struct store_about about_time = {.long_name = "time of the row", .units = TIME_UNITS, .scales = {DATASET_SAMPLE}};
const struct store_about about_group = {
    .long_name = "group: number of its line in group_names, from 0", .units = "1", .scales = {DATASET_SAMPLE}};

static char *coordinate_path(const char *group, const char *name)
{
    return mem_format("%s/%s", group, name);
}

// One of the three coordinates, as files store it.
struct coordinate {
    const char *array, *attribute; // name of the array; attribute of the group that names its column
    enum store_type type;
};
static const struct coordinate in_id = {DATASET_ID, DATASET_ID_NAME, STORE_TEXT};
static const struct coordinate in_time = {DATASET_TIME, DATASET_TIME_NAME, STORE_I64};
static const struct coordinate in_group = {DATASET_GROUP, DATASET_GROUP_NAME, STORE_I64};

// Sets *name to the name of the column from which an array comes, or to the name of the array if the file does not give
// one. Leaves it NULL if there is no such array. Returns -1 and an error if the array does not fit the rows.
static int find_coordinate(
    struct store_file *f, const char *group, const struct coordinate *c, int64_t rows, char **name, struct err *e)
{
    char *path = coordinate_path(group, c->array);
    struct store_shape s;
    int result = 0;

    if (store_has(f, path)) {
        result = store_get_shape(f, path, &s, e);
        if (result == 0 && (s.rank != 1 || s.dims[0] != rows || s.type != c->type))
            result = err_add(e, ERR_DATA, "%s: %s: found another type or shape, allowed: %s for each of %lld rows",
                store_path(f), path, c->type == STORE_TEXT ? "a string" : "an int64", (long long)rows);
        *name = result == 0 ? store_get_text(f, group, c->attribute) : NULL;
        if (result == 0 && !*name)
            *name = mem_text(c->array);
    }
    free(path);
    return result;
}

int coordinates_open(struct store_file *f, const char *group, int64_t rows, struct coordinates *out, struct err *e)
{
    *out = (struct coordinates){0};
    int result = find_coordinate(f, group, &in_id, rows, &out->id_name, e);
    result |= find_coordinate(f, group, &in_time, rows, &out->time_name, e);
    result |= find_coordinate(f, group, &in_group, rows, &out->group_name, e);

    if (out->time_name)
        out->time_zone = store_get_text(f, group, DATASET_TIME_ZONE);
    if (out->group_name) {
        char *lines = store_get_text(f, group, DATASET_GROUP_NAMES);
        label_names_split(lines, &out->group_names, &out->n_group_names);
        free(lines);
    }
    if (result == 0)
        return 0;

    coordinates_free(out, 0);
    return -1;
}

static void *read_coordinate(
    struct store_file *f, const char *group, const struct coordinate *c, struct store_range rows, struct err *e)
{
    char *path = coordinate_path(group, c->array);
    void *values = mem_array((size_t)rows.n, store_type_size(c->type), path, e);

    if (values && store_read(f, path, c->type, rows, values, e) != 0) {
        free(values);
        values = NULL;
    }
    free(path);
    return values;
}

static int check_groups(
    struct store_file *f, const char *group, const struct coordinates *c, int64_t rows, struct err *e)
{
    for (int64_t i = 0; c->group && i < rows; i++)
        if (c->group[i] < GROUP_MISSING || c->group[i] >= c->n_group_names)
            return err_add(e, ERR_DATA,
                "%s: %s/" DATASET_GROUP ": found %lld, allowed: -1 to %d, as " DATASET_GROUP_NAMES " says",
                store_path(f), group, (long long)c->group[i], c->n_group_names - 1);
    return 0;
}

int coordinates_read(
    struct store_file *f, const char *group, int64_t first, int64_t rows, struct coordinates *c, struct err *e)
{
    const struct store_range range = store_entries(first, rows);

    ASSERT(!c->id && !c->time && !c->group, "the rows of %s were read before", group);
    if (c->id_name)
        c->id = read_coordinate(f, group, &in_id, range, e);
    if (c->time_name)
        c->time = read_coordinate(f, group, &in_time, range, e);
    if (c->group_name)
        c->group = read_coordinate(f, group, &in_group, range, e);
    bool is_whole = (!c->id_name || c->id) && (!c->time_name || c->time) && (!c->group_name || c->group);
    if (is_whole && check_groups(f, group, c, rows, e) == 0)
        return 0;

    coordinates_free_rows(c, rows);
    return -1;
}

void coordinates_free_rows(struct coordinates *c, int64_t rows)
{
    for (int64_t i = 0; c->id && !c->borrows_ids && i < rows; i++)
        free(c->id[i]);
    free(c->id);
    free(c->time);
    free(c->group);
    c->id = NULL;
    c->time = NULL;
    c->group = NULL;
}

void coordinates_free(struct coordinates *c, int64_t rows)
{
    coordinates_free_rows(c, rows);
    free(c->id_name);
    free(c->time_name);
    free(c->time_zone);
    free(c->group_name);
    list_free(c->group_names, c->n_group_names);
    *c = (struct coordinates){0};
}

void coordinates_copy_names(struct coordinates *to, const struct coordinates *from)
{
    *to = (struct coordinates){.id_name = mem_text(from->id_name),
        .time_name = mem_text(from->time_name),
        .time_zone = mem_text(from->time_zone),
        .group_name = mem_text(from->group_name),
        .group_names = list_copy(from->group_names, from->n_group_names),
        .n_group_names = from->n_group_names};
}

static int describe_time(struct store_file *f, const char *group, struct err *e)
{
    char *path = coordinate_path(group, DATASET_TIME);
    int result = store_set_text(f, path, STORE_CALENDAR, TIME_CALENDAR, e);

    free(path);
    return result;
}

int coordinates_write_names(struct store_file *f, const char *group, const struct coordinates *c, struct err *e)
{
    const struct {
        const char *name, *value;
    } attributes[] = {{DATASET_ID_NAME, c->id_name}, {DATASET_TIME_NAME, c->time_name},
        {DATASET_TIME_ZONE, c->time_zone}, {DATASET_GROUP_NAME, c->group_name}};
    int result = c->time_name ? describe_time(f, group, e) : 0;

    for (size_t i = 0; i < sizeof attributes / sizeof *attributes && result == 0; i++)
        if (attributes[i].value)
            result = store_set_text(f, group, attributes[i].name, attributes[i].value, e);
    if (!c->group_name || result != 0)
        return result;

    char *lines = label_names_join(c->group_names, c->n_group_names);
    result = store_set_text(f, group, DATASET_GROUP_NAMES, lines, e);
    free(lines);
    return result;
}

// One coordinate of all rows, ready to be written.
struct coordinate_values {
    const struct coordinate *of;
    const void *values; // NULL: the rows do not have it
    const struct store_about *about;
};

static int write_coordinate(struct store_file *f, const char *group, const struct coordinate_values *c, int64_t rows,
    const char *dimension, struct err *e)
{
    const struct store_shape shape = {.type = c->of->type, .rank = 1, .dims = {rows}};
    struct store_about about = *c->about;
    if (!c->values)
        return 0;
    if (dimension)
        about.scales[0] = dimension;

    char *path = coordinate_path(group, c->of->array);
    int result = store_write(f, path, &shape, c->values, &about, e);
    free(path);
    return result;
}

int coordinates_write(struct store_file *f, const char *group, int64_t rows, const struct coordinates *c, struct err *e)
{
    const struct coordinate_values all[] = {
        {&in_id, c->id, &about_id}, {&in_time, c->time, &about_time}, {&in_group, c->group, &about_group}};
    int result = 0;

    for (size_t i = 0; i < sizeof all / sizeof *all && result == 0; i++)
        result = write_coordinate(f, group, &all[i], rows, c->dimension, e);
    return result == 0 ? coordinates_write_names(f, group, c, e) : -1;
}

int coordinates_pick(
    const struct coordinates *from, const int64_t *row, int64_t rows, struct coordinates *to, struct err *e)
{
    size_t n = (size_t)rows;

    coordinates_copy_names(to, from);
    to->borrows_ids = true;
    to->id = from->id ? mem_array(n, sizeof *to->id, "names of rows", e) : NULL;
    to->time = from->time ? mem_array(n, sizeof *to->time, "times of rows", e) : NULL;
    to->group = from->group ? mem_array(n, sizeof *to->group, "groups of rows", e) : NULL;
    for (int64_t i = 0; i < rows; i++) {
        if (to->id)
            to->id[i] = from->id[row[i]];
        if (to->time)
            to->time[i] = from->time[row[i]];
        if (to->group)
            to->group[i] = from->group[row[i]];
    }
    return !to->id == !from->id && !to->time == !from->time && !to->group == !from->group ? 0 : -1;
}

// --- text

char *coordinates_time_text(const struct coordinates *c, int64_t row)
{
    char text[TIME_TEXT_ROOM];

    if (!c->time || c->time[row] == TIME_MISSING)
        return NULL;
    return mem_text(timestamp_text(text, c->time[row], c->time_zone));
}

char *coordinates_row_name(const struct coordinates *c, int64_t row)
{
    return c->id && *c->id[row] ? mem_text(c->id[row]) : coordinates_time_text(c, row);
}

const char *coordinates_group(const struct coordinates *c, int64_t row)
{
    if (!c->group || c->group[row] == GROUP_MISSING)
        return NULL;
    ASSERT(c->group[row] >= 0 && c->group[row] < c->n_group_names, "group %lld", (long long)c->group[row]);
    return c->group_names[c->group[row]];
}

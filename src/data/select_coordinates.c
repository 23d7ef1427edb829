// Joins the coordinates of the tables of a selection.
#include "data/select_coordinates.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "data/data_table.h"
#include "data/label_names.h"
#include <stdlib.h>
#include <string.h>

// Returns the first name that a table has for a coordinate, in new memory, or NULL if no table has one.
#define FIRST_NAME(s, member) first_name((s), offsetof(struct coordinates, member))
static char *first_name(const struct data_selection *s, size_t member)
{
    for (int k = 0; k < s->part->n; k++) {
        const char *name;
        memcpy(&name, (const char *)&s->tables[k]->coordinates + member, sizeof name);
        if (name)
            return mem_text(name);
    }
    return NULL;
}

static int join_ids(const struct data_selection *s, struct coordinates *out, struct err *e)
{
    static char none[1];

    out->id = mem_array((size_t)s->rows, sizeof *out->id, "names of rows", e);
    out->borrows_ids = true;
    for (int64_t i = 0; out->id && i < s->rows; i++) {
        char *const *ids = s->tables[s->source[i]]->coordinates.id;
        out->id[i] = ids ? ids[s->index[i]] : none;
    }
    return out->id ? 0 : -1;
}

// Returns the zone in which all tables show times, or "Z" if they differ, in new memory. Returns NULL if no zone is
// known.
static char *common_zone(const struct data_selection *s)
{
    const char *zone = NULL;

    for (int k = 0, tables = 0; k < s->part->n; k++) {
        const struct coordinates *c = &s->tables[k]->coordinates;
        bool differs =
            c->time_name && tables++ > 0 && (!zone != !c->time_zone || (zone && strcmp(zone, c->time_zone) != 0));
        if (differs)
            return mem_text("Z");
        zone = c->time_name ? c->time_zone : zone;
    }
    return mem_text(zone);
}

static int join_times(const struct data_selection *s, struct coordinates *out, struct err *e)
{
    out->time = mem_array((size_t)s->rows, sizeof *out->time, "times of rows", e);
    out->time_zone = common_zone(s);
    for (int64_t i = 0; out->time && i < s->rows; i++) {
        const int64_t *times = s->tables[s->source[i]]->coordinates.time;
        out->time[i] = times ? times[s->index[i]] : TIME_MISSING;
    }
    return out->time ? 0 : -1;
}

// Joins the names of the groups of all tables into one set. Returns, in new memory, an array per table with the new
// number of each of its groups. The caller frees the arrays.
static int **join_group_names(const struct data_selection *s, struct coordinates *out)
{
    struct label_names all = {0};
    int **numbers = mem_new((size_t)s->part->n, sizeof *numbers), n = 0;

    for (int k = 0; k < s->part->n; k++)
        n += s->tables[k]->coordinates.n_group_names;
    char **names = mem_new((size_t)n, sizeof *names);
    n = 0;
    for (int k = 0; k < s->part->n; k++)
        for (int g = 0; g < s->tables[k]->coordinates.n_group_names; g++)
            names[n++] = mem_text(s->tables[k]->coordinates.group_names[g]);
    label_names_build(&all, names, n);

    for (int k = 0; k < s->part->n; k++) {
        const struct coordinates *c = &s->tables[k]->coordinates;
        numbers[k] = mem_new((size_t)c->n_group_names, sizeof *numbers[k]);
        for (int g = 0; g < c->n_group_names; g++)
            numbers[k][g] = label_names_find(&all, c->group_names[g]);
    }
    out->group_names = all.v;
    out->n_group_names = all.n;
    return numbers;
}

static int join_groups(const struct data_selection *s, struct coordinates *out, struct err *e)
{
    out->group = mem_array((size_t)s->rows, sizeof *out->group, "groups of rows", e);
    if (!out->group)
        return -1;
    int **numbers = join_group_names(s, out);

    for (int64_t i = 0; i < s->rows; i++) {
        const int64_t *groups = s->tables[s->source[i]]->coordinates.group;
        int64_t group = groups ? groups[s->index[i]] : GROUP_MISSING;
        out->group[i] = group == GROUP_MISSING ? group : numbers[s->source[i]][group];
    }
    for (int k = 0; k < s->part->n; k++)
        free(numbers[k]);
    free(numbers);
    return 0;
}

int select_groups(const struct data_selection *s, struct coordinates *out, struct err *e)
{
    ASSERT(!out->group, "%s: the groups were selected before", s->part->name);
    out->group_name = FIRST_NAME(s, group_name);
    return out->group_name ? join_groups(s, out, e) : 0;
}

int select_coordinates(const struct data_selection *s, struct coordinates *out, struct err *e)
{
    int result = select_groups(s, out, e);

    out->id_name = FIRST_NAME(s, id_name);
    out->time_name = FIRST_NAME(s, time_name);
    if (out->id_name)
        result |= join_ids(s, out, e);
    if (out->time_name)
        result |= join_times(s, out, e);
    return result;
}

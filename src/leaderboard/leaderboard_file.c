// Writes and reads the leaderboard of a run's file, and makes rows from its columns.
#include "base/err.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/row.h"
#include "store/store.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- writing
static int write_integers(struct store_file *f, const char *path, const struct store_shape *shape,
    const struct leaderboard_column *c, const struct store_about *about, struct err *e)
{
    int n = (int)shape->dims[0];

    ASSERT(c->number && shape->rank == 1, "column %s holds no numbers", c->name);
    int64_t *integers = mem_new((size_t)n, sizeof *integers);

    for (int i = 0; i < n; i++)
        integers[i] = (int64_t)c->number[i];
    int rc = store_write(f, path, shape, integers, about, e);
    free(integers);
    return rc;
}

static int board_write_column(struct store_file *f, const char *group, const char *scale, const struct leaderboard *b,
    const struct leaderboard_column *c, struct err *e)
{
    struct store_shape shape = {c->type, 1, {b->n}};
    struct store_about about = {c->long_name, c->units, {scale}};
    char *path = mem_format("%s/%s", group, c->name);
    int rc;

    ASSERT((c->type == STORE_TEXT) == (c->text != NULL) && !c->text == !!c->number, "column %s", c->name);
    if (c->type == STORE_I64)
        rc = write_integers(f, path, &shape, c, &about, e);
    else
        rc = store_write(f, path, &shape, c->text ? (const void *)c->text : c->number, &about, e);
    free(path);
    return rc;
}

// The scale is written first, because the other columns refer to it.
int leaderboard_write(
    struct store_file *f, const char *group, const char *scale, const struct leaderboard *b, struct err *e)
{
    int first = leaderboard_find(b, scale);
    ASSERT(first >= 0, "no column %s", scale);

    int rc = store_set_text(f, group, LEADERBOARD_SETS, b->sets, e);
    rc |= store_set_text(f, group, LEADERBOARD_KEYS, b->varied, e);
    rc |= board_write_column(f, group, scale, b, &b->column[first], e);
    for (int i = 0; i < b->n_columns && rc == 0; i++)
        if (i != first)
            rc = board_write_column(f, group, scale, b, &b->column[i], e);
    return rc;
}

// --- reading
static enum store_type column_type(enum store_type stored)
{
    if (stored == STORE_TEXT)
        return STORE_TEXT;
    return stored == STORE_F64 || stored == STORE_F32 ? STORE_F64 : STORE_I64;
}

// Reads a column and appends it to `b`. The first column sets the number of rows; any other number in a later column is
// an error.
static int board_read_column(struct store_file *f, const char *name, struct leaderboard *b, struct err *e)
{
    struct store_shape shape;
    char *path = mem_format(RUN_LEADERBOARD "/%s", name);
    int rc = store_get_shape(f, path, &shape, e);

    if (rc == 0 && (shape.rank != 1 || (b->n_columns > 0 && shape.dims[0] != b->n) || shape.dims[0] > INT32_MAX))
        rc = err_add(e, ERR_DATA, "%s: %s: not as long as the others", store_path(f), path);
    if (rc == 0) {
        enum store_type type = column_type(shape.type);
        char *long_name = store_get_text(f, path, STORE_LONG_NAME);
        char *units = store_get_text(f, path, STORE_UNITS);

        b->n = (int)shape.dims[0];
        struct leaderboard_column *c = leaderboard_add_column(b, name, type, long_name, units);
        void *values = c->text ? (void *)c->text : c->number;
        rc = store_read(f, path, c->text ? STORE_TEXT : STORE_F64, store_entries(0, b->n), values, e);
        free(long_name);
        free(units);
    }
    free(path);

    return rc;
}

struct leaderboard *leaderboard_read(struct store_file *f, struct err *e)
{
    char **names = NULL;
    int n = 0;
    struct leaderboard *b = mem_new(1, sizeof *b);

    b->sets = store_get_text(f, RUN_LEADERBOARD, LEADERBOARD_SETS);
    b->varied = store_get_text(f, RUN_LEADERBOARD, LEADERBOARD_KEYS);
    int rc = store_list(f, RUN_LEADERBOARD, &names, &n, e);
    for (int i = 0; i < n; i++) {
        rc = rc == 0 ? board_read_column(f, names[i], b, e) : rc;
        free(names[i]);
    }
    free(names);

    if (rc == 0 && (!b->sets || !b->varied || leaderboard_find(b, LEADERBOARD_CONFIGURATION) < 0))
        rc = err_add(e, ERR_DATA,
            "%s: " RUN_LEADERBOARD ": has no column or attribute that this version needs; hint: hourglass collect "
            "makes it again",
            store_path(f));
    if (rc != 0)
        leaderboard_free(&b);
    return b;
}

// --- rows
static double board_number(const struct leaderboard *b, const char *name, int row)
{
    ASSERT(row >= 0 && row < b->n, "row %d of %d", row, b->n);
    int i = leaderboard_find(b, name);
    return i >= 0 && b->column[i].number ? b->column[i].number[row] : NAN;
}

static const char *board_text(const struct leaderboard *b, const char *name, int row)
{
    ASSERT(row >= 0 && row < b->n, "row %d of %d", row, b->n);
    int i = leaderboard_find(b, name);
    return i >= 0 && b->column[i].text ? b->column[i].text[row] : "";
}

static int64_t board_integer(const struct leaderboard *b, const char *name, int row)
{
    double v = board_number(b, name, row);
    return isnan(v) ? 0 : (int64_t)v;
}

static void row_take_columns(const struct leaderboard *b, int row, struct leaderboard_row *s)
{
    for (const struct row_column *t = row_texts; t->name; t++)
        row_set_text(t, s, mem_text(board_text(b, t->name, row)));
    for (const struct row_column *c = row_counts; c->name; c++)
        row_set_count(c, s, board_integer(b, c->name, row));
    for (const struct metric *m = trial_metrics; m->name; m++)
        metric_set(m, s, board_number(b, m->name, row));

    s->group = mem_format(RUN_TRIALS "/%s", s->id);
    s->stale = mem_text(board_text(b, LEADERBOARD_CHANGED, row));
    s->has_diverged = strcmp(board_text(b, LEADERBOARD_STATUS, row), TRIAL_DIVERGED) == 0;
}

static void row_take_set(const struct leaderboard *b, int row, const char *set, bool is_only, struct leaderboard_row *s)
{
    struct set_results found = {0};
    const char *set_prefix = is_only ? "" : set;
    const char *dot = is_only ? "" : ".";
    bool has_any = false;

    for (const struct metric *m = set_metrics; m->name; m++) {
        char name[256];
        snprintf(name, sizeof name, "%s%s%s", set_prefix, dot, m->name);
        double v = board_number(b, name, row);
        metric_set(m, &found, v);
        has_any = has_any || !isnan(v);
    }
    if (!has_any)
        return;

    found.name = mem_text(set);
    found.has_labels = !isnan(found.accuracy) || !isnan(found.average_precision);
    s->set = mem_grow(s->set, (size_t)s->n_sets + 1, sizeof *s->set);
    s->set[s->n_sets++] = found;
}

static void row_take_varied(const struct leaderboard *b, int row, const char *key, struct leaderboard_row *s)
{
    char *other = mem_format(LEADERBOARD_VARIED "%s", key);
    const char *name = leaderboard_find(b, other) >= 0 ? other : key;
    const char *text = board_text(b, name, row);
    double v = board_number(b, name, row);
    char number[32];

    if (!isnan(v))
        text = number_text(number, v);
    if (*text) {
        s->key = mem_grow(s->key, (size_t)s->n_varied + 1, sizeof *s->key);
        s->value = mem_grow(s->value, (size_t)s->n_varied + 1, sizeof *s->value);
        s->key[s->n_varied] = mem_text(key);
        s->value[s->n_varied++] = mem_text(text);
    }
    free(other);
}

// Calls `take` for each line of `lines`.
static void lines_visit(const char *lines, void (*take)(void *context, const char *line), void *context)
{
    for (const char *at = lines; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        char *line = mem_format("%.*s", (int)strcspn(at, "\n"), at);
        take(context, line);
        free(line);
    }
}

struct row_visit {
    const struct leaderboard *b;
    int row;
    bool is_only; // there is only one test set
    struct leaderboard_row *s;
};

static void visit_set(void *context, const char *line)
{
    struct row_visit *r = context;
    row_take_set(r->b, r->row, line, r->is_only, r->s);
}

static void visit_key(void *context, const char *line)
{
    struct row_visit *r = context;
    row_take_varied(r->b, r->row, line, r->s);
}

struct leaderboard_row *leaderboard_rows(const struct leaderboard *b, const char *path, struct err *e)
{
    int id = leaderboard_find(b, LEADERBOARD_TRIAL);
    if (b->n_columns > 0 && (id < 0 || !b->column[id].text)) {
        err_add(e, ERR_DATA, "%s: " RUN_LEADERBOARD ": no column `" LEADERBOARD_TRIAL "`", path);
        return NULL;
    }

    struct leaderboard_row *rows = mem_new((size_t)b->n + 1, sizeof *rows);
    for (int i = 0; i < b->n; i++) {
        struct row_visit r = {b, i, !strchr(b->sets, '\n'), &rows[i]};
        rows[i].path = mem_text(path);
        row_take_columns(b, i, &rows[i]);
        lines_visit(b->sets, visit_set, &r);
        lines_visit(b->varied, visit_key, &r);
    }

    return rows;
}

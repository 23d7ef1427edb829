// The leaderboard in a run's file: columns written and read, and the rows that they were made of.
#include "leaderboard/leaderboard.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- writing
static int write_column(struct store_file *f, const char *group, const char *scale, const struct leaderboard *b,
    const struct leaderboard_column *c, struct err *e)
{
    char *path = mem_format("%s/%s", group, c->name);
    struct store_shape shape = {c->type, 1, {b->n}};
    struct store_about about = {c->long_name, c->units, {scale}};
    int64_t *whole = c->type == STORE_I64 ? mem_new((size_t)b->n, sizeof *whole) : NULL;
    for (int i = 0; whole && i < b->n; i++)
        whole[i] = (int64_t)c->number[i];
    const void *data = c->type == STORE_TEXT ? (const void *)c->text : whole ? (const void *)whole : c->number;
    int failed = store_write(f, path, &shape, data, &about, e);
    free(whole);
    free(path);
    return failed;
}

// The scale goes first: the others refer to it.
int leaderboard_write(
    struct store_file *f, const char *group, const char *scale, const struct leaderboard *b, struct err *e)
{
    int first = leaderboard_find(b, scale), failed = store_set_text(f, group, LEADERBOARD_SETS, b->sets, e);
    failed |= store_set_text(f, group, LEADERBOARD_KEYS, b->varied, e);
    failed |= write_column(f, group, scale, b, &b->column[first], e);
    for (int i = 0; i < b->n_columns && !failed; i++)
        if (i != first)
            failed = write_column(f, group, scale, b, &b->column[i], e);
    return failed;
}

// --- reading
static int read_column(struct store_file *f, const char *name, struct leaderboard *b, struct err *e)
{
    struct store_shape shape;
    char *path = mem_format(RUN_LEADERBOARD "/%s", name);
    int failed = store_get_shape(f, path, &shape, e);
    if (!failed && (shape.rank != 1 || (b->n_columns > 0 && shape.dims[0] != b->n) || shape.dims[0] > INT32_MAX))
        failed = err_add(e, ERR_DATA, "%s: %s: not as long as the others", store_path(f), path);
    if (!failed) {
        b->n = (int)shape.dims[0];
        b->column = mem_grow(b->column, (size_t)b->n_columns + 1, sizeof *b->column);
        struct leaderboard_column *c = &b->column[b->n_columns++];
        bool is_whole = shape.type != STORE_F64 && shape.type != STORE_F32;
        *c = (struct leaderboard_column){.name = mem_text(name),
            .long_name = store_get_text(f, path, STORE_LONG_NAME),
            .units = store_get_text(f, path, STORE_UNITS),
            .type = shape.type == STORE_TEXT ? STORE_TEXT
                    : is_whole               ? STORE_I64
                                             : STORE_F64};
        if (c->type == STORE_TEXT)
            c->text = mem_new((size_t)b->n, sizeof *c->text);
        else
            c->number = mem_new((size_t)b->n, sizeof *c->number);
        failed = store_read(
            f, path, c->type == STORE_TEXT ? STORE_TEXT : STORE_F64, 0, b->n, c->text ? (void *)c->text : c->number, e);
    }
    free(path);
    return failed;
}

struct leaderboard *leaderboard_read(struct store_file *f, struct err *e)
{
    char **names = NULL;
    int n = 0;
    struct leaderboard *b = mem_new(1, sizeof *b);
    b->sets = store_get_text(f, RUN_LEADERBOARD, LEADERBOARD_SETS);
    b->varied = store_get_text(f, RUN_LEADERBOARD, LEADERBOARD_KEYS);
    int failed = store_list(f, RUN_LEADERBOARD, &names, &n, e);
    for (int i = 0; i < n; i++) {
        failed = failed ? failed : read_column(f, names[i], b, e);
        free(names[i]);
    }
    free(names);
    if (!failed && (!b->sets || !b->varied || leaderboard_find(b, LEADERBOARD_CONFIGURATION) < 0))
        failed = err_add(e, ERR_DATA,
            "%s: " RUN_LEADERBOARD ": lacks what this version writes; hint: hourglass collect makes it anew",
            store_path(f));
    if (failed)
        leaderboard_free(&b);
    return b;
}

// --- rows
static double number_at(const struct leaderboard *b, const char *name, int row)
{
    int i = leaderboard_find(b, name);
    return i >= 0 && b->column[i].number ? b->column[i].number[row] : NAN;
}

static const char *text_at(const struct leaderboard *b, const char *name, int row)
{
    int i = leaderboard_find(b, name);
    return i >= 0 && b->column[i].text ? b->column[i].text[row] : "";
}

static int64_t whole_at(const struct leaderboard *b, const char *name, int row)
{
    double v = number_at(b, name, row);
    return isnan(v) ? 0 : (int64_t)v;
}

static void row_head(const struct leaderboard *b, int row, struct leaderboard_row *s)
{
    for (const struct row_column *t = row_texts; t->name; t++)
        row_set_text(t, s, mem_text(text_at(b, t->name, row)));
    for (const struct row_column *c = row_counts; c->name; c++)
        row_set_count(c, s, whole_at(b, c->name, row));
    for (const struct metric *m = trial_metrics; m->name; m++)
        metric_set(m, s, number_at(b, m->name, row));

    s->group = mem_format(RUN_TRIALS "/%s", s->id);
    s->stale = mem_text(text_at(b, LEADERBOARD_CHANGED, row));
    s->has_diverged = strcmp(text_at(b, LEADERBOARD_STATUS, row), TRIAL_DIVERGED) == 0;
}

static void row_set(const struct leaderboard *b, int row, const char *set, bool is_only, struct leaderboard_row *s)
{
    struct set_results found = {0};
    bool has_any = false;
    for (const struct metric *m = set_metrics; m->name; m++) {
        char name[256];
        snprintf(name, sizeof name, "%s%s%s", is_only ? "" : set, is_only ? "" : ".", m->name);
        double v = number_at(b, name, row);
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

static void row_varied(const struct leaderboard *b, int row, const char *key, struct leaderboard_row *s)
{
    char *other = mem_format(LEADERBOARD_VARIED "%s", key), number[32];
    const char *name = leaderboard_find(b, other) >= 0 ? other : key, *text = text_at(b, name, row);
    double v = number_at(b, name, row);
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

// Calls `take` with each line of `lines`.
static void each_line(const char *lines, void (*take)(void *context, const char *line), void *context)
{
    for (const char *at = lines; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        char *line = mem_format("%.*s", (int)strcspn(at, "\n"), at);
        take(context, line);
        free(line);
    }
}

struct row {
    const struct leaderboard *b;
    int row;
    bool is_only; // one test set
    struct leaderboard_row *s;
};

static void take_set(void *context, const char *line)
{
    struct row *r = context;
    row_set(r->b, r->row, line, r->is_only, r->s);
}

static void take_key(void *context, const char *line)
{
    struct row *r = context;
    row_varied(r->b, r->row, line, r->s);
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
        struct row r = {b, i, !strchr(b->sets, '\n'), &rows[i]};
        rows[i].path = mem_text(path);
        row_head(b, i, &rows[i]);
        each_line(b->sets, take_set, &r);
        each_line(b->varied, take_key, &r);
    }
    return rows;
}

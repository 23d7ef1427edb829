// Makes the columns of the leaderboard from its rows.
//
// The columns are, in this order: the strings of row_texts, the status, the counts of row_counts, trial_metrics,
// set_metrics of each test set, and the keys that the sweep varies. To add a metric or a count, add a row to a table of
// row.c; nothing changes here. The objective, the protocol, the changed sources, a metric of a test set and a metric
// that depends on the other trials get no column if no trial has a value. leaderboard_file.c writes and reads the
// columns, and makes rows from them again.
#include "leaderboard/leaderboard.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void column_free(struct leaderboard_column *c, int n)
{
    for (int k = 0; c->text && k < n; k++)
        free(c->text[k]);
    free(c->text);
    free(c->number);
    free(c->name);
    free(c->long_name);
    free(c->units);
}

void leaderboard_drop_column(struct leaderboard *b, int column)
{
    ASSERT(column >= 0 && column < b->n_columns, "column %d of %d", column, b->n_columns);
    column_free(&b->column[column], b->n);
    b->n_columns--;
    memmove(&b->column[column], &b->column[column + 1], (size_t)(b->n_columns - column) * sizeof *b->column);
}

void leaderboard_free(struct leaderboard **leaderboard)
{
    struct leaderboard *b = *leaderboard;
    if (!b)
        return;

    for (int i = 0; i < b->n_columns; i++)
        column_free(&b->column[i], b->n);
    free(b->column);
    free(b->sets);
    free(b->varied);
    free(b);
    *leaderboard = NULL;
}

int leaderboard_find(const struct leaderboard *b, const char *name)
{
    for (int i = 0; i < b->n_columns; i++)
        if (strcmp(b->column[i].name, name) == 0)
            return i;
    return -1;
}

struct leaderboard_column *leaderboard_add_column(
    struct leaderboard *b, const char *name, enum store_type type, const char *long_name, const char *units)
{
    ASSERT(name && *name && b->n >= 0, "a column of %d rows needs a name", b->n);
    ASSERT(type == STORE_TEXT || type == STORE_I64 || type == STORE_F64, "column %s of type %d", name, (int)type);

    b->column = mem_grow(b->column, (size_t)b->n_columns + 1, sizeof *b->column);
    struct leaderboard_column *c = &b->column[b->n_columns++];
    *c = (struct leaderboard_column){
        .name = mem_text(name), .long_name = mem_text(long_name), .units = mem_text(units), .type = type};
    if (type == STORE_TEXT)
        c->text = mem_new((size_t)b->n, sizeof *c->text);
    else
        c->number = mem_new((size_t)b->n, sizeof *c->number);
    return c;
}

// --- collecting names, each once
struct board_names {
    const char **name; // owned array of borrowed strings
    int n;
};

static void names_add(struct board_names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->name[i], name) == 0)
            return;
    names->name = mem_grow(names->name, (size_t)names->n + 1, sizeof *names->name);
    names->name[names->n++] = name;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Returns the sorted names, one per line, in new memory.
static char *names_lines(const struct board_names *names)
{
    struct text t = {0};
    if (names->n > 1)
        qsort(names->name, (size_t)names->n, sizeof *names->name, compare_names);
    text_add(&t, "%s", "");
    for (int i = 0; i < names->n; i++)
        text_add(&t, "%s%s", i ? "\n" : "", names->name[i]);
    return t.data;
}

// --- keys that vary
static bool is_number(const char *text)
{
    double v;
    return text_to_double(text, &v) == 0 && !isnan(v);
}

// Adds the column of one key. It holds numbers if every trial that has the key has a number, otherwise strings. Users
// choose the names of keys, so a key can have the name of another column; the column is then called varied.KEY.
static void add_varied(struct leaderboard *b, const struct leaderboard_row *rows, const char *key)
{
    bool all_numbers = true;

    for (int i = 0; i < b->n && all_numbers; i++) {
        const char *value = row_find_value(&rows[i], key);
        all_numbers = !value || is_number(value);
    }

    char *name = mem_format("%s%s", leaderboard_find(b, key) >= 0 ? LEADERBOARD_VARIED : "", key);
    struct leaderboard_column *c = leaderboard_add_column(b, name, all_numbers ? STORE_F64 : STORE_TEXT, key, NULL);
    free(name);

    for (int i = 0; i < b->n; i++) {
        const char *value = row_find_value(&rows[i], key);
        if (!all_numbers)
            c->text[i] = mem_text(value ? value : "");
        else if (!value || text_to_double(value, &c->number[i]) != 0)
            c->number[i] = NAN;
    }
}

static void add_all_varied(struct leaderboard *b, const struct leaderboard_row *rows)
{
    struct board_names keys = {0};

    for (int i = 0; i < b->n; i++)
        for (int k = 0; k < rows[i].n_varied; k++)
            names_add(&keys, rows[i].key[k]);
    b->varied = names_lines(&keys);

    for (int i = 0; i < keys.n; i++)
        add_varied(b, rows, keys.name[i]);
    free(keys.name);
}

// --- metrics
// Adds the column of one metric of one test set, unless no trial has the metric. With several test sets, the column is
// called SET.METRIC.
static void add_set_metric(
    struct leaderboard *b, const struct leaderboard_row *rows, const struct metric *m, const char *set, bool is_only)
{
    bool has_any = false;

    for (int i = 0; i < b->n && !has_any; i++) {
        const struct set_results *s = row_find_set(&rows[i], set);
        has_any = s && !isnan(metric_value(m, s));
    }
    if (!has_any)
        return;

    char *name = is_only ? mem_text(m->name) : mem_format("%s.%s", set, m->name);
    struct leaderboard_column *c = leaderboard_add_column(b, name, STORE_F64, m->long_name, m->units);
    free(name);
    for (int i = 0; i < b->n; i++) {
        const struct set_results *s = row_find_set(&rows[i], set);
        c->number[i] = s ? metric_value(m, s) : NAN;
    }
}

static void add_sets(struct leaderboard *b, const struct leaderboard_row *rows)
{
    struct board_names sets = {0};

    for (int i = 0; i < b->n; i++)
        for (int k = 0; k < rows[i].n_sets; k++)
            names_add(&sets, rows[i].set[k].name);
    b->sets = names_lines(&sets);

    for (int i = 0; i < sets.n; i++)
        for (const struct metric *m = set_metrics; m->name; m++)
            add_set_metric(b, rows, m, sets.name[i], sets.n == 1);
    free(sets.name);
}

// Returns true if a column of strings has no value in any row, and is left out then.
static bool is_empty_text(const struct row_column *t, const struct leaderboard_row *rows, int n)
{
    bool is_optional = strcmp(t->name, LEADERBOARD_OBJECTIVE) == 0 || strcmp(t->name, LEADERBOARD_PROTOCOL) == 0;

    for (int i = 0; i < n && is_optional; i++) {
        const char *text = row_get_text(t, &rows[i]);
        is_optional = !text || !*text;
    }
    return is_optional;
}

// Adds the status of each trial. If a trial is stale, also adds a column with the sources that have changed.
static void add_status(struct leaderboard *b, const struct leaderboard_row *rows)
{
    bool has_stale = false;
    struct leaderboard_column *c =
        leaderboard_add_column(b, LEADERBOARD_STATUS, STORE_TEXT, "done, diverged or stale", NULL);

    for (int i = 0; i < b->n; i++) {
        const char *status = rows[i].has_diverged ? TRIAL_DIVERGED : TRIAL_DONE;
        c->text[i] = mem_text(row_is_stale(&rows[i]) ? TRIAL_STALE : status);
        has_stale = has_stale || row_is_stale(&rows[i]);
    }

    if (has_stale)
        c = leaderboard_add_column(
            b, LEADERBOARD_CHANGED, STORE_TEXT, "sources that have changed since the trial was trained", NULL);
    for (int i = 0; i < b->n && has_stale; i++)
        c->text[i] = mem_text(rows[i].stale ? rows[i].stale : "");
}

static void add_texts(struct leaderboard *b, const struct leaderboard_row *rows)
{
    for (const struct row_column *t = row_texts; t->name; t++) {
        if (is_empty_text(t, rows, b->n))
            continue;
        struct leaderboard_column *c = leaderboard_add_column(b, t->name, STORE_TEXT, t->long_name, NULL);
        for (int i = 0; i < b->n; i++)
            c->text[i] = mem_text(row_get_text(t, &rows[i]));
    }
    add_status(b, rows);
}

static bool has_metric(const struct leaderboard_row *rows, int n, const struct metric *m)
{
    bool has_any = false;
    for (int i = 0; i < n && !has_any; i++)
        has_any = !isnan(metric_value(m, &rows[i]));
    return has_any;
}

static void add_numbers(struct leaderboard *b, const struct leaderboard_row *rows)
{
    for (const struct row_column *count = row_counts; count->name; count++) {
        struct leaderboard_column *c = leaderboard_add_column(b, count->name, STORE_I64, count->long_name, "1");
        for (int i = 0; i < b->n; i++)
            c->number[i] = (double)row_get_count(count, &rows[i]);
    }

    for (const struct metric *m = trial_metrics; m->name; m++) {
        if (!m->group && !has_metric(rows, b->n, m))
            continue;
        struct leaderboard_column *c = leaderboard_add_column(b, m->name, STORE_F64, m->long_name, m->units);
        for (int i = 0; i < b->n; i++)
            c->number[i] = metric_value(m, &rows[i]);
    }
}

struct leaderboard *leaderboard_new(const struct leaderboard_row *rows, int n)
{
    struct leaderboard *b = mem_new(1, sizeof *b);

    ASSERT(n >= 0 && (rows || n == 0), "%d rows", n);
    b->n = n;

    add_texts(b, rows);
    add_numbers(b, rows);
    add_sets(b, rows);
    add_all_varied(b, rows);
    return b;
}

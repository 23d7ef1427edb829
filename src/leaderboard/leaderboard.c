// The leaderboard as columns, made from rows.
#include "leaderboard/leaderboard.h"

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
    column_free(&b->column[column], b->n);
    b->n_columns--;
    memmove(&b->column[column], &b->column[column + 1], (size_t)(b->n_columns - column) * sizeof *b->column);
}

void leaderboard_free(struct leaderboard **leaderboard)
{
    struct leaderboard *b = *leaderboard;
    for (int i = 0; b && i < b->n_columns; i++)
        column_free(&b->column[i], b->n);
    if (b) {
        free(b->column);
        free(b->sets);
        free(b->varied);
    }
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

// --- names that occur in any row, each once
struct names {
    const char **name; // owned array of borrowed texts
    int n;
};

static void note(struct names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->name[i], name) == 0)
            return;
    names->name = mem_grow(names->name, (size_t)names->n + 1, sizeof *names->name);
    names->name[names->n++] = name;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// In order of name.
static char *lines(const struct names *names)
{
    struct text t = {0};
    if (names->n > 1)
        qsort(names->name, (size_t)names->n, sizeof *names->name, by_name);
    text_add(&t, "%s", "");
    for (int i = 0; i < names->n; i++)
        text_add(&t, "%s%s", i ? "\n" : "", names->name[i]);
    return t.data;
}

// --- what varies
static const char *varied_value(const struct leaderboard_row *s, const char *key)
{
    for (int i = 0; i < s->n_varied; i++)
        if (strcmp(s->key[i], key) == 0)
            return s->value[i];
    return NULL;
}

static bool is_number(const char *text)
{
    double v;
    return text_to_double(text, &v) == 0 && !isnan(v);
}

// Numbers where every trial that has the key has one, else texts. Users name variables as they like: one that is called
// like another column goes by varied.KEY.
static void add_varied(struct leaderboard *b, const struct leaderboard_row *rows, const char *key)
{
    bool all_numbers = true;
    for (int i = 0; i < b->n && all_numbers; i++) {
        const char *value = varied_value(&rows[i], key);
        all_numbers = !value || is_number(value);
    }
    char *name = mem_format("%s%s", leaderboard_find(b, key) >= 0 ? LEADERBOARD_VARIED : "", key);
    struct leaderboard_column *c = leaderboard_add_column(b, name, all_numbers ? STORE_F64 : STORE_TEXT, key, NULL);
    free(name);
    for (int i = 0; i < b->n; i++) {
        const char *value = varied_value(&rows[i], key);
        if (!all_numbers)
            c->text[i] = mem_text(value ? value : "");
        else if (!value || text_to_double(value, &c->number[i]) != 0)
            c->number[i] = NAN;
    }
}

static void add_all_varied(struct leaderboard *b, const struct leaderboard_row *rows)
{
    struct names keys = {0};
    for (int i = 0; i < b->n; i++)
        for (int k = 0; k < rows[i].n_varied; k++)
            note(&keys, rows[i].key[k]);
    b->varied = lines(&keys);
    for (int i = 0; i < keys.n; i++)
        add_varied(b, rows, keys.name[i]);
    free(keys.name);
}

// --- metrics
static const struct set_results *find_set(const struct leaderboard_row *s, const char *name)
{
    for (int i = 0; i < s->n_sets; i++)
        if (strcmp(s->set[i].name, name) == 0)
            return &s->set[i];
    return NULL;
}

// Of what the trials say of one test set, whose name goes before it where there are several. A metric that no trial has
// gets no column.
static void add_set_metric(
    struct leaderboard *b, const struct leaderboard_row *rows, const struct metric *m, const char *set, bool is_only)
{
    bool has_any = false;
    for (int i = 0; i < b->n && !has_any; i++) {
        const struct set_results *s = find_set(&rows[i], set);
        has_any = s && !isnan(metric_value(m, s));
    }
    if (!has_any)
        return;
    char *name = mem_format("%s%s%s", is_only ? "" : set, is_only ? "" : ".", m->name);
    struct leaderboard_column *c = leaderboard_add_column(b, name, STORE_F64, m->long_name, m->units);
    free(name);
    for (int i = 0; i < b->n; i++) {
        const struct set_results *s = find_set(&rows[i], set);
        c->number[i] = s ? metric_value(m, s) : NAN;
    }
}

static void add_sets(struct leaderboard *b, const struct leaderboard_row *rows)
{
    struct names sets = {0};
    for (int i = 0; i < b->n; i++)
        for (int k = 0; k < rows[i].n_sets; k++)
            note(&sets, rows[i].set[k].name);
    b->sets = lines(&sets);
    for (int i = 0; i < sets.n; i++)
        for (const struct metric *m = set_metrics; m->name; m++)
            add_set_metric(b, rows, m, sets.name[i], sets.n == 1);
    free(sets.name);
}

static bool has_objective(const struct leaderboard_row *rows, int n)
{
    bool has_any = false;
    for (int i = 0; i < n && !has_any; i++)
        has_any = *rows[i].objective;
    return has_any;
}

// A column of what has changed only if anything has.
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
        if (strcmp(t->name, LEADERBOARD_OBJECTIVE) == 0 && !has_objective(rows, b->n))
            continue;
        struct leaderboard_column *c = leaderboard_add_column(b, t->name, STORE_TEXT, t->long_name, NULL);
        for (int i = 0; i < b->n; i++)
            c->text[i] = mem_text(row_text(t, &rows[i]));
    }
    add_status(b, rows);
}

static void add_numbers(struct leaderboard *b, const struct leaderboard_row *rows)
{
    for (const struct row_column *count = row_counts; count->name; count++) {
        struct leaderboard_column *c = leaderboard_add_column(b, count->name, STORE_I64, count->long_name, "1");
        for (int i = 0; i < b->n; i++)
            c->number[i] = (double)row_count(count, &rows[i]);
    }

    for (const struct metric *m = trial_metrics; m->name; m++) {
        struct leaderboard_column *c = leaderboard_add_column(b, m->name, STORE_F64, m->long_name, m->units);
        for (int i = 0; i < b->n; i++)
            c->number[i] = metric_value(m, &rows[i]);
    }
}

struct leaderboard *leaderboard_new(const struct leaderboard_row *rows, int n)
{
    struct leaderboard *b = mem_new(1, sizeof *b);
    b->n = n;
    add_texts(b, rows);
    add_numbers(b, rows);
    add_sets(b, rows);
    add_all_varied(b, rows);
    return b;
}

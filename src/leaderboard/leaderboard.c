// The leaderboard as columns, made of summaries.
#include "leaderboard/leaderboard.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void column_free(struct board_column *c, int n)
{
    for (int k = 0; c->text && k < n; k++)
        free(c->text[k]);
    free(c->text);
    free(c->number);
    free(c->name);
    free(c->long_name);
    free(c->units);
}

void board_drop(struct board *b, int column)
{
    column_free(&b->column[column], b->n);
    b->n_columns--;
    memmove(&b->column[column], &b->column[column + 1], (size_t)(b->n_columns - column) * sizeof *b->column);
}

void board_free(struct board **board)
{
    struct board *b = *board;
    for (int i = 0; b && i < b->n_columns; i++)
        column_free(&b->column[i], b->n);
    if (b) {
        free(b->column);
        free(b->sets);
        free(b->varied);
    }
    free(b);
    *board = NULL;
}

int board_find(const struct board *b, const char *name)
{
    for (int i = 0; i < b->n_columns; i++)
        if (strcmp(b->column[i].name, name) == 0)
            return i;
    return -1;
}

struct board_column *board_add(
    struct board *b, const char *name, enum store_type type, const char *long_name, const char *units)
{
    b->column = mem_grow(b->column, (size_t)b->n_columns + 1, sizeof *b->column);
    struct board_column *c = &b->column[b->n_columns++];
    *c = (struct board_column){
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
static const char *varied_value(const struct trial_summary *s, const char *key)
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
static void add_varied(struct board *b, const struct trial_summary *rows, const char *key)
{
    bool all_numbers = true;
    for (int i = 0; i < b->n && all_numbers; i++) {
        const char *value = varied_value(&rows[i], key);
        all_numbers = !value || is_number(value);
    }
    char *name = mem_format("%s%s", board_find(b, key) >= 0 ? LEADERBOARD_VARIED : "", key);
    struct board_column *c = board_add(b, name, all_numbers ? STORE_F64 : STORE_TEXT, key, NULL);
    free(name);
    for (int i = 0; i < b->n; i++) {
        const char *value = varied_value(&rows[i], key);
        if (!all_numbers)
            c->text[i] = mem_text(value ? value : "");
        else if (!value || text_to_double(value, &c->number[i]) != 0)
            c->number[i] = NAN;
    }
}

static void add_all_varied(struct board *b, const struct trial_summary *rows)
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

// --- figures
static const struct set_summary *find_set(const struct trial_summary *s, const char *name)
{
    for (int i = 0; i < s->n_sets; i++)
        if (strcmp(s->set[i].name, name) == 0)
            return &s->set[i];
    return NULL;
}

// Of what the trials say of one test set, whose name goes before it where there are several. A figure that no trial has
// gets no column.
static void add_set_figure(
    struct board *b, const struct trial_summary *rows, const struct figure *f, const char *set, bool is_only)
{
    bool has_any = false;
    for (int i = 0; i < b->n && !has_any; i++) {
        const struct set_summary *s = find_set(&rows[i], set);
        has_any = s && !isnan(figure_of(f, s));
    }
    if (!has_any)
        return;
    char *name = mem_format("%s%s%s", is_only ? "" : set, is_only ? "" : ".", f->name);
    struct board_column *c = board_add(b, name, STORE_F64, f->long_name, f->units);
    free(name);
    for (int i = 0; i < b->n; i++) {
        const struct set_summary *s = find_set(&rows[i], set);
        c->number[i] = s ? figure_of(f, s) : NAN;
    }
}

static void add_sets(struct board *b, const struct trial_summary *rows)
{
    struct names sets = {0};
    for (int i = 0; i < b->n; i++)
        for (int k = 0; k < rows[i].n_sets; k++)
            note(&sets, rows[i].set[k].name);
    b->sets = lines(&sets);
    for (int i = 0; i < sets.n; i++)
        for (const struct figure *f = set_figures; f->name; f++)
            add_set_figure(b, rows, f, sets.name[i], sets.n == 1);
    free(sets.name);
}

static bool has_objective(const struct trial_summary *rows, int n)
{
    bool has_any = false;
    for (int i = 0; i < n && !has_any; i++)
        has_any = *rows[i].objective;
    return has_any;
}

// A column of what has changed only if anything has.
static void add_status(struct board *b, const struct trial_summary *rows)
{
    bool has_stale = false;
    struct board_column *c = board_add(b, LEADERBOARD_STATUS, STORE_TEXT, "done, diverged or stale", NULL);

    for (int i = 0; i < b->n; i++) {
        const char *status = rows[i].has_diverged ? TRIAL_DIVERGED : TRIAL_DONE;
        c->text[i] = mem_text(summary_is_stale(&rows[i]) ? TRIAL_STALE : status);
        has_stale = has_stale || summary_is_stale(&rows[i]);
    }

    if (has_stale)
        c = board_add(
            b, LEADERBOARD_CHANGED, STORE_TEXT, "sources that have changed since the trial was trained", NULL);
    for (int i = 0; i < b->n && has_stale; i++)
        c->text[i] = mem_text(rows[i].stale ? rows[i].stale : "");
}

static void add_texts(struct board *b, const struct trial_summary *rows)
{
    static const struct {
        const char *name, *long_name;
        size_t offset;
    } texts[] = {
        {LEADERBOARD_TRIAL, "identity of the trial", offsetof(struct trial_summary, id)},
        {LEADERBOARD_EXPERIMENT, "name of the experiment", offsetof(struct trial_summary, experiment)},
        {LEADERBOARD_CLUSTER, "cluster that it ran on", offsetof(struct trial_summary, cluster)},
        {LEADERBOARD_CONFIGURATION, "equal of trials that differ in train.seed alone",
            offsetof(struct trial_summary, configuration)},
        {LEADERBOARD_OBJECTIVE, "what its sweep looks for", offsetof(struct trial_summary, objective)},
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        if (texts[k].offset == offsetof(struct trial_summary, objective) && !has_objective(rows, b->n))
            continue;
        struct board_column *c = board_add(b, texts[k].name, STORE_TEXT, texts[k].long_name, NULL);
        for (int i = 0; i < b->n; i++)
            c->text[i] = mem_text(*(char *const *)(const void *)((const char *)&rows[i] + texts[k].offset));
    }
    add_status(b, rows);
}

static void add_numbers(struct board *b, const struct trial_summary *rows)
{
    static const struct {
        const char *name, *long_name;
        size_t offset;
    } counts[] = {
        {LEADERBOARD_EPOCHS, "epochs trained", offsetof(struct trial_summary, epochs)},
        {LEADERBOARD_PARAMETERS, "trainable parameters", offsetof(struct trial_summary, parameters)},
        {PROVENANCE_RANKS, "MPI ranks that trained it", offsetof(struct trial_summary, ranks)},
        {PROVENANCE_THREADS, "threads of each rank", offsetof(struct trial_summary, threads)},
    };
    struct board_column *c;
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        c = board_add(b, counts[k].name, STORE_I64, counts[k].long_name, "1");
        for (int i = 0; i < b->n; i++)
            c->number[i] = (double)*(const int64_t *)(const void *)((const char *)&rows[i] + counts[k].offset);
    }
    for (const struct figure *f = trial_figures; f->name; f++) {
        c = board_add(b, f->name, STORE_F64, f->long_name, f->units);
        for (int i = 0; i < b->n; i++)
            c->number[i] = figure_of(f, &rows[i]);
    }
}

struct board *board_new(const struct trial_summary *rows, int n)
{
    struct board *b = mem_new(1, sizeof *b);
    b->n = n;
    add_texts(b, rows);
    add_numbers(b, rows);
    add_sets(b, rows);
    add_all_varied(b, rows);
    return b;
}

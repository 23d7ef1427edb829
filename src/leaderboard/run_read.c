// Leaderboards read from wherever they stand.
#include "leaderboard/run_read.h"

#include "base/mem.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/objective.h"
#include "leaderboard/stale.h"
#include "store/schema.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// --- trial files
static int is_trial_file(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 3 && d->d_name[0] != '.' && strcmp(d->d_name + n - 3, ".h5") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

char **run_trial_files(const char *folder, int *n, struct err *e)
{
    struct dirent **list = NULL;
    char *trials = mem_format("%s/trials", folder);
    *n = scandir(trials, &list, is_trial_file, by_name);
    if (*n < 0)
        err_add(e, ERR_USAGE, "%s: no run: %s", trials, strerror(errno));
    char **paths = *n < 0 ? NULL : mem_new((size_t)*n + 1, sizeof *paths);
    for (int i = 0; i < *n; i++) {
        paths[i] = mem_format("%s/%s", trials, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    free(trials);
    *n = *n < 0 ? 0 : *n;
    return paths;
}

static void free_paths(char **paths, int n)
{
    for (int i = 0; i < n; i++)
        free(paths[i]);
    free(paths);
}

void rows_free(struct leaderboard_row **rows, int n)
{
    for (int i = 0; i < n; i++)
        row_free(&(*rows)[i]);
    free(*rows);
    *rows = NULL;
}

// --- a run's file
struct store_file *run_open(const char *path, struct err *e)
{
    return store_walk_objects(path, (const char *const[]){RUN_LEADERBOARD}, 1, e) == 0
               ? store_open(path, FORMAT_RUN, true, e)
               : NULL;
}

struct store_file *trial_open(const struct leaderboard_row *s, struct err *e)
{
    if (!*s->group)
        return store_open(s->path, FORMAT_TRIAL, false, e);
    const char *group = s->group;
    return store_walk_objects(s->path, &group, 1, e) == 0 ? store_open(s->path, FORMAT_RUN, true, e) : NULL;
}

static int read_run_file(const char *path, struct leaderboard_row **rows, int *n, struct err *e)
{
    struct store_file *f = run_open(path, e);
    struct leaderboard *b = f ? leaderboard_read(f, e) : NULL;
    *rows = b ? leaderboard_rows(b, path, e) : NULL;
    *n = *rows ? b->n : 0;
    leaderboard_free(&b);
    store_close(&f);
    return *rows ? 0 : -1;
}

// --- a folder: what its run.h5 knows
struct known {
    struct leaderboard_row *rows; // in order of id; a row that is used is zeroed
    int n;
    struct timespec made; // run.h5
};

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct leaderboard_row *)a)->id, ((const struct leaderboard_row *)b)->id);
}

static struct known known_read(const char *folder)
{
    struct known k = {0};
    struct err ignored = {0};
    struct stat s;
    char *path = mem_format("%s/run.h5", folder);
    if (stat(path, &s) == 0 && read_run_file(path, &k.rows, &k.n, &ignored) == 0) {
        k.made = s.st_mtim;
        if (k.n > 1)
            qsort(k.rows, (size_t)k.n, sizeof *k.rows, by_id);
    }
    free(path);
    return k;
}

// The row of a trial file that is no newer than run.h5; NULL: to be read.
static struct leaderboard_row *known_find(struct known *k, const char *path)
{
    struct stat s;
    const char *name = strrchr(path, '/') + 1;
    if (k->n == 0 || stat(path, &s) != 0 || s.st_mtim.tv_sec > k->made.tv_sec ||
        (s.st_mtim.tv_sec == k->made.tv_sec && s.st_mtim.tv_nsec >= k->made.tv_nsec))
        return NULL;
    struct leaderboard_row wanted = {.id = mem_format("%.*s", (int)strlen(name) - 3, name)};
    struct leaderboard_row *found = bsearch(&wanted, k->rows, (size_t)k->n, sizeof *k->rows, by_id);
    free(wanted.id);
    return found;
}

// The row becomes one of the trial file's.
static struct leaderboard_row row_of_file(const struct leaderboard_row *row, const char *path)
{
    struct leaderboard_row s = *row;
    free(s.path);
    free(s.group);
    s.path = mem_text(path);
    s.group = mem_text("");
    return s;
}

// How the trial files of a folder are read.
struct reading {
    bool is_ours, verifies, reads_all;
    struct bad_files *bad; // NULL: bad ones are errors
};

int trial_check_name(const char *path, const char *id, struct err *e)
{
    const char *name = strrchr(path, '/') + 1;
    size_t n = strlen(name) - strlen(".h5");

    if (strlen(id) == n && strncmp(name, id, n) == 0)
        return 0;
    return err_add(e, ERR_DATA, "%s: found trial %s in it, expected trial %.*s: it is the file of another trial", path,
        id, (int)n, name);
}

static void note_bad(struct bad_files *bad, const char *path, const struct err *found)
{
    bad->v = mem_grow(bad->v, (size_t)bad->n + 1, sizeof *bad->v);
    struct bad_file *b = &bad->v[bad->n++];
    *b = (struct bad_file){mem_text(path), mem_format("%.*s", (int)strcspn(found->text, "\n"), found->text), {0}};
    lstat(path, &b->seen);
}

void bad_files_free(struct bad_files *b)
{
    for (int i = 0; i < b->n; i++) {
        free(b->v[i].path);
        free(b->v[i].why);
    }
    free(b->v);
    *b = (struct bad_files){0};
}

// One trial file, which the walker (NULL: none) comes to next.
static int read_one(const char *path, struct store_walker *walker, struct leaderboard_row *row, struct err *e)
{
    if (walker && store_walker_next(walker, e) != 0)
        return -1;
    if (row_read(path, true, row, e) != 0)
        return -1;
    if (trial_check_name(path, row->id, e) == 0)
        return 0;
    row_free(row);
    return -1;
}

// Files that are no regular ones never come to the walker.
static int read_new(
    char **paths, int n, const struct reading *how, struct leaderboard_row *rows, int *found, struct err *e)
{
    char **whole = mem_new((size_t)n + 1, sizeof *whole);
    int n_whole = 0, failed = 0;
    for (int i = 0; i < n; i++) {
        struct err bad = {0};
        if (how->is_ours || store_glance(paths[i], &bad) == 0)
            whole[n_whole++] = paths[i];
        else if (how->bad)
            note_bad(how->bad, paths[i], &bad);
        else
            err_merge(e, &bad);
    }

    struct store_walker *walker = NULL;
    if (!how->is_ours && n_whole > 0)
        walker = store_walker_new((const char *const *)whole, n_whole, how->verifies);
    for (int i = 0; i < n_whole && !failed; i++) {
        struct err bad = {0};
        if (read_one(whole[i], walker, &rows[*found], &bad) == 0)
            ++*found;
        else if (how->bad && bad.kind == ERR_DATA)
            note_bad(how->bad, whole[i], &bad);
        else {
            err_merge(e, &bad);
            failed = bad.kind == ERR_DATA ? 0 : -1;
        }
    }
    store_walker_free(&walker);
    free(whole);
    return failed;
}

static int read_folder(
    const char *folder, const struct reading *how, struct leaderboard_row **rows, int *n, struct err *e)
{
    int n_paths, n_new = 0;
    char **paths = run_trial_files(folder, &n_paths, e);
    if (!paths)
        return -1;
    struct known known = how->is_ours || how->reads_all ? (struct known){0} : known_read(folder);
    char **new = mem_new((size_t)n_paths + 1, sizeof *new);
    bool *is_taken = mem_new((size_t)known.n + 1, sizeof *is_taken);
    *rows = mem_new((size_t)n_paths + 1, sizeof **rows);
    for (int i = 0; i < n_paths; i++) {
        struct leaderboard_row *row = known_find(&known, paths[i]);
        if (!row) {
            new[n_new++] = paths[i];
            continue;
        }
        (*rows)[(*n)++] = row_of_file(row, paths[i]);
        is_taken[row - known.rows] = true;
    }
    int failed = read_new(new, n_new, how, *rows, n, e);

    for (int i = 0; i < known.n; i++)
        if (!is_taken[i])
            row_free(&known.rows[i]);
    free(known.rows);
    free(is_taken);
    free(new);
    free_paths(paths, n_paths);

    struct stale stale;
    stale_read(folder, &stale);
    stale_mark(&stale, *rows, *n);
    stale_free(&stale);
    return failed;
}

int run_examine_rows(
    const char *folder, bool reads_all, struct leaderboard_row **rows, int *n, struct bad_files *bad, struct err *e)
{
    const struct reading how = {.verifies = true, .reads_all = reads_all, .bad = bad};
    *rows = NULL;
    *n = 0;
    return read_folder(folder, &how, rows, n, e);
}

// --- any
static bool exists(const char *folder, const char *name)
{
    struct stat s;
    char *path = mem_format("%s/%s", folder, name);
    bool found = stat(path, &s) == 0;
    free(path);
    return found;
}

static int read_file(const char *path, struct leaderboard_row **rows, int *n, struct err *e)
{
    struct err as_run = {0};
    if (read_run_file(path, rows, n, &as_run) == 0)
        return 0;
    if (!strstr(as_run.text, "expected \"" FORMAT_RUN "\"")) {
        err_merge(e, &as_run);
        return -1;
    }
    *rows = mem_new(1, sizeof **rows);
    *n = row_read(path, false, *rows, e) == 0;
    return *n ? 0 : -1;
}

static int read_any(const char *run, bool is_ours, struct leaderboard_row **rows, int *n, struct err *e)
{
    struct stat s;
    if (stat(run, &s) != 0)
        return err_add(e, ERR_USAGE, "%s: no run: %s", run, strerror(errno));
    if (!S_ISDIR(s.st_mode))
        return read_file(run, rows, n, e);
    if (exists(run, "trials") || !exists(run, "run.h5"))
        return read_folder(run, &(struct reading){.is_ours = is_ours}, rows, n, e);
    char *path = mem_format("%s/run.h5", run);
    int failed = read_run_file(path, rows, n, e);
    free(path);
    return failed;
}

int run_read_rows(const char *run, bool is_ours, struct leaderboard_row **rows, int *n, struct err *e)
{
    *rows = NULL;
    *n = 0;
    int failed = read_any(run, is_ours, rows, n, e);
    if (failed) {
        rows_free(rows, *n);
        *n = 0;
    } else
        rows_sort(*rows, *n);
    return failed;
}

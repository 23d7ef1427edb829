// Leaderboards read from wherever they stand.
#include "sweep/run_read.h"

#include "base/mem.h"
#include "store/schema.h"
#include "sweep/board.h"
#include "sweep/objective.h"
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

void leaderboard_free(struct trial_summary **rows, int n)
{
    for (int i = 0; i < n; i++)
        summary_free(&(*rows)[i]);
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

struct store_file *trial_open(const struct trial_summary *s, struct err *e)
{
    if (!*s->group)
        return store_open(s->path, FORMAT_TRIAL, false, e);
    const char *group = s->group;
    return store_walk_objects(s->path, &group, 1, e) == 0 ? store_open(s->path, FORMAT_RUN, true, e) : NULL;
}

static int read_run_file(const char *path, struct trial_summary **rows, int *n, struct err *e)
{
    struct store_file *f = run_open(path, e);
    struct board *b = f ? board_read(f, e) : NULL;
    *rows = b ? board_rows(b, path, e) : NULL;
    *n = *rows ? b->n : 0;
    board_free(&b);
    store_close(&f);
    return *rows ? 0 : -1;
}

// --- a folder: what its run.h5 knows
struct known {
    struct trial_summary *rows; // in order of id; a row that is used is zeroed
    int n;
    struct timespec made; // run.h5
};

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct trial_summary *)a)->id, ((const struct trial_summary *)b)->id);
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
static struct trial_summary *known_find(struct known *k, const char *path)
{
    struct stat s;
    const char *name = strrchr(path, '/') + 1;
    if (k->n == 0 || stat(path, &s) != 0 || s.st_mtim.tv_sec > k->made.tv_sec ||
        (s.st_mtim.tv_sec == k->made.tv_sec && s.st_mtim.tv_nsec >= k->made.tv_nsec))
        return NULL;
    struct trial_summary wanted = {.id = mem_format("%.*s", (int)strlen(name) - 3, name)};
    struct trial_summary *found = bsearch(&wanted, k->rows, (size_t)k->n, sizeof *k->rows, by_id);
    free(wanted.id);
    return found;
}

// The row becomes one of the trial file's.
static struct trial_summary row_of_file(const struct trial_summary *row, const char *path)
{
    struct trial_summary s = *row;
    free(s.path);
    free(s.group);
    s.path = mem_text(path);
    s.group = mem_text("");
    return s;
}

static int read_new(char **paths, int n, bool is_ours, struct trial_summary *rows, int *found, struct err *e)
{
    struct store_walker *walker = is_ours || n == 0 ? NULL : store_walker_new((const char *const *)paths, n, false);
    int failed = 0;
    for (int i = 0; i < n; i++)
        if ((walker && store_walker_next(walker, e) != 0) || summary_read(paths[i], true, &rows[*found], e) != 0)
            failed = -1;
        else
            ++*found;
    store_walker_free(&walker);
    return failed;
}

static int read_folder(const char *folder, bool is_ours, struct trial_summary **rows, int *n, struct err *e)
{
    int n_paths, n_new = 0;
    char **paths = run_trial_files(folder, &n_paths, e);
    if (!paths)
        return -1;
    struct known known = is_ours ? (struct known){0} : known_read(folder);
    char **new = mem_new((size_t)n_paths + 1, sizeof *new);
    bool *is_taken = mem_new((size_t)known.n + 1, sizeof *is_taken);
    *rows = mem_new((size_t)n_paths + 1, sizeof **rows);
    for (int i = 0; i < n_paths; i++) {
        struct trial_summary *row = known_find(&known, paths[i]);
        if (!row) {
            new[n_new++] = paths[i];
            continue;
        }
        (*rows)[(*n)++] = row_of_file(row, paths[i]);
        is_taken[row - known.rows] = true;
    }
    int failed = read_new(new, n_new, is_ours, *rows, n, e);
    for (int i = 0; i < known.n; i++)
        if (!is_taken[i])
            summary_free(&known.rows[i]);
    free(known.rows);
    free(is_taken);
    free(new);
    free_paths(paths, n_paths);
    return failed;
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

static int read_file(const char *path, struct trial_summary **rows, int *n, struct err *e)
{
    struct err as_run = {0};
    if (read_run_file(path, rows, n, &as_run) == 0)
        return 0;
    if (!strstr(as_run.text, "expected \"" FORMAT_RUN "\"")) {
        err_merge(e, &as_run);
        return -1;
    }
    *rows = mem_new(1, sizeof **rows);
    *n = summary_read(path, false, *rows, e) == 0;
    return *n ? 0 : -1;
}

static int read_any(const char *run, bool is_ours, struct trial_summary **rows, int *n, struct err *e)
{
    struct stat s;
    if (stat(run, &s) != 0)
        return err_add(e, ERR_USAGE, "%s: no run: %s", run, strerror(errno));
    if (!S_ISDIR(s.st_mode))
        return read_file(run, rows, n, e);
    if (exists(run, "trials") || !exists(run, "run.h5"))
        return read_folder(run, is_ours, rows, n, e);
    char *path = mem_format("%s/run.h5", run);
    int failed = read_run_file(path, rows, n, e);
    free(path);
    return failed;
}

int leaderboard_read(const char *run, bool is_ours, struct trial_summary **rows, int *n, struct err *e)
{
    *rows = NULL;
    *n = 0;
    int failed = read_any(run, is_ours, rows, n, e);
    if (failed) {
        leaderboard_free(rows, *n);
        *n = 0;
    } else
        leaderboard_sort(*rows, *n);
    return failed;
}

// Reads leaderboards.
//
// run.h5 of a folder is a cache. The row of a trial file that is older than run.h5 is taken from it; all others are
// read from the trial files, which a child process checks first (store_walker): a file that crashes HDF5 ends the
// child, not us. A file may be replaced while we read, so each one is judged by itself, and a bad one never hides the
// others.
#include "leaderboard/run_read.h"

#include "base/err.h"
#include "base/mem.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/objective.h"
#include "leaderboard/stale.h"
#include "store/schema.h"
#include "store/store.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// --- trial files
static int entry_is_trial(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 3 && d->d_name[0] != '.' && strcmp(d->d_name + n - 3, ".h5") == 0;
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

char **run_trial_files(const char *folder, int *n, struct err *e)
{
    struct dirent **list = NULL;
    char *trials = mem_format("%s/trials", folder);

    *n = scandir(trials, &list, entry_is_trial, compare_entries);
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

static void paths_free(char **paths, int n)
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
    if (store_walk_objects(path, (const char *const[]){RUN_LEADERBOARD}, 1, e) != 0)
        return NULL;
    return store_open(path, FORMAT_RUN, STORE_CHECKED, e);
}

struct store_file *trial_open(const struct leaderboard_row *s, struct err *e)
{
    if (!*s->group)
        return store_open(s->path, FORMAT_TRIAL, STORE_CHECK, e);
    const char *group = s->group;
    return store_walk_objects(s->path, &group, 1, e) == 0 ? store_open(s->path, FORMAT_RUN, STORE_CHECKED, e) : NULL;
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
struct known_rows {
    struct leaderboard_row *rows; // in order of id
    int n;
    struct timespec made; // run.h5
};

static int rows_by_id(const void *a, const void *b)
{
    return strcmp(((const struct leaderboard_row *)a)->id, ((const struct leaderboard_row *)b)->id);
}

static struct known_rows known_read(const char *folder)
{
    struct known_rows k = {0};
    struct err ignored = {0};
    struct stat s;
    char *path = mem_format("%s/run.h5", folder);
    if (stat(path, &s) == 0 && read_run_file(path, &k.rows, &k.n, &ignored) == 0) {
        k.made = s.st_mtim;
        if (k.n > 1)
            qsort(k.rows, (size_t)k.n, sizeof *k.rows, rows_by_id);
    }
    free(path);
    return k;
}

// Returns the row of a trial file that is older than run.h5. NULL if the file must be read.
static struct leaderboard_row *known_find(struct known_rows *k, const char *path)
{
    struct stat s;
    const char *name = strrchr(path, '/') + 1;
    if (k->n == 0 || stat(path, &s) != 0 || s.st_mtim.tv_sec > k->made.tv_sec ||
        (s.st_mtim.tv_sec == k->made.tv_sec && s.st_mtim.tv_nsec >= k->made.tv_nsec))
        return NULL;

    struct leaderboard_row wanted = {.id = mem_format("%.*s", (int)strlen(name) - 3, name)};
    struct leaderboard_row *found = bsearch(&wanted, k->rows, (size_t)k->n, sizeof *k->rows, rows_by_id);
    free(wanted.id);
    return found;
}

// Returns the row of a run's file as one of a trial's file. Takes what the row owns.
static struct leaderboard_row row_move_to_file(const struct leaderboard_row *row, const char *path)
{
    struct leaderboard_row s = *row;

    ASSERT(s.path && *s.group, "the row of trial %s is a trial file's already", s.id);
    free(s.path);
    free(s.group);
    s.path = mem_text(path);
    s.group = mem_text("");
    return s;
}

// How the trial files of a folder are read.
struct reading {
    enum store_check check;
    bool verifies, reads_all;
    struct bad_files *bad; // NULL: bad ones are errors
};

int trial_check_name(const char *path, const char *id, struct err *e)
{
    ASSERT(strchr(path, '/') && strlen(path) > strlen(".h5"), "%s is no FOLDER/ID.h5", path);
    const char *name = strrchr(path, '/') + 1;
    size_t n = strlen(name) - strlen(".h5");

    if (strlen(id) == n && strncmp(name, id, n) == 0)
        return 0;
    return err_add(e, ERR_DATA, "%s: found trial %s in it, expected trial %.*s: it is the file of another trial", path,
        id, (int)n, name);
}

static void bad_files_add(struct bad_files *bad, const char *path, const struct err *found)
{
    bad->v = mem_grow(bad->v, (size_t)bad->n + 1, sizeof *bad->v);
    ASSERT(found->count > 0, "%s is bad without a reason", path);
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

// Reads one trial file, which is the next one of the walker (NULL: there is none).
static int read_trial_file(const char *path, struct store_walker *walker, struct leaderboard_row *row, struct err *e)
{
    if (walker && store_walker_next(walker, e) != 0)
        return -1;
    if (row_read(path, STORE_CHECKED, row, e) != 0)
        return -1;
    if (trial_check_name(path, row->id, e) == 0)
        return 0;
    row_free(row);
    return -1;
}

// Reads n trial files and adds their rows to rows, *found of which are there. Only regular files go to the walker.
static int read_new_files(
    char **paths, int n, const struct reading *how, struct leaderboard_row *rows, int *found, struct err *e)
{
    char **regular = mem_new((size_t)n + 1, sizeof *regular);
    int n_regular = 0;
    int rc = 0;

    for (int i = 0; i < n; i++) {
        struct err bad = {0};
        if (how->check != STORE_CHECK || store_check_header(paths[i], &bad) == 0)
            regular[n_regular++] = paths[i];
        else if (how->bad)
            bad_files_add(how->bad, paths[i], &bad);
        else
            err_merge(e, &bad);
    }

    struct store_walker *walker = NULL;
    if (how->check == STORE_CHECK && n_regular > 0)
        walker = store_walker_new(
            (const char *const *)regular, n_regular, how->verifies ? STORE_CHECKSUMS : STORE_STRUCTURE);
    for (int i = 0; i < n_regular && rc == 0; i++) {
        struct err bad = {0};
        if (read_trial_file(regular[i], walker, &rows[*found], &bad) == 0)
            ++*found;
        else if (how->bad && bad.kind == ERR_DATA)
            bad_files_add(how->bad, regular[i], &bad);
        else {
            err_merge(e, &bad);
            rc = bad.kind == ERR_DATA ? 0 : -1;
        }
    }
    store_walker_free(&walker);
    free(regular);

    return rc;
}

static void mark_stale_rows(const char *folder, struct leaderboard_row *rows, int n)
{
    struct stale stale;

    stale_read(folder, &stale);
    stale_mark(&stale, rows, n);
    stale_free(&stale);
}

static int read_folder_rows(
    const char *folder, const struct reading *how, struct leaderboard_row **rows, int *n, struct err *e)
{
    int n_paths;
    int n_new = 0;
    char **paths = run_trial_files(folder, &n_paths, e);
    if (!paths)
        return -1;

    struct known_rows known = {0};
    if (how->check == STORE_CHECK && !how->reads_all)
        known = known_read(folder);
    char **new = mem_new((size_t)n_paths + 1, sizeof *new);
    bool *is_taken = mem_new((size_t)known.n + 1, sizeof *is_taken);
    *rows = mem_new((size_t)n_paths + 1, sizeof **rows);

    for (int i = 0; i < n_paths; i++) {
        struct leaderboard_row *row = known_find(&known, paths[i]);
        if (!row) {
            new[n_new++] = paths[i];
            continue;
        }
        ASSERT(!is_taken[row - known.rows], "two files of trial %s", row->id);
        (*rows)[(*n)++] = row_move_to_file(row, paths[i]);
        is_taken[row - known.rows] = true;
    }
    int rc = read_new_files(new, n_new, how, *rows, n, e);
    ASSERT(*n <= n_paths, "%d rows of %d files", *n, n_paths);

    for (int i = 0; i < known.n; i++)
        if (!is_taken[i])
            row_free(&known.rows[i]);
    free(known.rows);
    free(is_taken);
    free(new);
    paths_free(paths, n_paths);

    mark_stale_rows(folder, *rows, *n);
    return rc;
}

int run_examine_rows(
    const char *folder, bool reads_all, struct leaderboard_row **rows, int *n, struct bad_files *bad, struct err *e)
{
    const struct reading how = {.verifies = true, .reads_all = reads_all, .bad = bad};
    *rows = NULL;
    *n = 0;
    return read_folder_rows(folder, &how, rows, n, e);
}

// --- any
static bool folder_has(const char *folder, const char *name)
{
    struct stat s;
    char *path = mem_format("%s/%s", folder, name);
    bool found = stat(path, &s) == 0;
    free(path);
    return found;
}

static int read_single_file(const char *path, struct leaderboard_row **rows, int *n, struct err *e)
{
    struct err as_run = {0};

    if (read_run_file(path, rows, n, &as_run) == 0)
        return 0;
    if (!strstr(as_run.text, "expected \"" FORMAT_RUN "\"")) {
        err_merge(e, &as_run);
        return -1;
    }

    *rows = mem_new(1, sizeof **rows);
    *n = row_read(path, STORE_CHECK, *rows, e) == 0;
    return *n ? 0 : -1;
}

static int read_any_run(const char *run, enum store_check check, struct leaderboard_row **rows, int *n, struct err *e)
{
    struct stat s;

    if (stat(run, &s) != 0)
        return err_add(e, ERR_USAGE, "%s: no run: %s", run, strerror(errno));
    if (!S_ISDIR(s.st_mode))
        return read_single_file(run, rows, n, e);
    if (folder_has(run, "trials") || !folder_has(run, "run.h5"))
        return read_folder_rows(run, &(struct reading){.check = check}, rows, n, e);

    char *path = mem_format("%s/run.h5", run);
    int rc = read_run_file(path, rows, n, e);
    free(path);
    return rc;
}

int run_read_rows(const char *run, enum store_check check, struct leaderboard_row **rows, int *n, struct err *e)
{
    *rows = NULL;
    *n = 0;
    int rc = read_any_run(run, check, rows, n, e);

    if (rc != 0) {
        rows_free(rows, *n);
        *n = 0;
    } else
        rows_sort(*rows, *n);
    return rc;
}

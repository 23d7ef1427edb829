// Reads leaderboards.
//
// run.h5 of a folder is a cache. If a trial file or a journal is older than run.h5, its rows are taken from run.h5. All
// other rows are read from the files themselves. A child process checks the trial files first (store_walker), so that a
// file that crashes HDF5 ends only the child. A file can be replaced while we read. So each file is checked separately,
// and a bad file never hides the others.
#include "leaderboard/run_read.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "leaderboard/consensus.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/objective.h"
#include "leaderboard/run_list.h"
#include "leaderboard/stale.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void rows_free(struct leaderboard_row **rows, int n)
{
    for (int i = 0; i < n; i++)
        row_free(&(*rows)[i]);
    free(*rows);
    *rows = NULL;
}

// --- a run's file
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

// --- a folder: the rows in its run.h5
struct known_rows {
    struct leaderboard_row *rows; // in order of id
    int n;
    struct timespec made; // modification time of run.h5
    bool *is_taken;       // (n), owned: true for rows that were moved to the result
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

// Returns true if run.h5 is newer than the file.
static bool known_is_newer(const struct known_rows *k, const char *path)
{
    struct stat s;
    return k->n > 0 && stat(path, &s) == 0 &&
           (s.st_mtim.tv_sec < k->made.tv_sec ||
               (s.st_mtim.tv_sec == k->made.tv_sec && s.st_mtim.tv_nsec < k->made.tv_nsec));
}

static struct leaderboard_row *known_find_id(struct known_rows *k, const char *id)
{
    struct leaderboard_row wanted = {.id = (char *)id};
    return k->n ? bsearch(&wanted, k->rows, (size_t)k->n, sizeof *k->rows, rows_by_id) : NULL;
}

// Returns the row of a trial file from run.h5. Returns NULL if the file itself must be read.
static struct leaderboard_row *known_find(struct known_rows *k, const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    if (!known_is_newer(k, path))
        return NULL;

    char *id = mem_format("%.*s", (int)strlen(name) - 3, name);
    struct leaderboard_row *found = known_find_id(k, id);
    free(id);
    return found;
}

// Returns a row of run.h5 as the row of the file `path`: a journal if `has_group` is true, otherwise a trial file.
// Takes over what the row owns.
static struct leaderboard_row row_move_to_file(const struct leaderboard_row *row, const char *path, bool has_group)
{
    struct leaderboard_row s = *row;

    ASSERT(s.path && *s.group, "the row of trial %s is a trial file's already", s.id);
    free(s.path);
    s.path = mem_text(path);
    if (!has_group) {
        free(s.group);
        s.group = mem_text("");
    }
    return s;
}

// Says how to read the trial files of a folder.
struct reading {
    enum store_check check;
    bool verifies, reads_all;
    struct bad_files *bad; // receives bad files; NULL: these are errors
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

// Reads the row of one trial file. If `walker` is not NULL, the file must be its next one.
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

// Reads n trial files and appends their rows to `rows`, which holds *found rows. Only files with a good header go to
// the walker, which expects regular files.
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

// Reads the row of trial i of a journal. Takes it from run.h5 if that is newer than the journal and has the row.
static int read_journal_row(
    struct journal *j, int i, struct known_rows *known, struct leaderboard_row *row, struct err *e)
{
    struct leaderboard_row *found =
        known_is_newer(known, journal_path(j)) ? known_find_id(known, journal_id(j, i)) : NULL;
    if (found && !known->is_taken[found - known->rows]) {
        *row = row_move_to_file(found, journal_path(j), true);
        known->is_taken[found - known->rows] = true;
        return 0;
    }

    char *group = mem_format(RUN_TRIALS "/%s", journal_id(j, i));
    struct store_file *f = journal_trial(j, i, group, e);
    int rc = f ? row_read_group(f, group, row, e) : -1;
    store_close(&f);
    free(group);
    return rc;
}

// Reads the rows of all journals and appends them to *rows, which holds *n rows.
static int read_journals(const char *folder, const struct reading *how, struct known_rows *known,
    struct leaderboard_row **rows, int *n, struct err *e)
{
    static const char advice[] = "; hint: hourglass run with this folder keeps its good trials and sets it aside";
    int n_paths;
    char **paths = run_journals(folder, &n_paths);

    for (int i = 0; i < n_paths; i++) {
        struct err bad = {0};
        struct journal *j = journal_open(paths[i], &bad);
        for (int k = 0; j && k < journal_damages(j); k++)
            err_add(&bad, ERR_DATA, "%s%s", journal_damage(j, k), how->bad ? "" : advice);
        const int trials = j ? journal_trials(j) : 0;
        *rows = mem_grow(*rows, (size_t)(*n + trials) + 1, sizeof **rows);
        for (int k = 0; k < trials; k++)
            *n += read_journal_row(j, k, known, &(*rows)[*n], &bad) == 0;
        if (bad.count && how->bad)
            bad_files_add(how->bad, paths[i], &bad);
        else
            err_merge(e, &bad);
        journal_free(&j);
    }
    list_free(paths, n_paths);
    return 0;
}

static int compare_row_places(const void *a, const void *b)
{
    const struct leaderboard_row *const *x = a, *const *y = b;
    const int order = strcmp((*x)->id, (*y)->id);
    return order ? order : (*x > *y) - (*x < *y);
}

// Keeps only the first row of each trial. A trial can occur in a file and in a journal, or in two journals.
static void drop_repeated_rows(struct leaderboard_row *rows, int *n)
{
    struct leaderboard_row **sorted = mem_new((size_t)*n + 1, sizeof *sorted);
    bool *is_repeated = mem_new((size_t)*n + 1, sizeof *is_repeated);
    int kept = 0;

    for (int i = 0; i < *n; i++)
        sorted[i] = &rows[i];
    if (*n > 1)
        qsort(sorted, (size_t)*n, sizeof *sorted, compare_row_places);
    for (int i = 1; i < *n; i++)
        is_repeated[sorted[i] - rows] = strcmp(sorted[i]->id, sorted[i - 1]->id) == 0;
    for (int i = 0; i < *n; i++)
        if (is_repeated[i])
            row_free(&rows[i]);
        else
            rows[kept++] = rows[i];

    *n = kept;
    free(is_repeated);
    free(sorted);
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
    known.is_taken = mem_new((size_t)known.n + 1, sizeof *known.is_taken);
    *rows = mem_new((size_t)n_paths + 1, sizeof **rows);

    for (int i = 0; i < n_paths; i++) {
        struct leaderboard_row *row = known_find(&known, paths[i]);
        if (!row) {
            new[n_new++] = paths[i];
            continue;
        }
        ASSERT(!known.is_taken[row - known.rows], "two files of trial %s", row->id);
        (*rows)[(*n)++] = row_move_to_file(row, paths[i], false);
        known.is_taken[row - known.rows] = true;
    }
    int rc = read_new_files(new, n_new, how, *rows, n, e);
    ASSERT(*n <= n_paths, "%d rows of %d files", *n, n_paths);
    if (rc == 0)
        rc = read_journals(folder, how, &known, rows, n, e);
    drop_repeated_rows(*rows, n);

    for (int i = 0; i < known.n; i++)
        if (!known.is_taken[i])
            row_free(&known.rows[i]);
    free(known.rows);
    free(known.is_taken);
    free(new);
    list_free(paths, n_paths);

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

// --- any kind of run
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
        return rc;
    }
    if (consensus_is_objective(*rows, *n) && consensus_is_missing(*rows, *n))
        consensus_read(*rows, *n, e); // a trial that cannot be read is named in `e`, and does not count
    rows_sort(*rows, *n);
    return 0;
}

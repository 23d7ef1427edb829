// Lists the trial files and the journals of a folder, and the ids of the trials in the journals.
#include "leaderboard/run_list.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "leaderboard/trial_open.h"
#include "store/journal.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int entry_is_trial(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 3 && d->d_name[0] != '.' && strcmp(d->d_name + n - 3, ".h5") == 0;
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int entry_is_journal(const struct dirent *d)
{
    return d->d_name[0] != '.' && path_is_journal(d->d_name);
}

// Returns the paths of the entries of FOLDER/INSIDE that `is_wanted` accepts, in order of name, in new memory. Sets *n
// to their number. Returns NULL and sets errno if the folder cannot be read.
static char **list_entries(const char *folder, const char *inside, int (*is_wanted)(const struct dirent *), int *n)
{
    struct dirent **list = NULL;
    char *place = mem_format("%s/%s", folder, inside);
    int found = scandir(place, &list, is_wanted, compare_entries), why = errno;

    *n = found < 0 ? 0 : found;
    char **paths = found < 0 ? NULL : mem_new((size_t)*n + 1, sizeof *paths);
    for (int i = 0; i < *n; i++) {
        paths[i] = mem_format("%s/%s", place, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    free(place);
    errno = why;
    return paths;
}

char **run_trial_files(const char *folder, int *n, struct err *e)
{
    char **paths = list_entries(folder, "trials", entry_is_trial, n);

    if (!paths)
        err_add(e, ERR_USAGE, "%s/trials: no run: %s", folder, strerror(errno));
    return paths;
}

char **run_journals(const char *folder, int *n)
{
    return list_entries(folder, JOURNALS, entry_is_journal, n);
}

static int compare_journal_ids(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// Sorts ids and removes repeated ones. Returns how many are left.
static int drop_equal_ids(char **ids, int n)
{
    int kept = 0;

    if (n > 1)
        qsort(ids, (size_t)n, sizeof *ids, compare_journal_ids);
    for (int i = 0; i < n; i++)
        if (kept > 0 && strcmp(ids[kept - 1], ids[i]) == 0)
            free(ids[i]);
        else
            ids[kept++] = ids[i];

    ASSERT(kept <= n, "%d of %d ids", kept, n);
    return kept;
}

char **run_journal_ids(const char *folder, int *n)
{
    int n_paths, room = 0;
    char **paths = run_journals(folder, &n_paths), **ids = mem_new(1, sizeof *ids);

    *n = 0;
    for (int i = 0; i < n_paths; i++) {
        struct err ignored = {0};
        struct journal *j = journal_open(paths[i], &ignored);
        const int more = j ? journal_trials(j) : 0;
        if (room < *n + more)
            ids = mem_grow(ids, (size_t)(room = 2 * room + more), sizeof *ids);
        for (int k = 0; k < more; k++)
            ids[(*n)++] = mem_text(journal_id(j, k));
        journal_free(&j);
    }
    list_free(paths, n_paths);
    *n = drop_equal_ids(ids, *n);
    return ids;
}

int run_count_trials(const char *folder)
{
    struct err ignored = {0};
    int n_files = 0, n_ids;
    char **files = run_trial_files(folder, &n_files, &ignored);
    char **ids = run_journal_ids(folder, &n_ids);

    list_free(files, n_files);
    list_free(ids, n_ids);
    return n_files + n_ids;
}

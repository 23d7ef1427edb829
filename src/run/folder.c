// Creates, takes and cleans a run's folder. A run takes the lease first, because only the owner of the lease may change
// anything else in the folder.
#include "run/folder.h"

#include "base/disk.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "leaderboard/run_list.h"
#include "presence/beacon.h"
#include "train/train.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const inside[] = {"trials", JOURNALS, "checkpoints", "failed", "state", NULL};

char *run_trial_path(const char *folder, const char *id)
{
    ASSERT(*id);
    return mem_format("%s/trials/%s.h5", folder, id);
}

char *run_checkpoint_path(const char *folder, const struct plan_entry *entry)
{
    ASSERT(*entry->trial.lineage);
    return mem_format("%s/checkpoints/%s-%lld.h5", folder, entry->trial.lineage, (long long)entry->epochs);
}

// Returns the number of epochs in the name of a checkpoint of this lineage, or 0 if the name has none, as those of
// earlier versions. Returns -1 if the file is not a checkpoint of this lineage.
static int64_t checkpoint_epochs(const char *name, const char *lineage)
{
    long long epochs = 0;
    size_t n = strlen(lineage);
    int end = 0;

    if (strncmp(name, lineage, n) != 0)
        return -1;
    if (strcmp(name + n, ".h5") == 0)
        return 0;
    return sscanf(name + n, "-%lld.h5%n", &epochs, &end) == 1 && end > 0 && !name[n + (size_t)end] ? epochs : -1;
}

// A checkpoint of a lineage; `epochs` is the number in its name, or 0.
struct related_checkpoint {
    char *path; // owned
    int64_t epochs;
};

static int compare_epochs(const void *a, const void *b)
{
    const struct related_checkpoint *x = a, *y = b;
    return (x->epochs < y->epochs) - (x->epochs > y->epochs);
}

char **run_related_checkpoints(const char *folder, const struct plan_entry *entry)
{
    struct related_checkpoint *found = NULL;
    char *own = run_checkpoint_path(folder, entry), *checkpoints = mem_format("%s/checkpoints", folder);
    DIR *dir = opendir(checkpoints);
    size_t n = 0;

    for (struct dirent *d; dir && (d = readdir(dir));) {
        int64_t epochs = checkpoint_epochs(d->d_name, entry->trial.lineage);
        if (epochs < 0 || strcmp(d->d_name, strrchr(own, '/') + 1) == 0)
            continue;
        found = mem_grow(found, n + 1, sizeof *found);
        found[n++] = (struct related_checkpoint){mem_format("%s/%s", checkpoints, d->d_name), epochs};
    }
    if (dir)
        closedir(dir);
    if (n > 1)
        qsort(found, n, sizeof *found, compare_epochs);

    char **paths = mem_new(n + 1, sizeof *paths);
    for (size_t i = 0; i < n; i++)
        paths[i] = found[i].path;
    free(found);
    free(checkpoints);
    free(own);
    return paths;
}

int run_folder_make(const char *folder, struct err *e)
{
    int rc = 0;
    for (int i = 0; inside[i] && rc == 0; i++) {
        char *path = mem_format("%s/%s", folder, inside[i]);
        rc = disk_make_folder(path, e);
        free(path);
    }
    return rc;
}

// Renames the folder, whose lease we hold, to the next free name. The lease, a file in the folder, moves with it.
// Returns the new name in new memory, or NULL and an error.
static char *rename_folder(const char *folder, struct err *e)
{
    for (int i = 1;; i++) {
        char *aside = mem_format("%s.%d", folder, i);
        if (access(aside, F_OK) != 0 && rename(folder, aside) == 0) {
            log_line(LOG_RUN, "kept the earlier run as %s", aside);
            return aside;
        }

        bool is_taken = access(aside, F_OK) == 0;
        if (!is_taken)
            disk_fail(e, folder, errno, 0, "cannot rename it");
        free(aside);
        if (!is_taken)
            return NULL;
    }
}

// Removes the temporary files that earlier runs left in a folder. A file whose process still runs on this machine
// belongs to another command and stays. A file of another machine is removed only if no other run uses the folder
// (`is_alone`).
static void remove_temporaries(const char *path, bool is_alone)
{
    DIR *dir = opendir(path);
    char self[256] = "", host[256];
    long pid;

    gethostname(self, sizeof self - 1);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        if (!disk_is_temporary(d->d_name, host, &pid))
            continue;
        bool is_ours = strcmp(host, self) == 0;
        if (is_ours ? !process_runs(pid) : is_alone)
            unlinkat(dirfd(dir), d->d_name, 0);
    }

    if (dir)
        closedir(dir);
}

static void clean_run_folder(const char *folder, bool is_alone)
{
    remove_temporaries(folder, is_alone);
    for (int i = 0; inside[i]; i++) {
        char *path = mem_format("%s/%s", folder, inside[i]);
        remove_temporaries(path, is_alone);
        free(path);
    }
}

// Prints the host and the start of a run that died, and the last trials of its groups.
static void report_dead_run(const char *folder, int part, const struct lease_record *before)
{
    enum { SHOWN = 8 };
    int n, shown = 0;
    char who[512];
    struct beacon *list = beacon_list(folder, part, &n);

    log_line(LOG_RUN, "the run before (host %s, since %s) ended without finishing%s", before->process.host,
        before->started, n ? ":" : "");
    for (int i = 0; i < n && shown < SHOWN; i++)
        if (list[i].leader == list[i].rank && *list[i].trial) {
            log_line(LOG_RUN, "  %s", beacon_describe(&list[i], who));
            shown++;
        }

    beacon_list_free(&list, n);
}

static struct lease *make_and_take(const char *folder, int part, int ranks, struct lease_record *before, struct err *e)
{
    return run_folder_make(folder, e) == 0 ? lease_take(folder, part, ranks, before, e) : NULL;
}

// Renames the folder whose lease is `l` and makes a new one in its place. Ends `l` in any case. Returns the new lease,
// or NULL and an error.
static struct lease *replace_run_folder(
    struct lease *l, const char *folder, int ranks, struct lease_record *before, struct err *e)
{
    char *aside = rename_folder(folder, e);
    lease_move(l, aside ? aside : folder);
    lease_end(&l, "set aside");
    lease_record_free(before);
    if (aside)
        l = make_and_take(folder, 0, ranks, before, e);
    free(aside);
    return l;
}

struct lease *run_folder_take(const char *folder, int part, bool is_fresh, int ranks, struct err *e)
{
    bool is_replaced = is_fresh && access(folder, F_OK) == 0;
    struct lease_record before = {0};
    struct lease *l = make_and_take(folder, part, ranks, &before, e);

    if (l && before.process.host && before.ended && !*before.ended)
        report_dead_run(folder, part, &before);
    if (l && is_replaced)
        l = replace_run_folder(l, folder, ranks, &before, e);
    if (l) {
        beacon_clear(folder, part);
        clean_run_folder(folder, part == 0);
    }

    lease_record_free(&before);
    return l;
}

static int compare_found_ids(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_id(char *const *ids, int n, const char *id)
{
    return n > 0 && bsearch(&id, ids, (size_t)n, sizeof *ids, compare_found_ids);
}

void run_folder_drop_checkpoints(const char *folder, const struct plan *plan)
{
    char *checkpoints = mem_format("%s/checkpoints", folder);
    bool is_empty = rmdir(checkpoints) == 0 && mkdir(checkpoints, 0777) == 0; // then there are no checkpoints
    int n_ids = 0;
    char **ids = is_empty ? NULL : run_journal_ids(folder, &n_ids);

    for (int i = 0; i < plan->n && !is_empty; i++) {
        if (!*plan->entry[i].trial.id) // the trial cannot be run
            continue;
        char *trial = run_trial_path(folder, plan->entry[i].trial.id);
        char *checkpoint = run_checkpoint_path(folder, &plan->entry[i]);
        if (access(trial, F_OK) == 0 || has_id(ids, n_ids, plan->entry[i].trial.id))
            checkpoint_remove(checkpoint);
        free(trial);
        free(checkpoint);
    }

    list_free(ids, n_ids);
    free(checkpoints);
}

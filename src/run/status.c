// Computes the status of a run from the files in its folder: leases, beacons, plan files, trials, journals and
// failures.
//
// The run may write files while we read them. Files are replaced as a whole, and records are appended to journals, so
// each file is consistent, but two files can be a moment apart. A trial counts as done if its file or journal record
// exists and can be used, whatever a beacon says. It counts as running if a leader's beacon names it. A trial that is
// neither, and has not failed, is left.
//
// Several parts of a run can share the folder, each with a lease, beacons and a plan file of its own. Their trials are
// added up; the state and the lease are those of the most active part.
#include "run/status.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/process.h"
#include "leaderboard/run_list.h"
#include "leaderboard/stale.h"
#include "presence/failure.h"
#include "run/plan_file.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const run_state_names[] = {"never run", "running", "silent", "died", "stopped", "failed", "done"};
static const double listen_seconds = 1.4; // a run gives a sign of life every second

// --- names of files, without their ending
struct ids {
    char (*v)[32]; // owned; (n), sorted
    int n;
};

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

static struct ids ids_read(const char *folder, const char *inside, const char *ending)
{
    char *path = mem_format("%s/%s", folder, inside);
    struct ids ids = {0};
    int capacity = 0;
    size_t tail = strlen(ending);
    DIR *dir = opendir(path);

    for (struct dirent *d; dir && (d = readdir(dir));) {
        size_t n = strlen(d->d_name);
        if (d->d_name[0] == '.' || n <= tail || n - tail >= sizeof *ids.v || strcmp(d->d_name + n - tail, ending) != 0)
            continue;
        if (ids.n == capacity) {
            capacity = 2 * capacity + 64;
            ids.v = mem_grow(ids.v, (size_t)capacity, sizeof *ids.v);
        }
        ASSERT(ids.n < capacity, "%d of %d", ids.n, capacity);
        snprintf(ids.v[ids.n++], sizeof *ids.v, "%.*s", (int)(n - tail), d->d_name);
    }
    if (dir)
        closedir(dir);

    if (ids.n > 1)
        qsort(ids.v, (size_t)ids.n, sizeof *ids.v, compare_ids);
    free(path);
    return ids;
}

static bool ids_have(const struct ids *ids, const char *id)
{
    return ids->n > 0 && bsearch(id, ids->v, (size_t)ids->n, sizeof *ids->v, compare_ids);
}

// --- the run
static enum run_state state_of_lease(const char *path, const struct lease_record *r)
{
    if (strcmp(r->ended, "done") == 0)
        return RUN_DONE;
    if (*r->ended)
        return strcmp(r->ended, "stopped") == 0 ? RUN_STOPPED : RUN_FAILED;
    enum process_state process = process_examine(&r->process);
    if (process != PROCESS_ELSEWHERE)
        return process == PROCESS_RUNS ? RUN_RUNS : RUN_DIED;
    return lease_is_alive(path, r, listen_seconds) ? RUN_RUNS : RUN_SILENT;
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

// Returns the parts of the last run in new memory, and their number in *n. If part 0 (a run of all trials) was active
// last, returns only part 0. Otherwise returns all other parts.
static int *parts_of_last_run(const char *folder, int *n)
{
    int all, newest = 0;
    int *part = lease_parts(folder, &all);
    struct timespec last = {0};

    for (int i = 0; i < all; i++) {
        struct stat s;
        char *path = lease_newest(folder, part[i]);
        if (path && stat(path, &s) == 0 && is_later(&s.st_mtim, &last)) {
            last = s.st_mtim;
            newest = part[i];
        }
        free(path);
    }

    *n = 0;
    for (int i = 0; i < all; i++)
        if ((part[i] == 0) == (newest == 0))
            part[(*n)++] = part[i];

    return part;
}

// Returns true if a part in state `a` is more active than one in state `b`, or has more to do. The enum is in this
// order, except that RUN_NEVER counts as last.
static bool counts_before(enum run_state a, enum run_state b)
{
    return b == RUN_NEVER || (a != RUN_NEVER && a < b);
}

static void read_lease_of_part(const char *folder, int part, struct run_status *s)
{
    struct err unreadable = {0};
    struct lease_record r = {0};
    char *path = lease_newest(folder, part);
    enum run_state state = path ? RUN_SILENT : RUN_NEVER;

    if (path && lease_record_read(path, &r, &unreadable) == 0)
        state = state_of_lease(path, &r);

    if (counts_before(state, s->state)) {
        lease_record_free(&s->lease);
        s->lease = r;
        s->state = state;
    } else {
        lease_record_free(&r);
    }
    free(path);
}

static void read_beacons_of_part(const char *folder, int part, struct run_status *s)
{
    int n;
    struct beacon *more = beacon_list(folder, part, &n);
    ASSERT(n >= 0 && s->ranks >= 0, "%d, %d", n, s->ranks);
    s->rank = mem_grow(s->rank, (size_t)(s->ranks + n) + 1, sizeof *s->rank);
    if (n > 0)
        memcpy(s->rank + s->ranks, more, (size_t)n * sizeof *more);
    s->ranks += n;
    free(more);
}

static bool leads_trial(const struct beacon *b)
{
    return b->leader == b->rank && *b->trial;
}

static void read_failures(const char *folder, const struct ids *failed, struct run_status *s)
{
    ASSERT(!s->failure && s->failed == 0);
    s->failure = mem_new((size_t)failed->n, sizeof *s->failure);
    for (int i = 0; i < failed->n; i++) {
        struct failure f;
        struct err e = {0};
        bool is_read = failure_read(folder, failed->v[i], &f, &e) == 0;

        struct failed_trial *t = &s->failure[s->failed++];
        memcpy(t->id, failed->v[i], sizeof t->id);
        t->reason = mem_text(is_read ? f.reason : e.text);
        t->when = mem_text(f.when ? f.when : "");
        failure_free(&f);
    }
}

// Returns how many seconds `operations` will take at the rate of the groups so far. Returns NaN if the rate is unknown
// or the run is not running.
static double estimate_time_left(const struct run_status *s, double operations)
{
    double rate = 0;
    for (int i = 0; i < s->ranks; i++) {
        const struct beacon *b = &s->rank[i];
        if (b->leader == b->rank && b->seconds > 0)
            rate += b->operations / b->seconds;
    }
    return s->state == RUN_RUNS && rate > 0 ? operations / rate : NAN;
}

static double share_done(const struct beacon *b)
{
    return b->epochs > 0 ? fmin(1, b->epoch / (double)b->epochs) : 0;
}

static void add_damage(struct run_status *s, const struct err *e)
{
    s->damaged = mem_grow(s->damaged, (size_t)s->n_damaged + 1, sizeof *s->damaged);
    s->damaged[s->n_damaged++] = mem_format("%.*s", (int)strcspn(e->text, "\n"), e->text);
}

// Adds the ids of the trials of a journal. In a damaged journal, a good record can refer to a value that is missing. So
// opens each trial of such a journal, and omits those that cannot be opened: the next run trains them again.
static void ids_add_journal(struct ids *ids, struct journal *j)
{
    ids->v = mem_grow(ids->v, (size_t)ids->n + (size_t)journal_trials(j) + 1, sizeof *ids->v);
    for (int i = 0; i < journal_trials(j); i++) {
        struct err unusable = {0};
        struct store_file *f = journal_damages(j) ? journal_trial(j, i, RUN_TRIALS, &unusable) : NULL;
        if (f || !journal_damages(j))
            snprintf(ids->v[ids->n++], sizeof *ids->v, "%s", journal_id(j, i));
        store_close(&f);
    }
}

// Returns the ids of the usable trials in journals, sorted. Adds a message for each damaged journal. Reads all records
// and compares them with their checksums.
static struct ids ids_of_journals(const char *folder, struct run_status *s)
{
    struct ids ids = {0};
    int n;
    char **paths = run_journals(folder, &n);

    for (int i = 0; i < n; i++) {
        struct err e = {0};
        struct journal *j = journal_open(paths[i], &e);
        for (int k = 0; j && k < journal_damages(j); k++)
            err_add(&e, ERR_DATA, "%s", journal_damage(j, k));
        if (e.count)
            add_damage(s, &e);
        if (j)
            ids_add_journal(&ids, j);
        journal_free(&j);
    }
    list_free(paths, n);

    if (ids.n > 1)
        qsort(ids.v, (size_t)ids.n, sizeof *ids.v, compare_ids);
    return ids;
}

// Checks briefly whether a trial's file can be used. If not, the next run trains the trial again.
static bool is_usable(const char *folder, const char *id, struct run_status *s)
{
    struct err e = {0};
    char *path = mem_format("%s/trials/%s.h5", folder, id);
    bool is_good = store_check_header(path, &e) == 0;
    if (!is_good)
        add_damage(s, &e);
    free(path);
    return is_good;
}

// Counts a trial as running if a leader's beacon names it and the run may be alive. Returns the share of its epochs
// that is done.
static double find_running_trial(const char *id, struct run_status *s)
{
    double share = 0;
    for (int k = 0; k < s->ranks; k++)
        if (leads_trial(&s->rank[k]) && strcmp(s->rank[k].trial, id) == 0) {
            s->running += s->state == RUN_RUNS || s->state == RUN_SILENT;
            share = share_done(&s->rank[k]);
        }
    return share;
}

// Counts the trials of one part. Returns the floating-point operations that its unfinished trials still need.
static double count_trials_of_part(const char *folder, int part, const struct ids *done, const struct ids *kept,
    const struct ids *failed, struct run_status *s)
{
    int n;
    struct err e = {0};
    struct plan_line *line = plan_file_read(folder, part, &n, &e);
    double operations = 0;

    if (e.count)
        add_damage(s, &e);
    s->trials += n;
    for (int i = 0; i < n; i++) {
        bool is_done = ids_have(kept, line[i].id) || (ids_have(done, line[i].id) && is_usable(folder, line[i].id, s));
        s->done += is_done;
        if (!is_done && !ids_have(failed, line[i].id))
            operations += (1 - find_running_trial(line[i].id, s)) * line[i].operations;
    }

    free(line);
    return operations;
}

static int count_stale_trials(const char *folder, const struct ids *done, const struct ids *kept)
{
    struct stale stale;
    int n = 0;
    stale_read(folder, &stale);
    for (int i = 0; i < stale.n; i++)
        n += ids_have(done, stale.trial[i].id) || ids_have(kept, stale.trial[i].id);
    stale_free(&stale);
    return n;
}

static void read_parts(const char *folder, const int *part, int n, struct run_status *s)
{
    struct ids done = ids_read(folder, "trials", ".h5"), kept = ids_of_journals(folder, s);
    struct ids failed = ids_read(folder, "failed", ".yaml");
    double operations = 0;

    for (int i = 0; i < n; i++) { // read all states and beacons first, because the counts depend on them
        read_lease_of_part(folder, part[i], s);
        read_beacons_of_part(folder, part[i], s);
    }
    for (int i = 0; i < n; i++)
        operations += count_trials_of_part(folder, part[i], &done, &kept, &failed, s);

    read_failures(folder, &failed, s);
    s->stale = count_stale_trials(folder, &done, &kept);
    s->left = s->trials - s->done - s->running - s->failed;
    s->left = s->left > 0 ? s->left : 0;
    s->seconds_left = estimate_time_left(s, operations);

    free(done.v);
    free(kept.v);
    free(failed.v);
}

int run_status_read(const char *folder, struct run_status *s, struct err *e)
{
    *s = (struct run_status){.seconds_left = NAN};
    DIR *dir = opendir(folder);
    if (!dir)
        return err_add(e, ERR_USAGE, "%s: no run: %s", folder, strerror(errno));
    closedir(dir);
    int n;
    int *part = parts_of_last_run(folder, &n);
    read_parts(folder, part, n, s);
    free(part);
    return 0;
}

void run_status_free(struct run_status *s)
{
    for (int i = 0; i < s->failed && s->failure; i++) {
        free(s->failure[i].reason);
        free(s->failure[i].when);
    }
    list_free(s->damaged, s->n_damaged);
    free(s->failure);

    beacon_list_free(&s->rank, s->ranks);
    lease_record_free(&s->lease);
    *s = (struct run_status){0};
}

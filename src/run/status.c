// How far the run of a folder is, from what lies in it.
#include "run/status.h"

#include "base/mem.h"
#include "leaderboard/stale.h"
#include "presence/failure.h"
#include "run/plan_file.h"
#include "store/store.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const run_state_names[] = {"never run", "running", "silent", "died", "stopped", "failed", "done"};
enum { LISTEN_MILLISECONDS = 1400 }; // a run gives a sign of life every second

// --- names of files, without their ending, sorted
struct ids {
    char (*v)[32]; // (n), owned
    int n;
};

static int by_id(const void *a, const void *b)
{
    return strcmp(a, b);
}

static struct ids ids_read(const char *folder, const char *inside, const char *ending)
{
    char *path = mem_format("%s/%s", folder, inside);
    struct ids ids = {0};
    int room = 0;
    DIR *dir = opendir(path);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        size_t n = strlen(d->d_name), tail = strlen(ending);
        if (d->d_name[0] == '.' || n <= tail || n - tail >= sizeof *ids.v || strcmp(d->d_name + n - tail, ending) != 0)
            continue;
        if (ids.n == room)
            ids.v = mem_grow(ids.v, (size_t)(room = 2 * room + 64), sizeof *ids.v);
        snprintf(ids.v[ids.n++], sizeof *ids.v, "%.*s", (int)(n - tail), d->d_name);
    }
    if (dir)
        closedir(dir);
    if (ids.n > 1)
        qsort(ids.v, (size_t)ids.n, sizeof *ids.v, by_id);
    free(path);
    return ids;
}

static bool ids_have(const struct ids *ids, const char *id)
{
    return ids->n > 0 && bsearch(id, ids->v, (size_t)ids->n, sizeof *ids->v, by_id);
}

// --- the run
static enum run_state state_of(const char *path, const struct lease_record *r)
{
    if (strcmp(r->ended, "done") == 0)
        return RUN_DONE;
    if (*r->ended)
        return strcmp(r->ended, "stopped") == 0 ? RUN_STOPPED : RUN_FAILED;
    enum process_state process = process_look(&r->process);
    if (process != PROCESS_ELSEWHERE)
        return process == PROCESS_RUNS ? RUN_RUNS : RUN_DIED;
    return lease_is_alive(path, r, LISTEN_MILLISECONDS / 1000.0) ? RUN_RUNS : RUN_SILENT;
}

// The parts of the last run: of all trials (0), or of the parts that share the folder since.
static int *parts_of_run(const char *folder, int *n)
{
    int all, *part = lease_parts(folder, &all), newest = 0;
    struct timespec last = {0};
    for (int i = 0; i < all; i++) {
        struct stat s;
        char *path = lease_newest(folder, part[i]);
        if (path && stat(path, &s) == 0 &&
            (s.st_mtim.tv_sec > last.tv_sec || (s.st_mtim.tv_sec == last.tv_sec && s.st_mtim.tv_nsec > last.tv_nsec))) {
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

// Of several parts the state of the one that is the most alive counts, and then that of one with more to do.
static bool counts_before(enum run_state a, enum run_state b)
{
    return b == RUN_NEVER || (a != RUN_NEVER && a < b);
}

static void read_lease(const char *folder, int part, struct run_status *s)
{
    struct err unreadable = {0};
    struct lease_record r = {0};
    char *path = lease_newest(folder, part);
    bool is_read = path && lease_record_read(path, &r, &unreadable) == 0;
    enum run_state state = is_read ? state_of(path, &r) : path ? RUN_SILENT : RUN_NEVER;
    if (counts_before(state, s->state)) {
        lease_record_free(&s->lease);
        s->lease = r;
        s->state = state;
    } else
        lease_record_free(&r);
    free(path);
}

static void add_ranks(const char *folder, int part, struct run_status *s)
{
    int n;
    struct beacon *more = beacon_list(folder, part, &n);
    s->rank = mem_grow(s->rank, (size_t)(s->ranks + n) + 1, sizeof *s->rank);
    if (n > 0)
        memcpy(s->rank + s->ranks, more, (size_t)n * sizeof *more);
    s->ranks += n;
    free(more);
}

static bool works(const struct beacon *b)
{
    return b->leader == b->rank && *b->trial;
}

static void read_failures(const char *folder, const struct ids *failed, struct run_status *s)
{
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

// What is expected of the trials that are left, by what the groups have done in their time.
static double time_left(const struct run_status *s, double operations)
{
    double rate = 0;
    for (int i = 0; i < s->ranks; i++) {
        const struct beacon *b = &s->rank[i];
        if (b->leader == b->rank && b->seconds > 0)
            rate += b->operations / b->seconds;
    }
    return s->state == RUN_RUNS && rate > 0 ? operations / rate : NAN;
}

static double part_done(const struct beacon *b)
{
    return b->epochs > 0 ? fmin(1, b->epoch / (double)b->epochs) : 0;
}

static void note_damage(struct run_status *s, const struct err *e)
{
    s->damaged = mem_grow(s->damaged, (size_t)s->n_damaged + 1, sizeof *s->damaged);
    s->damaged[s->n_damaged++] = mem_format("%.*s", (int)strcspn(e->text, "\n"), e->text);
}

// Whether a trial's file can be what it should be. The next run trains the trial again if not.
static bool is_usable(const char *folder, const char *id, struct run_status *s)
{
    struct err e = {0};
    char *path = mem_format("%s/trials/%s.h5", folder, id);
    bool is_good = store_glance(path, &e) == 0;

    if (!is_good)
        note_damage(s, &e);
    free(path);
    return is_good;
}

// Of one part. Returns the operations that are left.
static double count_trials(
    const char *folder, int part, const struct ids *done, const struct ids *failed, struct run_status *s)
{
    int n;
    struct err e = {0};
    struct plan_line *line = plan_file_read(folder, part, &n, &e);
    double operations = 0;

    if (e.count)
        note_damage(s, &e);
    s->trials += n;
    for (int i = 0; i < n; i++) {
        bool is_done = ids_have(done, line[i].id) && is_usable(folder, line[i].id, s);
        s->done += is_done;
        if (is_done || ids_have(failed, line[i].id))
            continue;
        double share = 0;
        for (int k = 0; k < s->ranks; k++)
            if (works(&s->rank[k]) && strcmp(s->rank[k].trial, line[i].id) == 0) {
                s->running += s->state == RUN_RUNS || s->state == RUN_SILENT;
                share = part_done(&s->rank[k]);
            }
        operations += (1 - share) * line[i].operations;
    }
    free(line);
    return operations;
}

static void read_parts(const char *folder, const int *part, int n, struct run_status *s)
{
    struct ids done = ids_read(folder, "trials", ".h5"), failed = ids_read(folder, "failed", ".yaml");
    double operations = 0;
    for (int i = 0; i < n; i++) {
        read_lease(folder, part[i], s);
        add_ranks(folder, part[i], s);
    }
    for (int i = 0; i < n; i++)
        operations += count_trials(folder, part[i], &done, &failed, s);
    read_failures(folder, &failed, s);
    struct stale stale;
    stale_read(folder, &stale);
    for (int i = 0; i < stale.n; i++)
        s->stale += ids_have(&done, stale.trial[i].id);
    stale_free(&stale);
    s->left = s->trials - s->done - s->running - s->failed;
    s->left = s->left > 0 ? s->left : 0;
    s->seconds_left = time_left(s, operations);
    free(done.v);
    free(failed.v);
}

int run_status_read(const char *folder, struct run_status *s, struct err *e)
{
    *s = (struct run_status){.seconds_left = NAN};
    DIR *dir = opendir(folder);
    if (!dir)
        return err_add(e, ERR_USAGE, "%s: no run: %s", folder, strerror(errno));
    closedir(dir);
    int n, *part = parts_of_run(folder, &n);
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
    for (int i = 0; i < s->n_damaged; i++)
        free(s->damaged[i]);
    free(s->damaged);
    free(s->failure);
    beacon_list_free(&s->rank, s->ranks);
    lease_record_free(&s->lease);
    *s = (struct run_status){0};
}

// Takes, touches and releases the folder of a run.
//
// A run first reads the newest lease and makes sure that the run of that lease has ended. Then it creates the lease
// with the next number. If two runs do so at the same time, one of them finds that the file exists, and starts again. A
// run of one part also checks the leases of part 0, and a run of part 0 those of all parts. It does so after it has
// created its own lease: of two runs that start together, at least one then finds the lease of the other.
#include "presence/lease.h"

#include "base/clock.h"
#include "base/disk.h"
#include "base/input.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/request.h"
#include "presence/slurm.h"
#include "presence/state_file.h"
#include "spec/spec.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 30 };                    // wait this long for a sign of life; a run gives one per second
enum { TAKE_TRIES = 300, TAKE_PAUSE = 100000000 }; // attempts to take the folder; nanoseconds between two attempts
enum { TAKE_LOST = 1 };                            // another run was faster

#define FIELD(member) offsetof(struct lease_record, member)
const struct field lease_fields[] = {
    {.key = "ranks", .type = FIELD_INT, .offset = FIELD(ranks), .min = 0, .max = 1e9, .help = "of the run"},
    {.key = "job", .type = FIELD_TEXT, .offset = FIELD(job), .help = "Slurm's job"},
    {.key = "cluster", .type = FIELD_TEXT, .offset = FIELD(cluster), .help = "Slurm's name of the cluster"},
    {.key = "started", .type = FIELD_TEXT, .offset = FIELD(started), .default_text = "", .help = "UTC"},
    {.key = "ended", .type = FIELD_TEXT, .offset = FIELD(ended), .default_text = "", .help = "how; empty: it has not"},
    {0},
};
#undef FIELD

struct lease {
    char *folder; // owned
    int part;
    int64_t number;
    struct lease_record record;
};

// --- the file

_Static_assert(offsetof(struct lease_record, process) == 0, "record_type.has_process");
static const struct record_type lease_type = {lease_fields, sizeof(struct lease_record), .has_process = true};

int lease_record_read(const char *path, struct lease_record *r, struct err *e)
{
    return record_read(&lease_type, path, r, e);
}

void lease_record_free(struct lease_record *r)
{
    record_free(&lease_type, r);
}

static char *lease_path(const char *folder, int part, int64_t number)
{
    char *name = record_name("lease", part, number);
    char *path = mem_format("%s/state/%s", folder, name);
    free(name);
    return path;
}

static bool read_lease_name(const char *name, int *part, int64_t *number)
{
    return record_name_read(name, "lease", part, number) && *number > 0;
}

// Returns the highest number of a lease, or 0 if there is none. Removes the leases below `keep`.
static int64_t newest_number(const char *folder, int part, int64_t keep)
{
    char *state = mem_format("%s/state", folder);
    DIR *dir = opendir(state);
    int64_t newest = 0;

    for (struct dirent *d; dir && (d = readdir(dir));) {
        int of_part;
        int64_t number;
        if (!read_lease_name(d->d_name, &of_part, &number) || of_part != part)
            continue;
        newest = number > newest ? number : newest;
        if (number < keep)
            unlinkat(dirfd(dir), d->d_name, 0);
    }

    if (dir)
        closedir(dir);
    free(state);
    return newest;
}

char *lease_newest(const char *folder, int part)
{
    int64_t number = newest_number(folder, part, 0);
    return number ? lease_path(folder, part, number) : NULL;
}

// Appends `part` to list (*n), unless the list has it already. Returns the list.
static int *add_part(int *list, int *n, int part)
{
    for (int i = 0; i < *n; i++)
        if (list[i] == part)
            return list;
    list = mem_grow(list, (size_t)*n + 1, sizeof *list);
    list[(*n)++] = part;
    return list;
}

int *lease_parts(const char *folder, int *n)
{
    char *state = mem_format("%s/state", folder);
    DIR *dir = opendir(state);
    int *list = NULL;

    *n = 0;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        int part;
        int64_t number;
        if (read_lease_name(d->d_name, &part, &number))
            list = add_part(list, n, part);
    }

    if (dir)
        closedir(dir);
    free(state);
    return list;
}

// --- is the run of a lease alive?

// Sets *s to the properties of a lease's file. The file's time of change shows when the run last touched it. Opens the
// file each time, because a network file system asks its server only then. Returns 0, or -1 if there is no such file.
static int stat_lease(const char *path, struct stat *s)
{
    int fd = input_open(path, NULL);
    if (fd < 0)
        return -1;
    int rc = fstat(fd, s);
    close(fd);
    return rc;
}

static bool is_asked_to_stop(void)
{
    return request_pending() == REQUEST_STOP;
}

// Returns true if the run touches its file within `patience` seconds. Returns false at once if the file disappears or
// this process is asked to stop.
static bool watch_for_touch(const char *path, double patience)
{
    struct stat first, now;
    if (stat_lease(path, &first) < 0)
        return false;

    for (double start = clock_wall(); clock_wall() - start < patience && !is_asked_to_stop();) {
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        if (stat_lease(path, &now) < 0 || now.st_ino != first.st_ino)
            return false; // the run has ended: the file was replaced or removed
        if (now.st_mtim.tv_sec != first.st_mtim.tv_sec || now.st_mtim.tv_nsec != first.st_mtim.tv_nsec)
            return true;
    }
    return false;
}

bool lease_is_alive(const char *path, const struct lease_record *r, double patience)
{
    enum process_state state = process_examine(&r->process);
    if (state != PROCESS_ELSEWHERE)
        return state == PROCESS_RUNS;
    return !slurm_has_ended(r->cluster, r->job) && watch_for_touch(path, patience);
}

// --- may the folder be taken?

// Adds the error that another run uses the folder. `r` is the record of that run, or NULL if it cannot be read. Returns
// -1.
static int refuse_busy(const char *folder, const char *path, const struct lease_record *r, struct err *e)
{
    const char *job = r && r->job ? r->job : "";
    const char *prefix = *job ? ", Slurm job " : "";

    if (!r)
        return err_add(e, ERR_BUSY,
            "%s: in use by another run: %s cannot be read, but is touched every second: wait for its end or stop it; "
            "--results takes another folder",
            folder, path);
    return err_add(e, ERR_BUSY,
        "%s: in use since %s by another run (host %s, process %lld%s%s): wait for its end or stop it; "
        "hourglass status %s shows what it does; --results takes another folder",
        folder, r->started, r->process.host, (long long)r->process.pid, prefix, job, folder);
}

static int refuse_stopped(const char *folder, struct err *e)
{
    return err_add(e, ERR_STOPPED, "%s: stopped on request before any trial began; start it again to run it", folder);
}

// Returns true if the run of a lease may still be alive. Prints a message if that takes long to find out. `r` is the
// record of the run, or NULL if it cannot be read.
static bool may_be_alive(const char *folder, const char *path, const struct lease_record *r)
{
    const char *host = r ? r->process.host : "unknown";

    if (r && *r->ended)
        return false;
    if (!r || process_examine(&r->process) == PROCESS_ELSEWHERE)
        log_line(LOG_RUN, "%s: the last run (host %s) has not recorded its end: watching for %d s whether it is alive",
            folder, host, PATIENCE_SECONDS);
    return r ? lease_is_alive(path, r, PATIENCE_SECONDS) : watch_for_touch(path, PATIENCE_SECONDS);
}

// Returns 0 if the run of lease `number` has ended or died. Returns -1 and an error if it is alive, or if this process
// is asked to stop. Sets *r to the record of the run, or to zero if the record cannot be read. The caller frees *r in
// either case.
static int check_run_is_over(const char *folder, int part, int64_t number, struct lease_record *r, struct err *e)
{
    struct err unreadable = {0};
    char *path = lease_path(folder, part, number);
    bool is_read = lease_record_read(path, r, &unreadable) == 0;
    if (!is_read)
        lease_record_free(r);

    int rc = 0;
    bool is_alive = may_be_alive(folder, path, is_read ? r : NULL);
    if (is_asked_to_stop())
        rc = refuse_stopped(folder, e);
    else if (is_alive)
        rc = refuse_busy(folder, path, is_read ? r : NULL, e);
    free(path);
    return rc;
}

// Checks the leases of other parts: a run of all trials (part 0) and runs of single parts exclude each other. Returns
// -1 and an error if a run that excludes this one is alive, else 0.
static int check_other_parts(const char *folder, int own, struct err *e)
{
    int n, rc = 0;
    int *part = lease_parts(folder, &n);

    for (int i = 0; i < n && rc == 0; i++) {
        struct lease_record other = {0};
        if (part[i] != own && (own == 0 || part[i] == 0))
            rc = check_run_is_over(folder, part[i], newest_number(folder, part[i], 0), &other, e);
        lease_record_free(&other);
    }

    free(part);
    return rc;
}

// --- taking the folder

static void describe_own_run(struct lease_record *r, int ranks)
{
    char date[32];
    *r = (struct lease_record){.ranks = ranks, .started = mem_text(clock_date(date)), .ended = mem_text("")};
    process_self(&r->process);
    r->job = mem_text(getenv("SLURM_JOB_ID"));
    r->cluster = mem_text(getenv("SLURM_CLUSTER_NAME"));
}

// Creates the file of l->number, and removes older leases. Returns 0, TAKE_LOST if another run was faster, or -1 and an
// error.
static int create_lease(const struct lease *l, struct err *e)
{
    char *path = lease_path(l->folder, l->part, l->number);
    char *text = record_text(&lease_type, &l->record);
    ASSERT(l->number >= 1 && l->number <= RECORD_NUMBER_MAX, "lease %lld", (long long)l->number);
    int rc = disk_create(path, text, e);

    if (rc == 0 && newest_number(l->folder, l->part, l->number) > l->number) {
        unlink(path); // this number was used before, by a run that has ended
        rc = TAKE_LOST;
    }
    free(path);
    free(text);
    return rc;
}

static void lease_free(struct lease **l)
{
    lease_record_free(&(*l)->record);
    free((*l)->folder);
    free(*l);
    *l = NULL;
}

// Tries once to take the folder. Returns 0, TAKE_LOST if another run was faster, or -1 and an error with the reason.
static int try_to_take(struct lease *l, struct lease_record *before, struct err *e)
{
    int64_t newest = newest_number(l->folder, l->part, 0);

    lease_record_free(before);
    if (newest && check_run_is_over(l->folder, l->part, newest, before, e) < 0)
        return -1;
    if (newest == RECORD_NUMBER_MAX) {
        char *path = lease_path(l->folder, l->part, newest);
        err_add(e, ERR_IO, "%s: found the highest number that a lease can have, allowed: lower ones; remove this file",
            path);
        free(path);
        return -1;
    }

    l->number = newest + 1;
    return create_lease(l, e);
}

struct lease *lease_take(const char *folder, int part, int ranks, struct lease_record *before, struct err *e)
{
    struct lease *l = mem_new(1, sizeof *l);
    int rc = TAKE_LOST;

    ASSERT(part >= 0 && ranks >= 1, "part %d, %d ranks", part, ranks);
    *l = (struct lease){.folder = mem_text(folder), .part = part};
    describe_own_run(&l->record, ranks);
    *before = (struct lease_record){0};

    for (int tries = 0; rc == TAKE_LOST && tries < TAKE_TRIES; tries++) {
        rc = is_asked_to_stop() ? refuse_stopped(folder, e) : try_to_take(l, before, e);
        if (rc == TAKE_LOST) // a network file system may need a moment to show the other run's lease
            nanosleep(&(struct timespec){.tv_nsec = TAKE_PAUSE}, NULL);
    }
    if (rc == TAKE_LOST)
        err_add(
            e, ERR_BUSY, "%s: other runs took the folder first, %d times: start this run again", folder, TAKE_TRIES);

    if (rc != 0)
        lease_free(&l);
    else if (check_other_parts(folder, part, e) < 0)
        lease_end(&l, "refused");
    return l;
}

// --- while the run lasts

void lease_move(struct lease *l, const char *folder)
{
    free(l->folder);
    l->folder = mem_text(folder);
}

int lease_beat(const struct lease *l)
{
    char *path = lease_path(l->folder, l->part, l->number);
    ASSERT(l->number >= 1, "lease %lld", (long long)l->number);
    utimensat(AT_FDCWD, path, NULL, 0); // touching the file needs no space on the disk
    free(path);
    return newest_number(l->folder, l->part, 0) > l->number ? -1 : 0;
}

void lease_end(struct lease **lease, const char *how)
{
    struct lease *l = *lease;
    if (!l)
        return;

    ASSERT(l->number >= 1 && *how, "lease %lld", (long long)l->number);
    free(l->record.ended);
    l->record.ended = mem_text(how);
    char *path = lease_path(l->folder, l->part, l->number);
    char *text = record_text(&lease_type, &l->record);
    struct err ignored = {0}; // if writing fails, the record still names a process that has ended, which is enough
    if (newest_number(l->folder, l->part, 0) == l->number)
        disk_replace(path, text, &ignored);

    free(path);
    free(text);
    lease_free(lease);
}

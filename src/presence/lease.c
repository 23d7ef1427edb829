// Who uses a run's folder: one run at a time, on any machine that sees it.
#include "presence/lease.h"

#include "base/clock.h"
#include "base/disk.h"
#include "base/input.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/request.h"
#include "presence/slurm.h"
#include "presence/state_file.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 30 };                    // without a sign of life, of which there should be one a second
enum { TAKE_TRIES = 300, TAKE_PAUSE = 100000000 }; // attempts to be the fastest, nanoseconds between two

#define FIELD(member) offsetof(struct lease_record, member)
const struct field lease_fields[] = {
    {.key = "ranks", .type = FIELD_INT, .offset = FIELD(ranks), .min = 0, .max = 1e9, .help = "of the run"},
    {.key = "job", .type = FIELD_TEXT, .offset = FIELD(job), .help = "Slurm's job"},
    {.key = "cluster", .type = FIELD_TEXT, .offset = FIELD(cluster), .help = "Slurm's name of the cluster"},
    {.key = "started", .type = FIELD_TEXT, .offset = FIELD(started), .standard = "", .help = "UTC"},
    {.key = "ended", .type = FIELD_TEXT, .offset = FIELD(ended), .standard = "", .help = "how; empty: it has not"},
    {0},
};
#undef FIELD

#define PARTS(r)                             \
    {process_fields, (void *)&(r)->process}, \
    {                                        \
        lease_fields, (void *)(r)            \
    }

struct lease {
    char *folder; // owned
    int part;
    int64_t number;
    struct lease_record record;
};

int lease_record_read(const char *path, struct lease_record *r, struct err *e)
{
    *r = (struct lease_record){0};
    return record_read(path, (struct spec_part[]){PARTS(r)}, 2, e);
}

void lease_record_free(struct lease_record *r)
{
    record_free((struct spec_part[]){PARTS(r)}, 2);
}

static char *lease_path(const char *folder, int part, int64_t number)
{
    char *name = record_name("lease", part, number);
    char *path = mem_format("%s/state/%s", folder, name);
    free(name);
    return path;
}

static bool read_name(const char *name, int *part, int64_t *number)
{
    return record_name_read(name, "lease", part, number) && *number > 0;
}

// The highest number of a lease; 0: there is none. Removes those below `keep`.
static int64_t newest_number(const char *folder, int part, int64_t keep)
{
    char *state = mem_format("%s/state", folder);
    DIR *dir = opendir(state);
    int64_t newest = 0;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        int of_part;
        int64_t number;
        if (!read_name(d->d_name, &of_part, &number) || of_part != part)
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

// --- is it alive?
// What changes when the run touches its file. Opened anew: a network file system asks its server then.
static int look(const char *path, struct stat *s)
{
    int fd = input_open(path, NULL), r = fd < 0 ? -1 : fstat(fd, s);
    if (fd >= 0)
        close(fd);
    return r;
}

static bool is_asked_to_stop(void)
{
    return request_pending() == REQUEST_STOP;
}

static bool watch(const char *path, double patience)
{
    struct stat first, now;
    if (look(path, &first) < 0)
        return false;
    for (double start = clock_wall(); clock_wall() - start < patience && !is_asked_to_stop();) {
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        if (look(path, &now) < 0 || now.st_ino != first.st_ino)
            return false; // it has ended: its record was replaced or removed
        if (now.st_mtim.tv_sec != first.st_mtim.tv_sec || now.st_mtim.tv_nsec != first.st_mtim.tv_nsec)
            return true;
    }
    return false;
}

bool lease_is_alive(const char *path, const struct lease_record *r, double patience)
{
    enum process_state state = process_look(&r->process);
    if (state != PROCESS_ELSEWHERE)
        return state == PROCESS_RUNS;
    return !slurm_has_ended(r->cluster, r->job) && watch(path, patience);
}

static int refuse(const char *folder, const char *path, const struct lease_record *r, bool is_read, struct err *e)
{
    bool has_job = r->job && *r->job;

    if (!is_read)
        return err_add(e, ERR_BUSY,
            "%s: in use by another run: %s cannot be read, but is touched every second: wait for its end or stop it; "
            "--results takes another folder",
            folder, path);
    return err_add(e, ERR_BUSY,
        "%s: in use since %s by another run (host %s, process %lld%s%s): wait for its end or stop it; "
        "hourglass status %s shows what it does, --results another folder",
        folder, r->started, r->process.host, (long long)r->process.pid, has_job ? ", Slurm job " : "",
        has_job ? r->job : "", folder);
}

static int stopped(const char *folder, struct err *e)
{
    return err_add(e, ERR_STOPPED, "%s: stopped on request before any trial began; start it again to run it", folder);
}

// Returns 0 if the run of lease `number` has ended or died. *r becomes its record; all zero if it cannot be read.
static int judge(const char *folder, int part, int64_t number, struct lease_record *r, struct err *e)
{
    struct err unreadable = {0};
    char *path = lease_path(folder, part, number);
    bool is_read = lease_record_read(path, r, &unreadable) == 0, is_alive = false;

    if (!is_read)
        lease_record_free(r);
    if (!is_read || !*r->ended) {
        if (!is_read || process_look(&r->process) == PROCESS_ELSEWHERE)
            log_line(LOG_RUN,
                "%s: the run before (host %s) has not said that it ended: watching for %d s whether it lives", folder,
                is_read ? r->process.host : "unknown", PATIENCE_SECONDS);
        is_alive = is_read ? lease_is_alive(path, r, PATIENCE_SECONDS) : watch(path, PATIENCE_SECONDS);
    }

    int failed = 0;
    if (is_asked_to_stop())
        failed = stopped(folder, e);
    else if (is_alive)
        failed = refuse(folder, path, r, is_read, e);
    free(path);
    return failed;
}

// The parts that have a lease in the folder: new memory (*n).
int *lease_parts(const char *folder, int *n)
{
    char *state = mem_format("%s/state", folder);
    DIR *dir = opendir(state);
    int *list = NULL;
    *n = 0;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        int part, i = 0;
        int64_t number;
        if (!read_name(d->d_name, &part, &number))
            continue;
        while (i < *n && list[i] != part)
            i++;
        if (i < *n)
            continue;
        list = mem_grow(list, (size_t)*n + 1, sizeof *list);
        list[(*n)++] = part;
    }
    if (dir)
        closedir(dir);
    free(state);
    return list;
}

// A run of all trials and runs of parts shut each other out.
static int judge_others(const char *folder, int own, struct err *e)
{
    int n, r = 0, *part = lease_parts(folder, &n);
    for (int i = 0; i < n && r == 0; i++) {
        struct lease_record other = {0};
        if (part[i] != own && (own == 0 || part[i] == 0))
            r = judge(folder, part[i], newest_number(folder, part[i], 0), &other, e);
        lease_record_free(&other);
    }
    free(part);
    return r;
}

// --- taking it
static void describe_self(struct lease_record *r, int ranks)
{
    char date[32];
    *r = (struct lease_record){.ranks = ranks, .started = mem_text(clock_date(date)), .ended = mem_text("")};
    process_self(&r->process);
    r->job = mem_text(getenv("SLURM_JOB_ID"));
    r->cluster = mem_text(getenv("SLURM_CLUSTER_NAME"));
}

// 1 where another run was faster.
static int take_number(struct lease *l, struct err *e)
{
    char *path = lease_path(l->folder, l->part, l->number),
         *text = record_text((struct spec_part[]){PARTS(&l->record)}, 2);
    int r = disk_create(path, text, e);
    if (r == 0 && newest_number(l->folder, l->part, l->number) > l->number) {
        unlink(path); // the number had been used before by a run that has ended since
        r = 1;
    }
    free(path);
    free(text);
    return r;
}

static void lease_free(struct lease **l)
{
    lease_record_free(&(*l)->record);
    free((*l)->folder);
    free(*l);
    *l = NULL;
}

// One attempt: 0; 1 if another run was faster; -1 and why the folder cannot be taken.
static int try_to_take(struct lease *l, struct lease_record *before, struct err *e)
{
    int64_t newest = newest_number(l->folder, l->part, 0);

    lease_record_free(before);
    if (newest && judge(l->folder, l->part, newest, before, e) != 0)
        return -1;
    if (newest == RECORD_NUMBER_MAX) {
        char *path = lease_path(l->folder, l->part, newest);
        err_add(e, ERR_IO, "%s: found the highest number that a lease can have, allowed: lower ones; remove this file",
            path);
        free(path);
        return -1;
    }

    l->number = newest + 1;
    return take_number(l, e);
}

struct lease *lease_take(const char *folder, int part, int ranks, struct lease_record *before, struct err *e)
{
    struct lease *l = mem_new(1, sizeof *l);
    *l = (struct lease){.folder = mem_text(folder), .part = part};
    describe_self(&l->record, ranks);
    *before = (struct lease_record){0};

    int result = 1;
    for (int tries = 0; result == 1 && tries < TAKE_TRIES; tries++) {
        result = is_asked_to_stop() ? stopped(folder, e) : try_to_take(l, before, e);
        if (result == 1) // a network file system may show the other run's lease a moment later
            nanosleep(&(struct timespec){.tv_nsec = TAKE_PAUSE}, NULL);
    }
    if (result == 1)
        err_add(
            e, ERR_BUSY, "%s: other runs took the folder first, %d times: start this run again", folder, TAKE_TRIES);

    if (result != 0)
        lease_free(&l);
    else if (judge_others(folder, part, e) != 0) // after taking: of two that come together, one sees the other
        lease_end(&l, "refused");
    return l;
}

void lease_move(struct lease *l, const char *folder)
{
    free(l->folder);
    l->folder = mem_text(folder);
}

int lease_beat(const struct lease *l)
{
    char *path = lease_path(l->folder, l->part, l->number);
    utimensat(AT_FDCWD, path, NULL, 0); // needs no room on the disk
    free(path);
    return newest_number(l->folder, l->part, 0) > l->number ? -1 : 0;
}

void lease_end(struct lease **lease, const char *how)
{
    struct lease *l = *lease;
    if (!l)
        return;
    struct err ignored = {0}; // a record that cannot be written is that of a process that has gone
    free(l->record.ended);
    l->record.ended = mem_text(how);
    char *path = lease_path(l->folder, l->part, l->number),
         *text = record_text((struct spec_part[]){PARTS(&l->record)}, 2);
    if (newest_number(l->folder, l->part, 0) == l->number)
        disk_replace(path, text, &ignored);
    free(path);
    free(text);
    lease_free(lease);
}

// Writes and reads files that hold one beacon each, and lists the beacons of a folder.
#include "presence/beacon.h"

#include "base/disk.h"
#include "base/mem.h"
#include "presence/state_file.h"
#include "spec/spec.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIELD(member) offsetof(struct beacon, member)
const struct field beacon_fields[] = {
    {.key = "rank",
        .type = FIELD_INT,
        .offset = FIELD(rank),
        .min = 0,
        .max = RECORD_NUMBER_MAX,
        .help = "MPI rank in the run"},
    {.key = "leader",
        .type = FIELD_INT,
        .offset = FIELD(leader),
        .min = 0,
        .max = RECORD_NUMBER_MAX,
        .help = "first of the ranks that train a trial together, whose file describes all of them from here on"},
    {.key = "trial",
        .type = FIELD_TEXT,
        .offset = FIELD(trial),
        .default_text = "",
        .help = "the id of the trial; empty: waiting for one"},
    {.key = "epoch",
        .type = FIELD_REAL,
        .offset = FIELD(epoch),
        .min = 0,
        .max = RECORD_NUMBER_MAX,
        .help = "epochs of the trial that are done"},
    {.key = "epochs",
        .type = FIELD_INT,
        .offset = FIELD(epochs),
        .min = 0,
        .max = RECORD_NUMBER_MAX,
        .help = "epochs that it has"},
    {.key = "trial_seconds",
        .type = FIELD_REAL,
        .offset = FIELD(trial_seconds),
        .min = 0,
        .max = RECORD_NUMBER_MAX,
        .unit = "s",
        .help = "spent on the trial"},
    {.key = "seconds",
        .type = FIELD_REAL,
        .offset = FIELD(seconds),
        .min = 0,
        .max = RECORD_NUMBER_MAX,
        .unit = "s",
        .help = "since the run began"},
    {.key = "trials",
        .type = FIELD_INT,
        .offset = FIELD(trials),
        .min = 0,
        .max = RECORD_NUMBER_MAX,
        .help = "trials that these ranks have finished in this run"},
    {.key = "operations",
        .type = FIELD_REAL,
        .offset = FIELD(operations),
        .min = 0,
        .max = 1e300,
        .help = "floating-point operations expected for what is done"},
    {0},
};
#undef FIELD

_Static_assert(offsetof(struct beacon, process) == 0, "record_type.has_process");
static const struct record_type beacon_type = {beacon_fields, sizeof(struct beacon), .has_process = true};

// --- one beacon

char *beacon_path(const char *folder, int part, int64_t rank)
{
    char *name = record_name("rank", part, rank);
    char *path = mem_format("%s/state/%s", folder, name);
    free(name);
    return path;
}

int beacon_write(const struct beacon *b, const char *path, struct err *e)
{
    ASSERT(b->rank >= b->leader && b->leader >= 0 && b->trial, "rank %lld", (long long)b->rank);
    char *text = record_text(&beacon_type, b);
    int rc = disk_replace(path, text, e);
    free(text);
    return rc;
}

int beacon_read(const char *path, struct beacon *b, struct err *e)
{
    return record_read(&beacon_type, path, b, e);
}

void beacon_free(struct beacon *b)
{
    record_free(&beacon_type, b);
}

// If the leader's beacon can be read, replaces the trial and its epochs in *b by those of the leader.
static void take_trial_of_leader(const char *folder, int part, struct beacon *b)
{
    struct beacon leader;
    struct err ignored = {0};
    char *path = beacon_path(folder, part, b->leader);

    if (beacon_read(path, &leader, &ignored) == 0) {
        char *own = b->trial;
        b->trial = leader.trial;
        b->epoch = leader.epoch;
        b->epochs = leader.epochs;
        leader.trial = own; // freed below
    }
    beacon_free(&leader);
    free(path);
}

int beacon_of_rank(const char *folder, int part, int64_t rank, struct beacon *b, struct err *e)
{
    char *path = beacon_path(folder, part, rank);
    int rc = beacon_read(path, b, e);
    free(path);
    if (rc == 0 && b->leader != rank)
        take_trial_of_leader(folder, part, b);
    return rc;
}

char *beacon_describe(const struct beacon *b, char out[512])
{
    int n = snprintf(out, 512, "rank %lld on host %.256s (process %lld)", (long long)b->rank, b->process.host,
        (long long)b->process.pid);

    ASSERT(n > 0 && n < 512, "%d characters", n);
    if (!*b->trial)
        snprintf(out + n, 512 - (size_t)n, ", without a trial");
    else
        snprintf(
            out + n, 512 - (size_t)n, ", trial %.32s at epoch %.1f of %lld", b->trial, b->epoch, (long long)b->epochs);
    return out;
}

// --- the beacons of a folder

static bool is_beacon(const char *name, int part)
{
    int of_part;
    int64_t rank;
    return record_name_read(name, "rank", &of_part, &rank) && of_part == part;
}

// Opens the folder's state/. Returns NULL if it does not exist.
static DIR *open_state(const char *folder)
{
    char *state = mem_format("%s/state", folder);
    DIR *dir = opendir(state);
    free(state);
    return dir;
}

static int compare_ranks(const void *a, const void *b)
{
    const struct beacon *x = a, *y = b;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

struct beacon *beacon_list(const char *folder, int part, int *n)
{
    struct beacon *list = NULL;
    DIR *dir = open_state(folder);

    *n = 0;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        struct err ignored = {0};
        if (!is_beacon(d->d_name, part))
            continue;

        char *path = mem_format("%s/state/%s", folder, d->d_name);
        list = mem_grow(list, (size_t)*n + 1, sizeof *list);
        if (beacon_read(path, &list[*n], &ignored) == 0)
            ++*n;
        else
            beacon_free(&list[*n]);
        free(path);
    }

    if (dir)
        closedir(dir);
    if (*n > 1)
        qsort(list, (size_t)*n, sizeof *list, compare_ranks);
    return list;
}

void beacon_list_free(struct beacon **list, int n)
{
    ASSERT(n == 0 || *list, "%d beacons", n);
    for (int i = 0; i < n; i++)
        beacon_free(&(*list)[i]);
    free(*list);
    *list = NULL;
}

void beacon_clear(const char *folder, int part)
{
    DIR *dir = open_state(folder);
    for (struct dirent *d; dir && (d = readdir(dir));)
        if (is_beacon(d->d_name, part))
            unlinkat(dirfd(dir), d->d_name, 0);
    if (dir)
        closedir(dir);
}

// What a rank does just now, for whoever looks at the run's folder.
#include "presence/beacon.h"

#include "base/disk.h"
#include "base/mem.h"
#include "presence/state_file.h"
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
        .help = "first of the ranks that train a trial together: its file says of all what follows"},
    {.key = "trial",
        .type = FIELD_TEXT,
        .offset = FIELD(trial),
        .standard = "",
        .help = "its id; empty: waits for one"},
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
        .help = "that it has"},
    {.key = "trial_seconds",
        .type = FIELD_REAL,
        .offset = FIELD(trial_seconds),
        .min = 0,
        .max = RECORD_NUMBER_MAX,
        .unit = "s",
        .help = "spent on it"},
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
        .help = "that these ranks have finished in this run"},
    {.key = "operations",
        .type = FIELD_REAL,
        .offset = FIELD(operations),
        .min = 0,
        .max = 1e300,
        .help = "floating-point operations that were expected of what is done"},
    {0},
};
#undef FIELD

#define PARTS(b) ((struct spec_part[]){{process_fields, (void *)&(b)->process}, {beacon_fields, (void *)(b)}})

char *beacon_path(const char *folder, int part, int64_t rank)
{
    char *name = record_name("rank", part, rank);
    char *path = mem_format("%s/state/%s", folder, name);
    free(name);
    return path;
}

int beacon_write(const struct beacon *b, const char *path, struct err *e)
{
    struct spec_part parts[] = {{process_fields, (void *)(size_t)&b->process}, {beacon_fields, (void *)(size_t)b}};
    char *text = record_text(parts, 2);
    int failed = disk_replace(path, text, e);
    free(text);
    return failed;
}

int beacon_read(const char *path, struct beacon *b, struct err *e)
{
    *b = (struct beacon){0};
    return record_read(path, PARTS(b), 2, e);
}

void beacon_free(struct beacon *b)
{
    record_free(PARTS(b), 2);
}

int beacon_of_rank(const char *folder, int part, int64_t rank, struct beacon *b, struct err *e)
{
    char *path = beacon_path(folder, part, rank);
    int failed = beacon_read(path, b, e);
    free(path);
    if (failed || b->leader == rank)
        return failed;
    struct beacon leader;
    struct err ignored = {0};
    path = beacon_path(folder, part, b->leader);
    if (beacon_read(path, &leader, &ignored) == 0) {
        char *none = b->trial;
        b->trial = leader.trial;
        b->epoch = leader.epoch;
        b->epochs = leader.epochs;
        leader.trial = none;
    }
    beacon_free(&leader);
    free(path);
    return 0;
}

static bool is_beacon(const char *name, int part)
{
    int of_part;
    int64_t rank;
    return record_name_read(name, "rank", &of_part, &rank) && of_part == part;
}

static int by_rank(const void *a, const void *b)
{
    const struct beacon *x = a, *y = b;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

struct beacon *beacon_list(const char *folder, int part, int *n)
{
    char *state = mem_format("%s/state", folder);
    struct beacon *list = NULL;
    DIR *dir = opendir(state);
    *n = 0;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        struct err ignored = {0};
        if (!is_beacon(d->d_name, part))
            continue;
        char *path = mem_format("%s/%s", state, d->d_name);
        list = mem_grow(list, (size_t)*n + 1, sizeof *list);
        if (beacon_read(path, &list[*n], &ignored) == 0)
            ++*n;
        else
            beacon_free(&list[*n]);
        free(path);
    }
    if (dir)
        closedir(dir);
    free(state);
    if (*n > 1)
        qsort(list, (size_t)*n, sizeof *list, by_rank);
    return list;
}

void beacon_list_free(struct beacon **list, int n)
{
    for (int i = 0; i < n; i++)
        beacon_free(&(*list)[i]);
    free(*list);
    *list = NULL;
}

void beacon_clear(const char *folder, int part)
{
    char *state = mem_format("%s/state", folder);
    DIR *dir = opendir(state);
    for (struct dirent *d; dir && (d = readdir(dir));)
        if (is_beacon(d->d_name, part))
            unlinkat(dirfd(dir), d->d_name, 0);
    if (dir)
        closedir(dir);
    free(state);
}

char *beacon_describe(const struct beacon *b, char out[512])
{
    int n = snprintf(out, 512, "rank %lld on host %.256s (process %lld)", (long long)b->rank, b->process.host,
        (long long)b->process.pid);
    if (!*b->trial)
        snprintf(out + n, 512 - (size_t)n, ", without a trial");
    else
        snprintf(
            out + n, 512 - (size_t)n, ", trial %.32s at epoch %.1f of %lld", b->trial, b->epoch, (long long)b->epochs);
    return out;
}

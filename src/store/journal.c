// Holds an open journal: finds its trials and shared values, and reads them.
#include "base/disk.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/input.h"
#include "base/list.h"
#include "base/mem.h"
#include "store/journal_impl.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void journal_free(struct journal **journal)
{
    struct journal *j = *journal;
    if (!j)
        return;

    journal_rest(j);
    for (int i = 0; i < j->n_shared; i++)
        free(j->shared[i].data);
    list_free(j->damage, j->n_damages);
    free(j->shared);
    free(j->trial);
    free(j->by_id);
    free(j->path);
    free(j);
    *journal = NULL;
}

const char *journal_path(const struct journal *j)
{
    return j->path;
}

int journal_trials(const struct journal *j)
{
    return j->n;
}

const char *journal_id(const struct journal *j, int i)
{
    ASSERT(i >= 0 && i < j->n, "trial %d of %d", i, j->n);
    return j->trial[i].id;
}

bool journal_has(const struct journal *j, int i)
{
    ASSERT(i >= 0 && i < j->n, "trial %d of %d", i, j->n);
    return j->trial[i].at >= 0;
}

int journal_damages(const struct journal *j)
{
    return j->n_damages;
}

const char *journal_damage(const struct journal *j, int i)
{
    ASSERT(i >= 0 && i < j->n_damages, "damage %d of %d", i, j->n_damages);
    return j->damage[i];
}

// --- the index
static void place_add(struct journal_place **list, int *n, int *room, const struct journal_place *p)
{
    if (*n == *room)
        *list = mem_grow(*list, (size_t)(*room = 2 * *room + 64), sizeof **list);
    ASSERT(*n < *room, "place %d of %d", *n, *room);
    (*list)[(*n)++] = *p;
}

void journal_add_trial(struct journal *j, const struct journal_place *p)
{
    place_add(&j->trial, &j->n, &j->room, p);
}

void journal_add_shared(struct journal *j, const struct journal_place *p)
{
    place_add(&j->shared, &j->n_shared, &j->shared_room, p);
}

int journal_compare_values(const void *a, const void *b)
{
    const struct journal_place *x = a, *y = b;
    if (x->checksum != y->checksum)
        return x->checksum < y->checksum ? -1 : 1;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

// Compares trials by id for qsort_r. Trials with the same id are in order of their numbers.
static int compare_trial_ids(const void *a, const void *b, void *journal)
{
    const struct journal *j = journal;
    const int x = *(const int *)a, y = *(const int *)b;
    const int order = strcmp(j->trial[x].id, j->trial[y].id);
    return order ? order : (x > y) - (x < y);
}

void journal_index(struct journal *j)
{
    j->by_id = mem_new((size_t)j->n + 1, sizeof *j->by_id);
    for (int i = 0; i < j->n; i++)
        j->by_id[i] = i;
    if (j->n > 1)
        qsort_r(j->by_id, (size_t)j->n, sizeof *j->by_id, compare_trial_ids, j);
    if (j->n_shared > 1)
        qsort(j->shared, (size_t)j->n_shared, sizeof *j->shared, journal_compare_values);
}

int journal_find(const struct journal *j, const char *id)
{
    int low = 0, high = j->n;

    ASSERT(j->by_id, "%s: no index", j->path);
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (strcmp(j->trial[j->by_id[middle]].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < j->n && strcmp(j->trial[j->by_id[low]].id, id) == 0 ? j->by_id[low] : -1;
}

// --- bytes
void journal_rest(struct journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    j->fd = -1;
}

static int journal_wake(struct journal *j, struct err *e)
{
    const char *why;

    if (j->fd >= 0)
        return 0;
    j->fd = input_open(j->path, &why);
    return j->fd < 0 ? err_add(e, ERR_DATA, "%s: %s", j->path, why) : 0;
}

int journal_read(struct journal *j, int64_t at, void *to, size_t n, struct err *e)
{
    if (j->run)
        return records_read(j->run, at, to, n, e);
    if (journal_wake(j, e) != 0)
        return -1;

    const ssize_t got = disk_read_at(j->fd, to, n, (off_t)at);
    if (got < 0)
        return err_add(e, ERR_DATA, "%s: cannot read it: %s", j->path, strerror(errno));
    if ((size_t)got < n)
        return err_add(e, ERR_DATA, "%s: damaged: it ends at byte %lld", j->path, (long long)at + (long long)got);
    return 0;
}

// Reads the bytes of a record into new memory and compares them with its checksum. Returns NULL and an error if they
// cannot be read or do not match it.
static void *read_record(struct journal *j, const struct journal_place *p, struct err *e)
{
    void *bytes = mem_array((size_t)p->bytes + 1, 1, "record", e);
    if (!bytes)
        return NULL;

    int rc = journal_read(j, p->at + (int64_t)sizeof(struct journal_record), bytes, (size_t)p->bytes, e);
    if (rc == 0 && hash_bytes(bytes, (size_t)p->bytes) != p->checksum)
        rc = err_add(
            e, ERR_DATA, "%s: damaged: the record at byte %lld is not what was written", j->path, (long long)p->at);
    if (rc != 0) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

struct shared_search {
    struct journal *j;
    struct err *e;
};

static bool shared_find(void *context, struct packed_value *v)
{
    struct shared_search *s = context;
    const struct journal_place wanted = {.checksum = v->checksum, .bytes = v->bytes};
    struct journal_place *found = NULL;

    if (s->j->n_shared)
        found = bsearch(&wanted, s->j->shared, (size_t)s->j->n_shared, sizeof *s->j->shared, journal_compare_values);
    if (found && !found->data)
        found->data = read_record(s->j, found, s->e);
    v->data = found ? found->data : NULL;
    return v->data != NULL;
}

struct store_file *journal_trial(struct journal *j, int i, const char *mount, struct err *e)
{
    ASSERT(i >= 0 && i < j->n && j->trial[i].at >= 0, "trial %d of %d", i, j->n);
    const struct journal_place *t = &j->trial[i];
    struct shared_search search = {j, e};
    const struct packed_lookup lookup = {shared_find, &search};
    const int before = e->count;

    void *bytes = read_record(j, t, e);
    if (!bytes)
        return NULL;

    struct packed *p = packed_unpack(bytes, (size_t)t->bytes, mount, &lookup);
    free(bytes);
    if (!p && e->count == before)
        err_add(e, ERR_DATA, "%s: damaged: trial %s at byte %lld needs a shared value that is not in it", j->path,
            t->id, (long long)t->at);
    return p ? packed_file_open(j->path, p) : NULL;
}
